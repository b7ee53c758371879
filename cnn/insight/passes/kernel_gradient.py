"""How a kernel learns, number by number: one convolution, a wanted output, one step of descent.

The gradients are those of the backward pass; the numerical ones beside them move each number a
little and look at the loss, in 64 bits, and know nothing of that pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from cnn.insight.passes.backward import Weighted, backward
from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D

Exact = npt.NDArray[np.float64]
NUDGE = 1e-3
"""How far a number is moved; the loss is a parabola, so any distance gives the same slope."""


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """One channel, one filter, stride 1, no padding; all maps are `[rows, columns]`.

    `contributions` has for each output cell what it adds to the kernel's gradient: its patch of the
    input times the gradient that arrives there, `[output cells, rows, columns]`.
    """

    input: Array
    kernel: Array
    target: Array
    rate: float
    output: Array
    loss: float
    arriving: Array
    contributions: Array
    to_kernel: Array
    to_input: Array
    stepped: Array
    loss_after: float

    @property
    def to_bias(self) -> float:
        """The gradient of a bias, which would be added to every output cell."""
        return float(self.arriving.sum(dtype=np.float64))

    @property
    def running(self) -> Array:
        """The sum of the contributions up to and with each output cell's."""
        total: Array = np.cumsum(self.contributions, axis=0, dtype=np.float32)
        return total


def descend(image: Array, kernel: Array, target: Array, rate: float) -> Descent:
    """One step against the gradient of the loss, half the squared distance to the target."""
    architecture = network_of(image, kernel)
    output = _output(architecture, image, kernel)
    arriving = output - target
    found = backward(
        architecture, _weights(kernel), image[None, :, :, None], Weighted(arriving[None, ..., None])
    )
    (to_kernel,) = found.weights["conv2d_1"]
    patches = sliding_window_view(image, kernel.shape).reshape(-1, *kernel.shape)
    contributions: Array = patches * arriving.reshape(-1, 1, 1)
    stepped: Array = kernel - np.float32(rate) * to_kernel[:, :, 0, 0]
    return Descent(
        image,
        kernel,
        target,
        rate,
        output,
        _loss(output, target),
        arriving,
        contributions,
        to_kernel[:, :, 0, 0],
        found.input[0, :, :, 0],
        stepped,
        _loss(_output(architecture, image, stepped), target),
    )


def numerical_gradients(image: Array, kernel: Array, target: Array) -> tuple[Exact, Exact]:
    """Of the loss by every weight and by every pixel, from moving each of them up and down."""
    x, k, t = (values.astype(np.float64) for values in (image, kernel, target))
    return _slopes(lambda moved: _exact_loss(x, moved, t), k), _slopes(
        lambda moved: _exact_loss(moved, k, t), x
    )


def numerical_bias_gradient(image: Array, kernel: Array, target: Array) -> float:
    """Of the loss by a bias at 0, from moving it up and down."""
    x, k, t = (values.astype(np.float64) for values in (image, kernel, target))
    return float(_slopes(lambda bias: _exact_loss(x, k, t - bias), np.zeros(1))[0])


def network_of(image: Array, kernel: Array) -> Architecture:
    """The network of this one convolution, without a bias."""
    height, width = image.shape
    size = (int(kernel.shape[0]), int(kernel.shape[1]))
    return Architecture("One kernel", (height, width, 1), (Conv2D(1, size, use_bias=False),))


def _weights(kernel: Array) -> dict[str, tuple[Array, ...]]:
    return {"conv2d_1": (kernel[:, :, None, None],)}


def _output(architecture: Architecture, image: Array, kernel: Array) -> Array:
    return forward(architecture, _weights(kernel), image[None, :, :, None]).output[0, :, :, 0]


def _loss(output: Array, target: Array) -> float:
    return float(np.square(output.astype(np.float64) - target).sum() / 2)


def _exact_loss(image: Exact, kernel: Exact, target: Exact) -> float:
    output = np.einsum("yxij,ij->yx", sliding_window_view(image, kernel.shape), kernel)
    return float(np.square(output - target).sum() / 2)


def _slopes(loss: Callable[[Exact], float], values: Exact) -> Exact:
    slopes = np.zeros_like(values)
    for place in np.ndindex(*values.shape):
        up, down = values.copy(), values.copy()
        up[place] += NUDGE
        down[place] -= NUDGE
        slopes[place] = (loss(up) - loss(down)) / (2 * NUDGE)
    return slopes
