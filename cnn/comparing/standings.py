"""The table of a comparison: what each network is made of, and what came of its runs. What of it is
shown is told in `columns`, and which of them are best in `claims`. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from cnn.comparing.comparison import Group
from cnn.comparing.mean_curves import epochs_trained
from cnn.network.trace import Trace, trace
from cnn.training.recipe.run import Epoch, Result, Run


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and spread of a figure over the seeds that have it."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True, slots=True)
class ToTarget:
    """How soon the validation accuracy reached a target, over the seeds in which it did."""

    target: float
    epochs: Summary | None
    seconds: Summary | None
    seeds: int

    @property
    def reached(self) -> int:
        return self.epochs.n if self.epochs else 0


@dataclass(frozen=True, slots=True)
class Row:
    """An entrant in the table: what it is made of, and what came of its runs so far."""

    group: Group
    trace: Trace
    test_accuracy: Summary | None
    best_validation: Summary | None
    seconds: Summary | None
    seconds_per_epoch: Summary | None
    images_per_s: Summary | None
    test_images: int | None
    validation_images: int | None
    to_target: ToTarget | None = None

    @property
    def id(self) -> str:
        return self.group.entrant.id

    @property
    def name(self) -> str:
        return self.group.entrant.name

    @property
    def receptive_field(self) -> tuple[int, int]:
        """The input pixels that one cell of the last map sees."""
        return self.trace.last_map_field


def table(
    found: Sequence[Group], epochs: Mapping[str, Sequence[Epoch]], target: float | None = None
) -> list[Row]:
    """A row for each entrant; only finished runs count."""
    return [_row(group, epochs, target) for group in found]


def _row(group: Group, epochs: Mapping[str, Sequence[Epoch]], target: float | None) -> Row:
    results = [(run, run.result) for run in group.finished if run.result]
    drawn = [(run, curve) for run, _ in results if (curve := epochs.get(run.id))]
    curves = [curve for _, curve in drawn]
    ends = [epochs_trained(run) for run, _ in drawn]
    timed = [(run, one, epochs.get(run.id, ())) for run, one in results]
    return Row(
        group=group,
        trace=trace(group.entrant.architecture),
        test_accuracy=summary([one.test_accuracy for _, one in results]),
        best_validation=summary([max(one.val_accuracy for one in curve) for curve in curves]),
        seconds=summary([trained_s(one, curve) for _, one, curve in timed]),
        seconds_per_epoch=summary([took for one in timed if (took := _epoch_s(*one)) is not None]),
        images_per_s=summary([one.images_per_s for _, one in results if one.images_per_s]),
        test_images=results[0][1].test_images if results else None,
        validation_images=results[0][1].validation_images if results else None,
        to_target=None if target is None or not curves else to_target(curves, target, ends),
    )


def trained_s(result: Result, curve: Sequence[Epoch]) -> float:
    """The seconds of a training by the clock of its curve, which does not count compiling."""
    return curve[-1].seconds if curve else result.seconds


class Outcome(StrEnum):
    """One figure of a finished run: what a curve of result against value is made of."""

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


def _epoch_s(run: Run, result: Result, curve: Sequence[Epoch]) -> float | None:
    """The seconds of a whole epoch, validation included; None where that is not known.

    The first begins with a step that is not compiled, and counts only where no other is whole. The
    last may be a part of one, after which all validation images are looked at nevertheless.
    """
    whole = [one for one in curve if one.epoch <= epochs_trained(run)]
    if len(whole) > 1:
        return (whole[-1].seconds - whole[0].seconds) / (whole[-1].epoch - whole[0].epoch)
    if whole:
        return whole[0].seconds / whole[0].epoch
    if curve and result.steps and result.images_per_s:
        images = result.steps * run.configuration.batch_size_for(result.train_images)
        return curve[-1].seconds + (result.train_images - images) / result.images_per_s
    if curve or run.configuration.has_budget:
        return None
    return result.seconds / (result.epochs or run.configuration.epochs)


def to_target(
    curves: Sequence[Sequence[Epoch]], target: float, ends: Sequence[float] = ()
) -> ToTarget:
    """How soon each curve first reaches the target; one may end within an epoch."""
    firsts = [
        next((epoch for epoch in curve if epoch.val_accuracy >= target), None) for curve in curves
    ]
    reached = [
        (min(one.epoch, end), one.seconds)
        for one, end in zip(firsts, ends or [inf] * len(firsts), strict=True)
        if one
    ]
    return ToTarget(
        target,
        summary([epoch for epoch, _ in reached]),
        summary([seconds for _, seconds in reached]),
        len(firsts),
    )


def summary(values: Sequence[float]) -> Summary | None:
    """Mean and sample standard deviation; one value has no deviation, none has no summary."""
    if not values:
        return None
    sd = statistics.stdev(values) if len(values) > 1 else None
    return Summary(statistics.fmean(values), sd, len(values))
