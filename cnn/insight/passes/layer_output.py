"""What one layer makes of its input, before its own activation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np

from cnn.insight.passes import operations as ops
from cnn.insight.passes.operations import Array
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Axes,
    BatchNormalization,
    Branches,
    Conv2D,
    Convolution,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    Rescaling,
    SeparableConv2D,
    SpatialDropout2D,
    ZeroPadding2D,
)

Arrays = Sequence[Array]


def linear_output(layer: Layer, axes: Axes | None, arrays: Arrays, x: Array) -> Array:
    """The layer's values for the batch `x`, from `row.axes` and the arrays of `row.weights`."""
    if axes is not None:
        return _slid(layer, axes, arrays, x)
    match layer:
        case Dense():
            out: Array = x @ arrays[0]
            if layer.use_bias:
                out += arrays[1]
            return out
        case Flatten():
            return x.reshape(len(x), math.prod(x.shape[1:]))
        case GlobalAveragePooling2D():
            return _kept(ops.global_average_pool(x), layer.keepdims)
        case GlobalMaxPooling2D():
            return _kept(ops.global_max_pool(x), layer.keepdims)
        case BatchNormalization():
            gamma, beta = affine(layer, arrays)
            return ops.batch_norm(x, gamma, beta, arrays[-2], arrays[-1], layer.epsilon)
        case LayerNormalization():
            gamma, beta = affine(layer, arrays)
            return ops.layer_norm(x, gamma, beta, layer.epsilon)
        case Rescaling():
            return x * np.float32(layer.scale) + np.float32(layer.offset)
        case Activation() | Dropout() | SpatialDropout2D():
            return x
    raise NotImplementedError(f"{layer.kind} has no forward pass yet.")


def merged_output(layer: Layer, ends: Sequence[Array]) -> Array:
    """What a container makes of the outputs of its series."""
    if isinstance(layer, Branches) and layer.merge == "concatenate":
        return np.concatenate(ends, axis=-1)
    return reduce(np.add, ends)


def _slid(layer: Layer, axes: Axes, arrays: Arrays, x: Array) -> Array:
    """The kinds whose window slides over a map."""
    match layer:
        case Conv2D():
            out = ops.conv2d(x, arrays[0], axes, layer.groups)
        case DepthwiseConv2D():
            out = ops.depthwise_conv2d(x, arrays[0], axes)
        case SeparableConv2D():
            between = ops.depthwise_conv2d(x, arrays[0], axes)
            out = ops.pointwise_conv2d(between, arrays[1])
        case MaxPooling2D():
            return ops.max_pool(x, axes)
        case AveragePooling2D():
            return ops.average_pool(x, axes, count_padding=layer.padding != "same")
        case ZeroPadding2D():
            return ops.padded(x, axes)
        case _:
            raise NotImplementedError(f"{layer.kind} has no forward pass yet.")
    if isinstance(layer, Convolution) and layer.use_bias:
        ops.add_bias(out, arrays[-1])
    return out


def _kept(pooled: Array, keepdims: bool) -> Array:
    return pooled[:, None, None] if keepdims else pooled


def affine(
    layer: BatchNormalization | LayerNormalization, arrays: Arrays
) -> tuple[Array | None, Array | None]:
    """Gamma and beta, where the layer has them."""
    gamma = arrays[0] if layer.scale else None
    beta = arrays[1 if layer.scale else 0] if layer.center else None
    return gamma, beta
