"""Real Keras models, Keras' own JSON of them, and much that is no model at all."""

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnn.insight.passes.forward import forward
from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS, Architecture, walk
from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import Weights, build, set_weights, weights_of
from cnn.network.keras.read import (
    MAX_JSON_BYTES,
    WITHOUT_WEIGHTS,
    Imported,
    Source,
    read_keras_config,
    read_keras_file,
)
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Convolution,
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
    Layers,
    LayerScale,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from tests.network.strategies import architectures
from tests.some import some

MANY = settings(max_examples=2 * settings().max_examples)
models = count(1)


@pytest.fixture
def keras() -> Any:
    """Keras keeps something of every model until it is told to forget, which takes a while."""
    import keras

    if next(models) % 20 == 0:
        keras.backend.clear_session()
    return keras


def from_keras_config(source: Source) -> Architecture:
    return read_keras_config(source).architecture


def from_keras_file(source: str | Path | bytes) -> Architecture:
    return read_keras_file(source).architecture


def built(architecture: Architecture) -> Any:
    import keras

    if next(models) % 50 == 0:
        keras.backend.clear_session()
    return build(architecture)


def imported(model: Any) -> Imported:
    return read_keras_config(model.to_json())


def layers(model: Any) -> Layers:
    return imported(model).architecture.layers


def give_weights(model: Any, seed: int = 0) -> None:
    """Weights of which none is zero, so that one in the wrong place would show."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        low = 0.5 if weight.name in ("gamma", "variance", "moving_variance") else -0.5
        weight.assign(rng.uniform(low, low + 1, weight.shape))
    for layer in model._flatten_layers():
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()  # it computes with copies of its weights


def moved(read: Imported, model: Any) -> Weights:
    """The model's weights under the names that the rows of the imported network have."""
    rows = [row for row in trace(read.architecture).rows if row.weights]
    return {row.name: tuple(found(model, read.layer_names[row.name]).get_weights()) for row in rows}


def found(model: Any, name: str) -> Any:
    """The layer of that name; a slash leads into a submodel."""
    for part in name.split("/"):
        model = model.get_layer(part)
    return model


def check_it_computes_the_same(model: Any, read: Imported, rtol: float = 1e-5) -> None:
    """The imported network, with the model's own weights, gives the model's own output."""
    again = built(read.architecture)
    set_weights(again, read.architecture, moved(read, model))
    x = np.random.default_rng(1).normal(size=(1, *model.input_shape[1:])).astype(np.float32)

    expected = np.asarray(model(x))
    y = again(x.reshape(1, *read.architecture.input))

    np.testing.assert_allclose(np.asarray(y), expected, rtol=rtol, atol=1e-6, equal_nan=True)


# There and back


def as_built(layers: Layers) -> Layers:
    """The layers as Keras has them: without the words that `build` spells out."""
    done: list[Layer] = []
    for layer in layers:
        last = done[-1] if done else None
        if layer == Activation("relu", max_value=6.0):
            layer = Activation("relu6")
        if isinstance(layer, Convolution | AveragePooling2D) and isinstance(layer.padding, int):
            if layer.padding:
                done.append(ZeroPadding2D(layer.padding))  # type: ignore[arg-type]
            done.append(replace(layer, padding="valid"))
        elif isinstance(layer, MaxPooling2D) and isinstance(layer.padding, int):
            done += padded_max(layer, layer.padding)
        elif isinstance(layer, Cropping2D) and (padded := with_less_padding(last, layer)):
            done[-1] = padded
        elif isinstance(layer, Residual):
            done.append(summed((layer.body, layer.shortcut), layer.activation, layer.scale))
        elif isinstance(layer, Branches) and layer.merge == "add" and len(layer.branches) == 2:
            done.append(summed(layer.branches, None))
        elif isinstance(layer, Branches):
            done.append(Branches(tuple(map(as_built, layer.branches)), layer.merge))
        elif (
            isinstance(last, Residual)
            and last.activation is None
            and isinstance(layer, Activation)
            and not layer.bends
            and layer.activation != "linear"
        ):
            done[-1] = replace(last, activation=layer.activation)
        else:
            done.append(layer)
    return tuple(done)


def padded_max(layer: MaxPooling2D, padding: int) -> list[Layer]:
    if not padding:
        return [replace(layer, padding="valid")]
    whole = all(size // 2 == padding for size in layer.pool_size)
    stepless = MaxPooling2D(layer.pool_size, 1, "same" if whole else padding)
    return [stepless] if layer.strides == (1, 1) else [stepless, MaxPooling2D(1, layer.strides)]


def with_less_padding(last: Layer | None, layer: Cropping2D) -> MaxPooling2D | None:
    if not isinstance(last, MaxPooling2D) or (last.strides, last.padding) != ((1, 1), "same"):
        return None
    sizes = last.pool_size
    left = {n // 2 - one for n, sides in zip(sizes, layer.cropping, strict=True) for one in sides}
    if len(left) > 1 or min(left) < 0 or any(n % 2 == 0 for n in sizes):
        return None
    return replace(last, padding=left.pop() or "valid")


def summed(branches: tuple[Layers, ...], activation: str | None, scale: float = 1.0) -> Residual:
    """A sum of two: what is scaled is the body, else the longer way with the scale at its end."""
    ways = list(map(as_built, branches))
    if scale == 1:
        ways.sort(key=lambda way: -len(list(walk(way))))
        last = ways[0][-1] if ways[0] else None
        if isinstance(last, Rescaling) and not last.offset and last.scale != 1:
            ways[0], scale = ways[0][:-1], last.scale
    return Residual(ways[0], ways[1], activation, scale)


@MANY
@given(architectures())
def test_what_build_makes_is_read_back_layer_by_layer(architecture):
    read = imported(built(architecture))

    assert read.architecture.layers == as_built(architecture.layers)
    assert read.architecture.input == architecture.input
    adapted = [one for _, one in walk(architecture.layers) if one == Normalization()]
    assert len(read.notes) == len(adapted)
    there, back = trace(architecture), trace(read.architecture)
    assert back.output_shape == there.output_shape
    assert back.total_params == there.total_params
    assert back.trainable_params == there.trainable_params
    assert sorted((row.kind, row.params) for row in back.rows if row.params) == sorted(
        (row.kind, row.params) for row in there.rows if row.params
    )


@settings(max_examples=settings().max_examples // 2)
@given(architectures(max_layers=4))
def test_what_is_read_back_computes_the_same(architecture):
    model = built(architecture)
    give_weights(model)

    check_it_computes_the_same(model, imported(model))


SMALL = [id for id in zoo() if zoo()[id].group != "original"]


@pytest.mark.parametrize(
    "id", some(SMALL, "lenet-5", "resnet-lite", "inception-lite", "vit-lite", "convnext-lite")
)
def test_the_zoo_is_read_back(id):
    architecture = zoo()[id].architecture
    read = imported(built(architecture)).architecture

    assert read.layers == as_built(architecture.layers)
    assert trace(read).total_params == trace(architecture).total_params


# Networks as people write them


def typical(keras: Any) -> Any:
    """As in most first tutorials."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
        name="mnist_convnet",
    )


def test_a_typical_sequential_model(keras):
    model = typical(keras)
    give_weights(model)
    read = imported(model)

    assert read.architecture == Architecture(
        "mnist_convnet",
        (28, 28, 1),
        (
            Rescaling(1 / 255),
            Conv2D(32, 3, activation="relu"),
            MaxPooling2D(),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ),
    )
    assert trace(read.architecture).total_params == 34_826
    assert read.notes == ()
    assert read.layer_names == {
        row.name: layer.name
        for row, layer in zip(trace(read.architecture).rows, model.layers, strict=True)
    }
    check_it_computes_the_same(model, read)


def resnet_like(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((16, 12, 3))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(x))
    for filters, strides in ((8, 1), (16, 2)):
        y = layers.Conv2D(filters, 3, strides, padding="same")(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(y))
        if strides > 1:
            x = layers.Conv2D(filters, 1, strides, name="projection")(x)
        x = layers.ReLU()(layers.Add(name=f"sum_{filters}")([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(5, "softmax")(x), name="resnet")


def test_a_resnet(keras):
    model = resnet_like(keras)
    give_weights(model)
    read = imported(model)

    def body(filters: int, strides: int) -> Layers:
        return (
            Conv2D(filters, 3, strides, "same"),
            BatchNormalization(),
            Activation("relu"),
            Conv2D(filters, 3, padding="same"),
            BatchNormalization(),
        )

    assert read.architecture.layers == (
        Conv2D(8, 3, padding="same", use_bias=False),
        BatchNormalization(epsilon=1e-5),
        Activation("relu"),
        Residual(body(8, 1), (), "relu"),
        Residual(body(16, 2), (Conv2D(16, 1, 2),), "relu"),
        GlobalAveragePooling2D(),
        Dense(5, "softmax"),
    )
    assert read.layer_names["residual_2"] == "sum_16"
    assert read.layer_names["conv2d_1"] == "stem"
    assert read.layer_names["conv2d_6"] == "projection"
    check_it_computes_the_same(model, read)


def test_an_inception_with_branches_inside_branches(keras):
    layers = keras.layers
    inputs = keras.Input((10, 10, 4))
    a = layers.Conv2D(2, 1, activation="relu")(inputs)
    b = layers.Conv2D(2, 1)(inputs)
    wide, tall = layers.Conv2D(3, (1, 3), padding="same"), layers.Conv2D(3, (3, 1), padding="same")
    b = layers.Concatenate()([wide(b), tall(b)])
    c = layers.Conv2D(2, 1)(layers.AveragePooling2D(3, 1, "same")(inputs))
    x = layers.concatenate([a, b, c], axis=3)
    x = layers.Flatten()(layers.MaxPooling2D(3, strides=2)(x))
    d = layers.concatenate([layers.Dense(2)(x), layers.Dense(3)(x)], axis=1)
    model = keras.Model(inputs, d)
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        Branches(
            (
                (Conv2D(2, 1, activation="relu"),),
                (
                    Conv2D(2, 1),
                    Branches(
                        (
                            (Conv2D(3, (1, 3), padding="same"),),
                            (Conv2D(3, (3, 1), padding="same"),),
                        )
                    ),
                ),
                (AveragePooling2D(3, 1, "same"), Conv2D(2, 1)),
            )
        ),
        MaxPooling2D(3, 2),
        Flatten(),
        Branches(((Dense(2),), (Dense(3),))),
    )
    check_it_computes_the_same(model, read)


def test_a_densenet_is_a_series_of_small_branches(keras):
    layers = keras.layers
    x = inputs = keras.Input((8, 8, 3))
    for _ in range(4):
        y = layers.Conv2D(2, 3, padding="same")(layers.ReLU()(layers.BatchNormalization()(x)))
        x = layers.Concatenate()([x, y])
    model = keras.Model(inputs, x)
    give_weights(model)
    read = imported(model)

    new = BatchNormalization(), Activation("relu"), Conv2D(2, 3, padding="same")
    assert read.architecture.layers == (Branches(((), new)),) * 4
    check_it_computes_the_same(model, read)


def test_a_mobilenet_with_lopsided_zero_padding(keras):
    layers = keras.layers
    x = inputs = keras.Input((12, 12, 3))
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.ReLU(6.0)(layers.DepthwiseConv2D(3, 2, use_bias=False)(x))
    y = layers.SeparableConv2D(4, 3, padding="same", activation="relu6")(x)
    y = layers.SpatialDropout2D(0.1)(layers.Conv2D(3, 1)(y))
    x = layers.Add()([x, y])
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Dropout(0.001)(x)
    x = layers.Reshape((7,))(layers.Conv2D(7, 1)(x))
    model = keras.Model(inputs, layers.Softmax()(x))
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        ZeroPadding2D(((0, 1), (0, 1))),
        DepthwiseConv2D(3, 2, use_bias=False),
        Activation("relu6"),
        Residual(
            (
                SeparableConv2D(4, 3, padding="same", activation="relu6"),
                Conv2D(3, 1),
                SpatialDropout2D(0.1),
            )
        ),
        GlobalAveragePooling2D(keepdims=True),
        Dropout(0.001),
        Conv2D(7, 1),
        Flatten(),
        Activation("softmax"),
    )
    assert read.notes == ()
    check_it_computes_the_same(model, read)


def test_submodels_are_part_of_the_network(keras):
    layers = keras.layers
    grayscale = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(1, 1)], name="gray")
    y = inputs = keras.Input((8, 8, 1))
    y = layers.Conv2D(1, 3, padding="same", name="conv")(y)
    block = keras.Model(inputs, layers.Add(name="sum")([inputs, y]), name="block")
    model = keras.Sequential([grayscale, block, layers.Flatten(), layers.Dense(2)], name="whole")
    give_weights(model)
    read = imported(model)

    assert read.architecture == Architecture(
        "whole",
        (8, 8, 3),
        (Conv2D(1, 1), Residual((Conv2D(1, 3, padding="same"),)), Flatten(), Dense(2)),
    )
    assert [read.layer_names[name] for name in ("residual_1", "conv2d_2", "flatten_1")] == [
        *("block/sum", "block/conv", model.layers[2].name)
    ]
    check_it_computes_the_same(model, read)


def test_operators_are_layers_too(keras):
    layers, ops = keras.layers, keras.ops
    x = inputs = keras.Input((6, 6, 2))
    x = keras.activations.relu(x + layers.Conv2D(2, 3, padding="same")(x))
    x = ops.concatenate([x, ops.relu6(x), keras.activations.silu(x)], axis=-1)
    x = keras.activations.gelu(ops.add(x, x))
    x = keras.activations.relu(keras.activations.leaky_relu(x, 0.3), max_value=2.0)
    model = keras.Model(inputs, ops.softmax(ops.sigmoid(ops.tanh(x))))
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        Residual((Conv2D(2, 3, padding="same"),), (), "relu"),
        Branches(((), (Activation("relu6"),), (Activation("silu"),))),
        Residual((), (), "gelu"),
        Activation("relu", 0.3),
        Activation("relu", max_value=2.0),
        Activation("tanh"),
        Activation("sigmoid"),
        Activation("softmax"),
    )
    check_it_computes_the_same(model, read)


def test_squeeze_and_excite_as_people_write_it(keras):
    layers, ops = keras.layers, keras.ops
    x = inputs = keras.Input((6, 6, 4))
    share = layers.Dense(2, "relu")(layers.GlobalAveragePooling2D()(x))
    x = layers.Multiply()([x, layers.Dense(4, "sigmoid")(share)])
    share = layers.Reshape((1, 1, 4))(layers.GlobalMaxPooling2D()(x))
    x = x * layers.Conv2D(4, 1, activation="sigmoid")(share)
    x = layers.multiply([layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x), x])
    x = ops.maximum(x, layers.Rescaling(0.5)(x))
    x = layers.Average()([x, layers.Conv2D(4, 1)(x), layers.Activation("tanh")(x)])
    x = layers.Conv2D(4, 1)(x) - x
    model = keras.Model(inputs, x)
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        Branches(
            ((), (GlobalAveragePooling2D(), Dense(2, "relu"), Dense(4, "sigmoid"))), "multiply"
        ),
        Branches(
            ((), (GlobalMaxPooling2D(keepdims=True), Conv2D(4, 1, activation="sigmoid"))),
            "multiply",
        ),
        Branches(((Conv2D(1, 3, padding="same", activation="sigmoid"),), ()), "multiply"),
        Branches(((), (Rescaling(0.5),)), "maximum"),
        Branches(((), (Conv2D(4, 1),), (Activation("tanh"),)), "average"),
        Branches(((Conv2D(4, 1),), ()), "subtract"),
    )
    check_it_computes_the_same(model, read)


def test_numbers_beside_a_layer_are_a_rescaling(keras):
    ops = keras.ops
    x = inputs = keras.Input((4, 4, 2))
    x = keras.layers.Conv2D(2, 1)(x)
    x = (1 - (x + 3.0) * 0.5 - 2) / 4
    x = ops.multiply(2, ops.divide(ops.subtract(x, 0.25), 8))
    model = keras.Model(inputs, ops.relu(-x))
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        Conv2D(2, 1),
        Rescaling(1.0, 3.0),
        Rescaling(0.5),
        Rescaling(-1.0, 1.0),
        Rescaling(1.0, -2.0),
        Rescaling(0.25),
        Rescaling(1.0, -0.25),
        Rescaling(0.125),
        Rescaling(2.0),
        Rescaling(-1.0),
        Activation("relu"),
    )
    check_it_computes_the_same(model, read)


@pytest.mark.parametrize("sixth", [lambda x: x * (1 / 6), lambda x: x / 6], ids=["times", "by"])
def test_a_hard_sigmoid_of_single_steps_is_one(keras, sixth):
    k = keras.layers
    x = inputs = keras.Input((4, 4, 2))
    x = k.Conv2D(2, 1)(x)
    x = x * sixth(k.ReLU(6.0)(x + 3.0))
    share = sixth(keras.ops.relu6(k.Conv2D(2, 1)(k.GlobalMaxPooling2D(keepdims=True)(x)) + 3))
    model = keras.Model(inputs, k.Multiply()([x, share]))
    give_weights(model)
    read = imported(model)

    gate = (GlobalMaxPooling2D(True), Conv2D(2, 1), Activation("hard_sigmoid"))
    assert read.architecture.layers == (
        Conv2D(2, 1),
        Activation("hard_silu"),
        Branches(((), gate), "multiply"),
    )
    check_it_computes_the_same(model, read)


def test_a_dense_layer_on_a_map_is_a_convolution_with_the_same_weights(keras, tmp_path):
    k = keras.layers
    parts = [k.Dense(5, "relu", name="d"), k.Dense(2, use_bias=False, name="e"), k.Flatten()]
    model = keras.Sequential([keras.Input((4, 3, 2)), *parts, k.Dense(3)])
    give_weights(model)
    model.save(tmp_path / "model.keras")

    read, weights = read_keras_model(tmp_path / "model.keras")

    assert read.architecture.layers == (
        Conv2D(5, 1, activation="relu"),
        Conv2D(2, 1, use_bias=False),
        Flatten(),
        Dense(3),
    )
    assert read.notes == (
        "Read as Conv2D with kernel_size=1, which on a map is the same: Dense ('d', 'e').",
    )
    assert weights["conv2d_1"][0].shape == (1, 1, 2, 5)
    images = np.random.default_rng(1).normal(size=(2, 4, 3, 2)).astype(np.float32)
    found = forward(read.architecture, weights, images).output
    np.testing.assert_allclose(found, np.asarray(model(images)), atol=1e-5)


def test_squeeze_and_excite_of_dense_layers_is_that_of_the_palette_with_its_weights(
    keras, tmp_path
):
    k = keras.layers
    x = inputs = keras.Input((5, 4, 3))
    x = k.Conv2D(8, 1)(x)
    share = k.Dense(2, activation="relu", name="d")(k.GlobalAveragePooling2D()(x))
    share = k.Dense(8, activation="sigmoid", name="e")(share)
    x = x * k.Reshape((1, 1, 8))(share)
    share = k.BatchNormalization()(k.Dense(2, use_bias=False)(k.GlobalMaxPooling2D()(x)))
    share = k.Dense(8)(k.Dropout(0.1)(k.Activation("relu")(share)))
    x = k.Multiply()([x, k.Reshape((1, 1, -1))(k.Activation("sigmoid")(share))])
    model = keras.Model(inputs, x)
    give_weights(model)
    model.save(tmp_path / "model.keras")

    read, weights = read_keras_model(tmp_path / "model.keras")

    first, second = read.architecture.layers[1:]
    assert (first,) == BLOCKS["squeeze-excite"].layers(8)
    assert isinstance(second, Branches)
    assert [one.kind for one in second.branches[1]] == [
        *("GlobalMaxPooling2D", "Conv2D", "BatchNormalization", "Activation", "Dropout"),
        *("Conv2D", "Activation"),
    ]
    assert read.notes[0].startswith(
        "Read as Conv2D with kernel_size=1, which on a map is the same: Dense ('d', 'e', "
    )
    assert trace(read.architecture).total_params == model.count_params()
    images = np.random.default_rng(1).normal(size=(2, 5, 4, 3)).astype(np.float32)
    found = forward(read.architecture, weights, images).output
    np.testing.assert_allclose(found, np.asarray(model(images)), atol=1e-5)


def test_a_cell_that_is_made_of_no_global_pooling_is_refused(keras):
    k = keras.layers
    x = inputs = keras.Input((5, 4, 8))
    share = k.Reshape((1, 1, 8), name="r")(k.Dense(8)(k.Flatten()(x)))

    with pytest.raises(ArchitectureError, match=r"layer 'r' \(Reshape\): it makes 1x1x8 of 8, but"):
        imported(keras.Model(inputs, k.Multiply()([x, share])))


def test_what_convnext_has_of_its_own_is_read_with_its_weights(keras, tmp_path):
    from keras.src.applications import convnext

    inputs = keras.Input((4, 4, 3))
    x = convnext.LayerScale(0.1, 3)(keras.layers.Conv2D(3, 1)(inputs))
    model = keras.Model(inputs, inputs + convnext.StochasticDepth(0.2)(x))
    give_weights(model)
    model.save(tmp_path / "model.keras")

    read, weights = read_keras_model(tmp_path / "model.keras")

    body = (Conv2D(3, 1), LayerScale(0.1), StochasticDepth(0.2))
    assert read.architecture.layers == (Residual(body),)
    images = np.random.default_rng(1).normal(size=(2, 4, 4, 3)).astype(np.float32)
    found = forward(read.architecture, weights, images).output
    np.testing.assert_allclose(found, np.asarray(model(images)), atol=1e-5)


def test_a_body_that_is_scaled_at_its_end_is_a_residual_with_a_scale(keras):
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    k = keras.layers
    x = inputs = keras.Input((4, 4, 3))
    x = k.ReLU()(CustomScaleLayer(0.17)([x, k.Conv2D(3, 1)(x)]))
    x = CustomScaleLayer(1.0)([k.Conv2D(3, 1)(x), x])
    x = k.Add()([x, k.Rescaling(0.5)(k.Conv2D(3, 1)(x))])
    x = k.Add()([x, k.Rescaling(0.5, 1.0)(k.Conv2D(3, 1)(x))])
    x = x + 0.25 * k.Conv2D(3, 1)(x)
    model = keras.Model(inputs, x)
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (
        Residual((Conv2D(3, 1),), (), "relu", 0.17),
        Residual((), (Conv2D(3, 1),)),
        Residual((Conv2D(3, 1),), scale=0.5),
        Residual((Conv2D(3, 1), Rescaling(0.5, 1.0))),
        Residual((Conv2D(3, 1),), scale=0.25),
    )
    check_it_computes_the_same(model, read)


def test_a_published_network_computes_the_same(keras):
    small = {"include_top": False, "input_shape": (32, 32, 3), "alpha": 0.35, "pooling": "max"}
    model = keras.applications.MobileNetV2(weights=None, **small)

    check_it_computes_the_same(model, imported(model), rtol=1e-3)


# Words that mean the same here


def channel_factor(k: Any, start: float, **options: Any) -> Any:
    """As `build` makes a LayerScale."""
    initializer = {"class_name": "Constant", "config": {"value": start}}
    return k.DepthwiseConv2D(1, use_bias=False, depthwise_initializer=initializer, **options)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (lambda k: k.ReLU(), (Activation("relu"),)),
        (lambda k: k.ReLU(6), (Activation("relu6"),)),
        (lambda k: k.ReLU(6.0, 0.1), (Activation("relu", 0.1, 6.0),)),
        (lambda k: k.ReLU(threshold=1), (Activation("relu", threshold=1.0),)),
        (lambda k: k.LeakyReLU(0.2), (Activation("relu", 0.2),)),
        (lambda k: k.LeakyReLU(), (Activation("relu", 0.3),)),
        (lambda k: k.ELU(), (Activation("elu"),)),
        (lambda k: k.Softmax(), (Activation("softmax"),)),
        (lambda k: k.Activation("swish"), (Activation("silu"),)),
        (lambda k: k.Activation("hard_swish"), (Activation("hard_silu"),)),
        (lambda k: k.Activation(None), (Activation("linear"),)),
        (lambda k: k.Activation(k.LeakyReLU(0.1)), (Activation("relu", 0.1),)),
        (lambda k: k.Conv2D(2, 1, activation="linear"), (Conv2D(2, 1),)),
        (
            lambda k: k.Conv2D(2, 1, activation=k.ReLU(4.0)),
            (Conv2D(2, 1), Activation("relu", max_value=4.0)),
        ),
        (lambda k: k.Convolution2D(2, (1, 2), groups=2), (Conv2D(2, (1, 2), groups=2),)),
        (lambda k: k.MaxPool2D(3, (1, 2), "same"), (MaxPooling2D(3, (1, 2), "same"),)),
        (lambda k: k.AvgPool2D((2, 1)), (AveragePooling2D((2, 1)),)),
        (lambda k: k.GlobalMaxPool2D(keepdims=True), (GlobalMaxPooling2D(True),)),
        (lambda k: k.BatchNormalization(3, 0.9), (BatchNormalization(0.9),)),
        (
            lambda k: k.LayerNormalization(epsilon=1e-6, scale=False),
            (LayerNormalization(1e-6, scale=False),),
        ),
        (lambda k: k.Rescaling(2, offset=-1), (Rescaling(2.0, -1.0),)),
        (lambda k: k.Rescaling([2.0] * 4, [-1.0] * 4), (Rescaling(2.0, -1.0),)),
        (
            lambda k: k.Rescaling([1.0, 2.0, 4.0, 0.5], [1.0, 0.0, 2.0, -1.0]),
            (Normalization((-1.0, 0.0, -0.5, 2.0), (1.0, 0.25, 0.0625, 4.0)),),
        ),
        (
            lambda k: k.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1, 2, 3, 4]),
            (Normalization((0.1, 0.2, 0.3, 0.4), (1.0, 2.0, 3.0, 4.0)),),
        ),
        (lambda k: k.Normalization(mean=0.1, variance=2.0), (Normalization(0.1, 2.0),)),
        (lambda k: k.Dropout(0.2, noise_shape=(None, 1, 1, 1)), (StochasticDepth(0.2),)),
        (lambda k: k.GroupNormalization(2, epsilon=1e-5), (GroupNormalization(2, 1e-5),)),
        (lambda k: k.GroupNormalization(-1), (GroupNormalization(4),)),
        (lambda k: k.PReLU(shared_axes=[1, 2]), (PReLU(),)),
        (lambda k: k.PReLU(), (PReLU(shared=False),)),
        (lambda k: k.DepthwiseConv2D(1, use_bias=False), (DepthwiseConv2D(1, use_bias=False),)),
        (lambda k: channel_factor(k, 0.5), (LayerScale(0.5),)),
        (lambda k: channel_factor(k, 0.5, strides=2), (DepthwiseConv2D(1, 2, use_bias=False),)),
        (lambda k: channel_factor(k, 7.0), (DepthwiseConv2D(1, use_bias=False),)),
        (lambda k: k.ZeroPadding2D((1, 2)), (ZeroPadding2D((1, 2)),)),  # type: ignore[arg-type]
        (lambda k: k.Reshape((-1,)), (Flatten(),)),
        (lambda k: k.Reshape((5, -1, 4)), ()),
    ],
)
def test_words_that_mean_the_same(keras, layer, expected):
    model = keras.Sequential(
        [keras.Input((5, 6, 4)), keras.layers.Conv2D(4, 1), layer(keras.layers)]
    )
    read = imported(model)

    assert read.architecture.layers == (Conv2D(4, 1), *expected)
    check_it_computes_the_same(model, read)


@pytest.mark.parametrize("pooling", ["GlobalAveragePooling2D", "GlobalMaxPooling2D"])
def test_a_reshape_behind_a_global_pooling_keeps_it_a_map(keras, pooling):
    k = keras.layers
    parts = [keras.Input((5, 6, 4)), getattr(k, pooling)(), k.Reshape((1, 1, 4)), k.Conv2D(2, 1)]
    model = keras.Sequential(parts)
    (first, conv) = layers(model)

    assert (first.kind, first.keepdims) == (pooling, True)  # type: ignore[attr-defined]
    assert conv == Conv2D(2, 1)
    check_it_computes_the_same(model, imported(model))


@pytest.mark.parametrize(
    ("shape", "first", "image", "expected"),
    [
        ((784,), [("Reshape", (28, 28, 1))], (28, 28, 1), ()),
        ((28, 28), [("Reshape", (28, 28, 1))], (28, 28, 1), ()),
        ((28, 28), [("Reshape", (28, 28, -1)), ("Flatten",)], (28, 28, 1), (Flatten(),)),
        ((28, 28), [("Flatten",), ("Dense", 3)], (28, 28, 1), (Flatten(), Dense(3))),
        ((4, 6), [("Reshape", (24,))], (4, 6, 1), (Flatten(),)),
        ((48,), [("Rescaling", 0.5), ("Reshape", (4, 4, 3))], (4, 4, 3), (Rescaling(0.5),)),
        ((4, 4, 3), [("Reshape", (2, 8, 3))], (2, 8, 3), ()),
    ],
)
def test_a_reshape_that_comes_first_is_the_shape_of_the_image(keras, shape, first, image, expected):
    parts = [getattr(keras.layers, kind)(*values) for kind, *values in first]
    model = keras.Sequential([keras.Input(shape), *parts])
    read = imported(model)

    assert (read.architecture.input, read.architecture.layers) == (image, expected)
    inputs, images = "x".join(map(str, shape)), "x".join(map(str, image))
    assert read.notes == (f"The input {inputs} is read as an image of {images}.",)
    check_it_computes_the_same(model, read)


@pytest.mark.parametrize(
    ("size", "cropping", "padding"),
    [(3, 0, 1), (3, 1, "valid"), (5, 1, 1), ((3, 5), ((0, 0), (1, 1)), 1)],
)
def test_cropping_the_windows_of_a_max_pooling_is_less_padding(keras, size, cropping, padding):
    pool, crop = keras.layers.MaxPooling2D(size, 1, "same"), keras.layers.Cropping2D(cropping)
    model = keras.Sequential([keras.Input((9, 8, 2)), pool, crop])

    assert layers(model) == (MaxPooling2D(size, 1, padding),)
    check_it_computes_the_same(model, imported(model))


@pytest.mark.parametrize(
    ("size", "strides", "cropping"),
    [(3, 1, ((2, 1), (1, 1))), (3, 1, 2), (2, 1, 1), (3, 2, 1), (3, 1, ((1, 1), (0, 1)))],
)
def test_any_other_cropping_is_a_layer_of_its_own(keras, size, strides, cropping):
    pool, crop = keras.layers.MaxPooling2D(size, strides, "same"), keras.layers.Cropping2D(cropping)
    model = keras.Sequential([keras.Input((9, 8, 2)), pool, crop])

    assert layers(model) == (MaxPooling2D(size, strides, "same"), Cropping2D(cropping))
    check_it_computes_the_same(model, imported(model))


def test_a_u_net_is_read(keras):
    k = keras.layers
    inputs = keras.Input((8, 12, 1))
    first = k.Conv2D(3, 3, padding="same")(inputs)
    deep = k.Conv2D(6, 3, padding="same")(k.MaxPooling2D()(first))
    deepest = k.Conv2D(6, 3, padding="same")(k.MaxPooling2D()(deep))
    up = k.Concatenate()([k.Conv2DTranspose(6, 3, 2, "same")(deepest), deep])
    up = k.Concatenate()([k.UpSampling2D(interpolation="bilinear")(up), first])
    outputs = k.Conv2D(1, 1)(k.Cropping2D(((0, 0), (1, 0)))(up))
    model = keras.Model(inputs, outputs)

    below = (MaxPooling2D(), Conv2D(6, 3, padding="same"))
    deeper = (*below, Conv2DTranspose(6, 3, 2, "same"))
    down = (*below, Branches((deeper, ())), UpSampling2D(interpolation="bilinear"))
    assert layers(model) == (
        Conv2D(3, 3, padding="same"),
        Branches((down, ())),
        Cropping2D(((0, 0), (1, 0))),
        Conv2D(1, 1),
    )
    check_it_computes_the_same(model, imported(model))


def test_a_residual_takes_in_the_activation_that_only_it_feeds(keras):
    k = keras.layers
    inputs = keras.Input((4, 4, 2))
    x = k.Add()([inputs, k.Conv2D(2, 1)(inputs)])
    y = k.Add()([x, k.Conv2D(2, 1)(k.Activation("relu")(x))])  # the sum is used twice
    z = k.LeakyReLU(0.1)(y)  # an activation with a slope
    z = k.Activation("tanh")(k.Activation("relu")(k.Add()([z, z])))  # two, one after the other
    model = keras.Model(inputs, z)

    assert layers(model) == (
        Residual((Conv2D(2, 1),)),
        Residual((Activation("relu"), Conv2D(2, 1))),
        Activation("relu", 0.1),
        Residual((), (), "relu"),
        Activation("tanh"),
    )


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("my net", "my net"),
        ("x" * 200, "x" * 120),
        ("two\nlines\u2028here", "two lines here"),
        ("\ud800broken", "broken"),
        (" \t", "imported"),
        ("", "imported"),
    ],
)
def test_the_name_is_the_models_own_as_far_as_it_can_be(name, ours):
    config = {"name": name, "layers": [entry("InputLayer", "in", batch_shape=[None, 4, 4, 1])]}

    assert from_keras_config({"class_name": "Sequential", "config": config}).name == ours


# What is left out


def test_what_cannot_be_kept_is_said(keras):
    k = keras.layers
    he = {"kernel_initializer": "he_normal", "kernel_regularizer": keras.regularizers.L2(1e-4)}
    parts = [
        keras.Input((8, 8, 1), batch_size=4, dtype="uint8", name="pixels"),
        *(k.Conv2D(2, 3, padding="same", name=f"conv_{i}", **he) for i in range(5)),
        k.Dropout(0.5, seed=3, name="drop"),
        k.BatchNormalization(synchronized=True, name="norm"),
        k.Flatten(name="flat"),
        k.Dense(2, kernel_constraint="non_neg", dtype="mixed_float16", name="head"),
    ]
    model = keras.Sequential(parts)
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    three = "'conv_0', 'conv_1', 'conv_2' and 2 more"

    assert imported(model).notes == (
        "Left out: dtype uint8; here all is float32 ('pixels').",
        "Left out: trainable=False; here the layer is trained ('conv_0').",
        f"Left out: kernel_initializer HeNormal ({three}).",
        f"Left out: kernel_regularizer L2 ({three}).",
        "Left out: seed=3 ('drop').",
        "Left out: synchronized=True ('norm').",
        "Left out: dtype mixed_float16; here all is float32 ('head').",
        "Left out: kernel_constraint NonNeg ('head').",
        "Left out: the fixed batch size of 4.",
        "Left out: the optimizer, loss and metrics it was compiled with.",
    )


def test_a_call_in_inference_mode_is_said(keras):
    k = keras.layers
    base = keras.Sequential(
        [keras.Input((8, 8, 1)), k.Conv2D(2, 3, name="conv"), k.BatchNormalization(name="norm")],
        name="base",
    )
    inputs = keras.Input((8, 8, 1))
    drop = k.Dropout(0.5, name="drop")
    model = keras.Model(inputs, drop(base(inputs, training=False), training=True))

    assert imported(model).notes == (
        "Left out: the call with training=False ('base/norm').",
        "Left out: the call with training=True ('drop').",
    )


@pytest.mark.parametrize(
    ("dtype", "called"),
    [
        ("float16", "float16"),
        ({"class_name": "DTypePolicy", "config": {"name": "bfloat16"}}, "bfloat16"),
        (
            {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}},
            "QuantizedDTypePolicy",
        ),
    ],
)
def test_another_precision_is_said(dtype, called):
    notes = read_keras_config(model_of([image, conv("c", "in", 2, dtype=dtype)], "c")).notes

    assert notes == (f"Left out: dtype {called}; here all is float32 ('c').",)


def looking(k: Any, x: Any, use_causal_mask: bool = False, **options: Any) -> Any:
    """The cells of a map of 8x8x3 look at each other."""
    cells = k.Reshape((64, 3))(x)
    look = k.MultiHeadAttention(2, 3, name="m", **options)
    return k.Reshape((8, 8, 3))(look(cells, cells, use_causal_mask=use_causal_mask))


ATTENTION: dict[str, Callable[[Any, Any], Any]] = {
    "as cells": looking,
    "as cells, by name": lambda k, x: k.Reshape((8, 8, 3))(
        itself(k.MultiHeadAttention(2, 3), k.Reshape((-1, 3))(x))
    ),
    "as a map": lambda k, x: k.MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x),
    "as a map, with a key": lambda k, x: k.MultiHeadAttention(2, 3, value_dim=3)(x, x, x),
}


def itself(look: Any, x: Any) -> Any:
    return look(query=x, value=x, key=x)


@pytest.mark.parametrize("way", ATTENTION)
def test_a_map_that_looks_at_itself_is_read_however_it_is_written(keras, way):
    model = functional(keras, ATTENTION[way], (8, 8, 3))
    give_weights(model)
    read = imported(model)

    assert read.architecture.layers == (SelfAttention2D(2, 3),)
    assert read.notes == ()
    check_it_computes_the_same(model, read)


def test_a_layer_of_ours_is_known_by_name_and_package_alone():
    entry = {"name": "p", "config": {"name": "p"}, "inbound_nodes": [[["in", 0, 0, {}]]]}
    ours = entry | {
        "class_name": "PositionEmbedding",
        "module": "anything.at.all",
        "registered_name": "cnn_workbench>PositionEmbedding",
    }

    read = read_keras_config(model_of([image, ours], "p"))

    assert read.architecture.layers == (PositionEmbedding(),)
    for other in (
        {"registered_name": "keras_hub>PositionEmbedding"},
        {"registered_name": None},
        {"registered_name": "PositionEmbedding", "module": "keras.layers"},
        {"class_name": "Dense"},
        {"class_name": "SelfAttention2D"},
        {"registered_name": "cnn_workbench>SelfAttention2D", "class_name": "SelfAttention2D"},
    ):
        with pytest.raises(ArchitectureError, match="a class of its own"):
            read_keras_config(model_of([image, ours | other], "p"))
    with pytest.raises(ArchitectureError, match=r"there is no such layer here\. Known are"):
        read_keras_config(model_of([image, entry | {"class_name": "SelfAttention2D"}], "p"))


# What cannot be


def functional(keras: Any, make: Callable[[Any, Any], Any], shape: tuple[int, ...]) -> Any:
    inputs = keras.Input(shape)
    return keras.Model(inputs, make(keras.layers, inputs))


def shared(k: Any, x: Any) -> Any:
    twice = k.Conv2D(3, 1, name="twice")
    return twice(twice(x))


def crossing(k: Any, x: Any) -> Any:
    a = k.Conv2D(3, 1, name="a")(x)
    b = k.Add()([k.Conv2D(3, 1, name="b")(a), x])
    return k.Add(name="sum")([b, a])


REFUSED: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "attention of one map over another": (
        lambda k, x: k.MultiHeadAttention(2, 3, name="m")(x, k.Conv2D(3, 1)(x)),
        "layer 'm' (MultiHeadAttention): here a map looks at itself alone. Call it as layer(x, x)",
    ),
    "attention with a key of its own": (
        lambda k, x: k.MultiHeadAttention(2, 3, name="m")(x, x, key=k.Conv2D(3, 1)(x)),
        "layer 'm' (MultiHeadAttention): here a map looks at itself alone. Call it as layer(x, x)",
    ),
    "attention to what was before": (
        lambda k, x: looking(k, x, use_causal_mask=True),
        "layer 'm' (MultiHeadAttention): it is called with 'use_causal_mask': True. Remove that.",
    ),
    "attention that drops shares": (
        lambda k, x: looking(k, x, dropout=0.1),
        "layer 'm' (MultiHeadAttention): dropout=0.1 drops shares of attention, which has no",
    ),
    "attention with values of another length": (
        lambda k, x: looking(k, x, value_dim=5),
        "layer 'm' (MultiHeadAttention): value_dim=5 is not key_dim=3, but here both are the key",
    ),
    "attention that changes the channels": (
        lambda k, x: k.MultiHeadAttention(2, 3, output_shape=5, name="m")(x, x),
        "layer 'm' (MultiHeadAttention): output_shape=",
    ),
    "attention along the lines": (
        lambda k, x: k.MultiHeadAttention(2, 3, attention_axes=2, name="m")(x, x),
        "layer 'm' (MultiHeadAttention): attention_axes=[2], but here all cells look at all.",
    ),
    "attention with a gate": (
        lambda k, x: looking(k, x, use_gate=True),
        "layer 'm' (MultiHeadAttention): the option 'use_gate': True has no counterpart here.",
    ),
    "cells that are no map again": (
        lambda k, x: k.Flatten()(k.LayerNormalization()(k.Reshape((64, 3), name="r")(x))),
        "layer 'r' (Reshape): it makes 64x3 of 8x8x3, but here a map is only laid out as a vector",
    ),
    "shared": (
        shared,
        "layer 'twice' (Conv2D): it is shared: it is called 2 times, each time with",
    ),
    "crossing": (
        crossing,
        "layer 'a' (Conv2D): its output is used by branches that cross each other, as in NASNet's "
        "cells: it goes to 'b', 'sum'. Here branches stand side by side",
    ),
    "unknown": (
        lambda k, x: k.UnitNormalization(name="unit")(x),
        "layer 'unit' (UnitNormalization): there is no such layer here. Known are Average",
    ),
    "other interpolation": (
        lambda k, x: k.UpSampling2D(interpolation="bicubic", name="up")(x),
        "layer 'up' (UpSampling2D): interpolation must be one of nearest, bilinear, got 'bicubic'.",
    ),
    "dilated and transposed": (
        lambda k, x: k.Conv2DTranspose(2, 3, dilation_rate=2, name="t")(x),
        "layer 't' (Conv2DTranspose): dilation_rate=[2, 2] has no counterpart here. Use",
    ),
    "transposed with more at the end": (
        lambda k, x: k.Conv2DTranspose(2, 3, 2, output_padding=1, name="t")(x),
        "layer 't' (Conv2DTranspose): the option 'output_padding': [1, 1] has no counterpart here.",
    ),
    "transposed with cells between": (
        lambda k, x: k.Conv2DTranspose(2, 1, 2, name="t")(x),
        "layer 't' (Conv2DTranspose): kernel_size=(1, 1) and strides=(2, 2) leave cells between",
    ),
    "cropping of channels first": (
        lambda k, x: k.Cropping2D(1, data_format="channels_first", name="c")(k.ZeroPadding2D(2)(x)),
        "layer 'c' (Cropping2D): data_format='channels_first', but here channels come last.",
    ),
    "smallest": (
        lambda k, x: k.Minimum(name="least")([x, k.Conv2D(3, 1)(x)]),
        "layer 'least' (Minimum): it joins 2 inputs, but here only Add, Average, Concatenate, "
        "Maximum, Multiply and Subtract do. Replace it.",
    ),
    "lambda": (
        lambda k, x: k.Lambda(lambda y: y * 2, name="twice")(x),
        "layer 'twice' (Lambda): it holds Python code, which is never run. Use layers such as",
    ),
    "contrast in training and in use": (
        lambda k, x: k.AutoContrast(name="contrast")(x),
        "layer 'contrast' (AutoContrast): there is no such layer here. Known are Average",
    ),
    "slopes shared along a row": (
        lambda k, x: k.PReLU(shared_axes=[2], name="p")(x),
        "layer 'p' (PReLU): shared_axes=[2], but here a slope is shared by all cells of a channel",
    ),
    "elu": (
        lambda k, x: k.ELU(0.5, name="e")(x),
        "layer 'e' (ELU): alpha=0.5, but elu is known with alpha=1 alone.",
    ),
    "channels first": (
        lambda k, x: k.Conv2D(4, 3, data_format="channels_first", name="c")(x),
        "layer 'c' (Conv2D): data_format='channels_first', but here channels come last. Build",
    ),
    "channels first in a Flatten": (
        lambda k, x: k.Flatten("channels_first", name="f")(x),
        "layer 'f' (Flatten): data_format='channels_first', but here channels come last. Build",
    ),
    "axis": (
        lambda k, x: k.BatchNormalization(1, name="b")(x),
        "layer 'b' (BatchNormalization): axis=1 is not the last. Use axis=-1.",
    ),
    "two axes": (
        lambda k, x: k.LayerNormalization([1, 2, 3], name="n")(x),
        "layer 'n' (LayerNormalization): axis=[1, 2, 3] is not the last. Use axis=-1.",
    ),
    "softmax over rows": (
        lambda k, x: k.Softmax(1, name="s")(x),
        "layer 's' (Softmax): axis=1 is not the last. Use axis=-1.",
    ),
    "stacked": (
        lambda k, x: k.Concatenate(1, name="c")([x, x]),
        "layer 'c' (Concatenate): axis=1 is not the last. Use axis=-1.",
    ),
    "broadcast": (
        lambda k, x: k.Add(name="a")([x, k.GlobalMaxPooling2D(keepdims=True)(x)]),
        "layer 'a' (Add): the body gives 1x1x3, the shortcut 8x8x3; a sum needs equal shapes.",
    ),
    "noise shape": (
        lambda k, x: k.Dropout(0.5, (1, 1, 1, 3), name="d")(x),
        "layer 'd' (Dropout): the option 'noise_shape': [1, 1, 1, 3] has no counterpart here.",
    ),
    "renorm": (
        lambda k, x: k.BatchNormalization(renorm=True, name="b")(x),
        "layer 'b' (BatchNormalization): the option 'renorm': True has no counterpart here.",
    ),
    "lora": (
        lambda k, x: k.Dense(2, lora_rank=1, name="d")(k.Flatten()(x)),
        "layer 'd' (Dense): the option 'lora_rank': 1 has no counterpart here. Remove it.",
    ),
    "scale per channel": (
        lambda k, x: k.Rescaling([1.0, -2.0, 3.0], name="r")(x),
        "layer 'r' (Rescaling): scale=[1.0, -2.0, 3.0] has numbers for each channel, which are",
    ),
    "scale of too many channels": (
        lambda k, x: k.Rescaling([1.0, 2.0, 3.0], name="r")(k.Conv2D(4, 1)(x)),
        "layer 'r' (Rescaling): scale must be one number, or one for each of 4 channels; got [1.0",
    ),
    "activation": (
        lambda k, x: k.Conv2D(2, 1, activation="mish", name="c")(x),
        "layer 'c' (Conv2D): the activation 'mish' is not known here. Use one of linear, relu,",
    ),
    "stride and dilation": (
        lambda k, x: k.DepthwiseConv2D(3, 2, dilation_rate=2, name="d")(x),
        "layer 'd' (DepthwiseConv2D): strides=(2, 2) and dilation_rate=(2, 2) cannot both be",
    ),
    "reshape": (
        lambda k, x: k.Reshape((4, 16, 3), name="r")(k.Conv2D(3, 1)(x)),
        "layer 'r' (Reshape): it makes 4x16x3 of 8x8x3, but here a map is only laid out as a",
    ),
    "reshape of what was pooled": (
        lambda k, x: k.Reshape((1, 3, 1), name="r")(k.GlobalMaxPooling2D()(x)),
        "layer 'r' (Reshape): it makes 1x3x1 of 3, but here a map is only laid out as a vector",
    ),
    "channels turned round": (
        lambda k, x: k.ReLU()(x[..., ::-1]),
        "(ops.GetItem): it takes a part of its input, or turns it round. As preprocess_input does "
        "that, save the model without it, and say how its pixels are fed: --pixels caffe for ",
    ),
    "an array added": (
        lambda k, x: k.ReLU()(x + np.ones(3, "f4")),
        "(ops.Add): it is called with an array of numbers. As preprocess_input does that, save ",
    ),
    "number divided": (
        lambda k, x: k.ReLU()(1.0 / x),
        "(ops.TrueDivide): a value can be divided by a number above or below 0, and by nothing",
    ),
    "power": (
        lambda k, x: k.ReLU()(x**2.0),
        "(ops.Power): it is called with 2.0, not with the output of a layer.",
    ),
    "number out of all bounds": (
        lambda k, x: k.ReLU()(x * 1e7),
        "(ops.Multiply): scale must be a number from -1,000,000 to 1,000,000, got 10000000.0.",
    ),
    "operation": (
        lambda k, x: k.ReLU()(x[:, :4]),
        "(ops.GetItem): it takes a part of its input, or turns it round. As preprocess_input does",
    ),
    "division": (lambda k, x: x / x, "(ops.TrueDivide): it joins 2 inputs, but here only Add,"),
    "a vector among the columns": (
        lambda k, x: x * k.GlobalMaxPooling2D()(x),
        "(ops.Multiply): as an operation it does not repeat a vector for each cell of a map. Use "
        "the layer Multiply.",
    ),
    "unequal maps in a sum": (
        lambda k, x: k.Add(name="a")([x, k.GlobalAveragePooling2D(keepdims=True)(x)]),
        "layer 'a' (Add): the body gives 1x1x",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore")  # Keras warns of lambdas, and so do we
def test_what_cannot_be_is_refused_with_the_name_of_the_layer(keras, case):
    make, message = REFUSED[case]
    model = functional(keras, make, (8, 8, 3))

    with pytest.raises(ArchitectureError) as caught:
        imported(model)

    assert message in str(caught.value)


def test_a_model_needs_one_input_and_one_output(keras):
    k = keras.layers
    a, b = keras.Input((4, 4, 1)), keras.Input((4, 4, 1))

    one = "but a network here has one. Use a model with one."
    with pytest.raises(ArchitectureError, match=rf"'m' \(Functional\): it has 2 inputs .*, {one}"):
        imported(keras.Model([a, b], k.Add()([a, b]), name="m"))
    with pytest.raises(ArchitectureError, match=rf"'m' \(Functional\): it has 2 outputs .*, {one}"):
        imported(keras.Model(a, [k.ReLU()(a), k.Softmax()(a)], name="m"))
    pair = keras.Model([a, b], k.Add()([a, b]), name="pair")
    with pytest.raises(ArchitectureError, match=rf"'pair' \(Functional\): it has 2 inputs, {one}"):
        imported(keras.Model(a, pair([a, a])))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (None, None, 3),
            r"the input is \(None, None, 3\), but every size must be known and at least 1\. Say "
            r"the size, such as: --input 28x28x3 on the command line, 28x28x3 as Size of the "
            r"input on a page, or keras\.Input\(\(28, 28, 3\)\) in the model\.",
        ),
        ((16, None, 3), "Say the size, such as: --input 16x28x3 on the command line"),
        ((None, None), r"at least 1\. Give it an Input such as \(28, 28, 1\)\."),
        ((784,), "the input is 784, but a network here begins with an image, height x width x"),
        ((28, 28), "the input is 28x28, but a network here begins with an image, height x width"),
        ((2, 2, 2, 2), "the input is 2x2x2x2, but a network here begins with an image, height x"),
        ((20_000, 2, 1), r"input must be \[height, width, channels\] with sides from 1 to 16,384"),
    ],
)
def test_the_input_must_be_an_image(keras, shape, message):
    model = keras.Sequential([keras.Input(shape), keras.layers.Dropout(0.5)])

    with pytest.raises(ArchitectureError, match=message):
        imported(model)


def test_a_sequential_model_must_know_its_input(keras):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])

    with pytest.raises(ArchitectureError, match=r"no input shape\. Say the size, such as: --input"):
        imported(model)


def test_classes_of_ones_own_are_refused(keras):
    own_layer = type("Conv2D", (keras.layers.Conv2D,), {})
    own_model = type("Model", (keras.Model,), {})
    keras.saving.register_keras_serializable("mine")(own_layer)
    model = keras.Sequential([keras.Input((8, 8, 1)), own_layer(2, 3, name="own")])
    with pytest.raises(ArchitectureError) as caught:
        imported(model)
    assert "layer 'own' (Conv2D): a class of its own ('mine>Conv2D'), and code in" in str(
        caught.value
    )
    with pytest.raises(ArchitectureError, match=r"a class of its own|this is not a model"):
        imported(own_model())


# Keras 2


def entry(kind: str, name: str, feeds: tuple[str, ...] = (), **options: Any) -> dict[str, Any]:
    """A layer as Keras 2 writes it; Keras 3 still reads it."""
    nodes = [[[feed, 0, 0, {}] for feed in feeds]] if feeds else []
    config = {"name": name, "trainable": True, "dtype": "float32", **options}
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": nodes}


def conv(name: str, feed: str, filters: int, size: int = 3, **options: Any) -> dict[str, Any]:
    glorot = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}
    given: dict[str, Any] = {
        "filters": filters,
        "kernel_size": [size, size],
        "strides": [1, 1],
        "padding": "valid",
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "groups": 1,
        "activation": "relu",
        "use_bias": True,
        "kernel_initializer": {"class_name": "VarianceScaling", "config": glorot},
        "kernel_regularizer": None,
        "bias_initializer": {"class_name": "Zeros", "config": {}},
    }
    return entry("Conv2D", name, (feed,), **given | options)


def model_of(entries: list[Any], end: str, **around: Any) -> dict[str, Any]:
    config = {"name": "model", "layers": entries, "input_layers": [["in", 0, 0]]}
    config["output_layers"] = [[end, 0, 0]]
    return {"class_name": "Functional", "config": config, "keras_version": "2.10.0", **around}


image = entry("InputLayer", "in", batch_input_shape=[None, 32, 32, 3], sparse=False, ragged=False)


def keras_2_sequential() -> dict[str, Any]:
    """A tutorial's network on CIFAR-10, whose summary says 258,762 parameters."""
    pool: dict[str, Any] = {"pool_size": [2, 2], "padding": "valid", "strides": [2, 2]}
    layers = [
        *(image, conv("c1", "", 32), entry("MaxPooling2D", "p1", **pool)),
        *(conv("c2", "", 64), entry("MaxPooling2D", "p2", **pool)),
        *(conv("c3", "", 128), entry("MaxPooling2D", "p3", **pool)),
        entry("Flatten", "flat", data_format="channels_last"),
        entry("Dense", "d1", units=256, activation="relu", use_bias=True),
        entry("Dense", "d2", units=128, activation="relu", use_bias=True),
        entry("Dense", "d3", units=10, activation="softmax", use_bias=True),
    ]
    config = {"name": "sequential", "layers": layers}
    return {"class_name": "Sequential", "config": config, "keras_version": "2.4.0"}


def test_a_sequential_model_of_keras_2():
    read = read_keras_config(json.dumps(keras_2_sequential()))

    assert trace(read.architecture).total_params == 258_762
    assert read.architecture.layers[:2] == (Conv2D(32, 3, activation="relu"), MaxPooling2D(2))
    assert read.notes == ()


def test_a_sequential_model_of_the_first_keras_versions():
    layers = keras_2_sequential()["config"]["layers"][1:]
    layers[0]["config"]["batch_input_shape"] = [None, 32, 32, 3]

    old = from_keras_config({"class_name": "Sequential", "config": layers})

    assert old.layers == from_keras_config(keras_2_sequential()).layers
    assert old.input == (32, 32, 3)


def test_a_functional_model_of_keras_2():
    norm = {"axis": [3], "momentum": 0.9, "epsilon": 1e-3, "center": True, "scale": True}
    inner = model_of([image, conv("inside", "in", 4, padding="same")], "inside")["config"]
    entries = [
        entry("Add", "sum", ("norm", "inner")),  # the order of the list is not that of the graph
        {**entry("Model", "inner", ("in",)), "config": inner | {"name": "inner"}},
        entry("BatchNormalization", "norm", ("conv",), **norm, fused=True, renorm=False),
        entry("ReLU", "relu", ("sum",), max_value=None, negative_slope=0.0, threshold=0.0),
        conv("conv", "in", 4, 1),
        entry("LeakyReLU", "leaky", ("relu",), alpha=0.1),
        image,
    ]
    entries[3]["inbound_nodes"] = [[["sum", 1, 0, {"training": None}]]]
    read = read_keras_config(model_of(entries, "leaky"))

    assert read.architecture.layers == (
        Residual(
            (Conv2D(4, 1, activation="relu"), BatchNormalization(0.9)),
            (Conv2D(4, 3, padding="same", activation="relu"),),
            "relu",
        ),
        Activation("relu", 0.1),
    )
    assert read.layer_names["conv2d_2"] == "inner/inside"


def test_tuples_and_arrays_in_files_of_keras_2():
    def pair(*items: Any) -> dict[str, Any]:
        return {"class_name": "__tuple__", "items": items}

    alpha = {"class_name": "__numpy__", "config": {"value": 0.25, "dtype": "float32"}}
    entries = [
        image,
        entry("ZeroPadding2D", "zeros", ("in",), padding=pair(pair(0, 1), pair(2, 3))),
        entry("MaxPooling2D", "pool", ("zeros",), pool_size=pair(2, 3), strides=pair(1, 1)),
        entry("LeakyReLU", "leaky", ("pool",), alpha=alpha),
    ]

    assert from_keras_config(model_of(entries, "leaky")).layers == (
        ZeroPadding2D(((0, 1), (2, 3))),
        MaxPooling2D((2, 3), 1),
        Activation("relu", 0.25),
    )


def test_hard_sigmoid_was_another_function_in_keras_2(keras):
    entries = [image, conv("c", "in", 2, activation="hard_sigmoid")]

    with pytest.raises(
        ArchitectureError, match=r"layer 'c' \(Conv2D\): hard_sigmoid in Keras 2 is"
    ):
        from_keras_config(model_of(entries, "c"))
    model = functional(keras, lambda k, x: k.Activation("hard_sigmoid")(x), (4, 4, 1))
    assert layers(model) == (Activation("hard_sigmoid"),)


# What is written wrong


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    data = model_of([image, conv("a", "in", 4, 1), conv("b", "a", 4, 1)], "b")
    change(data["config"])
    return data


def activation_of_activations(depth: int) -> Any:
    activation: Any = "relu"
    for _ in range(depth):
        activation = {"class_name": "Activation", "config": {"activation": activation}}
    return activation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("layers"), "layer 'model' (Functional): it has no list of layers."),
        (lambda c: c.pop("input_layers"), "layer 'model' (Functional): it has 0 inputs, but"),
        (
            lambda c: c.update(output_layers=[["z", 0, 0]]),
            "layer 'model' (Functional): its output 'z' is not among its layers.",
        ),
        (
            lambda c: c.update(input_layers=[["a", 0, 0]]),
            "layer 'a' (Conv2D): it is the model's input, but not an Input. Put one before it.",
        ),
        (
            lambda c: c["layers"].append(conv("b", "a", 3)),
            "layer 'b' (Conv2D): two layers have this name. Rename one of them.",
        ),
        (
            lambda c: c["layers"].append(conv("c", "b", 3)),
            "layer 'c' (Conv2D): its output is not used. Remove it.",
        ),
        (
            lambda c: c["layers"].append(conv("c", "z", 3)),
            "layer 'c' (Conv2D): it follows 'z', which is not in the model.",
        ),
        (
            lambda c: c["layers"].append(entry("InputLayer", "in2", batch_shape=[None, 1, 1, 1])),
            "layer 'in2' (InputLayer): nothing feeds it. Let all layers follow one input.",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["b", 0, 0, {}]]]),
            "layer 'model' (Functional): its layers go round in a circle: ['a', 'b', 'a'].",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["in", 0, 1, {}]]]),
            "layer 'a' (Conv2D): it uses output 2 of 'in'; use the first.",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["in", 0, 0, {"mask": 3}]]]),
            "layer 'a' (Conv2D): it is called with 'mask': 3. Remove that.",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["in", 0, 0], ["in", 0, 0]]]),
            "layer 'a' (Conv2D): it joins 2 inputs, but here only Add, Average, Concatenate, "
            "Maximum, Multiply and Subtract do.",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=7),
            "layer 'a' (Conv2D): its inbound_nodes must be a list, got 7.",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[7]]),
            "layer 'a' (Conv2D): it is called with 7, not with the output of a layer.",
        ),
        (
            lambda c: c["layers"][1].update(class_name="Foo Bar"),
            "layer 'a' ('Foo Bar'): there is no such layer here.",
        ),
        (
            lambda c: c["layers"][1].update(module="keras_hub.layers"),
            "layer 'a' (Conv2D): a class of its own ('keras_hub.layers'), and code in a file",
        ),
        (lambda c: c["layers"][1].pop("config"), "the config of a 'Conv2D' is missing: None."),
        (lambda c: c["layers"].append([]), "a Keras layer is an object with class_name and"),
        (
            lambda c: c["layers"][1]["config"].pop("filters"),
            "layer 'a' (Conv2D): filters is missing: it must be a whole number from 1 to 65,536.",
        ),
        (
            lambda c: c["layers"][1]["config"].update(filters=2.0),
            "layer 'a' (Conv2D): filters must be a whole number from 1 to 65,536, got 2.0.",
        ),
        (
            lambda c: c["layers"][1]["config"].update(padding=1),
            'layer \'a\' (Conv2D): padding must be "valid" or "same", got 1.',
        ),
        (
            lambda c: c["layers"][1]["config"].update(kernel_size=[40, 40]),
            "layer 'a' (Conv2D): a 40x40 kernel does not fit a 32x32 input.",
        ),
        (
            lambda c: c["layers"][1]["config"].update(activation={"class_name": []}),
            "layer 'a' (Conv2D): the activation {'class_name': []} is not known here.",
        ),
        (
            lambda c: c["layers"][1]["config"].update(
                activation={"class_name": "ReLU", "config": {}, "module": "evil"}
            ),
            "layer 'a' (ReLU): a class of its own ('evil'), and code in a file is never run.",
        ),
        (
            lambda c: c["layers"][1]["config"].update(activation=activation_of_activations(200)),
            "layer 'a' (Activation): the activation {'class_name': 'Activation', 'config': {",
        ),
        (
            lambda c: c["layers"][1]["config"].update(
                activation={"class_name": "ReLU", "config": {"beta": 1}}
            ),
            "layer 'a' (ReLU): the option 'beta': 1 has no counterpart here. Remove it.",
        ),
        (
            lambda c: c["layers"][2].update(class_name="Dropout", config={"name": "b"}),
            "layer 'b' (Dropout): rate is missing: it must be a number of at least 0 and below 1.",
        ),
        (
            lambda c: c["layers"][2].update(class_name="Add", config={"name": "b"}),
            "layer 'b' (Add): it joins only one input. Remove it.",
        ),
        (
            lambda c: c["layers"][2].update(class_name="Reshape", config={"target_shape": [5, -1]}),
            "layer 'b' (Reshape): 32x32x4 has 4,096 values and cannot become [5, -1].",
        ),
        (
            lambda c: c["layers"][2].update(class_name="Reshape", config={"target_shape": "x"}),
            "layer 'b' (Reshape): target_shape must be a list of sizes, got 'x'.",
        ),
        (
            lambda c: (
                c["layers"][1]["config"].update(filters=60_000)
                or c["layers"][0]["config"].update(batch_input_shape=[None, 16_000, 16_000, 3])
            ),
            "layer 'a': gives 16000x16000x60000 for each image, more than 1,000,000,000,000",
        ),
    ],
)
def test_what_is_written_wrong_is_named(change, message):
    with pytest.raises(ArchitectureError) as caught:
        from_keras_config(broken(change))

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no text in it, so no network either."),
        ("{", "this is not JSON: Expecting property name"),
        (b"\x80\x04K\x01.", "this is not a text file, so not JSON."),
        ("[]", "a Keras layer is an object with class_name and config, got []."),
        ('{"class_name": "Dense", "config": {}}', "layer 'dense' (Dense): this is not a model."),
        ("9" * 5000, "it holds a number with thousands of digits."),
        ("[" * 100_000, "layers are nested deeper than 50 levels."),
        (" " * (MAX_JSON_BYTES + 1), "the description has 20,000,001 bytes; at most 20,000,000"),
        ({"class_name": {1, 2}}, "these are not the values of a JSON text: Object of type set is"),
        ({"name": "x", "layers": []}, "layer 'x' (Sequential): it has no layers and no input."),
    ],
)
def test_what_is_no_model_is_refused(text, message):
    with pytest.raises(ArchitectureError) as caught:
        from_keras_config(text)

    assert message in str(caught.value)


def test_get_config_is_read_as_to_json_is(keras):
    for model in (typical(keras), resnet_like(keras)):
        assert from_keras_config(model.get_config()) == from_keras_config(model.to_json())


def test_many_skips_one_after_the_other_are_read():
    entries, last = [image], "in"
    for i in range(1_500):
        entries += [conv(f"c{i}", last, 3, 1), entry("Add", f"a{i}", (last, f"c{i}"))]
        last = f"a{i}"
    (first, *rest) = from_keras_config(model_of(entries, last)).layers

    assert first == Residual((Conv2D(3, 1, activation="relu"),))
    assert rest == [first] * 1_499


@pytest.mark.parametrize("kind", ["skips", "models"])
@pytest.mark.parametrize("depth", [1, MAX_DEPTH, MAX_DEPTH + 1, 300])
def test_nests_are_read_as_deep_as_they_may_be(kind, depth):
    if kind == "skips":  # a sum of a sum of a sum, each with the input
        entries, last = [image], "in"
        for i in range(depth):
            entries.append(entry("Add", f"a{i}", (last, "in")))
            last = f"a{i}"
        data = model_of(entries, last)
    else:
        data = model_of([image, conv("c", "in", 3)], "c")
        for _ in range(depth):
            data = {"class_name": "Sequential", "config": {"name": "s", "layers": [data]}}
    if depth <= MAX_DEPTH:
        assert len(list(walk(from_keras_config(data).layers))) == (depth if kind == "skips" else 1)
    else:
        with pytest.raises(ArchitectureError, match="deep"):
            from_keras_config(data)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([image] + [conv(f"c{i}", "", 1, 1) for i in range(MAX_LAYERS + 1)], "more than 5,000 lay"),
        (
            [image, entry("Add", "a", ("in",) * 2 * MAX_LAYERS), entry("Add", "b", ("in", "a"))],
            "more than 10,000 connections between layers.",
        ),
        ([image, entry("Add", "a", ("in",) * 1_000)], r"layer 'a' \(Add\): branches must be a"),
    ],
)
def test_models_may_not_be_too_large(entries, message):
    with pytest.raises(ArchitectureError, match=message):
        from_keras_config(model_of(entries, entries[-1]["name"]))


# Files


def packed(**files: bytes | str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name.replace("__", "."), data)
    return content.getvalue()


small = json.dumps(keras_2_sequential())


def test_a_saved_model_is_read_from_its_path_or_its_content(keras, tmp_path):
    model = resnet_like(keras)
    path = tmp_path / "model.keras"
    model.save(path)
    expected = imported(model)
    expected = replace(expected, notes=(WITHOUT_WEIGHTS, *expected.notes))

    for source in (path, str(path), path.read_bytes()):
        assert read_keras_file(source) == expected
        assert from_keras_file(source) == expected.architecture
    assert weights_of(build(expected.architecture), expected.architecture).keys() == {
        row.name for row in trace(expected.architecture).rows if row.weights
    }


def test_only_the_description_in_a_file_is_read():
    file = packed(config__json=small, metadata__json="{", model__weights__h5=b"no weights")

    assert from_keras_file(file) == from_keras_config(small)


def lying_about_its_size(content: bytes, says: int) -> bytes:
    """The archive, with another size of its first file written wherever its size stands."""
    size = struct.pack("<I", zipfile.ZipFile(io.BytesIO(content)).infolist()[0].file_size)
    assert content.count(size) >= 2
    return content.replace(size, struct.pack("<I", says))


bomb = packed(config__json=b" " * (MAX_JSON_BYTES + 1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"",
            "this is not a .keras file (File is not a zip file). Save the model with model.save(",
        ),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "this is not a .keras file (File is not a zip file)"),
        (b"\x80\x04\x95" + bytes(100), "this is not a .keras file (File is not a zip file)"),
        (packed(config__json=small)[:-30], "this is not a .keras file (File is not a zip file)"),
        (packed(other=b""), "this .keras file holds 0 files config.json, not one. Save the model"),
        (packed(config__json=b"\xff"), "this is not a text file, so not JSON."),
        (bomb, "config.json says it has 20,000,001 bytes; at most 20,000,000 are read."),
        (lying_about_its_size(bomb, 10), "this is not a .keras file (Bad CRC-32 for file 'config"),
    ],
)
def test_a_file_that_is_no_saved_model_is_refused(content, message):
    with pytest.raises(ArchitectureError) as caught:
        from_keras_file(content)

    assert message in str(caught.value)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_keras_does_not_use_are_refused(packing):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as file:
        file.writestr("config.json", small)

    with pytest.raises(ArchitectureError, match="packed in a way that Keras does not use"):
        from_keras_file(content.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_descriptions_in_one_file_are_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("config.json", small)
        file.writestr("config.json", small)

    with pytest.raises(ArchitectureError, match=r"holds 2 files config\.json, not one"):
        from_keras_file(content.getvalue())


@pytest.mark.parametrize(
    ("path", "message"),
    [("nowhere.keras", "No such file"), (".", "Is a directory"), ("\0", "not a .keras file")],
)
def test_a_file_that_is_not_there_is_refused(path, message):
    with pytest.raises(ArchitectureError, match=message):
        from_keras_file(path)


def test_reading_a_model_imports_neither_keras_nor_what_the_model_names(tmp_path):
    (tmp_path / "evil.py").write_text("raise SystemExit('imported')")
    data = keras_2_sequential()
    data["config"]["layers"][1]["module"] = "evil"
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from cnn.network.errors import ArchitectureError
from cnn.network.keras.read import read_keras_config
read_keras_config({small!r})
try:
    read_keras_config({json.dumps(data)!r})
except ArchitectureError as error:
    print(error)
print(sorted({{"keras", "tensorflow", "pickle", "evil"}} & sys.modules.keys() - {{"pickle"}}))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "layer 'c1' (Conv2D): a class of its own ('evil'), and code in a file is never run. "
        "Build the model from Keras' own layers.",
        "[]",
    ]


# Anything at all

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            *("Conv2D", "Functional", "Sequential", "InputLayer", "Add", "relu", "c1", "in", ">"),
            *(-1, 0, 1, 2, 1e400, 10**30, "\ud800", [None, 4, 4, 1], {"class_name": "function"}),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "layers", "name", "module"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
MODELS = [
    keras_2_sequential(),
    model_of(
        [
            image,
            conv("c1", "in", 3),
            entry("ReLU", "relu", ("c1",), max_value=None),
            entry("Dropout", "drop", ("relu",), rate=0.5),
            entry("Add", "sum", ("relu", "drop")),
            entry("Concatenate", "cat", ("sum", "sum"), axis=-1),
            entry("GlobalAveragePooling2D", "pool", ("cat",), keepdims=False),
            entry("Reshape", "reshape", ("pool",), target_shape=[1, 1, 6]),
        ],
        "reshape",
        compile_config={},
    ),
    model_of(
        [
            image,
            entry("Rescaling", "each", ("in",), scale=[1.0, 2.0, 3.0], offset=[0.0, 1.0, 0.0]),
            entry("Normalization", "norm", ("each",), mean=[0.5], variance=[0.25], axis=[-1]),
            entry("GroupNormalization", "group", ("norm",), groups=3, axis=-1),
            entry("PReLU", "slopes", ("group",), shared_axes=[1, 2]),
            entry("Dropout", "drop", ("slopes",), rate=0.5, noise_shape=[None, 1, 1, 1]),
            entry("LayerScale", "factor", ("drop",), init_values=0.1, projection_dim=3),
            entry("CustomScaleLayer", "sum", ("in", "factor"), scale=0.2),
            entry("Dense", "dense", ("sum",), units=4),
            {
                **entry("Subtract", "less"),
                "module": "keras.src.ops.numpy",
                "inbound_nodes": [[1.0, ["dense", 0, 0, {}]]],
            },
        ],
        "less",
    ),
]


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value that a list or an object holds, at any depth."""
    found = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
    return found


@st.composite
def damaged(draw):
    """A good description, with some of its values gone, doubled, or replaced by anything."""
    data = deepcopy(draw(st.sampled_from(MODELS)))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(data)))
        parent = data
        for key in way:
            parent = parent[key]
        how = draw(st.integers(0, 5))
        if how == 0:
            del parent[last]
        elif how == 1 and isinstance(parent, list):
            parent.insert(last, deepcopy(parent[last]))
        else:
            parent[last] = deepcopy(draw(junk))
        if not data:
            break
    return data


@pytest.mark.parametrize("model", MODELS, ids=["first", "second", "third"])
def test_what_is_damaged_then_can_be_read_as_it_is(model):
    read_keras_config(json.dumps(model))


@settings(max_examples=8 * settings().max_examples)
@given(damaged())
def test_a_damaged_description_is_read_or_refused(data):
    try:
        read = read_keras_config(json.dumps(data))
    except ArchitectureError:
        return
    assert read.layer_names.keys() == {row.name for row in trace(read.architecture).rows}


@settings(max_examples=4 * settings().max_examples)
@given(junk)
@example({"class_name": "Functional", "config": {"layers": [], "input_layers": [[[]]]}})
def test_any_json_is_refused(data):
    with pytest.raises(ArchitectureError):
        from_keras_config(json.dumps(data))


@settings(max_examples=4 * settings().max_examples)
@given(st.binary(max_size=300) | st.text())
def test_any_text_is_refused(text):
    with pytest.raises(ArchitectureError):
        from_keras_config(text)


@settings(max_examples=4 * settings().max_examples)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    content = bytearray(packed(config__json=small, other=b"more"))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(content), data.draw(st.integers(0, len(content)))]))
    with suppress(ArchitectureError):
        from_keras_file(bytes(content[:end]))
