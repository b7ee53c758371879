"""What must never cost anybody a training: processes killed in its middle, and a store that fails.

All is done to real processes: a stand-in for the app with its worker, and a worker whose database
can be told to be full or read-only. Two trainings live through it all, stage by stage in the order
of the tests, and both have to end exactly as one does that nothing ever happened to.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnn.training.engine.channel import WORTH_SAYING_S
from cnn.training.recipe.run import Run, State, WorkerState
from cnn.training.store.heartbeats import GONE, dismiss_silent, worker_states
from cnn.training.store.store import Store
from cnn.training.workers.resuming import resume
from tests import small_disk
from tests.needs import SMALL_DISK
from tests.training.processes import ROOT, App, current, eventually, is_in
from tests.training.story import (
    EPOCHS,
    NETWORK,
    PER_EPOCH,
    SETTINGS,
    Rows,
    Story,
    all_rows,
    assert_begins_like,
    curve,
    finish_one,
    undisturbed,
)

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        not Path("/proc").is_dir(), reason="looks for processes in /proc; runs on Linux"
    ),
]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What the training leaves behind when nothing happens to it."""
    return undisturbed(tmp_path_factory.mktemp("reference"), SETTINGS)


def reach_the_middle_of_an_epoch(store: Store, run: Run) -> Run:
    """Waits until a training is some steps beyond its last checkpoint, and within an epoch."""
    begun_at = current(store, run).progress.step

    def is_there() -> bool:
        now = current(store, run)
        assert now.state in (State.QUEUED, State.RUNNING), (now.state, now.message)
        at = now.checkpoint.step if now.checkpoint else 0
        beyond = now.progress.step > max(at, begun_at)
        return at > 0 and beyond and now.progress.step % PER_EPOCH != 0

    eventually("the middle of an epoch", is_there)
    return current(store, run)


def assert_interrupted(story: Story, reference: dict[str, Rows], message: str) -> Run:
    """It waits at its last checkpoint, says what happened, and nothing else was touched."""
    found = current(story.store, story.run)
    assert (found.state, found.result) == (State.INTERRUPTED, None)
    assert message in found.message
    assert found.checkpoint
    assert 0 < found.checkpoint.step <= len(story.store.steps(found.id, 100_000))
    assert_begins_like(curve(story.store, found), reference)
    assert all_rows(story.store, story.finished) == story.finished_rows
    return found


# Processes that are killed ------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def apps(home: Path) -> Iterator[list[App]]:
    """The apps that there have been; the last one is there now."""
    started = [App.started(Store(f"sqlite:///{home / 'runs.sqlite'}"), home)]
    yield started
    for app in started:
        app.end()
        app.store.close()


@pytest.fixture(scope="module")
def killed(apps: list[App], reference: dict[str, Rows]) -> Story:
    store = apps[0].store
    finished = finish_one(store)
    return Story(store, store.add(NETWORK, SETTINGS), finished, all_rows(store, finished))


def test_a_worker_killed_in_mid_epoch_leaves_its_run_at_its_last_checkpoint(
    apps: list[App], killed: Story, reference: dict[str, Rows]
):
    reach_the_middle_of_an_epoch(killed.store, killed.run)
    (worker,) = apps[-1].workers()

    os.kill(worker, signal.SIGKILL)

    eventually("interrupted", is_in(killed.store, killed.run, State.INTERRUPTED))
    assert_interrupted(killed, reference, GONE)
    resume(killed.store, killed.run.id)


def test_when_the_app_is_killed_its_worker_keeps_the_last_step_and_leaves_no_process(
    apps: list[App], killed: Story, reference: dict[str, Rows]
):
    reach_the_middle_of_an_epoch(killed.store, killed.run)

    apps[-1].kill()

    eventually("no worker", lambda: apps[-1].workers() == [])
    ended = assert_interrupted(killed, reference, "was told to end")
    assert ended.checkpoint
    assert ended.checkpoint.step == ended.progress.step
    resume(killed.store, killed.run.id)


def test_when_both_are_killed_the_next_app_finds_the_run_interrupted(
    apps: list[App], killed: Story, home: Path, reference: dict[str, Rows]
):
    apps.append(App.started(Store(killed.store.url), home))
    reach_the_middle_of_an_epoch(killed.store, killed.run)
    (worker,) = apps[-1].workers()

    apps[-1].process.kill()
    os.kill(worker, signal.SIGKILL)
    apps[-1].process.wait()
    eventually("no worker", lambda: apps[-1].workers() == [])
    assert current(killed.store, killed.run).state is State.RUNNING  # nobody is left to say so
    apps.append(App.started(Store(killed.store.url), home))

    eventually("interrupted", is_in(killed.store, killed.run, State.INTERRUPTED))
    assert_interrupted(killed, reference, GONE)
    resume(killed.store, killed.run.id)


def test_after_all_that_its_curve_is_exactly_that_of_an_untroubled_one(
    killed: Story, reference: dict[str, Rows]
):
    eventually("finished", is_in(killed.store, killed.run, State.FINISHED))

    assert curve(killed.store, killed.run) == reference
    assert len(reference["steps"]) == EPOCHS * PER_EPOCH
    assert all_rows(killed.store, killed.finished) == killed.finished_rows


# A store that fails -------------------------------------------------------------------------

WORKER = """
import sys
from pathlib import Path
from sqlalchemy import event
from cnn.training.engine.tensorflow import stand_side_by_side
from cnn.training.store.store import Store
from cnn.training.workers.worker import work

store, orders, met = Store(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])

@event.listens_for(store._engine, "checkout")
def obey(connection, *_):
    for statement in orders.read_text().splitlines():
        connection.execute(statement)

@event.listens_for(store._engine, "handle_error")
def tell(context):
    with met.open("a") as out:
        print(context.statement, context.original_exception, file=out)

stand_side_by_side()  # as a process of `python -m cnn` does
work(store, "worker", parent=sys.stdin.fileno())
"""
WELL = ("PRAGMA busy_timeout=100", "PRAGMA query_only=OFF", "PRAGMA max_page_count=1000000000")
FULL = (*WELL[:2], "PRAGMA max_page_count=1")  # never below what there is
READ_ONLY = (WELL[0], "PRAGMA query_only=ON", WELL[2])
MOUNT_BYTES = 24 << 20


@dataclass
class Worker:
    """A worker whose database does as it is told."""

    process: subprocess.Popen[bytes]
    folder: Path
    has_own_disk: bool

    def order(self, statements: tuple[str, ...]) -> None:
        (self.folder / "new-orders").write_text("\n".join(statements))
        (self.folder / "new-orders").replace(self.folder / "orders")
        (self.folder / "met").write_text("")

    def meets(self, cause: str) -> bool:
        """Whether its training, not only its heartbeat, was refused something for this cause."""
        lines = (self.folder / "met").read_text().splitlines()
        return any(cause in line and " workers " not in line for line in lines)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    disk = folder / "disk"
    disk.mkdir()
    mounted = small_disk.mounted(disk, str(MOUNT_BYTES))
    url = f"sqlite:///{disk / 'runs.sqlite'}"
    Store(url).close()
    process = None
    try:
        for name in ("orders", "met"):
            (folder / name).write_text("")
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, folder / "orders", folder / "met"],
            cwd=ROOT,
            env=os.environ | {"CNN_HOME": str(folder), "CNN_STORE": url},
            stdin=subprocess.PIPE,
        )
        made = Worker(process, folder, mounted)
        made.order(WELL)
        yield made
    finally:
        if process:
            assert process.stdin
            process.stdin.close()
            process.kill()
            process.wait()
        if mounted:
            small_disk.unmount(disk)


@pytest.fixture(scope="module")
def failed(worker: Worker, reference: dict[str, Rows]) -> Iterator[Story]:
    store = Store(f"sqlite:///{worker.folder / 'disk' / 'runs.sqlite'}")
    finished = finish_one(store)
    yield Story(store, store.add(NETWORK, SETTINGS), finished, all_rows(store, finished))
    store.close()


def assert_goes_on(worker: Worker, story: Story, reference: dict[str, Rows], said: str) -> None:
    """The same process takes the run up again, once the store can be used."""
    eventually("interrupted", is_in(story.store, story.run, State.INTERRUPTED))
    found = assert_interrupted(story, reference, said)
    assert found.message.startswith(f"Interrupted: the run store {story.store.url} could not be")
    resume(story.store, story.run.id)
    reach_the_middle_of_an_epoch(story.store, story.run)
    assert worker.process.poll() is None
    assert worker_states(story.store) == [WorkerState.READY]


def test_a_full_store_interrupts_a_run_and_loses_nothing(
    worker: Worker, failed: Story, reference: dict[str, Rows]
):
    reach_the_middle_of_an_epoch(failed.store, failed.run)

    worker.order(FULL)
    eventually("full", lambda: worker.meets("database or disk is full"))
    worker.order(WELL)

    said = "database or disk is full. Make room on its disk, and resume what was interrupted"
    assert_goes_on(worker, failed, reference, said)


def test_a_store_that_turns_read_only_interrupts_a_run_and_loses_nothing(
    worker: Worker, failed: Story, reference: dict[str, Rows]
):
    worker.order(READ_ONLY)
    eventually("read-only", lambda: worker.meets("readonly database"))
    worker.order(WELL)

    said = "attempt to write a readonly database. It can be read but not written to: allow writing"
    assert_goes_on(worker, failed, reference, said)


def test_while_another_program_locks_the_store_training_goes_on_and_is_told_later(
    worker: Worker, failed: Story, reference: dict[str, Rows]
):
    before = current(failed.store, failed.run).progress.step
    other = sqlite3.connect(failed.store.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    eventually("locked", lambda: worker.meets("database is locked"))
    held_s = WORTH_SAYING_S + 1.0
    time.sleep(held_s)
    locked_at = current(failed.store, failed.run).progress.step  # of before: none can be written
    other.execute("ROLLBACK")
    other.close()

    eventually("told", lambda: current(failed.store, failed.run).progress.step > locked_at)
    found = current(failed.store, failed.run)
    assert before <= locked_at
    assert found.state is State.RUNNING
    assert_begins_like(curve(failed.store, found), reference)


@pytest.mark.parametrize("jump_s", [3_600, -3_600])
def test_a_clock_that_jumps_costs_a_training_nothing(
    worker: Worker,
    failed: Story,
    reference: dict[str, Rows],
    monkeypatch: pytest.MonkeyPatch,
    jump_s: float,
):
    true_time = time.time

    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: true_time() + jump_s)
        dismiss_silent(failed.store)  # as every page does that looks
        listed = current(failed.store, failed.run)
    assert listed.message in ("", GONE)

    def goes_on() -> bool:  # a report takes the run up again as it writes the steps
        return current(failed.store, failed.run).progress.step > listed.progress.step

    eventually("goes on", goes_on)
    found = current(failed.store, failed.run)
    assert (found.state, found.message, found.finished_at) == (State.RUNNING, "", None)
    eventually("heard of", lambda: worker_states(failed.store) == [WorkerState.READY])
    assert_begins_like(curve(failed.store, found), reference)


def test_a_disk_that_is_full_interrupts_a_run_and_loses_nothing(
    worker: Worker, failed: Story, reference: dict[str, Rows]
):
    if not worker.has_own_disk:
        pytest.skip(SMALL_DISK.reason)
    ballast = worker.folder / "disk" / "ballast"
    with ballast.open("wb", buffering=0) as filling, contextlib.suppress(OSError):
        while filling.write(bytes(4_096)):
            pass
    assert shutil.disk_usage(ballast).free == 0
    eventually("full", lambda: worker.meets("full") or worker.meets("I/O"))
    ballast.unlink()

    assert_goes_on(worker, failed, reference, "could not be used")


def test_after_all_these_its_curve_is_exactly_that_of_an_untroubled_one(
    worker: Worker, failed: Story, reference: dict[str, Rows]
):
    eventually("finished", is_in(failed.store, failed.run, State.FINISHED))

    assert curve(failed.store, failed.run) == reference
    assert all_rows(failed.store, failed.finished) == failed.finished_rows
    assert worker.process.poll() is None
