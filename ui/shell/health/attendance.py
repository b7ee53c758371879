"""How many people this process serves just now: counted, and nobody noted by name."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.session.person import HEADER, key_in

LATELY_S = 300.0
MOST_KNOWN = 10_000


class Attendance:
    """Which conversations are open, and when each person's page last asked for something."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.open = 0
        self._heard_at: dict[str, float] = {}

    def active(self) -> int:
        """Of how many people a page asked for something lately."""
        since = self.clock() - LATELY_S
        return sum(at >= since for at in self._heard_at.values())

    def heard(self, who: str) -> None:
        """Somebody's page asks for something; those of long ago are forgotten."""
        now = self.clock()
        self._heard_at.pop(who, None)
        self._heard_at[who] = now
        oldest = next(iter(self._heard_at))
        while self._heard_at[oldest] < now - LATELY_S or len(self._heard_at) > MOST_KNOWN:
            del self._heard_at[oldest]
            oldest = next(iter(self._heard_at))


here = Attendance()
"""That of this process."""


class Attended:
    """Hands everything on, and counts the conversations with browsers and what is asked in them."""

    def __init__(self, app: ASGIApp, attendance: Attendance = here) -> None:
        self.app, self.attendance = app, attendance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or has a whole conversation."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        who = _who(scope)

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                self.attendance.heard(who)
            return message

        self.attendance.open += 1
        try:
            await self.app(scope, hear, send)
        finally:
            self.attendance.open -= 1


def _who(scope: Scope) -> str:
    """A person with an account, else a browser; without cookies, a conversation."""
    headers = Headers(scope=scope)
    return headers.get(HEADER) or key_in(headers.get("cookie", "")) or f"{id(scope)}"
