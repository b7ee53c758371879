"""The worker as a process of its own: warm, started again when it dies, gone with its parent.

One stand-in for the app, a process with a pool of one, is shared by the tests, which are told in
the order of its life: TensorFlow takes its seconds in every new worker.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State, Wish, WorkerState
from cnn.training.store.heartbeats import GONE, worker_states
from cnn.training.store.store import Store, new_run
from cnn.training.workers import worker
from cnn.training.workers.resuming import resume
from cnn.training.workers.worker_pool import WorkerPool
from tests.training.measured import as_measured
from tests.training.processes import App, current, eventually, trains
from tests.training.unreadable import add_unreadable, row_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals; runs on Linux and macOS")

DEMO = entry("shapes-demo").architecture
LENET = entry("lenet-5").architecture
SHORT = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
SOME = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=8)
LONG = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=200)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("app")
    url = f"sqlite:///{home / 'runs.sqlite'}"
    store = Store(url)
    as_measured(home)
    app = App.started(store, home)
    yield app
    app.end()
    store.close()


def test_a_queued_run_is_trained_to_its_end(app: App):
    run = app.store.add(DEMO, SHORT)

    eventually("finished", lambda: not current(app.store, run).is_live)

    done = current(app.store, run)
    assert done.state is State.FINISHED, done.message
    assert done.result
    assert done.result.test_images == 300
    assert worker_states(app.store) == [WorkerState.READY]


STANDS_BACK = """
import os, sys
from cnn.training.workers import worker

for setting in sys.argv[1:]:
    if not os.fork():
        os.setsid()  # Linux weighs sessions too
        os.environ["CNN_NICENESS"] = setting
        before = os.nice(0)
        worker._stand_back()
        print(os.nice(0) - before, flush=True)
        os._exit(0)
    os.wait()
"""


def test_a_worker_stands_back_for_the_pages_as_far_as_it_is_set():
    asked = [sys.executable, "-c", STANDS_BACK, "", "3", "x"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert list(map(int, found.stdout.split())) == [worker.NICENESS, 3, 10]


def test_a_worker_of_the_app_stands_back(app: App):
    expected = os.getpriority(os.PRIO_PROCESS, 0) + int(os.environ["CNN_NICENESS"])
    eventually(
        "a worker that stands back",
        lambda: [os.getpriority(os.PRIO_PROCESS, one) for one in app.workers()] == [expected],
    )


def test_a_run_can_be_stopped_from_another_process(app: App):
    run = app.store.add(LENET, LONG)
    eventually("training", trains(app.store, run))

    app.store.want(run.id, Wish.STOP)

    eventually("stopped", lambda: current(app.store, run).state is State.STOPPED)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc; Linux")
def test_runs_that_cannot_be_read_are_left_waiting_and_the_worker_goes_on(app: App):
    (before,) = app.workers()
    kinds = ("layer", "setting", "field of its progress", "environment")
    bad = [add_unreadable(app.store, new_run(DEMO, SHORT), kind) for kind in kinds]
    rows = [row_of(app.store, id) for id in bad]
    run = app.store.add(DEMO, SHORT)

    eventually("finished", lambda: current(app.store, run).state is State.FINISHED)

    assert [row_of(app.store, id) for id in bad] == rows
    assert app.workers() == [before]
    assert "Traceback" not in (app.home / "worker.log").read_text()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc; Linux")
@pytest.mark.proof
def test_a_worker_killed_in_mid_training_leaves_its_run_interrupted_and_is_replaced(app: App):
    run = app.store.add(LENET, LONG)
    eventually("training", trains(app.store, run))
    (before,) = app.workers()

    os.kill(before, signal.SIGKILL)

    eventually("interrupted", lambda: current(app.store, run).state is State.INTERRUPTED)
    assert current(app.store, run).message == GONE
    assert app.store.steps(run.id)
    eventually("another worker", lambda: worker_states(app.store) == [WorkerState.READY])
    (after,) = app.workers()
    assert after != before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc; Linux")
@pytest.mark.proof
def test_a_run_whose_worker_was_killed_goes_on_in_another_as_if_nothing_had_been(app: App):
    run, through = app.store.add(LENET, SOME), app.store.add(LENET, SOME)

    def is_beyond_its_checkpoint() -> bool:
        now = current(app.store, run)
        return now.checkpoint is not None and now.progress.step > now.checkpoint.step

    eventually("a checkpoint, and more", is_beyond_its_checkpoint)
    os.kill(app.workers()[0], signal.SIGKILL)
    eventually("interrupted", lambda: current(app.store, run).state is State.INTERRUPTED)
    cut_off = current(app.store, run)
    assert cut_off.checkpoint
    assert 0 < cut_off.checkpoint.step < cut_off.progress.steps

    resume(app.store, run.id)

    for one in (run, through):
        eventually("finished", lambda one=one: current(app.store, one).state is State.FINISHED)  # type: ignore[misc]
    ours, theirs = (app.store.steps(one.id) for one in (run, through))
    assert [one.step for one in ours] == list(range(1, cut_off.progress.steps + 1))
    assert [astuple(one)[:-1] for one in ours] == [astuple(one)[:-1] for one in theirs]
    epochs = app.store.epochs([run.id, through.id])
    measured = [[astuple(one)[:-1] for one in epochs[id]] for id in (run.id, through.id)]
    assert measured[0] == measured[1]
    assert len(measured[0]) == SOME.epochs


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc; Linux")
def test_when_the_app_is_killed_its_worker_keeps_a_checkpoint_and_ends_too(app: App):
    run = app.store.add(LENET, LONG)
    eventually("training", trains(app.store, run))

    app.kill()

    eventually("no worker", lambda: app.workers() == [])
    ended = current(app.store, run)
    assert ended.state is State.INTERRUPTED
    assert ended.checkpoint
    assert ended.checkpoint.step == ended.progress.step > 0
    assert app.store.steps(run.id, 100_000)[-1].step == ended.checkpoint.step
    assert worker_states(app.store) == []


def test_closing_a_crew_ends_its_worker_before_tensorflow_is_there(app: App, monkeypatch):
    monkeypatch.setenv("CNN_HOME", str(app.home))
    pool = WorkerPool(1, app.store.url)
    pool.start()
    eventually("a worker", lambda: bool(pool.process_ids))

    pool.close()

    for process_id in pool.process_ids:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


def test_an_app_that_wants_no_worker_starts_none(app: App):
    pool = WorkerPool(0, app.store.url)

    pool.start()
    pool.close()

    assert pool.process_ids == []


def test_what_a_worker_says_is_kept_in_a_file_not_shown(app: App):
    assert (app.home / "worker.log").exists()


def test_a_worker_that_starts_knows_whether_somebody_waits(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    assert not worker._is_waited_for(store)
    run = store.add(DEMO, SHORT)
    assert worker._is_waited_for(store)
    store.claim(run.id, "w")
    assert not worker._is_waited_for(store)
    store.close()


def test_a_worker_makes_room_for_another_after_many_runs():
    assert not worker._is_worn(0)
    assert worker._is_worn(worker.MOST_RUNS)


def test_what_is_measured_while_nothing_is_queued_takes_turns():
    """One that waits for a quiet machine holds up no other."""
    done = []

    def work(name: str, steps: int) -> Iterator[None]:
        for step in range(steps):
            done.append(f"{name}{step}")
            yield

    measuring = worker._in_turn(work("a", 3), work("b", 1))
    for _ in range(3):
        next(measuring, None)
    assert done == ["a0", "b0", "a1"]
    for _ in range(9):
        next(measuring, None)
    assert done == ["a0", "b0", "a1", "a2"]
