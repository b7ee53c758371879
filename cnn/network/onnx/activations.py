"""Every activation as operators of ONNX."""

from __future__ import annotations

import math
from collections.abc import Callable

from cnn.network.layers import Activation
from cnn.network.onnx.sheet import Place, scalar


def activated(place: Place, x: str) -> str:
    """What the layer applies last to its values."""
    name = place.layer.activation
    if isinstance(place.layer, Activation) and place.layer.bends:
        return _bent_relu(place, x)
    return x if name is None else ACTIVATIONS[name](place, x)


def _silu(place: Place, x: str) -> str:
    return place.op("Mul", x, place.op("Sigmoid", x))


def _gelu(place: Place, x: str) -> str:
    """`x / 2 (1 + erf(x / sqrt 2))`; ONNX has it as one operator only since opset 20."""
    bent = place.op("Erf", place.op("Mul", x, scalar(math.sqrt(0.5))))
    return place.op("Mul", place.op("Mul", x, scalar(0.5)), place.op("Add", bent, scalar(1.0)))


def _bent_relu(place: Place, x: str) -> str:
    """Keras' relu with a slope below the threshold, and a ceiling."""
    layer: Activation = place.layer
    slope, ceiling, threshold = layer.negative_slope, layer.max_value, layer.threshold
    if not threshold and ceiling is None:
        return place.op("LeakyRelu", x, alpha=slope)
    if not threshold and not slope:
        return place.op("Clip", x, scalar(0.0), scalar(ceiling or 0.0))
    kept = place.op("ThresholdedRelu", x, alpha=threshold) if threshold else place.op("Relu", x)
    if ceiling is not None:
        kept = place.op("Min", kept, scalar(ceiling))
    if not slope:
        return kept
    below = place.op("Relu", place.op("Sub", scalar(threshold), x))
    return place.op("Sub", kept, place.op("Mul", below, scalar(slope)))


def _plain(kind: str, **attributes: float) -> Callable[[Place, str], str]:
    return lambda place, x: place.op(kind, x, **attributes)


ACTIVATIONS: dict[str, Callable[[Place, str], str]] = {
    "linear": lambda place, x: x,
    "relu": _plain("Relu"),
    "relu6": lambda place, x: place.op("Clip", x, scalar(0.0), scalar(6.0)),
    "leaky_relu": _plain("LeakyRelu", alpha=0.2),
    "elu": _plain("Elu", alpha=1.0),
    "selu": _plain("Selu"),
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _plain("Softplus"),
    "softsign": _plain("Softsign"),
    "sigmoid": _plain("Sigmoid"),
    "hard_sigmoid": _plain("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_silu": _plain("HardSwish"),
    "tanh": _plain("Tanh"),
    "softmax": _plain("Softmax", axis=1),
}
