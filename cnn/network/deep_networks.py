"""Networks of any depth, plain and residual, that differ in nothing but the shortcuts, of which two
are projections: where the map halves and the filters double, a 1x1 convolution fits the input.

Built like the CIFAR networks of He, Zhang, Ren, Sun (arXiv:1512.03385, section 4.2): 6n + 2 layers
with a kernel, in three stages of 2n convolutions, of which each later one halves the map and
doubles the filters. The stem is strided, as ResNet-lite's, so that they train in minutes.
"""

from __future__ import annotations

from enum import StrEnum

from cnn.network.architecture import Architecture
from cnn.network.blocks import conv_bn
from cnn.network.errors import ArchitectureError, shown
from cnn.network.layers import Conv2D, Dense, GlobalAveragePooling2D, Layers, Residual
from cnn.network.shapes import MapShape

INPUT: MapShape = (28, 28, 1)
CLASSES = 10
FILTERS = 8
STAGES = 3
DEPTHS = (8, 14, 20, 32)
MOST_DEEP = 56


class Way(StrEnum):
    """How a block's output goes on: alone, or added to the block's input."""

    PLAIN = "plain"
    RESIDUAL = "residual"


def deep_network(
    depth: int, way: Way, *, batch_norm: bool = True, filters: int = FILTERS
) -> Architecture:
    """The network of that depth; raises `ArchitectureError` for one that is not 6n + 2."""
    if type(depth) is not int or not 8 <= depth <= MOST_DEEP or depth % 6 != 2:
        raise ArchitectureError(
            f"depth must be 6n + 2 and at most {MOST_DEEP} (8, 14, 20, 26, 32 ...), got "
            f"{shown(depth)}."
        )
    layers: Layers = _conv(filters, strides=2, batch_norm=batch_norm)
    for stage in range(STAGES):
        for block in range((depth - 2) // 6):
            halves = stage > 0 and block == 0
            layers += _block(filters << stage, way, halves=halves, batch_norm=batch_norm)
    name = f"{way.value.capitalize()} {depth}" + ("" if batch_norm else ", no batch norm")
    return Architecture(name, INPUT, (*layers, GlobalAveragePooling2D(), Dense(CLASSES)))


def _block(filters: int, way: Way, *, halves: bool, batch_norm: bool) -> Layers:
    strides = 2 if halves else 1
    first = _conv(filters, strides=strides, batch_norm=batch_norm)
    if way is Way.PLAIN:
        return *first, *_conv(filters, batch_norm=batch_norm)
    body = *first, *_conv(filters, batch_norm=batch_norm, relu=False)
    shortcut: Layers = ()
    if halves:
        shortcut = _conv(filters, 1, strides=2, batch_norm=batch_norm, relu=False)
    return (Residual(body, shortcut, activation="relu"),)


def _conv(
    filters: int, kernel_size: int = 3, strides: int = 1, *, batch_norm: bool, relu: bool = True
) -> Layers:
    if batch_norm:
        return conv_bn(filters, kernel_size, strides, activation="relu" if relu else None)
    activation = "relu" if relu else None
    return (Conv2D(filters, kernel_size, strides, "same", activation=activation),)
