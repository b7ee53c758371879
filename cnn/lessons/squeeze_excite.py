"""What the lesson on squeeze and excite measures: the gates of a small trained network, and what
becomes of its answers where some of them are held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import numpy as np

from cnn.insight.passes.forward import fitting_images, forward
from cnn.insight.passes.operations import Array
from cnn.lessons.equivariance import tests
from cnn.network.keras.model import Weights
from cnn.network.layers.containers import Branches
from cnn.network.shapes import element_count
from cnn.network.trace import Row, trace
from cnn.shipped import Shipped, Which, of_lesson

NONE: Mapping[int, float] = MappingProxyType({})


class Gates(StrEnum):
    """What decides the gates: the image, or nothing any more."""

    OWN = "own"
    MEAN = "mean"
    OPEN = "open"


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The maps `[height, width, channels]` before and after the block, the gates between them, and
    the shares of the ten digits.
    """

    before: Array
    gates: Array
    after: Array
    shares: Array

    @property
    def said(self) -> int:
        """The digit that it is taken for."""
        return int(self.shares.argmax())


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Of so many test images the mean gates `[digit, channel]`, and how many are read right by what
    decides the gates.
    """

    images: int
    gates: Array
    right: Mapping[Gates, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the block and what the whole network takes; `products` are those by its gates."""

    params: int
    macs: int
    products: int
    all_params: int
    all_macs: int


def network() -> Shipped:
    """The network that the lesson is about."""
    return of_lesson(Which.WEIGHED_DIGITS)


@cache
def rows() -> tuple[Row, Row, tuple[Row, ...]]:
    """The block, the layer in it that gives the gates, and all that stands in it."""
    every = trace(network().architecture).rows
    block = next(row for row in every if isinstance(row.layer, Branches))
    held = tuple(row for row in every if row.path[: len(block.path)] == block.path)
    return block, held[-1], held


def channels() -> int:
    """How many channels are weighed."""
    return rows()[0].output_shape[-1]


def without_block() -> Shipped:
    """The same network without it, trained alike."""
    return of_lesson(Which.UNWEIGHED_DIGITS)


def weighed(image: Array, held: Mapping[int, float] = NONE) -> Weighed:
    """What is made of an image `[28, 28]` where these channels' gates are held at these shares."""
    found = forward(network().architecture, _holding(held), image[None, ..., None])
    block, gate, _ = rows()
    return Weighed(
        found.inputs[block.name][0],
        found[gate.name].reshape(-1),
        found[block.name][0],
        found.output[0],
    )


def closed_alone(image: Array) -> Array:
    """The share of the answer to an image, for each channel where that one alone is closed."""
    said = weighed(image).said
    found = [weighed(image, {channel: 0.0}).shares[said] for channel in range(channels())]
    return np.array(found)


@cache
def measured() -> Measured:
    """All of it, on the test images of the MNIST sample: the network was not trained on them."""
    test = tests()
    own, gates = _read(NONE)
    labels = test.labels
    mean = gates.mean(axis=0)
    means = dict(enumerate(mean.tolist()))
    answers = {
        Gates.OWN: own,
        Gates.MEAN: _read(means)[0],
        Gates.OPEN: _read(dict.fromkeys(means, 1.0))[0],
    }
    by_digit = np.stack([gates[labels == digit].mean(axis=0) for digit in range(10)])
    right = {what: int((found == labels).sum()) for what, found in answers.items()}
    return Measured(len(test), by_digit, right)


def cost() -> Cost:
    """Parameters, and multiply-accumulates for one image, from the trace."""
    traced = trace(network().architecture)
    block, _, held = rows()
    return Cost(
        sum(row.params for row in held),
        sum(row.macs for row in held),
        element_count(block.output_shape),
        traced.total_params,
        traced.total_macs,
    )


def _holding(held: Mapping[int, float]) -> Weights:
    """The weights with these gates held: nothing of the image reaches them, their bias decides."""
    weights, gate = network().weights, rows()[1]
    kernel, bias = (array.copy() for array in weights[gate.name])
    for channel, share in held.items():
        kernel[..., channel] = 0
        with np.errstate(divide="ignore"):  # 0 and 1 are the sigmoid of minus and plus infinity
            bias[channel] = np.log(share) - np.log1p(-share)
    return {**weights, gate.name: (kernel, bias)}


def _read(held: Mapping[int, float]) -> tuple[Array, Array]:
    """The digit that each test image is taken for, and its gates `[images, channels]`."""
    images, weights = tests().images, _holding(held)
    architecture, gate = network().architecture, rows()[1]
    answers, gates = [], []
    size = fitting_images(architecture)
    for start in range(0, len(images), size):
        found = forward(architecture, weights, images[start : start + size])
        answers.append(found.output.argmax(axis=1))
        gates.append(found[gate.name].reshape(len(found.output), -1))
    return np.concatenate(answers), np.concatenate(gates)
