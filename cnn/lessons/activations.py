"""What the lesson on activations shows: functions, slopes, their products, and a network's own."""

from __future__ import annotations

from functools import cache

import numpy as np

from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.activations import FUNCTIONS
from cnn.insight.passes.backward import Loss, backward
from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.insight.passes.slopes import SLOPES
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Dense, Flatten
from cnn.network.trace import trace
from cnn.shipped import shipped

NAMES = ("relu", "leaky_relu", "sigmoid", "tanh", "gelu")
REACH = 6
POINTS = 241
"""From -6 to 6, every twentieth."""
DEEPEST = 30
UNITS = 32
MEASURED_ON = 64
FLAT = 0.01
"""Below it hardly anything of a gradient gets through."""


def value(name: str, x: Array) -> Array:
    """The function at each number."""
    return FUNCTIONS[name](x, None)


def slope(name: str, x: Array) -> Array:
    """The derivative at each number; where there is a bend, as Keras takes it."""
    found: Array = np.asarray(SLOPES[name](x, value(name, x)), np.float32)
    return found


def at(name: str, x: float) -> tuple[float, float]:
    """The function and its slope at one number."""
    one = np.array([x], np.float32)
    return float(value(name, one)[0]), float(slope(name, one)[0])


def axis() -> Array:
    """The numbers that a curve is drawn over."""
    return np.linspace(-REACH, REACH, POINTS, dtype=np.float32)


def left_over(name: str, x: float, depth: int) -> list[float]:
    """What is left of a gradient of 1 after none, one, ... `depth` layers that all meet `x`."""
    each = abs(at(name, x)[1])
    return [each**layers for layers in range(depth + 1)]


def deep_network(name: str, depth: int) -> Architecture:
    """Dense layers in a row, each with the function, before the ten classes of digits."""
    hidden = (Dense(UNITS, activation=name),) * depth
    layers = (Flatten(), *hidden, Dense(10, activation="softmax"))
    return Architecture(f"{depth} layers, {name}", (28, 28, 1), layers)


def measured(name: str, depth: int, seed: int = 0) -> list[float]:
    """How long the loss gradient is at the output of the last hidden layer, the one before, ...

    As shares of the first of these; weights as Keras begins, the first digits of the MNIST sample.
    """
    architecture = deep_network(name, depth)
    digits = load_sample().learn.take(range(MEASURED_ON))
    labels = tuple(int(one) for one in digits.labels)
    weights = random_weights(architecture, seed)
    found = backward(architecture, weights, digits.images, Loss(labels))
    rows = [row for row in trace(architecture).rows if isinstance(row.layer, Dense)][:-1]
    norms = [float(np.linalg.norm(found.outputs[row.name])) for row in reversed(rows)]
    return [norm / norms[0] for norm in norms]


@cache
def first_norm() -> Architecture:
    """The shipped network up to what stands before its first ReLU."""
    whole = shipped().architecture
    places = [type(layer) for layer in whole.layers]
    assert places[1:3] == [BatchNormalization, Activation]
    return Architecture("First filters", whole.input, whole.layers[:2])


def before(image: Array, channel: int) -> Array:
    """The map `[26, 26, 1]` of a filter of the shipped network, before its first ReLU."""
    output = forward(first_norm(), shipped().weights, image[None]).output[0]
    found: Array = output[..., channel : channel + 1]
    return found


def filters() -> int:
    """How many such maps there are."""
    return int(trace(first_norm()).output_shape[-1])
