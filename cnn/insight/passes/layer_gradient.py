"""What flows back through one layer, before its own activation: to its input and its weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn.insight.passes import gradients
from cnn.insight.passes import operations as ops
from cnn.insight.passes.layer_output import Arrays, affine
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

Flow = tuple[Array, tuple[Array, ...]]
"""The gradient at the input, and those of the layer's arrays in the order of `row.weights`."""


def through_layer(
    layer: Layer, axes: Axes | None, arrays: Arrays, x: Array, gradient: Array
) -> Flow:
    """Back through the layer, from what went into it and the gradient at its linear values."""
    if axes is not None:
        return _slid(layer, axes, arrays, x, gradient)
    match layer:
        case Dense():
            bias = (gradients.bias_gradient(gradient),) if layer.use_bias else ()
            return gradient @ arrays[0].T, (x.T @ gradient, *bias)
        case Flatten():
            return gradient.reshape(x.shape), ()
        case GlobalAveragePooling2D():
            flat = gradient.reshape(len(x), x.shape[3])
            return gradients.global_average_pool_gradient(x, flat), ()
        case GlobalMaxPooling2D():
            flat = gradient.reshape(len(x), x.shape[3])
            return gradients.global_max_pool_gradient(x, flat), ()
        case BatchNormalization():
            gamma, _ = affine(layer, arrays)
            to_input, *found = gradients.batch_norm_gradient(
                x, gamma, arrays[-2], arrays[-1], layer.epsilon, gradient
            )
            return to_input, (*_held(layer, found), *found[2:])
        case LayerNormalization():
            gamma, _ = affine(layer, arrays)
            to_input, *found = gradients.layer_norm_gradient(x, gamma, layer.epsilon, gradient)
            return to_input, _held(layer, found)
        case Rescaling():
            return gradient * np.float32(layer.scale), ()
        case Activation() | Dropout() | SpatialDropout2D():
            return gradient, ()
    raise NotImplementedError(f"{layer.kind} has no backward pass yet.")


def through_merge(layer: Layer, ends: Sequence[Array], gradient: Array) -> list[Array]:
    """The gradient at the end of each of a container's series."""
    if isinstance(layer, Branches) and layer.merge == "concatenate":
        places = np.cumsum([end.shape[-1] for end in ends[:-1]])
        return np.split(gradient, places, axis=-1)
    return [gradient] * len(ends)


def _slid(layer: Layer, axes: Axes, arrays: Arrays, x: Array, gradient: Array) -> Flow:
    """The kinds whose window slides over a map."""
    kernels: tuple[Array, ...]
    match layer:
        case Conv2D():
            to_input, kernel = gradients.conv2d_gradient(x, arrays[0], axes, layer.groups, gradient)
            kernels = (kernel,)
        case DepthwiseConv2D():
            to_input, kernel = gradients.depthwise_conv2d_gradient(x, arrays[0], axes, gradient)
            kernels = (kernel,)
        case SeparableConv2D():
            between = ops.depthwise_conv2d(x, arrays[0], axes)
            to_between, mixing = gradients.pointwise_conv2d_gradient(between, arrays[1], gradient)
            to_input, depthwise = gradients.depthwise_conv2d_gradient(
                x, arrays[0], axes, to_between
            )
            kernels = (depthwise, mixing)
        case MaxPooling2D():
            return gradients.max_pool_gradient(x, axes, gradient), ()
        case AveragePooling2D():
            counts = layer.padding != "same"
            return gradients.average_pool_gradient(axes, counts, gradient), ()
        case ZeroPadding2D():
            return gradients.unpadded(gradient, axes), ()
        case _:
            raise NotImplementedError(f"{layer.kind} has no backward pass yet.")
    has_bias = isinstance(layer, Convolution) and layer.use_bias
    bias = (gradients.bias_gradient(gradient),) if has_bias else ()
    return to_input, (*kernels, *bias)


def _held(layer: BatchNormalization | LayerNormalization, found: list[Array]) -> tuple[Array, ...]:
    """The gradients of gamma and beta, of those the layer has."""
    gamma, beta = found[:2]
    return ((gamma,) if layer.scale else ()) + ((beta,) if layer.center else ())
