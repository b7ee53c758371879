"""How long a training goes on, and with which learning rates."""

from dataclasses import replace

import numpy as np
import pytest

from cnn.training.recipe.configuration import Configuration, Schedule
from cnn.training.recipe.pace import Pace, steps_wanted
from cnn.training.recipe.run import Checkpoint
from cnn.training.recipe.schedule import learning_rates

SETTINGS = Configuration(epochs=3, batch_size=64, learning_rate=0.1)
IMAGES = 150  # three steps each epoch, the last of 22 images


def spent(seconds: float, steps: int) -> Checkpoint:
    """So many steps were done and counted, which took so many seconds."""
    return Checkpoint(step=steps + 1, images=steps * 64, images_s=seconds)


@pytest.mark.parametrize("schedule", list(Schedule))
def test_a_schedule_is_stretched_over_the_steps_there_are(schedule: Schedule):
    settings = replace(SETTINGS, schedule=schedule, steps=7)
    pace = Pace(settings, IMAGES)

    found = [float(pace.rates(Checkpoint(step=step), 1)[0]) for step in range(7)]

    assert found == pytest.approx(learning_rates(settings, 7).tolist())
    assert (steps_wanted(settings, IMAGES), steps_wanted(SETTINGS, IMAGES)) == (7, 9)


def test_steps_end_within_an_epoch_and_no_chunk_goes_beyond_them():
    pace = Pace(replace(SETTINGS, steps=7), IMAGES)

    assert pace.next_steps(Checkpoint(step=6), 3) == 1
    assert not pace.is_over(Checkpoint(step=6))
    assert pace.is_over(Checkpoint(step=7))
    assert pace.steps_expected(Checkpoint(step=2)) == 7


def test_seconds_end_with_the_step_that_is_nearest_to_them():
    pace = Pace(replace(SETTINGS, epochs=1_000, seconds=2.0), IMAGES)  # a step takes 0.1 s below

    assert pace.steps is None
    assert not pace.is_over(Checkpoint())
    assert pace.next_steps(Checkpoint(step=1), 50) == 1  # nothing is known of its speed yet
    assert pace.next_steps(spent(0.5, 5), 50) == 15
    assert pace.next_steps(spent(0.5, 5), 10) == 10
    assert not pace.is_over(spent(1.94, 19))
    assert pace.is_over(spent(1.96, 20))
    assert pace.steps_expected(spent(1.0, 10)) == 11 + 10
    assert pace.steps_expected(spent(2.0, 20)) == 21


def test_seconds_end_at_the_most_epochs_there_can_be():
    pace = Pace(replace(SETTINGS, epochs=2, seconds=100.0), IMAGES)

    assert pace.is_over(replace(spent(0.1, 5), step=6))


def test_the_schedule_of_seconds_goes_by_the_share_of_them_that_is_spent():
    settings = replace(SETTINGS, schedule=Schedule.COSINE, epochs=1_000, seconds=2.0)
    pace = Pace(settings, IMAGES)

    # cos(pi x) at x = 1/2, 3/4 and 1: half of the peak, (1 - 0.7071) / 2 of it, nothing.
    found = [float(pace.rates(spent(s, round(s * 10)), 1)[0]) for s in (1.0, 1.5, 2.0)]
    assert found == pytest.approx([0.05, 0.0146447, 0.0], abs=1e-6)
    within = pace.rates(spent(1.0, 10), 6)  # each 0.05 of the way, as each takes 0.1 s of 2
    assert within[5] == pytest.approx(0.0146447, abs=1e-6)
    assert (np.diff(within) < 0).all()


def test_epochs_that_are_over_before_the_seconds_end_it_and_are_told_from_them():
    pace = Pace(replace(SETTINGS, epochs=2, seconds=2.0), IMAGES)  # at most six steps

    assert not pace.is_out_of_epochs(spent(0.4, 4))
    assert pace.is_over(spent(0.5, 5))
    assert pace.is_out_of_epochs(spent(0.5, 5))
    assert not pace.is_out_of_epochs(spent(2.0, 5))  # the seconds were over with them
    assert not Pace(SETTINGS, IMAGES).is_out_of_epochs(Checkpoint(step=9))
