"""How a gradient passes back through an activation function: times its slope, at every value.

Where a function has a bend, the slope is the one that Keras takes on TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn.insight.passes.activations import (
    SELU_ALPHA,
    SELU_SCALE,
    Array,
    erfc,
    hard_sigmoid,
    sigmoid,
)
from cnn.network.layers import Activation, Layer

Slope = Callable[[Array, Array], Array]
"""From the values before and after the function, its slope at each."""

LEAK = np.float32(0.2)


def through_activation(layer: Layer, before: Array, after: Array, gradient: Array) -> Array:
    """The gradient before the layer's own activation, from the one after it."""
    name = layer.activation
    if name is None or name == "linear":
        return gradient
    if isinstance(layer, Activation) and layer.bends:
        return gradient * _bent(layer, before)
    if name == "softmax":  # each value moves them all
        weighted = gradient * after
        mixed: Array = weighted - after * weighted.sum(axis=-1, keepdims=True)
        return mixed
    return gradient * SLOPES[name](before, after)


def _bent(layer: Activation, x: Array) -> Array:
    threshold, ceiling = layer.threshold, layer.max_value
    kept = x > threshold
    if ceiling is not None:
        # Keras takes relu6 for a ceiling of 6, which is flat there already, else clips.
        kept &= (x < ceiling) if (ceiling, threshold) == (6, 0) else (x <= ceiling)
    # And its leaky relu, which has the slope at 0 too, where there is nothing but a slope.
    leaks = (x <= 0) if ceiling is None and threshold == 0 else (x < threshold)
    slope: Array = kept.astype(np.float32)
    slope += np.float32(layer.negative_slope) * leaks
    return slope


def _elu(x: Array, y: Array) -> Array:
    return np.where(y < 0, y + 1, np.float32(1))


def _selu(x: Array, y: Array) -> Array:
    return np.where(y < 0, y + np.float32(SELU_SCALE * SELU_ALPHA), np.float32(SELU_SCALE))


def _gelu(x: Array, y: Array) -> Array:
    """Of `x * P(X <= x)`: the share below x, and x times the density there."""
    exact = x.astype(np.float64)
    density = np.exp(-np.square(exact) / 2) / np.sqrt(2 * np.pi)
    slope: Array = (0.5 * erfc(exact * -(0.5**0.5)) + exact * density).astype(np.float32)
    return slope


def _silu(x: Array, y: Array) -> Array:
    share = sigmoid(x)
    return share * (1 + x * (1 - share))


def _hard_sigmoid(x: Array, y: Array) -> Array:
    return ((x > -3) & (x < 3)).astype(np.float32) / np.float32(6)


def _hard_silu(x: Array, y: Array) -> Array:
    return hard_sigmoid(x) + x * _hard_sigmoid(x, y)


SLOPES: dict[str, Slope] = {
    "relu": lambda x, y: (x > 0).astype(np.float32),
    "relu6": lambda x, y: ((x > 0) & (x < 6)).astype(np.float32),
    "leaky_relu": lambda x, y: np.where(x > 0, np.float32(1), LEAK),
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": _silu,
    "softplus": lambda x, y: sigmoid(x),
    "softsign": lambda x, y: 1 / np.square(1 + np.abs(x)),
    "sigmoid": lambda x, y: y * (1 - y),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": _hard_silu,
    "tanh": lambda x, y: 1 - np.square(y),
}
