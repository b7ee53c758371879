"""What lesson 7 computes: a stack of one's own, what its cells see, and what excites filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from statistics import fmean

import numpy as np

from cnn.data import Split, load
from cnn.data.spec import DatasetName
from cnn.insight.exciting_patches import Patch, exciting_patches
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, Conv2D, Layer, MaxPooling2D
from cnn.network.trace import Row, trace
from cnn.shipped import shipped

INPUT = (28, 28, 1)
MOST_LAYERS = 8
FILTERS = 8
IMAGES = 200
STRONGEST = 6

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


@cache
def excited(place: int) -> Excited:
    """For each filter of a convolution its strongest patches, behind the ReLU, of test images."""
    one, conv = shipped(), convolutions()[place]
    rows = trace(one.architecture).rows
    active = next(
        row
        for row in rows[rows.index(conv) :]
        if isinstance(row.layer, Activation) and row.output_shape == conv.output_shape
    )
    images = load(DatasetName.MNIST_SAMPLE).test.take(np.arange(IMAGES))
    found = exciting_patches(one.architecture, one.weights, images.images, active.name, STRONGEST)
    return Excited(conv, images, found)
