"""The Keras script is the model: layer by layer what `build` makes, and the same outputs."""

import ast
import inspect
import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.keras.export import BY_PLACE, keras_code
from cnn.network.keras.model import build, set_weights
from cnn.network.layers import (
    KINDS,
    Container,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    LayerScale,
    Residual,
    SelfAttention2D,
    StochasticDepth,
    defaults,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from tests import warm
from tests.network.export_cases import CASES, SMALL_ZOO, random_images, random_weights
from tests.network.strategies import architectures
from tests.some import some


@pytest.mark.parametrize("architecture", CASES.values(), ids=CASES.keys())
def test_the_script_is_the_model(architecture: Architecture):
    assert_same_model(architecture)


@pytest.mark.parametrize("id", some(SMALL_ZOO, "lenet-5", "resnet-lite", "inception-lite"))
def test_the_scripts_of_the_zoo_are_the_models(id: str):
    assert_same_model(entry(id).architecture)


@given(architectures())
def test_the_scripts_of_random_networks_are_the_models(architecture: Architecture):
    assert_same_model(architecture)


def test_a_plain_stack_reads_as_keras_is_taught():
    assert (
        keras_code(entry("lenet-5").architecture).text
        == '''\
"""LeNet-5 in Keras.

Input: 28x28x1, pixels from 0 to 1.
Exactly 61,706 parameters.
"""

import keras
from keras import layers


def build_model():
    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="lenet_5",
    )


if __name__ == "__main__":
    build_model().summary()
'''
    )


def test_a_residual_block_reads_as_keras_is_taught():
    network = Architecture(
        "Skip",
        (8, 8, 3),
        (
            Conv2D(4, 3, padding="same"),
            Residual((Conv2D(6, 3, strides=2, padding="same"),), (Conv2D(6, 1, 2),), "relu"),
            Flatten(),
            Dense(2),
        ),
    )

    assert (
        """
    x = layers.Conv2D(4, 3, padding="same")(inputs)

    # Residual #1
    shortcut = x
    x = layers.Conv2D(6, 3, strides=2, padding="same")(x)
    shortcut = layers.Conv2D(6, 1, strides=2)(shortcut)
    x = layers.Add()([x, shortcut])
    x = layers.Activation("relu")(x)

    x = layers.Flatten()(x)
    x = layers.Dense(2)(x)
    return keras.Model(inputs, x, name="skip")
"""
        in keras_code(network).text
    )


def test_the_end_of_a_scaled_body_reads_as_a_person_would_write_it():
    body = (Conv2D(3, 3, padding="same"), LayerScale(), StochasticDepth(0.1))
    network = Architecture("Scaled", (8, 8, 3), (Conv2D(3, 1), Residual(body, scale=0.2)))

    assert (
        """
    # Residual #1
    shortcut = x
    x = layers.Conv2D(3, 3, padding="same")(x)
    # LayerScale
    x = layers.DepthwiseConv2D(
        1, use_bias=False, depthwise_initializer=keras.initializers.Constant(1e-06)
    )(x)
    x = layers.Dropout(0.1, noise_shape=(None, 1, 1, 1))(x)
    x = layers.Rescaling(0.2)(x)
    x = layers.Add()([x, shortcut])
"""
        in keras_code(network).text
    )


@pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if k.same_in_keras and not issubclass(k, Container)]
)
def test_what_is_left_out_is_keras_own_default(kind: type[Layer]):
    import keras

    name = "MultiHeadAttention" if kind is SelfAttention2D else kind.__name__
    theirs = inspect.signature(getattr(keras.layers, name, keras.layers.Layer)).parameters
    for name, ours in defaults(kind).items():
        if name in BY_PLACE:
            continue
        assert both_sides(ours) == both_sides(theirs[name].default), name


@pytest.mark.parametrize("id", zoo())
def test_every_layer_has_its_lines(id: str):
    architecture = entry(id).architecture
    paths = {line.path for line in keras_code(architecture).lines}

    assert paths - {None} == {path for path, _ in walk(architecture.layers)}


def test_a_line_belongs_to_the_innermost_layer_it_builds():
    layers = (Residual((Conv2D(3, 3, padding="same"), Conv2D(3, 1))),)
    lines = keras_code(Architecture("net", (8, 8, 3), layers)).lines
    owner = {line.text.strip(): line.path for line in lines}

    assert owner["x = layers.Conv2D(3, 1)(x)"] == (0, "body", 1)
    assert owner["x = layers.Add()([x, inputs])"] == (0,)
    assert owner["import keras"] is None


def test_a_network_that_cannot_be_has_no_code():
    with pytest.raises(ArchitectureError, match="needs a vector"):
        keras_code(Architecture("net", (8, 8, 3), (Dense(3),)))


@pytest.mark.parametrize("id", some(["lenet-5", "resnet-lite"], "lenet-5"))
def test_the_script_runs_as_it_stands(id: str, tmp_path):
    architecture = entry(id).architecture
    script = tmp_path / "network.py"
    script.write_text(keras_code(architecture).text, encoding="utf-8")
    ran = warm.run(script, env=os.environ, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert f"Total params: {trace(architecture).total_params:,}" in ran.stdout


def assert_same_model(architecture: Architecture) -> None:
    """The script's model has the same layers in the same order, and the same outputs."""
    built = build(architecture)
    exported = built_by(keras_code(architecture).text)
    set_weights(built, architecture, random_weights(architecture))
    exported.set_weights(built.get_weights())
    for layer in exported.layers:
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()
    images = random_images(architecture)

    assert described(exported) == described(built)
    assert exported.count_params() == trace(architecture).total_params
    np.testing.assert_array_equal(exported(images), built(images))


def both_sides(value: Any) -> Any:
    """Keras writes 1 where both sides are 1; we keep two."""
    while isinstance(value, tuple) and value[0] == value[1]:
        value = value[0]
    return value


def built_by(script: str) -> Any:
    ast.parse(script)
    scope: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script, "exported.py", "exec"), scope)
    return scope["build_model"]()


def described(model: Any) -> list[Any]:
    """What each layer is, all but its name, and the shape it gives."""
    return [
        (type(layer).__name__, {**layer.get_config(), "name": ""}, layer.output.shape)
        for layer in model.layers
        if type(layer).__name__ != "InputLayer"
    ]
