"""Trainings that end after so many steps, or so many seconds: to their end, resumed, and again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.comparing.mean_curves import epochs_trained, moment
from cnn.training.engine import fit
from cnn.training.engine.reproduce import ReproductionError, script
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.pace import Pace
from cnn.training.recipe.run import Run, State
from cnn.training.recipe.schedule import learning_rates
from cnn.training.store.store import Store
from cnn.training.workers import resuming
from cnn.training.workers.resuming import ContinuationError
from tests.training.engine.test_fit import SHAPES, TINY
from tests.training.engine.test_reproduce import said

SETTINGS = Configuration(
    SHAPES, epochs=2, batch_size=16, optimizer=Optimizer.SGD, schedule=Schedule.COSINE, steps=14
)
PER_EPOCH = 10  # 150 images: nine batches of 16, and one of 6


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def undisturbed(store: Store) -> Run:
    return fit.carry_out(store, store.add(TINY, SETTINGS, worker="me"))


def losses(store: Store, run: Run) -> list[float]:
    return [step.loss for step in store.steps(run.id)]


def test_a_training_ends_after_exactly_its_steps_within_an_epoch(store: Store, undisturbed: Run):
    run, steps = undisturbed, store.steps(undisturbed.id)

    assert (run.state, run.message) == (State.FINISHED, "")
    assert run.result
    assert (run.result.steps, run.result.epochs, run.progress.step) == (14, 2, 14)
    assert [one.step for one in steps] == list(range(1, 15))
    rates = [one.learning_rate for one in steps]
    assert rates == pytest.approx(learning_rates(SETTINGS, 14).tolist())
    first, second = store.epochs([run.id])[run.id]
    assert second.loss == pytest.approx(np.mean(losses(store, run)[PER_EPOCH:]), rel=1e-6)
    assert epochs_trained(run) == pytest.approx(1.4)
    assert [moment(run, epoch) for epoch in (1, 2)] == ["epoch 1", "4 of the 10 steps of epoch 2"]
    assert first.epoch == 1


@pytest.mark.parametrize("cut", [4, 12, 14])
def test_one_that_is_cut_off_ends_with_the_curve_of_an_undisturbed_one(
    store: Store, undisturbed: Run, cut: int
):
    begun = store.add(TINY, SETTINGS, worker="me")
    cut_off = fit.carry_out(
        store, begun, is_gone=lambda: (store.get(begun.id) or begun).progress.step >= cut
    )
    assert cut_off.state is State.INTERRUPTED

    resumed = fit.carry_out(store, resuming.resume(store, begun.id, worker="me"))

    assert resumed.state is State.FINISHED
    assert losses(store, resumed) == losses(store, undisturbed)
    again, before = (store.epochs([one.id])[one.id] for one in (resumed, undisturbed))
    assert [(one.loss, one.val_loss) for one in again] == [
        (one.loss, one.val_loss) for one in before
    ]


@pytest.mark.proof
def test_its_script_takes_exactly_its_steps_and_gives_its_curve(
    store: Store, undisturbed: Run, tmp_path: Path
):
    text = script(undisturbed, store.epochs([undisturbed.id])[undisturbed.id])

    again = said(text, tmp_path)

    assert again.returncode == 0, again.stdout + again.stderr
    assert "Furthest from the recorded curve: " in again.stdout


def test_a_training_of_some_seconds_ends_when_they_are_spent(store: Store):
    settings = replace(SETTINGS, steps=0, seconds=0.5, epochs=1_000)

    run = fit.carry_out(store, store.add(TINY, settings, worker="me"))

    assert run.state is State.FINISHED
    assert run.checkpoint
    assert run.result
    assert Pace(settings, 150).is_over(run.checkpoint)
    assert run.result.steps == run.checkpoint.step == run.progress.steps
    assert run.result.epochs == len(store.epochs([run.id])[run.id])
    rates = [one.learning_rate for one in store.steps(run.id)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == rates[0]
    assert rates[-1] < rates[0]


def test_one_that_is_cut_off_spends_the_seconds_that_are_left_and_no_more(store: Store):
    """Its checkpoint knows what it had spent; the waiting between is not counted."""
    settings = replace(SETTINGS, steps=0, seconds=0.5, epochs=1_000)
    begun = store.add(TINY, settings, worker="me")
    cut_off = fit.carry_out(
        store, begun, is_gone=lambda: (store.get(begun.id) or begun).progress.step >= 4
    )
    assert cut_off.state is State.INTERRUPTED
    assert cut_off.checkpoint
    spent, before = cut_off.checkpoint.images_s, store.steps(begun.id)
    assert 0 < spent < 0.5

    resumed = fit.carry_out(store, resuming.resume(store, begun.id, worker="me"))

    assert resumed.state is State.FINISHED
    assert resumed.checkpoint
    assert resumed.checkpoint.images_s > spent
    assert Pace(settings, 150).is_over(resumed.checkpoint)
    steps = store.steps(begun.id, at_most=100_000)
    assert steps[: len(before)] == before
    assert [one.step for one in steps] == list(range(1, resumed.checkpoint.step + 1))
    rates = [one.learning_rate for one in steps]
    # A cosine over the seconds is taken up where it was, and does not begin anew.
    assert max(rates[len(before) :]) < rates[0]


def test_what_a_budget_ended_is_not_extended_and_seconds_have_no_script(
    store: Store, undisturbed: Run
):
    with pytest.raises(ContinuationError, match="cannot be extended: it was given 14 steps and"):
        resuming.extend(store, undisturbed.id, 1)
    timed = replace(SETTINGS, steps=0, seconds=20.0, epochs=1_000)
    with pytest.raises(ReproductionError, match="was given 20 s: how many steps that is"):
        script(replace(undisturbed, configuration=timed), [])


def test_a_training_that_has_all_epochs_there_can_be_before_its_seconds_says_so(store: Store):
    settings = replace(SETTINGS, steps=0, epochs=2, seconds=1_000.0)

    run = fit.carry_out(store, store.add(TINY, settings, worker="me"))

    assert (run.state, run.progress.step) == (State.FINISHED, 2 * PER_EPOCH)
    assert run.checkpoint
    assert run.message == (
        f"Ended after 2 epochs, the most there could be, and {run.checkpoint.images_s:.1f} s of "
        "the 1000 s of steps."
    )
