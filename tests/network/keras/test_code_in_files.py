"""Real `.keras` files of what is no network here: one sentence each, and nothing in them is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnn.network.errors import ArchitectureError
from cnn.network.in_child_process import read_file_outside
from cnn.network.keras.model import WeightsError
from cnn.network.keras.read import read_keras_config, read_keras_file
from cnn.network.keras.weights import read_keras_model
from cnn.network.source import chosen

RAN: list[str] = []
"""What code of ours, which a file names or holds, has done."""

Make = Callable[[Any, Path], Any]


def traced(name: str) -> None:
    RAN.append(name)


def shared_layer(keras: Any, mark: Path) -> Any:
    k, x = keras.layers, keras.Input((8, 8, 3))
    twice = k.Conv2D(3, 3, padding="same", name="twice")
    return keras.Model(x, twice(twice(x)))


def shared_model(keras: Any, mark: Path) -> Any:
    """Two crops of an image through one network, as Siamese networks are written."""
    k, x = keras.layers, keras.Input((8, 8, 3))
    tower = keras.Sequential([keras.Input((8, 8, 3)), k.Conv2D(3, 3), k.Flatten()], name="tower")
    flipped = k.ZeroPadding2D(0)(x)
    return keras.Model(x, k.Concatenate()([tower(x), tower(flipped)]))


def two_inputs(keras: Any, mark: Path) -> Any:
    k = keras.layers
    left, right = (keras.Input((8, 8, 3), name=name) for name in ("left", "right"))
    return keras.Model([left, right], k.Flatten()(k.Add()([left, right])), name="pair")


def named_inputs(keras: Any, mark: Path) -> Any:
    k = keras.layers
    image, age = keras.Input((8, 8, 3), name="image"), keras.Input((1,), name="age")
    joined = k.Concatenate()([k.Flatten()(image), age])
    return keras.Model({"image": image, "age": age}, k.Dense(2)(joined), name="both")


def two_outputs(keras: Any, mark: Path) -> Any:
    k, x = keras.layers, keras.Input((8, 8, 3))
    flat = k.Flatten()(x)
    ends = k.Dense(4, name="box")(flat), k.Dense(2, "softmax", name="kind")(flat)
    return keras.Model(x, list(ends), name="detector")


def two_outputs_within(keras: Any, mark: Path) -> Any:
    k, x = keras.layers, keras.Input((8, 8, 3))
    inner = keras.Input((8, 8, 3))
    flat = k.Flatten()(inner)
    base = keras.Model(inner, [k.Dense(4)(flat), k.Dense(2)(flat)], name="base")
    return keras.Model(x, k.Activation("relu", name="act")(base(x)[1]))


def with_lambda(keras: Any, mark: Path) -> Any:
    path = str(mark)

    def marking(y: Any) -> Any:
        with open(path, "a"):  # noqa: PTH123  a Path is more than a file of Keras can hold
            return y * 2

    twice = keras.layers.Lambda(marking, name="twice")
    x = keras.Input((8, 8, 3))
    return keras.Model(x, keras.layers.Flatten()(twice(x)))


def own_layer(keras: Any, mark: Path) -> Any:
    class Twice(keras.layers.Layer):  # Keras ships no types
        def __init__(self, **options: Any) -> None:
            traced("Twice")
            super().__init__(**options)

        def call(self, y: Any) -> Any:
            traced("call")
            return y * 2

    x = keras.Input((8, 8, 3))
    return keras.Model(x, keras.layers.Flatten()(Twice(name="twice")(x)))


def own_model(keras: Any, mark: Path) -> Any:
    class Net(keras.Model):
        def __init__(self, **options: Any) -> None:
            traced("Net")
            super().__init__(**options)
            self.flat = keras.layers.Flatten()

        def call(self, y: Any) -> Any:
            return self.flat(y)

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name}

    net = Net(name="net")
    net.build((None, 8, 8, 3))
    return net


def own_activation(keras: Any, mark: Path) -> Any:
    def bent(y: Any) -> Any:
        traced("bent")
        return keras.ops.relu(y) * 2

    x = keras.Input((8, 8, 3))
    return keras.Model(x, keras.layers.Conv2D(2, 3, activation=bent, name="conv")(x))


ONE = "but a network here has one. Use a model with one."
CODE = "and code in a file is never run. Build the model from Keras' own layers."
REFUSED: dict[str, tuple[Make, str]] = {
    "a layer that is shared": (
        shared_layer,
        "layer 'twice' (Conv2D): it is shared: it is called 2 times, each time with the same "
        "weights. Here each layer stands in one place: give every place a layer of its own.",
    ),
    "a model that is shared": (
        shared_model,
        "layer 'tower' (Sequential): it is shared: it is called 2 times, each time with the same "
        "weights. Here each layer stands in one place: give every place a layer of its own.",
    ),
    "two inputs": (
        two_inputs,
        f"layer 'pair' (Functional): it has 2 inputs ('left', 'right'), {ONE}",
    ),
    "inputs by name": (
        named_inputs,
        f"layer 'both' (Functional): it has 2 inputs ('image', 'age'), {ONE}",
    ),
    "two outputs": (
        two_outputs,
        f"layer 'detector' (Functional): it has 2 outputs ('box', 'kind'), {ONE}",
    ),
    "two outputs of a model within": (
        two_outputs_within,
        "layer 'act' (Activation): it uses output 2 of 'base'; use the first.",
    ),
    "a lambda": (
        with_lambda,
        "layer 'twice' (Lambda): it holds Python code, which is never run. Use layers such as "
        "Rescaling instead.",
    ),
    "a layer of one's own": (own_layer, "layer 'twice' (Twice): a class of its own ('Twice'), "),
    "a model of one's own": (own_model, "layer 'net' (Net): a class of its own ('Net'), "),
    "an activation of one's own": (
        own_activation,
        "layer 'conv' (Conv2D): the activation 'bent' is not known here. Use one of linear, relu,",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore")  # Keras warns of lambdas
def test_it_is_refused_in_one_sentence_and_nothing_of_it_is_run(case: str, tmp_path: Path):
    import keras

    make, message = REFUSED[case]
    mark = tmp_path / "ran"
    model = make(keras, mark)
    file = tmp_path / "model.keras"
    model.save(file)
    content = file.read_bytes()
    RAN.clear()
    mark.unlink(missing_ok=True)

    ways: list[Callable[[], Any]] = [
        lambda: read_keras_file(file),
        lambda: read_keras_model(content),
        lambda: chosen(str(file), None, None),
        lambda: read_file_outside("model.keras", content),
    ]
    if case != "a model of one's own":  # of which Keras makes no JSON that says what it is
        ways.append(lambda: read_keras_config(model.to_json()))
    for way in ways:
        with pytest.raises((ArchitectureError, WeightsError)) as caught:
            way()
        said = str(caught.value)
        assert said.startswith(message)
        assert len(re.findall(r"\. [A-Z]", said)) <= 2
        assert ("class of its own" not in message) or said.endswith(CODE)
    assert RAN == []
    assert not mark.exists()


def test_what_these_files_hold_would_leave_a_trace(tmp_path: Path):
    """Else nothing would show that it was not run."""
    import keras

    mark = tmp_path / "ran"
    with_lambda(keras, mark)
    assert mark.exists()
    RAN.clear()
    own_layer(keras, mark)
    assert {"Twice", "call"} <= set(RAN)
