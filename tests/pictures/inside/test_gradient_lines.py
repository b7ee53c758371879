"""Gradients over the layers: the numbers said, and points where the logarithm puts them."""

import re

import pytest

from cnn.lessons.residual import Norms
from cnn.pictures.inside.gradient_lines import gradient_lines, power


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.14, "0.14"),
        (6.6, "6.6"),
        (9_123.4, "9,100"),
        (123, "120"),
        (999_999, "1e6"),
        (5.74e-7, "5.7e-7"),
        (0.00996, "0.01"),
        (9.99e-8, "1e-7"),
        (3.4e6, "3.4e6"),
    ],
)
def test_a_number_at_a_glance(value, text):
    assert power(value) == text


def test_the_first_medians_are_said_and_points_lie_a_power_of_ten_apart():
    plain = [Norms(1, (scale * 1e-6, scale * 1e-4)) for scale in (1, 2, 30)]
    skips = [Norms(1, (1.0, 100.0))] * 3
    svg = gradient_lines(plain, skips)
    assert "the first layer&#x27;s is 2e-6 without shortcuts and 1 with shortcuts" in svg
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)" r="3"', svg)]
    assert len(heights) == 4
    # From 2e-6 to 2e-4 is as far as from 1 to 100.
    assert heights[0] - heights[1] == pytest.approx(heights[2] - heights[3], abs=0.2)
    assert svg.count('class="one"') == 6
