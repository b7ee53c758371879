"""Workers that are there, that have ended, and that have fallen silent."""

import sqlite3
import time
from pathlib import Path

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, Result, State, WorkerState
from cnn.training.store import database, heartbeats
from cnn.training.store.store import Store
from tests.training.processes import eventually

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)


def test_runs_of_a_worker_that_has_ended_are_interrupted(store: Store):
    run, other = store.add(DEMO, SETTINGS, worker="a"), store.add(DEMO, SETTINGS, worker="b")
    heartbeats.beat(store, "a", WorkerState.READY)
    heartbeats.dismiss(store, "a")

    found, untouched = store.get(run.id), store.get(other.id)
    assert found
    assert untouched
    assert (found.state, found.message) == (State.INTERRUPTED, heartbeats.GONE)
    assert found.finished_at is not None
    assert untouched.state is State.RUNNING


def test_a_finished_run_stays_finished_when_its_worker_ends(store: Store):
    run = store.add(DEMO, SETTINGS, worker="a")
    store.finish(run.id, State.FINISHED, result=RESULT)
    heartbeats.dismiss(store, "a")

    found = store.get(run.id)
    assert found
    assert found.state is State.FINISHED


def test_a_silent_worker_is_dismissed_and_taken_back_when_it_speaks(store: Store, monkeypatch):
    run = store.add(DEMO, SETTINGS, worker="a")
    heartbeats.beat(store, "a", WorkerState.READY)
    heartbeats.dismiss_silent(store)
    assert heartbeats.worker_states(store) == [WorkerState.READY]

    monkeypatch.setattr(heartbeats, "SILENT_AFTER_S", 0.0)
    time.sleep(0.01)
    heartbeats.dismiss_silent(store)
    found = store.get(run.id)
    assert found
    assert (found.state, heartbeats.worker_states(store)) == (State.INTERRUPTED, [])

    store.record(run.id, [], Progress(1, 5, 30))
    found = store.get(run.id)
    assert found
    assert (found.state, found.finished_at, found.message) == (State.RUNNING, None, "")


def test_a_worker_outlives_a_store_that_is_locked_when_it_speaks(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_MS", 20)
    monkeypatch.setattr(heartbeats, "HEARTBEAT_S", 0.01)
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    with heartbeats.present(store, "a", WorkerState.STARTING) as is_now:
        other.execute("begin exclusive")
        is_now(WorkerState.READY)
        assert heartbeats.worker_states(store) == [WorkerState.STARTING]
        other.execute("rollback")
        eventually("heard", lambda: heartbeats.worker_states(store) == [WorkerState.READY])
        other.execute("begin exclusive")
    other.execute("rollback")
    other.close()
    store.close()


def test_a_worker_is_known_for_as_long_as_it_is_there(store: Store, monkeypatch):
    monkeypatch.setattr(heartbeats, "HEARTBEAT_S", 0.01)
    with heartbeats.present(store, "a", WorkerState.STARTING) as is_now:
        assert heartbeats.worker_states(store) == [WorkerState.STARTING]
        is_now(WorkerState.READY)
        time.sleep(0.05)
        assert heartbeats.worker_states(store) == [WorkerState.READY]
    assert heartbeats.worker_states(store) == []
