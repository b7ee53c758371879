"""Which loss a training tells of its steps: on labels as they are, as validation's, or smoothed.

Label smoothing changes what is made smaller. What is drawn beside the validation loss is measured
on plain labels; earlier versions recorded the smoothed one, and runs they began go on with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import PROGRAM

TRAINING_LOSS, PLAIN = "training_loss", "on plain labels"
"""What a run with label smoothing notes among its versions; an older one notes nothing."""


def is_smoothed(run: Run) -> bool:
    """Whether the training loss on record is the one on smoothed labels."""
    has_begun = bool(set(run.environment) - {PROGRAM} or run.continues)
    return bool(run.configuration.label_smoothing) and has_begun and not _is_noted(run)


def note(run: Run) -> dict[str, Any]:
    """What a run that is about to begin notes; one that continues a smoothed curve notes nothing.

    It is noted for those alone who smooth labels: for all others both losses are one.
    """
    if not run.configuration.label_smoothing or (run.continues and not _is_noted(run)):
        return {}
    return {TRAINING_LOSS: PLAIN}


def handed_on(run: Run) -> dict[str, Any]:
    """What a run that continues this one has to know of the curve it begins with."""
    return {TRAINING_LOSS: PLAIN} if _is_noted(run) else {}


def is_only_handed_on(run: Run) -> bool:
    """Whether a run has noted nothing yet of what it is trained with."""
    return not names_versions(run.environment)


def names_versions(environment: Mapping[str, Any]) -> bool:
    """Whether versions and machine are among what a run has noted, which it does as it begins."""
    return bool(set(environment) - {TRAINING_LOSS, PROGRAM})


def _is_noted(run: Run) -> bool:
    return run.environment.get(TRAINING_LOSS) == PLAIN
