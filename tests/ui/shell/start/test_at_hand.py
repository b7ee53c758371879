"""Streamlit's own files are sent as they are, and nothing else is."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Scope
from streamlit import file_util
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from ui.shell.start import at_hand
from ui.shell.start.at_hand import AtHand

STATIC = Path(file_util.get_static_dir())
SCRIPT = sorted(STATIC.glob("static/js/index.*.js"))[0]
FONT = sorted(STATIC.glob("static/media/*.woff2"))[0]
STYLE = sorted(STATIC.glob("static/css/*.css"))[0]
OURS = AtHand(PlainTextResponse("handed on"))
STREAMLITS = create_streamlit_static_handler(directory=str(STATIC), base_url="")


def ask(
    app: ASGIApp, path: str, method: str = "GET", **headers: str
) -> tuple[dict[str, str], bytes]:
    """The headers and the content of an answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # nothing is read, and nobody leaves
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.replace("_", "-").encode(), headers[name].encode()) for name in headers],
    }

    async def answer() -> None:
        await app(scope, receive, send)

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop running in this one
        apart.submit(lambda: asyncio.run(answer())).result()
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return found, b"".join(one.get("body", b"") for one in sent[1:])


def is_handed_on(path: str, method: str = "GET", **headers: str) -> bool:
    return ask(OURS, path, method, **headers)[1] == b"handed on"


@pytest.mark.parametrize("file", [SCRIPT, FONT, STYLE], ids=lambda file: file.suffix)
def test_a_file_is_what_streamlit_sends(file: Path):
    path = f"/{file.relative_to(STATIC).as_posix()}"
    theirs, as_it_lies = ask(STREAMLITS, path)
    ours, content = ask(OURS, path)

    assert content == as_it_lies == file.read_bytes()
    for name in ("content-type", "content-length", "cache-control"):
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/build",
        "/static/js/nothing.js",
        "/static/js/../js/nothing.js",
        "/static/js/../index.html",
        "/static/js/..",
        "/static/../../__init__.py",
        "/static/js/",
        f"//static/js/{SCRIPT.name}",
        f"/static/js/{SCRIPT.name}/",
        f"/static/js/{SCRIPT.name}\n",
        f"/build/static/js/{SCRIPT.name}",
    ],
)
def test_what_is_no_such_file_is_handed_on(path: str):
    assert is_handed_on(path)


def test_what_asks_for_less_or_for_other_than_the_file_is_handed_on():
    path = f"/static/js/{SCRIPT.name}"

    assert not is_handed_on(path)
    assert is_handed_on(path, range="bytes=0-9")
    assert is_handed_on(path, if_none_match='"x"')
    assert is_handed_on(path, "POST")


def test_a_large_file_is_streamlits_to_send(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(at_hand, "MOST_BYTES", SCRIPT.stat().st_size - 1)

    assert is_handed_on(f"/static/js/{SCRIPT.name}")


def test_files_lie_below_the_base_path():
    base = st.get_option("server.baseUrlPath")
    st.config.set_option("server.baseUrlPath", "/class/a/")
    try:
        assert not is_handed_on(f"/class/a/static/js/{SCRIPT.name}")
    finally:
        st.config.set_option("server.baseUrlPath", base)
