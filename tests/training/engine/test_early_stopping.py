"""Trainings that end early, against the epochs they recorded and against Keras' own rule."""

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, ShapeOptions
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration, Schedule
from cnn.training.recipe.run import WEIGHTS, Run, State
from cnn.training.store.store import Store
from cnn.training.workers.resuming import extend

NETWORK = Architecture(
    "Learns by heart", (8, 8, 1), (Conv2D(8, 3, activation="relu"), Flatten(), Dense(3))
)
NOISY = DatasetSpec(DatasetName.SHAPES, shapes=ShapeOptions(samples=60, noise=0.5))
SETTINGS = Configuration(
    NOISY, epochs=40, schedule=Schedule.CONSTANT, learning_rate=0.02, patience=3
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('early') / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(store: Store, settings: Configuration) -> Run:
    run = fit.carry_out(store, store.add(NETWORK, settings, worker="me"))
    assert run.state is State.FINISHED, run.message
    return run


@pytest.fixture(scope="module")
def run(store: Store) -> Run:
    return trained(store, SETTINGS)


def losses(store: Store, run: Run) -> list[float]:
    return [epoch.val_loss for epoch in store.epochs([run.id])[run.id]]


def weights(store: Store, run: Run) -> dict[str, np.ndarray]:
    content = store.file(run.id, WEIGHTS)
    assert content
    with np.load(io.BytesIO(content)) as found:
        return dict(found)


def epochs_of_keras(losses: list[float], patience: int) -> int:
    """After how many epochs Keras' callback stops a training with these losses."""
    import keras

    callback = keras.callbacks.EarlyStopping("val_loss", patience=patience)
    callback.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    callback.model.stop_training = False
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if callback.model.stop_training:
            return epoch + 1
    return len(losses)


def test_it_stops_where_keras_would(store: Store, run: Run):
    through = losses(store, trained(store, replace(SETTINGS, patience=0)))
    found = losses(store, run)

    assert len(through) == 40
    assert found == through[: len(found)]
    assert 4 <= len(found) == epochs_of_keras(through, 3) < 40


def test_the_best_epoch_is_kept_tested_and_named(store: Store, run: Run):
    found = losses(store, run)
    best = int(np.argmin(found)) + 1
    assert best == len(found) - 3
    assert run.result
    assert (run.result.best_epoch, run.result.epochs) == (best, len(found))
    assert run.message == (
        f"Stopped early, after epoch {len(found)} of 40. The validation loss was lowest after "
        f"epoch {best}, whose weights were kept and tested."
    )

    shorter = trained(store, replace(SETTINGS, patience=0, epochs=best))
    assert shorter.result
    assert shorter.result.best_epoch is None
    assert shorter.message == ""
    assert run.result.test_loss == shorter.result.test_loss
    ours, theirs = weights(store, run), weights(store, shorter)
    assert all((ours[name] == array).all() for name, array in theirs.items())


def test_a_training_that_gets_better_to_its_end_says_so(store: Store):
    run = trained(store, replace(SETTINGS, epochs=2, learning_rate=1e-4, patience=30))

    assert run.message.startswith("The validation loss was lowest after epoch 2, whose weights")


def test_one_that_is_extended_is_given_patience_anew(store: Store, run: Run):
    assert run.result
    assert run.result.epochs
    longer = fit.carry_out(store, extend(store, run.id, 20, worker="me"))

    assert longer.state is State.FINISHED
    assert longer.result
    assert longer.result.epochs
    found = losses(store, longer)
    assert found[: run.result.epochs] == losses(store, run)
    assert longer.result.best_epoch == int(np.argmin(found)) + 1
    if longer.result.best_epoch == run.result.best_epoch:  # no better was found in three more
        assert longer.result.epochs == run.result.epochs + 3
        assert longer.result.test_loss == run.result.test_loss
