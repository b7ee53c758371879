"""A run against plain Keras: the `.keras` file that the run keeps, loaded and asked by Keras."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import log_softmax, softmax

from cnn.data import Dataset, Split
from cnn.insight.answers import class_scores, shares_in, shares_of
from cnn.insight.forward import predict
from cnn.training.run import MODEL, PREDICTIONS, Run
from cnn.training.snapshots import weights_name
from cnn.training.store import Store
from cnn.training.weights import trained_weights

Floats = npt.NDArray[Any]
RATE = 0.05
SMALLEST = 1e-30
"""Below, a share of single precision says little of its logarithm, which Keras takes otherwise."""


@dataclass
class Keras:
    """The file of a run in Keras, with the loss that its users give a model of its end."""

    model: Any
    has_softmax: bool

    def evaluated(self, split: Split) -> tuple[float, float]:
        loss, accuracy = self.model.evaluate(split.images, split.labels, 500, verbose=0)
        return loss, accuracy

    def predicted(self, split: Split) -> tuple[Floats, float | None]:
        """How sure it is of each class, and what loss that comes to; None of shares too small."""
        given = self.model.predict(split.images, 500, verbose=0).astype(np.float64)
        likely = given if self.has_softmax else softmax(given, axis=1)
        if self.has_softmax and given.min() < SMALLEST:
            return likely, None
        logs = np.log(given) if self.has_softmax else log_softmax(given, axis=1)
        return likely, float(-logs[np.arange(len(split)), split.labels].mean())


def in_keras(store: Store, run: Run, folder: Path, *, is_quick: bool = True) -> Keras:
    """The file loaded; `is_quick` leaves out the seconds of compiling it."""
    import keras

    content = store.file(run.id, MODEL)
    assert content
    (folder / "run.keras").write_bytes(content)
    model = keras.models.load_model(folder / "run.keras")
    has_softmax = getattr(model.layers[-1], "activation", None) is keras.activations.softmax
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not has_softmax)
    optimizer = keras.optimizers.SGD(RATE)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=is_quick)
    return Keras(model, has_softmax)


def begun(store: Store, run: Run, keras: Keras) -> None:
    """Gives the model the weights that the run began with."""
    content = store.file(run.id, weights_name(0))
    assert content
    with np.load(io.BytesIO(content)) as kept:
        for layer in keras.model.layers:
            if layer.weights:
                count = len(layer.weights)
                layer.set_weights([kept[f"{layer.name}/{place}"] for place in range(count)])


def kept_predictions(store: Store, run: Run) -> tuple[Floats, Floats]:
    content = store.file(run.id, PREDICTIONS)
    assert content
    with np.load(io.BytesIO(content)) as kept:
        return kept["scores"], kept["labels"]


def check(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """All that a page says of the run, against Keras."""
    assert run.result
    test, rounding = data.test, 1e-4
    loss, accuracy = keras.evaluated(test)
    assert run.result.test_loss == pytest.approx(loss, rel=rounding, abs=1e-5)
    assert run.result.test_accuracy == pytest.approx(accuracy, abs=1.5 / len(test))
    last = store.epochs([run.id])[run.id][-1]
    val_loss, val_accuracy = keras.evaluated(data.validation)
    assert last.val_loss == pytest.approx(val_loss, rel=rounding, abs=1e-5)
    assert last.val_accuracy == pytest.approx(val_accuracy, abs=1.5 / len(data.validation))

    likely, of_predictions = keras.predicted(test)
    if of_predictions is not None:
        assert run.result.test_loss == pytest.approx(of_predictions, rel=1e-3)
    kept, labels = kept_predictions(store, run)
    np.testing.assert_array_equal(labels, test.labels)
    np.testing.assert_allclose(kept, likely, atol=1e-4)
    few, weights = test.images[:20], trained_weights(store, run)
    scores = class_scores(run.architecture, weights, few)
    np.testing.assert_allclose(shares_of(run.architecture, scores), likely[:20], atol=1e-4)
    output = predict(run.architecture, weights, few)
    np.testing.assert_allclose(shares_in(run.architecture, output), likely[:20], atol=1e-4)


def check_training(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """Every step, against Keras that trains the file's own model on the same images."""
    final = keras.model.get_weights()
    check_steps(store, run, data, keras)
    for ours, theirs in zip(final, keras.model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5, rtol=1e-4)


def check_steps(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """The loss and the accuracy of every step, and trains the file's model on the way."""
    begun(store, run, keras)
    order = np.random.default_rng((run.configuration.seed, 1)).permutation(len(data.train))
    batch = run.configuration.batch_size_for(len(data.train))
    for place, step in enumerate(store.steps(run.id)):
        few = data.train.take(order[place * batch : (place + 1) * batch])
        found = keras.model.train_on_batch(few.images, few.labels, return_dict=True)
        assert step.loss == pytest.approx(float(found["loss"]), rel=1e-4, abs=1e-6)
        assert step.accuracy == pytest.approx(float(found["accuracy"]), abs=1e-6)
        keras.model.reset_metrics()
