"""Gaffke's bound against SciPy: of two values it is Clopper and Pearson's, of more a quantile."""

import numpy as np
import pytest
from scipy import stats

from cnn.comparing.bounded_mean import interval_of_mean


@pytest.mark.parametrize("level", [0.05, 0.0005, 1e-5])
@pytest.mark.parametrize(
    ("images", "ones"),
    [(1, 0), (1, 1), (50, 7), (1_000, 0), (1_000, 3), (1_000, 999), (1_000, 1_000), (9_000, 700)],
)
def test_of_two_values_it_is_the_exact_interval_of_a_share(images: int, ones: int, level: float):
    differences = np.repeat([1, -1], [ones, images - ones])
    share = stats.binomtest(ones, images).proportion_ci(1 - level, method="exact")

    found = interval_of_mean(differences, 1, level)

    assert found == pytest.approx((2 * share.low - 1, 2 * share.high - 1), abs=1e-6)


def test_of_five_values_it_is_a_quantile_of_means_of_drawn_shares():
    counts = np.array([3, 10, 200, 25, 8])
    values = np.array([-4, -2, 0, 2, 4])
    draw = np.random.default_rng(0)

    low, high = interval_of_mean(np.repeat(values, counts), 4, 0.1)

    many = 400_000
    at_most = draw.dirichlet([3, 10, 200, 25, 9], many) @ values
    at_least = draw.dirichlet([4, 10, 200, 25, 8], many) @ values
    sure = 4 * np.sqrt(0.05 * 0.95 / many)
    assert (at_most > high).mean() == pytest.approx(0.05, abs=sure)
    assert (at_least < low).mean() == pytest.approx(0.05, abs=sure)


def test_what_is_all_at_the_bound_reaches_it():
    low, high = interval_of_mean(np.full(20, 4), 4, 0.05)

    assert high == 4
    assert low == pytest.approx(4 * (2 * 0.025 ** (1 / 20) - 1), abs=1e-6)
