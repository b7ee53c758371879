"""A tested run in a few sentences: what it learned, and what it did not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn.comparing.significance import LEVEL
from cnn.data import title
from cnn.diagnose.evaluation import (
    ClassFigures,
    Matrix,
    Predictions,
    ahead_by_chance,
    by_chance,
    class_figures,
    confused_pairs,
    confusion_matrix,
    wilson_interval,
)
from cnn.diagnose.findings import Finding, Severity, Symptom
from cnn.training.recipe.run import Result, Run

FEW = 100
"""Of fewer images no share of a hundred is said."""

TOO_FEW = "So few cannot show it, even with all of them right: take more images of each class"
FEWEST_OF_A_PAIR, MOST_PAIRS = 3, 2
SAID_HERE = {Symptom.CONFUSED_CLASSES, Symptom.CHANCE_LEVEL}


def in_short(
    run: Run, predictions: Predictions, names: Sequence[str], found: Sequence[Finding]
) -> str:
    """How many test images are right, which classes it confuses, which it reads worse than the
    others, and what else the diagnosis found; nothing where nothing was tested.

    That it learned, and that a class is read worse, are exact tests at 5 %.
    """
    if run.result is None or not len(predictions):
        return ""
    right, images, which = _asked(run.result)
    chance = float(np.bincount(predictions.labels).max()) / len(predictions)
    low, high = wilson_interval(right, images)
    learned = _is_shown(right, images, chance)
    begin = "It learned" if learned else "It is not shown to have learned"
    said = [
        f"{begin}: of {images:,} test images of {title(run.configuration.dataset)}{which}, "
        f"{_share(right, images)} {'is' if right == 1 else 'are'} right (95 % interval "
        f"{100 * low:.1f} to {100 * high:.1f} %)"
        + ("" if learned else f", and to name one class for all gives {100 * chance:.1f} %")
    ]
    if learned and predictions.classes > 2:
        matrix = confusion_matrix(predictions)
        called = [*names, *(f"class {place}" for place in range(len(names), len(matrix)))]
        said += [_confuses(matrix, called), _harder(class_figures(matrix), called)]
    if not learned and not _is_shown(images, images, chance):
        said.append(TOO_FEW)
    said.append(_found_too(found))
    return " ".join(f"{one}." for one in said if one)


def _is_shown(right: int, images: int, chance: float) -> bool:
    """Whether so many right answers are more than naming one class for all gives, by chance too."""
    low, _ = wilson_interval(right, images)
    return low > chance and by_chance(right, images, chance) < LEVEL


def _asked(result: Result) -> tuple[int, int, str]:
    """How many are right of how many: those alone that it had not seen, where some were."""
    images, unseen = result.test_images, result.test_images - (result.seen_test_images or 0)
    if result.unseen_right is None or not 0 < unseen < images:
        return round(result.test_accuracy * images), images, ""
    return result.unseen_right, unseen, " that are in none of its other images"


def _share(right: int, images: int) -> str:
    """As many of a hundred, where there are so many and that is neither none nor all of them."""
    if right == images:
        return "all"
    said = f"{100 * right / images:.1f}"
    return f"{right:,}" if images < FEW or said in ("0.0", "100.0") else f"{said} of 100"


def _confuses(matrix: Matrix, names: Sequence[str]) -> str:
    wrong = int(matrix.sum() - matrix.trace())
    pairs = confused_pairs(matrix, MOST_PAIRS + 1)
    if not pairs:
        return ""
    most = pairs[0].mistakes
    first = [f"{names[one.first]} and {names[one.second]}" for one in pairs if one.mistakes == most]
    if most < FEWEST_OF_A_PAIR or len(first) > MOST_PAIRS:
        return f"No two classes stand out among its {wrong:,} mistake{'s' * (wrong > 1)}"
    said, each = (f"{', and '.join(first)},", " each") if len(first) > 1 else (first[0], "")
    return f"It confuses {said} most, either way round: {most:,} of its {wrong:,} mistakes{each}"


def _harder(figures: Sequence[ClassFigures], names: Sequence[str]) -> str:
    """The class of which it reads the fewest, where that is shown not to be chance."""
    right, images = sum(one.right for one in figures), sum(one.images for one in figures)
    if right == images:
        return ""
    asked = [one for one in figures if one.images]
    for one in sorted(asked, key=lambda one: one.right / one.images):
        own, others = (one.right, one.images), (right - one.right, images - one.images)
        if ahead_by_chance(others, own) < LEVEL / len(asked):
            return (
                f"It does not yet read {names[one.label]} as well as the others: {one.right:,} of "
                f"{one.images:,} are right, {others[0]:,} of {others[1]:,} of theirs"
            )
    return "No class is shown to be harder for it than the others"


def _found_too(found: Sequence[Finding]) -> str:
    titles = [
        one.title[0].lower() + one.title[1:]
        for one in found
        if one.severity is not Severity.GOOD and one.symptom not in SAID_HERE
    ]
    return f"The diagnosis below adds: {'; '.join(titles)}" if titles else ""
