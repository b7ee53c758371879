"""Two ways to build the same piece of a network, and two whole networks that differ in it alone.

All counts come from the trace; `formula` says the weights of a piece's kernels in C channels (and
maps of HxW) without biases and batch norm, and is tested against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnn.network.architecture import Architecture
from cnn.network.blocks import basic_residual, conv_bn, separable_block
from cnn.network.errors import ArchitectureError, shown
from cnn.network.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, Layers, MaxPooling2D
from cnn.network.shapes import MapShape

INPUT: MapShape = (28, 28, 1)
CLASSES = 10
FEWEST_CHANNELS, MOST_CHANNELS = 4, 256
SIDE = 7
"""Of the maps that reach a head; a block in the middle of a network gets twice that."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways: its layers for C input channels, and the weights of its kernels."""

    title: str
    formula: str
    layers: Callable[[int], Layers]


@dataclass(frozen=True, slots=True)
class BlockPair:
    """Two ways to do one thing; a head stands at the end of a network, other blocks within."""

    id: str
    title: str
    question: str
    sides: tuple[Side, Side]
    is_head: bool = False

    def block(self, side: Side, channels: int) -> Architecture:
        """The piece alone, in the map it gets within its network."""
        _check(channels)
        size = SIDE if self.is_head else 2 * SIDE
        return Architecture(side.title, (size, size, channels), side.layers(channels))

    def network(self, side: Side, channels: int) -> Architecture:
        """A network of 28x28 images whose other layers are the same for both sides."""
        _check(channels)
        stem = Conv2D(channels, 3, strides=2, padding="same", activation="relu")
        block = side.layers(channels)
        if self.is_head:
            conv = Conv2D(channels, 3, padding="same", activation="relu")
            layers: Layers = (stem, conv, MaxPooling2D(2), *block)
        else:
            end = (GlobalAveragePooling2D(), Dense(CLASSES))
            layers = (stem, *block, MaxPooling2D(2), *block, *end)
        return Architecture(f"{side.title}, {channels} channels", INPUT, layers)


def _check(channels: int) -> None:
    if type(channels) is not int or not FEWEST_CHANNELS <= channels <= MOST_CHANNELS:
        raise ArchitectureError(
            f"channels must be a whole number from {FEWEST_CHANNELS} to {MOST_CHANNELS}, got "
            f"{shown(channels)}."
        )


def _conv(channels: int, kernel_size: int = 3) -> Conv2D:
    return Conv2D(channels, kernel_size, padding="same", activation="relu")


PAIRS = {
    pair.id: pair
    for pair in (
        BlockPair(
            "kernels",
            "5×5 or two 3×3",
            "Two small kernels in a row see as far as one large one. What do they save?",
            (
                Side("One 5×5", "25C²", lambda channels: (_conv(channels, 5),)),
                Side("Two 3×3", "18C²", lambda channels: (_conv(channels),) * 2),
            ),
        ),
        BlockPair(
            "shortcut",
            "Plain or residual",
            "The same two convolutions, with and without a shortcut around them, which costs "
            "nothing to learn and no multiplication.",
            (
                Side("Plain", "18C²", lambda channels: conv_bn(channels) * 2),
                Side("Residual", "18C²", basic_residual),
            ),
        ),
        BlockPair(
            "separable",
            "Standard or depthwise separable",
            "Space and channels mixed in one kernel, or first the one and then the other.",
            (
                Side("Standard", "9C²", conv_bn),
                Side(
                    "Depthwise separable",
                    "9C + C²",
                    lambda channels: separable_block(channels, channels),
                ),
            ),
        ),
        BlockPair(
            "head",
            "Flatten or global average",
            "From maps to ten scores: for each score a weight for every pixel of every map, or one "
            "for each map's average.",
            (
                Side("Flatten, dense", "10HWC", lambda _: (Flatten(), Dense(CLASSES))),
                Side(
                    "Global average, dense",
                    "10C",
                    lambda _: (GlobalAveragePooling2D(), Dense(CLASSES)),
                ),
            ),
            is_head=True,
        ),
        BlockPair(
            "batch-norm",
            "Without or with batch norm",
            "The same convolutions, with and without batch norm, which brings their outputs to one "
            "scale and makes their bias needless.",
            (
                Side("Without batch norm", "18C²", lambda channels: (_conv(channels),) * 2),
                Side("With batch norm", "18C²", lambda channels: conv_bn(channels) * 2),
            ),
        ),
    )
}
