"""What a network got right and wrong on images it was tested on: counts, shares and places.

Pure: probabilities and labels in. Which images stand at those places is the data set's business.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.training.store.arrays import arrays_from_bytes

Scores = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]

Z_95 = 1.959963984540054
"""How many standard deviations hold 95 % of a normal distribution."""


class PredictionsError(ValueError):
    """Predictions that cannot be what was measured: what is wrong with them."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The probability of each class for each image, `[images, classes]`, and the true classes."""

    scores: Scores
    labels: Labels

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or self.labels.shape != self.scores.shape[:1]:
            raise PredictionsError(
                f"Scores are [images, classes] with a label per image, not {self.scores.shape} "
                f"and {self.labels.shape}. Train the run again."
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < self.classes:
            raise PredictionsError(
                f"Labels reach from {self.labels.min()} to {self.labels.max()}; {self.classes} "
                f"classes need 0 to {self.classes - 1}. Train the run again."
            )

    @classmethod
    def from_bytes(cls, content: bytes) -> Predictions:
        """The predictions that a run keeps as an .npz file."""
        try:
            found = arrays_from_bytes(content)
            return cls(found["scores"].astype(np.float32), found["labels"].astype(np.int64))
        except (KeyError, ValueError, TypeError) as error:
            if isinstance(error, PredictionsError):
                raise
            raise PredictionsError(
                f"The kept predictions cannot be read ({error}). Train the run again."
            ) from error

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> int:
        return int(self.scores.shape[1])

    @property
    def predicted(self) -> Labels:
        """The most probable class of each image, the first of equals."""
        found: Labels = self.scores.argmax(axis=1).astype(np.int64)
        return found

    @property
    def right(self) -> int:
        return int((self.predicted == self.labels).sum())


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one class fared: images of it, images called it, and those that were both."""

    label: int
    images: int
    predicted: int
    right: int

    @property
    def recall(self) -> float | None:
        """The accuracy on the images of this class; None where there are none."""
        return self.right / self.images if self.images else None

    @property
    def precision(self) -> float | None:
        """How many of the images called this class are of it; None where none were."""
        return self.right / self.predicted if self.predicted else None


@dataclass(frozen=True, slots=True)
class Mistake:
    """An image taken for another class: how sure the network was of it, and of the truth."""

    place: int
    label: int
    predicted: int
    confidence: float
    on_truth: float


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two classes, and how many images of each were taken for the other."""

    first: int
    second: int
    first_as_second: int
    second_as_first: int

    @property
    def mistakes(self) -> int:
        return self.first_as_second + self.second_as_first


def confusion_matrix(predictions: Predictions) -> Matrix:
    """How many images of each class (rows) were called each class (columns)."""
    classes = predictions.classes
    cells = predictions.labels * classes + predictions.predicted
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def class_figures(matrix: Matrix) -> tuple[ClassFigures, ...]:
    """The figures of every class, in the order of the classes."""
    return tuple(
        ClassFigures(label, int(matrix[label].sum()), int(matrix[:, label].sum()), int(right))
        for label, right in enumerate(matrix.diagonal())
    )


def places_in(predictions: Predictions, label: int, predicted: int) -> Places:
    """Where the images of one cell of the matrix are, those with the surest verdict first."""
    inside = (predictions.labels == label) & (predictions.predicted == predicted)
    places = np.flatnonzero(inside)
    surest = np.argsort(-predictions.scores[places, predicted], kind="stable")
    return places[surest].astype(np.int64)


def worst_mistakes(predictions: Predictions, count: int) -> tuple[Mistake, ...]:
    """The mistakes the network was surest of; among equals, those it gave the truth least."""
    predicted = predictions.predicted
    wrong = np.flatnonzero(predicted != predictions.labels)
    confidence = predictions.scores[wrong, predicted[wrong]]
    on_truth = predictions.scores[wrong, predictions.labels[wrong]]
    worst = np.lexsort((on_truth, -confidence))[:count]
    return tuple(
        Mistake(
            place=int(wrong[i]),
            label=int(predictions.labels[wrong[i]]),
            predicted=int(predicted[wrong[i]]),
            confidence=float(confidence[i]),
            on_truth=float(on_truth[i]),
        )
        for i in worst
    )


def confused_pairs(matrix: Matrix, count: int) -> tuple[ConfusedPair, ...]:
    """The pairs of classes that were taken for each other most often; none without a mistake."""
    both = np.triu(matrix + matrix.T, k=1)
    first, second = np.nonzero(both)
    most = np.argsort(-both[first, second], kind="stable")[:count]
    return tuple(
        ConfusedPair(int(a), int(b), int(matrix[a, b]), int(matrix[b, a]))
        for a, b in zip(first[most], second[most], strict=True)
    )


def wilson_interval(right: int, images: int, z: float = Z_95) -> tuple[float, float]:
    """Where the true accuracy lies with 95 % confidence (Wilson 1927); unlike the usual formula it
    holds for few images and at 100 %. Nothing is known of no images.
    """
    if not images:
        return 0.0, 1.0
    share, shrink = right / images, 1 + z * z / images
    centre = (share + z * z / (2 * images)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / images + z * z / (4 * images * images))
    low = 0.0 if right == 0 else centre - half
    return low, 1.0 if right == images else centre + half


def by_chance(right: int, images: int, share: float) -> float:
    """How rarely so many are right, or more, where each is with this chance: the exact test."""
    from scipy.special import bdtrc

    return float(bdtrc(right - 1, images, share)) if right else 1.0


def ahead_by_chance(first: tuple[int, int], second: tuple[int, int]) -> float:
    """How rarely the first is so far ahead of the second, or farther, where both are right as
    often: Fisher's exact test, one-sided. Each is how many are right, of how many images.
    """
    from scipy.special import gammaln

    def ways(of: int, some: npt.NDArray[np.int64] | int) -> npt.NDArray[np.float64]:
        return np.asarray(gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1))

    (right, images), (also_right, others) = first, second
    both = right + also_right
    as_far = np.arange(right, min(both, images) + 1)
    found = ways(images, as_far) + ways(others, both - as_far) - ways(images + others, both)
    return min(1.0, float(np.exp(found).sum()))
