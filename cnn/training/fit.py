"""The training itself: one run, from its first step to its test result.

TensorFlow is imported inside, so that only a process that trains pays for it. Steps run in chunks
inside one compiled function that returns every step's loss: Keras' `fit` hands control back after
each step, which costs more than the step itself on a small network.
"""

from __future__ import annotations

import io
import math
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Dataset, Split, fingerprint, load
from cnn.network.keras_model import build, weights_of
from cnn.training.configuration import Configuration, Optimizer, Schedule
from cnn.training.fitting import from_scores
from cnn.training.run import Epoch, Progress, Result, Run, State, Step, Wish
from cnn.training.store import Store

REPORT_EVERY_S = 0.25
EVALUATION_BATCH = 500
PAUSE_POLL_S = 0.2

Numbers = npt.NDArray[np.float32]


class Stopped(Exception):
    """The run is not wanted any more."""


class Interrupted(Exception):
    """The process that trains is about to end."""


class Diverged(Exception):
    """The loss is no longer a finite number; the message says where and what to try."""


def carry_out(
    store: Store,
    run: Run,
    watch: Callable[[Progress], None] = lambda _: None,
    is_gone: Callable[[], bool] = lambda: False,
) -> Run:
    """Trains a claimed run to its end, whatever that is, and keeps all of it in the store.

    `watch` hears of the progress; `is_gone` says that this process has to end.
    """
    try:
        result = _Training(store, run, watch, is_gone).to_the_end()
        store.finish(run.id, State.FINISHED, result=result)
    except Stopped:
        store.finish(run.id, State.STOPPED, "Stopped by hand; the test set was not looked at.")
    except Interrupted:
        store.finish(run.id, State.INTERRUPTED, "The app ended while this run was training.")
    except Diverged as reason:
        store.finish(run.id, State.DIVERGED, str(reason))
    except Exception as error:  # noqa: BLE001  the reader gets the reason, whatever it was
        import traceback

        store.keep_file(run.id, "traceback", traceback.format_exc().encode())
        store.finish(run.id, State.FAILED, f"{type(error).__name__}: {error}"[:2_000])
    done = store.get(run.id)
    assert done is not None
    return done


def learning_rates(configuration: Configuration, steps: int) -> Numbers:
    """The learning rate of every step of a training."""
    peak = configuration.peak_rate
    place = np.arange(steps) / max(steps - 1, 1)
    match configuration.schedule:
        case Schedule.CONSTANT:
            rates = np.full(steps, peak)
        case Schedule.STEP:
            rates = peak * 0.1 ** np.floor(place * 3)
        case Schedule.COSINE:
            rates = peak * (1 + np.cos(math.pi * place)) / 2
        case Schedule.ONE_CYCLE:
            rising = 0.3
            up = 0.04 + 0.96 * (1 - np.cos(math.pi * np.minimum(place / rising, 1))) / 2
            down = (1 + np.cos(math.pi * np.maximum(place - rising, 0) / (1 - rising))) / 2
            rates = peak * np.where(place < rising, up, np.maximum(down, 1e-4))
    return rates.astype(np.float32)


def environment() -> dict[str, Any]:
    """The versions and the machine a run is trained with."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        **{name: version(name) for name in ("tensorflow", "keras", "numpy")},
    }


def arrays_to_bytes(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)  # type: ignore[arg-type]
    return written.getvalue()


def warm_up() -> None:
    """Imports what training needs, so that the first run does not wait for it."""
    import keras  # noqa: F401  imported for its side: it stays in memory
    import tensorflow  # noqa: F401  as above


@dataclass(slots=True)
class _Sums:
    """Loss and hits over the steps of an epoch, each step weighed by its images."""

    loss: float = 0.0
    hits: float = 0.0
    images: int = 0


class _Training:
    """One run while it is trained: the model, the data, and where it stands."""

    def __init__(
        self,
        store: Store,
        run: Run,
        watch: Callable[[Progress], None],
        is_gone: Callable[[], bool],
    ) -> None:
        self.store, self.run, self.watch, self.is_gone = store, run, watch, is_gone
        self.progress = Progress(phase="loading data")
        self._report([])
        self.data: Dataset = load(run.configuration.dataset, run.architecture.input)  # type: ignore[arg-type]
        store.freeze(run.id, fingerprint(self.data), environment())
        self.batch = run.configuration.batch_size_for(len(self.data.train))
        self.per_epoch = math.ceil(len(self.data.train) / self.batch)
        self.rates = learning_rates(run.configuration, self.per_epoch * run.configuration.epochs)
        self.step = 0
        self.seconds = 0.0
        self.chunk = 1
        self._phase("building the network")
        self.machine = _Machine(run, self.data.train)

    def to_the_end(self) -> Result:
        configuration = self.run.configuration
        for epoch in range(configuration.epochs):
            sums = self._one_epoch(epoch)
            self._phase("validating", epoch)
            began = time.perf_counter()
            val_loss, val_accuracy, _ = self.machine.evaluate(self.data.validation)
            self.seconds += time.perf_counter() - began
            self.store.record_epoch(
                self.run.id,
                Epoch(
                    epoch + 1,
                    sums.loss / sums.images,
                    sums.hits / sums.images,
                    val_loss,
                    val_accuracy,
                    self.seconds,
                ),
            )
            self.store.keep_file(self.run.id, "weights", arrays_to_bytes(self.machine.weights()))
        self._phase("testing", configuration.epochs)
        test_loss, test_accuracy, scores = self.machine.evaluate(self.data.test)
        predictions: dict[str, npt.NDArray[Any]] = {
            "scores": scores.astype(np.float16),
            "labels": self.data.test.labels,
        }
        self.store.keep_file(self.run.id, "test-predictions", arrays_to_bytes(predictions))
        return Result(
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            test_images=len(self.data.test),
            train_images=len(self.data.train),
            validation_images=len(self.data.validation),
            seconds=self.seconds,
            images_per_s=self.progress.images_per_s,
        )

    def _one_epoch(self, epoch: int) -> _Sums:
        order = np.random.default_rng((self.run.configuration.seed, epoch))
        shuffled = order.permutation(len(self.data.train)).astype(np.int32)
        sums, done = _Sums(), 0
        since = time.perf_counter()
        while done < self.per_epoch:
            count = min(self.chunk, self.per_epoch - done)
            began = time.perf_counter()
            rates = self.rates[self.step : self.step + count]
            losses, hits = self.machine.steps(shuffled, done, count, self.batch, rates)
            took = time.perf_counter() - began
            self.seconds += took
            if self.step:  # the first chunk also compiles, which says nothing of the speed
                self.chunk = max(1, min(int(count * REPORT_EVERY_S / max(took, 1e-4)), 4 * count))
            reported: list[Step] = []
            for i in range(count):
                images = min(self.batch, len(shuffled) - (done + i) * self.batch)
                sums.loss += float(losses[i]) * images
                sums.hits += float(hits[i])
                sums.images += images
                reported.append(self._measured(i, count, losses, hits, rates, images, took))
            done += count
            self.step += count
            rate = sums.images / max(time.perf_counter() - since, 1e-6)
            self.progress = Progress(
                epoch, self.step, self.per_epoch, rate, self.seconds, "training"
            )
            self._report([one for one in reported if math.isfinite(one.loss)])
            self._check_finite(losses, count)
        return sums

    def _measured(
        self, i: int, count: int, losses: Numbers, hits: Numbers, rates: Numbers,
        images: int, took: float,
    ) -> Step:  # fmt: skip
        step = self.step + i + 1
        return Step(
            step=step,
            epoch=step / self.per_epoch,
            loss=float(losses[i]),
            accuracy=float(hits[i]) / images,
            learning_rate=float(rates[i]),
            seconds=self.seconds - took * (count - i - 1) / count,
        )

    def _check_finite(self, losses: Numbers, count: int) -> None:
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            step = self.step - count + int(bad[0]) + 1
            rate = float(self.rates[step - 1])
            raise Diverged(
                f"The loss was no longer a finite number at step {step}, with a learning rate of "
                f"{rate:.2g}. Try a third of it: {rate / 3:.2g}."
            )

    def _phase(self, phase: str, epoch: int = 0) -> None:
        now = self.progress
        self.progress = Progress(
            epoch, now.step, getattr(self, "per_epoch", 0), now.images_per_s, now.seconds, phase
        )
        self._report([])

    def _report(self, new_steps: list[Step]) -> None:
        """Tells the store, and does what it says is wanted: go on, wait, or stop."""
        self.watch(self.progress)
        if self.is_gone():
            raise Interrupted
        wish = self.store.record(self.run.id, new_steps, self.progress, State.RUNNING)
        while wish is Wish.PAUSE:
            time.sleep(PAUSE_POLL_S)
            if self.is_gone():
                raise Interrupted
            wish = self.store.record(self.run.id, [], self.progress, State.PAUSED)
        if wish is Wish.STOP:
            raise Stopped


class _Machine:
    """The compiled functions of one training: many steps at once, and evaluation."""

    def __init__(self, run: Run, train: Split) -> None:
        import keras
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        keras.backend.clear_session()
        keras.utils.set_random_seed(run.configuration.seed)
        self.architecture = run.architecture
        self.scoring = from_scores(run.architecture)
        self.model = build(self.scoring)
        self.optimizer = _optimizer(run.configuration, keras)
        self.optimizer.build(self.model.trainable_variables)
        self.loss = keras.losses.CategoricalCrossentropy(
            from_logits=True,
            label_smoothing=run.configuration.label_smoothing,
            reduction=None,
        )
        self.pixels, self.labels = tf.constant(train.pixels), tf.constant(train.labels)
        self.classes = int(self.model.output_shape[-1])
        self._steps = tf.function(self._many_steps)
        self._score = tf.function(lambda pixels: self.model(_floats(tf, pixels), training=False))
        self.tf = tf

    def steps(
        self, order: Any, first: int, count: int, batch: int, rates: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Trains `count` steps; the loss (mean) and the hits (count) of each."""
        constant = self.tf.constant
        losses, hits = self._steps(
            constant(order), constant(first), constant(count), constant(batch), constant(rates)
        )
        return losses.numpy(), hits.numpy()

    def evaluate(self, split: Split) -> tuple[float, float, Numbers]:
        """Mean loss and accuracy over all images of a split, and the probability of each class."""
        tf = self.tf
        scores = np.concatenate(
            [
                self._score(tf.constant(split.pixels[start : start + EVALUATION_BATCH])).numpy()
                for start in range(0, len(split), EVALUATION_BATCH)
            ]
        ).astype(np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        probabilities = np.exp(scores)
        totals = probabilities.sum(axis=1, keepdims=True)
        right = scores[np.arange(len(split)), split.labels] - np.log(totals[:, 0])
        accuracy = float((scores.argmax(axis=1) == split.labels).mean())
        return float(-right.mean()), accuracy, (probabilities / totals).astype(np.float32)

    def weights(self) -> dict[str, npt.NDArray[Any]]:
        """All weights by row and place: `conv2d_1/0`; the softmax that was left out has none."""
        found = weights_of(self.model, self.scoring)
        return {
            f"{name}/{place}": array
            for name, arrays in found.items()
            for place, array in enumerate(arrays)
        }

    def _many_steps(self, order: Any, first: Any, count: Any, batch: Any, rates: Any) -> Any:
        import tensorflow as tf

        losses = tf.TensorArray(tf.float32, size=count)
        hits = tf.TensorArray(tf.float32, size=count)
        for i in tf.range(count):
            start = (first + i) * batch
            chosen = order[start : tf.minimum(start + batch, tf.shape(order)[0])]
            images = _floats(tf, tf.gather(self.pixels, chosen))
            labels = tf.gather(self.labels, chosen)
            self.optimizer.learning_rate.assign(rates[i])
            with tf.GradientTape() as tape:
                scores = self.model(images, training=True)
                each = self.loss(tf.one_hot(labels, self.classes), scores)
                loss = tf.reduce_mean(each)
            gradients = tape.gradient(loss, self.model.trainable_variables)
            self.optimizer.apply(gradients, self.model.trainable_variables)
            right = tf.equal(tf.argmax(scores, axis=1), labels)
            losses = losses.write(i, loss)
            hits = hits.write(i, tf.reduce_sum(tf.cast(right, tf.float32)))
        return losses.stack(), hits.stack()


def _floats(tf: Any, pixels: Any) -> Any:
    return tf.cast(pixels, tf.float32) / 255.0


def _optimizer(configuration: Configuration, keras: Any) -> Any:
    decay = configuration.weight_decay or None
    match configuration.optimizer:
        case Optimizer.SGD:
            return keras.optimizers.SGD(momentum=configuration.momentum, weight_decay=decay)
        case Optimizer.RMSPROP:
            return keras.optimizers.RMSprop(weight_decay=decay)
        case Optimizer.ADAM:
            return keras.optimizers.Adam(weight_decay=decay)
        case Optimizer.ADAMW:
            return keras.optimizers.AdamW(weight_decay=decay or 0.004)
