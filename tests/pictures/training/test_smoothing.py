"""The moving average against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.pictures.training.smoothing import smoothed

VALUES = st.lists(st.floats(-1e6, 1e6), max_size=40)
WEIGHTS = st.floats(0, 0.999)


def test_by_hand():
    # Weights 1; 1/2, 1; 1/4, 1/2, 1 - each over their sum.
    assert smoothed([4, 1, 8], 0.5) == pytest.approx([4, 2, (1 + 0.5 + 8) / 1.75])


@given(VALUES, WEIGHTS)
def test_it_is_the_weighted_mean_of_all_values_so_far(values: list[float], weight: float):
    for place, found in enumerate(smoothed(values, weight)):
        weights = [weight ** (place - i) for i in range(place + 1)]
        mean = sum(w * v for w, v in zip(weights, values, strict=False)) / sum(weights)
        assert found == pytest.approx(mean, rel=1e-6, abs=1e-4)


@given(VALUES)
def test_no_weight_changes_nothing(values: list[float]):
    assert smoothed(values, 0) == pytest.approx(values)


@given(st.floats(-1e6, 1e6), st.integers(1, 30), WEIGHTS)
def test_what_does_not_change_is_not_changed(value: float, many: int, weight: float):
    assert smoothed([value] * many, weight) == pytest.approx([value] * many, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("weight", [-0.1, 1.0, float("nan")])
def test_a_weight_that_forgets_nothing_or_is_none_is_refused(weight: float):
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        smoothed([1.0], weight)
