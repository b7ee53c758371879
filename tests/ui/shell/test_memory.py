"""Garbage is collected where something was done, and by the clock."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from ui.shell import memory


class Knot:
    """What only a collector finds: it holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """By the clock of a test, and nothing is collected by Python itself."""
    monkeypatch.setattr(memory, "PACE_S", 0.01)
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("quick")
def test_what_holds_itself_goes_while_things_are_done(monkeypatch: pytest.MonkeyPatch):
    begun = iter(range(0, 1_000_000, 2 * memory.FEW))
    monkeypatch.setattr(memory, "_begun", lambda: next(begun))
    gone = threading.Event()
    weakref.finalize(Knot(), gone.set)
    assert not gone.is_set()

    with memory.collected():
        assert gone.wait(60)


@pytest.mark.usefixtures("quick")
def test_where_nothing_is_done_nothing_is_looked_through(monkeypatch: pytest.MonkeyPatch):
    asked = threading.Semaphore(0)

    def none() -> int:
        asked.release()
        return 0

    monkeypatch.setattr(memory, "_begun", none)
    monkeypatch.setattr(gc, "collect", lambda: pytest.fail("it was"))
    with memory.collected():
        for _ in range(5):
            assert asked.acquire(timeout=60)


def test_what_python_collects_by_itself_is_counted():
    before = memory._begun()
    kept: list[list[int]] = [
        [] for _ in range(100_000)
    ]  # the youngest are collected every few hundred
    assert memory._begun() > before + memory.FEW
    assert kept


def test_while_modules_are_read_nothing_is_looked_through(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "_settled_with", [0])
    monkeypatch.setattr(gc, "collect", lambda: pytest.fail("it was"))

    with memory.uncollected():
        assert not gc.isenabled()
        memory.settle()

    assert gc.isenabled()
