"""Which labels look wrong: each image judged by a network that has not learned from it.

Confident learning (Northcutt, Jiang and Chuang, 2021, "Confident Learning: Estimating Uncertainty
in Dataset Labels", https://arxiv.org/abs/1911.00068): a class that a network gives an image at
least as surely as it gives it to the images labelled so, on average, counts as meant. Where that is
not the label, the label is in doubt. Needs answers from out of the fold. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.diagnose.evaluation import Places, Predictions


@dataclass(frozen=True, slots=True)
class Doubt:
    """An image by its place, its label, and what the network says, each with its share."""

    place: int
    label: int
    said: int
    label_share: float
    said_share: float
    is_likely: bool
    """Whether confident learning counts the label as wrong; others are only near the front."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """All images, those whose labels are the most in doubt first, and how many are counted."""

    ranked: Places
    likely: npt.NDArray[np.bool_]
    """For each image, in the order of the answers."""

    @property
    def many(self) -> int:
        return int(self.likely.sum())


def doubts(answers: Predictions) -> Doubts:
    """The images by how little the network believes their labels.

    Those that are counted as wrong come first, then all others; within both, by the label's share
    less that of the best other class.
    """
    margins = margin(answers)
    likely = _is_likely(answers)
    ranked = np.lexsort((margins, ~likely)).astype(np.int64)
    return Doubts(ranked, likely)


def doubt(answers: Predictions, found: Doubts, place: int) -> Doubt:
    """One of them, with what there is to say of it."""
    label, scores = int(answers.labels[place]), answers.scores[place]
    said = int(_without_label(answers)[place].argmax())
    return Doubt(
        place, label, said, float(scores[label]), float(scores[said]), bool(found.likely[place])
    )


def margin(answers: Predictions) -> npt.NDArray[np.float64]:
    """The share of the label less that of the best other class: from -1 to 1."""
    own = answers.scores[np.arange(len(answers)), answers.labels]
    margins: npt.NDArray[np.float64] = own.astype(np.float64) - _without_label(answers).max(axis=1)
    return margins


def _without_label(answers: Predictions) -> npt.NDArray[np.float64]:
    others = answers.scores.astype(np.float64)
    others[np.arange(len(answers)), answers.labels] = -np.inf
    return others


def _is_likely(answers: Predictions) -> npt.NDArray[np.bool_]:
    """Which images are off the diagonal of the confident joint."""
    thresholds = np.full(answers.classes, np.inf)  # what no image is labelled is never meant
    for label in np.unique(answers.labels):
        of_it = answers.labels == label
        thresholds[label] = answers.scores[of_it, label].astype(np.float64).mean()
    sure = np.where(answers.scores >= thresholds, answers.scores.astype(np.float64), -np.inf)
    meant = sure.argmax(axis=1)
    is_sure = np.isfinite(sure.max(axis=1))
    likely: npt.NDArray[np.bool_] = is_sure & (meant != answers.labels)
    return likely


def together(folds: list[Predictions]) -> Predictions:
    """The answers of all folds as one, fold after fold."""
    return Predictions(
        np.concatenate([one.scores for one in folds]), np.concatenate([one.labels for one in folds])
    )
