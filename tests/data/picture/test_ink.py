"""The ink of strokes, against areas known from geometry; the browser's own is in tests/browser."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hy

from cnn.data.picture.ink import INK, ink_of


def area(ink: np.ndarray) -> float:
    return float(ink.sum(dtype=np.float64)) / 255


@pytest.mark.parametrize("width", [16.0, 44.0, 96.0])
def test_a_click_leaves_a_disc_as_wide_as_the_brush(width: float):
    ink = ink_of([np.array([[280.3, 250.7]])], width)
    assert ink.shape == (INK, INK)
    assert area(ink) == pytest.approx(math.pi * width**2 / 4, rel=0.003)


@given(hy.floats(0, math.pi), hy.floats(5, 300), hy.integers(1, 12))
def test_a_straight_line_has_round_ends_however_often_the_pen_reports(
    angle: float, length: float, reports: int
):
    way = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    points = 280 + np.linspace(-1, 1, reports + 1)[:, None] * way
    wanted = length * 44 + math.pi * 22**2
    assert area(ink_of([points], 44.0)) == pytest.approx(wanted, rel=0.003)


def test_what_is_crossed_twice_in_a_stroke_is_no_brighter_and_the_edge_cuts():
    there = np.array([[100.0, 280], [460, 280]])
    back = np.array([[100.0, 280], [460, 280], [100, 280], [460, 280]])
    lines = [ink_of([points], 30.0).astype(int) for points in (there, back)]
    # A curve that turns back stops short of the point that pulls it, within the same line.
    assert (lines[1] <= lines[0]).all()
    half = ink_of([np.array([[0.0, 280]])], 40.0)
    assert area(half) == pytest.approx(math.pi * 20**2 / 2, rel=0.005)
    assert not ink_of([np.array([[-90.0, 280]])], 40.0).any()


def test_a_curve_between_two_reports_is_the_quadratic_one_of_the_canvas():
    # By hand: from (100, 100) pulled by (300, 100) to (300, 300), then straight on: no third point.
    corner = np.array([[100.0, 100], [300, 100], [300, 300]])
    ink = ink_of([corner], 20.0)
    # quadraticCurveTo ends half way, at (300, 200); its middle is (250, 125).
    assert ink[125, 250] == 255
    assert ink[200, 300] == 255
    assert ink[103, 297] == 0
