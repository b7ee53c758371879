"""A figure in the course of several trainings: its mean over the seeds and their spread, over
epochs, steps, seconds, images seen or multiply-accumulates spent. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cnn.comparing.comparison import Group
from cnn.network.training_macs import training_macs
from cnn.training.forecast.spent_macs import spent
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import LIVE, Epoch, Run, State


class Axis(StrEnum):
    """What a curve is drawn over."""

    EPOCHS = "epochs"
    STEPS = "steps"
    SECONDS = "seconds"
    IMAGES = "images"
    MACS = "MACs"


Place = Callable[[float], float]
"""Where on an axis a moment of a training is, which is told in epochs."""


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
    come so far, it is of fewer. It grows only where one had ended before another had its first
    point. Nothing joins a point in `breaks` to the one before it.
    """

    x: tuple[float, ...]
    epochs: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    counts: tuple[int, ...]
    trainings: int
    breaks: tuple[int, ...] = ()


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

    Seconds differ from seed to seed at every sample: over them it is the mean at common moments.
    The end within a last epoch differs too; that point stands at the mean of the ends, and so do
    seeds that have one sample each.
    """
    followed = [
        (curve, place)
        for run in group.runs
        if run
        and run.state in (*LIVE, State.FINISHED)
        and (curve := samples.get(run.id))
        and (place := _along(run, axis)) is not None
    ]
    if not followed:
        return None
    return _mean_of(followed, axis, highest)


def curve_elsewhere(
    one: Elsewhere, samples: Sequence[Sample], axis: Axis, highest: float = math.inf
) -> MeanCurve | None:
    """The same of a single training that another program did, as far as it can be drawn so."""
    size = _per_epoch_elsewhere(one, axis)
    if not samples or not size:
        return None
    return _mean_of([(samples, lambda epoch: epoch * size)], axis, highest)


def _mean_of(
    followed: Sequence[tuple[Sequence[Sample], Place]], axis: Axis, highest: float
) -> MeanCurve:
    longest = max(len(curve) for curve, _ in followed)
    if axis is Axis.SECONDS and longest > 1:
        return _over_seconds([curve for curve, _ in followed], highest)
    points = []
    for place in range(longest):
        reached = [(curve[place], along) for curve, along in followed if place < len(curve)]
        xs = [one.seconds if axis is Axis.SECONDS else along(one.epoch) for one, along in reached]
        x = math.fsum(xs) / len(xs)
        points.append(_point(x, [(one.epoch, one.value) for one, _ in reached], highest))
    return _curve(points, len(followed))


Point = tuple[float, float, float, float, float, int]


def _point(x: float, reached: Sequence[tuple[float, float]], highest: float) -> Point:
    """The mean of the epochs and values that some trainings have at a place."""
    mean, spread = _mean_and_spread([value for _, value in reached])
    epoch = math.fsum(epoch for epoch, _ in reached) / len(reached)
    return x, epoch, mean, max(mean - spread, 0.0), min(mean + spread, highest), len(reached)


def _curve(points: Iterable[Point], trainings: int, breaks: Iterable[int] = ()) -> MeanCurve:
    x, epochs, mean, low, high, counts = zip(*points, strict=True)
    return MeanCurve(x, epochs, mean, low, high, counts, trainings, tuple(breaks))


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """One training over seconds, taken as straight between its samples."""

    seconds: np.ndarray
    epochs: np.ndarray
    values: np.ndarray

    def at(self, moment: float) -> tuple[float, float]:
        epoch, value = (np.interp(moment, self.seconds, y) for y in (self.epochs, self.values))
        return float(epoch), float(value)


def _over_seconds(curves: Sequence[Sequence[Sample]], highest: float) -> MeanCurve:
    """At each moment the mean of those that have begun and not yet ended. Where one ends, the
    others have a second point, with which their own mean begins.
    """
    ways = [_way(curve) for curve in curves]
    points: list[Point] = []
    breaks: list[int] = []
    for moment in _moments(ways):
        before = [way for way in ways if way.seconds[0] < moment <= way.seconds[-1]]
        now = [way for way in ways if way.seconds[0] <= moment <= way.seconds[-1]]
        after = [way for way in ways if way.seconds[0] <= moment < way.seconds[-1]]
        if points and not before:
            breaks.append(len(points))
        points += [
            _point(moment, [way.at(moment) for way in there], highest)
            for there in _changes(before if points else now, now, after)
        ]
    return _curve(points, len(ways), breaks)


def _way(curve: Sequence[Sample]) -> _Way:
    ordered = sorted(curve, key=lambda one: one.seconds)
    return _Way(*np.array([(one.seconds, one.epoch, one.value) for one in ordered]).T.copy())


def _changes(*sets: list[_Way]) -> Iterator[list[_Way]]:
    """Those that are not empty, and no two alike in a row."""
    last: list[_Way] = []
    for one in sets:
        if one and one != last:
            yield one
            last = one


def _moments(ways: Sequence[_Way]) -> list[float]:
    """About as many as one training has samples, with each beginning and end; from where all have
    begun, unless one had ended by then.
    """
    firsts, lasts = ([float(way.seconds[end]) for way in ways] for end in (0, -1))
    start = max(firsts) if max(firsts) <= min(lasts) else min(firsts)
    every = sorted(second for way in ways for second in way.seconds.tolist())
    chosen = {*every[:: len(ways)], *firsts, *lasts}
    return sorted(moment for moment in chosen if moment >= start)


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation, ten times as fast as `statistics` has them."""
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((one - mean) ** 2 for one in values) / (len(values) - 1))


def per_epoch(run: Run, axis: Axis) -> float | None:
    """How many steps an epoch has, on any other axis how many images; 1 of epochs and seconds. None
    without known images.
    """
    if axis in (Axis.EPOCHS, Axis.SECONDS):
        return 1.0
    images = run.images.get("train") or (run.result.train_images if run.result else 0)
    if not images:
        return None
    return run.configuration.steps_per_epoch(images) if axis is Axis.STEPS else images


def _along(run: Run, axis: Axis) -> Place | None:
    """Where on an axis a moment of a run is; MACs are those of its steps, of which frozen layers
    need fewer.
    """
    size = per_epoch(run, axis)
    if size is None:
        return None
    if axis is not Axis.MACS:
        return lambda epoch: epoch * size
    own = spent(run.architecture, run.configuration.start, int(size))
    return lambda epoch: own.after(epoch * size)


def _per_epoch_elsewhere(one: Elsewhere, axis: Axis) -> float:
    """How much of an axis an epoch is; 0 where that is not known, as MACs of a training that left
    some layers as they were.
    """
    if axis in (Axis.EPOCHS, Axis.SECONDS):
        return 1.0
    steps, images = one.told.steps, one.told.steps * one.told.batch
    if axis is Axis.MACS:
        if one.architecture is None or one.told.frozen:
            return 0.0
        return float(images * training_macs(one.architecture))
    return float(steps if axis is Axis.STEPS else images)
