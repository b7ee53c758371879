"""Keras is the oracle: every layer of every kind, in every option, and in random networks."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.insight.passes.activations import activation_function
from cnn.insight.passes.forward import ImagesError, forward, predict
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import Weights, WeightsError, build, output_name, set_weights
from cnn.network.layers import (
    KINDS,
    Activation,
    AveragePooling2D,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    Residual,
    SeparableConv2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.network.export_cases import CASES, INPUT, SMALL_ZOO, random_images
from tests.network.export_cases import random_weights as lively_weights
from tests.network.strategies import architectures

Array = npt.NDArray[np.float32]

LENET = entry("lenet-5").architecture
ONE_MORE: dict[str, Layer] = {
    "many channels, long runs": Conv2D(5, (2, 3), padding="same"),
    "1x1 with groups": Conv2D(4, 1, groups=2),
    "1x1 with strides": Conv2D(3, 1, strides=(2, 3)),
    "a group for each channel, whole-number padding": Conv2D(8, 3, groups=4, padding=2),
    "groups with dilation": Conv2D(6, 2, groups=2, dilation_rate=(3, 2), padding="same"),
    "depthwise, strides differ, whole-number padding": DepthwiseConv2D(
        (2, 3), strides=(3, 1), padding=2, depth_multiplier=2
    ),
    "separable, strides differ": SeparableConv2D(3, 3, strides=(1, 2), depth_multiplier=2),
    "separable, 1x1": SeparableConv2D(3, 1),
    "max pooling of single pixels": MaxPooling2D(1, strides=(2, 3)),
    "average pooling of single pixels": AveragePooling2D(1, strides=2),
    "average pooling with gaps": AveragePooling2D((1, 2), strides=(3, 4)),
}


def network(*layers: Layer, shape: tuple[int, int, int] = INPUT) -> Architecture:
    return Architecture("test", shape, layers)


def keras_outputs(architecture: Architecture, weights: Weights, images: Array) -> dict[str, Array]:
    """What Keras makes of the images in every row of the trace."""
    import keras

    model = build(architecture)
    set_weights(model, architecture, weights)
    rows = trace(architecture).rows
    outputs = {row.name: model.get_layer(output_name(row)).output for row in rows}
    found = keras.Model(model.input, outputs)(architecture.fed.of(images), training=False)
    return {name: np.asarray(values) for name, values in found.items()}


def assert_agrees_with_keras(
    architecture: Architecture, images: Array, tolerance: float, seed: int = 0
) -> None:
    weights = lively_weights(architecture, seed)
    wanted = keras_outputs(architecture, weights, images) if architecture.layers else {}

    found = forward(architecture, weights, images)

    assert list(found.outputs) == [row.name for row in trace(architecture).rows]
    for name, values in found.outputs.items():
        assert values.dtype == np.float32
        assert values.shape == wanted[name].shape
        size = max(1.0, float(np.abs(wanted[name]).max()))
        np.testing.assert_allclose(values, wanted[name], rtol=0, atol=tolerance * size)


def test_every_kind_has_its_cases():
    covered = {layer.kind for case in CASES.values() for _, layer in walk(case.layers)}

    assert covered == set(KINDS)


@pytest.mark.parametrize("case", CASES)
def test_every_kind_and_option_agrees_with_keras(case):
    assert_agrees_with_keras(CASES[case], random_images(CASES[case]), 1e-5)


@pytest.mark.parametrize("case", ONE_MORE)
def test_every_way_through_the_array_operations_agrees_with_keras(case):
    architecture = network(ONE_MORE[case])

    assert_agrees_with_keras(architecture, random_images(architecture), 1e-5)


@pytest.mark.parametrize("name", SMALL_ZOO)
def test_the_networks_of_the_zoo_agree_with_keras(name):
    architecture = entry(name).architecture
    images = np.random.default_rng(0).random((2, *architecture.input), np.float32)

    assert_agrees_with_keras(architecture, images, 1e-4)


def is_more_than_rounding(architecture: Architecture) -> bool:
    """Not so behind layer norm of one channel: a difference of 0, a thousand times as large."""
    return not any(
        row.kind == "LayerNormalization" and row.output_shape[-1] == 1
        for row in trace(architecture).rows
    )


@settings(max_examples=settings().max_examples // 2)
@given(architectures().filter(is_more_than_rounding), st.integers(0, 10_000))
def test_random_networks_agree_with_keras(architecture, seed):
    assert_agrees_with_keras(architecture, random_images(architecture, seed), 1e-4, seed)


@given(architectures(), st.integers(1, 4))
def test_a_batch_gives_what_its_images_give_one_by_one(architecture, batch_size):
    weights, images = lively_weights(architecture), random_images(architecture)

    together = forward(architecture, weights, images).output
    alone = [forward(architecture, weights, image[None]).output[0] for image in images]
    parts = predict(architecture, weights, images, batch_size=batch_size)

    assert parts.dtype == np.float32
    for found in (np.stack(alone), parts, predict(architecture, weights, images)):
        np.testing.assert_allclose(found, together, rtol=1e-4, atol=1e-4)


def test_what_a_layer_gets_is_what_the_one_before_it_gave():
    architecture = network(
        Conv2D(4, 3, padding="same"),
        Residual((Activation("tanh"), DepthwiseConv2D(1))),
        Branches(((), (Dropout(), MaxPooling2D(1)))),
    )
    images = random_images(architecture)

    found = forward(architecture, lively_weights(architecture), images)

    came_from = {
        "residual_1": "conv2d_1",
        "activation_1": "conv2d_1",
        "depthwise_conv2d_1": "activation_1",
        "branches_1": "residual_1",
        "dropout_1": "residual_1",
        "max_pooling2d_1": "dropout_1",
    }
    assert list(found.inputs) == ["conv2d_1", *came_from]
    assert found.inputs["conv2d_1"] is images
    for name, before in came_from.items():
        assert found.inputs[name] is found[before]
    assert found.output is found["branches_1"]


@given(architectures())
def test_the_linear_values_become_the_output_by_the_activation(architecture):
    weights, images = lively_weights(architecture), random_images(architecture)

    found = forward(architecture, weights, images, keep_linear=True)
    without = forward(architecture, weights, images)

    assert list(found.linear) == list(found.outputs)
    assert without.linear == {}
    for row in trace(architecture).rows:
        activation = activation_function(row.layer)
        linear = found.linear[row.name]
        wanted = activation(linear, None) if activation else linear
        np.testing.assert_array_equal(found[row.name], wanted)
        np.testing.assert_array_equal(found[row.name], without[row.name])


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(3, 3, activation="relu"),
        DepthwiseConv2D(2, activation="gelu"),
        SeparableConv2D(3, 3, activation="sigmoid"),
        Residual((Conv2D(4, 1),), (), "tanh"),
    ],
    ids=lambda layer: layer.kind,
)
def test_the_linear_values_are_those_of_the_layer_without_its_activation(layer):
    architecture, plain = network(layer), network(replace(layer, activation=None))
    weights, images = lively_weights(architecture), random_images(architecture)
    name = trace(architecture).rows[0].name

    found = forward(architecture, weights, images, keep_linear=True)

    np.testing.assert_array_equal(found.linear[name], forward(plain, weights, images).output)
    assert not np.array_equal(found.linear[name], found.output)


def test_an_activation_layers_linear_values_are_its_input():
    architecture = network(Activation("relu"))
    images = random_images(architecture)

    assert forward(architecture, {}, images, keep_linear=True).linear["activation_1"] is images


@given(architectures())
def test_images_and_weights_stay_as_they_were(architecture):
    weights, images = lively_weights(architecture), random_images(architecture)

    forward(architecture, weights, images)

    np.testing.assert_array_equal(images, random_images(architecture))
    for name, arrays in lively_weights(architecture).items():
        for found, wanted in zip(weights[name], arrays, strict=True):
            np.testing.assert_array_equal(found, wanted)


def test_no_layers_give_the_images():
    images = random_images(network())

    found = forward(network(), {}, images)

    assert found.output is images
    assert found.outputs == found.inputs == found.linear == {}


@given(architectures())
def test_no_images_give_no_outputs_of_the_right_shapes(architecture):
    weights = lively_weights(architecture)
    none = np.zeros((0, *architecture.input), np.float32)

    found = forward(architecture, weights, none)

    for row in trace(architecture).rows:
        assert found[row.name].shape == (0, *row.output_shape)
    assert predict(architecture, weights, none).shape == found.output.shape


@pytest.mark.parametrize("dtype", [np.float64, np.uint8, np.int64, bool])
def test_images_of_any_numbers_are_taken_as_32_bit_ones(dtype):
    architecture = network(Conv2D(2, 3), LayerNormalization(), Flatten(), Dense(2, "softmax"))
    weights, images = (
        lively_weights(architecture),
        np.abs(random_images(architecture)).astype(dtype),
    )

    found = forward(architecture, weights, images)

    assert all(values.dtype == np.float32 for values in found.outputs.values())
    np.testing.assert_array_equal(
        found.output, forward(architecture, weights, images.astype(np.float32)).output
    )


def test_the_first_layers_run_with_the_weights_of_all():
    weights = random_weights(LENET)
    images = random_images(LENET)
    first = replace(LENET, layers=LENET.layers[:3])

    whole, part = forward(LENET, weights, images), forward(first, weights, images)

    np.testing.assert_array_equal(part.output, whole["conv2d_2"])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (28, 28, 1),
            r"\[N, 28, 28, 1\], got \[28, 28, 1\]. Give a single image as images\[None\]",
        ),
        ((5, 28, 28), r"got \[5, 28, 28\]. Add the channel axis with images\[..., None\]"),
        ((5, 32, 32, 3), r"got \[5, 32, 32, 3\]. Resize the images, or change the network's input"),
        ((), r"got \[\]. Resize"),
    ],
)
def test_images_that_do_not_fit_are_refused(shape, message):
    for run in (forward, predict):
        with pytest.raises(ImagesError, match=message):
            run(LENET, random_weights(LENET), np.zeros(shape, np.float32))


def test_weights_that_do_not_fit_are_refused():
    images = random_images(LENET)
    weights = random_weights(LENET)
    kernel, bias = weights["conv2d_2"]
    wanted = r"Conv2D #2: needs weights 5x5x6x16, 16 under 'conv2d_2', got "
    cases = (
        ((kernel,), "5x5x6x16. Use this network's weights"),
        ((bias, kernel), "16, 5x5x6x16. Use"),
        ((kernel[..., :8], bias), "5x5x6x8, 16. Use"),
        ((), "none. Use"),
    )
    for arrays, got in cases:
        with pytest.raises(WeightsError, match=wanted + got):
            forward(LENET, {**weights, "conv2d_2": arrays}, images)
    del weights["conv2d_2"]
    with pytest.raises(WeightsError, match=r"Conv2D #2: .* got none"):
        forward(LENET, weights, images)


def test_a_network_that_cannot_be_is_refused_by_the_trace():
    broken = network(Conv2D(2, 20))

    with pytest.raises(ArchitectureError, match="does not fit"):
        forward(broken, {}, random_images(broken))


def test_a_forward_pass_needs_no_tensorflow():
    code = """
import sys
from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.network.zoo import entry
import numpy as np
lenet = entry("lenet-5").architecture
predict(lenet, random_weights(lenet), np.zeros((1, 28, 28, 1)))
print(*{"keras", "tensorflow", "scipy"} & sys.modules.keys())
"""
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""
