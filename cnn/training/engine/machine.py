"""The compiled functions of one training: many steps at once, and evaluation.

TensorFlow is imported inside, so that only a process that trains pays for it. Steps run in chunks
inside one compiled function that returns every step's loss: Keras' `fit` hands control back after
each step, which costs more than the step itself on a small network. Compiling takes seconds, so
the very first step goes without. `kept_machines` keeps compiled ones for the next training.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import (
    Weights,
    build,
    by_place,
    output_name,
    set_weights,
    settle,
    weights_of,
)
from cnn.network.layers import Convolution
from cnn.network.trace import trace
from cnn.training.engine.augmenting.layers import Augmenting
from cnn.training.engine.chunk import Chunk, Done, Numbers
from cnn.training.engine.fused import fuse
from cnn.training.engine.parts import in_parts
from cnn.training.engine.scores import judged, probabilities
from cnn.training.engine.snapshots import IMAGES, LAYERS, Snapshot, kept_part
from cnn.training.engine.tensorflow import begun, compiling, import_tensorflow, sow
from cnn.training.engine.updating import Updating
from cnn.training.recipe.configuration import Configuration
from cnn.training.store.arrays import Arrays

EVALUATED_VALUES = 1_000_000
COMPILE_POLL_S = 0.05


class CheckpointError(ValueError):
    """A checkpoint that is not of this training."""


class Machine:
    """A network on the way: its weights, its optimizer, and the images it learns from."""

    def __init__(
        self,
        architecture: Architecture,
        configuration: Configuration,
        train: Split,
        *,
        as_before: bool = False,
        tells_smoothed: bool = False,
        frozen: Collection[str] = (),
        parts: int = 1,
    ) -> None:
        """`tells_smoothed`: the loss it tells of a step is the one on smoothed labels. The rows
        that are `frozen` stay as they are, averages of batch norm too, as `trainable=False` has it.
        A batch is computed in so many `parts` side by side.
        """
        self.tf = tf = import_tensorflow()
        import keras

        begun()
        sow(configuration.seed)
        self.configuration = configuration
        self.as_before, self.tells_smoothed = as_before, tells_smoothed
        self.scoring = from_scores(architecture)
        self.feed = architecture.fed
        self.model = build(self.scoring)
        self.frozen = frozenset(frozen)
        for name in self.frozen:
            self.model.get_layer(name).trainable = False
        self.parts = parts
        if parts == 1:
            fuse(self.model, tf, keras)
        self._in_parts = tf.autograph.experimental.do_not_convert(
            partial(in_parts, tf, keras, self.model, count=parts)
        )
        rows = trace(self.scoring).rows
        self.watched = [row for row in rows if isinstance(row.layer, Convolution)][:LAYERS]
        seen = [self.model.get_layer(output_name(row)).output for row in self.watched]
        self.seeing = keras.Model(self.model.input, [self.model.output, *seen])
        places = {one.path: place for place, one in enumerate(self.model.trainable_variables)}
        self.rows = {
            row.name: [places[variable.path] for variable in trained]
            for row in rows
            if row.weights and (trained := self.model.get_layer(row.name).trainable_variables)
        }
        self.classes = int(self.model.output_shape[-1])
        self.augmenting = (
            Augmenting(tf, configuration, train.image_shape) if configuration.is_augmented else None
        )
        called, given = configuration.optimizer_call
        optimizer = getattr(keras.optimizers, called)(**given)
        self.updating = Updating(tf, keras, optimizer, self.model.trainable_variables)
        self.loss = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=configuration.label_smoothing, reduction=None
        )
        # What is told is measured as it is on the validation images: on labels as they are.
        is_plain = configuration.label_smoothing == 0 or tells_smoothed
        self.plain_loss = (
            self.loss
            if is_plain
            else keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)
        )
        self.best: list[npt.NDArray[Any]] = []
        self.pixels, self.labels = tf.constant(train.pixels), tf.constant(train.labels)
        self.is_compiled = False
        # Traced once: a chunk of another length must not cost a second of compiling.
        whole, many = tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.int32)
        rates = tf.TensorSpec([None], tf.float32)
        images = tf.TensorSpec([None, *train.image_shape], tf.uint8)
        labels = tf.TensorSpec([None], tf.int64)
        # The images are arguments: what a function captures outlives it in TensorFlow 2.21.
        self._steps = tf.function(self._many_steps, [images, labels, many, rates, *[whole] * 5])
        self._score = tf.function(self._scores, [images])

    def begin(self, configuration: Configuration, train: Split) -> None:
        """Makes it the machine that it would be had it been made for this training just now.

        Only what is not compiled into it may differ: the seed of the weights, and the images.
        """
        begun()
        sow(configuration.seed)
        fresh = build(self.scoring)
        for ours, its in zip(self.model.variables, fresh.variables, strict=True):
            ours.assign(its)
        self.updating.forget()
        self.best = []
        self.pixels, self.labels = self.tf.constant(train.pixels), self.tf.constant(train.labels)

    def take(self, weights: Weights) -> None:
        """Puts weights that were trained before in the place of new ones, row by row."""
        fresh = weights_of(self.model, self.scoring)
        set_weights(self.model, self.scoring, fresh | weights)

    def handed_on(self) -> Arrays:
        """What the next machine of the same training takes over: all but the optimizer's memory."""
        return {name: one for name, one in self.state().items() if not name.startswith("optimizer")}

    def take_over(self, state: Arrays) -> None:
        """Goes on from what another machine of the same training handed on."""
        own = {name: one for name, one in self.state().items() if name.startswith("optimizer")}
        self.restore({**state, **own})

    def release(self) -> None:
        """Lets go of what belongs to the training that is over."""
        self.pixels = self.labels = None
        self.best = []

    @property
    def size_bytes(self) -> int:
        """The memory of all that changes while it trains."""
        changing = [*self.model.variables, *self.updating.optimizer.variables]
        return sum(int(np.prod(one.shape)) * np.dtype(str(one.dtype)).itemsize for one in changing)

    def first_step(self, chunk: Chunk) -> Done:
        """Trains a step without compiling anything, which is done in a moment.

        Its last digits may differ from those of the compiled step: a training is repeated exactly
        only if the same steps are done in the same way.
        """
        return self._done(self._many_steps, chunk)

    def steps(self, chunk: Chunk) -> Done:
        """Trains some steps; of the last batch of an epoch there may be too little for parts."""
        is_whole = not chunk.count or chunk.sizes[-1] >= self.parts
        if is_whole:
            return self._done(self._steps, chunk)
        most, last = chunk.parted(chunk.count - 1)
        return self._done(self._steps, most).then(self.first_step(last))

    def compile(self, pulse: Callable[[], None]) -> None:
        """Has the steps compiled, changing nothing; `pulse` is called meanwhile, and may raise.

        Then the compiling ends by itself; another machine waits for it.
        """
        if self.is_compiled:
            return
        failed: list[Exception] = []

        def compiled() -> None:
            none = np.zeros(0, np.float32)
            try:
                with compiling:
                    self.steps(Chunk(np.zeros(1, np.int32), 0, 0, 1, none))
            except Exception as error:  # noqa: BLE001  raised again where it is waited for
                failed.append(error)
            else:
                self.is_compiled = True

        thread = threading.Thread(target=compiled, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(COMPILE_POLL_S)
            pulse()
        if failed:
            raise failed[0]

    def _done(self, steps: Callable[..., Any], chunk: Chunk) -> Done:
        numbers = chunk.first, chunk.count, chunk.batch, chunk.step, chunk.measured_every
        given = map(self.tf.constant, (chunk.order, chunk.rates, *numbers))
        found = steps(self.pixels, self.labels, *given)
        return Done(*(one.numpy() for one in found))

    def evaluate(self, split: Split, pulse: Callable[[], None]) -> tuple[float, float, Numbers]:
        """Mean loss, accuracy, and each image's class probabilities; `pulse` may end it."""
        values = int(np.prod(split.image_shape))
        batch = max(16, min(500, EVALUATED_VALUES // values) // self.parts)

        def scores(start: int) -> Any:
            return self._score(self.tf.constant(split.pixels[start : start + batch]))[0].numpy()

        found, pool = [], ThreadPoolExecutor(self.parts)
        try:
            for one in pool.map(scores, range(0, len(split), batch)):
                found.append(one)
                pulse()
        finally:
            pool.shutdown(cancel_futures=True)
        return judged(np.concatenate(found), split.labels)

    def weights(self) -> dict[str, npt.NDArray[Any]]:
        """All weights by row and place; the softmax that was left out has none."""
        return by_place(weights_of(self.model, self.scoring))

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """All that changes in training: weights, averages, optimizer and random generators."""
        best = {f"best/{place:04}": array for place, array in enumerate(self.best)}
        return {**self._arrays(), **best}

    def restore(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        """Goes back to a state; one of another network or optimizer is refused."""
        self.best = [array for name, array in state.items() if name.startswith("best/")]
        there = {name: array.shape for name, array in self._arrays().items()}
        state = {name: array for name, array in state.items() if not name.startswith("best/")}
        if there != {name: array.shape for name, array in state.items()}:
            raise CheckpointError(
                f"the checkpoint of {self.scoring.name} has {len(state)} arrays that do not fit "
                f"the {len(there)} of this network and optimizer; perhaps another version of Keras "
                "made it. Train it anew."
            )
        for name, variable in _numbered("model", self.model.variables).items():
            variable.assign(state[name])
        self.updating.restore([state[name] for name in there if name.startswith("optimizer/")])
        settle(self.model)

    def remember_best(self) -> None:
        """Keeps the weights of this moment aside."""
        self.best = self.model.get_weights()

    def recall_best(self) -> None:
        """Goes back to the weights kept aside."""
        if self.best:
            self.model.set_weights(self.best)

    def snapshot(self, pixels: npt.NDArray[np.uint8]) -> Snapshot:
        """What the network makes of a few images."""
        scores, *maps = self._score(self.tf.constant(pixels))
        first = self.watched[0].name if self.watched else None
        return Snapshot(
            kernels=self.model.get_layer(first).get_weights()[0] if first else None,
            maps={row.name: one.numpy() for row, one in zip(self.watched, maps, strict=True)},
            probabilities=probabilities(scores.numpy()),
        )

    def _arrays(self) -> dict[str, npt.NDArray[Any]]:
        own = [variable.numpy() for variable in self.model.variables]
        return _numbered("model", own) | _numbered("optimizer", self.updating.state)

    def _scores(self, pixels: Any) -> Any:
        """The scores, and for the first images what the first convolutions make of them."""
        found = self.seeing(self.feed.of(_floats(self.tf, pixels)), training=False)
        scores, *maps = found if self.watched else [found]  # Keras unwraps a single output
        parts = [kept_part(*one.shape[1:]) for one in maps]
        return scores, *(
            one[:IMAGES, ::every, ::every, :channels]
            for one, (every, channels) in zip(maps, parts, strict=True)
        )

    def _plain_scores(self, images: Any) -> Any:
        """The scores of images as they are, by the network as validation finds it."""
        return self.tf.identity(self.model(self.feed.of(images), training=False))

    def _trained(self, images: Any) -> Any:
        """The scores of images that the network is trained on."""
        return self.model(images, training=True) if self.parts == 1 else self._in_parts(images)

    def _norms(self, gradients: Any) -> Any:
        """The length of each row's gradients together."""
        tf = self.tf
        belongs = np.zeros((len(self.rows), len(gradients)), np.float32)
        for row, own in enumerate(self.rows.values()):
            belongs[row, own] = 1.0
        halves = tf.stack([tf.nn.l2_loss(one) for one in gradients])
        return tf.sqrt(2.0 * tf.linalg.matvec(belongs, halves))

    def _many_steps(
        self, pixels: Any, labels: Any, order: Any, rates: Any, *numbers: Any
    ) -> tuple[Any, Any, Any]:
        tf = self.tf
        first, count, batch, done, every = numbers
        losses = tf.TensorArray(tf.float32, size=count, element_shape=[])
        hits = tf.TensorArray(tf.float32, size=count, element_shape=[])
        norms = tf.TensorArray(tf.float32, size=count, element_shape=[len(self.rows)])
        unmeasured = tf.zeros([len(self.rows)])
        is_mixed = self.configuration.mixes_labels
        self.updating.begin()
        for i in tf.range(count):
            start = (first + i) * batch
            chosen = order[start : tf.minimum(start + batch, tf.shape(order)[0])]
            images = _floats(tf, tf.gather(pixels, chosen))
            wanted = tf.gather(labels, chosen)
            targets = tf.one_hot(wanted, self.classes)
            # Whether a mixture was right cannot be told: the plain images are, as validation's.
            plain = self._plain_scores(images) if is_mixed else None
            if self.augmenting:
                images, targets = self.augmenting(images, targets, done + i)
            images = self.feed.of(images)
            self.updating.optimizer.learning_rate.assign(rates[i])
            with tf.GradientTape() as tape:
                scores = self._trained(images)
                if not self.as_before:  # what Keras remembers of a score is not its loss
                    scores = tf.identity(scores)
                loss = tf.reduce_mean(self.loss(targets, scores))
            gradients = tape.gradient(loss, self.model.trainable_variables)
            self.updating.apply(gradients)
            if is_mixed:
                scores = plain
            if is_mixed or self.plain_loss is not self.loss:
                loss = tf.reduce_mean(self.plain_loss(tf.one_hot(wanted, self.classes), scores))
            right = tf.equal(tf.argmax(scores, axis=1), wanted)
            losses = losses.write(i, loss)
            hits = hits.write(i, tf.reduce_sum(tf.cast(right, tf.float32)))
            if (done + i + 1) % every == 0:
                norms = norms.write(i, self._norms(gradients))
            else:
                norms = norms.write(i, unmeasured)
        return losses.stack(), hits.stack(), norms.stack()


def _numbered(owner: str, ones: Sequence[Any]) -> dict[str, Any]:
    return {f"{owner}/{place:04}": one for place, one in enumerate(ones)}


def _floats(tf: Any, pixels: Any) -> Any:
    return tf.cast(pixels, tf.float32) / 255.0
