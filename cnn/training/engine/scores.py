"""What the scores of a network come to, in NumPy: its probabilities, their loss, its accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.activations import softmax
from cnn.training.engine.chunk import Numbers


def judged(
    scores: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]]
) -> tuple[float, float, Numbers]:
    """Mean cross-entropy and accuracy over some images, and each image's probabilities."""
    scores = scores.astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    totals = np.exp(scores).sum(axis=1, keepdims=True)
    right = scores[np.arange(len(labels)), labels] - np.log(totals[:, 0])
    accuracy = float((scores.argmax(axis=1) == labels).mean())
    return float(-right.mean()), accuracy, probabilities(scores)


def probabilities(scores: npt.NDArray[np.floating[Any]]) -> Numbers:
    """The softmax of each row of scores."""
    return softmax(scores).astype(np.float32)
