"""Has a page that died or is locked out reload itself: all that it showed is in its address and in
the store.

Where Streamlit's own script fails, it takes everything off the page and leaves it white, whatever
the reason; where a part of it did not arrive, it never asks again. A watch that does not belong to
the script sees that, and loads the page anew, at most once a minute; a page that dies sooner again
waits for that with a sentence. A page that is cut off asks now and then whether it may come in at
all, and makes way for what the gate says where it may not.

The watch stands in the document itself: a page may die before its first word has come. So does
where the server is, which Streamlit's script would look for below the page it was opened with.
"""

from __future__ import annotations

import functools
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from cnn.pictures.page.parts import as_json
from ui.components import scripts
from ui.session.assets import address
from ui.shell.start import first

HEAD, END = b"<head>", b"</head>"
SCRIPT = Path(__file__).with_name("revive.js")
ONLY_WHOLE = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
"""What asks for less than the page as it is."""

OF_THE_FILE = ("etag", "last-modified", "accept-ranges")


class Watched:
    """Puts the watch into the page that Streamlit serves, before all else in it, and at the end of
    its head, after Streamlit's own script, the names of ours that are needed first.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; all but the page itself is handed on as it is."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_for_a_page(scope):
            await self.app(scope, receive, send)
            return
        watched = _watched_page(scripts.ahead(scope["path"]))
        start: Message | None = None
        body = b""

        async def say(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _may_be_the_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    is_it = body == _page()
                    await send(_watched_start(start, watched) if is_it else start)
                    await send({**message, "body": watched if is_it else body})

        whole = [(name, value) for name, value in scope["headers"] if name not in ONLY_WHOLE]
        await self.app({**scope, "headers": whole}, receive, say)
        first.is_asked(scope["path"].rpartition("/")[2])


def _is_for_a_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _may_be_the_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_as_long = headers.get("content-length") == str(len(_page()))
    return start["status"] == 200 and is_as_long


def _watched_start(start: Message, page: bytes) -> Message:
    raw = [(name, value) for name, value in start["headers"] if name.decode() not in OF_THE_FILE]
    MutableHeaders(raw=raw)["content-length"] = str(len(page))
    return {**start, "headers": raw}


@functools.cache
def _page() -> bytes:
    return Path(file_util.get_static_dir(), "index.html").read_bytes()


@functools.cache
def _watched_page(ahead: str) -> bytes:
    base = as_json(address(""))
    place = f"window.__streamlit = {{ BACKEND_BASE_URL: location.origin + {base} }};\n"
    script = place.encode() + SCRIPT.read_bytes()
    watched = _page().replace(HEAD, HEAD + b"<script>" + script + b"</script>", 1)
    return watched.replace(END, ahead.encode() + END, 1)
