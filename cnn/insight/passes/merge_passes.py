"""What every merge makes of the outputs of a container's series, and what flows back to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.network.layers import Container

Ends = Sequence[Array]


@dataclass(frozen=True, slots=True)
class Merging:
    """The merge of some ends, and the gradient at each of them from that at what they make.

    `is_shared` says whether the gradients are that one, or parts of it, and take no room.
    """

    forward: Callable[[Ends], Array]
    back: Callable[[Ends, Array], list[Array]]
    is_shared: bool = False


def merged(layer: Container, ends: Ends) -> Array:
    """What a container makes of what its series give."""
    return MERGINGS[layer.merge].forward(_scaled(layer, ends))


def merged_back(layer: Container, ends: Ends, gradient: Array) -> list[Array]:
    """The gradient at each of the series, from that at what the container makes of them."""
    shares = MERGINGS[layer.merge].back(_scaled(layer, ends), gradient)
    return list(_scaled(layer, shares))


def _scaled(layer: Container, ends: Ends) -> Ends:
    if layer.scale == 1:
        return ends
    return [ends[0] * np.float32(layer.scale), *ends[1:]]


def _split(ends: Ends, gradient: Array) -> list[Array]:
    places = np.cumsum([end.shape[-1] for end in ends[:-1]])
    return np.split(gradient, places, axis=-1)


def _as_maps(ends: Ends) -> list[Array]:
    """Vectors among maps as maps of 1x1, as in Keras."""
    most = max(end.ndim for end in ends)
    return [
        end.reshape(len(end), *(1,) * (most - end.ndim), *end.shape[1:]) if end.ndim < most else end
        for end in ends
    ]


def _product(ends: Ends) -> Array:
    return reduce(np.multiply, _as_maps(ends))


def _product_back(ends: Ends, gradient: Array) -> list[Array]:
    """The gradient times all other factors: those before it, then those behind it."""
    factors = _as_maps(ends)
    shares = [gradient]
    for factor in factors[:-1]:
        shares.append(shares[-1] * factor)
    behind: Array | None = None
    for place in reversed(range(len(factors))):
        share = shares[place] if behind is None else shares[place] * behind
        shares[place] = _summed(share, factors[place]).reshape(ends[place].shape)
        behind = factors[place] if behind is None else behind * factors[place]
    return shares


def _summed(share: Array, factor: Array) -> Array:
    """Over the axes along which the factor was repeated."""
    axes = tuple(axis for axis in range(1, share.ndim) if factor.shape[axis] < share.shape[axis])
    found: Array = share.sum(axis=axes, keepdims=True) if axes else share
    return found


def _largest_back(ends: Ends, gradient: Array) -> list[Array]:
    """All of it to the largest end, the first of equal ones as in TensorFlow."""
    winner = np.zeros(gradient.shape, np.int16)
    largest = ends[0]
    for place, end in enumerate(ends[1:], 1):
        winner[end > largest] = place
        largest = np.maximum(largest, end)
    return [np.where(winner == place, gradient, np.float32(0)) for place in range(len(ends))]


def _mean(ends: Ends) -> Array:
    total = reduce(np.add, ends)
    total /= np.float32(len(ends))
    return total


def _mean_back(ends: Ends, gradient: Array) -> list[Array]:
    return [gradient / np.float32(len(ends))] * len(ends)


MERGINGS = {
    "concatenate": Merging(lambda ends: np.concatenate(ends, axis=-1), _split, is_shared=True),
    "add": Merging(
        lambda ends: reduce(np.add, ends),
        lambda ends, gradient: [gradient] * len(ends),
        is_shared=True,
    ),
    "multiply": Merging(_product, _product_back),
    "maximum": Merging(lambda ends: reduce(np.maximum, ends), _largest_back),
    "average": Merging(_mean, _mean_back),
    "subtract": Merging(lambda ends: ends[0] - ends[1], lambda _, gradient: [gradient, -gradient]),
}
