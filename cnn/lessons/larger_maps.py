"""The transposed convolution of lesson 9: small maps and kernels to spread, and what makes a
checkerboard of a smooth one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Spreading
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Conv2DTranspose, UpSampling2D

SIDE, SMOOTH_SIDE = 3, 8
SEED = 0
ABOVE = "above"
"""The name of the map and of the kernel that the lesson has above: its gradient and its kernel."""

MAPS = ("numbers", "ones", "dot", ABOVE)
KERNELS = ("ones", "bilinear", "random", ABOVE)


def transposed(size: int, stride: int, padding: str) -> Conv2DTranspose:
    """The layer; an `ArchitectureError` where its windows would leave gaps."""
    return Conv2DTranspose(1, size, strides=stride, padding=padding, use_bias=False)


def small_map(name: str, above: Array) -> Array:
    """One of `MAPS`, `[3, 3, 1]`."""
    if name == ABOVE:
        return above[..., None]
    made = np.arange(1, SIDE * SIDE + 1, dtype=np.float32).reshape(SIDE, SIDE)
    if name == "ones":
        made[:] = 1
    elif name == "dot":
        made = (made == made[SIDE // 2, SIDE // 2]).astype(np.float32)
    return made[..., None]


def small_kernel(name: str, size: int, above: Array) -> Array:
    """One of `KERNELS`, `[size, size]`; that of above has its own size."""
    if name == ABOVE:
        return above
    if name == "bilinear":
        return bilinear(size)
    if name == "random":
        drawn = np.random.default_rng(SEED).integers(-2, 3, (size, size))
        return drawn.astype(np.float32)
    return np.ones((size, size), np.float32)


def bilinear(size: int) -> Array:
    """Weights that fall off evenly from the middle, as those of Long et al. (2015)."""
    reach = (size + 1) // 2
    away = np.abs(np.arange(size) - (size - 1) / 2)
    line = 1 - away / reach
    made: Array = np.outer(line, line).astype(np.float32)
    return made


def next_multiple(size: int, stride: int) -> int:
    """The smallest kernel, at least so large, in which the stride goes without a rest."""
    return -(-size // stride) * stride


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """What becomes of a smooth map `[rows, columns, 1]`, and of one that is 1 everywhere: `least`
    and `most` are its values away from the border, where they repeat with the stride.
    """

    output: Array
    least: float
    most: float

    @property
    def is_even(self) -> bool:
        """Whether what is the same everywhere stays so, to the rounding of 32 bits."""
        return bool(np.isclose(self.least, self.most, rtol=1e-5, atol=1e-6))


def smooth_map() -> Array:
    """A hill, `[8, 8, 1]`: it rises and falls once each way."""
    line = np.sin(np.pi * (np.arange(SMOOTH_SIDE) + 0.5) / SMOOTH_SIDE)
    made: Array = np.outer(line, line).astype(np.float32)[..., None]
    return made


def smooth_transposed(kernel: Array, stride: int) -> Smooth:
    """By a transposed convolution that makes the map `stride` times as large."""
    layer = transposed(len(kernel), stride, "same")
    return _smooth(Architecture("Transposed", _shape(), (layer,)), kernel, stride)


def smooth_resized(kernel: Array, stride: int) -> Smooth:
    """By repeating each cell, and then a convolution with the same kernel."""
    layers = (
        UpSampling2D(stride),
        Conv2D(1, len(kernel), padding="same", use_bias=False),
    )
    return _smooth(Architecture("Resized", _shape(), layers), kernel, stride)


def _smooth(architecture: Architecture, kernel: Array, stride: int) -> Smooth:
    hill = smooth_map()
    images = np.stack([hill, np.ones_like(hill)])
    name = "conv2d_transpose_1" if len(architecture.layers) == 1 else "conv2d_1"
    smooth, flat = forward(architecture, {name: (kernel[..., None, None],)}, images).output
    first = (SMOOTH_SIDE - 1) * stride // 2
    middle = flat[first : first + stride, first : first + stride]
    return Smooth(smooth, float(middle.min()), float(middle.max()))


def _shape() -> tuple[int, int, int]:
    return SMOOTH_SIDE, SMOOTH_SIDE, 1


def difference_to(gradient: Array, found: Spreading) -> float | None:
    """The largest difference of what comes out to a gradient; None where it has another size."""
    made = found.output[..., 0]
    return float(np.abs(made - gradient).max()) if made.shape == gradient.shape else None
