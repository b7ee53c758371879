"""The watch is put into Streamlit's page and into nothing else."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from streamlit import file_util

from ui.components import scripts
from ui.shell import revive
from ui.shell.revive import SCRIPT, Watched

INDEX = Path(file_util.get_static_dir(), "index.html").read_bytes()
OTHER = b"<head>" + b"x" * (len(INDEX) - 6)
AHEAD = re.compile(rb'<link rel="(?:modulepreload" fetchpriority="low|prefetch)" [^>]*>')
TEMPLATE = re.compile(rb"</?template[^>]*>")
SEES = "text/html,*/*"


def answered(content: bytes, *, method: str = "GET", accept: str = SEES) -> tuple[Message, bytes]:
    """What a browser gets of a server that packs what it may."""
    said: list[Message] = []
    asked: Scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "headers": [(b"accept", accept.encode()), (b"accept-encoding", b"gzip")],
    }

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        packs = (b"accept-encoding", b"gzip") in scope["headers"]
        answer = Response(gzip.compress(content) if packs else content, headers={"etag": "one"})
        await answer(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        said.append(message)

    with pytest.raises(StopIteration):  # nothing here waits
        Watched(server)(asked, receive, send).__await__().__next__()
    return said[0], b"".join(one.get("body", b"") for one in said[1:])


def test_the_watch_is_the_first_thing_in_the_page():
    start, body = answered(INDEX)

    head, _, rest = body.partition(b"<script>")
    assert head.endswith(b"<head>")
    script, _, rest = rest.partition(b"</script>")
    assert b"location.reload" in script
    assert head + TEMPLATE.sub(b"", AHEAD.sub(b"", rest)) == INDEX
    assert (b"content-length", str(len(body)).encode()) in start["headers"]
    assert b"etag" not in dict(start["headers"])


@pytest.mark.parametrize("base", ["", "/class/a"])
def test_a_page_says_where_the_server_is(base: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(revive, "address", lambda path: base + path)
    revive._watched_page.cache_clear()

    _, body = answered(INDEX)

    revive._watched_page.cache_clear()
    place = f'BACKEND_BASE_URL: location.origin + "{base}"'.encode()
    assert 0 < body.find(place) < body.find(b"/static/js/index.")


def test_a_page_names_the_scripts_that_it_needs_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scripts, "_served", [True])
    scripts.files()
    _, body = answered(INDEX)

    named = [re.findall(rb'href="(.*)"', one)[0].decode() for one in AHEAD.findall(body)]
    ours = f"/js/{scripts.version()}/"
    modules = [one.removeprefix(ours) for one in named if one.startswith(ours)]
    assert {*named} >= {*scripts._of_streamlit()}
    assert "flow/flow.js" in modules
    assert not {*scripts.MOST} & {*modules}, "they are of other pages, or come after the picture"
    assert body.index(b"/static/js/index.") < body.index(b'fetchpriority="low"')
    assert len({*modules}) == len(modules)
    for place, module in enumerate(modules):
        assert {*scripts.needed(module)} <= {*modules[: place + 1]}, "after those it imports"


def test_another_page_stays_as_it_is():
    start, body = answered(OTHER)

    assert body == OTHER
    assert (b"etag", b"one") in start["headers"]


def test_files_stay_packed():
    _, body = answered(INDEX, accept="*/*")

    assert gzip.decompress(body) == INDEX


def test_the_script_ends_only_where_it_ends():
    assert b"</script" not in SCRIPT.read_bytes().lower()
