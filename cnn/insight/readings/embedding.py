"""Images as points: what the last hidden layer makes of them, along where they differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import fitting_images, forward
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Dense
from cnn.network.shapes import element_count
from cnn.network.trace import Row, trace


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A point for each image `[images, directions]`, and each direction's share of the variance."""

    points: npt.NDArray[np.float64]
    shares: tuple[float, ...]


def hidden_features(architecture: Architecture, weights: Weights, images: npt.ArrayLike) -> Array:
    """What the last dense layer is given for each image, or without one what the network gives."""
    head = _head(architecture)
    last = head.name if head else None
    pixels = np.asarray(images, np.float32)
    few = fitting_images(architecture)
    parts = []
    for start in range(0, max(1, len(pixels)), few):
        found = forward(architecture, weights, pixels[start : start + few])
        features = found.output if last is None else found.inputs[last]
        parts.append(features.reshape(len(features), element_count(features.shape[1:])))
    return np.concatenate(parts)


def features_of(architecture: Architecture) -> int:
    """How many features an image has there."""
    head = _head(architecture)
    shape = head.input_shape if head else trace(architecture).output_shape
    return element_count(shape)


def _head(architecture: Architecture) -> Row | None:
    rows = trace(architecture).rows
    heads = (row for row in reversed(rows) if isinstance(row.layer, Dense) and len(row.path) == 1)
    return next(heads, None)


def principal_components(features: npt.ArrayLike, directions: int = 2) -> Embedding:
    """The features along the directions in which they vary most (PCA).

    A direction and its opposite are the same; the one is taken in which the feature that counts
    most counts positively. Missing directions, as of a single image, are zeros.
    """
    exact = np.asarray(features, np.float64)
    points = np.zeros((len(exact), directions))
    shares = np.zeros(directions)
    if min(exact.shape) == 0:
        return Embedding(points, tuple(shares.tolist()))
    left, sizes, right = np.linalg.svd(exact - exact.mean(axis=0), full_matrices=False)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    known = min(directions, len(sizes))
    points[:, :known] = (left * sizes * signs)[:, :known]
    variance = np.square(sizes)
    if variance.sum() > 0:
        shares[:known] = variance[:known] / variance.sum()
    return Embedding(points, tuple(shares.tolist()))
