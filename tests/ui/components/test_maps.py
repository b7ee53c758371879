"""What the browser may send from the linked maps."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as hy

from cnn.pictures.inside.maps import Tile
from ui.components.maps import LARGEST_WEIGHT, read_cell, read_weights

TILES = [Tile(np.zeros((3, 5, 1), np.float32), "a"), Tile(np.zeros((2, 2, 3), np.float32), "b")]
ANYTHING = hy.recursive(
    hy.none() | hy.booleans() | hy.integers() | hy.floats() | hy.text(max_size=9),
    lambda inner: hy.lists(inner, max_size=9) | hy.dictionaries(hy.text(max_size=9), inner),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_comes_is_a_cell_of_these_maps_or_none(given):
    found = read_cell(given, TILES)
    if found is not None:
        place, row, column = found
        assert TILES[place].values[row, column].size


@example([10**400] * 9)
@example([float("nan")] * 9)
@given(ANYTHING)
def test_whatever_comes_is_nine_usable_weights_or_none(given):
    found = read_weights(given)
    assert found is None or (len(found) == 9 and all(map(math.isfinite, found)))


def test_a_cell_is_taken_and_one_outside_is_not():
    assert read_cell([0, 2, 4], TILES) == (0, 2, 4)
    assert read_cell([1, 1, 1], TILES) == (1, 1, 1)
    for wrong in (
        [1, 2, 0],
        [2, 0, 0],
        [-1, 0, 0],
        [0, -1, 0],
        [0, 0, 5],
        [0, 0.0, 0],
        [0, True, 0],
    ):
        assert read_cell(wrong, TILES) is None


@pytest.mark.parametrize("wrong", [math.nan, math.inf, LARGEST_WEIGHT + 1, "1", None, True])
def test_weights_are_taken_and_what_is_none_is_not(wrong):
    assert read_weights([0, 1, 0.5, *range(6)]) == (0, 1, 0.5, 0, 1, 2, 3, 4, 5)
    assert read_weights([wrong, *[0] * 8]) is None
    assert read_weights([0] * 8) is None
