"""The sign-flip test against turning every sign, and against SciPy where every size is 1."""

from itertools import product
from math import copysign

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnn.comparing.sign_flip import flipped, p_of

levels = st.sampled_from([0.05, 0.025, 0.05 / 3, 0.05 / 45])
few = st.lists(st.integers(-6, 6), min_size=1, max_size=10).map(np.array)
many = st.lists(st.integers(-12, 12), min_size=1, max_size=300).map(np.array)


def split(ours: int, theirs: int) -> np.ndarray:
    return np.array([1] * ours + [-1] * theirs, int)


SPLITS = [(ours, theirs) for ours in range(60) for theirs in range(60 - ours)]


def test_of_equal_sizes_it_is_scipys_binomial_test_and_clopper_and_pearsons_interval():
    ours, theirs = np.array(SPLITS[1:]).T
    low = np.nan_to_num(stats.beta.ppf(0.025, ours, theirs + 1))  # of none it is 0
    high = np.nan_to_num(stats.beta.ppf(0.975, ours + 1, theirs), nan=1.0)

    for one, other, *share in zip(ours, theirs, low, high, strict=True):
        found = flipped(split(one, other), 0.05)
        assert found.p == pytest.approx(stats.binomtest(one, one + other).pvalue, rel=1e-9)
        ends = [(2 * end - 1) * (one + other) for end in share]
        assert [found.low, found.high] == pytest.approx(ends, abs=1e-6)


@pytest.mark.parametrize("level", [0.05, 0.05 / 6])
def test_p_and_interval_agree_in_every_split_up_to_59(level: float):
    """Bonett and Price's interval, which was used before, left out 0 at 11:3, where p is 0.057."""
    for ours, theirs in SPLITS:
        found = flipped(split(ours, theirs), level)
        assert (found.p < level) == (not found.low <= 0 <= found.high), (ours, theirs)


@given(few)
def test_p_is_how_often_turned_signs_make_a_sum_as_far_from_0(differences):
    signs = np.array(list(product([1, -1], repeat=len(differences))))
    sums = np.abs(signs @ differences)

    wanted = (sums >= abs(differences.sum())).mean()

    assert p_of(differences) == pytest.approx(wanted, abs=1e-12)


@given(many, levels)
def test_the_interval_leaves_out_0_just_where_p_is_below_the_level(differences, level):
    found = flipped(differences, level)

    assert found.p == p_of(differences)
    assert (found.p < level) == (not found.low <= 0 <= found.high)
    assert found.low - 1e-6 <= differences.sum() <= found.high + 1e-6
    assert -np.abs(differences).sum() - 1e-6 <= found.low
    assert found.high <= np.abs(differences).sum() + 1e-6


@given(many, levels)
def test_the_interval_turns_with_the_order_and_grows_with_the_unit(differences, level):
    found, turned = flipped(differences, level), flipped(-differences, level)
    threefold = flipped(3 * differences, level)

    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-5)
    assert (threefold.low, threefold.high) == pytest.approx((3 * found.low, 3 * found.high))
    assert threefold.p == found.p


@given(few, st.sampled_from([0.05, 0.2]))
def test_at_each_end_the_sum_is_as_rare_as_half_the_level(differences, level):
    """By going through all signs, each as likely as its tilt makes it."""
    sizes = np.abs(differences[differences != 0])
    total, every = int(differences.sum()), int(sizes.sum())
    found = flipped(differences, level)
    if not every:
        assert (found.low, found.high) == (0, 0)
        return
    signs = np.array(list(product([1, -1], repeat=len(sizes))))
    sums = signs @ sizes

    def expected(tilt: float) -> float:
        return float((sizes * np.tanh(tilt * sizes)).sum())

    for end, side in ((found.low, 1), (found.high, -1)):
        if abs(end) >= every - 1e-6:
            assert total == copysign(every, end) or abs(total) < every
            continue
        low, high = -20.0, 20.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if expected(middle) < end else (low, middle)
        log = low * sums
        weights = np.exp(log - log.max())
        tail = weights[side * sums >= side * total].sum() / weights.sum()
        if end != 0:  # held at 0 where p says so to the last digit
            assert tail == pytest.approx(level / 2, rel=1e-3)


def test_nothing_but_equal_answers_is_no_difference():
    found = flipped(np.zeros(50, int), 0.05)

    assert (found.p, found.low, found.high) == (1.0, 0.0, 0.0)
