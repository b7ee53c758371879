"""What a queued run is said to wait for, and a design to be checked, by who is there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.link import encode
from cnn.training.recipe.run import WorkerState
from cnn.training.store import heartbeats
from cnn.training.store.store import Store
from cnn.training.workers.ray_cluster import WRONG
from tests.ui.visiting import visited
from ui.parts.runs import runs
from ui.parts.setup import controls, expectation
from ui.shell import checked
from ui.shell.health import ready

DISPATCHING, ON_RAY = WorkerState.DISPATCHING, WorkerState.ON_RAY


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    monkeypatch.setattr(runs, "store", lambda: opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "one after the other"),
        ([WorkerState.READY], "one after the other"),
        ([WorkerState.READY, WorkerState.FOREGROUND], "one after the other"),
        ([WorkerState.READY, WorkerState.READY], "if done one after the other"),
        ([WorkerState.DISPATCHING], "if done one after the other"),
    ],
)
def test_a_sum_of_trainings_is_no_promise_where_several_train_at_once(
    store: Store, states: list[WorkerState], said: str
):
    for number, state in enumerate(states):
        heartbeats.beat(store, f"worker-{number}", state)

    assert expectation.in_turn() == said


@pytest.mark.parametrize(
    ("states", "is_said"),
    [
        ([], False),
        ([WorkerState.STARTING], True),
        ([WorkerState.READY], False),
        ([WorkerState.STARTING, WorkerState.READY], False),
        ([WorkerState.DISPATCHING], False),
    ],
)
def test_the_time_of_a_training_is_told_to_come_after_a_worker_that_is_still_starting(
    store: Store, states: list[WorkerState], is_said: bool
):
    for number, state in enumerate(states):
        heartbeats.beat(store, f"worker-{number}", state)

    (said,) = [one.value for one in visited("train").caption if ":material/timer:" in one.value]
    assert "from the first step to the test" in said
    assert ("test, once the worker has started." in said) == is_said


@pytest.mark.parametrize(
    ("states", "said", "mark"),
    [
        ([], "No worker is running. Start one in a terminal: `python -m cnn worker`", "away"),
        ([WorkerState.FOREGROUND], "No worker is running.", "away"),
        ([WorkerState.STARTING], "The worker is starting", "starting"),
        ([WorkerState.READY], "Starts at once.", "waiting"),
        ([DISPATCHING], "Waits for room on the Ray cluster, or starts at once.", "waiting"),
        ([DISPATCHING, ON_RAY], "Ray cluster, where 1 run is at work.", "waiting"),
        ([DISPATCHING, ON_RAY, ON_RAY], "where 2 runs are at work.", "waiting"),
        ([WorkerState.NO_CLUSTER, DISPATCHING], "Waits for room on the Ray cluster", "waiting"),
        *([[state], words, "away"] for state, words in WRONG.items()),
    ],
)
def test_who_is_there_decides_what_is_waited_for(
    store: Store, states: list[WorkerState], said: str, mark: str
):
    for number, state in enumerate(states):
        heartbeats.beat(store, f"worker-{number}", state)

    assert said in controls.waiting_for()
    standing, why = checked._waiting_for(store)
    assert standing == mark
    assert list(why) == ([said.replace("`", "")] if said in WRONG.values() else [])


@pytest.mark.parametrize(("layers", "standing"), [(400, "away"), (501, "none")])
def test_that_a_network_is_too_long_to_be_checked_is_no_error(
    store: Store, monkeypatch: pytest.MonkeyPatch, layers: int, standing: str
):
    monkeypatch.setattr(ready, "opened", lambda: store)
    network = Architecture("long", (4, 4, 1), (Flatten(), *[Dense(2)] * (layers - 1)))

    answer = json.loads(bytes(checked._checked("somebody", {"net": encode(network)}).body))

    assert answer["standing"] == standing
    assert ("over 500 layers" in " ".join(answer["words"])) == (standing == "none")
