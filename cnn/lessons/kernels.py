"""What the lesson on kernels shows: images, kernels over all their channels, and the maps."""

from __future__ import annotations

import numpy as np

from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.insight.readings.kernels import GALLERY
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Conv2D
from cnn.network.seen import Place
from cnn.network.trace import trace

CUSTOM = "custom"
NAMES = (*GALLERY, CUSTOM)
IDENTITY = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
SLICES: dict[str, tuple[float, float, float]] = {
    "alike": (1 / 3, 1 / 3, 1 / 3),
    "red": (1.0, 0.0, 0.0),
    "red-green": (1.0, -1.0, 0.0),
}
"""How much of a kernel each channel of a colour image gets."""

PLACE = Place(size=(3, 3), offset=(1.0, 1.0))
"""What a cell of these maps sees: nine pixels, the first of them in the corner."""

ROUNDING = 1e-5
"""A sum of 32-bit numbers that is 0 may come out so far from it."""

SIDE = 48


def kernel_of(name: str, custom: tuple[float, ...], channels: int, slices: str) -> Array:
    """The weights `[3, 3, channels]` of a kernel of the gallery, or of one's own nine."""
    shares = SLICES[slices] if channels == 3 else (1.0,) * channels
    return plain_kernel(name, custom)[..., None] * np.array(shares, np.float32)


def plain_kernel(name: str, custom: tuple[float, ...]) -> Array:
    """The kernel `[3, 3]` as the gallery has it, before it is shared out to channels."""
    return np.array(custom, np.float32).reshape(3, 3) if name == CUSTOM else GALLERY[name]


def network(image: Array, filters: int, relu: bool) -> Architecture:
    """The one layer that the lesson is about."""
    height, width, channels = image.shape
    layer = Conv2D(max(filters, 1), 3, activation="relu" if relu else None)
    return Architecture("Kernels", (height, width, channels), (layer,))


def feature_maps(image: Array, kernels: list[Array], relu: bool) -> list[Array]:
    """What each kernel makes of the image, `[height - 2, width - 2, 1]`: the network's own pass."""
    if not kernels:
        return []
    architecture = network(image, len(kernels), relu)
    name = trace(architecture).rows[0].name
    weights: Weights = {name: (np.stack(kernels, axis=-1), np.zeros(len(kernels), np.float32))}
    found = forward(architecture, weights, image[None]).output[0]
    return [found[..., place : place + 1] for place in range(len(kernels))]


def counts(values: Array) -> tuple[int, int, int]:
    """How many cells are above 0, are 0 and are below it."""
    above, below = int((values > ROUNDING).sum()), int((values < -ROUNDING).sum())
    return above, values.size - above - below, below


def channel_maps(image: Array, kernel: Array) -> list[Array]:
    """What each channel alone gives; they add up to the map before the ReLU."""
    channels = range(image.shape[2])
    return [
        feature_maps(image[..., one : one + 1], [kernel[..., one : one + 1]], relu=False)[0]
        for one in channels
    ]


def coloured_shapes() -> Array:
    """A red disc with a green square in it, which add up to the same over all channels; a blue
    triangle and a grey bar.
    """
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    picture = np.zeros((SIDE, SIDE, 3), np.float32)
    picture[(x - 19) ** 2 + (y - 18) ** 2 < 14**2] = (1, 0, 0)
    picture[12:24, 14:26] = (0, 1, 0)
    picture[(y > 20) & (y < 44) & (np.abs(x - 34) * 2 < y - 20)] = (0.1, 0.3, 1)
    picture[38:42, 4:20] = 0.5
    return picture
