"""Layers that stay as they are, against Keras' own `trainable = False`, weight by weight."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Split, load
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import Weights, build, set_weights
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Residual,
    SelfAttention2D,
)
from cnn.network.trace import trace
from cnn.training.engine import kept_machines
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.kept_machines import found_compiled, keep, machine_for
from cnn.training.engine.machine import Machine
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.start import Start

# Without biases whose gradient is nothing but rounding, as before batch norm: Adam would follow it.
NETWORK = Architecture(
    "Half frozen",
    (8, 8, 1),
    (
        Conv2D(3, 3, padding="same", use_bias=False),
        BatchNormalization(momentum=0.8),
        Activation("relu"),
        Dropout(0.3),
        Residual((Conv2D(3, 3, padding="same", use_bias=False), BatchNormalization(momentum=0.8))),
        SelfAttention2D(1, 2, use_bias=False),
        Flatten(),
        Dense(5, activation="relu", use_bias=False),
        BatchNormalization(momentum=0.8),
        Dense(3, activation="softmax"),
    ),
)
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), seed=3)
SHA = "0" * 64
RATE, BATCH, STEPS = 0.02, 16, 6
OF_ITS_WAY = 0.05
CONVOLUTIONS = frozenset(("conv2d_1", "batch_normalization_1", "conv2d_2", "batch_normalization_2"))
ALL_BUT_THE_HEAD = CONVOLUTIONS | {"self_attention2d_1", "dense_1", "batch_normalization_3"}
ORDER = np.random.default_rng(0).permutation(150).astype(np.int32)
PROOF = partial(pytest.param, marks=pytest.mark.proof)


@pytest.fixture(scope="module")
def train() -> Split:
    return load(SETTINGS.dataset, NETWORK.input).train


@pytest.fixture(autouse=True)
def none_kept() -> Iterator[None]:
    kept_machines.forget()
    yield
    kept_machines.forget()


def trained_before(architecture: Architecture = NETWORK) -> Weights:
    """Weights as a training may leave them: no zeros, and averages that are not those of today."""
    draw = np.random.default_rng(5)
    return {
        row.name: tuple(
            draw.uniform(0.2, 0.6, one.shape).astype(np.float32)
            if one.name in ("gamma", "moving_variance")
            else draw.normal(0, 0.3, one.shape).astype(np.float32)
            for one in row.weights
        )
        for row in trace(architecture).rows
        if row.weights
    }


def chunk(first: int, count: int, rate: float = RATE) -> Chunk:
    rates = np.full(count, rate, np.float32)
    return Chunk(ORDER, first, count, BATCH, rates, step=first, measured_every=2)


def in_keras(configuration: Configuration, train: Split, frozen: frozenset[str]) -> tuple[Any, Any]:
    """The losses of the same steps, and the model after them, by Keras and nothing of ours."""
    import keras

    keras.utils.set_random_seed(configuration.seed)
    model = build(from_scores(NETWORK))
    set_weights(model, from_scores(NETWORK), trained_before())
    for layer in model.layers:
        layer.trainable = layer.name not in frozen
    called, given = configuration.optimizer_call
    model.compile(
        getattr(keras.optimizers, called)(RATE, **given),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    losses = []
    for step in range(STEPS):
        few = train.take(ORDER[step * BATCH : (step + 1) * BATCH])
        model.reset_metrics()
        losses.append(float(model.train_on_batch(few.images, few.labels)))
    return losses, model


@pytest.mark.parametrize(
    ("frozen", "changes"),
    [
        (CONVOLUTIONS, {"optimizer": Optimizer.ADAMW, "weight_decay": 0.1}),
        PROOF(ALL_BUT_THE_HEAD, {"optimizer": Optimizer.SGD, "weight_decay": 0.1}),
        PROOF(frozenset({"batch_normalization_3"}), {"optimizer": Optimizer.RMSPROP}),
        PROOF(frozenset(), {"optimizer": Optimizer.ADAM}),
    ],
)
def test_the_weights_are_those_of_keras_where_the_same_layers_are_not_trainable(
    train: Split, frozen: frozenset[str], changes: dict[str, Any]
):
    settings = replace(SETTINGS, **changes)
    machine = Machine(NETWORK, settings, train, frozen=frozen)
    machine.take(trained_before())
    done = machine.steps(chunk(0, STEPS))

    losses, model = in_keras(settings, train, frozen)

    np.testing.assert_allclose(done.losses, losses, rtol=1e-3)
    assert len(machine.updating.state) == len(model.optimizer.variables)
    before = trained_before()
    for name, arrays in machine_weights(machine).items():
        theirs = model.get_layer(name).get_weights()
        for ours, its, first in zip(arrays, theirs, before[name], strict=True):
            if name in frozen:  # to the last bit, averages of batch norm and all
                assert (ours == first).all()
                assert (its == first).all()
            else:
                # Adam makes a step of what is nearly no gradient, where rounding has a say.
                moved, apart = np.linalg.norm(its - first), np.linalg.norm(ours - its)
                assert moved > 0
                assert apart <= OF_ITS_WAY * moved


def machine_weights(machine: Machine) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, array in machine.weights().items():
        found.setdefault(key.rsplit("/", 1)[0], []).append(array)
    return found


def test_dropout_before_and_behind_frozen_layers_still_acts(train: Split):
    machine = Machine(NETWORK, SETTINGS, train, frozen=ALL_BUT_THE_HEAD)
    machine.take(trained_before())
    twice = [float(machine.steps(chunk(0, 1, rate=0.0)).losses[0]) for _ in range(2)]

    dry = replace(
        NETWORK, layers=tuple(one for one in NETWORK.layers if not isinstance(one, Dropout))
    )
    still = Machine(dry, SETTINGS, train, frozen=ALL_BUT_THE_HEAD)
    still.take(trained_before(dry))
    without = [float(still.steps(chunk(0, 1, rate=0.0)).losses[0]) for _ in range(2)]

    assert twice[0] != twice[1]
    assert without[0] == without[1]  # batch norm does not go by the batch either


def test_gradients_are_measured_of_what_is_trained_alone(train: Split):
    machine = Machine(NETWORK, SETTINGS, train, frozen=CONVOLUTIONS)
    assert list(machine.rows) == [
        "self_attention2d_1",
        "dense_1",
        "batch_normalization_3",
        "dense_2",
    ]
    assert machine.steps(chunk(0, 2)).norms.shape == (2, 4)


def test_only_what_is_frozen_alike_is_found_compiled(train: Split):
    machine = machine_for(NETWORK, SETTINGS, train, frozen=CONVOLUTIONS)
    machine.take(trained_before())
    losses = machine.steps(chunk(0, 2)).losses.tolist()
    machine.is_compiled = True
    keep(machine, NETWORK, SETTINGS)

    assert machine_for(NETWORK, SETTINGS, train) is not machine
    found = machine_for(NETWORK, SETTINGS, train, frozen=CONVOLUTIONS)
    assert found is machine
    found.take(trained_before())
    assert found.steps(chunk(0, 2)).losses.tolist() == losses


def test_a_training_that_begins_elsewhere_compiles_as_often_as_it_freezes_otherwise():
    plain = replace(SETTINGS, epochs=4)
    whole, both = (
        replace(plain, start=Start(SHA, run="a", freeze=1, head_first=head, anew=("dense_2",)))
        for head in (0, 2)
    )
    assert found_compiled([(NETWORK, one) for one in (plain, whole, whole, both, both)]) == [
        False,
        False,
        True,
        False,
        True,
    ]
