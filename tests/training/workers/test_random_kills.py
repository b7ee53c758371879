"""Twenty kills at random moments: of the worker, of the app, of both; nothing is lost."""

import contextlib
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store
from cnn.training.workers.resuming import resume
from tests.training.processes import App, current, eventually
from tests.training.story import NETWORK, SETTINGS, Rows, all_rows, curve, finish_one, undisturbed

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        not Path("/proc").is_dir(), reason="looks for processes in /proc; runs on Linux"
    ),
]

SHORT = replace(SETTINGS, epochs=8)
KILLS, SEED = 20, 8
WORKERS = 2  # one is warm while the other one is started anew
LONGEST_WAIT_S = 0.8
"""After a training's first new step; an epoch takes about as long."""

VICTIMS = {"worker": 3, "app": 1, "both": 1}
OVER = (State.INTERRUPTED, State.FINISHED)


@pytest.fixture
def reference(tmp_path: Path) -> dict[str, Rows]:
    """What the training leaves behind when nothing happens to it."""
    return undisturbed(tmp_path, SHORT)


def kill(victim: str, app: App, run: Run) -> App:
    """Ends the worker of a run, its app, or both as a crash would; returns the app there is now."""
    if victim != "app":
        _, _, number, _ = run.worker.split(".")
        with contextlib.suppress(ProcessLookupError):  # it is quicker sometimes
            os.kill(int(number), signal.SIGKILL)
    if victim == "worker":
        return app
    app.kill()
    eventually("no worker", lambda: app.workers() == [])
    return App.started(app.store, app.home, workers=WORKERS)


def test_trainings_killed_twenty_times_end_as_if_nothing_had_happened(
    tmp_path: Path, reference: dict[str, Rows]
):
    chance = random.Random(SEED)
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    app = App.started(store, tmp_path, workers=WORKERS)

    def goes_on(run: Run, step: int) -> bool:
        now = current(store, run)
        return now.progress.step > step or now.state is State.FINISHED

    def is_over(run: Run) -> bool:
        return current(store, run).state in OVER

    try:
        finished = finish_one(store)
        rows = all_rows(store, finished)
        run, ended, killed = store.add(NETWORK, SHORT), 0, 0
        while killed < KILLS or not ended:
            step = current(store, run).progress.step
            eventually("a new step", lambda run=run, step=step: goes_on(run, step))  # type: ignore[misc]
            if killed < KILLS:
                time.sleep(chance.uniform(0, LONGEST_WAIT_S))
                victim = chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
                app = kill(victim, app, current(store, run))
                killed += 1
            eventually("an end", lambda run=run: is_over(run))  # type: ignore[misc]

            now = current(store, run)
            assert all_rows(store, finished) == rows
            if now.state is State.FINISHED:
                assert curve(store, now) == reference
                ended += 1
                run = store.add(NETWORK, SHORT)
            else:
                assert now.message
                resume(store, run.id)
    finally:
        app.end()
        eventually("no worker", lambda: app.workers() == [])
        store.close()
