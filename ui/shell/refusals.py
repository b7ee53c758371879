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


def _page(words: str, status: int) -> Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(PAGE.format(words=escape(words)), status, headers)


def _short(told: str) -> str:
    """A header's words as they may be repeated: plain letters, and not many."""
    return (
        "".join(one if one.isascii() and one.isprintable() else "?" for one in told)[:80] or "none"
    )
