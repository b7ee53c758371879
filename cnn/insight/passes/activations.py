"""The activation functions, as Keras 3 defines them, on 32-bit arrays.

Every function takes `out`, an array that it may overwrite with the result (the input itself, say).
Those that gain nothing from it leave it alone, so only the returned array counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cnn.network.layers import Activation, Layer

Array = npt.NDArray[np.float32]
Function = Callable[[Array, Array | None], Array]

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772

# NumPy has no erf. For z >= 0, erfc(z) = t * exp(-z*z + polynomial in t) with t = 1 / (1 + z/2), to
# 1.2e-7 of its value (Press et al., Numerical Recipes, 2nd ed., section 6.2). From t^9 down to t^0.
ERFC = (
    0.17087277,
    -0.82215223,
    1.48851587,
    -1.13520398,
    0.27886807,
    -0.18628806,
    0.09678418,
    0.37409196,
    1.00002368,
    -1.26551223,
)


def activation_function(layer: Layer) -> Function | None:
    """What the layer applies last to its values; None where that is nothing."""
    name = layer.activation
    if isinstance(layer, Activation) and layer.bends:
        return bent_relu(layer.negative_slope, layer.max_value, layer.threshold)
    return None if name is None else FUNCTIONS[name]


def linear(x: Array, out: Array | None = None) -> Array:
    return x


def relu(x: Array, out: Array | None = None) -> Array:
    return np.maximum(x, 0, out=out)


def bent_relu(negative_slope: float, max_value: float | None, threshold: float) -> Function:
    """Keras' relu with a slope below the threshold, and a ceiling."""

    def bent(x: Array, out: Array | None = None) -> Array:
        kept = np.where(x > threshold, x, np.float32(0))
        if max_value is not None:
            np.minimum(kept, np.float32(max_value), out=kept)
        if negative_slope:
            kept -= np.float32(negative_slope) * np.maximum(np.float32(threshold) - x, 0)
        return kept

    return bent


def relu6(x: Array, out: Array | None = None) -> Array:
    capped: Array = np.minimum(np.maximum(x, 0, out=out), 6, out=out)
    return capped


def leaky_relu(x: Array, out: Array | None = None) -> Array:
    sloped: Array = np.maximum(x, np.float32(0.2) * x, out=out)
    return sloped


def elu(x: Array, out: Array | None = None) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def selu(x: Array, out: Array | None = None) -> Array:
    below = np.float32(SELU_SCALE * SELU_ALPHA) * np.expm1(np.minimum(x, 0))
    return np.where(x > 0, np.float32(SELU_SCALE) * x, below)


def gelu(x: Array, out: Array | None = None) -> Array:
    """`x * P(X <= x)` of a standard normal X: the exact one, not its tanh approximation."""
    z = x.astype(np.float64) * -(0.5**0.5)
    return (0.5 * x * erfc(z)).astype(np.float32)


def erfc(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The complementary error function, to 1.2e-7 of its value."""
    size = np.abs(z)
    t = 1 / (1 + size / 2)
    power = np.full_like(t, ERFC[0])
    for factor in ERFC[1:]:
        power *= t
        power += factor
    power -= np.square(size, out=size)
    tail = t * np.exp(power, out=power)
    return np.where(z >= 0, tail, 2 - tail)


def sigmoid(x: Array, out: Array | None = None) -> Array:
    with np.errstate(over="ignore"):  # exp(89) is too large for 32 bits; 1 / infinity is 0
        grown = np.exp(-x)
    grown += 1
    return np.reciprocal(grown, out=grown)


def silu(x: Array, out: Array | None = None) -> Array:
    return np.multiply(x, sigmoid(x), out=out)


def hard_sigmoid(x: Array, out: Array | None = None) -> Array:
    shifted: Array = x + np.float32(3)
    np.clip(shifted, 0, 6, out=shifted)
    shifted /= 6
    return shifted


def hard_silu(x: Array, out: Array | None = None) -> Array:
    return np.multiply(x, hard_sigmoid(x), out=out)


def softplus(x: Array, out: Array | None = None) -> Array:
    bend: Array = np.log1p(np.exp(-np.abs(x)))
    bend += np.maximum(x, 0)
    return bend


def softsign(x: Array, out: Array | None = None) -> Array:
    squashed: Array = np.divide(x, 1 + np.abs(x), out=out)
    return squashed


def tanh(x: Array, out: Array | None = None) -> Array:
    return np.tanh(x, out=out)


def softmax(x: Array, out: Array | None = None) -> Array:
    """Over the last axis; the largest value is taken off first, so nothing overflows."""
    grown: Array = x - x.max(axis=-1, keepdims=True)
    np.exp(grown, out=grown)
    grown /= grown.sum(axis=-1, keepdims=True)
    return grown


FUNCTIONS: dict[str, Function] = {
    "linear": linear,
    "relu": relu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "sigmoid": sigmoid,
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": hard_silu,
    "tanh": tanh,
    "softmax": softmax,
}
