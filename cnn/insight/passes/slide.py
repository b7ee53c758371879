"""One small layer as a picture shows it: a map, a window that slides over it, what comes out.

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
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
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


def one_layer(layer: Conv2D | Pooling, image: Array) -> Architecture:
    """The network that is this layer alone, for maps of this size."""
    height, width, channels = image.shape
    return Architecture("One layer", (height, width, channels), (layer,))


def same_values(before: Array, after: Array) -> npt.NDArray[np.bool_]:
    """Which cells have the same value in both maps."""
    return np.isclose(before, after, rtol=1e-5, atol=1e-6)
