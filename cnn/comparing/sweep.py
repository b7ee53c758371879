"""A sweep: one network trained again and again with one field at several values, all else equal.

Each value is a plan of its own with one entrant, so that finding and queueing its runs is the
comparison's. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from cnn.comparing.comparison import MOST_LAYERS, Entrant, Plan
from cnn.data import DataError, DatasetSpec
from cnn.network import variants
from cnn.network.architecture import MAX_NAME
from cnn.network.errors import shown
from cnn.network.trace import trace
from cnn.numbers import exact
from cnn.training.recipe.configuration import Configuration

MOST_VALUES = 10
DATA = "dataset"


class Field(StrEnum):
    """What can be swept: of the network, then of the training, then of the data."""

    FILTERS = "filters"
    KERNEL_SIZE = "kernel-size"
    DEPTH = "depth"
    DROPOUT = "dropout"
    LEARNING_RATE = "learning-rate"
    BATCH_SIZE = "batch-size"
    IMAGES = "images"


WHOLE = (Field.KERNEL_SIZE, Field.DEPTH, Field.BATCH_SIZE)
OF_TRAINING = (Field.LEARNING_RATE, Field.BATCH_SIZE)
USUAL: dict[Field, tuple[float, ...]] = {
    Field.FILTERS: (0.25, 0.5, 1, 2),
    Field.KERNEL_SIZE: (1, 3, 5, 7),
    Field.DEPTH: (1, 2, 3, 4),
    Field.DROPOUT: (0, 0.25, 0.5, 0.75),
    Field.LEARNING_RATE: (0.0003, 0.001, 0.003, 0.01, 0.03),
    Field.BATCH_SIZE: (16, 32, 64, 128, 256),
    Field.IMAGES: (0.05, 0.1, 0.25, 0.5, 1),
}
"""Values to begin with; a number of filters is a factor on those the network has, one of images a
share of those to train.
"""


class SweepError(ValueError):
    """A field or its values that cannot be swept, with what would do."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The network, the field, its values in rising order, and all that stays as it is."""

    entrant: Entrant
    field: Field
    values: tuple[float, ...]
    configuration: Configuration
    seeds: int = 1
    images: tuple[int, ...] = ()
    """How many images of each class all of the data have to train."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))
        if not 1 <= len(self.values) <= MOST_VALUES:
            raise SweepError(
                f"a sweep has 1 to {MOST_VALUES} values, got {len(self.values)}. "
                f"{'Take some away' if self.values else 'Add at least one'}."
            )

    def plans(self) -> tuple[Plan, ...]:
        """One for each value, in their order; raises `ArchitectureError` or `ConfigurationError`
        where a value cannot be had, and `SweepError` where all are too much together.
        """
        found, layers = [], 0
        for value in self.values:
            plan = self._plan(value)
            layers += len(trace(plan.entrants[0].architecture).rows)
            if layers > MOST_LAYERS:
                raise SweepError(
                    f"the networks of all values would have more than the {MOST_LAYERS:,} layers "
                    "that are compared at once. Choose fewer values, or a smaller network."
                )
            found.append(plan)
        return tuple(found)

    def whole(self) -> Plan:
        """All of them as one."""
        entrants = (
            replace(plan.entrants[0], configuration=plan.configuration) for plan in self.plans()
        )
        return Plan(tuple(entrants), self.configuration, self.seeds)

    @property
    def setting(self) -> str:
        """The setting of the configuration that is swept; empty where it is of the network."""
        if self.field is Field.IMAGES:
            return DATA
        return self.field.name.lower() if self.field in OF_TRAINING else ""

    def _plan(self, value: float) -> Plan:
        architecture, configuration = self.entrant.architecture, self.configuration
        match self.field:
            case Field.FILTERS:
                architecture = variants.with_filters(architecture, value)
            case Field.KERNEL_SIZE:
                architecture = variants.with_kernel_size(architecture, int(value))
            case Field.DEPTH:
                architecture = variants.with_depth(architecture, int(value))
            case Field.DROPOUT:
                architecture = variants.with_dropout(architecture, value)
            case Field.LEARNING_RATE:
                configuration = replace(configuration, learning_rate=float(value))
            case Field.BATCH_SIZE:
                configuration = replace(configuration, batch_size=int(value))
            case Field.IMAGES:
                configuration = self._with_images(value)
        named = replace(architecture, name=self._name(value))
        entrant = Entrant(exact(value), named, self.entrant.changes)
        return Plan((entrant,), configuration, self.seeds)

    def _with_images(self, share: float) -> Configuration:
        """As many steps of as many images as all of them take: else fewer images would also be
        less training.
        """
        own, dataset = self.configuration, of_share(self.configuration, share)
        if own.dataset.portion.share < 1:
            raise SweepError(
                f"the data are a part already: {own.dataset.portion.words}. Use all images first."
            )
        there, used = sum(self.images), dataset.portion.count(self.images)
        batch = own.batch_size_for(there)
        of_epoch = -(-used // batch)
        steps = own.steps or own.epochs * own.steps_per_epoch(there)
        epochs, rest = divmod(steps, of_epoch)
        return replace(
            own,
            dataset=dataset,
            batch_size=own.batch_size if own.batch_size_for(used) == batch else batch,
            epochs=epochs + bool(rest),
            steps=steps if rest else 0,
        )

    def _name(self, value: float) -> str:
        what = f", {value_text(self.field, value)}"
        return self.entrant.name[: MAX_NAME - len(what)] + what


def of_share(configuration: Configuration, share: float) -> DatasetSpec:
    """The data of a training with so much of the images to train; raises `SweepError`."""
    spec = configuration.dataset
    try:
        return replace(spec, portion=replace(spec.portion, share=float(share)))
    except DataError as error:
        raise SweepError(f"of the images to train, a {error}") from error


def value_text(field: Field, value: float) -> str:
    """A value in words: `filters ×0.5`, `3x3 kernels`, `batches of 64`."""
    number = exact(value)
    return {
        Field.FILTERS: f"filters ×{number}",
        Field.KERNEL_SIZE: f"{number}x{number} kernels",
        Field.DEPTH: f"every block ×{number}",
        Field.DROPOUT: f"dropout {number}",
        Field.LEARNING_RATE: f"learning rate {number}",
        Field.BATCH_SIZE: f"batches of {number}",
        Field.IMAGES: f"{exact(round(100 * value, 6))} % of the images"
        if value < 1
        else "all images",
    }[field]


def values_of(field: Field, texts: Sequence[str]) -> tuple[float, ...]:
    """The values as they were typed; what is no value of the field is refused by name."""
    return tuple(_value(field, text) for text in texts)


def _value(field: Field, text: str) -> float:
    kind = "a whole number" if field in WHOLE else "a number"
    try:
        value = float(text)
    except ValueError:
        raise SweepError(f"{field.value} must be {kind}, got {shown(text)}.") from None
    if not isfinite(value) or (field in WHOLE and value != int(value)):
        raise SweepError(f"{field.value} must be {kind}, got {shown(text)}.")
    return value
