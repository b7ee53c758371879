"""Trainings to begin with: what pages, lessons and experiments offer before anybody has chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.training.recipe.configuration import Configuration

FIRST = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
"""What everything begins with that trains: digits that come along, learned in a minute."""

BRIEF = replace(FIRST, epochs=3)
"""The same, for who only wants to see it learn: lessons, and trainings of which there are many."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A training to begin with; `network` is of the zoo, where one belongs to it."""

    title: str
    hint: str
    configuration: Configuration
    network: str | None = None


FAST_MNIST = Preset(
    "Fast MNIST",
    "Wide LeNet on all of MNIST: 99 % of the 10,000 test images after one epoch.",
    Configuration(
        DatasetSpec(DatasetName.MNIST), epochs=1, learning_rate=0.0125, label_smoothing=0.1
    ),
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
        FIRST,
    ),
    FAST_MNIST,
)
