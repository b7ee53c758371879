"""Runs that go from hand to hand: claimed by id, taken over from one who is gone, given up."""

from dataclasses import astuple

import pytest

from cnn.network.zoo import entry
from cnn.training.engine.channel import Channel
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    CHECKPOINT,
    Checkpoint,
    Epoch,
    Progress,
    Run,
    State,
    Step,
    Wish,
    WorkerState,
)
from cnn.training.store import heartbeats
from cnn.training.store.store import Store
from cnn.training.workers.resuming import take_over

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
AT = Checkpoint(epoch=2, step=10)
FIRST, SECOND = "ray-1a2b3c4d-0001", "ray-1a2b3c4d-0002"
TASK, OTHER_TASK = "ray-1a2b3c4d-", "ray-9f8e7d6c-"


def now(store: Store, run: Run) -> Run:
    found = store.get(run.id)
    assert found
    return found


@pytest.fixture
def held(store: Store) -> Run:
    """A run of the first worker: an epoch and its checkpoint, and five steps of the next."""
    run = store.add(DEMO, SETTINGS)
    assert store.claim(run.id, FIRST)
    steps = [Step(number, number / 10, 1.0, 0.5, 0.01, 0.1) for number in range(1, 16)]
    store.record(run.id, steps, Progress(2, 15, 30), worker=FIRST)
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.0, 0.5, 1.0), worker=FIRST)
    store.keep_files(run.id, {CHECKPOINT: b"of the first"}, AT, worker=FIRST)
    return now(store, run)


def test_a_run_is_claimed_by_its_id_once_and_only_from_the_queue(store: Store):
    runs = [store.add(DEMO, SETTINGS) for _ in range(3)]
    assert store.waiting() == [run.id for run in runs]

    claimed = store.claim(runs[1].id, "a")
    store.want(runs[2].id, Wish.STOP)

    assert claimed
    assert (claimed.id, claimed.state, claimed.worker) == (runs[1].id, State.RUNNING, "a")
    assert store.claim(runs[1].id, "b") is None
    assert store.claim(runs[2].id, "b") is None
    assert store.claim("no such run", "b") is None
    assert store.waiting() == [runs[0].id]


@pytest.mark.parametrize("is_noticed", [False, True])
def test_one_who_follows_a_lost_worker_goes_on_from_its_checkpoint(
    store: Store, held: Run, is_noticed: bool
):
    if is_noticed:
        heartbeats.dismiss(store, FIRST)
        assert now(store, held).state is State.INTERRUPTED

    taken = take_over(store, held.id, SECOND, held_by=TASK)

    assert taken
    assert taken == now(store, held)
    assert (taken.state, taken.worker, taken.message) == (State.RUNNING, SECOND, "")
    assert (taken.checkpoint, taken.progress.step) == (AT, AT.step)
    assert [step.step for step in store.steps(held.id)] == list(range(1, AT.step + 1))
    assert [epoch.epoch for epoch in store.epochs([held.id])[held.id]] == [1]


@pytest.mark.parametrize("wish", list(Wish))
def test_what_was_wanted_of_a_lost_worker_is_wanted_of_the_next(
    store: Store, held: Run, wish: Wish
):
    store.want(held.id, wish)

    taken = take_over(store, held.id, SECOND, held_by=TASK)

    assert taken
    assert taken.wish is wish


@pytest.mark.parametrize("state", [State.FINISHED, State.STOPPED, State.FAILED, State.DIVERGED])
def test_a_run_that_has_ended_or_is_another_ones_is_not_taken_over(
    store: Store, held: Run, state: State
):
    assert take_over(store, held.id, SECOND, held_by=OTHER_TASK) is None
    store.finish(held.id, state)

    assert take_over(store, held.id, SECOND, held_by=TASK) is None
    assert (now(store, held).state, now(store, held).worker) == (state, FIRST)
    assert len(store.steps(held.id)) == 15


def test_one_who_was_thought_lost_changes_nothing_more(store: Store, held: Run):
    take_over(store, held.id, SECOND, held_by=TASK)
    before = now(store, held)
    late = Channel(store, held)

    late.keep_files({CHECKPOINT: b"too late"}, Checkpoint(epoch=2, step=15))
    late.record_epoch(Epoch(2, 1.0, 0.5, 1.0, 0.5, 2.0), {"weights": b"too late"})
    late.finish(State.FAILED, "too late")

    assert astuple(now(store, held)) == astuple(before)
    assert store.file(held.id, CHECKPOINT) == b"of the first"
    assert store.file(held.id, "weights") is None
    assert len(store.epochs([held.id])[held.id]) == 1


def test_a_run_that_is_given_up_says_why_unless_it_is_in_other_hands(store: Store, held: Run):
    waiting, done = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS, worker=FIRST)
    store.finish(done.id, State.FINISHED)

    heartbeats.give_up(store, held.id, OTHER_TASK, "not theirs")
    assert now(store, held).state is State.RUNNING
    for run in (held, waiting, done):
        heartbeats.give_up(store, run.id, TASK, "too often")

    states = [now(store, run).state for run in (held, waiting, done)]
    assert states == [State.INTERRUPTED, State.INTERRUPTED, State.FINISHED]
    assert now(store, held).message == now(store, waiting).message == "too often"
    assert now(store, held).checkpoint == AT


def test_what_a_worker_says_that_it_is_at_can_be_asked_for(store: Store):
    assert heartbeats.state_of(store, "a") is None
    heartbeats.beat(store, "a", WorkerState.ENDING)
    assert heartbeats.state_of(store, "a") is WorkerState.ENDING
