"""Routes of our own that change something: a page of an open session asks, by a POST, and not too
often. Whatever else comes is told in a sentence what is wrong, and changes nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from ui.session.ticket import holder
from ui.shell.origin import is_host_allowed, is_origin_allowed
from ui.shell.rate import Rate

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
MOST_BYTES = 64_000

Answer = Callable[[str, dict[str, Any]], Response]
"""Answers a session what it asked, given as JSON."""


class TooOften(Exception):
    """More was asked than there are turns; says in how many seconds there is one."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(
            f"Too much was asked at once. Wait {math.ceil(wait_s)} s; what is shown asks again by "
            "itself."
        )
        self.wait_s = wait_s


def changing(answer: Answer, rate: Rate) -> Callable[[Request], Awaitable[Response]]:
    """The route that lets through what may be changed, as often as `rate` gives turns."""

    async def answered(request: Request) -> Response:
        if request.method != "POST":
            return refused(405, "This changes something, so it has to be sent as a POST.")
        host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
        if not is_host_allowed(host) or not is_origin_allowed(origin, host):
            return refused(403, "Only the pages of this server may ask this.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return refused(
                415, f"This takes application/json, and was given {kind[:40] or 'none'}."
            )
        content = await _body(request)
        if content is None:
            return refused(413, f"This takes at most {MOST_BYTES:,} bytes.")
        try:
            asked = json.loads(content)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            return refused(400, "What was sent is no JSON object.")
        session = holder(str(asked.get("ticket", "")))
        if not session:
            return refused(403, "This page's session is over. Load the page again.")
        try:
            take_turn(rate, session)
            return await run_in_threadpool(answer, session, asked)
        except TooOften as error:
            said = refused(429, str(error))
            said.headers["Retry-After"] = str(math.ceil(error.wait_s))
            return said

    return answered


def take_turn(rate: Rate, who: str) -> None:
    """Takes one turn, or raises `TooOften`."""
    wait = rate.wait_s(who)
    if wait:
        raise TooOften(wait)


def refused(status: int, words: str) -> JSONResponse:
    """Why nothing was done, as a part of a page shows it."""
    headers = {"Allow": "POST"} if status == 405 else None
    return JSONResponse({"standing": "failed", "words": [words]}, status, headers)


async def _body(request: Request) -> bytes | None:
    """All that was sent; nothing where it is too much, of which no more is read."""
    content = b""
    try:
        async for part in request.stream():
            content += part
            if len(content) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return content
