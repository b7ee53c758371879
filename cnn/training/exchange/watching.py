"""What the callback for Keras makes of what it is told: steps, epochs and how far it is. No Keras.

Keras tells running means of an epoch; single steps are taken out of them. The hooks never raise.
"""

from __future__ import annotations

import contextlib
import math
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cnn.training.engine.environment import program_and_machine
from cnn.training.exchange.batches import Batches
from cnn.training.exchange.recorder import Begun, Recorder, call_of
from cnn.training.recipe.elsewhere import Told
from cnn.training.recipe.run import Epoch, Progress, State, Step

ACCURACIES = (
    *("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"),
    "binary_accuracy",
)
RATE_EVERY_S = 0.25
"""The learning rate is asked for so often: to ask takes longer than a small step."""

STOPPED = "Stopped by hand."


class Watching:
    """One callback, through one or several trainings of a model, a run each."""

    def __init__(self, name: str, url: str | None) -> None:
        self._name, self._url = name, url
        self._recorder: Recorder | None = None

    def begin(self, model: Any, params: Mapping[str, Any]) -> None:
        self._quietly(lambda: self._begin(model, params))

    def epoch_begins(self, epoch: int) -> None:
        self._quietly(lambda: self._epoch_begins(epoch))

    def batch_ends(self, batch: int, logs: Mapping[str, Any] | None) -> None:
        self._quietly(lambda: self._batch_ends(batch, logs or {}))

    def epoch_ends(self, epoch: int, logs: Mapping[str, Any] | None) -> None:
        self._quietly(lambda: self._epoch_ends(epoch, logs or {}))

    def end(self) -> None:
        self._quietly(self._end)
        self._recorder = None

    def _quietly(self, do: Callable[[], None]) -> None:
        """Does what a hook is for; what goes wrong is warned of once, and no training fails."""
        try:
            do()
            said = self._recorder.trouble() if self._recorder else ""
        except Exception as error:  # noqa: BLE001  a record is not worth a training
            self._recorder = None
            said = f"CNN Workbench does not record this training: {type(error).__name__}: {error}"
        if said:
            warnings.warn(said, RuntimeWarning, stacklevel=4)

    def _begin(self, model: Any, params: Mapping[str, Any]) -> None:
        if self._recorder:
            self._recorder.end(State.INTERRUPTED)
        self._model, self._params = model, params
        self._began, self._rate_at = time.perf_counter(), -math.inf
        self._rate, self._step, self._batch_size = 0.0, 0, 0
        self._bad_step, self._epochs = 0, int(params.get("epochs") or 0)
        self._waiting: list[tuple[int, Step]] = []
        self._epoch_begins(0)
        self._told = Told(
            self._epochs,
            loss=_called(getattr(model, "loss", None)),
            optimizer=_kind(getattr(model, "optimizer", None)),
            parameters=int(model.count_params()) if getattr(model, "built", False) else 0,
            frozen=_frozen(model),
        )
        design, is_design = _json(model)
        begun = Begun(self._name or model.name, self._told, design, _environment(), is_design)
        self._recorder = Recorder(begun, self._url, call_of("fit"))

    def _epoch_begins(self, epoch: int) -> None:
        self._epoch, self._done, self._batches = epoch, 0, Batches()

    def _batch_ends(self, batch: int, logs: Mapping[str, Any]) -> None:
        if not self._recorder:
            return
        if self._recorder.is_stop_wanted:
            self._model.stop_training = True
        means = _finite(logs, self._accuracy_in(logs))
        per_epoch = self._params.get("steps")
        steps = min(batch + 1, per_epoch or batch + 1)  # several at once may count too far
        if not self._done:
            self._batch_size = self._batch_size or int(self._images() or 0) // steps
            self._know(self._accuracy_in(logs))
        images = float(steps * (self._batch_size or 1))
        if steps == per_epoch and self._batch_size:  # the last may have fewer
            images = self._images() or images
        found = self._batches.since(images, means)
        self._step += steps - self._done
        self._done = steps
        if "loss" not in found:
            self._bad_step = self._bad_step or self._step
            return
        step = Step(
            self._step,
            self._epoch + (steps / per_epoch if per_epoch else 0.0),
            found["loss"],
            min(max(found.get("accuracy", 0.0), 0.0), 1.0),
            self._learning_rate(),
            time.perf_counter() - self._began,
        )
        if per_epoch:
            self._recorder.step(step, self._progress("training"))
        else:  # of a first epoch nobody knows how long it is
            self._waiting.append((steps, step))

    def _know(self, accuracy: str) -> None:
        """That it measures an accuracy, before an epoch is over."""
        if self._recorder and accuracy != self._told.accuracy:
            self._told = replace(self._told, accuracy=accuracy)
            self._recorder.know(self._told)

    def _epoch_ends(self, epoch: int, logs: Mapping[str, Any]) -> None:
        if not self._recorder:
            return
        for at, step in self._waiting:
            placed = replace(step, epoch=epoch + at / max(self._done, 1))
            self._recorder.step(placed, self._progress("training"))
        self._waiting = []
        accuracy = self._accuracy_in(logs)
        self._told = replace(
            self._told,
            accuracy=accuracy,
            val_loss="val_loss" if "val_loss" in logs else "",
            val_accuracy=f"val_{accuracy}" if f"val_{accuracy}" in logs else "",
            batch=self._batch_size,
            steps=self._done,
        )
        figures = _finite(logs, accuracy) | {
            name: value
            for name, value in _finite(
                {one[4:]: value for one, value in logs.items() if one.startswith("val_")}, accuracy
            ).items()
            for name in [f"val_{name}"]
        }
        if "loss" not in figures or (self._told.val_loss and "val_loss" not in figures):
            self._bad_step = self._bad_step or self._step
            return
        done = Epoch(
            epoch + 1,
            loss=figures["loss"],
            accuracy=figures.get("accuracy", 0.0),
            val_loss=figures.get("val_loss", 0.0),
            val_accuracy=figures.get("val_accuracy", 0.0),
            seconds=time.perf_counter() - self._began,
        )
        self._recorder.epoch(done, self._told)

    def _end(self) -> None:
        if not self._recorder:
            return
        if self._bad_step:
            said = f"The loss was no longer a finite number at step {self._bad_step:,}."
            self._recorder.end(State.DIVERGED, said)
        elif self._recorder.is_stop_wanted:
            self._recorder.end(State.STOPPED, STOPPED)
        else:
            self._recorder.end(State.FINISHED)

    def _progress(self, phase: str) -> Progress:
        seconds, per_epoch = time.perf_counter() - self._began, self._params.get("steps") or 0
        left = max(self._epochs - self._epoch, 1) * per_epoch - self._done
        return Progress(
            epoch=self._epoch + 1,
            step=self._step,
            steps=self._step + max(left, 0),
            images_per_s=self._step * self._batch_size / seconds if seconds else 0.0,
            seconds=seconds,
            seconds_left=seconds / self._step * left if self._step and left >= 0 else None,
            phase=phase,
        )

    def _accuracy_in(self, logs: Mapping[str, Any]) -> str:
        return next((name for name in ACCURACIES if name in logs), "")

    def _learning_rate(self) -> float:
        now = time.perf_counter()
        if now - self._rate_at > RATE_EVERY_S or self._done == 1:
            self._rate_at = now
            with contextlib.suppress(Exception):  # JAX takes the numbers out of a model it trains
                found = float(self._model.optimizer.learning_rate)
                self._rate = found if math.isfinite(found) else 0.0
        return self._rate

    def _images(self) -> float | None:
        """How many images the loss of this epoch is the mean of, where Keras' own loss counts."""
        with contextlib.suppress(Exception):  # as for the rate
            first: Any = next(iter(self._model.metrics))
            return float(first.count) if first.name == "loss" else None
        return None


def _finite(logs: Mapping[str, Any], accuracy: str) -> dict[str, float]:
    """Loss and accuracy, by those names, as far as they are numbers that a row can hold."""
    found = {}
    for name, key in (("loss", "loss"), ("accuracy", accuracy)):
        if key and key in logs and math.isfinite(value := float(logs[key])):
            found[name] = min(max(value, 0.0), 1.0) if name == "accuracy" else value
    return found


def _called(one: Any) -> str:
    """What a loss is called."""
    name = one if isinstance(one, str) else getattr(one, "name", "")
    return name if isinstance(name, str) and name else _kind(one)


def _kind(one: Any) -> str:
    """The class of something, if it is there."""
    return "" if one is None else type(one).__name__


def _frozen(layer: Any) -> int:
    """How many layers have weights and stay as they are, those of models in a model among them."""
    if isinstance(own := getattr(layer, "layers", None), list):
        return sum(map(_frozen, own))
    return int(bool(getattr(layer, "weights", ())) and not getattr(layer, "trainable", True))


def _json(model: Any) -> tuple[str, bool]:
    """The model as Keras' JSON; else why it has none."""
    try:
        return model.to_json(), True
    except Exception as error:  # noqa: BLE001  of a class of somebody's own anything is raised
        return f"Keras cannot describe the model ({type(error).__name__}).", False


def _environment() -> dict[str, Any]:
    """The versions and the machine, as far as they are known without loading anything."""
    import keras

    return program_and_machine("keras", keras.backend.backend(), "numpy")
