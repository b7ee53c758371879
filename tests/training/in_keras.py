"""A run against plain Keras: the `.keras` file that the run keeps, loaded, fed and asked as the
page that offers it says.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import log_softmax, softmax
from sklearn import metrics

from cnn.comparing.answers import answers
from cnn.data import Dataset, Split
from cnn.diagnose.evaluation import Predictions, class_figures, confusion_matrix, worst_mistakes
from cnn.diagnose.reliability import reliability
from cnn.insight.passes.forward import predict
from cnn.insight.readings.answers import class_scores, shares_in, shares_of
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import Weights, build
from cnn.network.layers import BatchNormalization
from cnn.network.trace import trace
from cnn.training.engine.kept_splits import kept_splits
from cnn.training.engine.loading import loading_code
from cnn.training.engine.snapshots import Snapshot, snapshot_name, weights_name
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.run import MODEL, PREDICTIONS, WATCHED, Run
from cnn.training.store.store import Store

Floats = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
RATE = 0.05
ROUNDING = 1e-4
IN_ONE_GO = 500
OF_ITS_WAY = 0.05
SMALLEST = 1e-30
"""Below, a share of single precision says little of its logarithm, which Keras takes otherwise."""


@dataclass
class Keras:
    """A file in Keras, opened by the page's lines, with the loss that its users give a model of
    its end. `named` is what those lines have made, `asking` the one that asks the model.
    """

    named: dict[str, Any]
    asking: str
    has_softmax: bool

    @property
    def model(self) -> Any:
        return self.named["model"]

    def fed(self, pixels: Pixels) -> Floats:
        """What the page says that the model expects of these bytes."""
        prepare = self.named.get("prepare", from_0_to_1)
        found: Floats = prepare(pixels)
        return found

    def evaluated(self, split: Split) -> tuple[float, float]:
        fed = self.fed(split.pixels)
        if len(split) > IN_ONE_GO:
            loss, accuracy = self.model.evaluate(fed, split.labels, IN_ONE_GO, verbose=0)
            return loss, accuracy
        self.model.reset_metrics()
        found = self.model.test_on_batch(fed, split.labels, return_dict=True)
        return float(found["loss"]), float(found["accuracy"])

    def predicted(self, pixels: Pixels) -> tuple[Floats, Floats | None]:
        """What the page's line gives: how sure it is of each class, and the logarithms of that;
        None of shares too small.
        """
        given = {"images": from_0_to_1(pixels), "pixels": pixels}
        exec(self.asking, self.named | given, self.named)
        found = self.named["probabilities" if self.has_softmax else "scores"].astype(np.float64)
        if not self.has_softmax:
            return softmax(found, axis=1), log_softmax(found, axis=1)
        return found, np.log(found) if found.min() >= SMALLEST else None

    def likely(self, pixels: Pixels) -> Floats:
        """How sure it is of each class of a few images."""
        found = np.asarray(self.model.predict_on_batch(self.fed(pixels)), np.float64)
        return found if self.has_softmax else np.asarray(softmax(found, axis=1))


def from_0_to_1(pixels: Pixels) -> Floats:
    return pixels.astype("float32") / 255


def in_keras(store: Store, run: Run, folder: Path, *, is_quick: bool = True) -> Keras:
    """The file that the run keeps."""
    content = store.file(run.id, MODEL)
    assert content
    (folder / "run.keras").write_bytes(content)
    return opened(folder / "run.keras", run.architecture, is_quick=is_quick)


def opened(file: Path, architecture: Architecture, *, is_quick: bool = True) -> Keras:
    """A file loaded; `is_quick` leaves out the seconds of compiling it."""
    import keras

    *loading, asking = loading_code(str(file), architecture).splitlines()
    named: dict[str, Any] = {}
    exec("\n".join(loading), named)
    model = named["model"]
    has_softmax = getattr(model.layers[-1], "activation", None) is keras.activations.softmax
    assert asking.startswith("probabilities" if has_softmax else "scores")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not has_softmax)
    optimizer = keras.optimizers.SGD(RATE)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=is_quick)
    traced = trace(architecture)
    trained = sum(int(np.prod(one.shape)) for one in model.trainable_weights)
    assert (traced.total_params, traced.trainable_params) == (model.count_params(), trained)
    return Keras(named, asking, has_softmax)


def begun(store: Store, run: Run, keras: Keras) -> None:
    """Gives the model the weights that the run began with, and the seeds of its dropouts."""
    content = store.file(run.id, weights_name(0))
    assert content
    with np.load(io.BytesIO(content)) as kept:
        for layer in keras.model.layers:
            if layer.weights:
                count = len(layer.weights)
                layer.set_weights([kept[f"{layer.name}/{place}"] for place in range(count)])
    random.seed(run.configuration.seed)
    np.random.seed(run.configuration.seed)  # noqa: NPY002  Keras draws seeds from both
    seeded = {one.name: one for one in build(from_scores(run.architecture)).layers}
    for layer in keras.model.layers:
        if hasattr(layer, "seed_generator"):
            layer.seed_generator.state.assign(seeded[layer.name].seed_generator.state)


def check(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """All that a page says of the run, against Keras."""
    check_result(store, run, data, keras)
    check_followed(store, run, keras)


def check_result(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """What is said of the validation and the test images."""
    assert run.result
    with np.load(io.BytesIO(store.file(run.id, PREDICTIONS) or b"")) as kept:
        found = Predictions(kept["scores"], kept["labels"])
    judged = run.result.test_loss, run.result.test_accuracy
    weights = trained_weights(store, run)
    likely = check_judgement(run.architecture, weights, data.test, judged, found, keras)
    kept_answers = answers(store, run)
    np.testing.assert_array_equal(kept_answers.given, found.predicted)
    np.testing.assert_allclose(kept_answers.sureness, likely.max(axis=1), atol=ROUNDING)
    check_images(store, run, data, found)

    last = store.epochs([run.id])[run.id][-1]
    loss, accuracy = keras.evaluated(data.validation)
    assert last.val_loss == pytest.approx(loss, rel=ROUNDING, abs=1e-5)
    assert last.val_accuracy == pytest.approx(accuracy, abs=1.5 / len(data.validation))


def check_followed(store: Store, run: Run, keras: Keras) -> None:
    """How sure it is of the few images that the run is followed by."""
    with np.load(io.BytesIO(store.file(run.id, WATCHED) or b"")) as watched:
        likely = keras.likely(watched["pixels"])
    last = store.epochs([run.id])[run.id][-1]
    snapshot = Snapshot.from_bytes(
        store.file(run.id, snapshot_name(last.epoch)) or b"", run.architecture
    )
    np.testing.assert_allclose(snapshot.probabilities, likely, atol=1e-3)  # in half precision


def check_judgement(
    architecture: Architecture,
    weights: Weights,
    test: Split,
    judged: tuple[float, float],
    found: Predictions,
    keras: Keras,
) -> Floats:
    """Loss, accuracy, confidences and counts on some images; gives how sure Keras is of each."""
    loss, accuracy = keras.evaluated(test)
    assert judged[0] == pytest.approx(loss, rel=ROUNDING, abs=1e-5)
    likely, logs = keras.predicted(test.pixels)
    if logs is not None:
        of_predictions = -logs[np.arange(len(test)), test.labels].mean()
        assert judged[0] == pytest.approx(of_predictions, rel=1e-3, abs=1e-5)
    np.testing.assert_array_equal(found.labels, test.labels)
    np.testing.assert_allclose(found.scores, likely, atol=ROUNDING)

    # Of two classes as likely as each other, rounding decides.
    ordered = np.sort(likely, axis=1)
    is_clear = ordered[:, -1] - ordered[:, -2] > 2 * ROUNDING
    doubtful = int((~is_clear).sum())
    right = round(accuracy * len(test))
    assert abs(round(judged[1] * len(test)) - right) <= doubtful
    assert abs(found.right - right) <= doubtful
    check_counts(found, likely, is_clear)

    few = test.images[:20]
    scores = class_scores(architecture, weights, few)
    np.testing.assert_allclose(shares_of(architecture, scores), likely[:20], atol=ROUNDING)
    output = predict(architecture, weights, few)
    np.testing.assert_allclose(shares_in(architecture, output), likely[:20], atol=ROUNDING)
    return likely


def check_counts(found: Predictions, likely: Floats, is_clear: npt.NDArray[np.bool_]) -> None:
    """The confusion matrix, the figures of each class, and how sure it was of its mistakes."""
    clear = Predictions(found.scores[is_clear], found.labels[is_clear])
    given, labels = likely[is_clear].argmax(axis=1), found.labels[is_clear]
    matrix, every = confusion_matrix(clear), list(range(likely.shape[1]))
    if len(clear):
        wanted = metrics.confusion_matrix(labels, given, labels=every)
        np.testing.assert_array_equal(matrix, wanted)
    for one in class_figures(matrix):
        is_it, is_said = labels == one.label, given == one.label
        counted = int(is_it.sum()), int(is_said.sum()), int((is_it & is_said).sum())
        assert (one.images, one.predicted, one.right) == counted
    for mistake in worst_mistakes(found, len(found)):
        of_it = likely[mistake.place]
        assert mistake.confidence == pytest.approx(of_it[mistake.predicted], abs=ROUNDING)
        assert mistake.on_truth == pytest.approx(of_it[mistake.label], abs=ROUNDING)
    over = reliability(found).overconfidence
    sure, right = likely.max(axis=1).mean(), found.right / len(found)
    assert over == pytest.approx(sure - right, abs=ROUNDING)


def check_images(store: Store, run: Run, data: Dataset, found: Predictions) -> None:
    """How many images there are of what, and how many of the test images were seen in training."""
    assert run.result
    sizes = run.result.train_images, run.result.validation_images, run.result.test_images
    assert sizes == (len(data.train), len(data.validation), len(data.test))
    for name, split in data.splits.items():
        counts = [int((split.labels == label).sum()) for label in range(len(data.class_names))]
        assert kept_splits(store, run.id).counts[name] == tuple(counts)
    learned = {one.tobytes() for split in (data.train, data.validation) for one in split.pixels}
    is_new = np.array([one.tobytes() not in learned for one in data.test.pixels])
    assert run.result.seen_test_images == (~is_new).sum()
    right_and_new = (found.predicted == data.test.labels) & is_new
    assert run.result.unseen_right == right_and_new.sum()


def check_training(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """Every step, against Keras that trains the file's own model on the same images.

    Behind batch normalization many cells lie next to where a relu bends, and which side rounding
    puts one on turns the gradient of a whole channel: in double precision either of the two may be
    found up to 2 % off. So there every array is to have moved as far and to the same place but for
    such a share of its way; elsewhere each weight is to be the same.
    """
    final = keras.model.get_weights()
    begun(store, run, keras)
    before = keras.model.get_weights()
    check_steps(store, run, data, keras)
    rows = trace(run.architecture).rows
    is_rough = any(isinstance(row.layer, BatchNormalization) for row in rows)
    for ours, theirs, first in zip(final, keras.model.get_weights(), before, strict=True):
        if is_rough:
            moved, apart = np.linalg.norm(theirs - first), np.linalg.norm(ours - theirs)
            assert apart <= OF_ITS_WAY * moved + 2e-5 * ours.size**0.5
        else:
            np.testing.assert_allclose(ours, theirs, atol=2e-5, rtol=1e-4)


def check_steps(store: Store, run: Run, data: Dataset, keras: Keras) -> None:
    """The loss and the accuracy of every step and every epoch, while Keras trains the file's model
    from where the run began.
    """
    begun(store, run, keras)
    batch = run.configuration.batch_size_for(len(data.train))
    steps, told = iter(store.steps(run.id)), store.epochs([run.id])[run.id]
    for epoch in told:
        order = np.random.default_rng((run.configuration.seed, epoch.epoch))
        shuffled = data.train.take(order.permutation(len(data.train)))
        sums, seen = np.zeros(2), 0
        for start in range(0, len(data.train), batch):
            if (step := next(steps, None)) is None:
                break
            few = shuffled.take(np.arange(start, min(start + batch, len(data.train))))
            fed = keras.fed(few.pixels)
            found = keras.model.train_on_batch(fed, few.labels, return_dict=True)
            loss, accuracy = float(found["loss"]), float(found["accuracy"])
            assert step.loss == pytest.approx(loss, rel=ROUNDING, abs=1e-6)
            assert step.accuracy == pytest.approx(accuracy, abs=1e-6)
            keras.model.reset_metrics()
            sums, seen = sums + len(few) * np.array([loss, accuracy]), seen + len(few)
        assert (epoch.loss, epoch.accuracy) == pytest.approx(sums / seen, rel=ROUNDING, abs=1e-6)
    assert not list(steps)
