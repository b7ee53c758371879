"""The way to an OpenID Connect provider and back; where both ends lead is decided here alone."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from cnn.people import accounts
from cnn.people.accounts import SIGNED_IN_S, AccountError
from cnn.people.oidc import Client, SignInError
from cnn.people.ways import Provider
from cnn.training.store.store import Store
from ui.session.assets import address
from ui.shell import refusals
from ui.shell.gate import kept_so, port_of, wanted_in

SIGN_IN, BACK = "/signin", "/signed-in"
PATIENCE_S = 600
"""How long somebody may take at the provider."""


class SigningIn:
    """Sends browsers to the provider, and lets in who comes back."""

    def __init__(self, provider: Provider, frames: str, store: Callable[[], Store]) -> None:
        self.client = Client(provider)
        self.frames = frames
        self.store = store

    async def answer(self, visit: HTTPConnection, *, is_back: bool) -> Response:
        """What is said to who wants to sign in, or comes back from there."""
        try:
            return await (self._let_in(visit) if is_back else self._send_away(visit))
        except (SignInError, AccountError) as error:
            return refusals.not_signed_in(str(error), address(SIGN_IN))

    async def _send_away(self, visit: HTTPConnection) -> Response:
        key = accounts.new_key()
        there = await run_in_threadpool(self.client.address, key, _back(visit))
        answer = RedirectResponse(there, status_code=303)
        answer.set_cookie(_cookie(visit), key, PATIENCE_S, **kept_so(visit, self.frames))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _let_in(self, visit: HTTPConnection) -> Response:
        told = visit.query_params
        if error := told.get("error"):
            plain = "".join(one for one in error if one.isascii() and one.isprintable())[:40]
            raise SignInError(f"Your provider did not sign you in: {plain}.")
        found = await run_in_threadpool(
            self.client.claimed,
            visit.cookies.get(_cookie(visit), ""),
            told.get("state", ""),
            told.get("code", ""),
            _back(visit),
        )
        person = await run_in_threadpool(accounts.known, self.store(), found.subject, found.name)
        key = await run_in_threadpool(accounts.sign_in, self.store(), person.id)
        if key is None:
            raise SignInError(refusals.TURNED_OUT)
        answer = RedirectResponse(wanted_in(visit) or f"{address('')}/", status_code=303)
        answer.delete_cookie(_cookie(visit), **kept_so(visit, self.frames))
        return with_visit(answer, visit, key, SIGNED_IN_S, self.frames)


def with_visit(
    answer: Response, visit: HTTPConnection, key: str, lasts_s: float, frames: str
) -> Response:
    """The answer with the cookie that stands for a visit."""
    answer.set_cookie(f"cnn_visit_{port_of(visit)}", key, int(lasts_s), **kept_so(visit, frames))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cookie(visit: HTTPConnection) -> str:
    return f"cnn_signin_{port_of(visit)}"


def _back(visit: HTTPConnection) -> str:
    """Where the provider sends a browser back to: this server, by the name that it was asked by."""
    return f"{visit.url.scheme}://{visit.headers['host']}{address(BACK)}"
