"""Kernels made by hand, as image processing has long used them: to look with, and to compare."""

from __future__ import annotations

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Conv2D
from cnn.network.trace import trace


def _kernel(rows: tuple[tuple[float, ...], ...], divisor: float = 1.0) -> Array:
    return np.array(rows, np.float32) / np.float32(divisor)


GALLERY: dict[str, Array] = {
    "identity": _kernel(((0, 0, 0), (0, 1, 0), (0, 0, 0))),
    "Sobel x": _kernel(((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    "Sobel y": _kernel(((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    "Laplacian": _kernel(((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    "edges": _kernel(((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    "blur": _kernel(((1, 1, 1), (1, 1, 1), (1, 1, 1)), 9),
    "Gaussian": _kernel(((1, 2, 1), (2, 4, 2), (1, 2, 1)), 16),
    "sharpen": _kernel(((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    "emboss": _kernel(((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
}
"""By name, 3x3. Applied as libraries do: without flipping the kernel."""


def with_kernels(architecture: Architecture, weights: Weights, names: tuple[str, ...]) -> Weights:
    """The weights with the first convolution's filters set to these kernels, in turn.

    A kernel stands in the middle of a larger window, and is averaged over the input channels.
    """
    first = next((row for row in trace(architecture).rows if isinstance(row.layer, Conv2D)), None)
    if first is None or not names:
        return weights
    kernel, *rest = weights[first.name]
    changed = np.zeros_like(kernel)
    for place in range(kernel.shape[3]):
        changed[..., place] = placed(GALLERY[names[place % len(names)]], kernel.shape)
    return {**weights, first.name: (changed, *rest)}


def placed(kernel: Array, shape: tuple[int, ...]) -> Array:
    """A 3x3 kernel in the middle of a window, an equal share of it for every channel."""
    height, width, channels = shape[:3]
    placed = np.zeros((height, width), np.float32)
    for y in range(3):
        for x in range(3):
            row, column = y - 1 + height // 2, x - 1 + width // 2
            if 0 <= row < height and 0 <= column < width:
                placed[row, column] = kernel[y, x]
    return placed[..., None] / np.float32(channels)
