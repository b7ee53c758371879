"""The gradient in plain and in residual networks, measured where their training would begin.

The networks are as equal as can be: the same convolutions with the same fresh weights, with or
without a shortcut around each pair. No batch normalisation, which alone would change the answer.
`scripts/measure_gradients.py` wrote what was measured; nothing here is typed in by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np

from cnn.data import load
from cnn.data.sets import DatasetName
from cnn.insight.passes.backward import Loss, backward
from cnn.insight.passes.operations import Array
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Conv2D, Dense, GlobalAveragePooling2D, Layer, Residual
from cnn.network.trace import trace

FILE = Path(__file__).with_name("gradients.json")
DEPTHS = (8, 20, 32)
SEEDS = (0, 1, 2, 3, 4)
FILTERS = 16
IMAGES = 64


class Start(StrEnum):
    """How the kernels are drawn: Keras' default, or with the variance that ReLU asks for."""

    GLOROT = "glorot"
    HE = "he"


Case = tuple[int, bool, Start]
CASES: tuple[Case, ...] = tuple(product(DEPTHS, (False, True), Start))


@dataclass(frozen=True, slots=True)
class Norms:
    """The loss, and the length of its gradient at the kernel of each layer with weights."""

    loss: float
    at: tuple[float, ...]


def network(depth: int, skips: bool) -> Architecture:
    """`depth` layers with weights: a convolution, pairs of convolutions, and a dense layer."""
    pair: tuple[Layer, ...] = (_convolution("relu"), _convolution(None if skips else "relu"))
    if skips:
        pair = (Residual(body=pair, activation="relu"),)
    return Architecture(
        f"{'Residual' if skips else 'Plain'} {depth}",
        (8, 8, 1),
        (
            _convolution("relu"),
            *(pair * ((depth - 2) // 2)),
            GlobalAveragePooling2D(),
            Dense(10, activation="softmax"),
        ),
    )


def _convolution(activation: str | None) -> Conv2D:
    return Conv2D(FILTERS, 3, padding="same", activation=activation)


def measured(depth: int, skips: bool, start: Start, seed: int) -> Norms:
    """The gradient for the first training images of the 8x8 digits, by the NumPy backward pass."""
    architecture = network(depth, skips)
    weights = fresh_weights(architecture, start, seed)
    train = load(DatasetName.DIGITS).train.take(np.arange(IMAGES))
    found = backward(architecture, weights, train.images, Loss(tuple(train.labels.tolist())))
    names = [row.name for row in trace(architecture).rows if row.weights]
    return Norms(found.value, tuple(float(np.linalg.norm(found.weights[n][0])) for n in names))


def fresh_weights(architecture: Architecture, start: Start, seed: int) -> Weights:
    """Weights before any training; He's have the variance 2 / fan_in, uniform as Glorot's."""
    weights = random_weights(architecture, seed)
    if start is Start.GLOROT:
        return weights
    return {name: (_widened(arrays[0]), *arrays[1:]) for name, arrays in weights.items()}


def _widened(kernel: Array) -> Array:
    """From the variance 2 / (fan_in + fan_out) to 2 / fan_in; a dense layer's stays."""
    if kernel.ndim != 4:
        return kernel
    inputs, outputs = kernel.shape[2:]
    return kernel * np.float32(np.sqrt((inputs + outputs) / inputs))


@cache
def _kept() -> dict[Case, tuple[Norms, ...]]:
    found: dict[Case, tuple[Norms, ...]] = {}
    for one in json.loads(FILE.read_text(encoding="utf-8")):
        case = one["depth"], one["skips"], Start(one["start"])
        found[case] = (*found.get(case, ()), Norms(one["loss"], tuple(one["at"])))
    return found


def kept(depth: int, skips: bool, start: Start) -> tuple[Norms, ...]:
    """What was measured for a case, a result for each seed."""
    return _kept()[depth, skips, start]


def median_at(found: tuple[Norms, ...]) -> tuple[float, ...]:
    """The median over the seeds, layer by layer."""
    return tuple(median(values) for values in zip(*(one.at for one in found), strict=True))
