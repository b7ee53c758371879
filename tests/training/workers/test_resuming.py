"""Trainings that were cut off or are extended, against the same trainings in one go."""

import io
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn.training.engine import checkpoint, fit, snapshots, training_loop
from cnn.training.recipe.configuration import Configuration, ConfigurationError, Optimizer, Schedule
from cnn.training.recipe.run import CHECKPOINT, WEIGHTS, WEIGHTS_AFTER, Progress, Run, State, Wish
from cnn.training.recipe.schedule import learning_rates
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store, TakenOver
from cnn.training.store.tables import files
from cnn.training.workers.resuming import ContinuationError, extend, resume
from tests.some import some
from tests.training.augmentations import ALL, EACH
from tests.training.damaged import WAYS

NETWORK = Architecture(
    "All that has a state",
    (8, 8, 1),
    (
        Conv2D(4, 3),
        BatchNormalization(momentum=0.9),
        Activation("relu"),
        Flatten(),
        Dropout(0.4),
        Dense(3),
    ),
)
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=4)
PER_EPOCH = 10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a training that nothing cut off leaves behind."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'runs.sqlite'}")
    found = everything(store, in_one_go(store))
    store.close()
    return found


@pytest.fixture
def step_by_step(monkeypatch) -> None:
    """Reports after every step, so that a run can be cut off at any of them."""
    monkeypatch.setattr(training_loop, "PULSE_S", 0.0)


def carried_out(
    store: Store,
    run: Run,
    watch: Callable[[Progress], None] = lambda _: None,
    is_gone: Callable[[], bool] = lambda: False,
) -> Run:
    return fit.carry_out(store, run, watch, is_gone)


def in_one_go(store: Store, settings: Configuration = SETTINGS) -> Run:
    return carried_out(store, store.add(NETWORK, settings, worker="me"))


def stopped_at(store: Store, step: int, settings: Configuration = SETTINGS) -> Run:
    run = store.add(NETWORK, settings, worker="me")

    def stop(progress: Progress) -> None:
        if progress.step >= step:
            store.want(run.id, Wish.STOP)

    return carried_out(store, run, stop)


def ended_at(store: Store, step: int, settings: Configuration = SETTINGS) -> Run:
    reached = []

    def end(progress: Progress) -> None:
        reached.extend([1] if progress.step >= step else [])

    run = store.add(NETWORK, settings, worker="me")
    return carried_out(store, run, end, lambda: bool(reached))


def failed_at(store: Store, step: int, settings: Configuration = SETTINGS) -> Run:
    def fail(progress: Progress) -> None:
        if progress.step >= step:
            raise RuntimeError("the lights went out")

    return carried_out(store, store.add(NETWORK, settings, worker="me"), fail)


def everything(store: Store, run: Run) -> dict[str, object]:
    """All that a run left behind, but for the times it took."""
    found = store.get(run.id)
    assert found
    assert found.state is State.FINISHED, found.message
    assert found.result
    files = {name: store.file(run.id, name) for name in (WEIGHTS, "snapshot-0000", "snapshot-0003")}
    return {
        "steps": [astuple(one)[:-1] for one in store.steps(run.id)],
        "epochs": [astuple(one)[:-1] for one in store.epochs([run.id])[run.id]],
        "gradients": store.gradients(run.id),
        "snapshots": store.snapshots(run.id),
        "weights": store.snapshots(run.id, WEIGHTS_AFTER),
        "files": {name: content and arrays(content) for name, content in files.items()},
        "result": (found.result.test_loss, found.result.test_accuracy, found.result.epochs),
        "message": found.message,
    }


def arrays(content: bytes) -> dict[str, tuple[object, ...]]:
    with np.load(io.BytesIO(content)) as found:
        return {name: (array.shape, array.tolist()) for name, array in found.items()}


@pytest.mark.parametrize(
    "where",
    some(
        (
            (stopped_at, 1, State.STOPPED),
            (stopped_at, 13, State.STOPPED),
            (stopped_at, 20, State.STOPPED),
            (ended_at, 7, State.INTERRUPTED),
            (ended_at, 39, State.INTERRUPTED),
            (ended_at, 40, State.INTERRUPTED),
            (failed_at, 4, State.FAILED),
            (failed_at, 24, State.FAILED),
        ),
        (stopped_at, 13, State.STOPPED),
        (ended_at, 39, State.INTERRUPTED),
        (failed_at, 4, State.FAILED),
    ),
)
def test_a_run_cut_off_and_resumed_is_exactly_the_run_in_one_go(
    store: Store, whole, step_by_step, where: tuple[Any, int, State]
):
    cut_off, step, state = where
    run = cut_off(store, step)
    assert run.state is state
    assert run.result is None

    waiting = resume(store, run.id)
    assert (waiting.state, waiting.id, store.get(run.id)) == (State.QUEUED, run.id, waiting)
    claimed = store.claim_next("another")
    assert claimed
    carried_out(store, claimed)

    assert [one.step for one in store.steps(run.id)] == list(range(1, 4 * PER_EPOCH + 1))
    assert everything(store, run) == whole


@pytest.mark.proof
@pytest.mark.parametrize("optimizer", [Optimizer.SGD, Optimizer.RMSPROP, Optimizer.ADAMW])
def test_every_optimizer_goes_on_with_its_state_and_augmentation_with_its_draws(
    store: Store, step_by_step, optimizer: Optimizer
):
    settings = replace(
        SETTINGS, optimizer=optimizer, epochs=2, rotation=20.0, shift=0.1, patience=5
    )
    run = stopped_at(store, 13, settings)

    carried_out(store, resume(store, run.id, worker="another"))

    assert everything(store, run) == everything(store, in_one_go(store, settings))


IN_COLOUR = replace(NETWORK, input=(8, 8, 3))


@pytest.mark.parametrize("changed", some([*EACH, "all"], "mixup"))
def test_a_run_whose_images_keras_changes_goes_on_with_its_draws_and_its_optimizers_state(
    store: Store, step_by_step, monkeypatch: pytest.MonkeyPatch, changed: str
):
    monkeypatch.setitem(globals(), "NETWORK", IN_COLOUR)
    chosen = ALL | {"rotation": 10.0} if changed == "all" else EACH[changed]
    settings = replace(SETTINGS, epochs=2, optimizer=Optimizer.ADAMW, patience=5, **chosen)
    run = stopped_at(store, 13, settings)

    carried_out(store, resume(store, run.id, worker="another"))

    assert everything(store, run) == everything(store, in_one_go(store, settings))


def test_a_run_may_be_cut_off_again_and_again(store: Store, whole, step_by_step):
    run = stopped_at(store, 3)
    for step in (8, 15, 22, 31):

        def stop(progress: Progress, step: int = step) -> None:
            if progress.step >= step:
                store.want(run.id, Wish.STOP)

        carried_out(store, resume(store, run.id, worker="me"), stop)
    carried_out(store, resume(store, run.id, worker="me"))

    assert everything(store, run) == whole


def test_a_stopped_run_keeps_all_its_steps(store: Store, step_by_step):
    run = stopped_at(store, 13)

    assert run.checkpoint
    assert (run.checkpoint.epoch, run.checkpoint.step) == (2, 13)
    assert len(store.steps(run.id)) == 13
    resume(store, run.id)
    assert len(store.steps(run.id)) == 13


def test_what_came_after_the_last_checkpoint_is_dropped(store: Store, step_by_step, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)  # after every epoch, however short
    run = failed_at(store, 24)

    assert run.checkpoint
    assert (run.checkpoint.epoch, run.checkpoint.step) == (3, 20)
    assert len(store.steps(run.id)) == 23
    resume(store, run.id)
    assert [one.step for one in store.steps(run.id)] == list(range(1, 21))
    assert [one.step for one in store.gradients(run.id)] == list(range(1, 21))
    assert [one.epoch for one in store.epochs([run.id])[run.id]] == [1, 2]
    assert store.snapshots(run.id) == [0, 1, 2]
    assert store.snapshots(run.id, WEIGHTS_AFTER) == [0, 1, 2]


def test_a_long_epoch_has_checkpoints_within(store: Store, whole, step_by_step, monkeypatch):
    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)
    run = failed_at(store, 8)

    assert run.checkpoint
    assert (run.checkpoint.epoch, run.checkpoint.step) == (1, 7)
    carried_out(store, resume(store, run.id, worker="me"))
    assert everything(store, run) == whole


def test_checkpoints_are_fewer_where_they_cost_too_much(store: Store, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHARE", 1e-9)
    failed = failed_at(store, 39)

    assert failed.checkpoint
    assert failed.checkpoint.epoch == 2  # the first costs nothing yet, as far as is known
    done = in_one_go(store)
    assert done.checkpoint
    assert done.checkpoint.step == 40  # the last is always kept


def test_a_run_without_a_checkpoint_begins_anew(store: Store, step_by_step):
    run = failed_at(store, 4)
    assert run.checkpoint is None
    assert len(store.steps(run.id)) == 3

    resume(store, run.id)

    assert store.steps(run.id) == []


def test_a_checkpoint_of_another_network_is_refused(store: Store, step_by_step):
    run = stopped_at(store, 3)
    store.keep_file(run.id, CHECKPOINT, arrays_to_bytes({"model/0000": np.zeros(3)}))

    failed = carried_out(store, resume(store, run.id, worker="me"))

    assert failed.state is State.FAILED
    assert failed.message.startswith(
        "CheckpointError: the checkpoint of All that has a state has 1"
    )


@pytest.mark.parametrize("way", some(WAYS, "cut in two", "a single bit", "Python objects"))
def test_a_checkpoint_that_is_damaged_is_said_to_be_that(store: Store, step_by_step, way: str):
    run = stopped_at(store, 3)
    content = store.file(run.id, CHECKPOINT)
    assert content
    store.keep_file(run.id, CHECKPOINT, WAYS[way](content))

    failed = carried_out(store, resume(store, run.id, worker="me"))

    assert failed.state is State.FAILED
    assert failed.message.startswith("CheckpointError: the checkpoint of ")
    assert failed.message.endswith("Train it anew.")
    assert "cannot be read: " in failed.message or way == "another file"


def test_a_checkpoint_that_is_gone_is_said_to_be_that(store: Store, step_by_step):
    run = stopped_at(store, 3)
    with store.begin() as connection:
        connection.execute(delete(files).where(files.c.name == CHECKPOINT))

    failed = carried_out(store, resume(store, run.id, worker="me"))

    assert failed.state is State.FAILED
    assert f"the checkpoint of run {run.id} is not there any more" in failed.message


def test_a_run_does_not_go_on_with_other_images(store: Store, step_by_step):
    run = stopped_at(store, 3)
    store.freeze(run.id, "of other images", run.images, run.environment)

    failed = carried_out(store, resume(store, run.id, worker="me"))

    assert failed.state is State.FAILED
    assert "the images of shapes are not those this run began with" in failed.message


def test_an_extended_run_is_exactly_a_longer_one_where_the_rate_is_constant(store: Store):
    constant = replace(SETTINGS, schedule=Schedule.CONSTANT)
    short = in_one_go(store, replace(constant, epochs=2))
    before = everything(store, short)

    longer = extend(store, short.id, 2)
    assert store.get(longer.id) == longer
    assert [one.step for one in store.steps(longer.id)] == list(range(1, 21))
    claimed = store.claim_next("me")
    assert claimed
    carried_out(store, claimed)

    ours, wanted = everything(store, longer), everything(store, in_one_go(store, constant))
    for part in ("steps", "epochs", "snapshots", "result"):
        assert ours[part] == wanted[part]
    assert store.file(longer.id, WEIGHTS) != store.file(short.id, WEIGHTS)
    assert everything(store, short) == before


def test_an_extended_run_keeps_no_more_weights_than_a_longer_one(store: Store, monkeypatch):
    first = in_one_go(store)
    size_bytes = store.file_sizes(first.id)[WEIGHTS]
    monkeypatch.setattr(snapshots, "WEIGHTS_BYTES", 6 * size_bytes + 100)
    assert store.snapshots(first.id, WEIGHTS_AFTER) == [0, 1, 2, 3, 4]

    longer = carried_out(store, extend(store, first.id, 4, worker="me"))

    assert store.snapshots(longer.id, WEIGHTS_AFTER) == [0, 2, 4, 6, 8]
    sizes = store.file_sizes(longer.id)
    kept = sum(size for name, size in sizes.items() if name.startswith(WEIGHTS_AFTER))
    assert kept <= snapshots.WEIGHTS_BYTES
    assert store.snapshots(first.id, WEIGHTS_AFTER) == [0, 1, 2, 3, 4]


def test_the_schedule_of_an_extended_run_is_laid_over_what_it_adds(store: Store):
    short = in_one_go(store, replace(SETTINGS, epochs=2))

    longer = extend(store, short.id, 3, worker="me")
    assert (longer.configuration.epochs, longer.continues, longer.first_step) == (5, short.id, 20)
    longer = carried_out(store, longer)

    rates = [one.learning_rate for one in store.steps(longer.id)]
    assert rates[:20] == learning_rates(SETTINGS, 20).tolist()
    assert rates[20:] == learning_rates(SETTINGS, 30).tolist()
    assert longer.result
    assert longer.result.epochs == 5


def test_an_extended_run_notes_what_it_is_itself_trained_with(store: Store):
    old = in_one_go(store, replace(SETTINGS, epochs=1))
    store.freeze(old.id, old.data_fingerprint, old.images, old.environment | {"keras": "2.0"})

    extended = carried_out(store, extend(store, old.id, 1, worker="other"))

    assert extended.environment == old.environment


def test_an_extended_run_outlives_the_one_it_continues_and_is_never_taken_for_a_fresh_one(
    store: Store,
):
    short = in_one_go(store, replace(SETTINGS, epochs=2))
    longer = extend(store, short.id, 2)
    fresh = store.add(NETWORK, SETTINGS)

    assert store.remove(short.id)
    assert longer.recipe != fresh.recipe
    assert store.find([fresh.recipe]) == [fresh]
    assert carried_out(store, longer).state is State.FINISHED


def test_an_extended_run_can_be_resumed_too(store: Store, step_by_step):
    short = in_one_go(store, replace(SETTINGS, epochs=1))

    def stop(progress: Progress) -> None:
        if progress.step >= 16:
            store.want(longer.id, Wish.STOP)

    longer = extend(store, short.id, 2, worker="me")
    assert carried_out(store, longer, stop).state is State.STOPPED
    carried_out(store, resume(store, longer.id, worker="me"))

    through = carried_out(store, extend(store, short.id, 2, worker="me"))
    assert everything(store, longer) == everything(store, through)


@pytest.mark.parametrize(
    ("state", "act", "message"),
    [
        (State.QUEUED, resume, "it is queued already. Wait for its end"),
        (State.RUNNING, resume, "it is running already"),
        (State.FINISHED, resume, "it is finished. Extend it by more epochs"),
        (State.DIVERGED, resume, "it would diverge again. Train it anew with a lower"),
        (State.STOPPED, lambda store, id: extend(store, id, 2), "it is stopped. Resume it first"),
        (State.FINISHED, lambda store, id: extend(store, id, 2), "it kept no checkpoint"),
    ],
)
def test_what_cannot_go_on_says_why_and_stays_as_it_is(store: Store, state: State, act, message):
    run = store.add(NETWORK, SETTINGS)
    if state is State.RUNNING:
        store.claim_next("me")
    elif state is not State.QUEUED:
        store.finish(run.id, state)
    before = store.get(run.id)

    with pytest.raises(ContinuationError, match=message):
        act(store, run.id)
    assert store.get(run.id) == before
    assert store.count() == 1


def test_a_run_is_not_extended_by_nothing(store: Store):
    with pytest.raises(ContinuationError, match="0 epochs more are none"):
        extend(store, store.add(NETWORK, SETTINGS).id, 0)


def test_a_run_that_is_gone_cannot_be_resumed(store: Store):
    with pytest.raises(ContinuationError, match="there is no run 'nowhere' to be resumed"):
        resume(store, "nowhere")


def test_a_worker_that_was_thought_dead_leaves_a_resumed_run_to_the_other(
    store: Store, whole, step_by_step
):
    run = store.add(NETWORK, SETTINGS, worker="silent")

    def lose(progress: Progress) -> None:
        if progress.step == 12:
            store.finish(run.id, State.INTERRUPTED, "silent for too long")
            resume(store, run.id, worker="another")

    after = carried_out(store, run, lose)

    assert (after.state, after.worker) == (State.RUNNING, "another")
    assert len(store.steps(run.id)) == 10
    with pytest.raises(TakenOver):
        store.record(run.id, [], Progress(), worker="silent")
    carried_out(store, after)
    assert everything(store, run) == whole


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("CNN_MAX_EPOCHS", "3", "4 epochs are more than the 3 that are trained here"),
        ("CNN_MAX_PARAMS", "50", "has 491 parameters, and at most 50 are trained here"),
    ],
)
def test_more_than_is_trained_here_is_refused_before_anything_is_made(
    store: Store, monkeypatch, setting: str, value: str, message: str
):
    short = in_one_go(store, replace(SETTINGS, epochs=2))
    monkeypatch.setenv(setting, value)

    with pytest.raises(ConfigurationError, match=message):
        extend(store, short.id, 2)

    assert store.latest() == [short]
