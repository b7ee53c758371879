"""What a training says to a store that another program locks: all of it, once, in its order."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.network.zoo import entry
from cnn.training.engine import write_behind
from cnn.training.engine.channel import Channel, Stopped
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Checkpoint, Epoch, Progress, State, Step, Wish
from cnn.training.store import database
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreBusy

DEMO = entry("shapes-demo").architecture
EPOCH = Epoch(1, 0.5, 0.8, 0.6, 0.7, 3.0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "HURRIED_MS", 1)
    monkeypatch.setattr(write_behind, "RETRY_S", 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def other(store: Store) -> Iterator[sqlite3.Connection]:
    """Another program; `begin immediate` is how it locks the store."""
    file = store.url.removeprefix("sqlite:///")
    connection = sqlite3.connect(file, isolation_level=None)
    yield connection
    connection.close()


def step(number: int) -> Step:
    return Step(number, number / 10, 1.0 / number, 0.5, 0.01, float(number))


def test_what_is_said_is_in_the_store_at_once_while_nobody_locks_it(store: Store):
    run = store.add(DEMO, Configuration(), worker="me")
    store.want(run.id, Wish.STOP)

    with pytest.raises(Stopped):
        Channel(store, run).report_and_obey(Progress(1, 1, 9), [step(1)])

    assert store.steps(run.id) == [step(1)]


def test_what_is_said_while_it_is_locked_is_in_the_store_later_once_and_in_order(
    store: Store, other: sqlite3.Connection
):
    run = store.add(DEMO, Configuration(), worker="me")
    told = Channel(store, run)
    told.report_and_obey(Progress(1, 1, 9), [step(1)])
    other.execute("begin immediate")

    for n in (2, 3):
        told.report_and_obey(Progress(1, n, 9), [step(n)])
    told.record_epoch(EPOCH, {"weights": b"some"})
    told.keep_files({"checkpoint": b"all"}, Checkpoint(2, 3))

    assert store.steps(run.id) == [step(1)]
    assert store.epochs([run.id])[run.id] == []
    other.execute("rollback")
    told.report_and_obey(Progress(2, 4, 9), [step(4)])
    assert store.steps(run.id) == [step(n) for n in (1, 2, 3, 4)]
    assert store.epochs([run.id])[run.id] == [EPOCH]
    found = store.get(run.id)
    assert found
    assert (found.checkpoint, found.progress.step) == (Checkpoint(2, 3), 4)
    assert store.file(run.id, "weights") == b"some"


def test_a_checkpoint_never_comes_before_the_steps_that_lead_to_it(
    store: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    run = store.add(DEMO, Configuration(), worker="me")
    told = Channel(store, run)
    monkeypatch.setattr(write_behind, "RETRY_S", 1_000.0)  # not even if the store is free by then
    other.execute("begin immediate")
    told.report_and_obey(Progress(1, 1, 9), [step(1)])
    other.execute("rollback")

    told.keep_files({"checkpoint": b"all"}, Checkpoint(1, 1))

    found = store.get(run.id)
    assert found
    assert (found.checkpoint, store.steps(run.id)) == (None, [])
    told.file("checkpoint")  # which waits for all that was said
    found = store.get(run.id)
    assert found
    assert (found.checkpoint, store.steps(run.id)) == (Checkpoint(1, 1), [step(1)])


def test_the_end_of_a_run_says_for_how_long_the_store_was_locked(
    store: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    run = store.add(DEMO, Configuration(), worker="me")
    clock = iter(range(0, 10_000, 7))
    monkeypatch.setattr(
        "cnn.training.engine.write_behind.time.monotonic", lambda: float(next(clock))
    )
    told = Channel(store, run)
    other.execute("begin immediate")
    told.report_and_obey(Progress(1, 1, 9), [step(1)])
    other.execute("rollback")

    told.finish(State.FINISHED, "Stopped early.")

    found = store.get(run.id)
    assert found
    locked_s = told._writes.locked_s
    assert locked_s > 0
    assert found.message == (
        f"Stopped early. Another program kept the run store locked for {locked_s:.0f} s; "
        "training went on, and nothing is lost."
    )


def test_a_store_that_stays_locked_for_too_long_is_given_up(
    store: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    run = store.add(DEMO, Configuration(), worker="me")
    monkeypatch.setattr(write_behind, "PATIENCE_S", 0.02)
    other.execute("begin immediate")

    with pytest.raises(StoreBusy, match="database is locked"):
        Channel(store, run).finish(State.FINISHED, "")
    other.execute("rollback")


def test_training_waits_with_more_to_say_than_memory_should_hold(
    store: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    run = store.add(DEMO, Configuration(), worker="me")
    monkeypatch.setattr(write_behind, "PATIENCE_S", 0.02)
    monkeypatch.setattr(write_behind, "MOST_BYTES", 10)
    told = Channel(store, run)
    other.execute("begin immediate")

    told.keep_files({"small": bytes(9)})
    with pytest.raises(StoreBusy):
        told.keep_files({"large": bytes(9)})
    other.execute("rollback")
