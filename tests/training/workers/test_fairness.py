"""Fair turns with a real worker: who queues one beside somebody's 200 waits for less than two of
their trainings. `python -m pytest -m proof -s` on this file prints what was measured.
"""

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store
from tests.training.stores import ROOT, url_of

pytestmark = pytest.mark.proof
TINY = Architecture("tiny", (28, 28, 1), (Flatten(), Dense(3)))
SETTINGS = Configuration(epochs=2)
MANY, OTHERS, APART = 200, 10, 2.0
"""Of the ten who queue one, each comes so many trainings after the one before, in the mean."""

PATIENCE_S = 900.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With 200 runs of one person in it, and a worker."""
    store = Store(url_of(tmp_path / "runs.sqlite"))
    queue(store, "a", MANY)
    worker = subprocess.Popen(
        [sys.executable, "-m", "cnn", "worker"],
        cwd=ROOT,
        env=os.environ | {"CNN_STORE": store.url, "CNN_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield store
    worker.terminate()
    worker.wait()
    store.close()


def queue(store: Store, owner: str, count: int = 1) -> list[str]:
    theirs = store.seen_by(Person(owner, owner, Role.LEARNER, "4b"))
    return [theirs.add(TINY, SETTINGS).id for _ in range(count)]


def ended(store: Store, least: int, of: list[str] | None = None) -> list[Run]:
    """The runs that were trained, once there are so many (of these)."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = [run for run in store.latest(MANY + OTHERS) if run.state is State.FINISHED]
        if sum(of is None or run.id in of for run in found) >= least:
            return sorted(found, key=lambda run: run.started_at or 0.0)
        time.sleep(0.05)
    raise AssertionError("the worker does not train")


def training_s(found: list[Run]) -> float:
    """How long a training takes in the mean; the first, for which TensorFlow is loaded, is left
    out.
    """
    times = [
        run.finished_at - run.started_at for run in found if run.finished_at and run.started_at
    ]
    return statistics.mean(times[1:])


def waits_s(found: list[Run], whose: list[str]) -> list[float]:
    return [run.started_at - run.created_at for run in found if run.id in whose and run.started_at]


def test_ten_who_come_one_by_one_wait_for_less_than_two_trainings_in_the_median(store: Store):
    chance, runs = random.Random(0), list[str]()
    for number in range(OTHERS):
        each_s = training_s(ended(store, 5 + number))
        time.sleep(chance.expovariate(1 / (APART * each_s)))
        runs += queue(store, f"b{number}")

    found = ended(store, OTHERS, of=runs)
    each_s = training_s(found)
    waits = sorted(wait / each_s for wait in waits_s(found, runs))
    left = MANY + OTHERS - len(found)
    print(
        f"\nmedian wait of {OTHERS} beside {MANY}: {statistics.median(waits):.2f} trainings, the "
        f"longest {waits[-1]:.2f}; a training takes {each_s:.2f} s, {left} still wait"
    )
    assert len(waits) == OTHERS
    assert statistics.median(waits) < 2
    assert left > MANY / 2, "the 200 are not done before"


def test_ten_who_come_at_once_wait_for_each_other_alone(store: Store):
    ended(store, 3)
    runs = [run for number in range(OTHERS) for run in queue(store, f"b{number}")]

    found = ended(store, OTHERS, of=runs)
    order = [run.id in runs for run in found]
    first = order.index(True)
    print(f"\nmedian wait of ten at once: {statistics.median(waits_s(found, runs)):.2f} s")
    assert order[first : first + OTHERS].count(False) <= 1  # one was begun as they came
