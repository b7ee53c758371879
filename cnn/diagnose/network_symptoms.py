"""The rules that look past the curves: at the units of the network, its normalization, and which
classes it takes for each other.
"""

from __future__ import annotations

import math

from cnn.comparing.significance import LEVEL
from cnn.diagnose import remedies
from cnn.diagnose.evaluation import by_chance, confused_pairs, confusion_matrix
from cnn.diagnose.findings import Evidence, Finding, Severity, Symptom
from cnn.diagnose.symptoms import GAP
from cnn.numbers import exact
from cnn.training.forecast.advice import settling

DEAD = 0.6  # before any training about a quarter is
FEWEST_UNITS = 4
FEWEST_MISTAKES = 5


def dead_units(found: Evidence) -> Finding | None:
    """In some layer most of the units behind a ReLU never fire."""
    worst = max(found.layers, key=lambda layer: layer.share, default=None)
    if worst is None or worst.share < DEAD or worst.units < FEWEST_UNITS:
        return None
    dead = sum(layer.dead for layer in found.layers)
    units = sum(layer.units for layer in found.layers)
    said = (
        f"{worst.dead:,} of {worst.units:,} units of {worst.title} give 0 for every one of "
        f"{worst.images:,} validation images, {dead:,} of {units:,} in all layers with a ReLU. "
        "On an image for which it gives 0, a unit has no gradient and learns nothing."
    )
    return Finding(
        Symptom.DEAD_UNITS,
        Severity.NOTE if found.has_learnt else Severity.PROBLEM,
        "Many ReLU units are dead",
        f"{said} The network learns all the same." if found.has_learnt else said,
        remedies.sloped(found.run),
    )


def unsettled(found: Evidence) -> Finding | None:
    """Batch normalization's moving averages had too few steps."""
    momentum, needed = settling(found.run.architecture)
    if not needed or not found.train_images:
        return None
    per_epoch = found.run.configuration.steps_per_epoch(found.train_images)
    steps = found.steps_done
    if steps is None or steps >= needed:
        return None
    last = found.epochs[-1] if found.epochs else None
    worse = last is not None and last.accuracy - last.val_accuracy > GAP
    said = (
        f"Its moving averages have a momentum of {exact(momentum)} and need about {needed:,} "
        f"steps; there were {steps:,}."
    )
    if last is not None:
        said += (
            f" Training is at {last.accuracy:.1%} of {found.images_of(last):,} images, validation "
            f"at {last.val_accuracy:.1%} of {found.validation_images:,}."
        )
    return Finding(
        Symptom.UNSETTLED,
        Severity.PROBLEM if worse else Severity.NOTE,
        "Batch normalization has not settled",
        said,
        remedies.more_patient(found.run)
        if found.was_stopped_early
        else remedies.longer(found.run, math.ceil(needed / per_epoch)),
    )


def confused_classes(found: Evidence) -> Finding | None:
    """Two classes make a large part of all mistakes, more than their share."""
    predictions = found.predictions
    if predictions is None or found.classes < 3 or found.is_at_chance:
        return None
    matrix = confusion_matrix(predictions)
    wrong = len(predictions) - predictions.right
    (worst,) = confused_pairs(matrix, 1) or (None,)
    if worst is None or worst.mistakes < FEWEST_MISTAKES:
        return None
    theirs = int(matrix[[worst.first, worst.second]].sum())
    share = worst.mistakes / wrong
    expected = 2 / (found.classes * (found.classes - 1))  # were all pairs alike
    if share < max(1 / 3, 1.5 * expected) or worst.mistakes < GAP * theirs:
        return None
    if by_chance(worst.mistakes, wrong, expected) / expected >= LEVEL:  # of so many pairs
        return None
    first, second = found.class_name(worst.first), found.class_name(worst.second)
    return Finding(
        Symptom.CONFUSED_CLASSES,
        Severity.NOTE,
        f"{first} and {second} are taken for each other",
        f"{worst.mistakes:,} of {wrong:,} mistakes on {len(predictions):,} test images: "
        f"{worst.first_as_second:,} of {first} taken for {second}, {worst.second_as_first:,} the "
        "other way round. Look at them in the confusion matrix.",
        remedies.wider(found.run) or remedies.longer(found.run),
    )
