"""Readiness is what the program would meet: a store that is tried out, and workers that speak."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Wish, WorkerState
from cnn.training.store import database, heartbeats
from cnn.training.store.store import Store
from cnn.training.workers import readiness
from cnn.training.workers.metrics import as_text
from cnn.training.workers.readiness import Readiness
from tests.training.exposition import metrics
from tests.training.unreadable import spoil

ROOT = Path(__file__).parents[3]
DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)


def looked(store: Store) -> Readiness:
    return readiness.readiness(lambda: store)


def test_all_is_ready_where_the_store_is_written_to_and_a_worker_speaks(store: Store):
    heartbeats.beat(store, "a", WorkerState.READY)
    for _ in range(3):
        store.add(DEMO, SETTINGS)
    store.want(store.add(DEMO, SETTINGS).id, Wish.STOP)
    now = time.time()

    found = looked(store)

    assert found.is_ready
    assert found.heard_at
    assert found.to_dict(found.heard_at + 2.5) == {
        "ready": True,
        "store_writable": True,
        "worker_heard_s_ago": 2.5,
        "queue_length": 3,
        "troubles": [],
    }
    said = metrics(as_text(found.metrics()))
    assert said.pop("cnn_worker_heard_timestamp_seconds") == pytest.approx(now, abs=5)
    assert said == {"cnn_ready": 1, "cnn_store_writable": 1, "cnn_queue_length": 3}


def test_looking_leaves_the_store_as_it_was(store: Store):
    heartbeats.beat(store, "a", WorkerState.READY)
    looked(store)

    assert heartbeats.worker_states(store) == [WorkerState.READY]
    assert store.count() == 0


def test_without_a_worker_it_is_not_ready_and_says_so(store: Store, monkeypatch):
    found = looked(store)
    assert not found.is_ready
    assert "No worker takes what is queued: none has been heard of lately." in found.troubles[0]
    assert found.to_dict(0)["worker_heard_s_ago"] is None
    assert metrics(as_text(found.metrics())) == {
        "cnn_ready": 0,
        "cnn_store_writable": 1,
        "cnn_queue_length": 0,
    }

    monkeypatch.setenv("CNN_WORKERS", "0")  # the app is to have none: others may train, or nobody
    assert looked(store).is_ready


def test_a_silent_worker_is_none_and_when_it_was_heard_is_told(store: Store, monkeypatch):
    heartbeats.beat(store, "a", WorkerState.READY)
    monkeypatch.setattr(heartbeats, "SILENT_AFTER_S", -1.0)

    found = looked(store)

    assert not found.is_ready
    assert found.heard_at


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (WorkerState.FOREGROUND, "No worker takes what is queued"),
        (WorkerState.NO_CLUSTER, "The Ray cluster cannot be joined. python -m cnn doctor says"),
    ],
)
def test_workers_that_take_nothing_are_not_enough(store: Store, state: WorkerState, said: str):
    heartbeats.beat(store, "a", state)

    (trouble,) = looked(store).troubles

    assert trouble.startswith(said)


def test_a_store_that_cannot_be_opened_is_said_with_the_way_out(tmp_path: Path):
    file = tmp_path / "runs.sqlite"
    file.write_text("not a database, but long enough to look like one" * 40)

    found = readiness.readiness(lambda: Store(f"sqlite:///{file}"))

    assert not found.is_ready
    assert found.troubles[0].startswith("The run store ")
    assert "file is not a database. Move that file out of the way" in found.troubles[0]
    assert found.to_dict(0)["queue_length"] is None
    assert metrics(as_text(found.metrics())) == {"cnn_ready": 0, "cnn_store_writable": 0}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "runs.sqlite"
    store = Store(f"sqlite:///{file}")
    heartbeats.beat(store, "a", WorkerState.READY)
    store.add(DEMO, SETTINGS)
    store.close()
    return file


def test_a_store_that_can_only_be_read_is_not_ready_and_still_tells_its_queue(
    file: Path, monkeypatch
):
    monkeypatch.chdir(file.parent)
    store = Store(f"sqlite:///file:{file}?mode=ro&uri=true")

    found = looked(store)

    assert (found.is_writable, found.queue_length, found.is_ready) == (False, 1, False)
    (trouble,) = found.troubles
    assert "readonly database. It can be read but not written to" in trouble
    store.close()


NO_ROOM = """
import resource, sys
from cnn.training.workers.readiness import readiness
from cnn.training.store.store import Store
store = Store(sys.argv[1])
before = readiness(lambda: store)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # from now on the system refuses every write
print(before.is_writable, *readiness(lambda: store).troubles)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files; runs on Linux and macOS")
def test_a_store_without_room_is_not_ready_though_its_file_is_open(file: Path):
    looking = [sys.executable, "-c", NO_ROOM, f"sqlite:///{file}"]
    ran = subprocess.run(looking, cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.startswith("True The run store ")
    assert "could not be used" in ran.stdout


def test_a_store_that_another_program_holds_is_waited_for_and_then_said(file: Path, monkeypatch):
    store = Store(f"sqlite:///{file}")
    monkeypatch.setattr(database, "HURRIED_MS", 20)
    monkeypatch.setattr(readiness, "PATIENCE_S", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        held = looked(store)
        other.execute("rollback")

    assert not held.is_writable
    assert "database is locked" in held.troubles[0]
    assert looked(store).is_ready
    store.close()


def test_runs_that_cannot_be_read_count_in_the_queue_and_keep_nothing_from_being_ready(
    store: Store,
):
    heartbeats.beat(store, "a", WorkerState.READY)
    for kind in ("layer", "setting", "wish", "state"):
        spoil(store, store.add(DEMO, SETTINGS), kind)

    found = looked(store)

    assert found.is_ready
    assert found.queue_length == 3  # one is in a state of which nothing is known
