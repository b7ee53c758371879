"""What the server answers to a page that asks whether it is out of date."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from cnn.training.store.store_error import StoreError
from ui.components import news
from ui.session.assets import NEWS
from ui.shell.server import ROUTES


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(news, "_looks", type(news._looks)())
    return TestClient(Starlette(routes=ROUTES))


def page() -> None:
    from ui.components.news import News, when_new

    when_new("news_of_this", lambda: News("now", 0.5), 2.0)


def put_up(script=page) -> str:
    """The address at which the page asks."""
    app = AppTest.from_function(script).run()
    assert not app.exception
    return f"{NEWS}/{app.session_state['news_of_this_asked_by']}"


def test_a_page_that_was_shown_is_told_what_is_there_now_and_when_to_ask_again(client: TestClient):
    answer = client.get(put_up())
    assert answer.json() == {"stamp": "now", "again_ms": 500.0}
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_that_this_server_does_not_know_is_to_run_again(client: TestClient):
    put_up()
    answer = client.get(f"{NEWS}/of-another-server")
    assert (answer.status_code, answer.json()) == (200, {"stamp": None})


def test_of_pages_that_were_shown_long_ago_nothing_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(news, "MOST", 2)
    first, *others = [put_up() for _ in range(3)]
    assert client.get(first).json() == {"stamp": None}
    assert [client.get(one).json()["stamp"] for one in others] == ["now", "now"]


def test_a_page_whose_store_cannot_be_read_is_to_run_again_and_say_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    address = put_up()

    def fails() -> news.News:
        raise StoreError("the run store could not be used: full.")

    monkeypatch.setitem(news._looks, address.rpartition("/")[2], fails)
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (200, {"stamp": None})
