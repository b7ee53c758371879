"""What the lesson on drawn shapes shows: the drawings as an array, and how alike first filters are
to an edge kernel made by hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, Split
from cnn.data.sets.shapes import draw
from cnn.insight.passes.operations import Array
from cnn.insight.readings.kernels import GALLERY
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration

DEMO = entry("shapes-demo").architecture
SIDE = DEMO.input[0]
CLASSES = ShapeOptions().kinds
SOBEL = GALLERY["Sobel x"], GALLERY["Sobel y"]

BY_CHANCE = math.sqrt(2 / 9)
"""The root mean square likeness of a random kernel: 2 of its 9 directions are a Sobel kernel's."""


@lru_cache(maxsize=4)
def drawings(seed: int = 0) -> Split:
    """The 180 drawings to learn from, training and validation together."""
    return draw(ShapeOptions(), SIDE, SIDE, seed)[0]


def dataset(seed: int = 0) -> DatasetSpec:
    """The drawings as a data set, in its three parts."""
    return DatasetSpec(DatasetName.SHAPES, seed=seed)


def configuration(epochs: int, seed: int = 0) -> Configuration:
    """How the lesson trains its network: Adam, and all the rest as usual."""
    return Configuration(dataset(seed), epochs=epochs)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A 3x3 kernel beside the edge kernel nearest to it: Sobel, turned to `degrees`.

    `cosine` is 1 for that very kernel, whatever its size, and 0 for one with nothing of it;
    `total` is the sum of the weights, which is 0 for every Sobel kernel.
    """

    kernel: Array
    nearest: Array
    cosine: float
    degrees: float
    total: float


def likeness(kernel: npt.NDArray[np.floating[Any]]) -> Likeness:
    """How alike a kernel is to Sobel at its best angle.

    The two Sobel kernels are at a right angle and equally long, so every turned one is a sum of
    them, and the nearest is the projection onto both.
    """
    x, y = SOBEL
    kernel = np.asarray(kernel, np.float32)
    length = float((x * x).sum())
    along = float((kernel * x).sum()) / length, float((kernel * y).sum()) / length
    nearest = along[0] * x + along[1] * y
    norm = float(np.linalg.norm(kernel))
    cosine = float(np.linalg.norm(nearest)) / norm if norm else 0.0
    degrees = math.degrees(math.atan2(along[1], along[0])) % 360
    return Likeness(kernel, nearest, min(cosine, 1.0), degrees, float(kernel.sum()))


def likenesses(kernels: npt.NDArray[np.floating[Any]]) -> tuple[Likeness, ...]:
    """The same for all kernels `[3, 3, 1, filters]` of a first layer."""
    return tuple(likeness(kernels[:, :, 0, place]) for place in range(kernels.shape[3]))


def typical(found: tuple[Likeness, ...]) -> float:
    """The root mean square likeness of several, to be held against `BY_CHANCE`."""
    return math.sqrt(sum(one.cosine**2 for one in found) / len(found))
