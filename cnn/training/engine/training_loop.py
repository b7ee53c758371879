"""The loop of one training, from its first step, or its checkpoint, to its test result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import fingerprint, load
from cnn.data.summary import seen_test_images
from cnn.numbers import number
from cnn.training.engine import kept_splits
from cnn.training.engine.channel import PULSE_S, Channel, Interrupted, Stopped
from cnn.training.engine.checkpoint import Keeper
from cnn.training.engine.chunk import (
    Chunk,
    Done,
    curve,
    first_not_finite,
    gradient_norms,
    measured_every,
    order_of,
)
from cnn.training.engine.environment import environment
from cnn.training.engine.kept_machines import keep, machine_for
from cnn.training.engine.machine import CheckpointError, Machine
from cnn.training.engine.parts import parts_noted
from cnn.training.engine.snapshots import (
    are_weights_kept,
    is_kept,
    snapshot_name,
    state_name,
    watched,
    watched_to_bytes,
    weights_name,
)
from cnn.training.engine.weights import keep_model, start_weights
from cnn.training.recipe import earlier
from cnn.training.recipe.pace import Pace, per_epoch
from cnn.training.recipe.run import (
    ASSIGNMENT,
    CHECKPOINT,
    CLASS_NAMES,
    PREDICTIONS,
    SPLITS,
    WATCHED,
    WEIGHTS,
    Checkpoint,
    Epoch,
    Progress,
    Result,
    Run,
)
from cnn.training.recipe.told_loss import is_only_handed_on, is_smoothed, note
from cnn.training.store import class_names
from cnn.training.store.arrays import Arrays, ArraysError, arrays_from_bytes, arrays_to_bytes


class Diverged(Exception):
    """The loss is no longer a finite number; the message says where and what to try."""


class TrainingLoop:
    """One run while it is trained: data, machine, and where it stands."""

    def __init__(self, run: Run, channel: Channel) -> None:
        self.run, self.channel = run, channel
        self.configuration = run.configuration
        self.at = run.checkpoint or Checkpoint()
        earlier.check_end(run)
        channel.report_and_obey(replace(run.progress, phase="loading the data"))
        self.data = load(run.configuration.dataset, run.architecture.input)
        train_images = len(self.data.train)
        self.batch = self.configuration.batch_size_for(train_images)
        self._freeze()
        self.per_epoch = per_epoch(self.configuration, train_images)
        self.pace = Pace(self.configuration, train_images, run.first_step)
        self.measured_every = measured_every(self.pace.steps)
        self.rate = 0.0
        self.watched = watched(self.data.validation, self.configuration.seed)
        self.chunk, self.has_begun = 1, False
        self.evaluating_s = 0.0
        channel.report_and_obey(self._progress("building the network"))
        self.start = run.configuration.start
        self.is_assigned = channel.file(ASSIGNMENT) is not None
        self.machine = self._machine()
        if run.checkpoint:
            self.machine.restore(self._kept_state())
        elif self.start:
            self.machine.take(start_weights(channel, run))
        self.keeper = Keeper(channel, lambda: self.machine.state())

    def _machine(self) -> Machine:
        """A machine for what is trained in the epoch under way."""
        epoch, network = self.at.epoch, self.run.architecture
        return machine_for(
            *(network, self.configuration, self.data.train),
            as_before=earlier.is_trained_as_before(self.run),
            tells_smoothed=is_smoothed(self.run),
            frozen=self.start.frozen(network, epoch) if self.start else (),
            parts=parts_noted(self.run.environment),
        )

    def _train_all(self) -> None:
        """Goes on from the head alone to all that is not frozen, with an optimizer that begins."""
        before = self.machine
        handed_on = before.handed_on()
        keep(before, self.run.architecture, self.configuration)
        self.machine = self._machine()
        self.machine.take_over(handed_on)

    def _kept_state(self) -> Arrays:
        kept, this = self.channel.file(CHECKPOINT), f"the checkpoint of run {self.run.id}"
        if kept is None:
            raise CheckpointError(f"{this} is not there any more. Train it anew.")
        try:
            return arrays_from_bytes(kept)
        except ArraysError as error:
            raise CheckpointError(f"{this} cannot be read: {error}. Train it anew.") from error

    def _freeze(self) -> None:
        """Notes what the run is trained with; one that goes on must find the same data."""
        found = fingerprint(self.data)
        if self.run.data_fingerprint not in ("", found):
            raise CheckpointError(
                f"the images of {self.data.name} are not those this run began with. Train it anew."
            )
        if is_only_handed_on(self.run):  # that of a run which it continues is not its own
            images = {name: len(split) for name, split in self.data.splits.items()}
            by_what = earlier.noted(self.run.architecture) | note(self.run)
            made_with = environment(self.batch) | by_what
            self.channel.freeze(found, images, made_with)
            self.run = replace(self.run, environment=made_with)
            names = class_names.to_bytes(self.data.class_names)
            splits = kept_splits.to_bytes(self.data)
            self.channel.keep_files({CLASS_NAMES: names, SPLITS: splits})

    def to_the_end(self) -> Result:
        try:
            if not self.at.step:
                self._first_step()
            while self.at.seen or not self._is_over:
                self._one_epoch()
                self._end_epoch()
        except (Stopped, Interrupted):
            self.keeper.keep(self.at)
            raise
        self.keeper.keep(self.at)  # before the best weights take the place of the last
        return self._tested()

    @property
    def _is_over(self) -> bool:
        done, patience = self.at.epoch - 1, self.configuration.patience
        began = self.run.first_step // self.per_epoch  # one that is extended has patience anew
        if self.start:
            began = max(began, self.start.head_first)  # and so have all layers after the head
        waited = done - max(self.at.best_epoch, began)
        return self.pace.is_over(self.at) or bool(patience and waited >= patience)

    @property
    def message(self) -> str:
        """What a reader has to know of how a finished training ended."""
        done, wanted = self.at.epoch - 1, self.configuration.epochs
        if self.pace.is_out_of_epochs(self.at):
            return (
                f"Ended after {wanted:,} epochs, the most there could be, and "
                f"{self.at.images_s:.1f} s of the {self.configuration.length}. {self._best}"
            ).rstrip()
        if not self.configuration.patience:
            return ""
        of = "" if self.configuration.seconds else f" of {wanted}"
        is_early = not self.pace.is_over(self.at)
        early = f"Stopped early, after epoch {done}{of}. " if is_early else ""
        return f"{early}{self._best}"

    @property
    def _best(self) -> str:
        """Which epoch was tested, where patience kept the best."""
        if not self.configuration.patience:
            return ""
        return (
            f"The validation loss was lowest after epoch {self.at.best_epoch}, whose weights were "
            "kept and tested."
        )

    def _tested(self) -> Result:
        patience = self.configuration.patience
        if patience:
            self.machine.recall_best()
            self.channel.keep_files({WEIGHTS: arrays_to_bytes(self.machine.weights())})
        self.channel.report_and_obey(self._progress("testing"))
        loss, accuracy, scores = self.machine.evaluate(self.data.test, self.channel.obey)
        if not math.isfinite(loss):
            raise self._diverged("test loss", "at the end")
        predictions: dict[str, npt.NDArray[Any]] = {
            "scores": scores,
            "labels": self.data.test.labels,
        }
        self.channel.keep_files({PREDICTIONS: arrays_to_bytes(predictions)})
        keep_model(self.channel, self.run)
        seen = seen_test_images(self.data)
        is_right = scores.argmax(axis=1) == self.data.test.labels
        return Result(
            test_loss=loss,
            test_accuracy=accuracy,
            test_images=len(self.data.test),
            train_images=len(self.data.train),
            validation_images=len(self.data.validation),
            seconds=self.at.seconds_in_all,
            images_per_s=self._images_per_s,
            epochs=self.at.epoch - 1,
            best_epoch=self.at.best_epoch if patience else None,
            steps=self.at.step,
            seen_test_images=int(seen.sum()),
            unseen_right=int(is_right[~seen].sum()),
        )

    def _first_step(self) -> None:
        """Shows the first point of the curve at once: what takes longer comes after it."""
        before = self.machine.model.get_weights()
        begun = self._state(0)
        try:
            self._do(self.machine.first_step, self._order(), 0, 1)
        finally:  # stopped or not, what it began with is kept
            after = self.machine.model.get_weights()
            self.machine.model.set_weights(before)
            images = watched_to_bytes(self.data.validation, self.watched)
            files = {WATCHED: images, **begun, **self._snapshot(0), **self._weights(0)}
            self.channel.keep_files(files)
            self.machine.model.set_weights(after)

    def _one_epoch(self) -> None:
        """Trains what is left of the epoch under way."""
        epoch, shuffled = self.at.epoch, self._order()
        while (first := self.at.step - (epoch - 1) * self.per_epoch) < self.per_epoch:
            if self.pace.is_over(self.at):
                return
            if not self.machine.is_compiled:
                self._compile()
            count = self.pace.next_steps(self.at, min(self.chunk, self.per_epoch - first))
            self._do(self.machine.steps, shuffled, first, count)
            self.keeper.keep_if_due(self.at, is_epoch_end=False)

    def _order(self) -> npt.NDArray[np.int32]:
        """The order in which the epoch under way takes the images."""
        return order_of(self.configuration.seed, self.at.epoch, len(self.data.train))

    def _compile(self) -> None:
        self.channel.report_and_obey(self._progress("compiling"))
        began = time.perf_counter()
        self.machine.compile(self.channel.obey)
        took = time.perf_counter() - began
        self.at = replace(self.at, compiling_s=self.at.compiling_s + took)

    def _do(
        self, steps: Callable[[Chunk], Done], order: npt.NDArray[np.int32], first: int, count: int
    ) -> None:
        """Trains so many steps of an epoch, from its `first` on, and takes what comes of them."""
        rates = self.pace.rates(self.at, count)
        chunk = Chunk(order, first, count, self.batch, rates, self.at.step, self.measured_every)
        began = time.perf_counter()
        done = steps(chunk)
        self._take(chunk, done, time.perf_counter() - began)

    def _take(self, chunk: Chunk, done: Done, took: float) -> None:
        """Adds a chunk to the sums, and reports it."""
        steps = curve(chunk, done, self.per_epoch, self.at.seconds, took)
        self.rate = float(chunk.rates[-1])
        sizes = chunk.sizes
        images, loss, hits = int(sizes.sum()), self.at.loss, self.at.hits
        for size, one_loss, one_hits in zip(sizes, done.losses, done.hits, strict=True):
            loss, hits = loss + float(one_loss) * int(size), hits + float(one_hits)
        self.at = replace(
            self.at,
            step=chunk.step + chunk.count,
            loss=loss,
            hits=hits,
            seen=self.at.seen + images,
            seconds=self.at.seconds + took,
        )
        if self.has_begun:  # the first step of all goes another way, or meets a cold cache
            self.chunk = max(1, min(int(chunk.count * PULSE_S / max(took, 1e-4)), 4 * chunk.count))
            self.at = replace(
                self.at, images=self.at.images + images, images_s=self.at.images_s + took
            )
        self.has_begun = True
        gradients = gradient_norms(chunk, done, self.machine.rows)
        self.channel.report_and_obey(self._progress("training"), steps, gradients)
        if bad := first_not_finite(chunk, done):
            self.rate = float(chunk.rates[bad - chunk.step - 1])
            raise self._diverged("loss", f"at step {bad:,}")

    def _end_epoch(self) -> None:
        """Measures an epoch that is done, and keeps what it led to."""
        self.channel.report_and_obey(self._progress("validating"))
        began = time.perf_counter()
        val_loss, val_accuracy, _ = self.machine.evaluate(self.data.validation, self.channel.obey)
        self.evaluating_s = time.perf_counter() - began
        at = self.at
        if not math.isfinite(val_loss):
            raise self._diverged("validation loss", f"after epoch {at.epoch:,}")
        seconds = at.seconds + self.evaluating_s
        accuracy = at.hits / at.seen
        measured = Epoch(at.epoch, at.loss / at.seen, accuracy, val_loss, val_accuracy, seconds)
        files = self._weights(at.epoch) | self._state(at.epoch)
        if is_kept(at.epoch, self.configuration.epochs):
            files |= self._snapshot(at.epoch)
        self.channel.record_epoch(measured, files)
        self.at = replace(at, epoch=at.epoch + 1, loss=0.0, hits=0.0, seen=0, seconds=seconds)
        if at.best_loss is None or val_loss < at.best_loss:
            self.at = replace(self.at, best_epoch=at.epoch, best_loss=val_loss)
            if self.configuration.patience:
                self.machine.remember_best()
        if self.start and self.start.head_first == at.epoch:
            self._train_all()
        if not self._is_over:
            self.keeper.keep_if_due(self.at, is_epoch_end=True)

    def _snapshot(self, epoch: int) -> dict[str, bytes]:
        pixels = self.data.validation.take(self.watched).pixels
        return {snapshot_name(epoch): self.machine.snapshot(pixels).to_bytes()}

    def _weights(self, epoch: int) -> dict[str, bytes]:
        """The weights of this moment as the run's own, and as those after this epoch."""
        content = arrays_to_bytes(self.machine.weights())
        files = {WEIGHTS: content} if epoch else {}
        if are_weights_kept(epoch, self.configuration.epochs, len(content)):
            files[weights_name(epoch)] = content
        return files

    def _state(self, epoch: int) -> dict[str, bytes]:
        """The checkpoint of this moment, where whoever gave the task wants to see each of them."""
        if not self.is_assigned:
            return {}
        state = {
            name: one for name, one in self.machine.state().items() if not name.startswith("best/")
        }
        return {state_name(epoch): arrays_to_bytes(state)}

    def _diverged(self, what: str, where: str) -> Diverged:
        peak = self.configuration.peak_rate
        return Diverged(
            f"The {what} was no longer a finite number {where}. The learning rate was "
            f"{number(self.rate, 2)}, its highest is {number(peak)}. Try a third: "
            f"{number(peak / 3, 2)}."
        )

    @property
    def _images_per_s(self) -> float:
        return self.at.images / self.at.images_s if self.at.images_s else 0.0

    def _progress(self, phase: str) -> Progress:
        speed = self._images_per_s
        steps = self.pace.steps_expected(self.at)
        steps_left = steps - self.at.step
        evaluations_left = math.ceil(steps_left / self.per_epoch)
        left_s = steps_left * self.batch / speed if speed else None
        return Progress(
            epoch=min(self.at.epoch, self.configuration.epochs),
            step=self.at.step,
            steps=steps,
            images_per_s=speed,
            seconds=self.at.seconds_in_all,
            seconds_left=left_s and left_s + evaluations_left * self.evaluating_s,
            phase=phase,
        )
