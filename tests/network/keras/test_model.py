"""Keras is the oracle for sizes and parameters; loops over windows are the oracle for Keras."""

import gc
from collections.abc import Callable
from dataclasses import replace
from itertools import count, product
from math import erf
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.fields import ACTIVATIONS
from cnn.network.keras.model import (
    Weights,
    WeightsError,
    build,
    differences,
    output_name,
    set_weights,
    weights_of,
)
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    LayerScale,
    MaxPooling2D,
    Normalization,
    Pooling,
    PReLU,
    Rescaling,
    Residual,
    SeparableConv2D,
    SlidingConvolution,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from tests.network.strategies import architectures, convolutions_for, poolings_for
from tests.some import some

Array = npt.NDArray[np.float64]

MANY = settings(max_examples=6 * settings().max_examples)
SHAPE = (7, 9, 4)
"""Odd sides of different length, so that a swap of height and width shows."""


models = count(1)


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> None:
    """As everywhere, and over all that TensorFlow is, which is loaded for it."""
    import keras

    keras.backend.clear_session()
    gc.freeze()


def built(architecture: Architecture) -> Any:
    """The Keras model. Keras keeps something of every model until it is told to forget, slowly."""
    import keras

    if next(models) % 50 == 0:
        keras.backend.clear_session()
    return build(architecture)


def counted(architecture: Architecture) -> Any:
    """The Keras model without numbers in its weights, which to make takes half of the time."""
    import keras

    with keras.StatelessScope(initialize_variables=False):
        return built(architecture)


def network(*layers: Layer, shape: tuple[int, int, int] = SHAPE) -> Architecture:
    return Architecture("test", shape, layers)


def random_weights(architecture: Architecture, seed: int = 0) -> Weights:
    """Weights of which none is zero, so that a bias or a statistic left out would show."""
    rng = np.random.default_rng(seed)
    return {
        row.name: tuple(
            (
                rng.uniform(0.5, 1.5, weight.shape)
                if weight.name in ("gamma", "variance", "moving_variance")
                else rng.normal(0, 0.5, weight.shape)
            ).astype(np.float32)
            for weight in row.weights
        )
        for row in trace(architecture).rows
        if row.weights
    }


def image(shape: tuple[int, ...], seed: int = 1) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(1, *shape)).astype(np.float32)


def outputs(architecture: Architecture, weights: Weights, x: npt.NDArray[np.float32]) -> Array:
    """What Keras makes of one image with these weights."""
    model = built(architecture)
    set_weights(model, architecture, weights)
    y: Array = np.asarray(model(x))[0].astype(float)
    return y


# Sizes and parameters


@MANY
@given(architectures())
def test_keras_agrees_on_every_shape_and_parameter(architecture):
    assert differences(architecture, counted(architecture)) == ()


OFTEN = (
    *("lenet-5", "resnet-lite", "inception-lite", "densenet-lite", "mobilenet-v2-lite"),
    *("vit-lite", "convnext-lite", "unet-lite"),
)


@pytest.mark.parametrize("id", some(zoo(), *OFTEN))
def test_keras_agrees_on_the_zoo(id):
    architecture = zoo()[id].architecture

    assert differences(architecture, built(architecture)) == ()


@given(architectures())
@settings(max_examples=settings().max_examples // 2)
def test_running_the_model_gives_the_traced_shape(architecture):
    x = np.zeros((2, *architecture.input), np.float32)

    assert built(architecture)(x).shape == (2, *trace(architecture).output_shape)


def test_a_network_without_layers_gives_its_input_back():
    x = image(SHAPE)

    np.testing.assert_array_equal(outputs(network(), {}, x), x[0])


def test_a_network_that_cannot_be_is_refused_before_keras_is_asked():
    with pytest.raises(ArchitectureError, match="Dense #1: needs a vector"):
        built(network(Dense(3)))


# Names


def test_layers_are_called_as_the_rows_of_the_trace():
    architecture = network(
        Conv2D(4, 3, padding="same"),
        Residual((Conv2D(4, 3, padding=1), BatchNormalization()), activation="relu"),
        Branches(((), (MaxPooling2D(3, 1, padding=1),))),
        Branches(((), ()), "add"),
        MaxPooling2D(5, 2, padding=1),
        Flatten(),
    )
    model = built(architecture)

    assert {layer.name for layer in model.layers} == {
        *("input", "conv2d_1", "conv2d_2", "conv2d_2_padding", "batch_normalization_1"),
        *("residual_1", "residual_1_activation", "branches_1", "branches_2", "flatten_1"),
        *("max_pooling2d_1", "max_pooling2d_2_windows", "max_pooling2d_2_cropping"),
        "max_pooling2d_2",
    }


def test_the_output_of_a_row_is_found_by_its_name():
    architecture = network(
        Residual((Conv2D(4, 3, padding=1),), activation="tanh"), MaxPooling2D(3, 2, padding=1)
    )
    rows = trace(architecture).rows

    assert [output_name(row) for row in rows] == [
        *("residual_1_activation", "conv2d_1", "max_pooling2d_1")
    ]


@pytest.mark.parametrize("name", ["a/b", "Ünï ☃", "x" * 120, "two words", "-", "_x", "9", ".", "*"])
def test_a_network_of_any_name_runs_as_a_graph(name):
    import tensorflow as tf

    model = built(Architecture(name, (4, 4, 1), (Conv2D(1, 1), Dropout(0.5))))

    assert tf.function(model)(np.ones((1, 4, 4, 1), np.float32)).shape == (1, 4, 4, 1)


# What Keras computes, window by window


def pads(size: int, kernel: int, stride: int, dilation: int, padding: int | str) -> tuple[int, int]:
    if padding == "same":
        total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
        return total // 2, total - total // 2
    return (padding, padding) if isinstance(padding, int) else (0, 0)


def windows(
    x: Array,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: int | str,
    fill: float,
) -> Array:
    """All windows of a map, padded with `fill`: (rows, columns, height, width, channels)."""
    sides = [pads(x.shape[i], kernel[i], strides[i], dilation[i], padding) for i in (0, 1)]
    x = np.pad(x, [*sides, (0, 0)], constant_values=fill)
    spans = [dilation[i] * (kernel[i] - 1) + 1 for i in (0, 1)]
    starts = [range(0, x.shape[i] - spans[i] + 1, strides[i]) for i in (0, 1)]
    return np.array(
        [
            [x[i : i + spans[0] : dilation[0], j : j + spans[1] : dilation[1]] for j in starts[1]]
            for i in starts[0]
        ]
    )


def naive_convolution(layer: SlidingConvolution, weights: tuple[Array, ...], x: Array) -> Array:
    seen = windows(x, layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding, 0.0)
    rows, columns, channels = *seen.shape[:2], x.shape[2]
    kernel = weights[0]
    if isinstance(layer, Conv2D):
        size, filters = channels // layer.groups, layer.filters // layer.groups
        y = np.zeros((rows, columns, layer.filters))
        for f in range(layer.filters):
            first = f // filters * size
            patch = seen[..., first : first + size]
            y[..., f] = (patch * kernel[..., f]).sum(axis=(2, 3, 4))
    else:
        assert isinstance(layer, DepthwiseConv2D | SeparableConv2D)
        y = np.zeros((rows, columns, channels * layer.depth_multiplier))
        for c, m in product(range(channels), range(layer.depth_multiplier)):
            patch = seen[..., c]
            y[..., c * layer.depth_multiplier + m] = (patch * kernel[..., c, m]).sum(axis=(2, 3))
    if isinstance(layer, SeparableConv2D):
        y = y @ weights[1][0, 0]
    return y + weights[-1] if layer.use_bias else y


CONVOLUTIONS = [
    Conv2D(3, 3),
    Conv2D(3, 3, padding="same"),
    Conv2D(3, (2, 4), padding="same"),
    Conv2D(3, 3, strides=2, padding="same"),
    Conv2D(3, 4, strides=2, padding="same"),
    Conv2D(3, 3, strides=(1, 3), padding=1),
    Conv2D(3, (5, 1), strides=(3, 2), padding=2),
    Conv2D(3, 3, dilation_rate=2, padding="same"),
    Conv2D(3, 2, dilation_rate=(3, 1), padding="same"),
    Conv2D(3, 3, dilation_rate=(1, 2), padding=2, use_bias=False),
    Conv2D(6, 3, groups=2, padding="same"),
    Conv2D(4, 3, groups=4, strides=(2, 1), padding=1),
    DepthwiseConv2D(3),
    DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2),
    DepthwiseConv2D(3, strides=(2, 1), padding="same"),
    DepthwiseConv2D((3, 2), strides=(1, 3), padding=1),
    DepthwiseConv2D(3, strides=(3, 2), padding=2, depth_multiplier=3),
    DepthwiseConv2D(3, dilation_rate=(2, 1), padding="same"),
    DepthwiseConv2D(2, dilation_rate=3, padding=1, use_bias=False),
    SeparableConv2D(3, 3),
    SeparableConv2D(3, 3, strides=(1, 2), padding="same", depth_multiplier=2),
    SeparableConv2D(3, (2, 3), strides=(3, 1), padding=1),
    SeparableConv2D(3, 3, dilation_rate=(1, 2), padding="same", use_bias=False),
]


def check_convolution(layer: SlidingConvolution) -> None:
    architecture = network(layer)
    weights = random_weights(architecture)
    x = image(SHAPE)
    (arrays,) = weights.values()

    expected = naive_convolution(layer, tuple(a.astype(float) for a in arrays), x[0].astype(float))

    np.testing.assert_allclose(outputs(architecture, weights, x), expected, atol=1e-4)


@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=repr)
def test_a_convolution_is_the_sum_over_its_windows(layer):
    check_convolution(layer)


def naive_transposed(layer: Conv2DTranspose, weights: tuple[Array, ...], x: Array) -> Array:
    """Every cell put into a larger map, window by window; then what `same` does not keep goes."""
    (height, width, _), (rows, columns) = x.shape, layer.strides
    tall, wide = layer.kernel_size
    y = np.zeros(((height - 1) * rows + tall, (width - 1) * columns + wide, layer.filters))
    for i, j in product(range(height), range(width)):
        y[i * rows : i * rows + tall, j * columns : j * columns + wide] += weights[0] @ x[i, j]
    if layer.padding == "same":
        top, left = (tall - rows) // 2, (wide - columns) // 2
        y = y[top : top + height * rows, left : left + width * columns]
    return y + weights[-1] if layer.use_bias else y


@pytest.mark.parametrize(
    "layer",
    [
        Conv2DTranspose(3, 3),
        Conv2DTranspose(3, 2, strides=2),
        Conv2DTranspose(3, 3, strides=2),
        Conv2DTranspose(3, 3, strides=2, padding="same"),
        Conv2DTranspose(3, 4, strides=2, padding="same"),
        Conv2DTranspose(3, (4, 3), padding="same", use_bias=False),
        Conv2DTranspose(2, (5, 2), strides=(3, 1), padding="same"),
        Conv2DTranspose(2, (13, 11), strides=(2, 3), padding="same"),
    ],
    ids=repr,
)
def test_a_transposed_convolution_is_the_sum_of_all_windows(layer):
    architecture = network(layer)
    weights = random_weights(architecture)
    x = image(SHAPE)
    (arrays,) = weights.values()

    expected = naive_transposed(layer, tuple(a.astype(float) for a in arrays), x[0].astype(float))

    np.testing.assert_allclose(outputs(architecture, weights, x), expected, atol=1e-4)


@given(convolutions_for(SHAPE))
def test_any_convolution_is_the_sum_over_its_windows(layer):
    check_convolution(replace(layer, activation=None))


def naive_pooling(layer: Pooling, x: Array) -> Array:
    """Minus infinity pads a maximum; a mean counts the zeros of a whole number, not of `same`."""

    def seen(x: Array, fill: float) -> Array:
        return windows(x, layer.pool_size, layer.strides, (1, 1), layer.padding, fill)

    if isinstance(layer, MaxPooling2D):
        return np.asarray(seen(x, -np.inf).max(axis=(2, 3)))
    sums = seen(x, 0.0).sum(axis=(2, 3))
    counted = seen(np.ones_like(x), 0.0 if layer.padding == "same" else 1.0).sum(axis=(2, 3))
    return np.asarray(sums / counted)


MAX_POOLINGS: list[Layer] = [
    MaxPooling2D(3, 1, 1),
    MaxPooling2D(3, 2, 1),
    MaxPooling2D(3, 3, 1),
    MaxPooling2D(3, (1, 2), 1),
    MaxPooling2D(3, (3, 1), 1),
    MaxPooling2D((3, 5), 1, 1),
    MaxPooling2D((5, 3), 2, 1),
    MaxPooling2D(5, 1, 1),
    MaxPooling2D(5, 1, 2),
    MaxPooling2D(5, 2, 1),
    MaxPooling2D(5, 3, 2),
    MaxPooling2D(5, (2, 1), 2),
    MaxPooling2D(7, 1, 3),
    MaxPooling2D(7, 2, 1),
    MaxPooling2D((7, 9), 2, 2),
    MaxPooling2D((7, 3), 4, 0),
    MaxPooling2D((9, 11), 1, 1),
    MaxPooling2D(2),
    MaxPooling2D(3, 2, "same"),
]
AVERAGE_POOLINGS: list[Layer] = [
    AveragePooling2D(2),
    AveragePooling2D(3, 2, "same"),
    AveragePooling2D(3, 1, "same"),
    AveragePooling2D(3, 1, 1),
    AveragePooling2D(2, 2, 1),
    AveragePooling2D((2, 3), (2, 1), 2),
    AveragePooling2D(3, 2, 0),
]


@pytest.mark.parametrize("layer", MAX_POOLINGS + AVERAGE_POOLINGS, ids=repr)
def test_pooling_sees_its_windows_and_no_others(layer):
    x = -1.0 - abs(image(SHAPE))  # below zero all over: a zero from the padding would win

    expected = naive_pooling(layer, x[0].astype(float))

    np.testing.assert_allclose(outputs(network(layer), {}, x), expected, atol=1e-5)


@given(poolings_for(SHAPE))
def test_any_pooling_sees_its_windows_and_no_others(layer):
    x = image(SHAPE) - 1

    expected = naive_pooling(layer, x[0].astype(float))

    np.testing.assert_allclose(outputs(network(layer), {}, x), expected, atol=1e-5)


# What Keras computes, value by value


FORMULAS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x < 0, 0.2 * x, x),
    "elu": lambda x: np.where(x < 0, np.expm1(x), x),
    "selu": lambda x: 1.0507009873554805 * np.where(x < 0, 1.6732632423543772 * np.expm1(x), x),
    "gelu": lambda x: x * (1 + np.vectorize(erf)(x / 2**0.5)) / 2,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "hard_silu": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "tanh": np.tanh,
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_follows_its_formula_wherever_it_stands(name):
    x = 4 * image(SHAPE)
    expected = FORMULAS[name](x[0].astype(float))
    alone = network(Activation(name))
    inside = network(DepthwiseConv2D(1, activation=name, use_bias=False))
    ones: Weights = {"depthwise_conv2d_1": (np.ones((1, 1, 4, 1), np.float32),)}
    behind_a_sum = network(Residual((), (Rescaling(0.0),), activation=name))

    np.testing.assert_allclose(outputs(alone, {}, x), expected, atol=1e-5)
    np.testing.assert_allclose(outputs(inside, ones, x), expected, atol=1e-5)
    np.testing.assert_allclose(outputs(behind_a_sum, {}, x), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("slope", "ceiling", "threshold"),
    [(0.1, None, 0), (0, 6, 0), (0, 2, 0), (0.3, 1, 0), (0, None, 1), (0.2, 4, 0.5), (2, None, 1)],
)
def test_a_relu_bends_where_it_is_told(slope, ceiling, threshold):
    x = 4 * image(SHAPE)
    above = np.minimum(x[0], np.inf if ceiling is None else ceiling)
    expected = np.where(x[0] > threshold, above, slope * (x[0] - threshold))
    layer = Activation("relu", slope, ceiling, threshold)

    np.testing.assert_allclose(outputs(network(layer), {}, x), expected, atol=1e-5)


def test_batch_norm_uses_its_moving_statistics():
    layer = BatchNormalization(epsilon=0.01)
    x = image(SHAPE)
    weights = random_weights(network(layer))
    gamma, beta, mean, variance = weights["batch_normalization_1"]

    expected = gamma * (x[0] - mean) / np.sqrt(variance + 0.01) + beta

    np.testing.assert_allclose(outputs(network(layer), weights, x), expected, atol=1e-5)


def test_layer_norm_brings_each_pixel_to_mean_0_and_variance_1():
    layer = LayerNormalization(epsilon=1e-6, scale=False, center=False)
    y = outputs(network(layer), {}, image(SHAPE))

    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=-1), 1, atol=1e-3)


def between(x: Array, size: tuple[int, int]) -> Array:
    """Linear between the middles of the cells, first down and then across."""
    for axis, factor in enumerate(size):
        middles = np.arange(x.shape[axis])
        places = (np.arange(len(middles) * factor) + 0.5) / factor - 0.5
        lines = np.moveaxis(x, axis, -1).reshape(-1, len(middles))
        found = np.array([np.interp(places, middles, line) for line in lines])
        x = np.moveaxis(found.reshape(*np.moveaxis(x, axis, -1).shape[:-1], -1), -1, axis)
    return x


def test_group_norm_brings_the_channels_of_each_group_to_mean_0_and_variance_1():
    layer = GroupNormalization(2, 1e-6, scale=False, center=False)
    y = outputs(network(layer), {}, 2 + 3 * image(SHAPE))

    for group in (y[..., :2], y[..., 2:]):
        np.testing.assert_allclose(group.mean(), 0, atol=1e-5)
        np.testing.assert_allclose(group.var(), 1, atol=1e-3)


def test_a_normalization_computes_with_the_numbers_that_it_is_given():
    network_ = network(Normalization())
    mean, variance = np.array([[1, 2, 3, 4], [4, 0.25, 1, 9]], np.float32)
    weights: Weights = {"normalization_1": (mean, variance, np.zeros((), np.float32))}
    x = image(SHAPE)

    expected = (x[0] - mean) / np.sqrt(variance)

    np.testing.assert_allclose(outputs(network_, weights, x), expected, atol=1e-5)


@pytest.mark.parametrize("shared", [True, False])
def test_prelu_has_its_slope_below_0_alone(shared):
    layer = PReLU(shared)
    x = image(SHAPE)
    weights = random_weights(network(layer))
    ((slope,),) = weights.values()

    expected = np.where(x[0] > 0, x[0], slope * x[0])

    np.testing.assert_allclose(outputs(network(layer), weights, x), expected, atol=1e-5)


def test_stochastic_depth_leaves_out_whole_maps_in_training_and_makes_up_for_it():
    model = built(network(StochasticDepth(0.25)))
    x = np.ones((400, *SHAPE), np.float32)

    y = np.asarray(model(x, training=True))

    kept = y[:, 0, 0, 0] > 0
    assert 0.65 < kept.mean() < 0.85  # 4.6 deviations of 400 coins from 0.75
    np.testing.assert_allclose(y[kept], 1 / 0.75, rtol=1e-5)
    assert not y[~kept].any()


DOES: dict[str, tuple[Layer, Callable[[Array], Array]]] = {
    "rescaling": (Rescaling(2.0, -1.0), lambda x: 2 * x - 1),
    "normalization": (Normalization(0.5, 0.25), lambda x: (x - 0.5) / 0.5),
    "normalization of each channel": (
        Normalization((0.0, 1.0, 2.0, 3.0), (4.0, 1.0, 0.25, 0.0)),
        lambda x: (x - np.arange(4)) / np.array([2, 1, 0.5, 1e-7]),
    ),
    "normalization that was never adapted": (Normalization(), lambda x: x),
    "layer scale": (LayerScale(0.25), lambda x: x / 4),
    "prelu": (PReLU(), lambda x: np.maximum(x, 0)),
    "dropout": (Dropout(0.5), lambda x: x),
    "spatial dropout": (SpatialDropout2D(0.5), lambda x: x),
    "stochastic depth": (StochasticDepth(0.5), lambda x: x),
    "zero padding": (
        ZeroPadding2D(((1, 2), (3, 0))),
        lambda x: np.pad(x, ((1, 2), (3, 0), (0, 0))),
    ),
    "cropping": (Cropping2D(((1, 2), (3, 0))), lambda x: x[1:-2, 3:]),
    "up-sampling": (UpSampling2D((2, 3)), lambda x: x.repeat(2, axis=0).repeat(3, axis=1)),
    "up-sampling between cells": (
        UpSampling2D((2, 5), "bilinear"),
        lambda x: between(x, (2, 5)),
    ),
    "flatten": (Flatten(), np.ravel),
    "global average": (GlobalAveragePooling2D(), lambda x: x.mean(axis=(0, 1))),
    "global max": (GlobalMaxPooling2D(True), lambda x: x.max(axis=(0, 1), keepdims=True)),
    "empty residual": (Residual(()), lambda x: x + x),
    "residual": (
        Residual((Rescaling(3.0),), (Rescaling(-1.0),), "relu"),
        lambda x: np.maximum(2 * x, 0),
    ),
    "scaled residual": (
        Residual((Rescaling(3.0),), (), "relu", -0.5),
        lambda x: np.maximum(-x / 2, 0),
    ),
    "concatenation": (
        Branches(((), (Rescaling(2.0),))),
        lambda x: np.concatenate([x, 2 * x], axis=-1),
    ),
    "sum": (Branches(((), (), (Rescaling(2.0),)), "add"), lambda x: 4 * x),
    "vectors": (Branches(((Flatten(),), (Flatten(),))), lambda x: np.tile(x.ravel(), 2)),
}


@pytest.mark.parametrize("case", DOES)
def test_a_layer_does_what_it_says(case):
    layer, formula = DOES[case]
    x = image(SHAPE)

    y = np.asarray(built(network(layer))(x))[0]  # with the weights that it begins with
    np.testing.assert_allclose(y, formula(x[0]), rtol=1e-5, atol=1e-5)


# Weights


def test_weights_come_back_as_they_were_put_in():
    architecture = network(
        SeparableConv2D(3, 3),
        BatchNormalization(),
        Residual((Conv2D(3, 3, padding="same", use_bias=False),)),
        Flatten(),
        Dense(2),
    )
    weights = random_weights(architecture)
    model = built(architecture)
    set_weights(model, architecture, weights)

    found = weights_of(model, architecture)

    assert list(found) == ["separable_conv2d_1", "batch_normalization_1", "conv2d_1", "dense_1"]
    for name, arrays in weights.items():
        for got, put in zip(found[name], arrays, strict=True):
            np.testing.assert_array_equal(got, put)


@given(architectures())
@settings(max_examples=settings().max_examples // 2)
def test_weights_have_the_names_and_shapes_of_the_rows(architecture):
    found = weights_of(built(architecture), architecture)

    assert {name: [array.shape for array in arrays] for name, arrays in found.items()} == {
        row.name: [weight.shape for weight in row.weights]
        for row in trace(architecture).rows
        if row.weights
    }


small = network(Conv2D(2, 3), Flatten(), Dense(3))
kernel, bias = np.zeros((3, 3, 4, 2), np.float32), np.zeros(2, np.float32)
dense = np.zeros((70, 3), np.float32), np.zeros(3, np.float32)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            {"conv2d_1": (kernel, bias)},
            "dense_1 needs weights of the shapes 70x3, 3, got none. Use weights of the same",
        ),
        (
            {"conv2d_1": (kernel.T, bias), "dense_1": dense},
            "conv2d_1 needs weights of the shapes 3x3x4x2, 2, got 2x4x3x3, 2. Use",
        ),
        (
            {"conv2d_1": (kernel,), "dense_1": dense},
            "conv2d_1 needs weights of the shapes 3x3x4x2, 2, got 3x3x4x2. Use",
        ),
        (
            {"conv2d_1": (kernel, bias), "dense_1": dense, "dense_2": dense},
            "the network test has no weights dense_2. Leave them out.",
        ),
        (
            {"conv2d_1": (kernel, bias), "dense_1": dense, "flatten_1": dense},
            "the network test has no weights flatten_1. Leave them out.",
        ),
    ],
)
def test_weights_of_another_network_are_refused_as_a_whole(weights, message):
    model = built(small)
    before = weights_of(model, small)

    with pytest.raises(WeightsError, match=message.replace(".", r"\.")):
        set_weights(model, small, weights)

    for name, arrays in weights_of(model, small).items():
        for now, then in zip(arrays, before[name], strict=True):
            np.testing.assert_array_equal(now, then)


def test_a_model_of_another_network_is_refused():
    other = built(network(Conv2D(3, 3), Flatten(), Dense(3)))

    with pytest.raises(WeightsError, match="conv2d_1 needs weights of the shapes 3x3x4x2, 2, got"):
        weights_of(other, small)
    with pytest.raises(WeightsError, match="conv2d_1 needs weights of the shapes 3x3x4x2, 2, got"):
        set_weights(other, small, weights_of(built(small), small))
    with pytest.raises(
        WeightsError, match=r"model test has no layer conv2d_1\. Use the model that"
    ):
        weights_of(built(network(Flatten(), Dense(3))), small)


# Differences


def test_differences_say_what_keras_counts_otherwise():
    import keras

    x = keras.Input(SHAPE)
    y = keras.layers.Conv2D(5, 3, use_bias=False, name="conv2d_1")(x)
    y = keras.layers.Flatten(name="flatten_1")(y)
    model = keras.Model(x, keras.layers.Dense(3, name="head")(y))

    assert differences(small, model) == (
        "Conv2D #1: output 5x7x2 in the trace, 5x7x5 in Keras.",
        "Conv2D #1: parameters 74 in the trace, 180 in Keras.",
        "Conv2D #1: trainable parameters 74 in the trace, 180 in Keras.",
        "Conv2D #1: weights 3x3x4x2, 2 in the trace, 3x3x4x5 in Keras.",
        "Flatten #1: output 70 in the trace, 175 in Keras.",
        "Dense #1: the Keras model has no layer dense_1.",
        "The network: parameters 287 in the trace, 708 in Keras.",
    )


def test_differences_see_frozen_layers_and_other_inputs():
    model = built(network(Conv2D(2, 3), Flatten(), Dense(3), shape=(9, 7, 4)))
    model.get_layer("dense_1").trainable = False

    assert differences(small, model) == (
        "Conv2D #1: output 5x7x2 in the trace, 7x5x2 in Keras.",
        "Dense #1: trainable parameters 213 in the trace, 0 in Keras.",
        "The network: input 7x9x4 in the trace, 9x7x4 in Keras.",
    )
