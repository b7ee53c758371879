"""A network with one thing about it changed throughout: its filters, kernels, depth or dropout.

What makes no sense for a network is refused with `ArchitectureError`, and whether the layers still
fit each other is the trace's to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.fields import MAX_FILTERS
from cnn.network.layers import (
    Container,
    Conv2D,
    Convolution,
    DepthwiseConv2D,
    Layer,
    Layers,
    Residual,
    changed,
    rules,
)
from cnn.numbers import exact

MOST_DEEP = 16


def with_filters(architecture: Architecture, factor: float) -> Architecture:
    """Every convolution with so many times its filters, rounded, at least one per group."""
    if not 0 < factor <= MAX_FILTERS:
        raise ArchitectureError(
            f"filters can be multiplied by more than 0 and at most {MAX_FILTERS:,}, got "
            f"{exact(factor)}."
        )

    def scaled(layer: Any) -> Layer:
        groups = getattr(layer, "groups", 1)
        filters = groups * max(round(layer.filters * factor / groups), 1)
        grown: Layer = replace(layer, filters=filters)
        return grown

    return _changed(architecture, _having("filters"), scaled, "convolution with filters")


def with_kernel_size(architecture: Architecture, size: int) -> Architecture:
    """Every kernel of this size; those of 1x1 stay, as they mix channels and see no neighbours."""
    return _changed(
        architecture,
        _is_wide,
        lambda layer: replace(layer, kernel_size=(size, size)),
        "convolution with a kernel larger than 1x1",
        "another network",
    )


def with_dropout(architecture: Architecture, rate: float) -> Architecture:
    """Every dropout layer at this rate."""
    return _changed(
        architecture, _having("rate"), lambda layer: replace(layer, rate=rate), "dropout layer"
    )


def with_depth(architecture: Architecture, times: int) -> Architecture:
    """Every block so many times in a row, 1 being the network as it is.

    A block is a container, or a convolution with the normalisation and activation behind it (a
    depthwise one with the convolution that follows). The copies keep the size of their input.
    """
    if not 1 <= times <= MOST_DEEP:
        raise ArchitectureError(
            f"a block can stand 1 to {MOST_DEEP} times in a row, got {times}. Use a smaller number."
        )
    layers = architecture.layers
    done: list[Layer] = []
    found, place = 0, 0
    while place < len(layers):
        end = _block_end(layers, place)
        block = layers[place:end]
        done += block
        if isinstance(block[0], (Convolution, Container)):
            found += 1
            done += tuple(changed(one, _keeping_size) for one in block) * (times - 1)
        place = end
    if not found:
        raise ArchitectureError(
            f"{architecture.name} has no convolution and no block to stand more than once. Choose "
            "another field, or another network."
        )
    return replace(architecture, layers=tuple(done))


def _block_end(layers: Layers, place: int) -> int:
    """Where the block that begins at this place ends."""
    first, end = layers[place], place + 1
    if not isinstance(first, Convolution):
        return end
    while end < len(layers) and _belongs_to_what_it_follows(layers[end]):
        end += 1
    is_half = isinstance(first, DepthwiseConv2D) and end < len(layers)
    return _block_end(layers, end) if is_half and isinstance(layers[end], Conv2D) else end


def _belongs_to_what_it_follows(layer: Layer) -> bool:
    return layer.is_thin and not layer.is_idle


def _keeping_size(layer: Layer) -> Layer:
    """A copy that may stand behind the layer: the same height and width come out as go in."""
    if isinstance(layer, Residual):
        return replace(layer, shortcut=())
    if not _having("strides")(layer):
        return layer
    channels = {"depth_multiplier": 1} if isinstance(layer, DepthwiseConv2D) else {}
    return replace(layer, strides=1, padding="same", **channels)


def _changed(
    architecture: Architecture,
    is_meant: Callable[[Layer], bool],
    change: Callable[[Layer], Layer],
    what: str,
    remedy: str = "add one in Build",
) -> Architecture:
    """The network with every layer changed that is meant, those within containers too."""
    layers = architecture.layers
    if not any(is_meant(layer) for _, layer in walk(layers)):
        raise ArchitectureError(
            f"{architecture.name} has no {what}. Choose another field, or {remedy}."
        )

    def one(layer: Layer) -> Layer:
        return change(layer) if is_meant(layer) else layer

    return replace(architecture, layers=tuple(changed(layer, one) for layer in layers))


def _having(field: str) -> Callable[[Layer], bool]:
    return lambda layer: field in rules(type(layer))


def _is_wide(layer: Layer) -> bool:
    return isinstance(layer, Convolution) and max(layer.kernel_size) > 1
