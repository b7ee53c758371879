"""The stages of a network: Keras gives the same numbers, and the weights go along whole."""

import base64
from itertools import pairwise

import numpy as np
import pytest

from cnn.lessons.pipeline import Size, followed
from cnn.network.architecture import Architecture
from cnn.network.keras.model import build, output_name, set_weights
from cnn.network.layers import BatchNormalization, Conv2D
from cnn.network.trace import trace
from cnn.pictures.inside.stages import StageError, stages


def numbers(text, shape):
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


@pytest.mark.parametrize("size", Size)
def test_each_stage_is_what_keras_makes_of_the_image(size):
    import keras

    one = followed(size)
    architecture, image = one.shipped.architecture, one.images.images[3]
    found = stages(architecture, one.shipped.weights, image)
    assert [stage["kind"] for stage in found] == (
        ["input", *["conv", "relu", "pool"] * 2, "flatten", "dense", "softmax"]
    )
    np.testing.assert_array_equal(numbers(found[0]["values"], image.shape), image)

    model = build(architecture)
    set_weights(model, architecture, one.shipped.weights)
    rows = trace(architecture).rows
    probe = keras.Model(model.input, [model.get_layer(output_name(row)).output for row in rows])
    expected = [np.asarray(output)[0] for output in probe(image[None])]
    after = [stage for stage in found[1:] if stage["kind"] not in ("conv", "dense")]
    for stage, output in zip(after, expected, strict=True):
        assert stage["shape"] == list(output.shape)
        np.testing.assert_allclose(numbers(stage["values"], output.shape), output, atol=2e-4)


def test_an_activation_is_made_of_the_stage_before_it():
    one = followed(Size.SMALL)
    found = stages(one.shipped.architecture, one.shipped.weights, one.images.images[0])
    for before, stage in pairwise(found):
        values = numbers(stage["values"], stage["shape"])
        given = numbers(before["values"], before["shape"])
        if stage["kind"] == "relu":
            np.testing.assert_array_equal(values, np.maximum(given, 0))
            assert given.min() < 0
        if stage["kind"] == "softmax":
            exact = np.exp(given.astype(np.float64))
            np.testing.assert_allclose(values, exact / exact.sum(), atol=1e-6)


def test_weights_and_counts_go_along_whole():
    one = followed(Size.LARGE)
    found = stages(one.shipped.architecture, one.shipped.weights, one.images.images[0])
    weights = [stage for stage in found if "kernel" in stage]
    arrays = list(one.shipped.weights.values())
    for stage, (kernel, bias) in zip(weights, arrays, strict=True):
        np.testing.assert_array_equal(numbers(stage["kernel"], kernel.shape), kernel)
        np.testing.assert_array_equal(numbers(stage["bias"], bias.shape), bias)
    assert sum(stage["params"] for stage in weights) == 20_490
    assert weights[1]["note"] == "32 × 3×3×16 + 32 = 4,640 parameters"
    assert weights[2]["note"] == "10 × 1568 + 10 = 15,690 parameters"
    assert found[1]["size"] == "28×28×16 = 12,544 numbers"


def test_a_network_with_other_layers_is_refused_by_the_name_of_the_layer():
    image = np.zeros((8, 8, 1), np.float32)
    other = Architecture("other", (8, 8, 1), (BatchNormalization(),))
    with pytest.raises(StageError, match=r"BatchNormalization #1: only Conv, Max pool"):
        stages(other, {"batch_normalization_1": (np.ones(1, np.float32),) * 4}, image)
    swish = Architecture("swish", (8, 8, 1), (Conv2D(1, 1, activation="tanh"),))
    arrays = np.zeros((1, 1, 1, 1), np.float32), np.zeros(1, np.float32)
    with pytest.raises(StageError, match="Conv2D #1"):
        stages(swish, {"conv2d_1": arrays}, image)
