"""Whether a network is as sure as it is right: its confidence against its accuracy.

Beside `evaluation`, which owns the predictions, the confusion matrix and the worst mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn.diagnose.evaluation import Predictions

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The images whose confidence lies above `low` up to `high`; both means None without any."""

    low: float
    high: float
    images: int
    right: int
    confidence: float | None

    @property
    def accuracy(self) -> float | None:
        return self.right / self.images if self.images else None


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins of a reliability diagram, and the expected calibration error over them."""

    bins: tuple[Bin, ...]
    images: int

    @property
    def error(self) -> float | None:
        """How far confidence and accuracy lie apart, a mean over all images (ECE).

        Guo et al. (2017), https://arxiv.org/abs/1706.04599.
        """
        if not self.images:
            return None
        apart = (abs((one.confidence or 0.0) * one.images - one.right) for one in self.bins)
        return sum(apart) / self.images

    @property
    def overconfidence(self) -> float | None:
        """Mean confidence less accuracy: above 0, the network is surer than it should be."""
        if not self.images:
            return None
        over = sum((one.confidence or 0.0) * one.images - one.right for one in self.bins)
        return over / self.images


def reliability(predictions: Predictions, bins: int = BINS) -> Reliability:
    """The images by how sure the network was of its answer, in equally wide bins."""
    confidence = predictions.scores.max(axis=1).astype(np.float64) if len(predictions) else []
    sure = np.asarray(confidence, np.float64)
    right = predictions.predicted == predictions.labels
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        count = int(inside.sum())
        mean = float(sure[inside].mean()) if count else None
        hits = int((inside & right).sum())
        found.append(Bin(float(edges[place]), float(edges[place + 1]), count, hits, mean))
    return Reliability(tuple(found), len(predictions))
