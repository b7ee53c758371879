"""The case of the lesson on backpropagation: a kernel that is to become another, step by step."""

from __future__ import annotations

import numpy as np

from cnn.insight.passes.kernel_gradient import Descent, descend
from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Slide, convolved
from cnn.lessons.patterns import KERNELS, picture
from cnn.network.layers import Conv2D

SIDE = 5
START = np.array([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]], np.float32)
"""The kernel before the first step."""


TOO_FAR = 10_000.0
"""A loss above this is running away: no further steps are taken."""


def after(name: str, wanted: str, rate: float, taken: int) -> tuple[Descent, int]:
    """The next step, when so many were taken from the first kernel; and how many really were.

    The target is what the wanted kernel makes of the picture: so the wanted kernel has no loss.
    """
    image = picture(name, SIDE)[..., 0]
    target = convolved(Conv2D(1, 3, use_bias=False), image[..., None], _whole(wanted)).output[
        ..., 0
    ]
    found = descend(image, START, target, rate)
    for done in range(taken):
        if found.loss_after > TOO_FAR:
            return found, done
        found = descend(image, found.stepped, target, rate)
    return found, taken


def full_convolution(found: Descent) -> Slide:
    """The gradient at the input, as a convolution of the arriving one with the turned kernel."""
    layer = Conv2D(1, 3, padding=2, use_bias=False)
    return convolved(layer, found.arriving[..., None], found.kernel[..., None, None], flipped=True)


def as_convolution(found: Descent) -> Slide:
    """The gradient of the kernel, as the arriving one sliding over the input."""
    size = (int(found.arriving.shape[0]), int(found.arriving.shape[1]))
    layer = Conv2D(1, size, use_bias=False)
    return convolved(layer, found.input[..., None], found.arriving[..., None, None])


def _whole(name: str) -> Array:
    return KERNELS[name][..., None, None]
