"""What one layer does before its own activation: to its input, and on the way back.

A layer that acts in training alone passes on what it gets, both ways, and is in no table here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from cnn.insight.passes import gradients, resizing
from cnn.insight.passes import operations as ops
from cnn.insight.passes.attention import attention, attention_gradient
from cnn.insight.passes.operations import Array
from cnn.network import layers as kinds
from cnn.network.layers import Layer, Normalizing, Spreads
from cnn.network.layers.normalization import LEAST_SD

Arrays = Sequence[Array]
Flow = tuple[Array, tuple[Array, ...]]
"""The gradient at the input, and those of the layer's arrays in the order of `row.weights`."""


class At(NamedTuple):
    """A layer with `row.axes`, the arrays of `row.weights`, and the batch that goes into it."""

    layer: Any
    axes: Any
    arrays: Arrays
    x: Array

    @property
    def spreads(self) -> Spreads:
        """How the layer spreads cells, of one that does."""
        spreads: Spreads = self.layer.spread(self.x.shape[1:])
        return spreads


@dataclass(frozen=True, slots=True)
class Pass:
    """How a kind makes its linear values, and what becomes of the gradient at them.

    Then what that takes for each number that it gives: numbers beside those on the way there and
    on the way back, and nanoseconds more than any layer. Of a window, `layer_effort` says it.
    """

    forward: Callable[[At], Array]
    back: Callable[[At, Array], Flow]
    beside: float = 0
    beside_back: int = 0
    nanoseconds: float = 0.0


def pass_of(layer: Layer) -> Pass:
    return UNCHANGED if layer.is_idle else PASSES[type(layer)]


def affine(layer: Normalizing, arrays: Arrays) -> tuple[Array | None, Array | None]:
    """Gamma and beta, where the layer has them."""
    gamma = arrays[0] if layer.scale else None
    beta = arrays[1 if layer.scale else 0] if layer.center else None
    return gamma, beta


def _biased(at: At, out: Array) -> Array:
    if at.layer.use_bias:
        ops.add_bias(out, at.arrays[-1])
    return out


def _bias_back(at: At, gradient: Array) -> tuple[Array, ...]:
    return (gradients.bias_gradient(gradient),) if at.layer.use_bias else ()


def _conv2d(at: At) -> Array:
    return _biased(at, ops.conv2d(at.x, at.arrays[0], at.axes, at.layer.groups))


def _conv2d_back(at: At, gradient: Array) -> Flow:
    to_input, kernel = gradients.conv2d_gradient(
        at.x, at.arrays[0], at.axes, at.layer.groups, gradient
    )
    return to_input, (kernel, *_bias_back(at, gradient))


def _depthwise(at: At) -> Array:
    return _biased(at, ops.depthwise_conv2d(at.x, at.arrays[0], at.axes))


def _depthwise_back(at: At, gradient: Array) -> Flow:
    to_input, kernel = gradients.depthwise_conv2d_gradient(at.x, at.arrays[0], at.axes, gradient)
    return to_input, (kernel, *_bias_back(at, gradient))


def _separable(at: At) -> Array:
    between = ops.depthwise_conv2d(at.x, at.arrays[0], at.axes)
    return _biased(at, ops.pointwise_conv2d(between, at.arrays[1]))


def _separable_back(at: At, gradient: Array) -> Flow:
    kernel, pointwise = at.arrays[:2]
    between = ops.depthwise_conv2d(at.x, kernel, at.axes)
    to_between, mixing = gradients.pointwise_conv2d_gradient(between, pointwise, gradient)
    to_input, depthwise = gradients.depthwise_conv2d_gradient(at.x, kernel, at.axes, to_between)
    return to_input, (depthwise, mixing, *_bias_back(at, gradient))


def _transposed(at: At) -> Array:
    return _biased(at, resizing.conv2d_transpose(at.x, at.arrays[0], at.spreads))


def _transposed_back(at: At, gradient: Array) -> Flow:
    to_input, kernel = resizing.conv2d_transpose_gradient(at.x, at.arrays[0], at.spreads, gradient)
    return to_input, (kernel, *_bias_back(at, gradient))


def _up_sampled(at: At) -> Array:
    return resizing.up_sampled(at.x, at.layer.size, linear=at.layer.is_linear)


def _up_sampled_back(at: At, gradient: Array) -> Flow:
    layer = at.layer
    return resizing.up_sampled_gradient(gradient, layer.size, linear=layer.is_linear), ()


def _average_pool(at: At) -> Array:
    return ops.average_pool(at.x, at.axes, count_padding=at.layer.padding != "same")


def _average_pool_back(at: At, gradient: Array) -> Flow:
    return gradients.average_pool_gradient(at.axes, at.layer.padding != "same", gradient), ()


def _global(pool: Callable[[Array], Array], pool_gradient: Callable[[Array, Array], Array]) -> Pass:
    def forward(at: At) -> Array:
        pooled = pool(at.x)
        return pooled[:, None, None] if at.layer.keepdims else pooled

    def back(at: At, gradient: Array) -> Flow:
        return pool_gradient(at.x, gradient.reshape(len(at.x), at.x.shape[3])), ()

    return Pass(forward, back)


def _dense(at: At) -> Array:
    out: Array = at.x @ at.arrays[0]
    if at.layer.use_bias:
        out += at.arrays[1]
    return out


def _dense_back(at: At, gradient: Array) -> Flow:
    return gradient @ at.arrays[0].T, (at.x.T @ gradient, *_bias_back(at, gradient))


def _batch_norm(at: At) -> Array:
    gamma, beta = affine(at.layer, at.arrays)
    return ops.batch_norm(at.x, gamma, beta, at.arrays[-2], at.arrays[-1], at.layer.epsilon)


def _batch_norm_back(at: At, gradient: Array) -> Flow:
    gamma, _ = affine(at.layer, at.arrays)
    to_input, *found = gradients.batch_norm_gradient(
        at.x, gamma, at.arrays[-2], at.arrays[-1], at.layer.epsilon, gradient
    )
    return to_input, (*_held(at.layer, found), *found[2:])


def _layer_norm(at: At) -> Array:
    return ops.layer_norm(at.x, *affine(at.layer, at.arrays), at.layer.epsilon)


def _layer_norm_back(at: At, gradient: Array) -> Flow:
    gamma, _ = affine(at.layer, at.arrays)
    to_input, *found = gradients.layer_norm_gradient(at.x, gamma, at.layer.epsilon, gradient)
    return to_input, _held(at.layer, found)


def _held(layer: Normalizing, found: list[Array]) -> tuple[Array, ...]:
    """The gradients of gamma and beta, of those the layer has."""
    gamma, beta = found[:2]
    return ((gamma,) if layer.scale else ()) + ((beta,) if layer.center else ())


def _group_norm(at: At) -> Array:
    return ops.group_norm(at.x, at.layer.groups, *affine(at.layer, at.arrays), at.layer.epsilon)


def _group_norm_back(at: At, gradient: Array) -> Flow:
    gamma, _ = affine(at.layer, at.arrays)
    to_input, *found = gradients.group_norm_gradient(
        at.x, at.layer.groups, gamma, at.layer.epsilon, gradient
    )
    return to_input, _held(at.layer, found)


def statistics(layer: Any, arrays: Arrays) -> tuple[Array, Array]:
    """What a Normalization subtracts and what it divides by, for all channels or for each."""
    given = arrays[:2] or (layer.mean, layer.variance)
    mean, variance = (np.asarray(one, np.float32) for one in given)
    return mean, np.maximum(np.sqrt(variance), np.float32(LEAST_SD))


def _standardized(at: At) -> Array:
    mean, sd = statistics(at.layer, at.arrays)
    out: Array = at.x - mean
    out /= sd
    return out


def _standardized_back(at: At, gradient: Array) -> Flow:
    mean, sd = statistics(at.layer, at.arrays)
    to_input: Array = gradient / sd
    if not at.arrays:
        return to_input, ()
    to_mean = -gradients.bias_gradient(to_input)
    to_sd = -gradients.factor_gradient(at.x - mean, to_input) / sd
    to_variance = np.where(sd > LEAST_SD, to_sd / (2 * sd), np.float32(0))
    return to_input, (to_mean, to_variance, np.zeros((), np.float32))


def _layer_scale(at: At) -> Array:
    return at.x * at.arrays[0].reshape(-1)


def _layer_scale_back(at: At, gradient: Array) -> Flow:
    to_factor = gradients.factor_gradient(at.x, gradient).reshape(at.arrays[0].shape)
    return gradient * at.arrays[0].reshape(-1), (to_factor,)


def _prelu(at: At) -> Array:
    return np.where(at.x > 0, at.x, at.arrays[0] * at.x)


def _prelu_back(at: At, gradient: Array) -> Flow:
    below = np.minimum(at.x, 0)
    slope = np.where(at.x > 0, np.float32(1), at.arrays[0] * (below < 0))
    to_slope = (below * gradient).sum(axis=0)
    if at.layer.shared:
        to_slope = to_slope.sum(axis=(0, 1), keepdims=True)
    return gradient * slope, (to_slope,)


def _rescaled(at: At) -> Array:
    return at.x * np.float32(at.layer.scale) + np.float32(at.layer.offset)


def _rescaled_back(at: At, gradient: Array) -> Flow:
    return gradient * np.float32(at.layer.scale), ()


UNCHANGED = Pass(lambda at: at.x, lambda _, gradient: (gradient, ()))
PASSES: dict[type[Layer], Pass] = {
    kinds.Conv2D: Pass(_conv2d, _conv2d_back),
    kinds.DepthwiseConv2D: Pass(_depthwise, _depthwise_back),
    kinds.SeparableConv2D: Pass(_separable, _separable_back),
    kinds.Conv2DTranspose: Pass(_transposed, _transposed_back, 1, 2, 8.0),
    kinds.MaxPooling2D: Pass(
        lambda at: ops.max_pool(at.x, at.axes),
        lambda at, gradient: (gradients.max_pool_gradient(at.x, at.axes, gradient), ()),
    ),
    kinds.AveragePooling2D: Pass(_average_pool, _average_pool_back),
    kinds.GlobalAveragePooling2D: _global(
        ops.global_average_pool, gradients.global_average_pool_gradient
    ),
    kinds.GlobalMaxPooling2D: _global(ops.global_max_pool, gradients.global_max_pool_gradient),
    kinds.UpSampling2D: Pass(_up_sampled, _up_sampled_back, 3, 4, 5.0),
    kinds.Cropping2D: Pass(
        lambda at: resizing.cropped(at.x, at.spreads),
        lambda at, gradient: (resizing.cropped_gradient(at.spreads, gradient), ()),
    ),
    kinds.ZeroPadding2D: Pass(
        lambda at: ops.padded(at.x, at.axes),
        lambda at, gradient: (gradients.unpadded(gradient, at.axes), ()),
    ),
    kinds.BatchNormalization: Pass(_batch_norm, _batch_norm_back, 0.5, 14),
    kinds.LayerNormalization: Pass(_layer_norm, _layer_norm_back, 2, 14, 20.0),
    kinds.GroupNormalization: Pass(_group_norm, _group_norm_back, 2, 14, 20.0),
    kinds.Normalization: Pass(_standardized, _standardized_back, 0, 4),
    kinds.LayerScale: Pass(_layer_scale, _layer_scale_back, 0, 2),
    kinds.Activation: UNCHANGED,
    kinds.PReLU: Pass(_prelu, _prelu_back, 2, 5),
    kinds.Rescaling: Pass(_rescaled, _rescaled_back, 2),
    kinds.SelfAttention2D: Pass(
        lambda at: attention(at.x, at.arrays),
        lambda at, gradient: attention_gradient(at.x, at.arrays, gradient),
    ),
    kinds.PositionEmbedding: Pass(
        lambda at: at.x + at.arrays[0], lambda _, gradient: (gradient, (gradient.sum(axis=0),))
    ),
    kinds.Flatten: Pass(
        lambda at: at.x.reshape(len(at.x), math.prod(at.x.shape[1:])),
        lambda at, gradient: (gradient.reshape(at.x.shape), ()),
    ),
    kinds.Dense: Pass(_dense, _dense_back),
}
