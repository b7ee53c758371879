"""One small layer as a picture shows it: a map, a window that slides over it, or that each of its
cells is spread over, and what comes out.

The layer is one of the network's own and is run by the same forward pass; so what a lesson shows
is what the network does, and the layer can be opened as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    AveragePooling2D,
    Axes,
    Conv2D,
    Conv2DTranspose,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
    Spreads,
)
from cnn.network.shapes import axis

Pooling = MaxPooling2D | AveragePooling2D | GlobalMaxPooling2D | GlobalAveragePooling2D


class Reading(StrEnum):
    """What becomes of the numbers in the window."""

    SUM = "sum"
    MAX = "max"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """Maps `[rows, columns, channels]`, how the window slides, and the kernels `[rows, columns,
    channels, filters]` as they are written; `flipped` turns them around before they slide.
    """

    input: Array
    axes: Axes
    reading: Reading
    output: Array
    kernel: Array | None = None
    bias: Array | None = None
    flipped: bool = False
    counts_padding: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Spreading:
    """A map `[rows, columns, 1]`, of which each cell, times the kernel `[rows, columns, 1, 1]`, is
    added to a window of the output; `meeting` has how many windows meet in each cell of that.
    """

    input: Array
    axes: Spreads
    output: Array
    kernel: Array
    meeting: npt.NDArray[np.int64]


def convolved(
    layer: Conv2D, image: Array, kernel: Array, bias: Array | None = None, *, flipped: bool = False
) -> Slide:
    """A convolution, `flipped` that of mathematics; `ArchitectureError` where it does not fit."""
    architecture = one_layer(layer, image)
    slid = kernel[::-1, ::-1] if flipped else kernel
    output = forward(
        architecture, {"conv2d_1": (slid,) if bias is None else (slid, bias)}, image[None]
    ).output[0]
    axes = layer.axes(image.shape)
    return Slide(image, axes, Reading.SUM, output, kernel, bias, flipped)


def pooled(layer: Pooling, image: Array) -> Slide:
    """A pooling, a global one as large as the map; `ArchitectureError` where it does not fit."""
    output = forward(one_layer(layer, image), {}, image[None]).output[0]
    largest = isinstance(layer, MaxPooling2D | GlobalMaxPooling2D)
    reading = Reading.MAX if largest else Reading.MEAN
    if isinstance(layer, MaxPooling2D | AveragePooling2D):
        counts = layer.padding != "same"
        return Slide(image, layer.axes(image.shape), reading, output, counts_padding=counts)
    rows, columns = (axis(size, size, 1) for size in image.shape[:2])
    return Slide(image, (rows, columns), reading, output.reshape(1, 1, -1))


def spread_out(layer: Conv2DTranspose, image: Array, kernel: Array) -> Spreading:
    """A transposed convolution of one map, by one filter without a bias."""
    network = one_layer(layer, image)
    output = forward(network, {"conv2d_transpose_1": (kernel,)}, image[None]).output[0]
    axes = layer.spread(image.shape)
    rows, columns = ([one.meeting(cell) for cell in range(one.output)] for one in axes)
    return Spreading(image, axes, output, kernel, np.outer(rows, columns))


def one_layer(layer: Conv2D | Conv2DTranspose | Pooling, image: Array) -> Architecture:
    """The network that is this layer alone, for maps of this size."""
    height, width, channels = image.shape
    return Architecture("One layer", (height, width, channels), (layer,))


def same_values(before: Array, after: Array) -> npt.NDArray[np.bool_]:
    """Which cells have the same value in both maps."""
    return np.isclose(before, after, rtol=1e-5, atol=1e-6)
