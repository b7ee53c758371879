"""Fair turns on a Ray cluster: what Ray has and no node has begun keeps nobody waiting."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store
from cnn.training.workers import ray_dispatcher, ray_task
from cnn.training.workers.ray_cluster import Request

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))
MANY, OTHERS = 50, 10


class RayError(Exception):
    """What a task is said to have died of."""


class Rays:
    """A cluster whose nodes begin a task where the test says so, in the order they were handed."""

    exceptions = SimpleNamespace(
        RayError=RayError,
        **dict.fromkeys(("RayTaskError", "RuntimeEnvSetupError", "OutOfMemoryError"), OSError),
    )

    def __init__(self) -> None:
        self.handed: deque[tuple[int, tuple[Any, ...]]] = deque()
        self.ended: list[int] = []
        self.cancelled: list[int] = []
        self.broken = False
        self._count = 0

    def remote(self, *arguments: Any, **options: Any) -> Any:
        if options:  # what makes a function one for nodes
            return lambda _: self
        self._count += 1
        self.handed.append((self._count, arguments))
        return self._count

    def options(self, **_: Any) -> "Rays":
        return self

    def wait(self, refs: list[int], **_: Any) -> tuple[list[int], list[int]]:
        return [one for one in refs if one in self.ended], []

    def get(self, _: int) -> None:
        if self.broken:
            raise RayError

    def cancel(self, ref: int) -> None:
        self.cancelled.append(ref)

    def begin(self) -> None:
        ref, arguments = self.handed.popleft()
        ray_task.train(*arguments)
        self.ended.append(ref)


@pytest.fixture
def rays() -> Rays:
    return Rays()


@pytest.fixture
def dispatcher(store: Store, rays: Rays, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One whose nodes are done with a run as soon as they have it."""
    made = ray_dispatcher._Dispatcher(store, "me", rays)
    made._request = Request(1, 0)
    monkeypatch.setattr(made, "_look", lambda: None)
    monkeypatch.setattr(ray_task, "_warm_up", lambda: None)
    monkeypatch.setattr(ray_task, "carry_out_one", done)
    return made


def done(store: Store, run: Run, _gone: object) -> None:
    store.finish(run.id, State.FINISHED)


def queue(store: Store, owner: str, count: int = 1) -> list[str]:
    theirs = store.seen_by(Person(owner, owner, Role.LEARNER, "4b"))
    return [theirs.add(DESIGN, Configuration()).id for _ in range(count)]


def begun(store: Store) -> list[str]:
    there = [run for run in store.latest(MANY + OTHERS) if run.started_at]
    return [run.id for run in sorted(there, key=lambda run: run.started_at or 0.0)]


def test_ten_who_queue_one_each_are_before_what_ray_has_of_another_person(
    store: Store, rays: Rays, dispatcher: Any
):
    annas = queue(store, "anna", MANY)
    dispatcher.hand_on()
    assert len(rays.handed) == ray_dispatcher.MOST_UNBEGUN
    rays.begin()
    assert begun(store) == annas[:1]
    others = [run for number in range(OTHERS) for run in queue(store, f"b{number}")]
    for _ in range(OTHERS):
        dispatcher.hand_on()
        rays.begin()
    assert begun(store) == [annas[0], *others]


def test_all_that_waits_is_trained_once_in_whatever_order_it_was_handed_on(
    store: Store, rays: Rays, dispatcher: Any
):
    other = ray_dispatcher._Dispatcher(store, "another app", rays)
    other._request, other._look = Request(1, 0), lambda: None  # type: ignore[method-assign]
    runs = queue(store, "anna", 7)
    for number in range(30):
        if number == 3:
            runs += queue(store, "ben", 2)
        dispatcher.hand_on()
        other.hand_on()
        assert len(rays.handed) <= 2 * ray_dispatcher.MOST_UNBEGUN
        if rays.handed:
            rays.begin()
    assert {*begun(store)} == {*runs}
    assert store.count([State.FINISHED]) == len(runs)
    assert not rays.handed


def test_a_task_that_is_begun_again_goes_on_with_the_run_that_it_had(
    store: Store, rays: Rays, dispatcher: Any, monkeypatch: pytest.MonkeyPatch
):
    held, waits = queue(store, "anna", 2)
    dispatcher.hand_on()
    _, arguments = rays.handed[0]
    assert store.claim(held, f"{ray_task.called(arguments[1])}0001")  # and its node was lost
    assert store.claim(waits, "another")
    ray_task.train(*arguments)
    assert begun(store) == [held, waits]
    assert [store.count([one]) for one in (State.FINISHED, State.RUNNING)] == [1, 1]


def test_what_cannot_be_begun_is_given_up_and_so_is_what_a_task_had_as_it_failed(
    store: Store, rays: Rays, dispatcher: Any
):
    first, second = queue(store, "anna", 2)
    dispatcher.hand_on()
    (ref, arguments), (never, _) = rays.handed
    assert store.claim(second, f"{ray_task.called(arguments[1])}0001")  # it was its turn
    rays.broken, rays.ended = True, [ref]
    dispatcher.hand_on()
    assert store.get(second).state is State.INTERRUPTED  # type: ignore[union-attr]
    assert store.waiting() == [first]
    rays.ended.append(never)  # it was handed on for the second, which is no more in the queue
    dispatcher.hand_on()
    assert store.waiting() == [first]
    rays.ended += [ref for ref, _ in rays.handed]
    dispatcher.hand_on()
    assert store.get(first).state is State.INTERRUPTED  # type: ignore[union-attr]


def test_one_that_ends_takes_back_what_no_node_has_begun(store: Store, rays: Rays, dispatcher: Any):
    runs = queue(store, "anna", 3)
    dispatcher.hand_on()
    (_, arguments), *others = rays.handed
    assert store.claim(runs[0], f"{ray_task.called(arguments[1])}0001")
    dispatcher.end()
    assert rays.cancelled == [ref for ref, _ in others]
