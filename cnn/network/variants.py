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
    Activation,
    BatchNormalization,
    Branches,
    Container,
    Conv2D,
    Convolution,
    DepthwiseConv2D,
    Dropout,
    Layer,
    LayerNormalization,
    Layers,
    Pooling,
    Residual,
    SeparableConv2D,
    SpatialDropout2D,
)

FOLLOWERS = (BatchNormalization, LayerNormalization, Activation)
"""What belongs to the convolution it stands behind."""

MOST_DEEP = 16


def with_filters(architecture: Architecture, factor: float) -> Architecture:
    """Every convolution with so many times its filters, rounded, at least one per group."""
    if not 0 < factor <= MAX_FILTERS:
        raise ArchitectureError(
            f"filters can be multiplied by more than 0 and at most {MAX_FILTERS:,}, got {factor:g}."
        )

    def scaled(layer: Layer) -> Layer:
        if isinstance(layer, Conv2D):
            groups = max(round(layer.filters * factor / layer.groups), 1)
            return replace(layer, filters=groups * layer.groups)
        if isinstance(layer, SeparableConv2D):
            return replace(layer, filters=max(round(layer.filters * factor), 1))
        return layer

    _need(architecture, (Conv2D, SeparableConv2D), "convolution with filters")
    return _changed(architecture, scaled)


def with_kernel_size(architecture: Architecture, size: int) -> Architecture:
    """Every kernel of this size; those of 1x1 stay, as they mix channels and see no neighbours."""
    found = [one for one in _of(architecture, Convolution) if _is_wide(one)]
    if not found:
        raise ArchitectureError(
            f"{architecture.name} has no convolution with a kernel larger than 1x1. Choose another "
            "field, or another network."
        )
    return _changed(
        architecture,
        lambda layer: replace(layer, kernel_size=(size, size)) if _is_wide(layer) else layer,
    )


def with_dropout(architecture: Architecture, rate: float) -> Architecture:
    """Every dropout layer at this rate."""
    _need(architecture, (Dropout, SpatialDropout2D), "dropout layer")
    return _changed(
        architecture,
        lambda layer: (
            replace(layer, rate=rate) if isinstance(layer, (Dropout, SpatialDropout2D)) else layer
        ),
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
            done += tuple(_keeping_size(one) for one in block) * (times - 1)
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
    while end < len(layers) and isinstance(layers[end], FOLLOWERS):
        end += 1
    is_half = isinstance(first, DepthwiseConv2D) and end < len(layers)
    return _block_end(layers, end) if is_half and isinstance(layers[end], Conv2D) else end


def _keeping_size(layer: Layer) -> Layer:
    """A copy that may stand behind the layer: the same height and width come out as go in."""
    if isinstance(layer, Residual):
        return Residual(_all(layer.body, _keeping_size), (), layer.activation)
    if isinstance(layer, Branches):
        return replace(
            layer, branches=tuple(_all(branch, _keeping_size) for branch in layer.branches)
        )
    if isinstance(layer, DepthwiseConv2D):
        return replace(layer, strides=1, padding="same", depth_multiplier=1)
    if isinstance(layer, (Conv2D, SeparableConv2D, Pooling)):
        return replace(layer, strides=1, padding="same")
    return layer


def _changed(architecture: Architecture, change: Callable[[Layer], Layer]) -> Architecture:
    """The network with every layer changed, those within containers too."""

    def deep(layer: Layer) -> Layer:
        if isinstance(layer, Residual):
            return replace(layer, body=_all(layer.body, deep), shortcut=_all(layer.shortcut, deep))
        if isinstance(layer, Branches):
            return replace(layer, branches=tuple(_all(branch, deep) for branch in layer.branches))
        return change(layer)

    return replace(architecture, layers=_all(architecture.layers, deep))


def _all(layers: Layers, change: Callable[[Layer], Layer]) -> Layers:
    return tuple(change(layer) for layer in layers)


def _is_wide(layer: Layer) -> bool:
    return isinstance(layer, Convolution) and max(layer.kernel_size) > 1


def _of(architecture: Architecture, kinds: Any) -> list[Any]:
    return [layer for _, layer in walk(architecture.layers) if isinstance(layer, kinds)]


def _need(architecture: Architecture, kinds: tuple[type[Layer], ...], what: str) -> None:
    if not _of(architecture, kinds):
        raise ArchitectureError(
            f"{architecture.name} has no {what}. Choose another field, or add one in Build."
        )
