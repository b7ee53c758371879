"""What lesson 6 follows: two small trained networks, and test images that are new to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from cnn.data import Split, load
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.insight.passes.forward import predict
from cnn.shipped import Shipped, Which, of_lesson

SHOWN = 200
"""Test images a person can choose from."""


class Size(StrEnum):
    """The two digits of the lesson."""

    SMALL = "8x8"
    LARGE = "28x28"

    @property
    def which(self) -> Which:
        return Which.SMALL_DIGITS if self is Size.SMALL else Which.SIMPLE_CNN

    @property
    def dataset(self) -> DatasetSpec:
        # The 1,000 sampled test images are among the 10,000 that SimpleCNN was tested on.
        small = self is Size.SMALL
        return DatasetSpec(DatasetName.DIGITS if small else DatasetName.MNIST_SAMPLE)


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A trained network, test images for it, and the class it takes each of them for."""

    shipped: Shipped
    images: Split
    answers: tuple[int, ...]

    @property
    def misread(self) -> tuple[int, ...]:
        """The places of the images that it takes for something else."""
        pairs = zip(self.answers, self.images.labels.tolist(), strict=True)
        return tuple(place for place, (answer, label) in enumerate(pairs) if answer != label)


@cache
def followed(size: Size) -> Followed:
    """The network for digits of this size, and the first test images."""
    shipped = of_lesson(size.which)
    test = load(size.dataset, shipped.architecture.input).test
    images = test.take(np.arange(SHOWN))
    found = predict(shipped.architecture, shipped.weights, images.images)
    return Followed(shipped, images, tuple(found.argmax(axis=1).tolist()))
