"""The compiled training, against Keras step by step."""

from dataclasses import replace

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Split, load
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import build
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Residual,
)
from cnn.training.engine.chunk import Chunk, measured_every
from cnn.training.engine.machine import CheckpointError, Machine
from cnn.training.recipe.configuration import Configuration

NETWORK = Architecture(
    "Nested",
    (8, 8, 1),
    (
        Conv2D(3, 3, padding="same", activation="relu"),
        Residual((Conv2D(3, 3, padding="same"), BatchNormalization())),
        Activation("relu"),
        Flatten(),
        Dense(3),
    ),
)
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), optimizer="sgd", momentum=0.0)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def train() -> Split:
    return load(SETTINGS.dataset, NETWORK.input).train


def chunk(count: int, first: int = 0, every: int = 50) -> Chunk:
    order = np.random.default_rng(0).permutation(150).astype(np.int32)
    rates = np.full(count, 0.05, np.float32)
    return Chunk(order, first, count, 16, rates, step=first, measured_every=every)


def test_gradient_norms_are_those_of_a_gradient_tape_row_by_row(train: Split):
    import keras
    import tensorflow as tf

    machine = Machine(NETWORK, SETTINGS, train)
    done = machine.steps(chunk(9, every=3))

    keras.utils.set_random_seed(SETTINGS.seed)
    model = build(from_scores(NETWORK))
    optimizer = keras.optimizers.SGD(0.05)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for step in range(9):
        batch = train.take(chunk(9).order[step * 16 : (step + 1) * 16])
        with tf.GradientTape() as tape:
            loss = loss_of(batch.labels, model(batch.images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        wanted = {
            layer.name: sum(
                float((one.numpy() ** 2).sum())
                for variable, one in zip(model.trainable_variables, gradients, strict=True)
                if variable.path.split("/")[-2] == layer.name
            )
            ** 0.5
            for layer in model.layers
            if layer.trainable_weights
        }
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        found = dict(zip(machine.rows, done.norms[step].tolist(), strict=True))
        if (step + 1) % 3 == 0:
            assert found == pytest.approx(wanted, rel=1e-3)
            assert all(norm > 0 for norm in found.values())
        else:
            assert not any(found.values())
    assert list(machine.rows) == ["conv2d_1", "conv2d_2", "batch_normalization_1", "dense_1"]


def test_steps_are_the_same_in_chunks_of_any_length(train: Split):
    together = Machine(NETWORK, SETTINGS, train)
    losses = together.steps(chunk(6)).losses.tolist()

    parts = Machine(NETWORK, SETTINGS, train)
    apart = [parts.steps(chunk(count, first)).losses.tolist() for first, count in ((0, 1), (1, 5))]

    assert apart[0] + apart[1] == losses
    assert all((together.state()[name] == array).all() for name, array in parts.state().items())


def test_a_state_that_was_restored_goes_on_as_if_nothing_had_been(train: Split):
    machine = Machine(NETWORK, SETTINGS, train)
    machine.steps(chunk(3))
    state = machine.state()
    first = machine.steps(chunk(3, 3)).losses.tolist()

    machine.restore(state)

    assert machine.steps(chunk(3, 3)).losses.tolist() == first


def test_a_state_of_another_network_is_refused_and_changes_nothing(train: Split):
    machine = Machine(NETWORK, SETTINGS, train)
    before = machine.state()
    other = {name: np.zeros((7, *array.shape)) for name, array in before.items()}

    with pytest.raises(CheckpointError, match="do not fit the"):
        machine.restore(other)
    assert all((before[name] == array).all() for name, array in machine.state().items())


@pytest.mark.parametrize(
    ("steps", "every"), [(1, 1), (99, 1), (200, 2), (4_999, 49), (5_000, 50), (50_000, 50)]
)
def test_gradients_are_measured_about_every_fifty_steps(steps: int, every: int):
    assert measured_every(steps) == every
    assert steps // every <= 1_000


def test_the_gradients_of_a_very_long_training_are_measured_at_most_a_thousand_times():
    assert measured_every(123_456) == 124


@pytest.mark.parametrize("tells_smoothed", [False, True])
def test_labels_are_smoothed_for_the_update_and_the_loss_told_is_that_on_plain_ones(
    train: Split, tells_smoothed: bool
):
    import keras
    import tensorflow as tf

    smoothed = replace(SETTINGS, label_smoothing=0.2)
    machine = Machine(NETWORK, smoothed, train, tells_smoothed=tells_smoothed)
    done = machine.steps(chunk(5))

    keras.utils.set_random_seed(SETTINGS.seed)
    model = build(from_scores(NETWORK))
    optimizer = keras.optimizers.SGD(0.05)
    plain, smooth = [], []
    for step in range(5):
        batch = train.take(chunk(5).order[step * 16 : (step + 1) * 16])
        with tf.GradientTape() as tape:
            scores = model(batch.pixels.astype("float32") / 255, training=True)
            # By hand: a fifth of the weight is spread over all three classes.
            wanted = (0.8 * np.eye(3)[batch.labels] + 0.2 / 3).astype(np.float32)
            logs = tf.nn.log_softmax(scores)
            loss = -tf.reduce_mean(tf.reduce_sum(wanted * logs, axis=1))
        smooth.append(float(loss))
        plain.append(-float(np.mean(logs.numpy()[np.arange(16), batch.labels])))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    assert done.losses == pytest.approx(smooth if tells_smoothed else plain, abs=1e-5)
    assert abs(smooth[-1] - plain[-1]) > 1e-3
    for ours, its in zip(machine.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, its, atol=1e-5)
