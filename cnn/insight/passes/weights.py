"""Random but fixed weights: what a network that nobody has trained yet is looked at with."""

from __future__ import annotations

import math
import zlib

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Weight
from cnn.network.shapes import Shape
from cnn.network.trace import trace

EMBEDDING_SPREAD = np.float32(0.02)
"""As in the code of the Vision Transformer, Dosovitskiy et al. (2020)."""


def random_weights(architecture: Architecture, seed: int = 0) -> Weights:
    """Fresh weights as Keras starts with: Glorot uniform kernels, no bias, idle normalisation.

    They depend on the seed, the layer's name and the kernel's shape alone: to edit a layer leaves
    the weights of those before it as they are, and more filters keep the ones there were (scaled).
    """
    return {
        row.name: tuple(_fresh(weight, row.name, seed) for weight in row.weights)
        for row in trace(architecture).rows
        if row.weights
    }


def _fresh(weight: Weight, name: str, seed: int) -> Array:
    entropy = seed, zlib.crc32(f"{name}/{weight.name}".encode())
    if weight.name.endswith("kernel"):
        return _glorot_uniform(weight.shape, entropy)
    if weight.name == "embedding":
        return _source(entropy).standard_normal(weight.shape, np.float32) * EMBEDDING_SPREAD
    return np.full(weight.shape, weight.start, np.float32)


def _glorot_uniform(shape: Shape, entropy: tuple[int, int]) -> Array:
    """Uniform within `sqrt(6 / (fan_in + fan_out))` of 0 (Glorot and Bengio, 2010)."""
    *window, inputs, outputs = shape
    limit = math.sqrt(6 / (math.prod(window) * (inputs + outputs)))
    source = _source(entropy)
    if window:  # drawn filter by filter, so that one more filter leaves the others alone
        drawn = source.random((outputs, *window, inputs), np.float32)
        values = np.ascontiguousarray(np.moveaxis(drawn, 0, -1))
    else:
        values = source.random(shape, np.float32)
    values *= np.float32(2 * limit)
    values -= np.float32(limit)
    return values


def _source(entropy: tuple[int, int]) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(entropy)))
