"""What the pages say of one training, where it is not so: trainings that are drawn, not run.

Networks that guess, networks that are as right on new images as on those of their training, and
networks whose mistakes fall on all pairs of classes alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from scipy.stats import binom

from cnn.diagnose.diagnosis import diagnose
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.findings import Evidence, Symptom
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.training.recipe.run import Epoch, Run, State
from tests.comparing.test_comparison import SETTINGS

GUESSING = (
    (2, 10),
    (2, 100),
    (3, 18),
    (10, 34),
    (100, 198),
    (3, 20),
    (10, 10),
    (10, 100),
    (10, 1_000),
    (20, 20),
    (100, 100),
)
"""Classes, and images of a validation."""
AS_RIGHT = (
    *((64, 50, 0.9), (64, 100, 0.9), (64, 200, 0.9), (64, 200, 0.95), (200, 100, 0.92)),
    *((500, 100, 0.92), (2_000, 100, 0.92)),
)
"""Images of training and of validation, and how right the network is on both."""
RISING = ((1.5, 75, 15), (1.5, 150, 30), (2.0, 75, 15), (2.0, 150, 30), (2.0, 1_000, 40))
"""How far apart two classes are, and images of training and of validation."""
ALIKE = ((3, 10), (3, 20), (3, 32), (5, 17), (4, 15), (4, 30), (5, 15), (10, 15))
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
    """How often "It overfits" is said of a network that is as right on new images."""
    rng = np.random.default_rng([seed, training, validation])
    drawn = rng.binomial((training, validation), share, (tables, 2)).tolist()
    said = [
        Symptom.OVERFITTING in _said(3, (seen, training), (new, validation)) for seen, new in drawn
    ]
    return float(np.mean(said))


def said_of_rising(
    apart: float, training: int, validation: int, *, tables: int, seed: int = 0
) -> tuple[float, float]:
    """How often "It overfits" is said, and how often "The validation loss rose", of networks
    that learnt no image by heart: of two classes, each image has a margin of the same normal
    distribution, old or new. Twenty epochs only make it surer, up to what is best for all images,
    so that the validation loss may rise by chance.
    """
    rng = np.random.default_rng([seed, training, validation])
    sureness = np.geomspace(0.1, 2 * apart, 20)[:, None]
    said = []
    for _ in range(tables):
        old, new = (rng.normal(apart, 1, images) for images in (training, validation))
        losses = [np.logaddexp(0, -sureness * one).mean(axis=1) for one in (old, new)]
        right = [float((one > 0).mean()) for one in (old, new)]
        epochs = [
            Epoch(place, float(loss), right[0], float(val_loss), right[1], 1.0)
            for place, (loss, val_loss) in enumerate(zip(*losses, strict=True), 1)
        ]
        images = {"train": training, "validation": validation}
        network, settings = _network(2), replace(SETTINGS, epochs=len(epochs))
        run = Run("some", "Some", network, settings, State.FINISHED, 0.0, images=images)
        found = {one.symptom: one.title for one in diagnose(run, epochs, [])}
        said.append(["It overfits" in found.values(), Symptom.LOSS_ROSE in found])
    by_heart, rose = np.mean(said, axis=0).tolist()
    return by_heart, rose


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
        name = f'"It overfits": {training:,} and {validation:,} images, {share:.0%} right'
        yield name, by_heart_of_as_right(training, validation, share, tables=tables)
    for apart, training, validation in RISING:
        name = (
            f'"It overfits", loss rising by chance: {apart:g} apart, {training:,} and {validation}'
        )
        by_heart, rose = said_of_rising(apart, training, validation, tables=tables // 10)
        yield name, by_heart
        yield f'{name}; "The validation loss rose"', rose
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
