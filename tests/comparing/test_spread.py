"""Mean and spread in words, against NumPy: no spread reads as none where there is one."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from cnn.comparing.spread import amount_text, digits_of_all, share_text
from cnn.comparing.standings import Summary, summary

rights = st.integers(20, 10_000).flatmap(
    lambda images: st.tuples(
        st.just(images), st.lists(st.integers(0, images), min_size=2, max_size=10)
    )
)
WITH_SPREAD = re.compile(r"(\d+\.(\d+)) ± (\d+\.(\d+)) %")
ALIKE = re.compile(r"(\d+\.\d+) % in (both|all \d+)")


def over(values: list[float]) -> Summary:
    found = summary(values)
    assert found
    return found


@example((10_000, [9_720, 9_721]), 1)  # 97.2 ± 0.0, as it was written
@example((1_000, [972, 972]), 1)
@example((3, [1, 1, 1]), 1)
@given(rights, st.integers(1, 2))
def test_a_spread_is_written_with_the_digits_that_show_it_or_as_agreement(found, digits):
    images, right = found
    shares = [one / images for one in right]

    text = share_text(over(shares), digits)

    if len(set(right)) == 1:
        alike = ALIKE.fullmatch(text)
        assert alike, text
        assert alike[2] == ("both" if len(right) == 2 else f"all {len(right)}")
        assert abs(float(alike[1]) - 100 * shares[0]) <= 0.5001 * 10**-digits
        return
    told = WITH_SPREAD.fullmatch(text)
    assert told, text
    mean, sd = float(told[1]), float(told[3])
    assert len(told[2]) == len(told[4]) >= digits, "both numbers to the same digit"
    half = 0.5001 * 10 ** -len(told[2])
    assert sd > 0
    assert abs(mean - 100 * np.mean(shares)) <= half
    assert abs(sd - 100 * np.std(shares, ddof=1)) <= half


def test_one_seed_has_a_figure_without_a_spread():
    assert share_text(over([0.972]), 1) == "97.2 %"
    assert amount_text(over([1234.4]), 0) == "1,234"


def test_seconds_and_images_are_told_in_the_same_way():
    assert amount_text(over([12.0, 12.002]), 2) == "12.001 ± 0.001"
    assert amount_text(over([12.5, 12.5, 12.5]), 2) == "12.50 in all 3"
    assert amount_text(over([1000.0, 1000.4]), 0) == "1,000.2 ± 0.3"


def test_a_column_has_the_digits_that_the_smallest_spread_in_it_needs():
    column = [over([12.0, 12.002]), over([3.0]), None, over([12.5, 12.5])]
    assert digits_of_all(column, 2) == 3
    assert digits_of_all([None, over([3.0])], 2) == digits_of_all([], 2) == 2
