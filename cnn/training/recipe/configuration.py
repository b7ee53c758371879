"""How a network is trained, as a value: everything but the network itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from cnn.data.spec import DatasetName, DatasetSpec
from cnn.network.errors import shown

SMALL_DATA = 2_000
MOST_EPOCHS, MOST_STEPS, MOST_SECONDS = 1_000, 100_000_000, 86_400.0
LATER = ("patience", "shift", "rotation", "zoom", "steps", "seconds")
"""Settings that came later: a configuration that leaves them at 0 is written without them."""


class ConfigurationError(ValueError):
    """A setting that cannot be, with its value and what would do."""


class Optimizer(StrEnum):
    SGD = "sgd"
    RMSPROP = "rmsprop"
    ADAM = "adam"
    ADAMW = "adamw"


class Schedule(StrEnum):
    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"
    ONE_CYCLE = "one-cycle"


PEAK = {
    Optimizer.SGD: 1e-1,
    Optimizer.RMSPROP: 3e-3,
    Optimizer.ADAM: 1e-2,
    Optimizer.ADAMW: 1e-2,
}
"""The highest learning rate of a one-cycle schedule that worked for each optimizer."""

SLOTS = {Optimizer.SGD: 1, Optimizer.RMSPROP: 1, Optimizer.ADAM: 2, Optimizer.ADAMW: 2}
"""How many numbers an optimizer keeps for each weight."""

USUAL_DECAY = {Optimizer.ADAMW: 0.004}
"""The weight decay to begin with for an optimizer that is there for it: Keras' own."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The data and every choice of a training; None for a rate means the optimizer's usual one.

    `patience` is how many epochs without a lower validation loss end a training early, 0 for none.
    Images are augmented by up to a `shift` (a share of their size), a `rotation` (degrees) and a
    `zoom` (0.1: from 0.9 to 1.1 times the size), drawn anew for each image of each step.

    A training ends after so many `steps`, within an epoch if need be, or after so many `seconds`
    of them, whichever is not 0. `epochs` are then what steps take up, or the most there can be.
    """

    dataset: DatasetSpec = field(default_factory=DatasetSpec)
    epochs: int = 10
    batch_size: int | None = None
    optimizer: Optimizer = Optimizer.ADAM
    learning_rate: float | None = None
    schedule: Schedule = Schedule.ONE_CYCLE
    momentum: float = 0.9
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    seed: int = 0
    patience: int = 0
    shift: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    steps: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        _whole("epochs", self.epochs, 1, MOST_EPOCHS)
        _whole("seed", self.seed, 0, 2**31 - 1)
        if self.batch_size is not None:
            _whole("batch_size", self.batch_size, 1, 8_192)
        if self.learning_rate is not None:
            _number("learning_rate", self.learning_rate, 1e-8, 10.0)
        _number("momentum", self.momentum, 0.0, 0.999)
        _number("weight_decay", self.weight_decay, 0.0, 1.0)
        _number("label_smoothing", self.label_smoothing, 0.0, 0.5)
        _whole("patience", self.patience, 0, 1_000)
        _number("shift", self.shift, 0.0, 0.5)
        _number("rotation", self.rotation, 0.0, 180.0)
        _number("zoom", self.zoom, 0.0, 0.5)
        _whole("steps", self.steps, 0, MOST_STEPS)
        _number("seconds", self.seconds, 0.0, MOST_SECONDS)
        if self.steps and self.seconds:
            raise ConfigurationError(
                f"{self.steps:,} steps and {self.seconds:g} seconds are two ends of one training. "
                "Leave one of them at 0."
            )
        object.__setattr__(self, "optimizer", _word("optimizer", Optimizer, self.optimizer))
        object.__setattr__(self, "schedule", _word("schedule", Schedule, self.schedule))

    def batch_size_for(self, images: int) -> int:
        """The batch size as set, or the one that learns well from so many images."""
        return self.batch_size or (16 if images < SMALL_DATA else 64)

    def steps_per_epoch(self, images: int) -> int:
        """The steps in which so many training images are seen once; the last may have fewer."""
        return math.ceil(images / self.batch_size_for(images))

    @property
    def has_budget(self) -> bool:
        """Whether steps or seconds decide how long a training goes on, in place of its epochs."""
        return bool(self.steps or self.seconds)

    @property
    def length(self) -> str:
        """How long a training goes on, in words."""
        if self.seconds:
            return f"{self.seconds:g} s of steps"
        return f"{self.steps:,} steps" if self.steps else epochs_text(self.epochs)

    @property
    def is_augmented(self) -> bool:
        """Whether images are changed on their way into training."""
        return any((self.shift, self.rotation, self.zoom))

    @property
    def peak_rate(self) -> float:
        """The learning rate as set, or the optimizer's usual one for the schedule."""
        if self.learning_rate is not None:
            return self.learning_rate
        peak = PEAK[self.optimizer]
        return peak if self.schedule is Schedule.ONE_CYCLE else peak / 10

    def to_dict(self) -> dict[str, Any]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        # As it was before there were such settings, so that the recipe stays the same.
        values = {name: value for name, value in values.items() if value or name not in LATER}
        values |= {"optimizer": self.optimizer.value, "schedule": self.schedule.value}
        return values | {"dataset": self.dataset.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Configuration:
        known = {one.name for one in fields(cls)}
        for key in values:
            if key not in known:
                raise ConfigurationError(f"there is no setting {shown(key)}.")
        return cls(**(values | {"dataset": DatasetSpec.from_dict(values.get("dataset", {}))}))


def usual_decay(optimizer: str) -> float:
    """The weight decay of an optimizer where nobody chose another."""
    return USUAL_DECAY.get(Optimizer(optimizer), 0.0)


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ConfigurationError(
            f"{name} must be a whole number from {low:,} to {high:,}, got {shown(value)}."
        )


def _number(name: str, value: Any, low: float, high: float) -> None:
    if type(value) not in (int, float) or not low <= value <= high:  # not a number is refused too
        raise ConfigurationError(
            f"{name} must be a number from {low:g} to {high:g}, got {shown(value)}."
        )


def _word(name: str, words: type[StrEnum], value: Any) -> StrEnum:
    if value not in list(words):
        raise ConfigurationError(f"{name} must be one of {', '.join(words)}, got {shown(value)}.")
    return words(value)


@dataclass(frozen=True, slots=True)
class Preset:
    """A training to begin with; `network` is of the zoo, where one belongs to it."""

    title: str
    hint: str
    configuration: Configuration
    network: str | None = None


FAST_MNIST = Preset(
    "Fast MNIST",
    "Wide LeNet on all of MNIST: 99 % of the 10,000 test images after two epochs.",
    Configuration(DatasetSpec(DatasetName.MNIST), epochs=2),
    "wide-lenet",
)
PRESETS = (
    Preset(
        "Shapes, a first look",
        "Circles, squares and triangles, drawn by the program: learned in seconds.",
        Configuration(DatasetSpec(DatasetName.SHAPES), epochs=20),
    ),
    Preset(
        "MNIST sample",
        "5,000 handwritten digits that come along: no download.",
        Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5),
    ),
    FAST_MNIST,
)


def epochs_text(count: int) -> str:
    """So many epochs, in words."""
    return f"{count:,} epoch{'s' * (count != 1)}"
