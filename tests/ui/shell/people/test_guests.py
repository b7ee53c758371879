"""Guests, where a server lets them in: by a button, each to themselves, at a pace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.people import accounts
from cnn.people.person import Role
from cnn.people.ways import Accounts, Way
from cnn.people.ways import accounts as how
from cnn.training.store.store import Store
from tests.ui.shell.people.test_signing_in import Server
from ui.shell.people.who import GUESTS_AT_ONCE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def test_who_presses_the_button_is_a_guest_at_the_page_that_they_wanted(store: Store):
    server = Server(store, Accounts(Way.INVITE, has_guests=True))
    cookies: dict[str, str] = {}
    turned = server.ask("/atlas?of=vgg", cookies)
    assert turned.status == 401
    assert "Look around as a guest" in turned.text
    assert server.ask("/guest", dict(cookies)).status == 401  # a program that looks at links ahead
    came = server.ask("/guest", cookies, "POST")
    assert (came.status, came.headers["location"]) == (303, "/atlas?of=vgg")

    (one,) = accounts.everybody(store)
    assert one.person.role is Role.GUEST
    assert server.ask("/", cookies).text == one.person.id
    assert "what you made is lost" in server.ask("/leave", cookies).text
    assert "gone within a day" in server.ask("/leave", cookies, "POST").text
    others: dict[str, str] = {}
    server.ask("/guest", others, "POST")
    assert server.ask("/", others).text not in ("", one.person.id)


def test_where_there_are_no_guests_nobody_comes_in_by_their_door(store: Store):
    server = Server(store, Accounts(Way.INVITE))
    assert "guest" not in server.ask("/").text
    assert server.ask("/guest", {}, "POST").status == 401
    assert accounts.everybody(store) == []


def test_guests_come_at_a_pace(store: Store, monkeypatch):
    server = Server(store, Accounts(Way.INVITE, has_guests=True))
    monkeypatch.setattr(server.app._guests, "wait_s", lambda _: 5.0)
    assert server.ask("/guest", {}, "POST").status == 503
    assert GUESTS_AT_ONCE < accounts.MOST_GUESTS


@pytest.mark.parametrize(
    ("way", "guests", "found"),
    [
        ("", "on", (Way.INVITE, True)),
        ("invite", "on", (Way.INVITE, True)),
        ("invite", "off", (Way.INVITE, False)),
        ("", "yes", (Way.NOBODY, False)),
        ("", "", (Way.NOBODY, False)),
    ],
)
def test_by_setting_guests_are_let_in(way: str, guests: str, found: object, monkeypatch):
    monkeypatch.setenv("CNN_ACCOUNTS", way)
    monkeypatch.setenv("CNN_GUESTS", guests)
    assert (how().way, how().has_guests) == found
