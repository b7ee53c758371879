"""Which settings of the shapes there are, and what is said about those there are not."""

from typing import Any

import pytest

from cnn.data.errors import DataError
from cnn.data.sets.shape_options import CLASSIC, Shape, ShapeOptions


def test_the_classic_lesson_draws_180_filled_circles_squares_and_triangles():
    assert CLASSIC.kinds == (Shape.CIRCLE, Shape.SQUARE, Shape.TRIANGLE)
    assert (CLASSIC.samples, CLASSIC.test_samples) == (180, 300)
    assert (CLASSIC.thickness, CLASSIC.noise) == (0, 0)


def test_kinds_and_scale_may_be_lists_as_json_has_them():
    from_json: dict[str, Any] = {"kinds": ["ring", "star"], "scale": [0.5, 1]}
    options = ShapeOptions(kinds=(Shape.RING, Shape.STAR), scale=(0.5, 1.0))

    assert ShapeOptions(**from_json) == options
    assert hash(ShapeOptions(**from_json)) == hash(options)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kinds": ("circle",)}, "two or more different"),
        ({"kinds": ("circle", "circle")}, "two or more different"),
        ({"kinds": ("circle", "hexagon")}, "some of circle, square"),
        ({"kinds": "circle"}, "some of circle, square"),
        ({"kinds": ([], {})}, "some of circle, square"),
        ({"samples": 17}, "samples is a whole number from 18 to 6,000, not 17"),
        ({"samples": 180.0}, "samples is a whole number"),
        ({"test_samples": True}, "test_samples is a whole number"),
        ({"thickness": -1}, "thickness is a whole number from 0 to 8, not -1"),
        ({"noise": 0.6}, "noise is a number from 0 to 0.5, not 0.6"),
        ({"noise": float("nan")}, "noise is a number"),
        ({"rotation": "a lot"}, "rotation is a number from 0 to 180, not 'a lot'"),
        ({"position": 2}, "position is a number from 0 to 1, not 2"),
        ({"scale": (0.9, 0.5)}, "smallest and a largest size, not 0.9 to 0.5"),
        ({"scale": 0.5}, "smallest and a largest size, not 0.5"),
        ({"scale": (0.1, 0.5)}, "scale is a number from 0.2 to 1, not 0.1"),
        ({"kinds": ("circle", "ring"), "thickness": 1}, "outlined circle .* is a ring"),
    ],
)
def test_settings_out_of_bounds_are_named_with_what_would_do(settings, message):
    with pytest.raises(DataError, match=message):
        ShapeOptions(**settings)
