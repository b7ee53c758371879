"""What a run answered to each test image, and what the answers of two say of their difference."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.network.shapes import shape_text
from cnn.training import significance
from cnn.training.comparison import Group
from cnn.training.run import PREDICTIONS, Run
from cnn.training.same_data import differences
from cnn.training.significance import OnImages, OverSeeds
from cnn.training.store import Store

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
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            scores = np.asarray(arrays["scores"], np.float32)
            labels = np.asarray(arrays["labels"], np.int64)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
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
    """What differs between the test images of two runs; nothing where they are the same."""
    if len(ours.labels) != len(theirs.labels):
        return (
            f"they were tested on {len(ours.labels):,} and {len(theirs.labels):,} images, which "
            "cannot be the same."
        )
    if first.data_fingerprint != second.data_fingerprint:
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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of the difference of two networks, in figures and in sentences."""

    first: str
    second: str
    seed: int | None
    images: OnImages | None
    seeds: OverSeeds | None
    sentences: tuple[str, str]


def shared_seeds(first: Group, second: Group) -> list[int]:
    """The seeds in which both networks have a finished run."""
    ours, theirs = ({run.configuration.seed for run in group.finished} for group in (first, second))
    return sorted(ours & theirs)


def judge(first: Group, second: Group, read: Read, seed: int | None = None) -> Judgement:
    """Both tests of two networks: on the test images of one seed, and over all seeds."""
    ours, theirs = first.entrant.name, second.entrant.name
    chosen, found, said = _on_images(first, second, read, seed)
    a, b = _accuracies(first), _accuracies(second)
    if apart := differences([first, second]).forbid:
        over, over_said = None, f"Over seeds it cannot be told: {apart[0]}"
    else:
        over = significance.over_seeds(a, b)
        over_said = significance.seeds_sentence(ours, theirs, over, min(len(a), len(b)))
    return Judgement(ours, theirs, chosen, found, over, (said, over_said))


def _accuracies(group: Group) -> list[float]:
    return [run.result.test_accuracy for run in group.finished if run.result]


def _on_images(
    first: Group, second: Group, read: Read, seed: int | None
) -> tuple[int | None, OnImages | None, str]:
    """McNemar's test of a seed's two runs, or why there is none."""
    shared = shared_seeds(first, second)
    seed = seed if seed in shared else next(iter(shared), None)
    if seed is None:
        return None, None, "On the images it cannot be told: no seed has a finished run of both."
    one, other = first.of_seed(seed), second.of_seed(seed)
    assert one is not None
    assert other is not None
    try:
        ours, theirs = read(one), read(other)
    except AnswersError as error:
        return seed, None, f"On the images it cannot be told: {error}"
    if reason := why_not_comparable(one, other, ours, theirs):
        return seed, None, f"On the images it cannot be told: {reason}"
    found = significance.on_images(ours.labels, ours.given, theirs.given)
    names = first.entrant.name, second.entrant.name
    return seed, found, significance.images_sentence(*names, found)


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
