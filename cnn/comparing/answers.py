"""What a run answered to each test image, and whether two answered to the same test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.comparing.comparison import Group
from cnn.network.shapes import shape_text
from cnn.training.recipe.run import PREDICTIONS, Run
from cnn.training.store.arrays import arrays_from_bytes
from cnn.training.store.store import Store

ROUNDED_AWAY = 0.01
"""The share of answers that rounding may have turned."""


class AnswersError(ValueError):
    """A run's answers cannot be had: why, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The class a run gave to each test image, how sure it was, and the class it is."""

    given: npt.NDArray[np.int64]
    sureness: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        return float((self.given == self.labels).mean())


Read = Callable[[Run], Answers]


def answers(store: Store, run: Run) -> Answers:
    """The answers that a finished run keeps, checked to be whole."""
    content = store.file(run.id, PREDICTIONS)
    if content is None:
        raise AnswersError(f"run {run.id} keeps no answers to the test images. Train it again.")
    try:
        arrays = arrays_from_bytes(content)
        scores = np.asarray(arrays["scores"], np.float32)
        labels = np.asarray(arrays["labels"], np.int64)
    except (KeyError, ValueError, TypeError) as error:
        raise AnswersError(
            f"the answers of run {run.id} cannot be read: {error}. Train it again."
        ) from error
    if scores.ndim != 2 or labels.shape != (len(scores),) or not len(scores):
        raise AnswersError(
            f"the answers of run {run.id} are {scores.shape} scores to {labels.shape} labels, "
            "which do not belong together. Train it again."
        )
    found = Answers(scores.argmax(axis=1).astype(np.int64), scores.max(axis=1), labels)
    # Older runs kept scores in half precision, which may turn an answer that was close to call.
    if run.result and abs(found.accuracy - run.result.test_accuracy) > ROUNDED_AWAY:
        raise AnswersError(
            f"the answers that run {run.id} keeps are right on {found.accuracy:.2%} of the images, "
            f"and its test accuracy is {run.result.test_accuracy:.2%}. Train it again."
        )
    return found


def why_not_comparable(first: Run, second: Run, ours: Answers, theirs: Answers) -> str:
    """What differs between the test images of two runs; nothing where they are the same.

    A share of the training images changes the fingerprint and not the test.
    """
    if len(ours.labels) != len(theirs.labels):
        return (
            f"they were tested on {len(ours.labels):,} and {len(theirs.labels):,} images, which "
            "cannot be the same."
        )
    if first.data_fingerprint != second.data_fingerprint and not _differ_by_share(first, second):
        if first.architecture.input != second.architecture.input:
            return (
                f"they read images of {shape_text(first.architecture.input)} and "
                f"{shape_text(second.architecture.input)}, so that nothing shows that the pictures "
                "are the same."
            )
        return (
            f"their data are not the same: fingerprints {first.data_fingerprint[:8]} and "
            f"{second.data_fingerprint[:8]}."
        )
    if not np.array_equal(ours.labels, theirs.labels):
        return "their test images have different labels."
    return ""


def _differ_by_share(first: Run, second: Run) -> bool:
    """Whether two runs have the same data but for how many of the training images they used."""
    if first.architecture.input != second.architecture.input:
        return False
    one, other = first.configuration.dataset, second.configuration.dataset
    return one != other and one.all_to_train == other.all_to_train


def shared_seeds(first: Group, second: Group) -> list[int]:
    """The seeds in which both networks have a finished run."""
    ours, theirs = ({run.configuration.seed for run in group.finished} for group in (first, second))
    return sorted(ours & theirs)


def same_test(runs: Sequence[Run], read: Read) -> list[tuple[Run, Answers]]:
    """The runs whose answers can be had and are to the test images of the first of them."""
    found: list[tuple[Run, Answers]] = []
    for run in runs:
        try:
            own = read(run)
        except AnswersError:
            continue
        if not found or not why_not_comparable(found[0][0], run, found[0][1], own):
            found.append((run, own))
    return found
