"""Two apps on one store of either kind, each with its worker: every run is trained once, and seen
from both.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State, Wish
from cnn.training.store.heartbeats import GONE
from cnn.training.store.store import Store
from cnn.training.workers.resuming import resume
from tests import postgres
from tests.conftest import ENGINES
from tests.training.processes import App, current, eventually, is_in, trains

pytestmark = pytest.mark.skipif(
    not Path("/proc").is_dir(), reason="looks for processes in /proc; runs on Linux"
)

DEMO = entry("shapes-demo").architecture
SHAPES = DatasetSpec(DatasetName.SHAPES)
QUEUED, EPOCHS, LONG = 8, 3, 1_000
TOLD = "The process that trained this run was told to end."


@pytest.fixture(scope="module", params=ENGINES)
def apps(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[App]]:
    home = tmp_path_factory.mktemp("two")
    if request.param == "sqlite":
        url = f"sqlite:///{home / 'runs.sqlite'}"
    else:
        url = postgres.new_database(request.getfixturevalue("postgresql"))
    started = [App.started(Store(url), home / name) for name in ("one", "other")]
    yield started
    for app in started:
        app.end()
        app.store.close()


def added(store: Store, epochs: int, seed: int) -> Run:
    return store.add(DEMO, Configuration(SHAPES, epochs=epochs, seed=seed))


@pytest.mark.proof
def test_each_run_of_a_queue_is_trained_once_by_one_of_them(apps: list[App]):
    one, other = apps
    runs = [added(store.store, EPOCHS, seed) for seed in range(QUEUED // 2) for store in apps]

    for run in runs:
        eventually("finished", is_in(other.store, run, State.FINISHED))

    for run in runs:
        found = current(one.store, run)
        assert found.result
        assert found.result.steps
        steps = [step.step for step in one.store.steps(run.id)]
        assert steps == list(range(1, found.result.steps + 1))
        assert [epoch.epoch for epoch in one.store.epochs([run.id])[run.id]] == [1, 2, 3]
    assert len({current(one.store, run).worker for run in runs}) == 2


@pytest.mark.proof
def test_a_run_of_one_is_paused_and_stopped_from_the_other(apps: list[App]):
    one, other = apps
    runs = [added(one.store, LONG, seed) for seed in (100, 101)]
    for run in runs:
        eventually("both train", trains(other.store, run))

    for run in runs:
        other.store.want(run.id, Wish.PAUSE)
        eventually("paused", is_in(one.store, run, State.PAUSED))
        one.store.want(run.id, Wish.STOP)
        eventually("stopped", is_in(other.store, run, State.STOPPED))


@pytest.mark.proof
def test_when_one_app_and_its_worker_are_killed_the_other_says_so_and_takes_over(apps: list[App]):
    one, other = apps
    runs = [added(one.store, LONG, seed) for seed in (102, 103)]
    for run in runs:
        eventually("both train", trains(other.store, run))
    its_workers = [worker for worker in one.workers() if _parent(worker) == one.process.pid]
    assert its_workers
    one.kill()
    for worker in its_workers:
        with contextlib.suppress(ProcessLookupError):  # it has seen itself that its app is gone
            os.kill(worker, signal.SIGKILL)

    def lost() -> list[Run]:
        return [run for run in runs if current(other.store, run).state is State.INTERRUPTED]

    eventually("one is interrupted", lambda: len(lost()) == 1)
    (cut_off,) = lost()
    assert current(other.store, cut_off).message in (GONE, TOLD)
    (busy,) = (run for run in runs if run.id != cut_off.id)
    assert current(other.store, busy).state is State.RUNNING
    before = len(other.store.epochs([cut_off.id])[cut_off.id])
    resume(other.store, cut_off.id)
    other.store.want(busy.id, Wish.STOP)
    eventually("stopped", is_in(other.store, busy, State.STOPPED))

    def goes_on() -> bool:
        return len(other.store.epochs([cut_off.id])[cut_off.id]) > before

    eventually("goes on", goes_on)
    epochs = [epoch.epoch for epoch in other.store.epochs([cut_off.id])[cut_off.id]]
    assert epochs == list(range(1, len(epochs) + 1))
    other.store.want(cut_off.id, Wish.STOP)
    eventually("stopped", is_in(other.store, cut_off, State.STOPPED))


def _parent(process_id: int) -> int:
    """The process that started this one, read past its name, in which anything may stand."""
    text = Path(f"/proc/{process_id}/stat").read_text()
    return int(text.rpartition(")")[2].split()[1])
