"""How unlike the images a network learned from an image is: a distance in what its maps answer.

Softmax shares a certainty of one among the classes, whatever the image. The distance is another
question: Mahalanobis' (K. Lee et al., 2018, "A simple unified framework for detecting
out-of-distribution samples"), here in the means of the maps of the last convolutions, and with a
covariance of its own for each class, drawn a little towards the one they share (J. Friedman, 1989,
"Regularized discriminant analysis"). What it was measured to find is in `cnn/shipped/unlike.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Labels
from cnn.insight.passes.forward import fitting_images, forward
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation

LAST = 4
"""So many of the last activations are looked at."""
SHRINKAGE = 0.1
"""The part of each class's covariance that is the shared one."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Where the images of each class lie: their means `[classes, features]`, and `[classes,
    features, features]` that turn a difference from the mean into one whose length is its distance.
    """

    means: npt.NDArray[np.floating]
    factors: npt.NDArray[np.floating]

    def distances(self, features: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The distance of each row of features from the class that is nearest to it."""
        rows = np.asarray(features, np.float64)
        to_each = [
            np.square((rows - mean) @ factor).sum(axis=1)
            for mean, factor in zip(self.means, self.factors, strict=True)
        ]
        found: npt.NDArray[np.float64] = np.sqrt(np.min(to_each, axis=0))
        return found


def learned(features: npt.NDArray[np.floating], labels: Labels) -> Likeness:
    """Where the images of each class lie, of features `[images, features]`."""
    rows = features.astype(np.float64)
    classes = np.unique(labels)
    means = np.stack([rows[labels == label].mean(axis=0) for label in classes])
    own = [
        np.cov(rows[labels == label], rowvar=False, bias=True).reshape(means.shape[1], -1)
        for label in classes
    ]
    counts = np.array([(labels == label).sum() for label in classes])
    shared = np.average(own, axis=0, weights=counts)
    factors = [
        np.linalg.cholesky(np.linalg.inv((1 - SHRINKAGE) * each + SHRINKAGE * shared))
        for each in own
    ]
    return Likeness(means, np.stack(factors))


def map_means(architecture: Architecture, weights: Weights, images: Array) -> Array:
    """The mean of each map of the last activations, `[images, maps]`, for images as it takes them.

    The network is a plain chain with as many `Activation` layers or more.
    """
    places = [at for at, one in enumerate(architecture.layers) if isinstance(one, Activation)]
    part = replace(architecture, layers=architecture.layers[: places[-1] + 1])
    size = fitting_images(part)
    found = []
    for start in range(0, max(1, len(images)), size):
        outputs = list(forward(part, weights, images[start : start + size]).outputs.values())
        found.append(
            np.concatenate([outputs[at].mean(axis=(1, 2)) for at in places[-LAST:]], axis=1)
        )
    return np.concatenate(found)
