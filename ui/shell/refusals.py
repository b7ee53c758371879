"""What is said to whoever is not let in: one sentence, on a plain page that needs nothing else."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from cnn.people.ways import Way

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>CNN Workbench</title>
<style>
body {{font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem}}
html {{background: Canvas; color: CanvasText}}
a {{color: LinkText}}
h1 {{font-size: 1rem}}
button {{font: inherit; padding: .5rem 1rem}}
code {{white-space: nowrap}}
</style>
<main>
<h1>CNN Workbench</h1>
<p>{words}</p>
</main>
"""
COMMAND = "python -m cnn address"
NO_TOKEN = (
    "CNN Workbench opens by the address with its token, which was printed where it was started and "
    f"is printed there again by: {COMMAND}. From there you come back to this page."
)
OPERATORS_ONLY = (
    "This is answered on the machine itself, or to whoever shows the token: "
    "Authorization: Bearer TOKEN."
)


ENTRY = """<p>You are invited as <b>{name}</b>.</p>
<form method="post"><button>Come in</button></form>
"""
LEAVING = """<p>Sign out of CNN Workbench on this browser?{back}</p>
<form method="post"><button>Sign out</button></form>
<p><a href="{stay}">Stay</a></p>
"""
SIGNED_OUT = "You are signed out. Your things stay, and a new invitation leads back to them."
LEFT = "You are signed out, and were a guest: what you made is gone within a day."
NO_INVITATION = (
    "This link opens nothing any more: it was used, or a newer one was made. Ask for a new one. "
    "Where you are signed in already, open the app as ever."
)
NO_ACCOUNT = (
    "CNN Workbench knows its people here, and not you yet: open the link that invited you, or ask "
    "for one. From there you come back to this page."
)
TO_SIGN_IN = "CNN Workbench knows its people here. Sign in, and you come back to this page."
OUT = "You are signed out here; your provider may still know this browser. Your things stay."
TURNED_OUT = "You were turned out here. Ask your teacher, or whoever runs this server."
LINK = '<p><a href="{address}">{label}</a></p>'
GUEST = """<form method="post" action="{address}"><button>Look around as a guest</button></form>
<p><small>What you make is yours alone, and gone after a day.</small></p>
"""
NOT_NAMED = "CNN Workbench is told here who comes, and was not. Come by the address of the school."


def no_account(way: Way, *, is_page: bool, sign_in: str = "", guest: str = "") -> Response:
    """To whoever has no account, or did not sign in; `sign_in` and `guest` are where one may."""
    words = {Way.PROXY: NOT_NAMED, Way.OIDC: TO_SIGN_IN}.get(way, NO_ACCOUNT)
    if not is_page:
        made: Response = PlainTextResponse(words, 401)
        made.headers["Cache-Control"] = "no-store"
        return made
    parts = [f"<p>{escape(words)}</p>"]
    if sign_in:
        parts.append(LINK.format(address=escape(sign_in), label="Sign in"))
    if guest:
        parts.append(GUEST.format(address=escape(guest)))
    return _with_button("\n".join(parts), 401)


def not_signed_in(words: str, sign_in: str) -> Response:
    """To whoever came back from a provider, and is not let in."""
    return _with_link(words, sign_in, "Sign in again", 403)


def no_guest(words: str) -> Response:
    """To a guest for whom there is no room."""
    return _page(words, 503)


def invited(name: str) -> Response:
    """To whoever opens a link that invites."""
    return _with_button(ENTRY.format(name=escape(name)))


def no_invitation() -> Response:
    """To whoever opens a link that was used."""
    return _page(NO_INVITATION, 410)


def leaving(way: Way, stay: str, *, is_guest: bool) -> Response:
    """To whoever wants to leave: a page that is looked at ahead signs nobody out."""
    back = "" if way is Way.OIDC else " You come back by a new invitation."
    back = " A guest does not come back: what you made is lost." if is_guest else back
    return _with_button(LEAVING.format(back=back, stay=escape(stay)))


def signed_out(way: Way, sign_in: str, *, is_guest: bool) -> Response:
    """To whoever leaves."""
    if is_guest:
        return _page(LEFT, 200)
    return _with_link(OUT, sign_in, "Sign in", 200) if way is Way.OIDC else _page(SIGNED_OUT, 200)


def no_store(words: str) -> Response:
    """To all, where nobody can look up who they are."""
    return _page(words, 503)


def no_token(*, is_page: bool) -> Response:
    """To whoever has not shown the token."""
    words = escape(NO_TOKEN).replace(COMMAND, f"<code>{COMMAND}</code>")
    made = _with_button(f"<p>{words}</p>", 401) if is_page else PlainTextResponse(NO_TOKEN, 401)
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


def _with_button(form: str, status: int = 200) -> Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(
        PAGE.format(words="{words}").replace("<p>{words}</p>", form), status, headers
    )


def _with_link(words: str, address: str, label: str, status: int) -> Response:
    link = LINK.format(address=escape(address), label=escape(label))
    return _with_button(f"<p>{escape(words)}</p>\n{link}", status)


def _page(words: str, status: int) -> Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(PAGE.format(words=escape(words)), status, headers)


def _short(told: str) -> str:
    """A header's words as they may be repeated: plain letters, and not many."""
    return (
        "".join(one if one.isascii() and one.isprintable() else "?" for one in told)[:80] or "none"
    )
