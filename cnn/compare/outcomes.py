"""One figure of each finished run of a group: what a curve of result against value is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from cnn.compare.comparison import Group
from cnn.compare.standings import trained_s
from cnn.training.recipe.run import Epoch


class Outcome(StrEnum):
    VALIDATION = "validation"
    TEST = "test"
    SECONDS = "seconds"


def outcomes(
    group: Group, epochs: Mapping[str, Sequence[Epoch]], outcome: Outcome
) -> tuple[float, ...]:
    """The best validation accuracy, the test accuracy, or the seconds of training of each run."""
    finished = [(run, run.result) for run in group.finished if run.result]
    match outcome:
        case Outcome.VALIDATION:
            curves = [epochs.get(run.id, ()) for run, _ in finished]
            return tuple(max(one.val_accuracy for one in curve) for curve in curves if curve)
        case Outcome.TEST:
            return tuple(result.test_accuracy for _, result in finished)
        case Outcome.SECONDS:
            return tuple(trained_s(result, epochs.get(run.id, ())) for run, result in finished)
