"""Whose turn it is: told by the store as simulated, and fair to who queues one beside hundreds."""

import statistics

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from cnn.training.store.turns import Turn, foretold

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))
PEOPLE = {name: Person(name, name, Role.LEARNER, "4b") for name in "abcd"}


def queued(store: Store, owner: str) -> str:
    return store.seen_by(PEOPLE[owner]).add(DESIGN, Configuration()).id


def taken(store: Store, workers: int = 1) -> list[str]:
    """The runs in the order in which workers begin them, who all take the same time."""
    order = []
    while busy := [run for number in range(workers) if (run := store.claim_next(f"w{number}"))]:
        for run in busy:
            order.append(run.id)
            store.finish(run.id, State.FINISHED)
    return order


def before(store: Store, run_id: str) -> int:
    """How many are begun before a run."""
    found = store.place(run_id)
    assert found is not None
    return len(found.ahead)


def test_alone_the_oldest_is_first(store: Store):
    runs = [queued(store, "a") for _ in range(5)]
    assert store.waiting() == runs
    assert taken(store) == runs


def test_two_people_take_turns_however_many_one_queues(store: Store):
    first = [queued(store, "a") for _ in range(4)]
    second = [queued(store, "b") for _ in range(2)]
    assert taken(store) == [first[0], second[0], first[1], second[1], *first[2:]]


def test_who_has_none_in_a_workers_hands_is_before_who_has(store: Store):
    first = [queued(store, "a") for _ in range(3)]
    assert store.claim(first[2], "w")
    second = queued(store, "b")
    assert store.waiting()[0] == second
    third = queued(store, "c")
    assert [before(store, one) for one in (second, third, *first[:2])] == [0, 1, 2, 3]
    assert store.place(first[2]) is None  # it is in a worker's hands


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.sampled_from("abcd"), max_size=9), some.integers(0, 3))
def test_what_is_foretold_is_what_one_worker_does(store: Store, owners: list[str], begun: int):
    for run in store.latest():
        store.remove(run.id)
    for owner in "abc"[:begun]:
        run_id = queued(store, owner)
        store.claim(run_id, "w")
        store.finish(run_id, State.FINISHED)
    runs = [queued(store, owner) for owner in owners]

    told = {run_id: before(store, run_id) for run_id in runs}

    assert [*map(told.get, taken(store))] == [*range(len(runs))]


def test_ten_who_queue_one_each_wait_for_less_than_two_trainings_beside_one_who_queues_200():
    """Each training takes one unit of time on each of two workers; one of the ten comes a unit."""
    waiting = [(f"a{number}", "a") for number in range(200)]
    known = {"a": Turn()}
    waits = []
    for now in range(100):
        if now % 2 == 0 and now < 20:
            waiting.append((f"b{now}", f"person {now}"))
        order = foretold(waiting, known)[:2]
        for run_id in order:
            owner = dict(waiting)[run_id]
            known[owner] = Turn(0, now + 1.0)
            if owner != "a":
                waits.append(now - int(run_id[1:]))
        waiting = [one for one in waiting if one[0] not in order]

    assert len(waits) == 10
    assert statistics.median(waits) < 2


def test_all_ten_at_once_wait_for_each_other_alone_and_not_for_the_200():
    waiting = [
        *((f"a{number}", "a") for number in range(200)),
        *((f"b{n}", f"b{n}") for n in range(10)),
    ]
    assert sorted(foretold(waiting, {"a": Turn(1, 5.0)})[:10]) == [f"b{n}" for n in range(10)]
