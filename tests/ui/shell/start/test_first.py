"""What no page begins with waits for the first page, and not for ever."""

import threading

import pytest

from ui.shell.start import first


@pytest.fixture(autouse=True)
def a_new_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "_shown", threading.Event())


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
