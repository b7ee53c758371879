"""A network trained once for each fold of the images to learn from, so that every one of them is
answered by a training that has not seen it. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnn.comparing.comparison import Entrant, Plan
from cnn.data.portion import Portion
from cnn.diagnose.evaluation import Predictions
from cnn.network.architecture import MAX_NAME
from cnn.training.recipe.configuration import Configuration, ConfigurationError

FOLDS = 5


def plans(entrant: Entrant, configuration: Configuration, seeds: int = 1) -> tuple[Plan, ...]:
    """One for each fold, in their order."""
    return tuple(
        Plan((_of_fold(entrant, fold),), _with_fold(configuration, fold), seeds)
        for fold in range(1, FOLDS + 1)
    )


def _of_fold(entrant: Entrant, fold: int) -> Entrant:
    what = f", fold {fold} of {FOLDS}"
    own = entrant.architecture
    named = replace(own, name=own.name[: MAX_NAME - len(what)] + what)
    return Entrant(str(fold), named, entrant.changes)


def _with_fold(configuration: Configuration, fold: int) -> Configuration:
    spec = configuration.dataset
    if spec.portion.folds:
        raise ConfigurationError(
            f"the data are a part already: {spec.portion.words}. Use all images first."
        )
    portion = replace(spec.portion, fold=fold, folds=FOLDS)
    return replace(configuration, dataset=replace(spec, portion=portion))


def of_fold(images: dict[str, int], portion: Portion) -> dict[str, int]:
    """About how many images each split has, where these are those of all folds together."""
    if not portion.folds:
        return images
    learned = images["train"] + images["validation"]
    rest = 1 - 1 / portion.folds
    return {
        "train": round(images["train"] * rest),
        "validation": round(images["validation"] * rest),
        "test": round(learned / portion.folds),
    }


def mean_answers(seeds: Sequence[Predictions]) -> Predictions:
    """What the trainings of one fold say together: the mean of their shares."""
    scores = np.stack([one.scores for one in seeds]).mean(axis=0, dtype=np.float64)
    return Predictions(np.asarray(scores, np.float32), seeds[0].labels)
