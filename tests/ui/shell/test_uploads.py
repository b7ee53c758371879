"""Uploads are bounded on their way and in memory: Streamlit's own routes and manager behind it."""

import asyncio
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette.starlette_routes import create_upload_routes

from tests.ui.awaiting import awaited
from ui.shell import uploads
from ui.shell.uploads import WithinUploads

KB = 1_000
SESSIONS = ("one", "two", "three", "four")


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryUploadedFileManager]:
    """Streamlit's, with limits a thousand times smaller than those that people have."""
    monkeypatch.setattr(uploads, "SESSION_BYTES", 100 * KB)
    monkeypatch.setattr(uploads, "ALL_BYTES", 300 * KB)
    monkeypatch.setattr(uploads, "_most_bytes", lambda: 200 * KB)
    monkeypatch.setattr(uploads, "FRAME_BYTES", KB)
    before = config.get_option("server.enableXsrfProtection")
    config.set_option("server.enableXsrfProtection", False)
    yield MemoryUploadedFileManager("/_stcore/upload_file")
    config.set_option("server.enableXsrfProtection", before)


def streamlit(files: MemoryUploadedFileManager) -> Starlette:
    runtime: Any = SimpleNamespace(is_active_session=lambda id: id in SESSIONS)
    return Starlette(routes=create_upload_routes(runtime, files, None))


def bounded(files: MemoryUploadedFileManager) -> WithinUploads:
    return WithinUploads(streamlit(files), lambda: files)


async def put(
    app: ASGIApp, session: str, name: str, size: int, *, says: int | None = -1
) -> tuple[int, str]:
    """The status and the words that a PUT of so many bytes is answered with."""
    edge = b"--edge"
    head = (
        b'\r\nContent-Disposition: form-data; name="f"; filename="' + name.encode() + b'"\r\n\r\n'
    )
    body = edge + head + bytes(size) + b"\r\n" + edge + b"--\r\n"
    headers = [(b"content-type", b"multipart/form-data; boundary=edge")]
    if says is not None:
        headers.append((b"content-length", b"%d" % (len(body) if says < 0 else says)))
    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/_stcore/upload_file/{session}/{name}",
        "headers": headers,
        "query_string": b"",
    }
    answered: list[Message] = []
    pieces = [body[:10_000], body[10_000:]]

    async def receive() -> Message:
        await asyncio.sleep(0)
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        answered.append(message)

    await app(scope, receive, send)
    words = b"".join(one.get("body", b"") for one in answered)
    return answered[0]["status"], words.decode()


def all_put(app: ASGIApp, wanted: Sequence[tuple[str, str, int]]) -> list[int]:
    async def one_by_one() -> list[int]:
        return [(await put(app, *one))[0] for one in wanted]

    return awaited(one_by_one())


def kept(files: MemoryUploadedFileManager) -> dict[str, list[str]]:
    return {session: list(its) for session, its in files.file_storage.items() if its}


def held(files: MemoryUploadedFileManager) -> int:
    return sum(len(one.data) for its in files.file_storage.values() for one in its.values())


def test_six_files_under_ids_of_ones_own_leave_the_last_where_all_six_stayed(
    files: MemoryUploadedFileManager,
):
    six = [("one", f"f{number}", 100 * KB) for number in range(6)]
    assert all_put(streamlit(files), six) == [204] * 6
    assert held(files) == 600 * KB, "so it is without a bound"
    files.remove_session_files("one")

    assert all_put(bounded(files), six) == [204] * 6
    assert kept(files) == {"one": ["f5"]}


def test_a_file_as_large_as_may_be_is_taken_and_stands_alone(files: MemoryUploadedFileManager):
    app = bounded(files)
    assert all_put(app, [("one", "a", 10 * KB), ("one", "b", 60 * KB)]) == [204, 204]
    assert kept(files) == {"one": ["a", "b"]}
    assert all_put(app, [("one", "c", 199 * KB)]) == [204]
    assert kept(files) == {"one": ["c"]}


def test_of_many_sessions_the_one_that_brought_a_file_longest_ago_loses_its_own(
    files: MemoryUploadedFileManager,
):
    app = bounded(files)
    assert all_put(app, [(one, "a", 90 * KB) for one in ("one", "two", "three")]) == [204] * 3
    assert all_put(app, [("one", "b", 5 * KB), ("four", "a", 90 * KB)]) == [204, 204]
    assert kept(files) == {"one": ["a", "b"], "three": ["a"], "four": ["a"]}
    files.remove_session_files("three")
    assert all_put(app, [("two", "b", 100 * KB)]) == [204]
    assert kept(files) == {"one": ["a", "b"], "two": ["b"], "four": ["a"]}


def test_empty_files_are_bounded_by_their_number(files: MemoryUploadedFileManager):
    many = uploads.MOST_FILES + 20
    assert all_put(bounded(files), [("one", f"f{n}", 0) for n in range(many)]) == [204] * many
    assert kept(files)["one"] == [f"f{n}" for n in range(20, many)]


def test_what_is_too_large_or_of_no_known_length_is_refused_in_a_sentence(
    files: MemoryUploadedFileManager,
):
    app = bounded(files)
    status, words = awaited(put(app, "one", "a", 500 * KB))
    assert (status, words) == (413, "The file has 1 MB; at most 0 MB are taken.")
    status, words = awaited(put(app, "one", "a", 10, says=None))
    assert (status, words) == (411, "An upload has to say how long it is (Content-Length).")
    assert awaited(put(app, "nobody", "a", 10))[0] == 400, "as Streamlit says itself"
    assert not kept(files)


def test_files_on_their_way_at_once_are_bounded_for_a_session_and_for_all(
    files: MemoryUploadedFileManager,
):
    app = bounded(files)

    async def at_once(*wanted: tuple[str, str, int]) -> list[tuple[int, str]]:
        return await asyncio.gather(*(put(app, *one) for one in wanted))

    (first, _), (second, words) = awaited(at_once(("one", "a", 150 * KB), ("one", "b", 99 * KB)))
    assert (first, second) == (204, 429)
    assert words.startswith("Another file of yours is still on its way.")
    found = awaited(at_once(*((one, "a", 140 * KB) for one in SESSIONS)))
    assert [status for status, _ in found] == [204, 204, 503, 503]
    assert found[-1][1].startswith("Many files are on their way just now.")
    assert awaited(at_once(("four", "a", 9 * KB)))[0][0] == 204, "and again, when they have come"


def test_a_file_that_never_comes_whole_is_given_up(
    files: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(uploads, "LONGEST_S", 0.05)

    async def slow(*_: object) -> None:
        await asyncio.sleep(60)

    app = WithinUploads(slow, lambda: files)
    status, words = awaited(put(app, "one", "a", 150 * KB))
    assert status == 408
    assert words.startswith("The file did not come within")
    app.app = streamlit(files)
    assert awaited(put(app, "one", "a", 150 * KB))[0] == 204, "its place is free again"


def test_everything_else_passes_as_it_is(files: MemoryUploadedFileManager):
    seen = []

    async def behind(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append((scope["type"], scope.get("method"), scope.get("path")))

    app = WithinUploads(behind, lambda: files)
    scopes: list[dict[str, Any]] = [
        {"type": "websocket", "path": "/_stcore/stream"},
        {"type": "lifespan"},
        {"type": "http", "method": "GET", "path": "/_stcore/upload_file/a/b", "headers": []},
        {"type": "http", "method": "DELETE", "path": "/_stcore/upload_file/a/b", "headers": []},
        {"type": "http", "method": "PUT", "path": "/elsewhere", "headers": []},
    ]

    async def none() -> Message:
        return {}

    async def nothing(_: Message) -> None:
        return None

    for scope in scopes:
        awaited(app(scope, none, nothing))
    assert seen == [(one["type"], one.get("method"), one.get("path")) for one in scopes]
