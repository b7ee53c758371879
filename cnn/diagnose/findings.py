"""What can be found out about a training, as values: a finding, its evidence, and what to retry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import log

import numpy as np

from cnn.comparing.significance import LEVEL
from cnn.data import DatasetName
from cnn.diagnose.evaluation import Predictions, ahead_by_chance, by_chance, wilson_interval
from cnn.insight.readings.dead_units import LayerActivity
from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.pace import images_of_epoch
from cnn.training.recipe.run import Epoch, Run, State, Step
from cnn.training.recipe.told_loss import is_smoothed


class Symptom(StrEnum):
    RATE_TOO_HIGH = "rate-too-high"
    RATE_TOO_LOW = "rate-too-low"
    CHANCE_LEVEL = "chance-level"
    DEAD_UNITS = "dead-units"
    UNSETTLED = "batch-norm-not-settled"
    OVERFITTING = "overfitting"
    LOSS_ROSE = "validation-loss-rose"
    UNDERFITTING = "underfitting"
    TOO_FEW_EPOCHS = "too-few-epochs"
    CONFUSED_CLASSES = "confused-classes"
    IT_LEARNS = "it-learns"


class Severity(StrEnum):
    PROBLEM = "problem"
    NOTE = "note"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Retry:
    """A training that may do better, and the words for what is changed."""

    label: str
    architecture: Architecture
    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `evidence` is a sentence with the figures, and on how many images."""

    symptom: Symptom
    severity: Severity
    title: str
    evidence: str
    retry: Retry | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is known of a training, and what follows from it at once."""

    run: Run
    epochs: Sequence[Epoch]
    steps: Sequence[Step]
    predictions: Predictions | None = None
    layers: Sequence[LayerActivity] = ()
    class_names: Sequence[str] = ()
    validation_counts: Sequence[int] = ()
    """The validation images of each class; empty where nobody knows."""

    @cached_property
    def classes(self) -> int:
        return int(trace(self.run.architecture).output_shape[0])

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """How frequent each class is among the validation images; where that is not known, among
        the test images, and else all are taken to be equally frequent.
        """
        counts: Sequence[int] = self.validation_counts
        if not sum(counts) and self.predictions is not None and len(self.predictions):
            counts = np.bincount(self.predictions.labels, minlength=self.classes).tolist()
        if not sum(counts):
            return (1 / self.classes,) * self.classes
        return tuple(count / sum(counts) for count in counts)

    @property
    def are_shares_known(self) -> bool:
        """Whether they are more than a guess: of the sets that come along, it is a good one."""
        kept = sum(self.validation_counts) or len(self.predictions or ())
        return kept > 0 or self.run.configuration.dataset.name is not DatasetName.OWN_IMAGES

    @property
    def chance(self) -> float:
        """How often one is right who looks at no image, and names the most frequent class."""
        return max(self.shares)

    @property
    def chance_loss(self) -> float:
        """The loss of one who knows only how frequent each class is: the entropy of the shares,
        which is the natural logarithm of the number of classes where they are equal.
        """
        return -sum(share * log(share) for share in self.shares if share)

    @property
    def guessing(self) -> str:
        """What has the accuracy of `chance`, as sentences name it."""
        if self._are_equally_frequent:
            return f"guessing among {self.classes} classes"
        return "always naming the most frequent class"

    @property
    def guessing_loss(self) -> str:
        """What has the loss of `chance_loss`, with that loss, as sentences name it."""
        how = "" if self._are_equally_frequent else " by how frequent each class is"
        return f"guessing{how} has {number(self.chance_loss, 3)}"

    @property
    def _are_equally_frequent(self) -> bool:
        return max(self.shares) - min(self.shares) < 1e-9

    @property
    def lowest_loss(self) -> float:
        """The training loss of one who has learnt all that training asks for. With label smoothing
        that is to give the right class the share it has in the smoothed target, and no more: on
        plain labels its loss is not 0 but minus the logarithm of that share, and the smoothed loss,
        which older runs recorded, is the entropy of the target (as Keras smooths it).
        """
        spread = self.run.configuration.label_smoothing / self.classes
        true = 1 - self.run.configuration.label_smoothing + spread
        if not is_smoothed(self.run):
            return -log(true)
        others = (self.classes - 1) * spread * log(spread) if spread else 0.0
        return -true * log(true) - others

    @property
    def has_learnt(self) -> bool:
        """Whether training has come at least half the way from guessing to knowing."""
        halfway = (self.chance_loss + self.lowest_loss) / 2
        return bool(self.epochs) and self.epochs[-1].loss < halfway

    @property
    def train_images(self) -> int:
        return self.run.images.get("train", 0)

    @property
    def validation_images(self) -> int:
        return self.run.images.get("validation", 0)

    def images_of(self, epoch: Epoch) -> int:
        """On how many images the training figures of an epoch were measured."""
        if not self.train_images:
            return 0
        settings = self.run.configuration
        return images_of_epoch(settings, self.train_images, epoch.epoch, self.steps_done)

    @property
    def steps_done(self) -> int | None:
        """How many steps there were, also where none were kept; None where nobody knows."""
        counted = self.run.result.steps if self.run.result else None
        return counted or (self.steps[-1].step if self.steps else self.run.progress.step or None)

    @property
    def validation_range(self) -> tuple[float, float]:
        """The 95 % interval of the last validation accuracy."""
        return self.validation_range_of(self.epochs[-1])

    def validation_range_of(self, epoch: Epoch) -> tuple[float, float]:
        """The 95 % interval of the validation accuracy after an epoch."""
        images = self.validation_images
        return wilson_interval(round(epoch.val_accuracy * images), images)

    @property
    def is_above_chance(self) -> bool:
        """Whether the last validation shows more than guessing: its interval says so, and the exact
        test, which knows better of few images.
        """
        images = self.validation_images
        p = by_chance(round(self.epochs[-1].val_accuracy * images), images, self.chance)
        return self.validation_range[0] > self.chance and p < LEVEL

    def chance_of_gap(self, epoch: Epoch) -> float:
        """How rarely training is so far ahead of validation, where both are right as often."""
        train, validation = self.images_of(epoch), self.validation_images
        return ahead_by_chance(
            (round(epoch.accuracy * train), train),
            (round(epoch.val_accuracy * validation), validation),
        )

    @property
    def was_stopped_early(self) -> bool:
        """Whether patience ended it, and not its epochs."""
        settings = self.run.configuration
        is_short = len(self.epochs) < settings.epochs and not settings.has_budget
        return bool(settings.patience) and self.run.state is State.FINISHED and is_short

    @property
    def is_at_chance(self) -> bool:
        """Whether neither training nor validation is better than guessing."""
        train, images = self.epochs[-1].accuracy, self.images_of(self.epochs[-1])
        lowest, _ = wilson_interval(round(train * images), images)
        hardly = min(1.1 * self.chance, self.chance + 0.1 * (1 - self.chance))
        return self.validation_range[0] <= self.chance and lowest <= hardly

    def class_name(self, label: int) -> str:
        return self.class_names[label] if label < len(self.class_names) else f"class {label}"
