"""In how many seconds a run that waits begins: by hand, and silent where that is not known."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import Person, Role
from cnn.training.forecast import wait
from cnn.training.forecast.estimate import Estimate
from cnn.training.forecast.wait import wait_s
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, Result, State, Wish, WorkerState
from cnn.training.store import heartbeats
from cnn.training.store.store import Store
from cnn.version import VERSION

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))
IMAGES = {"train": 100, "validation": 10, "test": 10}
TEN_S = Estimate(10.0, 0, 0, is_rough=False)
ANNA = Person("anna", "Anna", Role.LEARNER, "4b")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with a run that was finished on this machine, and trainings of 10 s each."""
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    monkeypatch.setattr(wait, "estimate", lambda *_, **__: TEN_S)
    monkeypatch.setattr(wait, "measured_here", list)
    opened = Store()
    done = opened.add(DESIGN, Configuration(), worker="w")
    opened.freeze(done.id, "x", IMAGES, {"program": VERSION})
    result = Result(0.1, 0.9, 10, 100, 10, 9.0, 50.0)
    opened.finish(done.id, State.FINISHED, result=result)
    yield opened
    opened.close()


def ready(store: Store, *names: str) -> None:
    for name in names:
        heartbeats.beat(store, name, WorkerState.READY)


def queued(store: Store, count: int, seed: int = 0) -> list[str]:
    settings = replace(Configuration(), seed=seed)
    return [store.add(DESIGN, settings).id for _ in range(count)]


def busy(store: Store, worker: str, left_s: float | None, seconds: float = 0.0) -> str:
    run = store.add(DESIGN, Configuration(), worker=worker)
    store.record(run.id, [], Progress(1, 1, 10, 0.0, seconds, left_s, "training"))
    return run.id


def test_several_workers_take_the_runs_before_it_as_they_become_free(store: Store):
    ready(store, "one", "two")
    busy(store, "two", 4.0)
    ahead = queued(store, 3)
    # one: 0 to 10, 10 to 20; two: 4 to 14, which is free first
    assert [wait_s(store, ahead[:count]) for count in range(4)] == [0.0, 4.0, 10.0, 14.0]


def test_what_a_run_has_been_trained_is_taken_off_where_it_does_not_say_what_is_left(store: Store):
    ready(store, "one")
    busy(store, "one", None, seconds=7.0)
    assert wait_s(store, []) == 3.0
    assert wait_s(store, queued(store, 1)) == 13.0


def test_runs_of_others_are_reckoned_with_by_whoever_looks(store: Store):
    ready(store, "one")
    ahead = queued(store, 2)
    assert wait_s(store.seen_by(ANNA), ahead) == 20.0


def test_nothing_is_said_where_it_is_not_known(store: Store, monkeypatch):
    ahead = queued(store, 2)
    assert wait_s(store, ahead) is None  # nobody trains
    ready(store, "one")
    assert wait_s(store, ahead) == 20.0
    assert wait_s(store, [*ahead, "gone"]) is None
    with monkeypatch.context() as patched:
        patched.setattr(wait, "estimate", lambda *_, **__: replace(TEN_S, is_rough=True))
        assert wait_s(store, ahead) is None
    with monkeypatch.context() as patched:
        patched.setattr(wait, "measured_here", lambda _: [])  # so how many images is not known
        assert wait_s(store, ahead) is None
    heartbeats.beat(store, "ray", WorkerState.DISPATCHING)
    assert wait_s(store, ahead) is None


def test_a_worker_whose_run_is_paused_is_not_reckoned_with(store: Store):
    ready(store, "one", "two")
    store.want(busy(store, "one", 1.0), Wish.PAUSE)
    busy(store, "two", 5.0)
    assert wait_s(store, []) == 5.0
    heartbeats.dismiss(store, "two")
    assert wait_s(store, []) is None
