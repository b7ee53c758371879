"""What the server answers to a page that asks whether it is out of date."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from cnn.training.store.store_error import StoreError
from tests.ui.awaiting import awaited
from ui.components import news


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "_looks", OrderedDict[str, news.Asked]())


def asked(id: str, query: bytes = b"") -> Response:
    scope = {"type": "http", "headers": [], "path_params": {"id": id}, "query_string": query}
    return awaited(news.answer(Request(scope)))


def told(id: str, query: bytes = b"") -> dict[str, object]:
    found: dict[str, object] = json.loads(bytes(asked(id, query).body))
    return found


def page() -> None:
    from ui.components.news import News, when_new

    when_new("news_of_this", lambda: News("now", 0.5, 2.0))


def page_that_is_told() -> None:
    from ui.components.news import News, when_new

    def parts() -> dict[str, object]:
        return {"bar": {"share": 0.5}}

    when_new("news_of_this", lambda: News("now", 0.5, 2.0), parts, runs_when_old=False)


def put_up(page: Callable[[], None] = page) -> str:
    """What the page asks by."""
    app = AppTest.from_function(page).run()
    assert not app.exception
    return str(app.session_state["news_of_this_asked_by"])


def test_a_page_that_was_shown_is_told_what_is_there_now_and_when_to_ask_again():
    id = put_up()
    assert told(id) == {"stamp": "now", "again_ms": 500.0, "every_ms": 2000.0}
    assert asked(id).headers["cache-control"] == "no-store"


def test_what_shows_something_is_told_it_once_that_is_old_and_not_before():
    id, plain = put_up(page_that_is_told), put_up()
    assert "parts" not in told(id)
    assert told(id, b"old") == told(id) | {"parts": {"bar": {"share": 0.5}}}
    assert told(plain, b"old") == told(plain)


def test_what_shows_something_is_told_it_with_another_stamp(monkeypatch: pytest.MonkeyPatch):
    id = put_up(page_that_is_told)
    later = replace(news._looks[id], look=lambda: news.News("later", 0.5))
    monkeypatch.setitem(news._looks, id, later)
    assert told(id)["parts"] == {"bar": {"share": 0.5}}


def test_a_page_that_this_server_does_not_know_is_to_run_again():
    put_up()
    assert told("of-another-server") == {"stamp": None}


def test_of_pages_that_were_shown_long_ago_nothing_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(news, "MOST", 2)
    first, *others = [put_up() for _ in range(3)]
    assert told(first) == {"stamp": None}
    assert [told(one)["stamp"] for one in others] == ["now", "now"]


def test_a_page_whose_store_cannot_be_read_is_to_run_again_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
):
    def fails() -> news.News:
        raise StoreError("the run store could not be used: full.")

    id = put_up()
    monkeypatch.setitem(news._looks, id, replace(news._looks[id], look=fails))
    assert told(id) == {"stamp": None}
