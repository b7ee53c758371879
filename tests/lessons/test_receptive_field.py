"""What a cell of a stack sees, against pixels that are moved one by one; and the patches."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.data import load
from cnn.insight.passes.forward import forward
from cnn.lessons.receptive_field import (
    IMAGES,
    INPUT,
    MOST_LAYERS,
    NAMES,
    PIECES,
    active,
    architecture,
    convolutions,
    excited,
    is_stack,
    measured,
)
from cnn.network.layers import AveragePooling2D, MaxPooling2D
from cnn.network.trace import trace
from cnn.shipped import shipped


@pytest.mark.parametrize(
    ("stack", "sizes", "jumps"),
    [
        ("c3-c3", [3, 5], [1, 1]),
        ("c5", [5], [1]),
        ("c3-c3-c3", [3, 5, 7], [1, 1, 1]),
        ("c3-c3-m2-c3", [3, 5, 6, 10], [1, 1, 2, 2]),
        ("c3-c3-m2-c3-c3-m2-c3", [3, 5, 6, 10, 14, 16, 24], [1, 1, 2, 2, 2, 4, 4]),
        ("c3-d3-d3", [3, 7, 11], [1, 1, 1]),
        ("s3-s3-c3", [3, 7, 15], [2, 4, 4]),
    ],
)
def test_fields_and_jumps_are_those_counted_by_hand(stack, sizes, jumps):
    rows = trace(architecture(stack)).rows
    assert [row.receptive_field.size[0] for row in rows] == sizes
    assert [row.receptive_field.jump[0] for row in rows] == jumps


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(list(PIECES)), min_size=1, max_size=5).map("-".join))
def test_the_pixels_at_the_ends_of_the_field_and_none_beyond_move_a_cell(stack):
    if not is_stack(stack):
        return
    # Averages in place of maxima, kernels of ones, no biases: a pixel that is seen is felt, and one
    # that is not leaves exactly 0, in whatever order numbers are added up.
    network = architecture(stack)
    layers = tuple(
        AveragePooling2D(2) if isinstance(x, MaxPooling2D) else x for x in network.layers
    )
    network = type(network)("felt", INPUT, layers)
    traced = trace(network)
    weights = {
        row.name: tuple(
            np.full(weight.shape, weight.name != "bias", np.float32) for weight in row.weights
        )
        for row in traced.rows
        if row.weights
    }
    height = traced.output_shape[0]
    place = height // 2
    pixels = np.eye(28, dtype=np.float32)[:, :, None, None] * np.ones((1, 1, 28, 1), np.float32)
    moved = forward(network, weights, pixels).output[:, place, place, 0] > 0
    first, last = traced.rows[-1].receptive_field.span(place, place)[0]
    felt = np.flatnonzero(moved)
    assert first <= felt.min()
    assert felt.max() <= last
    if first >= 0 and last <= 27:  # else a dilated kernel may step over the border
        assert (felt.min(), felt.max()) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "c3-", "-c3", "c4", "c3-c3-<b>", "m2-m2-m2-m2-m2", "-".join(["c3"] * 9), "C3"]
)
def test_other_texts_are_no_stacks(text):
    assert not is_stack(text)


def test_the_longest_stack_is_one_and_every_piece_has_a_name():
    assert is_stack("-".join(["c3"] * MOST_LAYERS))
    assert set(NAMES) == set(PIECES)


def test_the_trained_networks_fields_are_3_5_10_14_24_and_32():
    sizes = [row.receptive_field.size[0] for row in convolutions()]
    assert sizes == [3, 5, 10, 14, 24, 32]
    assert [row.output_shape[2] for row in convolutions()] == [16, 16, 32, 32, 64, 64]


def test_the_patches_are_the_strongest_answers_behind_the_relu():
    found = excited(0)
    one = shipped()
    images = load("mnist-sample").test.images[:IMAGES]
    answers = forward(one.architecture, one.weights, images)["activation_1"].max(axis=(1, 2))
    for filter_ in range(8):
        strongest = np.sort(answers[:, filter_])[::-1][:6]
        values = [patch.activation for patch in found.patches[filter_]]
        np.testing.assert_allclose(values, strongest, rtol=1e-5)


def test_how_many_show_the_same_digit_is_counted():
    found = excited(0)
    counts = []
    for filter_ in (0, 1):
        labels = [int(found.images.labels[patch.image]) for patch in found.patches[filter_]]
        counts.append(Counter(labels).most_common(1)[0][1])
    assert found.same((0, 1)) == sum(counts) / 2
    assert 1 <= found.same(range(8)) <= 6


@pytest.mark.parametrize("place", [0, 5])
def test_the_patches_that_are_kept_are_measured_again(place):
    # By their answers: of equal ones, another machine may find another first.
    for kept, again in zip(excited(place).patches, measured(place), strict=True):
        there = [patch.activation for patch in kept]
        assert there == pytest.approx([patch.activation for patch in again], rel=1e-4)


def test_each_kept_patch_is_where_the_network_gives_that_answer():
    found, one = excited(3), shipped()
    for filter_, line in enumerate(found.patches[:4]):
        patch = line[0]
        image = found.images.images[patch.image : patch.image + 1]
        answer = forward(one.architecture, one.weights, image)[active(3).name]
        assert patch.cell is not None
        assert answer[0, *patch.cell, filter_] == pytest.approx(patch.activation, rel=1e-4)
