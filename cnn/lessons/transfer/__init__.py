"""What the lesson on transfer shows: a trained body, how far of it is kept, and what that leaves to
train; what its first layer finds in an image, beside new weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from cnn.data import Dataset, DatasetName, DatasetSpec, load
from cnn.data.portion import Portion
from cnn.data.sets.scene_options import USUAL, Cue, Thing
from cnn.diagnose.transfer_pays import OF_HEAD
from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation, Residual
from cnn.network.trace import Row, trace
from cnn.network.training_macs import total_training_macs
from cnn.shipped import Body, Shipped, body
from cnn.shipped.starts import shipped_parent
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.start import SHIPPED, Start, with_weights
from cnn.training.workers import starting
from cnn.training.workers.starting import Beginning

EPOCHS, FEW_EPOCHS = 30, 10
PARENT = f"{SHIPPED}{Body.SCENES}"


class Own(StrEnum):
    """Whose few images the body is to learn: things it knows, or such as it never saw."""

    SCENES = "scenes"
    DIGITS = "digits"


DATA = {
    Own.SCENES: DatasetSpec(
        DatasetName.SCENES,
        seed=77,
        scenes=replace(
            USUAL,
            kinds=tuple(Thing)[:3],
            samples=144,
            test_samples=600,
            texture=Cue.SWAPPED,
            test_texture=Cue.SWAPPED,
        ),
    ),
    Own.DIGITS: DatasetSpec(DatasetName.MNIST_SAMPLE, portion=Portion(0.02)),
}
"""120 scenes of three kinds, each in a texture of its own, and 100 digits."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many parameters of a network are taken, frozen, new, and trained in the end, and what an
    image that is trained on costs in multiply-accumulates.
    """

    taken: int
    frozen: int
    new: int
    trained: int
    macs: int


def parent() -> Shipped:
    """The body that ships, trained on scenes."""
    return body(Body.SCENES)


@cache
def data(own: Own) -> Dataset:
    """The images, at the size that the body reads."""
    return load(DATA[own], parent().architecture.input)


@cache
def network(own: Own) -> Architecture:
    """The body's network with a head for these classes."""
    return with_classes(parent().architecture, len(data(own).class_names))[0]


@cache
def borders() -> tuple[int, ...]:
    """How many layers can be frozen, from none to the whole body: up to the first activation, and
    up to the end of each stage, behind which maps are smaller.
    """
    rows = [row for row in trace(parent().architecture).rows if len(row.path) == 1]
    ends = [
        int(row.path[0]) + 1
        for row, after in pairwise(rows)
        if isinstance(row.layer, Activation)
        or (isinstance(row.layer, Residual) and after.output_shape != row.output_shape)
    ]
    return (0, *ends)


@lru_cache(maxsize=8)
def begun(own: Own, freeze: int, head_first: int = 0) -> Beginning:
    """What a training begins with that takes the body, and leaves so many layers as they are."""
    parts = network(own), data(own).class_names
    return starting.begin(shipped_parent(PARENT), *parts, freeze=freeze, head_first=head_first)


def conditions(own: Own, seed: int, start: Start | None, epochs: int = EPOCHS) -> Configuration:
    """How each of them is trained."""
    return Configuration(DATA[own], epochs=epochs, seed=seed, start=start)


def head_first(freeze: int, epochs: int = EPOCHS) -> int:
    """The epochs of the head alone; where the whole body is frozen, it is alone in all of them."""
    return 0 if freeze == borders()[-1] else round(epochs * OF_HEAD)


def kept(own: Own, freeze: int) -> Kept:
    """What a border leaves to train, once the head is not alone any more."""
    start, architecture = begun(own, freeze).start, network(own)
    frozen = start.frozen(architecture, EPOCHS)
    rows = with_weights(architecture)
    return Kept(
        taken=sum(row.params for row in start.taken(architecture)),
        frozen=sum(row.params for row in rows if row.name in frozen),
        new=sum(row.params for row in rows if row.name in start.anew),
        trained=sum(row.trainable_params for row in rows if row.name not in frozen),
        macs=total_training_macs(trace(architecture), frozen),
    )


def first_layer() -> tuple[Row, Row]:
    """The first convolution, and the ReLU behind it, whose maps are looked at."""
    rows = trace(parent().architecture).rows
    return rows[0], next(row for row in rows if isinstance(row.layer, Activation))


def maps(weights: Weights, image: Array) -> Array:
    """What the first layer finds in an image `[32, 32, 3]`: `[height, width, channels]`."""
    found: Array = forward(parent().architecture, weights, image[None])[first_layer()[1].name][0]
    return found


def new_weights() -> Weights:
    """Weights as a training without the body would begin with."""
    return random_weights(parent().architecture)


class Case(NamedTuple):
    """Whose images, how many layers are frozen (None for new weights), and for how many epochs."""

    own: Own
    freeze: int | None
    epochs: int = EPOCHS


def cases() -> Iterator[Case]:
    """All that was trained: at each border, and some of it for fewer epochs."""
    for own in Own:
        for freeze in (None, *borders()):
            yield Case(own, freeze)
    for freeze in (None, borders()[-1], 0):
        yield Case(Own.DIGITS, freeze, FEW_EPOCHS)
