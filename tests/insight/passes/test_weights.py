"""What pages rely on: a seed gives the same weights again, and edits further on change none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    LayerScale,
    Normalization,
    PReLU,
    SeparableConv2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.network.strategies import architectures

LENET = entry("lenet-5").architecture


def network(*layers: Layer) -> Architecture:
    return Architecture("test", (8, 8, 2), layers)


@given(architectures(), st.integers(0, 2**32))
def test_the_weights_have_the_shapes_of_the_trace(architecture, seed):
    weights = random_weights(architecture, seed)
    again = random_weights(architecture, seed)

    rows = [row for row in trace(architecture).rows if row.weights]
    assert list(weights) == [row.name for row in rows]
    for row in rows:
        assert [array.shape for array in weights[row.name]] == [w.shape for w in row.weights]
        for array, same in zip(weights[row.name], again[row.name], strict=True):
            assert array.dtype == np.float32
            assert array.flags.c_contiguous
            np.testing.assert_array_equal(array, same)


@given(architectures(), st.integers(0, 5))
def test_an_edit_further_on_leaves_the_weights_before_it_as_they_are(architecture, kept):
    whole = random_weights(architecture)
    first = random_weights(replace(architecture, layers=architecture.layers[:kept]))

    for name, arrays in first.items():
        for array, same in zip(arrays, whole[name], strict=True):
            np.testing.assert_array_equal(array, same)


def test_more_filters_keep_those_there_were_but_for_their_scale():
    few, many = (random_weights(network(Conv2D(n, 3)))["conv2d_1"][0] for n in (4, 7))

    np.testing.assert_allclose(many[..., :4] / few, np.sqrt((2 + 4) / (2 + 7)), rtol=1e-4)


def test_the_weights_are_these_for_good():
    # A saved link shows the same picture next year: change this only on purpose.
    kernel = random_weights(LENET, 0)["conv2d_1"][0]

    np.testing.assert_allclose(
        kernel[0, :3, 0, 0], [0.037815914, -0.07121177, -0.13466094], rtol=1e-6
    )


def test_seeds_and_layers_have_weights_of_their_own():
    architecture = network(Conv2D(2, 3, padding="same"), Conv2D(2, 3, padding="same"))
    one, other = random_weights(architecture, 1), random_weights(architecture, 2)
    kernels = [one["conv2d_1"][0], one["conv2d_2"][0], other["conv2d_1"][0]]

    for i, kernel in enumerate(kernels):
        for another in kernels[:i]:
            assert abs(np.corrcoef(kernel.ravel(), another.ravel())[0, 1]) < 0.5
    separable = random_weights(network(SeparableConv2D(2, 1)))["separable_conv2d_1"]
    assert not np.array_equal(separable[0].ravel(), separable[1].ravel())


@pytest.mark.parametrize(
    ("layer", "which", "limit"),
    [
        (Conv2D(64, 5), 0, np.sqrt(6 / (25 * 2 + 25 * 64))),
        (Conv2D(64, 5, groups=2), 0, np.sqrt(6 / (25 * 1 + 25 * 64))),
        (SeparableConv2D(64, 5, depth_multiplier=8), 0, np.sqrt(6 / (25 * 2 + 25 * 8))),
        (SeparableConv2D(64, 5, depth_multiplier=8), 1, np.sqrt(6 / (16 + 64))),
    ],
)
def test_kernels_are_glorot_uniform_as_in_keras(layer, which, limit):
    import keras

    kernel = random_weights(network(layer))[trace(network(layer)).rows[0].name][which]
    theirs = np.asarray(keras.initializers.GlorotUniform(seed=0)(kernel.shape))

    for drawn in (kernel, theirs):
        assert 0.97 * limit < np.abs(drawn).max() <= limit * (1 + 1e-6)
        assert np.std(drawn) == pytest.approx(limit / np.sqrt(3), rel=0.06)
        assert abs(np.mean(drawn)) < 0.1 * limit


def test_a_dense_kernel_is_glorot_uniform():
    kernel = random_weights(network(Flatten(), Dense(300)))["dense_1"][0]

    limit = np.sqrt(6 / (128 + 300))
    assert 0.99 * limit < np.abs(kernel).max() <= limit * (1 + 1e-6)
    assert np.std(kernel) == pytest.approx(limit / np.sqrt(3), rel=0.02)


def test_biases_are_0_and_normalisation_idles():
    weights = random_weights(network(Conv2D(3, 3), BatchNormalization()))

    assert weights["conv2d_1"][1].tolist() == [0, 0, 0]
    gamma, beta, mean, variance = (array.tolist() for array in weights["batch_normalization_1"])
    assert (gamma, beta, mean, variance) == ([1] * 3, [0] * 3, [0] * 3, [1] * 3)


def test_what_begins_as_a_number_of_its_own_is_that_number():
    weights = random_weights(network(Normalization(), LayerScale(0.25), PReLU()))

    channels = weights["layer_scale_1"][0].size
    assert weights["layer_scale_1"][0].ravel().tolist() == [0.25] * channels
    assert weights["pre_lu_1"][0].ravel().tolist() == [0] * channels
    mean, variance, count = (array.tolist() for array in weights["normalization_1"])
    assert (mean, variance, count) == ([0] * channels, [1] * channels, 0)
