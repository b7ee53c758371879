"""Keeps a page that was left from wiping the one that took its place.

What a part of a page sends between the click on a link and the first word of the next page is late.
Streamlit 1.67 answers it in the name of the page that was left, which the browser takes for another
change of page: everything is cleared, and the next live part of the new page finds no place, which
leaves the whole window white. So what is late never reaches Streamlit. Nothing is lost: the part it
was for is gone.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MOST_BYTES = 50_000
"""What is larger brings something to a page; only short messages say which page it is."""


class WithoutLate:
    """Hears both sides of each conversation with a browser, and leaves out what is late."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; of a conversation, all that is said."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        page = ""

        async def hear() -> Message:
            nonlocal page
            while True:
                message = await receive()
                asked = _asked(message)
                if asked is None or not asked.page_script_hash:
                    return message
                if not asked.fragment_id:
                    page = asked.page_script_hash
                if asked.page_script_hash == page or not page:
                    return message

        async def say(message: Message) -> None:
            nonlocal page
            page = _turned_to(message) or page
            await send(message)

        await self.app(scope, hear, say)


def _asked(message: Message) -> ClientState | None:
    """What a browser wants run, if that is what it says."""
    try:
        said = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:  # for Streamlit to answer
        return None
    return said.rerun_script if said.HasField("rerun_script") else None


def _turned_to(message: Message) -> str:
    """The page that is shown from now on, if a message says so."""
    content = message.get("bytes") or b""
    if len(content) > MOST_BYTES:
        return ""
    return str(ForwardMsg.FromString(content).navigation.page_script_hash)
