"""The learning rate of every step."""

import numpy as np
import pytest

from cnn.training.recipe.configuration import Configuration, Schedule
from cnn.training.recipe.schedule import learning_rates


def rates(schedule: str, steps: int = 11, rate: float = 1.0):
    return learning_rates(Configuration(schedule=Schedule(schedule), learning_rate=rate), steps)


def test_a_constant_rate_stays():
    assert rates("constant").tolist() == [1.0] * 11


def test_steps_divide_the_rate_by_ten_after_each_third():
    assert rates("step", 7) == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01, 0.01])


def test_a_cosine_falls_from_the_rate_to_nothing_through_its_half():
    found = rates("cosine")

    assert found[[0, 5, 10]] == pytest.approx([1, 0.5, 0], abs=1e-7)
    assert (np.diff(found) < 0).all()


def test_one_cycle_climbs_to_its_peak_at_three_tenths_and_falls_to_nothing():
    found = rates("one-cycle")

    assert found[[0, 3, 10]] == pytest.approx([0.04, 1, 1e-4])
    assert found.argmax() == 3
    assert (np.diff(found[:4]) > 0).all()
    assert (np.diff(found[3:]) < 0).all()


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one-cycle"])
def test_a_single_step_has_a_rate_above_zero(schedule: str):
    assert rates(schedule, 1) > 0
