"""What lesson 7 computes: a stack of one's own, what its cells see, and what excites filters.

What excites the filters takes seconds to find: `scripts/measure_patches.py` wrote where it was
found, and nothing of it is typed in by hand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

import numpy as np

from cnn.data import Split, load
from cnn.data.sets import DatasetName
from cnn.insight.regions.exciting_patches import Patch, exciting_patches, patch_at
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, Conv2D, Layer, MaxPooling2D
from cnn.network.trace import Row, trace
from cnn.shipped import shipped

FILE = Path(__file__).with_name("patches.json")
INPUT = (28, 28, 1)
MOST_LAYERS = 8
FILTERS = 8
IMAGES = 200
STRONGEST = 6
SHOWN_FILTERS = range(8)

PIECES: dict[str, Layer] = {
    "c3": Conv2D(FILTERS, 3, padding="same"),
    "c5": Conv2D(FILTERS, 5, padding="same"),
    "d3": Conv2D(FILTERS, 3, padding="same", dilation_rate=2),
    "s3": Conv2D(FILTERS, 3, padding="same", strides=2),
    "m2": MaxPooling2D(2),
}
"""The layers of a stack, by what an address calls them."""

NAMES = {
    "c3": "Conv 3×3",
    "c5": "Conv 5×5",
    "d3": "Conv 3×3, dilated 2",
    "s3": "Conv 3×3, stride 2",
    "m2": "Max pool 2×2",
}


def codes(stack: str) -> tuple[str, ...]:
    """The pieces of a stack such as `c3-c3-m2`."""
    return tuple(stack.split("-")) if stack else ()


def is_stack(stack: str) -> bool:
    """Whether a text is a stack that this lesson can show."""
    found = codes(stack)
    if not 1 <= len(found) <= MOST_LAYERS or not set(found) <= set(PIECES):
        return False
    return trace(architecture(stack), partial=True).fault is None


def architecture(stack: str) -> Architecture:
    """The network of a stack; its filters are the fewest that make a picture."""
    return Architecture("My stack", INPUT, tuple(PIECES[code] for code in codes(stack)))


@dataclass(frozen=True, slots=True, eq=False)
class Excited:
    """The convolutions of the network that ships, and what excites the filters of one."""

    row: Row
    images: Split
    patches: tuple[tuple[Patch, ...], ...]

    def same(self, filters: Iterable[int]) -> float:
        """How many of a filter's images show the digit that most of them show; the mean."""
        labels = self.images.labels.tolist()
        return fmean(
            max(Counter(labels[patch.image] for patch in self.patches[one]).values())
            for one in filters
        )


@cache
def convolutions() -> tuple[Row, ...]:
    """The convolutions of the network that reads digits, in order."""
    rows = trace(shipped().architecture).rows
    return tuple(row for row in rows if isinstance(row.layer, Conv2D))


def active(place: int) -> Row:
    """The row with the answers of a convolution: its ReLU."""
    conv, rows = convolutions()[place], trace(shipped().architecture).rows
    return next(
        row
        for row in rows[rows.index(conv) :]
        if isinstance(row.layer, Activation) and row.output_shape == conv.output_shape
    )


def measured(place: int) -> tuple[tuple[Patch, ...], ...]:
    """For each filter that is shown of a convolution its strongest patches in test images."""
    one, row = shipped(), active(place)
    found = exciting_patches(one.architecture, one.weights, _images().images, row.name, STRONGEST)
    return tuple(found[filter_] for filter_ in SHOWN_FILTERS)


@cache
def excited(place: int) -> Excited:
    """What was measured for a convolution, as it was kept: `[image, cell, answer]` for each."""
    row, traced = active(place), trace(shipped().architecture)
    kept = json.loads(FILE.read_text(encoding="utf-8"))[place]
    patches = tuple(tuple(patch_at(traced, row, *one) for one in line) for line in kept)
    return Excited(convolutions()[place], _images(), patches)


@cache
def _images() -> Split:
    return load(DatasetName.MNIST_SAMPLE).test.take(np.arange(IMAGES))
