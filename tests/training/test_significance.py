"""Tests of significance against SciPy's, against counting, and in their words."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnn.training import significance
from cnn.training.significance import over_seeds, seeds_sentence

answers = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=60)
accuracies = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=10)


def arrays(drawn: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(drawn).T)


@given(answers)
def test_mcnemar_is_scipys_exact_binomial_test_of_the_discordant_images(drawn):
    labels, first, second = arrays(drawn)
    found = significance.on_images(labels, first, second)
    ours = sum(a == y != b for y, a, b in drawn)
    theirs = sum(b == y != a for y, a, b in drawn)
    assert (found.only_first, found.only_second) == (ours, theirs)
    wanted = stats.binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
    assert found.p == pytest.approx(wanted)


@given(answers)
def test_the_interval_of_paired_answers_holds_the_difference_and_turns_with_the_order(drawn):
    labels, first, second = arrays(drawn)
    found = significance.on_images(labels, first, second)
    turned = significance.on_images(labels, second, first)
    assert found.difference == pytest.approx((first == labels).mean() - (second == labels).mean())
    assert -1 <= found.low <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))


def test_the_interval_is_bonett_and_prices_worked_by_hand():
    # 12 and 4 of 100: (13 - 5) / 102 = 0.0784, error sqrt((18/102 - 0.0784^2) / 102) = 0.0409
    labels = np.zeros(100, int)
    first, second = np.ones(100, int), np.ones(100, int)
    first[:12], second[12:16] = 0, 0
    found = significance.on_images(labels, first, second)
    assert found.difference == pytest.approx(0.08)
    assert (found.low, found.high) == pytest.approx((-0.0017, 0.1585), abs=1e-4)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    draw = np.random.default_rng(0)
    chances = np.array([0.88, 0.05, 0.02, 0.05])  # both right, first alone, second alone, neither
    covered = 0
    for _ in range(2_000):
        kind = draw.choice(4, size=300, p=chances)
        first, second = np.isin(kind, (0, 1)).astype(int), np.isin(kind, (0, 2)).astype(int)
        found = significance.on_images(np.ones(300, int), first, second)
        covered += found.low <= 0.03 <= found.high
    assert covered / 2_000 == pytest.approx(0.95, abs=0.015)


@given(accuracies, accuracies)
def test_over_seeds_it_is_scipys_welch_test(first, second):
    found = over_seeds(first, second)
    assert found
    if np.std(first) + np.std(second) < 1e-6:
        return
    wanted = stats.ttest_ind(first, second, equal_var=False)
    interval = wanted.confidence_interval()
    assert found.p == pytest.approx(wanted.pvalue, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_below_five_seeds_it_cannot_be_told():
    assert over_seeds([0.9] * 4, [0.8] * 9) is None
    assert "cannot be told: 4 of each at most" in seeds_sentence("A", "B", None, 4)


def test_seeds_without_any_spread_are_told_apart_or_not():
    same, other = over_seeds([0.9] * 5, [0.9] * 5), over_seeds([0.9] * 5, [0.8] * 5)
    assert same
    assert other
    assert (same.is_real, other.is_real) == (False, True)


def test_a_real_difference_is_said_with_who_is_ahead_its_size_and_interval():
    found = over_seeds([0.90, 0.91, 0.92, 0.90, 0.91], [0.95, 0.96, 0.95, 0.96, 0.95])
    said = seeds_sentence("LeNet", "ResNet", found, 5)
    assert said.startswith("Over 5 and 5 seeds, ResNet is better than LeNet by 4.60 percentage")
    assert "interval 3.5" in said


def test_a_difference_that_chance_makes_is_not_called_one():
    labels = np.zeros(50, int)
    first, second = labels.copy(), labels.copy()
    first[:3], second[3:5] = 1, 1
    found = significance.on_images(labels, first, second)
    said = significance.images_sentence("A", "B", found)
    assert "A alone is right on 2 of 50 test images, B alone on 3" in said
    assert "do not show which is better" in said
    assert "2.00 percentage points (95 % interval" in said


def test_answers_to_different_tests_are_refused():
    with pytest.raises(ValueError, match="3 and 2 answers to 3 images"):
        significance.on_images(np.zeros(3, int), np.zeros(3, int), np.zeros(2, int))


@given(answers)
def test_agreement_and_disagreements_are_counted_image_by_image(drawn):
    labels, first, second = arrays(drawn)
    shares = significance.agreement([labels, first, second])
    columns = [labels, first, second]
    for i, j in product(range(3), repeat=2):
        same = sum(int(a == b) for a, b in zip(columns[i], columns[j], strict=True))
        assert shares[i, j] == pytest.approx(same / len(drawn))
    places = significance.disagreements(labels, first, second)
    assert list(places) == [i for i, (y, a, b) in enumerate(drawn) if a == y != b]
