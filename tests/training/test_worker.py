"""The worker as a process of its own: warm, started again when it dies, gone with its parent.

One stand-in for the app, a process with a crew of one, is shared by the tests, which are told in
the order of its life: TensorFlow takes its seconds in every new worker.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training import worker
from cnn.training.configuration import Configuration
from cnn.training.continuing import resume
from cnn.training.crew import Crew
from cnn.training.presence import GONE, worker_states
from cnn.training.run import Run, State, Wish, WorkerState
from cnn.training.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals; runs on Linux and macOS")

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0
APP = """
import sys
from cnn.training.crew import Crew
crew = Crew(1, sys.argv[1])
crew.start()
sys.stdin.read()
crew.close()
"""
DEMO = entry("shapes-demo").architecture
LENET = entry("lenet-5").architecture
SHORT = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
SOME = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=8)
LONG = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=200)


@dataclass
class App:
    """What stands in for the app: its process, and the store where it is met."""

    process: subprocess.Popen[bytes]
    store: Store
    home: Path

    def workers(self) -> list[int]:
        """The processes that work for this store, by what they were started with."""
        found = []
        for folder in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if b"worker" in command and self.store.url.encode() in environment:
                found.append(int(folder.name))
        return found


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("app")
    url = f"sqlite:///{home / 'runs.sqlite'}"
    store = Store(url)
    process = subprocess.Popen(
        [sys.executable, "-c", APP, url],
        cwd=ROOT,
        env=os.environ | {"CNN_HOME": str(home)},
        stdin=subprocess.PIPE,
    )
    yield App(process, store, home)
    assert process.stdin
    process.stdin.close()
    process.kill()
    process.wait()
    store.close()


def eventually(what: str, is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.05)


def current(store: Store, run: Run) -> Run:
    found = store.get(run.id)
    assert found
    return found


def trains(store: Store, run: Run) -> Callable[[], bool]:
    return lambda: current(store, run).progress.step > 0


def test_a_queued_run_is_trained_to_its_end(app: App):
    run = app.store.add(DEMO, SHORT)

    eventually("finished", lambda: not current(app.store, run).is_live)

    done = current(app.store, run)
    assert done.state is State.FINISHED, done.message
    assert done.result
    assert done.result.test_images == 300
    assert worker_states(app.store) == [WorkerState.READY]


def test_a_run_can_be_stopped_from_another_process(app: App):
    run = app.store.add(LENET, LONG)
    eventually("training", trains(app.store, run))

    app.store.want(run.id, Wish.STOP)

    eventually("stopped", lambda: current(app.store, run).state is State.STOPPED, within_s=10)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc; Linux")
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

    app.process.kill()
    app.process.wait()

    eventually("no worker", lambda: app.workers() == [], within_s=15)
    ended = current(app.store, run)
    assert ended.state is State.INTERRUPTED
    assert ended.checkpoint
    assert ended.checkpoint.step == ended.progress.step > 0
    assert app.store.steps(run.id, 100_000)[-1].step == ended.checkpoint.step
    assert worker_states(app.store) == []


def test_closing_a_crew_ends_its_worker_before_tensorflow_is_there(app: App, monkeypatch):
    monkeypatch.setenv("CNN_HOME", str(app.home))
    crew = Crew(1, app.store.url)
    crew.start()
    eventually("a worker", lambda: bool(crew.process_ids))

    crew.close()

    for process_id in crew.process_ids:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


def test_an_app_that_wants_no_worker_starts_none(app: App):
    crew = Crew(0, app.store.url)

    crew.start()
    crew.close()

    assert crew.process_ids == []


def test_what_a_worker_says_is_kept_in_a_file_not_shown(app: App):
    assert (app.home / "worker.log").exists()


def test_a_worker_makes_room_for_another_after_many_runs():
    assert not worker._is_worn(0)
    assert worker._is_worn(worker.MOST_RUNS)
