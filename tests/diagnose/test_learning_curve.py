"""Would more images help: the line through errors, and how far it can be believed."""

import math

import numpy as np
import pytest
from scipy import stats

from cnn.diagnose.learning_curve import Trained, in_words, line, told_last

TESTS = 1_000
SIZES = (250, 500, 1_250, 2_500, 5_000)


def power_law(slope: float, noise: float = 0.0, seeds: int = 3, seed: int = 0) -> list[Trained]:
    """Trainings whose errors fall as a power of the images, each off by its own luck."""
    rng = np.random.default_rng(seed)
    return [
        Trained(size, TESTS * 2 * size**-slope * math.exp(noise * rng.standard_normal()), TESTS)
        for size in SIZES
        for _ in range(seeds)
    ]


def test_the_line_is_that_of_least_squares_on_log_scales():
    found = power_law(0.4, 0.1)
    xs, ys = (np.log([getattr(one, name) for one in found]) for name in ("images", "error"))

    own, theirs = line(found), stats.linregress(xs, ys)

    assert own
    assert own.slope == pytest.approx(-theirs.slope)
    assert own.intercept == pytest.approx(theirs.intercept)
    reach = stats.t.ppf(0.975, len(xs) - 2) * theirs.stderr
    assert own.slope_interval == pytest.approx((-theirs.slope - reach, -theirs.slope + reach))


@pytest.mark.parametrize("twice", [1, 2])
def test_the_interval_holds_19_of_20_trainings_to_come(twice: int):
    """Simulated: 2,000 curves, and one training more at once or twice the largest size."""
    rng, inside = np.random.default_rng(1), 0
    for seed in range(2_000):
        own = line(power_law(0.4, 0.1, seed=seed))
        assert own
        images = twice * SIZES[-1]
        wrong = TESTS * 2 * images**-0.4 * math.exp(0.1 * rng.standard_normal())
        expected = own.at(images)
        inside += expected.low <= Trained(images, wrong, TESTS).error <= expected.high
    assert inside / 2_000 == pytest.approx(0.95, abs=0.015)


def test_more_images_are_said_to_help_in_at_most_1_of_20_curves_that_are_flat():
    flat = [line(power_law(0.0, 0.1, seed=seed)) for seed in range(2_000)]

    assert sum(one.is_falling for one in flat if one) / 2_000 <= 0.025 + 3 * 0.0035


def test_the_last_size_is_foretold_from_the_smaller_ones_and_compared():
    expected, measured = told_last(power_law(0.4)) or pytest.fail("there are five sizes")

    assert expected.images == 5_000
    assert expected.error == pytest.approx(measured, rel=0.02)


def test_what_is_said_names_its_numbers_and_that_it_is_an_extrapolation():
    said = in_words(power_law(0.4, 0.05))

    assert said[0].startswith("Twice as many images divided the error by 1.3")
    assert "10,000 images would give about" in said[1]
    assert "an extrapolation, not a measurement" in said[1]
    assert said[2].startswith("Tried on itself")


def test_a_curve_that_bends_is_said_not_to_be_trusted():
    bent = [
        Trained(size, wrong, TESTS)
        for size, wrong in zip(SIZES, (400, 200, 80, 40, 39.9), strict=True)
        for _ in range(2)
    ]
    assert in_words(bent)[-1].endswith("outside of it: do not trust it.")


def test_a_flat_curve_is_not_said_to_fall():
    assert in_words(power_law(0.0, 0.2, seed=1))[0].startswith(
        "These trainings do not show that more images help"
    )


def test_two_sizes_say_nothing():
    assert in_words([one for one in power_law(0.4) if one.images <= 500]) == []


def test_no_error_at_all_has_a_place_on_the_line_too():
    assert line([Trained(size, 0, TESTS) for size in SIZES])
