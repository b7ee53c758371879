"""What no page begins with waits for the first page, and not for ever."""

import threading

import pytest

from ui.shell.start import first


@pytest.fixture(autouse=True)
def a_new_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "_asked", threading.Event())
    monkeypatch.setattr(first, "_drawn", threading.Event())
    monkeypatch.setattr(first, "_shown", threading.Event())
    monkeypatch.setattr(first, "_page", [""])
    monkeypatch.setattr(first, "DRAWING_S", 0.0)


def test_what_waits_goes_on_once_a_page_is_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "PATIENCE_S", 600.0)
    waits = threading.Thread(target=first.wait, daemon=True)
    waits.start()
    assert waits.is_alive()

    first.is_shown()
    waits.join(timeout=60)

    assert not waits.is_alive()


def test_where_nobody_comes_it_goes_on_as_well(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "PATIENCE_S", 0.0)

    first.wait()


def test_the_first_page_that_is_asked_for_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "COMES_S", 600.0)

    first.is_asked("train")
    first.is_asked("build")

    assert first.asked() == "train"


def test_where_nobody_comes_it_is_home(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "COMES_S", 0.0)

    assert first.asked() == ""


def test_what_stands_below_the_picture_waits_for_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "PICTURE_S", 600.0)
    waits = threading.Thread(target=first.wait_for_picture, daemon=True)
    waits.start()
    assert waits.is_alive()

    first.is_drawn()
    waits.join(timeout=60)

    assert not waits.is_alive()


def test_where_no_picture_comes_it_waits_no_longer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "PICTURE_S", 0.0)

    first.wait_for_picture()


def test_of_a_later_page_nothing_waits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "PICTURE_S", 600.0)
    first.is_shown()

    first.wait_for_picture()
