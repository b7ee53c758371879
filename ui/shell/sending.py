"""Sends the files that pages offer (`ui/session/offers.py`): each is made on the disk, then sent in
slices, however large it is; a few at a time, the others wait.

An address of one is a secret of its session, and worth nothing once that is over. Whatever is wrong
is told in a sentence.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from typing import IO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ui.session.assets import address
from ui.session.offers import ROUTE, Gone, Offer, offered
from ui.session.ticket import is_open
from ui.shell.origin import is_of_no_other_site

SLICE_BYTES = 256_000
AT_ONCE, OF_ONE = 8, 3
"""How many files are sent at a time; and of one session, those that wait among them."""

PATIENCE_S, LONGEST_S = 120.0, 600.0
"""How long one waits for its turn, and how long the sending may take."""


class Sending:
    """Answers who asks for an offered file."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, until the last of its file was taken or the browser is gone."""
        found = self._let_in(Request(scope))
        if isinstance(found, PlainTextResponse):
            await found(scope, receive, send)
            return
        self._under_way[found.session] += 1
        try:
            await self._in_turn(found, scope, receive, send)
        finally:
            self._under_way[found.session] -= 1
            self._under_way += Counter()  # without those at 0

    def _let_in(self, request: Request) -> Offer | PlainTextResponse:
        """What is asked for, or why it is not given."""
        if request.method != "GET":
            return _refusal(405, "A file is saved by a GET.")
        if not is_of_no_other_site(request.headers):
            return _refusal(403, "Only the pages of this server may ask this.")
        found = offered(request.path_params["offer"])
        if found is None:
            return _refusal(404, "No such file is offered. Load the page again that offered it.")
        if not is_open(found.session):
            return _refusal(403, "This page's session is over. Load the page again.")
        if self._under_way[found.session] >= OF_ONE:
            return _refusal(
                429,
                "Other files of yours are still on their way. Save this one when they have come.",
            )
        return found

    async def _in_turn(self, found: Offer, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._turns.acquire()
        except TimeoutError:
            late = "Many files are being saved just now. Try again in a minute."
            await _refusal(503, late)(scope, receive, send)
            return
        try:
            with tempfile.TemporaryFile(prefix="cnn-saved-") as file:
                answer = await run_in_threadpool(_made, found, file)
                # Who takes nothing any more is cut off, as the answer has begun.
                async with asyncio.timeout(LONGEST_S):
                    await answer(scope, receive, send)
        except TimeoutError:
            return
        finally:
            self._turns.release()


def _made(found: Offer, file: IO[bytes]) -> StreamingResponse | PlainTextResponse:
    """The file with its headers; or why there is none."""
    from cnn.training.store.store_error import StoreError

    try:
        found.make(file)
        length = file.seek(0, 2)
        file.seek(0)
    except Gone as error:
        return _refusal(404, str(error))
    except (StoreError, OSError) as error:
        return _refusal(503, f"The file could not be written: {error}")
    headers = {
        "Content-Length": str(length),
        "Content-Disposition": f"attachment; {_named(found.name)}",
        "Content-Encoding": "identity",  # or Streamlit packs what is packed already
        "Cache-Control": "no-store",
    }
    slices = iter(lambda: file.read(SLICE_BYTES), b"")
    return StreamingResponse(slices, headers=headers, media_type="application/octet-stream")


def _named(name: str) -> str:
    quoted = quote(name, safe="")
    return f'filename="{name}"' if quoted == name else f"filename*=utf-8''{quoted}"


def _refusal(status: int, words: str) -> PlainTextResponse:
    again = {"Retry-After": "30"} if status in (429, 503) else {}
    allowed = {"Allow": "GET"} if status == 405 else {}
    return PlainTextResponse(words, status, {"Cache-Control": "no-store"} | again | allowed)


def route() -> Route:
    """The route of all offered files."""
    return Route(address(f"{ROUTE}/{{offer}}"), Sending())
