"""What a cell sees lies within its box: pixels outside of it may become anything."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import (
    AveragePooling2D,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SelfAttention2D,
    UpSampling2D,
    ZeroPadding2D,
    rules,
)
from cnn.network.seen import Box, read_pixels, seen_box, seen_of_image
from cnn.network.trace import Row, trace
from tests.network.strategies import architectures, resizings_for

FLAT = Architecture("Flat", (7, 8, 1), (Conv2D(3, 3), MaxPooling2D(), Flatten(), Dense(4)))


def images_within(network: Architecture, box: Box, seed: int) -> np.ndarray:
    """Two images that are alike within a box and nowhere else."""
    first, second = np.random.default_rng(seed).random((2, *network.input), np.float32)
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    second[rows, columns] = first[rows, columns]
    return np.stack([first, second])


def place_of(row: Row, number: int) -> tuple[tuple[int, int], tuple[int, ...]]:
    """A cell, and the place of its value in the output, by its number in the output."""
    place = np.unravel_index(number % math.prod(row.output_shape), row.output_shape)
    whole = tuple(int(one) for one in place)
    return (whole[0], whole[1] if len(whole) == 3 else 0), whole


@given(architectures(), st.integers(0, 1_000), st.integers(0, 100_000))
def test_no_pixel_outside_of_the_box_makes_a_difference(network, row_number, number):
    traced = trace(network)
    row = traced.rows[row_number % len(traced.rows)]
    cell, place = place_of(row, number)
    box = seen_of_image(traced, row, cell)
    wide = seen_box(traced, row, cell).within(*network.input[:2])
    assert box.is_empty or box | wide == wide

    found = forward(network, random_weights(network), images_within(network, box, number))

    one, other = found[row.name]
    assert one[place] == pytest.approx(other[place], rel=1e-5, abs=1e-6, nan_ok=True)


@given(architectures(), st.integers(0, 1_000))
def test_what_sees_all_cells_of_a_map_sees_what_is_framed_of_the_image(network, row_number):
    traced = trace(network)
    rows = [row for row in traced.rows if row.receptive_field.jump == (0, 0)]
    row = rows[row_number % len(rows)] if rows else None
    if row is None or not row.sees_all_cells:
        return
    cells = np.ndindex(row.output_shape[:2] if len(row.output_shape) == 3 else (1, 1))

    box = reduce(or_, (seen_of_image(traced, row, cell) for cell in cells))

    framed = (0, 0) if box.is_empty else (box.bottom - box.top, box.right - box.left)
    assert row.receptive_field.size == framed
    read = read_pixels(traced, row)
    assert read is not None
    assert read <= math.prod(row.receptive_field.size)


@st.composite
def dense_stacks(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Architecture:
    """Layers that leave nothing out between their windows, without bias and activation."""
    start = shape = draw(st.integers(4, 7)), draw(st.integers(4, 7)), 1
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, min(*shape[:2], 3)))
        step, padding = draw(st.integers(1, size)), draw(st.sampled_from(("valid", "same")))
        windows = Conv2D(1, size, step, padding), AveragePooling2D(size, step, padding)
        layer = draw(st.sampled_from(windows) | resizings_for(shape))
        if "activation" in rules(type(layer)):
            layer = replace(layer, activation=None, use_bias=False)
        layers.append(layer)
        shape = layer.output_shape(shape)
    return Architecture("Dense", start, tuple(layers))


@given(dense_stacks())
def test_a_cell_sees_those_pixels_that_light_it(network: Architecture):
    """Of images with one pixel lit, and with weights above zero, it is lit in some."""
    traced = trace(network)
    row, (height, width) = traced.rows[-1], network.input[:2]
    rows = [one for one in traced.rows if one.weights]
    weights: Weights = {one.name: (np.full(one.weights[0].shape, 0.5, np.float32),) for one in rows}
    images = np.eye(height * width, dtype=np.float32).reshape(-1, height, width, 1)

    output = forward(network, weights, images).output[..., 0] > 0

    field, boxes = row.receptive_field, []
    for cell in np.ndindex(row.output_shape[:2]):
        lines, columns = np.divmod(np.flatnonzero(output[:, *cell]), width)
        box = Box(lines.min(), columns.min(), lines.max() + 1, columns.max() + 1)
        assert seen_of_image(traced, row, cell) == box
        boxes.append(seen_box(traced, row, cell))
        (top, bottom), (left, right) = field.span(*cell)
        assert boxes[-1] == Box(int(top), int(left), int(bottom) + 1, int(right) + 1)
    whole = [len(spans) <= size for spans, size in zip(field.spans, row.output_shape, strict=False)]
    if all(whole):  # all that differ are among these cells
        assert max(box.bottom - box.top for box in boxes) == field.size[0]
        assert max(box.right - box.left for box in boxes) == field.size[1]


def test_windows_that_lie_in_the_padding_see_nothing_of_the_image():
    framed = (ZeroPadding2D(((3, 3), (3, 3))), Conv2D(1, 3, strides=3), Conv2D(1, 1))
    traced = trace(Architecture("Framed", (3, 3, 1), (*framed, GlobalAveragePooling2D())))

    seen = [seen_of_image(traced, traced.rows[2], (line, 1)) for line in range(3)]

    assert [one.is_empty for one in seen] == [True, False, True]
    assert seen_of_image(traced, traced.rows[-1], (0, 0)) == Box(0, 0, 3, 3)


def test_all_cells_see_what_any_branch_shows_those_that_are_not_left_out():
    """Of 8 lines, windows of 3 use 6. The branch shows line 6 at the fifth of them: it has the
    lines 0, 3 and 6 behind two of padding.
    """
    apart = (Conv2D(1, 1, strides=(3, 1)), ZeroPadding2D(((2, 3), (0, 0))))
    layers = (Branches(((), apart), "add"), MaxPooling2D((3, 1)), GlobalAveragePooling2D())

    traced = trace(Architecture("Apart", (8, 1, 1), layers))

    assert traced.rows[-1].receptive_field.size == (7, 1)
    assert seen_of_image(traced, traced.rows[-1], (0, 0)) == Box(0, 0, 7, 1)


def test_pixels_are_not_counted_by_a_map_that_is_too_large():
    layers = (UpSampling2D(1_024), UpSampling2D(16), GlobalAveragePooling2D())
    traced = trace(Architecture("Large", (28, 28, 1), layers))

    assert read_pixels(traced, traced.rows[-1]) is None
    assert traced.rows[-1].receptive_field.size == (28, 28)


def test_cells_beside_the_only_one_there_is_read_nothing():
    beside = Conv2D(1, 1, strides=2, padding=1)
    layers = (GlobalAveragePooling2D(keepdims=True), beside, GlobalAveragePooling2D(), Dense(2))

    traced = trace(Architecture("Beside", (5, 6, 1), layers))

    assert traced.rows[1].output_shape == (2, 2, 1)
    assert not traced.rows[1].sees_all_cells
    assert [read_pixels(traced, row) for row in traced.rows] == [30, 0, 0, 0]


@pytest.mark.parametrize("feature", [0, 4, 13, 17])
def test_a_feature_of_flatten_sees_what_its_cell_sees(feature: int):
    traced = trace(FLAT)
    pooled, flatten = traced.rows[1:3]
    line, column, channel = map(int, np.unravel_index(feature, pooled.output_shape))

    box = seen_box(traced, flatten, (feature, 0))

    # Two by two windows of 3x3, two pixels apart.
    assert box == Box(2 * line, 2 * column, 2 * line + 4, 2 * column + 4)
    found = forward(FLAT, random_weights(FLAT), images_within(FLAT, box, feature))
    assert found["flatten_1"][0, feature] == found["max_pooling2d_1"][0, line, column, channel], (
        "Flatten counts otherwise"
    )
    assert found["flatten_1"][0, feature] == pytest.approx(found["flatten_1"][1, feature])


@pytest.mark.parametrize("head", [(Flatten(), Dense(2)), (GlobalAveragePooling2D(),)])
def test_a_vector_sees_no_border_that_no_window_reaches(head):
    network = Architecture("Border", (8, 8, 1), (Conv2D(1, 3, strides=3), *head))
    traced = trace(network)

    assert seen_box(traced, traced.rows[-1], (0, 0)) == Box(0, 0, 6, 6)


def test_what_is_multiplied_by_a_repeated_branch_sees_all_that_the_branch_sees():
    corner = (MaxPooling2D(3, 7),)  # of 9x9 one window, in the corner
    network = Architecture("Gated", (9, 9, 1), (Branches(((), corner), "multiply"), Conv2D(1, 1)))
    traced = trace(network)

    assert traced.rows[1].output_shape == (1, 1, 1)
    for line, column in [(0, 0), (2, 5), (8, 8)]:
        box = Box(0, 0, max(3, line + 1), max(3, column + 1))
        assert seen_box(traced, traced.rows[-1], (line, column)) == box
    assert read_pixels(traced, traced.rows[-1]) == 81


def test_a_line_is_repeated_along_the_columns_alone():
    line = (MaxPooling2D((1, 9)), Conv2D(2, 1))
    traced = trace(Architecture("Lines", (9, 9, 1), (Branches(((), line), "multiply"),)))

    assert seen_box(traced, traced.rows[0], (4, 2)) == Box(4, 0, 5, 9)


def test_branches_of_vectors_see_what_each_of_them_sees():
    ways = ((Conv2D(2, 3), GlobalAveragePooling2D()), (Conv2D(2, 3, strides=4), Flatten()))
    network = Architecture("Ways", (9, 9, 1), (Branches(ways), Dense(2)))
    traced = trace(network)

    assert seen_box(traced, traced.rows[0], (0, 0)) == Box(0, 0, 9, 9)
    assert seen_box(traced, traced.rows[-1], (1, 0)) == Box(0, 0, 9, 9)


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("padding", [0, 1, 2, 4])
@pytest.mark.parametrize("kernel", [1, 2, 3])
def test_what_sees_a_whole_map_is_framed_by_the_pixels_that_a_window_reads(
    kernel: int, padding: int, stride: int
):
    for size in range(3, 10):
        windows = (size - kernel + 2 * padding) // stride + 1
        taps = {at * stride - padding + tap for at in range(windows) for tap in range(kernel)}
        read = sorted(taps & set(range(size)))
        layers = Conv2D(1, kernel, strides=stride, padding=padding), GlobalAveragePooling2D()
        last = trace(Architecture("one", (size, size, 1), layers)).rows[-1]
        first, end = (read[0], read[-1] + 1) if read else (0, 0)
        assert last.receptive_field.size == (end - first, end - first)
        assert last.reach == ((first, end - 1.0),) * 2


def test_what_stands_behind_attention_sees_all_whichever_cells_it_reads():
    layers = (Conv2D(3, 3, strides=2), SelfAttention2D(2, 2), Conv2D(2, 2, strides=3))
    traced = trace(Architecture("Looking", (10, 10, 1), layers))

    assert traced.rows[2].output_shape == (1, 1, 2)
    assert [row.sees_all_cells for row in traced.rows] == [False, True, True]
    for row, cell in ((traced.rows[1], (3, 0)), (traced.rows[2], (0, 0))):
        assert seen_box(traced, row, cell) == Box(0, 0, 9, 9)  # no window reaches the last pixels
        assert read_pixels(traced, row) == 81
