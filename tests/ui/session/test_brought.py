"""Files that people brought are on the disk, and nowhere else in memory."""

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from tests.ui.visiting import arriving, words
from ui.session import brought
from ui.session.brought import Brought, held_bytes, take


@pytest.fixture(autouse=True)
def none_held() -> None:
    gc.collect()


def test_a_file_is_held_until_nobody_has_it_or_it_is_let_go():
    before = held_bytes()
    one = Brought("one.png", b"words")
    assert (one.name, one.size, one.content) == ("one.png", 5, b"words")
    assert one.key == Brought("other.png", b"words").key != Brought("one.png", b"word").key
    gc.collect()
    assert held_bytes() == before + 5
    one.let_go()
    assert one.content is None
    assert not one.is_here
    assert held_bytes() == before


def test_what_was_used_longest_ago_goes_when_all_together_are_too_much(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(brought, "ALL_BYTES", 100)
    monkeypatch.setattr(brought, "_held", weakref.WeakSet())  # other files may have left theirs
    first, second = Brought("a", b"x" * 40), Brought("b", b"y" * 40)
    assert first.content == b"x" * 40  # used after the second
    third = Brought("c", b"z" * 40)
    assert [one.is_here for one in (first, second, third)] == [True, False, True]
    large = Brought("d", b"z" * 500)
    assert [one.is_here for one in (first, third, large)] == [False, False, True]


def test_an_upload_that_was_taken_is_left_nowhere_in_memory(monkeypatch: pytest.MonkeyPatch):
    files = MemoryUploadedFileManager("/")
    record = UploadedFileRec("id", "a.png", "image/png", b"x" * 1_000)
    files.add_file("session", record)
    context = SimpleNamespace(uploaded_file_mgr=files, session_id="session")
    monkeypatch.setattr(brought, "get_script_run_ctx", lambda: context)
    given: Any = UploadedFile(record, FileURLs())
    assert take(given) == b"x" * 1_000
    assert given.getvalue() == b""
    (left,) = files.get_files("session", ["id"])
    assert (left.name, left.data) == ("a.png", b"")
    assert given == UploadedFile(left, FileURLs()), "to the page it is the same file"


@pytest.mark.parametrize(
    ("key", "session"),
    [
        ("inside_kept", {"inside_network": "file"}),
        ("inside_picture", {"inside_source": "Your file"}),
    ],
)
def test_a_file_that_was_let_go_is_asked_for_again(store: Any, key: str, session: dict[str, str]):
    gone = Brought("my.file", b"words")
    gone.let_go()
    page = arriving("inside")
    for name, value in (session | {key: gone}).items():
        page.session_state[name] = value
    page.run()
    assert not page.exception
    assert "This file was let go, as people brought others meanwhile" in words(page)
