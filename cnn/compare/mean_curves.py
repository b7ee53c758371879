"""A figure in the course of several trainings: its mean over the seeds and their spread, over
epochs, steps, seconds, images seen or multiply-accumulates spent. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cnn.compare.comparison import Group
from cnn.network.training_macs import training_macs
from cnn.training.recipe.run import LIVE, Epoch, Run, State


class Axis(StrEnum):
    """What a curve is drawn over."""

    EPOCHS = "epochs"
    STEPS = "steps"
    SECONDS = "seconds"
    IMAGES = "images"
    MACS = "MACs"


@dataclass(frozen=True, slots=True)
class Sample:
    """A figure at a moment of a training: 2.5 epochs are in the middle of the third."""

    epoch: float
    seconds: float
    value: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The mean over some successive steps; epoch and seconds are those of their middle."""

    epoch: float
    seconds: float
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """A figure over an axis: its mean, and one standard deviation to either side, as far as
    there are such figures: no loss below 0, no accuracy above 1.

    `counts` is of how many trainings each point is the mean: where some have ended, or have not
    come so far, it is of fewer. It never grows.
    """

    x: tuple[float, ...]
    epochs: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def trainings(self) -> int:
        return max(self.counts)


def epochs_trained(run: Run) -> float:
    """How many epochs a run had, where it ended within one; else no end that is known."""
    steps = run.configuration.steps or (run.result.steps if run.result else None)
    if not run.configuration.has_budget or not steps:
        return math.inf
    an_epoch = per_epoch(run, Axis.STEPS)
    return steps / an_epoch if an_epoch else math.inf


def moment(run: Run, epoch: int) -> str:
    """When the figures of an epoch were taken: `epoch 3`, or within it, where the run ended there:
    `59 of the 78 steps of epoch 1`.
    """
    whole = f"epoch {epoch:,}"
    an_epoch, share = per_epoch(run, Axis.STEPS), epochs_trained(run) - (epoch - 1)
    if not an_epoch or not 0 < share < 1:
        return whole
    return f"{share * an_epoch:,.0f} of the {an_epoch:,.0f} steps of {whole}"


def samples_of(
    runs: Sequence[Run], epochs: Mapping[str, Sequence[Epoch]], field: str
) -> dict[str, list[Sample]]:
    """The figure after each epoch of each of these runs."""
    return {
        run.id: epoch_samples(epochs.get(run.id, ()), field, epochs_trained(run)) for run in runs
    }


def epoch_samples(curve: Sequence[Epoch], field: str, end: float = math.inf) -> list[Sample]:
    """Validation stands at the end of its epoch; training, a mean over it, in its middle. The
    training's own end may lie within its last epoch.
    """
    at_end = field.startswith("val_")
    samples, before = [], 0.0
    for one in curve:
        middle = (before + one.seconds) / 2
        before = one.seconds
        samples.append(
            Sample(
                min(one.epoch, end) if at_end else (one.epoch - 1 + min(one.epoch, end)) / 2,
                one.seconds if at_end else middle,
                getattr(one, field),
            )
        )
    return samples


def stretch_samples(curve: Sequence[Stretch], field: str) -> list[Sample]:
    """The figure of each stretch, where the stretch has its middle."""
    return [Sample(one.epoch, one.seconds, getattr(one, field)) for one in curve]


def mean_curve(
    group: Group, samples: Mapping[str, Sequence[Sample]], axis: Axis, highest: float = math.inf
) -> MeanCurve | None:
    """The mean over the runs that are finished or under way, sample by sample.

    Seconds differ from seed to seed, as does the end within a last epoch; a point stands at their
    mean.
    """
    followed = [
        (curve, size)
        for run in group.runs
        if run
        and run.state in (*LIVE, State.FINISHED)
        and (curve := samples.get(run.id))
        and (size := per_epoch(run, axis)) is not None
    ]
    if not followed:
        return None
    points = []
    for place in range(max(len(curve) for curve, _ in followed)):
        reached = [(curve[place], size) for curve, size in followed if place < len(curve)]
        xs = [one.seconds if axis is Axis.SECONDS else one.epoch * size for one, size in reached]
        mean, spread = _mean_and_spread([one.value for one, _ in reached])
        points.append(
            (
                math.fsum(xs) / len(xs),
                math.fsum(one.epoch for one, _ in reached) / len(reached),
                mean,
                max(mean - spread, 0.0),
                min(mean + spread, highest),
                len(reached),
            )
        )
    x, numbers, means, low, high, counts = zip(*points, strict=True)
    return MeanCurve(x, numbers, means, low, high, counts)


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation, ten times as fast as `statistics` has them."""
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((one - mean) ** 2 for one in values) / (len(values) - 1))


def per_epoch(run: Run, axis: Axis) -> float | None:
    """How much of an axis (MACs: of training steps) an epoch is; None without known images."""
    if axis in (Axis.EPOCHS, Axis.SECONDS):
        return 1.0
    images = run.images.get("train") or (run.result.train_images if run.result else 0)
    if not images:
        return None
    if axis is Axis.STEPS:
        return run.configuration.steps_per_epoch(images)
    return images * (training_macs(run.architecture) if axis is Axis.MACS else 1)
