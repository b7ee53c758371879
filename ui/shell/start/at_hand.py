"""Sends the files of Streamlit's own script as they lie on the disk, in one piece each.

A first visit asks for sixty of them. Streamlit answers each by several calls to other threads, and
while the server still reads modules every such call waits for its turn. What is not a whole, small
file of that folder is Streamlit's to answer.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

from ui.session.assets import address

PLACE = re.compile(r"/static/(?:js|css|media)/\w[\w.-]*\.(js|css|woff2)")
KINDS = {"js": "text/javascript", "css": "text/css", "woff2": "font/woff2"}
MOST_BYTES = 2_000_000
IN_PART = {b"range", b"if-none-match", b"if-modified-since"}
HEADERS = {"Cache-Control": "public, immutable, max-age=31536000"}  # as Streamlit says of them
FOLDER = Path(file_util.get_static_dir())


class AtHand:
    """Answers what asks for such a file, and hands on all else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await (_answer(scope) or self.app)(scope, receive, send)


def _answer(scope: Scope) -> Response | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"].removeprefix(address(""))
    found = PLACE.fullmatch(path)
    if not found or any(name in IN_PART for name, _ in scope["headers"]):
        return None
    file = FOLDER / path[1:]
    try:
        if file.stat().st_size > MOST_BYTES:
            return None
        content = file.read_bytes()
    except OSError:
        return None
    return Response(content, media_type=KINDS[found[1]], headers=HEADERS)
