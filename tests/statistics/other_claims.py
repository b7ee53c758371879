"""What the pages say of one training, where it is not so: trainings that are drawn, not run.

Networks that guess, networks that are as right on new images as on those of their training, and
networks whose mistakes fall on all pairs of classes alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from scipy.stats import binom

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.training.diagnosis import diagnose
from cnn.training.evaluation import Predictions
from cnn.training.findings import Evidence, Symptom
from cnn.training.run import Epoch, Run, State
from tests.training.test_comparison import SETTINGS

GUESSING = ((2, 10), (2, 100), (3, 20), (10, 10), (10, 100), (10, 1_000), (20, 20), (100, 100))
"""Classes, and images of a validation."""
AS_RIGHT = (
    *((64, 50, 0.9), (64, 100, 0.9), (64, 200, 0.9), (64, 200, 0.95), (200, 100, 0.92)),
    *((500, 100, 0.92), (2_000, 100, 0.92)),
)
"""Images of training and of validation, and how right the network is on both."""
ALIKE = ((3, 10), (3, 20), (3, 30), (4, 15), (4, 30), (5, 15), (10, 15))
"""Classes, and mistakes."""


def learns_of_guessing(classes: int, images: int) -> float:
    """How often "It learns" may be said of one who guesses, were nothing else found: exactly, over
    all numbers of right ones.
    """

    def is_said(right: int) -> bool:
        run, epoch = _trained(classes, (right, images), (right, images))
        return Evidence(run, [epoch], []).is_above_chance

    chances = binom.pmf(range(images + 1), images, 1 / classes)
    return float(sum(one for right, one in enumerate(chances) if is_said(right)))


def by_heart_of_as_right(
    training: int, validation: int, share: float, *, tables: int, seed: int = 0
) -> float:
    """How often "It learns by heart" is said of a network that is as right on new images."""
    rng = np.random.default_rng([seed, training, validation])
    drawn = rng.binomial((training, validation), share, (tables, 2)).tolist()
    said = [
        Symptom.OVERFITTING in _said(3, (seen, training), (new, validation)) for seen, new in drawn
    ]
    return float(np.mean(said))


def confused_of_alike(classes: int, mistakes: int, *, tables: int, seed: int = 0) -> float:
    """How often two classes "are taken for each other", where all pairs are alike."""
    rng = np.random.default_rng([seed, classes, mistakes])
    images = 20 * classes
    labels = np.arange(images) % classes
    named = []
    for _ in range(tables):
        given = labels.copy()
        wrong = rng.choice(images, mistakes, replace=False)
        given[wrong] = (given[wrong] + rng.integers(1, classes, mistakes)) % classes
        scores = np.eye(classes, dtype=np.float32)[given]
        found = _said(classes, (images, images), (images, images), Predictions(scores, labels))
        named.append(Symptom.CONFUSED_CLASSES in found)
    return float(np.mean(named))


def all_of_them(tables: int) -> Iterator[tuple[str, float]]:
    """Each of the settings above, in words, and how often the claim is made of it."""
    for classes, images in GUESSING:
        name = f'"It learns": {classes} classes, {images:,} validation images'
        yield name, learns_of_guessing(classes, images)
    for training, validation, share in AS_RIGHT:
        name = f'"by heart": {training:,} and {validation:,} images, {share:.0%} right'
        yield name, by_heart_of_as_right(training, validation, share, tables=tables)
    for classes, mistakes in ALIKE:
        name = f'"taken for each other": {classes} classes, {mistakes} mistakes'
        yield name, confused_of_alike(classes, mistakes, tables=tables // 10)


def _said(
    classes: int,
    training: tuple[int, int],
    validation: tuple[int, int],
    predictions: Predictions | None = None,
) -> set[Symptom]:
    """What is found of a training with so many right, of how many."""
    run, epoch = _trained(classes, training, validation)
    return {finding.symptom for finding in diagnose(run, [epoch], [], predictions)}


def _trained(
    classes: int, training: tuple[int, int], validation: tuple[int, int]
) -> tuple[Run, Epoch]:
    images = {"train": training[1], "validation": validation[1]}
    run = Run("some", "Some", _network(classes), SETTINGS, State.FINISHED, 0.0, images=images)
    shares = [right / of for right, of in (training, validation)]
    return run, Epoch(1, 1.0, shares[0], 1.0, shares[1], 1.0)


@cache
def _network(classes: int) -> Architecture:
    return Architecture("Some", (2, 2, 1), (Flatten(), Dense(classes)))
