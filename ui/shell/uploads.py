"""How much may be uploaded, and how much of it is kept in memory for each session and for all.

Streamlit keeps what is PUT under any id of a session until the session ends, asked for or not. So a
file is turned away, with a sentence, where too much is on its way; and once it is there, the oldest
files of its session go, then those of the session that brought one longest ago.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime import get_instance

UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+/?")
SESSION_BYTES, ALL_BYTES = 70_000_000, 200_000_000
"""What is kept of a session, or a single larger file of it; and of all sessions. With what is held
of their words (`ui/shell/held.py`), twice of what is counted there, that makes 100 and 300 MB.
"""

MOST_FILES = 40
LONGEST_S = 600.0
FRAME_BYTES = 100_000
"""What a form puts around a file."""


class WithinUploads:
    """Bounds what is on its way and what is kept."""

    def __init__(self, app: ASGIApp, files: Callable[[], Any] | None = None) -> None:
        self.app = app
        self._files = files or _files
        self._on_its_way: Counter[str] = Counter()
        self._sessions: dict[str, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; all but uploads as they come."""
        found = _session(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        size = _length(scope)
        refused = self._refused(found, size)
        if refused is not None:
            await refused(scope, receive, send)
            return
        self._on_its_way[found] += size
        try:
            await self._let_in(found, scope, receive, send)
        finally:
            self._on_its_way[found] -= size
            self._on_its_way += Counter()  # without those at 0

    def _refused(self, session: str, size: int) -> PlainTextResponse | None:
        most = _most_bytes()
        if size < 0:
            return _refusal(411, "An upload has to say how long it is (Content-Length).")
        if size > most + FRAME_BYTES:
            return _refusal(
                413, f"The file has {size / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB are taken."
            )
        mine = self._on_its_way[session]
        if mine and mine + size > most:
            return _refusal(
                429, "Another file of yours is still on its way. Bring this one when it has come."
            )
        if self._on_its_way and self._on_its_way.total() + size > max(ALL_BYTES, most):
            return _refusal(503, "Many files are on their way just now. Try again in a minute.")
        return None

    async def _let_in(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        begun = came = False

        async def say(message: Message) -> None:
            nonlocal begun, came
            begun = True
            came = came or message.get("status") == 204
            await send(message)

        try:
            async with asyncio.timeout(LONGEST_S):
                await self.app(scope, receive, say)
        except TimeoutError:
            if begun:
                raise
            late = f"The file did not come within {LONGEST_S / 60:.0f} minutes. Try again."
            await _refusal(408, late)(scope, receive, send)
        if came:
            self._prune(session)

    def _prune(self, newest: str) -> None:
        """Drops what is too much, and never the file that has just come."""
        files = self._files()
        self._sessions.pop(newest, None)
        self._sessions[newest] = None  # the last to go
        kept = {session: files.file_storage.get(session) or {} for session in self._sessions}
        self._sessions = {one: None for one, its in kept.items() if its}
        sizes = {
            session: {id: len(record.data) for id, record in list(its.items())}
            for session, its in kept.items()
        }
        mine = sizes[newest]
        while len(mine) > 1 and (len(mine) > MOST_FILES or sum(mine.values()) > SESSION_BYTES):
            _drop(files, newest, mine)
        for session, its in sizes.items():
            while sum(map(_sum, sizes.values())) > ALL_BYTES and len(its) > (session == newest):
                _drop(files, session, its)


def _drop(files: Any, session: str, its: dict[str, int]) -> None:
    oldest = next(iter(its))
    files.remove_file(session, oldest)
    del its[oldest]


def _sum(sizes: dict[str, int]) -> int:
    return sum(sizes.values())


def _files() -> Any:
    return get_instance().uploaded_file_mgr


def _most_bytes() -> int:
    return int(config.get_option("server.maxUploadSize")) * 1024 * 1024


def _session(scope: Scope) -> str | None:
    """The session that a request brings a file to, if that is what it does."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    found = UPLOAD.search(scope["path"])
    return found[1] if found else None


def _length(scope: Scope) -> int:
    """How long a request says it is; -1 where it does not, or not in digits."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 16 else -1


def _refusal(status: int, words: str) -> PlainTextResponse:
    again = {"Retry-After": "30"} if status in (429, 503) else {}
    return PlainTextResponse(words, status, again)
