"""Keeps a page that was left from wiping the one that took its place, and polls from piling up.

What a part of a page sends between the click on a link and the first word of the next page is late.
Streamlit 1.67 answers it in the name of the page that was left, which the browser takes for another
change of page: everything is cleared, and the next live part of the new page finds no place, which
leaves the whole window white. So what is late never reaches Streamlit. Nothing is lost: the part it
was for is gone.

A live part asks to be shown anew by the clock, however long that takes, and also before a browser
that was cut off has its page again. Such a question is left out while an answer is under way, for
as long again as the last answer took, and until the page is whole. Nothing is lost: it is asked
again.

What is too long, or unfolds to too much, does not reach Streamlit either: `ui/shell/held.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.shell.held import Held, Words
from ui.shell.unfolded import unfolded

MOST_BYTES = 50_000
"""What is larger brings something to a page; only short messages say which page it is."""

OF_AN_ANSWER = {"delta", "ref_hash", "script_finished"}
"""What has a meaning only after the beginning of the answer that it belongs to."""

PATIENCE_S = 30.0
"""An answer that takes longer, or a page that does not become whole, holds no question back."""


class WithoutLate:
    """Hears both sides of each conversation with a browser, and leaves out what is late."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app, self.clock = app, clock
        self.held = Held(clock, sleep)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; of a conversation, all that is said."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        page, answers = "", _Answers(self.clock)
        has_begun = False
        words = Words(self.held, send)

        async def hear() -> Message:
            nonlocal page
            while True:
                message = await receive()
                said = unfolded(message.get("bytes") or message.get("text") or b"")
                if why := await words.why_unread(said):
                    return await words.refuse(why)
                asked = _asked(message)
                if why := await words.why_not(said, asked):
                    return await words.refuse(why)
                if asked is None or not asked.page_script_hash:
                    return message
                if asked.is_auto_rerun and not answers.may_begin():
                    continue
                if not asked.fragment_id:
                    page = asked.page_script_hash
                if asked.page_script_hash == page or not page:
                    return message

        async def say(message: Message) -> None:
            nonlocal page, has_begun
            if words.is_over:
                return
            if not has_begun:
                kind = _kind(message)
                has_begun = kind == "new_session"
                if kind in OF_AN_ANSWER:
                    return
            if said := _said(message):
                answers.hear(said)
                words.hear(said)
                page = said.navigation.page_script_hash or page
            await send(message)

        try:
            await self.app(scope, hear, say)
        finally:
            self.held.leaves(words)


class _Answers:
    """What Streamlit is at, by what it says: an answer begins, and ends."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.is_whole = False
        self.began: float | None = None
        self.ended, self.took = clock(), 0.0

    def hear(self, said: ForwardMsg) -> None:
        now = self.clock()
        if said.HasField("new_session"):
            self.began = now
        elif said.WhichOneof("type") == "script_finished":
            self.is_whole |= said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            self.took = 0.0 if self.began is None else now - self.began
            self.began, self.ended = None, now

    def may_begin(self) -> bool:
        """Whether a part may be shown anew just because time has passed."""
        now = self.clock()
        if self.began is not None:
            return now - self.began > PATIENCE_S
        wait = self.took if self.is_whole else PATIENCE_S
        return now - self.ended >= min(wait, PATIENCE_S)


def _asked(message: Message) -> ClientState | None:
    """What a browser wants run, if that is what it says."""
    try:
        said = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:  # for Streamlit to answer
        return None
    return said.rerun_script if said.HasField("rerun_script") else None


def _kind(message: Message) -> str:
    """What kind of thing Streamlit says, however long it is; nothing where that is not known."""
    try:
        said = ForwardMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return ""
    return said.WhichOneof("type") or ""


def _said(message: Message) -> ForwardMsg | None:
    """What Streamlit says, if it is short."""
    content = message.get("bytes") or b""
    return ForwardMsg.FromString(content) if 0 < len(content) <= MOST_BYTES else None
