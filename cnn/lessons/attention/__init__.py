"""What the lesson on attention shows of a small trained network: which cell looks at which, its
answers without positions, with patches shuffled or a cell blank, and what attention costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.attention import all_shares, projections
from cnn.insight.passes.forward import forward, predict
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, PositionEmbedding, SelfAttention2D
from cnn.network.trace import Row, trace
from cnn.shipped import Shipped, Which, of_lesson

WINDOW = 3
"""The side of the convolution's window that attention is set beside."""


class Position(StrEnum):
    """How a network knows where a patch stands."""

    OWN = "own"
    """By the numbers that it has learned for each place."""
    OFF = "off"
    """By no more than patches say: these numbers are 0 in a network that learned with them."""
    NEVER = "never"
    """Not at all, from the first step of training on."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """The weights `[heads, cells, cells]`, a row for each cell that looks, and the shares of the
    ten digits.
    """

    weights: Array
    shares: Array

    @property
    def said(self) -> int:
        """The digit that it is taken for."""
        return int(self.shares.argmax())


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiply-accumulates over so many cells: of attention, its part of each cell with each, and
    of the convolution.
    """

    cells: int
    attention: int
    pairs: int
    convolution: int


@dataclass(frozen=True, slots=True)
class Worked:
    """How one head comes to the share of one cell in what another gathers: query times key, the
    same over the root of the key's size, e to the power of that, and the sum of those of all cells.
    """

    product: float
    divided: float
    power: float
    total: float

    @property
    def share(self) -> float:
        return self.power / self.total


def network() -> Shipped:
    """The network that the lesson is about."""
    return of_lesson(Which.ATTENTIVE_DIGITS)


def without_position() -> Shipped:
    """The same network without position embedding, trained alike."""
    return of_lesson(Which.UNPLACED_DIGITS)


def with_convolution() -> Shipped:
    """The same network with a 3x3 convolution in place of attention, trained alike."""
    return of_lesson(Which.CONVOLVED_DIGITS)


def looking(architecture: Architecture) -> Row:
    """The attention in a network that has one."""
    return next(r for r in trace(architecture).rows if isinstance(r.layer, SelfAttention2D))


def layer() -> SelfAttention2D:
    """The attention of the network."""
    found = looking(network().architecture).layer
    assert isinstance(found, SelfAttention2D)
    return found


def convolution() -> Conv2D:
    """The convolution that stands in its place."""
    layers = [row.layer for row in trace(with_convolution().architecture).rows]
    window = (WINDOW, WINDOW)
    return next(x for x in layers if isinstance(x, Conv2D) and x.kernel_size == window)


def grid() -> tuple[int, int]:
    """How many cells there are, down and across."""
    height, width, _ = looking(network().architecture).input_shape
    return height, width


def cells() -> int:
    """How many there are in all."""
    height, width = grid()
    return height * width


def looked(image: Array, position: Position = Position.OWN) -> Looked:
    """What is made of an image `[28, 28]`."""
    one = of_position(position)
    found = forward(one.architecture, one.weights, image[None, ..., None])
    name = looking(one.architecture).name
    return Looked(all_shares(found.inputs[name][0], one.weights[name]), found.output[0])


def worked(image: Array, head: int, cell: int, other: int, position: Position) -> Worked:
    """The numbers of a head where a cell of an image looks at another one."""
    one = of_position(position)
    found = forward(one.architecture, one.weights, image[None, ..., None])
    name = looking(one.architecture).name
    x = found.inputs[name][0].reshape(cells(), -1).astype(np.float64)
    query, key = (
        part.of(x).reshape(cells(), layer().heads, -1)[:, head]
        for part in projections(one.weights[name])[:2]
    )
    products = key @ query[cell]
    divided = products / np.sqrt(layer().key_size)
    powers = np.exp(divided)
    numbers = products[other], divided[other], powers[other], powers.sum()
    return Worked(*map(float, numbers))


def patches(images: Array) -> Array:
    """The patches of images `[..., 28, 28]`, cell by cell: `[..., cells, side, side]`."""
    down, across = grid()
    *before, height, width = images.shape
    cut = images.reshape(*before, down, height // down, across, width // across)
    return np.moveaxis(cut, -3, -2).reshape(*before, down * across, height // down, width // across)


def joined(parts: Array) -> Array:
    """The images of such patches."""
    down, across = grid()
    *before, _, height, width = parts.shape
    cut = np.moveaxis(parts.reshape(*before, down, across, height, width), -3, -2)
    return cut.reshape(*before, down * height, across * width)


@cache
def order() -> tuple[int, ...]:
    """Which patch stands in each cell once they are shuffled: always in the same way."""
    return tuple(np.random.default_rng(0).permutation(cells()).tolist())


def shuffled(images: Array) -> Array:
    """Images `[..., 28, 28]` whose patches stand in another order."""
    return joined(patches(images)[..., list(order()), :, :])


def has_ink(images: Array) -> npt.NDArray[np.bool_]:
    """Whether any pixel of a cell is not 0, of images `[..., 28, 28]`: `[..., cells]`."""
    found: npt.NDArray[np.bool_] = patches(images).max(axis=(-2, -1)) > 0
    return found


def looked_at_most(image: Array, weights: Array) -> int:
    """Of an image's cells with ink the one with the largest mean weight, over heads and over the
    cells that look.
    """
    return int(np.where(has_ink(image), weights.mean(axis=(0, 1)), -1).argmax())


def blanked(image: Array) -> Array:
    """The image once for each cell, which is blank in it: `[cells, 28, 28]`."""
    parts = np.repeat(patches(image)[None], cells(), axis=0)
    parts[np.arange(cells()), np.arange(cells())] = 0
    return joined(parts)


def needed(image: Array, position: Position = Position.OWN) -> Array:
    """The share of the answer to an image, for each cell where that one alone is blank."""
    one, said = of_position(position), looked(image, position).said
    found: Array = predict(one.architecture, one.weights, blanked(image)[..., None])[:, said]
    return found


def near() -> npt.NDArray[np.bool_]:
    """Whether a cell is in another's window of 3x3, which the border cuts: `[cells, cells]`."""
    places = np.indices(grid()).reshape(2, -1)
    apart = np.abs(places[:, :, None] - places[:, None]).max(axis=0)
    found: npt.NDArray[np.bool_] = apart <= WINDOW // 2
    return found


def layers_of_convolution() -> int:
    """How many convolutions behind each other it takes until one corner sees the opposite one."""
    return -(-(max(grid()) - 1) // (WINDOW // 2))


def cost(side: int) -> Cost:
    """What attention like the network's costs over side x side cells, and the convolution."""
    channels = looking(network().architecture).input_shape[-1]
    look, convolve = (
        trace(Architecture("Cost", (side, side, channels), (one,))).rows[0]
        for one in (layer(), convolution())
    )
    pairs = look.macs - sum(layer().kernel_macs(look.input_shape))
    return Cost(side * side, look.macs, pairs, convolve.macs)


def of_position(position: Position) -> Shipped:
    """The network, and its weights, that know so much of places."""
    if position is Position.NEVER:
        return without_position()
    whole = network()
    if position is Position.OWN:
        return whole
    rows = trace(whole.architecture).rows
    place = next(row.name for row in rows if isinstance(row.layer, PositionEmbedding))
    (learned,) = whole.weights[place]
    return Shipped({**whole.weights, place: (np.zeros_like(learned),)}, whole.card)
