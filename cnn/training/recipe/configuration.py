"""How a network is trained, as a value: everything but the network itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from cnn.data.spec import DatasetSpec
from cnn.network.errors import shown
from cnn.network.fields import Real, Whole
from cnn.numbers import exact, number
from cnn.training.recipe.augmentations import (
    AUGMENTATIONS,
    WARPS,
    Flip,
    augmentation,
    chosen,
)
from cnn.training.recipe.setting import Panel, Word, setting, settings_of
from cnn.training.recipe.start import Start, StartError

SMALL_DATA = 2_000
MOST_EPOCHS, MOST_STEPS, MOST_SECONDS = 1_000, 100_000_000, 86_400.0
AUTO = f"auto: 16 below {SMALL_DATA:,} training images, else 64"


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


OPTIMIZER_NAMES = {
    Optimizer.SGD: "SGD",
    Optimizer.RMSPROP: "RMSprop",
    Optimizer.ADAM: "Adam",
    Optimizer.ADAMW: "AdamW",
}
SCHEDULE_NAMES = {
    Schedule.CONSTANT: "constant",
    Schedule.STEP: "steps",
    Schedule.COSINE: "cosine",
    Schedule.ONE_CYCLE: "one cycle",
}
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
    """The data and every choice of a training, each declared here and nowhere else.

    A training ends after so many `steps`, within an epoch if need be, or after so many `seconds`
    of them, whichever is not 0. `epochs` are then what steps take up, or the most there can be.
    Without a `start`, a training begins with new weights.
    """

    dataset: DatasetSpec = field(default_factory=DatasetSpec)
    epochs: int = setting(
        10,
        rule=Whole(1, MOST_EPOCHS),
        label="Epochs",
        hint="How often the training images are gone through, unless it ends sooner.",
        panel=Panel.IN_VIEW,
        short=lambda own: epochs_text(own.epochs),
        has_effect=lambda own: not own.has_budget,
        is_said_apart=True,
        is_always_given=True,
        is_compiled=False,
    )
    batch_size: int | None = setting(
        None,
        rule=Whole(1, 8_192),
        label="Batch size",
        hint="Images per step. Few images learn better from small batches: "
        f"16 below {SMALL_DATA:,}, else 64.",
        panel=Panel.IN_VIEW,
        said=lambda own: str(own.batch_size or AUTO),
        short=lambda own: f"batch {own.batch_size or 'auto'}",
        offered=(8, 16, 32, 64, 128, 256, 512),
        is_auto=True,
        is_always_said=True,
        is_compiled=False,
    )
    optimizer: Optimizer = setting(
        Optimizer.ADAM,
        rule=Word(Optimizer, OPTIMIZER_NAMES),
        label="Optimizer",
        hint="How steps are made of gradients.",
        panel=Panel.IN_VIEW,
        short=lambda own: str(own.optimizer),
        is_always_said=True,
    )
    learning_rate: float | None = setting(
        None,
        rule=Real(1e-8, 10.0),
        label="Learning rate",
        hint="The highest of the schedule; where it is not given, the optimizer's usual one.",
        panel=Panel.IN_VIEW,
        said=lambda own: number(own.peak_rate),
        short=lambda own: f"rate {number(own.peak_rate)}",
        offered=(0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001),
        is_auto=True,
        is_always_said=True,
        is_compiled=False,
    )
    schedule: Schedule = setting(
        Schedule.ONE_CYCLE,
        rule=Word(Schedule, SCHEDULE_NAMES),
        label="Schedule",
        hint="How the learning rate changes: one cycle is laid out to climb to its peak in the "
        "first 30 % of the steps, then to fall to almost nothing.",
        panel=Panel.IN_VIEW,
        short=lambda own: str(own.schedule),
        is_always_said=True,
        is_compiled=False,
    )
    momentum: float = setting(
        0.9,
        rule=Real(0.0, 0.999),
        label="Momentum",
        hint="Of SGD: how much of the last step goes into the next.",
        said=lambda own: f"{exact(own.momentum)} (of SGD)",
        step=0.05,
        has_effect=lambda own: own.optimizer is Optimizer.SGD,
        is_always_said=True,
    )
    weight_decay: float = setting(
        0.0,
        rule=Real(0.0, 1.0),
        label="Weight decay",
        hint="Pulls weights to zero.",
        short=lambda own: f"decay {number(own.weight_decay)}",
        step=0.001,
        follows="optimizer",
        usual=lambda optimizer: usual_decay(optimizer),
        is_always_said=True,
    )
    label_smoothing: float = setting(
        0.0,
        rule=Real(0.0, 0.5),
        label="Label smoothing",
        hint="How much of the target is spread over all classes.",
        short=lambda own: f"smoothing {exact(own.label_smoothing)}",
        step=0.05,
        is_always_said=True,
    )
    seed: int = setting(
        0,
        rule=Whole(0, 2**31 - 1),
        label="Seed",
        hint="The same gives the same curve with the same machine, versions and threads.",
        panel=Panel.IN_VIEW,
        is_said_apart=True,
    )
    patience: int = setting(
        0,
        rule=Whole(0, 1_000),
        label="Patience",
        unit="epochs",
        hint="Early stopping: after so many epochs without a lower validation loss the "
        "training ends, and the weights of its best epoch are kept and tested. 0 is never.",
        title="Ends early",
        said=lambda own: f"after {epochs_text(own.patience)} without a lower validation loss",
        is_compiled=False,
        is_later=True,
    )
    shift: float = setting(
        0.0,
        rule=Real(0.0, 0.5),
        label="Shift",
        hint="Of images in training: a share of the image's size; 0.1 moves 28 pixels by up "
        "to 2.8.",
        panel=Panel.AUGMENTATION,
        title="Images shifted",
        said=lambda own: f"by up to {exact(100 * own.shift)} % of their size",
        step=0.05,
        in_address="augment_shift",
        is_later=True,
    )
    rotation: float = setting(
        0.0,
        rule=Real(0.0, 180.0),
        label="Rotation",
        unit="degrees",
        hint="Of images in training: either way by up to so much.",
        panel=Panel.AUGMENTATION,
        title="Images turned",
        said=lambda own: f"by up to {exact(own.rotation)}°",
        step=5.0,
        in_address="augment_rotation",  # drawings have a rotation too
        is_later=True,
    )
    zoom: float = setting(
        0.0,
        rule=Real(0.0, 0.5),
        label="Zoom",
        hint="Of images in training: 0.1 makes them 0.9 to 1.1 times their size.",
        panel=Panel.AUGMENTATION,
        title="Images zoomed",
        said=lambda own: f"by up to {exact(100 * own.zoom)} %",
        step=0.05,
        in_address="augment_zoom",
        is_later=True,
    )
    flip: Flip = augmentation("flip")
    crop: int = augmentation("crop")
    brightness: float = augmentation("brightness")
    contrast: float = augmentation("contrast")
    colour: float = augmentation("colour")
    randaugment: int = augmentation("randaugment")
    randaugment_strength: float = setting(
        0.5,
        rule=Real(0.1, 1.0),
        label="RandAugment",
        unit="strength",
        hint="Of its operations: 0.5, which is Keras' own, turns images by up to 180° and shifts "
        "them by up to half their size.",
        panel=Panel.AUGMENTATION,
        short=lambda own: f"strength {exact(own.randaugment_strength)}",
        step=0.1,
        in_address="augment_randaugment_strength",
        has_effect=lambda own: own.randaugment > 0,
        is_said_apart=True,
        is_later=True,
    )
    erasing: float = augmentation("erasing")
    mixup: float = augmentation("mixup")
    cutmix: float = augmentation("cutmix")
    steps: int = setting(
        0,
        rule=Whole(0, MOST_STEPS),
        label="Steps",
        hint="After how many steps a training ends.",
        panel=Panel.BUDGET,
        short=lambda own: f"{own.steps} step{'s' * (own.steps != 1)}",
        is_said_apart=True,
        is_compiled=False,
        is_later=True,
    )
    seconds: float = setting(
        0.0,
        rule=Real(0.0, MOST_SECONDS),
        label="Seconds",
        hint="After how many seconds of steps a training ends.",
        panel=Panel.BUDGET,
        short=lambda own: f"{exact(own.seconds)} s",
        is_said_apart=True,
        is_compiled=False,
        is_later=True,
    )
    start: Start | None = None

    def __post_init__(self) -> None:
        for name, one in settings_of(self.__class__).items():
            value = getattr(self, name)
            if value is None and one.is_auto:
                continue
            try:
                read = one.rule.read(value)
            except (ValueError, TypeError):
                raise ConfigurationError(
                    f"{name} must be {one.rule.wanted}, got {shown(value)}."
                ) from None
            if isinstance(read, StrEnum):
                object.__setattr__(self, name, read)
        if self.steps and self.seconds:
            raise ConfigurationError(
                f"{self.steps:,} steps and {exact(self.seconds)} seconds are two ends of one "
                "training. Leave one of them at 0."
            )
        self._check_head_first()

    def _check_head_first(self) -> None:
        head = self.start.head_first if self.start else 0
        if head and self.has_budget:
            raise ConfigurationError(
                f"{head} epochs of the head alone are a part of a number of epochs, and this "
                f"training is given {self.length}. Give it epochs, or leave that out."
            )
        if head and head >= self.epochs:
            raise ConfigurationError(
                f"{head} epochs of the head alone leave none of {epochs_text(self.epochs)} for all "
                f"layers. Train the head for fewer, or for more than {head} epochs in all."
            )

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
            return f"{exact(self.seconds)} s of steps"
        return f"{self.steps:,} steps" if self.steps else epochs_text(self.epochs)

    @property
    def is_augmented(self) -> bool:
        """Whether images are changed on their way into training."""
        return any(getattr(self, name) for name in WARPS) or bool(chosen(self))

    @property
    def mixes_labels(self) -> bool:
        """Whether images, and with them their labels, are mixed on their way into training."""
        return any(one.is_mixing for one in chosen(self).values())

    @property
    def without_augmentation(self) -> Configuration:
        """The same with images as they are."""
        return replace(
            self, **{name: _usual(type(self), name) for name in (*WARPS, *AUGMENTATIONS)}
        )

    def check_channels(self, channels: int) -> None:
        """Raises `ConfigurationError` where images have too few channels for an augmentation."""
        for name, one in chosen(self).items():
            if one.channels not in (None, channels):
                raise ConfigurationError(
                    f"{one.setting.label} {exact(getattr(self, name))} changes images of "
                    f"{one.channels} channels; those that are trained on have {channels}. Set "
                    f"{name} to 0, or use a network and images in colour."
                )

    @property
    def peak_rate(self) -> float:
        """The learning rate as set, or the optimizer's usual one for the schedule."""
        if self.learning_rate is not None:
            return self.learning_rate
        is_cycle = self.schedule is Schedule.ONE_CYCLE
        return PEAK[self.optimizer] if is_cycle else calm_rate(self.optimizer)

    @property
    def optimizer_call(self) -> tuple[str, dict[str, float | None]]:
        """What Keras calls the optimizer, and what it is made with."""
        given: dict[str, float | None] = {}
        if self.optimizer is Optimizer.SGD:
            given["momentum"] = self.momentum
        is_for_decay = self.optimizer is Optimizer.ADAMW
        given["weight_decay"] = self.weight_decay if is_for_decay else self.weight_decay or None
        return OPTIMIZER_NAMES[self.optimizer], given

    def in_use(self, train_images: int | None = None) -> dict[str, Any]:
        """Each setting by name, with what `auto` comes to where that is known."""
        values = {name: getattr(self, name) for name in settings_of(type(self))}
        batch = self.batch_size_for(train_images) if train_images else self.batch_size
        return values | {"batch_size": batch, "learning_rate": self.peak_rate}

    def to_dict(self) -> dict[str, Any]:
        """What is stored; a setting that came later is left out at its default, so that recipes
        stay what they were before there was one.
        """
        written: dict[str, Any] = {"dataset": self.dataset.to_dict()}
        for name, one in settings_of(type(self)).items():
            value = getattr(self, name)
            if not one.is_later or value != _usual(type(self), name):
                written[name] = value if value is None else one.rule.write(value)
        return written | ({"start": self.start.to_dict()} if self.start else {})

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Configuration:
        known = {one.name for one in fields(cls)}
        for key in values:
            if key not in known:
                raise ConfigurationError(f"there is no setting {shown(key)}.")
        begun = values.get("start")
        try:
            start = None if begun is None else Start.from_dict(begun)
        except StartError as error:
            raise ConfigurationError(str(error)) from error
        data = DatasetSpec.from_dict(values.get("dataset", {}))
        return cls(**(values | {"dataset": data, "start": start}))


def calm_rate(optimizer: Optimizer) -> float:
    """The learning rate for an optimizer that is kept up: of Adam, Keras' own."""
    return PEAK[optimizer] / 10


def usual_decay(optimizer: str) -> float:
    """The weight decay of an optimizer where nobody chose another."""
    return USUAL_DECAY.get(Optimizer(optimizer), 0.0)


def _usual(kind: type, name: str) -> Any:
    return next(one.default for one in fields(kind) if one.name == name)


def epochs_text(count: int) -> str:
    """So many epochs, in words."""
    return f"{count:,} epoch{'s' * (count != 1)}"
