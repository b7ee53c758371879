"""A layer's numbers over many images: mean, spread, zeros, what is dead and what is saturated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import Activations, forward, held_images
from cnn.insight.passes.operations import Array
from cnn.insight.readings.dead_units import BATCH, Alive, LayerActivity
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.trace import Row, trace
from cnn.numbers import number

BINS = 40
COUNTED_TOGETHER = 1 << 20
MOST_KEPT = 15_000_000
"""So many values of all layers are held (4 bytes each); with more the images pass twice."""

DEAD, SATURATED = 0.6, 0.6
"""From these shares on a layer is warned of; of fresh ReLU units about a quarter are dead."""

FLAT = {"tanh": (-0.99, 0.99), "sigmoid": (0.01, 0.99), "hard_sigmoid": (0.0, 1.0)}
"""Outside of these, or on them, an activation has next to no slope left: 2 % for a tanh of 0.99."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many numbers lie in each of equally wide bins, from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LayerStatistics:
    """What a layer gave for all images together, and its weights.

    `saturated` is the share of values where its activation is flat; None where it never is.
    """

    name: str
    title: str
    images: int
    mean: float
    sd: float
    low: float
    high: float
    zeros: float
    saturated: float | None
    activity: LayerActivity | None
    histogram: Histogram
    weights: tuple[tuple[str, Histogram], ...]
    warnings: tuple[str, ...]


def layer_statistics(
    architecture: Architecture, weights: Weights, images: Array, bins: int = BINS
) -> tuple[LayerStatistics, ...]:
    """The figures of every layer over these images, in the trace's order; none without images."""
    if not len(images):
        return ()
    rows = trace(architecture).rows
    sums = {row.name: _Sums(FLAT.get(row.layer.activation or "")) for row in rows}
    few = held_images(architecture, BATCH)
    batches = [images[start : start + few] for start in range(0, len(images), few)]
    values = len(images) * sum(math.prod(row.output_shape) for row in rows)
    kept: list[Activations] = []
    alive = Alive(rows)
    for batch in batches:
        found = forward(architecture, weights, batch)
        alive.add(found)
        for name, one in sums.items():
            one.add(found[name])
        if values <= MOST_KEPT:
            kept.append(found)
    # Once more, now that the bins' ends are known.
    for found in kept or (forward(architecture, weights, batch) for batch in batches):
        for name, one in sums.items():
            one.count_in_bins(found[name], bins)
    activity = {one.name: one for one in alive.activity()}
    return tuple(
        _statistics(row, sums[row.name], activity.get(row.name), weights, len(images), bins)
        for row in rows
    )


def histogram(values: npt.NDArray[np.floating], bins: int = BINS) -> Histogram:
    """The numbers in equally wide bins, from the smallest to the largest; endless ones left out."""
    ends = [
        (float(finite.min()), float(finite.max()))
        for part in _parts(values)
        if (finite := part[np.isfinite(part)]).size
    ]
    low = min((low for low, _ in ends), default=0.0)
    high = max((high for _, high in ends), default=0.0)
    counts = sum(
        (_counts(part[np.isfinite(part)], low, high, bins) for part in _parts(values)),
        np.zeros(bins, np.int64),
    )
    return Histogram(low, high, tuple(counts.tolist()))


def _parts(values: npt.NDArray[np.floating]) -> Iterator[npt.NDArray[np.floating]]:
    """All numbers, so many at a time as may be copied."""
    flat = values.reshape(-1)
    for start in range(0, flat.size, COUNTED_TOGETHER):
        yield flat[start : start + COUNTED_TOGETHER]


def _counts(
    values: npt.NDArray[np.floating], low: float, high: float, bins: int
) -> npt.NDArray[np.int64]:
    """In 64 bits, and all in the middle bin where they are all the same."""
    counts = np.zeros(bins, np.int64)
    if low == high:
        counts[bins // 2] = values.size
        return counts
    for part in _parts(values):
        counts += np.histogram(part.astype(np.float64), bins, (low, high))[0]
    return counts


@dataclass(slots=True)
class _Sums:
    """What was added up of a layer's outputs so far; the spread about the first batch's mean."""

    flat: tuple[float, float] | None
    numbers: int = 0
    centre: float | None = None
    first: float = 0.0
    second: float = 0.0
    zeros: int = 0
    flat_numbers: int = 0
    low: float = math.inf
    high: float = -math.inf
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, output: Array) -> None:
        exact = output.astype(np.float64)
        if self.centre is None:
            self.centre = float(exact.mean())
        self.numbers += exact.size
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is warned of
            self.first += float((exact - self.centre).sum())
            self.second += float(np.square(exact - self.centre).sum())
        self.zeros += int((output == 0).sum())
        self.low = min(self.low, float(output.min()))
        self.high = max(self.high, float(output.max()))
        if self.flat:
            low, high = self.flat
            self.flat_numbers += int(((output <= low) | (output >= high)).sum())

    def count_in_bins(self, output: Array, bins: int) -> None:
        if not self.counts.size:
            self.counts = np.zeros(bins, np.int64)
        if math.isfinite(self.low) and math.isfinite(self.high):
            self.counts += _counts(output, self.low, self.high, bins)

    @property
    def mean(self) -> float:
        return (self.centre or 0.0) + self.first / self.numbers

    @property
    def sd(self) -> float:
        variance = self.second / self.numbers - (self.first / self.numbers) ** 2
        return math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else math.nan


def _statistics(
    row: Row, sums: _Sums, activity: LayerActivity | None, weights: Weights, images: int, bins: int
) -> LayerStatistics:
    saturated = sums.flat_numbers / sums.numbers if sums.flat else None
    held = zip(row.weights, weights.get(row.name, ()), strict=True)
    return LayerStatistics(
        row.name,
        row.title,
        images,
        sums.mean,
        sums.sd,
        sums.low,
        sums.high,
        sums.zeros / sums.numbers,
        saturated,
        activity,
        Histogram(sums.low, sums.high, tuple(sums.counts.tolist())),
        tuple((weight.name, histogram(array, bins)) for weight, array in held),
        tuple(_warnings(row, sums, activity, saturated)),
    )


def _warnings(
    row: Row, sums: _Sums, activity: LayerActivity | None, saturated: float | None
) -> list[str]:
    found = []
    if not (math.isfinite(sums.low) and math.isfinite(sums.high)):
        found.append(f"{row.title} gives numbers that are not finite. Train with a smaller rate.")
    elif sums.low == sums.high:
        found.append(
            f"{row.title} gives {number(sums.low, 3)} everywhere, for each of these images: "
            "nothing of them passes it."
        )
    if activity and activity.share >= DEAD:
        found.append(
            f"{activity.dead:,} of {activity.units:,} units of {row.title} gave 0 for each of "
            f"{activity.images:,} images: they are dead, and learn nothing from these."
        )
    if saturated is not None and saturated >= SATURATED:
        word = row.layer.activation
        found.append(
            f"{saturated:.0%} of what {row.title} gives lies where its {word} is flat: it is "
            "saturated, and hardly any gradient passes it."
        )
    return found
