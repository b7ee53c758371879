"""Who sends a request, where people have accounts: signed in by a link, or named by a proxy.

It stands behind the gate, and before all else. What a visitor says of who they are is taken out of
every request; what is found here is put in. An open page ends within seconds once its person is
turned out. A link shows whom it invites, and is used up by the button alone: a program that looks
at links ahead uses up none.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import time
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cnn.people import accounts, leaving
from cnn.people.accounts import GUEST_S, LASTS_S, LONGEST_NAME, AccountError
from cnn.people.person import Role
from cnn.people.ways import Accounts, Way
from cnn.settings import store_url
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreError
from ui.session import person
from ui.session.assets import address
from ui.shell import refusals
from ui.shell.gate import OF_OPERATORS, OPEN, kept_so, link_of, port_of, wanted_cookie, wanted_in
from ui.shell.people.signing_in import BACK, SIGN_IN, SigningIn, with_visit
from ui.shell.rate import Rate

ENTER = re.compile(r"/enter/([A-Za-z0-9_-]{43})/?")
LEAVE, GUEST = "/leave", "/guest"
GUESTS_AT_ONCE, GUEST_PACE_S = 30, 5.0
BELIEVED_S = 2.0
"""How long it is believed what the store said of a visit."""

MOST_BELIEVED = 10_000


class People:
    """Lets in who has an account, and says to the pages who that is."""

    def __init__(
        self, app: ASGIApp, how: Accounts, frames: str, store: Callable[[], Store]
    ) -> None:
        self.app = app
        self.how = how
        self.frames = frames
        self.store = store
        self.signing = SigningIn(how.provider, frames, store) if how.provider else None
        self._guests = Rate(GUESTS_AT_ONCE, GUEST_PACE_S)
        self._believed: dict[str, tuple[float, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or hands it on with the name of who sends it."""
        if not self.how.are_on or scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visit = HTTPConnection(scope)
        path = scope["path"].removeprefix(address(""))
        if path.rstrip("/") in (OPEN, *OF_OPERATORS):
            await self.app(scope, receive, send)
            return
        try:
            answer, found = await self._answer(visit, path)
        except StoreError as error:
            answer, found = refusals.no_store(str(error)), ""
        if scope["type"] == "http":
            await (answer or self.app)(_said(scope, found), receive, send)
        elif answer:
            await WebSocketClose(1008)(scope, receive, send)
        else:
            await self._talk(visit, _said(scope, found), receive, send)

    async def _answer(self, visit: HTTPConnection, path: str) -> tuple[Response | None, str]:
        """What is said in place of the app, or who comes in."""
        method = visit.scope.get("method", "")
        if self.how.way is Way.INVITE and (invited := ENTER.fullmatch(path)):
            return await self._enter(visit, invited[1], method), ""
        if self.signing and method == "GET" and path in (SIGN_IN, BACK):
            return await self.signing.answer(visit, is_back=path == BACK), ""
        found = await self._who(visit)
        if self.how.has_guests and (path, method, found) == (GUEST, "POST", ""):
            return await self._let_guest_in(visit), ""
        if path == LEAVE and method == "POST":
            return await self._leave(visit, found), ""
        if not found:
            return self._turned_away(visit, method), ""
        if path == LEAVE:
            is_guest = await self._is_guest(found)
            return refusals.leaving(self.how.way, address("/"), is_guest=is_guest), ""
        return None, found

    async def _who(self, visit: HTTPConnection) -> str:
        """The id of who sends a request; nothing of a stranger."""
        if self.how.way is Way.PROXY:
            client = visit.client.host if visit.client else None
            name = visit.headers.get(self.how.header, "") if self.how.is_proxy(client) else ""
            key = name.strip()[:LONGEST_NAME]
        else:
            key = visit.cookies.get(f"cnn_visit_{port_of(visit)}", "")
        if not key:
            return ""
        at, found = self._believed.get(key, (0.0, ""))
        if time.monotonic() - at > BELIEVED_S or not at:
            found = await run_in_threadpool(self._look_up, key)
            if len(self._believed) >= MOST_BELIEVED:
                self._believed.clear()
            self._believed[key] = (time.monotonic(), found)
        return found

    def _look_up(self, key: str) -> str:
        if self.how.way is not Way.PROXY:
            found = accounts.who(self.store(), key)
        else:
            found = accounts.find(self.store(), accounts.known(self.store(), key).id)
        return found.id if found else ""

    async def _enter(self, visit: HTTPConnection, key: str, method: str) -> Response:
        """Shows whom a link invites; its button, and nothing else, uses it up."""
        if method != "POST":
            invited = await run_in_threadpool(accounts.whose, self.store(), key)
            return refusals.invited(invited.name) if invited else refusals.no_invitation()
        new = await run_in_threadpool(accounts.enter, self.store(), key)
        if new is None:
            return refusals.no_invitation()
        answer = RedirectResponse(wanted_in(visit) or f"{address('')}/", status_code=303)
        return with_visit(answer, visit, new, LASTS_S, self.frames)

    async def _let_guest_in(self, visit: HTTPConnection) -> Response:
        if self._guests.wait_s(""):
            return refusals.no_guest("Many guests come just now. Try again in a minute.")
        try:
            await run_in_threadpool(leaving.guests_are_gone, self.store())
            key = await run_in_threadpool(accounts.let_guest_in, self.store())
        except AccountError as error:
            return refusals.no_guest(str(error))
        answer = RedirectResponse(wanted_in(visit) or f"{address('')}/", status_code=303)
        return with_visit(answer, visit, key, GUEST_S, self.frames)

    async def _is_guest(self, found: str) -> bool:
        person = await run_in_threadpool(accounts.find, self.store(), found)
        return person is not None and person.role is Role.GUEST

    async def _leave(self, visit: HTTPConnection, found: str) -> Response:
        is_guest = await self._is_guest(found)
        name = f"cnn_visit_{port_of(visit)}"
        if key := visit.cookies.get(name):
            await run_in_threadpool(accounts.leave, self.store(), key)
            self._believed.pop(key, None)
        answer = refusals.signed_out(self.how.way, address(SIGN_IN), is_guest=is_guest)
        answer.delete_cookie(name, **kept_so(visit, self.frames))
        return answer

    def _turned_away(self, visit: HTTPConnection, method: str) -> Response:
        is_page = method == "GET" and "text/html" in visit.headers.get("accept", "")
        answer = refusals.no_account(
            self.how.way,
            is_page=is_page,
            sign_in=address(SIGN_IN) if self.signing else "",
            guest=address(GUEST) if self.how.has_guests else "",
        )
        if is_page:
            wanted_cookie(answer, visit, link_of(visit), self.frames)
        return answer

    async def _talk(
        self, visit: HTTPConnection, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A conversation, for as long as whoever began it is let in."""
        who = await self._who(visit)
        gone = asyncio.create_task(self._gone(visit, who))
        waiting: asyncio.Task[Message] | None = None

        async def heard() -> Message:
            nonlocal waiting
            waiting = waiting or asyncio.ensure_future(receive())
            await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return {"type": "websocket.disconnect", "code": 1008}
            message, waiting = waiting.result(), None
            return message

        try:
            await self.app(scope, heard, send)
        finally:
            if gone.done():
                with contextlib.suppress(Exception):  # it may be closed already
                    await send({"type": "websocket.close", "code": 1008})
            for task in (gone, waiting):
                if task is not None:
                    task.cancel()

    async def _gone(self, visit: HTTPConnection, who: str) -> None:
        """Ends when that person is not let in any more."""
        while True:
            await asyncio.sleep(BELIEVED_S)
            with contextlib.suppress(StoreError):  # it may be busy for a moment
                if await self._who(visit) != who:
                    return


def of_everybody() -> Store:
    """The store as the gate sees it."""
    return _opened(store_url())


@functools.cache
def _opened(url: str) -> Store:
    return Store(url)


def _said(scope: Scope, found: str) -> Scope:
    """The request as the pages get it: who sends it is what was found, whatever it said itself."""
    name = person.HEADER.lower().encode()
    headers: list[Any] = [one for one in scope["headers"] if one[0].lower() != name]
    return {**scope, "headers": [*headers, (name, found.encode())] if found else headers}
