"""What is said to whoever is not let in: one sentence, on a plain page that needs nothing else."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, PlainTextResponse, Response

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>CNN Workbench</title>
<style>
body {{font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem}}
</style>
<p>{words}</p>
"""
NO_TOKEN = (
    "CNN Workbench opens by the address with its token, which was printed where it was started and "
    "is printed there again by: python -m cnn address. From there you come back to this page."
)
OPERATORS_ONLY = (
    "This is answered on the machine itself, or to whoever shows the token: "
    "Authorization: Bearer TOKEN."
)


ENTRY = """<p>You are invited as <b>{name}</b>.</p>
<form method="post"><button>Come in</button></form>
"""
LEAVING = """<p>Sign out of CNN Workbench on this browser? You come back by a new invitation.</p>
<form method="post"><button>Sign out</button></form>
"""
SIGNED_OUT = "You are signed out. Your things stay, and a new invitation leads back to them."
NO_INVITATION = (
    "This link opens nothing any more: it was used, or a newer one was made. Ask for a new one. "
    "Where you are signed in already, open the app as ever."
)
NO_ACCOUNT = (
    "CNN Workbench knows its people here, and not you yet: open the link that invited you, or ask "
    "for one. From there you come back to this page."
)
NOT_NAMED = "CNN Workbench is told here who comes, and was not. Come by the address of the school."


def no_account(*, by_proxy: bool, is_page: bool) -> Response:
    """To whoever has no account, or did not sign in."""
    words = NOT_NAMED if by_proxy else NO_ACCOUNT
    made = _page(words, 401) if is_page else PlainTextResponse(words, 401)
    made.headers["Cache-Control"] = "no-store"
    return made


def invited(name: str) -> Response:
    """To whoever opens a link that invites."""
    return _with_button(ENTRY.format(name=escape(name)))


def no_invitation() -> Response:
    """To whoever opens a link that was used."""
    return _page(NO_INVITATION, 410)


def leaving() -> Response:
    """To whoever wants to leave: a page that is looked at ahead signs nobody out."""
    return _with_button(LEAVING)


def signed_out() -> Response:
    """To whoever leaves."""
    return _page(SIGNED_OUT, 200)


def no_store(words: str) -> Response:
    """To all, where nobody can look up who they are."""
    return _page(words, 503)


def no_token(*, is_page: bool) -> Response:
    """To whoever has not shown the token."""
    made = _page(NO_TOKEN, 401) if is_page else PlainTextResponse(NO_TOKEN, 401)
    made.headers["WWW-Authenticate"] = "Bearer"
    made.headers["Cache-Control"] = "no-store"
    return made


def foreign_host(host: str) -> Response:
    """To whoever used a name in the address that is none of this server's."""
    return PlainTextResponse(
        f"This server does not go by the name {_short(host)}. Use one that server.allowedHosts has "
        "in .streamlit/config.toml, or add this one there.",
        403,
    )


def foreign_origin(origin: str) -> Response:
    """To a page of another server that wanted something changed here."""
    return PlainTextResponse(
        f"A page of {_short(origin)} may not do that here. If it should, name its origin in "
        "server.corsAllowedOrigins.",
        403,
    )


def operators_only() -> Response:
    """To whoever asks for the state of the machine from elsewhere."""
    return PlainTextResponse(OPERATORS_ONLY, 403)


def _with_button(form: str) -> Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(PAGE.format(words="{words}").replace("<p>{words}</p>", form), 200, headers)


def _page(words: str, status: int) -> Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(PAGE.format(words=escape(words)), status, headers)


def _short(told: str) -> str:
    """A header's words as they may be repeated: plain letters, and not many."""
    return (
        "".join(one if one.isascii() and one.isprintable() else "?" for one in told)[:80] or "none"
    )
