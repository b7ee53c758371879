"""A naive search over all images and cells; and what a cell cannot see does not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.forward import forward
from cnn.insight.regions.exciting_patches import LayerError, exciting_patches
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Branches,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    Residual,
    ZeroPadding2D,
)
from cnn.network.seen import Box, seen_box
from cnn.network.trace import trace
from tests.network.export_cases import random_weights
from tests.network.strategies import architectures, convolutions_for

NETWORK = Architecture(
    "Some",
    (14, 13, 2),
    (
        Conv2D(3, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Residual((Conv2D(3, 3, padding="same"),), (), "tanh"),
        Flatten(),
        Dense(4),
    ),
)


def images_for(architecture: Architecture, count: int = 60) -> np.ndarray:
    shape = (count, *architecture.input)
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("name", ["conv2d_1", "max_pooling2d_1", "conv2d_2", "residual_1"])
def test_they_are_what_a_search_over_all_cells_finds(name):
    weights, images = random_weights(NETWORK), images_for(NETWORK)
    output = forward(NETWORK, weights, images)[name]

    found = exciting_patches(NETWORK, weights, images, name, count=5)

    assert len(found) == output.shape[3]
    for channel, patches in enumerate(found):
        best = []
        for image in range(60):
            cells = [
                (float(output[image, y, x, channel]), (y, x))
                for y in range(output.shape[1])
                for x in range(output.shape[2])
            ]
            value, cell = max(cells, key=lambda one: one[0])
            best.append((value, image, cell))
        best.sort(key=lambda one: -one[0])
        assert [patch.activation for patch in patches] == pytest.approx(
            [value for value, _, _ in best[:5]], abs=1e-5
        )
        for patch in patches:
            assert patch.cell
            assert output[(patch.image, *patch.cell, channel)] == pytest.approx(
                patch.activation, abs=1e-5
            )


@given(architectures(), st.data())
def test_a_cell_does_not_change_with_what_lies_outside_its_patch(architecture, data):
    weights, images = random_weights(architecture), images_for(architecture, 4)
    rows = trace(architecture).rows
    row = data.draw(st.sampled_from(rows))
    patch = exciting_patches(architecture, weights, images, row.name, count=1)[0][0]

    noise = np.random.default_rng(9).normal(size=architecture.input).astype(np.float32)
    box = patch.box
    noise[box.top : box.bottom, box.left : box.right] = patch.crop(images)
    again = forward(architecture, weights, noise[None])[row.name][0]

    value = again[0] if patch.cell is None else again[(*patch.cell, 0)]
    size = max(1.0, float(np.abs(again).max()))
    assert value == pytest.approx(patch.activation, abs=1e-4 * size)


def test_the_patch_of_a_corner_ends_at_the_border():
    network = Architecture("One", (6, 5, 1), (Conv2D(1, 3, padding="same"),))
    image = np.zeros((1, 6, 5, 1), np.float32)
    image[0, 0, 0] = 1
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[1, 1] = 1

    ((patch,),) = exciting_patches(
        network, {"conv2d_1": (kernel, np.zeros(1, np.float32))}, image, "conv2d_1"
    )

    assert (patch.image, patch.cell, patch.activation) == (0, (0, 0), 1)
    assert patch.seen == Box(-1, -1, 2, 2)
    assert patch.box == Box(0, 0, 2, 2)
    assert patch.crop(image)[..., 0].tolist() == [[1, 0], [0, 0]]


def test_a_unit_of_a_vector_sees_the_whole_image():
    images = images_for(NETWORK)
    weights = random_weights(NETWORK)
    output = forward(NETWORK, weights, images).output

    found = exciting_patches(NETWORK, weights, images, "dense_1", count=3)

    for unit, patches in enumerate(found):
        assert [patch.image for patch in patches] == np.argsort(-output[:, unit])[:3].tolist()
        assert patches[0].cell is None
        assert patches[0].crop(images).shape == (14, 13, 2)


def test_of_equal_answers_the_first_counts_and_there_may_be_fewer_images_than_asked_for():
    images = np.zeros((2, 14, 13, 2), np.float32)

    found = exciting_patches(NETWORK, random_weights(NETWORK), images, "max_pooling2d_1")
    none = exciting_patches(NETWORK, random_weights(NETWORK), images[:0], "conv2d_1")

    assert [patch.image for patch in found[0]] == [0, 1]
    assert none == ((), (), ())


def test_branches_that_look_at_different_places_are_seen_together():
    moved = (ZeroPadding2D(((2, 0), (2, 0))), Conv2D(1, 3))
    network = Architecture("Both", (5, 5, 1), (Branches(((Conv2D(1, 3, padding="same"),), moved)),))

    row = trace(network).rows[0]

    # around the cell's own place, and the same size one to the left and above
    assert seen_box(trace(network), row, (2, 2)) == Box(0, 0, 4, 4)
    assert row.receptive_field.size == (4, 4)


@given(
    st.lists(st.tuples(st.sampled_from([1, 3, 5, 7]), st.booleans()), min_size=2, max_size=4),
    st.integers(1, 3),
    st.data(),
)
def test_with_branches_of_one_stride_it_is_the_receptive_field_of_the_trace(
    kernels: list[tuple[int, bool]], strides: int, data: st.DataObject
):
    branches = tuple(
        (Conv2D(1, kernel, strides=strides, padding="same" if is_same else kernel // 2),)
        for kernel, is_same in kernels  # with strides the two pad differently
    )
    traced = trace(Architecture("One", (20, 20, 1), (Branches(branches), Conv2D(1, 3))))
    for row in traced.rows:
        line, column = (data.draw(st.integers(0, size - 1)) for size in row.output_shape[:2])

        (top, bottom), (left, right) = row.receptive_field.span(line, column)

        found = seen_box(traced, row, (line, column))
        assert found == Box(int(top), int(left), int(bottom) + 1, int(right) + 1)


@given(st.lists(convolutions_for((20, 20, 2)), min_size=1, max_size=1), st.data())
def test_without_branches_it_is_the_receptive_field_of_the_trace(layers, data):
    traced = trace(Architecture("One", (20, 20, 2), (MaxPooling2D(1), *layers)))
    row = traced.rows[-1]
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in row.output_shape[:2])

    found = seen_box(traced, row, cell)

    (top, bottom), (left, right) = row.receptive_field.span(*cell)
    assert found == Box(int(top), int(left), int(bottom) + 1, int(right) + 1)


def test_a_layer_that_is_not_there_is_refused():
    with pytest.raises(LayerError, match="no layer 'conv2d_9'"):
        exciting_patches(NETWORK, {}, images_for(NETWORK), "conv2d_9")
