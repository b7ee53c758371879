"""The one gate: whatever reaches the server passes it, pages and conversations, files and our own
routes alike. Who may come in is decided here and nowhere else.

In this order: the health check is open; the name in the address must be one of ours, against
rebinding of names; a conversation, what changes something, and what is for operators must not come
from a foreign page; and where others than this machine's can come, the token must be shown once, in
the address, for a cookie that scripts cannot read. Every answer says which pages may show this one
in a frame; with a page, a browser gets the key to its own progress (`ui/session/person.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cnn.entry import Asked, Entry
from ui.session import person
from ui.session.assets import address
from ui.shell import refusals
from ui.shell.origin import (
    is_here,
    is_host_allowed,
    is_loopback,
    is_of_no_other_site,
    is_origin_allowed,
    shown_port,
)

SAFE = {"GET", "HEAD", "OPTIONS"}
OPEN = "/_stcore/health"
OF_OPERATORS = ("/ready", "/metrics", "/_stcore/metrics")
LONGEST_WANTED = 3_000
"""Letters of a deep link that a cookie surely holds, as it is kept for whoever has no token yet."""


class Gate:
    """Lets in who may come in. `first_asked` is called when somebody is asked for the token."""

    def __init__(
        self, app: ASGIApp, entry: Entry, frames: str, first_asked: Callable[[], None]
    ) -> None:
        self.app = app
        self.entry = entry
        self.frames = frames
        self.first_asked = first_asked
        self.pass_ = hmac.digest(entry.token.encode(), b"cnn gate", hashlib.sha256).hex()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request in place of the app, or hands it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visit = HTTPConnection(scope)
        refused = self._answer(visit)
        if scope["type"] == "websocket":
            answer = WebSocketClose(1008) if refused else self.app
            await answer(scope, receive, send)
            return

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Content-Security-Policy", f"frame-ancestors {self.frames}")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"  # an address holds a design, or a token
                if not refused and scope["method"] == "GET" and _is_for_a_page(visit):
                    headers.append("Set-Cookie", _with_key(visit, self.frames))
            await send(message)

        await (refused or self.app)(scope, receive, say)

    def _answer(self, visit: HTTPConnection) -> Response | None:
        """What is said in place of the app; nothing where the visit is let in."""
        path, host = visit.scope["path"], visit.headers.get("host", "")
        method = visit.scope.get("method", "")
        if path == address(OPEN) and method in SAFE:
            return None
        if not is_host_allowed(host):
            return refusals.foreign_host(host)
        is_of_operators = path.rstrip("/") in {address(one) for one in OF_OPERATORS}
        origin = visit.headers.get("origin")
        is_foreign = origin is not None and not is_origin_allowed(origin, host)
        if is_foreign and (is_of_operators or method not in SAFE):
            return refusals.foreign_origin(str(origin))
        if is_of_operators:
            if not is_of_no_other_site(visit.headers):
                return refusals.foreign_origin("another site")
            is_let_in = self._has_shown(visit) or self._is_operator(visit) or is_here(visit)
            return None if is_let_in else refusals.operators_only()
        if not self._is_asked(visit):
            return None
        self.first_asked()
        if method in {"GET", "HEAD"} and self._is_token(visit.query_params.get("token")):
            return self._let_in(visit)
        if not self._has_shown(visit):
            return self._turned_away(visit)
        return _without_token(visit) if "token" in visit.query_params else None

    def _is_asked(self, visit: HTTPConnection) -> bool:
        """By default where not only this machine can come: by setting, or as it was reached."""
        if self.entry.asked is not Asked.OF_OTHERS:
            return self.entry.asked is Asked.ALWAYS
        reached = (visit.scope.get("server") or [None])[0]
        return not (is_loopback(st.get_option("server.address")) and is_loopback(reached))

    def _has_shown(self, visit: HTTPConnection) -> bool:
        if self.entry.asked is Asked.NEVER:
            return False
        if self._is_token(_bearer(visit)):
            return True
        return _same(visit.cookies.get(f"cnn_entry_{port_of(visit)}"), self.pass_)

    def _is_operator(self, visit: HTTPConnection) -> bool:
        return bool(self.entry.operator) and _same(_bearer(visit), self.entry.operator)

    def _is_token(self, told: str | None) -> bool:
        return _same(told, self.entry.token)

    def _let_in(self, visit: HTTPConnection) -> Response:
        """To where the address led, or to the page that had to wait for the token, without it."""
        answer = _without_token(visit, _wanted_before(visit))
        kept = kept_so(visit, self.frames)
        answer.set_cookie(f"cnn_entry_{port_of(visit)}", self.pass_, **kept)
        if f"cnn_wanted_{port_of(visit)}" in visit.cookies:
            answer.delete_cookie(f"cnn_wanted_{port_of(visit)}", **kept)
        return answer

    def _turned_away(self, visit: HTTPConnection) -> Response:
        is_page = _is_for_a_page(visit)
        answer = refusals.no_token(is_page=is_page)
        if is_page:
            wanted_cookie(answer, visit, link_of(visit), self.frames)
        return answer


def _bearer(visit: HTTPConnection) -> str | None:
    kind, _, told = visit.headers.get("authorization", "").partition(" ")
    return told.strip() if kind.lower() == "bearer" else None


def _same(told: str | None, right: str) -> bool:
    return told is not None and hmac.compare_digest(told.encode("utf-8", "replace"), right.encode())


def _is_for_a_page(visit: HTTPConnection) -> bool:
    return "text/html" in visit.headers.get("accept", "")


def _without_token(visit: HTTPConnection, link: str = "") -> Response:
    answer = RedirectResponse(link or link_of(visit), status_code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def link_of(visit: HTTPConnection) -> str:
    """What was asked for, as a path of this server alone and without the token."""
    raw = visit.scope.get("raw_path") or quote(visit.scope["path"]).encode()
    query = visit.scope.get("query_string", b"").decode("latin-1")
    rest = "&".join(part for part in query.split("&") if not _is_token_field(part))
    path = raw.decode("latin-1").lstrip("/\\")
    return f"/{path}?{rest}" if rest else f"/{path}"


def _is_token_field(part: str) -> bool:
    """Whether a part of a query is what `query_params` calls `token`, however it is written."""
    return [name for name, _ in parse_qsl(part, keep_blank_values=True)] == ["token"]


def _wanted_before(visit: HTTPConnection) -> str:
    """The deep link that was asked for without the token, where the address names no other."""
    return wanted_in(visit) if link_of(visit).rstrip("/") == _base() else ""


def wanted_cookie(answer: Response, visit: HTTPConnection, link: str, frames: str) -> None:
    """Has the browser keep the deep link of a page that has to wait."""
    quoted = quote(link, safe="")
    if quoted != quote(f"{_base()}/", safe="") and len(quoted) <= LONGEST_WANTED:
        kept = kept_so(visit, frames)
        answer.set_cookie(f"cnn_wanted_{port_of(visit)}", quoted, max_age=3_600, **kept)


def wanted_in(visit: HTTPConnection) -> str:
    """The deep link of the page that had to wait; a path of this server alone."""
    link = unquote(visit.cookies.get(f"cnn_wanted_{port_of(visit)}", ""))
    return link if re.fullmatch(r"/(?![/\\])[!-~]*", link) else ""


def _with_key(visit: HTTPConnection, frames: str) -> str:
    """The cookie with a browser's key: the one that it has, to be kept longer, or a new one."""
    key = person.key_in(visit.headers.get("cookie", ""))
    answer = Response()
    answer.set_cookie(
        person.COOKIE, key or person.new_key(), person.LASTS_S, **kept_so(visit, frames)
    )
    return answer.headers["set-cookie"]


def kept_so(visit: HTTPConnection, frames: str) -> dict[str, Any]:
    """How a cookie is kept: not for scripts, not for requests of other sites; within a frame of
    one, a browser sends it only where both speak https.
    """
    is_framed = _is_secure(visit) and frames not in ("'self'", "'none'")
    return {
        "path": _base() or "/",
        "httponly": True,
        "secure": _is_secure(visit),
        "samesite": "none" if is_framed else "lax",
    }


def port_of(visit: HTTPConnection) -> int:
    return shown_port(visit.headers.get("host", ""), is_secure=_is_secure(visit))


def _is_secure(visit: HTTPConnection) -> bool:
    return visit.scope.get("scheme") in ("https", "wss")


def _base() -> str:
    return address("")
