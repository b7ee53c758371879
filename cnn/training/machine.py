"""The compiled functions of one training: many steps at once, and evaluation.

TensorFlow is imported inside, so that only a process that trains pays for it. Steps run in chunks
inside one compiled function that returns every step's loss: Keras' `fit` hands control back after
each step, which costs more than the step itself on a small network.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.keras_model import build, weights_of
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.training.configuration import Configuration, Optimizer
from cnn.training.fitting import from_scores

Numbers = npt.NDArray[np.float32]
EVALUATED_VALUES = 1_000_000


def import_tensorflow() -> Any:
    """TensorFlow without its words on the terminal, and with the same numbers for the same seed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.config.experimental.enable_op_determinism()
    return tf


class Machine:
    """A network on the way: its weights, its optimizer, and the images it learns from."""

    def __init__(
        self, architecture: Architecture, configuration: Configuration, train: Split
    ) -> None:
        self.tf = tf = import_tensorflow()
        import keras

        keras.backend.clear_session()
        keras.utils.set_random_seed(configuration.seed)
        self.scoring = from_scores(architecture)
        self.model = build(self.scoring)
        self.classes = int(self.model.output_shape[-1])
        self.optimizer = _optimizer(configuration, keras)
        self.optimizer.build(self.model.trainable_variables)
        self.loss = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=configuration.label_smoothing, reduction=None
        )
        self.pixels, self.labels = tf.constant(train.pixels), tf.constant(train.labels)
        # Traced once: a chunk of another length must not cost a second of compiling.
        whole, many = tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.int32)
        rates = tf.TensorSpec([None], tf.float32)
        images = tf.TensorSpec([None, *train.image_shape], tf.uint8)
        labels = tf.TensorSpec([None], tf.int64)
        # The images are arguments: what a function captures outlives it in TensorFlow 2.21.
        self._steps = tf.function(
            self._many_steps, [images, labels, many, whole, whole, whole, rates]
        )
        self._score = tf.function(self._scores, [images])

    def steps(
        self, order: npt.NDArray[np.int32], first: int, count: int, batch: int, rates: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Trains `count` steps; the loss (mean) and the hits (count) of each."""
        constant = self.tf.constant
        numbers = constant(first), constant(count), constant(batch)
        losses, hits = self._steps(
            self.pixels, self.labels, constant(order), *numbers, constant(rates)
        )
        return losses.numpy(), hits.numpy()

    def evaluate(self, split: Split, pulse: Callable[[], None]) -> tuple[float, float, Numbers]:
        """Mean loss and accuracy over all images, and each image's probability of each class.

        `pulse` is called now and then, and may raise to end it.
        """
        values = int(np.prod(split.image_shape))
        batch = max(16, min(500, EVALUATED_VALUES // values))
        parts = []
        for start in range(0, len(split), batch):
            parts.append(self._score(self.tf.constant(split.pixels[start : start + batch])).numpy())
            pulse()
        scores = np.concatenate(parts).astype(np.float64)
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

    def _scores(self, pixels: Any) -> Any:
        return self.model(_floats(self.tf, pixels), training=False)

    def _many_steps(
        self, pixels: Any, labels: Any, order: Any, first: Any, count: Any, batch: Any, rates: Any
    ) -> Any:
        tf = self.tf
        losses = tf.TensorArray(tf.float32, size=count)
        hits = tf.TensorArray(tf.float32, size=count)
        for i in tf.range(count):
            start = (first + i) * batch
            chosen = order[start : tf.minimum(start + batch, tf.shape(order)[0])]
            images = _floats(tf, tf.gather(pixels, chosen))
            wanted = tf.gather(labels, chosen)
            self.optimizer.learning_rate.assign(rates[i])
            with tf.GradientTape() as tape:
                scores = self.model(images, training=True)
                loss = tf.reduce_mean(self.loss(tf.one_hot(wanted, self.classes), scores))
            gradients = tape.gradient(loss, self.model.trainable_variables)
            self.optimizer.apply(gradients, self.model.trainable_variables)
            right = tf.equal(tf.argmax(scores, axis=1), wanted)
            losses = losses.write(i, loss)
            hits = hits.write(i, tf.reduce_sum(tf.cast(right, tf.float32)))
        return losses.stack(), hits.stack()


def warm_up() -> None:
    """Trains and evaluates a tiny network once, so that the first run finds TensorFlow awake."""
    layers = (Conv2D(2, 3, activation="relu"), Flatten(), Dense(2))
    noise = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 1), np.uint8)
    split = Split(noise, np.array([0, 1, 0, 1]))
    machine = Machine(Architecture("Warm-up", (8, 8, 1), layers), Configuration(), split)
    machine.steps(np.arange(4, dtype=np.int32), 0, 2, 2, np.full(2, 1e-3, np.float32))
    machine.evaluate(split, lambda: None)


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
