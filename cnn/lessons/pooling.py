"""What the lesson on pooling counts: what a pool saves, in the network it would stand in."""

from __future__ import annotations

from dataclasses import dataclass

from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Pooling, pooled
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layers,
    MaxPooling2D,
)
from cnn.network.trace import Trace, trace

IMAGE = (28, 28, 1)


@dataclass(frozen=True, slots=True)
class Saving:
    """The same small network for digits with and without its pooling."""

    with_pools: Trace
    without: Trace

    @property
    def times(self) -> float:
        """How many times as much there is to multiply without it."""
        return self.without.total_macs / self.with_pools.total_macs


def saving(pool: Pooling) -> Saving:
    """With max pooling of 2x2 this is the Simple CNN of the zoo, with its 20,490 parameters.

    A local pooling stands behind both convolutions, a global one behind the last.
    """
    first = Conv2D(16, 3, padding="same", activation="relu")
    second = Conv2D(32, 3, padding="same", activation="relu")
    head = Dense(10, "softmax")
    if isinstance(pool, GlobalMaxPooling2D | GlobalAveragePooling2D):
        layers: Layers = (first, second, pool, head)
    else:
        layers = (first, pool, second, pool, Flatten(), head)
    return Saving(
        trace(Architecture("With pooling", IMAGE, layers)),
        trace(Architecture("Without pooling", IMAGE, (first, second, Flatten(), head))),
    )


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest number of a map, and what either pooling with the same window leaves of it."""

    input: float
    max: float
    mean: float


def largest(pool: Pooling, image: Array) -> Largest:
    """What the windows of this pooling leave, whichever of the two it is."""
    both = (pooled(one, image).output for one in _both(pool))
    return Largest(float(image.max()), *(float(values.max()) for values in both))


def _both(pool: Pooling) -> tuple[Pooling, Pooling]:
    if isinstance(pool, GlobalMaxPooling2D | GlobalAveragePooling2D):
        return GlobalMaxPooling2D(), GlobalAveragePooling2D()
    window = pool.pool_size, pool.strides, pool.padding
    return MaxPooling2D(*window), AveragePooling2D(*window)
