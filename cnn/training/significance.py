"""Whether two networks really differ: tests with effect and interval, and who agrees with whom.

On the same test images: McNemar's test of one pair of runs, exact, with the interval of Bonett and
Price (2012) for the difference of paired proportions. Over seeds: Welch's test of the means, from
five seeds on each side; with fewer, nothing can be said and nothing is.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

LEVEL = 0.05
FEWEST_SEEDS = 5
_Z = statistics.NormalDist().inv_cdf(1 - LEVEL / 2)

Labels = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A difference in accuracy (first minus second), its 95 % interval, and its p value."""

    difference: float
    low: float
    high: float
    p: float

    @property
    def is_real(self) -> bool:
        """Whether a difference as large would be rare, were there none."""
        return self.p < LEVEL


@dataclass(frozen=True, slots=True)
class OnImages(Verdict):
    """The verdict on two runs over the same test images, and what it rests on."""

    images: int
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True)
class OverSeeds(Verdict):
    """The verdict on two networks over their seeds."""

    first_seeds: int
    second_seeds: int


def on_images(labels: Labels, first: Labels, second: Labels) -> OnImages:
    """McNemar's exact test of two runs' answers to the same images."""
    if not len(labels) == len(first) == len(second):
        raise ValueError(
            f"{len(first)} and {len(second)} answers to {len(labels)} images: not the same test."
        )
    is_first, is_second = first == labels, second == labels
    ours = int((is_first & ~is_second).sum())
    theirs = int((is_second & ~is_first).sum())
    count = len(labels)
    low, high = _paired_interval(ours, theirs, count)
    difference = (ours - theirs) / count if count else 0.0
    return OnImages(difference, low, high, _mcnemar_p(ours, theirs), count, ours, theirs)


def _mcnemar_p(ours: int, theirs: int) -> float:
    """Twice the chance of so uneven a split, were either side as likely."""
    from scipy.special import bdtr

    discordant = ours + theirs
    if not discordant:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(ours, theirs), discordant, 0.5)))


def _paired_interval(ours: int, theirs: int, count: int) -> tuple[float, float]:
    first, second = (ours + 1) / (count + 2), (theirs + 1) / (count + 2)
    middle = first - second
    reach = _Z * math.sqrt((first + second - middle**2) / (count + 2))
    return max(middle - reach, -1.0), min(middle + reach, 1.0)


def over_seeds(first: Sequence[float], second: Sequence[float]) -> OverSeeds | None:
    """Welch's test of two networks' accuracies; None below five seeds on either side."""
    from scipy.special import stdtr, stdtrit

    if min(len(first), len(second)) < FEWEST_SEEDS:
        return None
    difference = statistics.fmean(first) - statistics.fmean(second)
    parts = [statistics.variance(values) / len(values) for values in (first, second)]
    error = math.sqrt(sum(parts))
    sizes = len(first), len(second)
    if not error:  # every seed gave the same: no spread to judge by but none at all
        p = 1.0 if not difference else 0.0
        return OverSeeds(difference, difference, difference, p, *sizes)
    shares = sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    freedom = sum(parts) ** 2 / shares
    reach = float(stdtrit(freedom, 1 - LEVEL / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return OverSeeds(difference, difference - reach, difference + reach, p, *sizes)


def images_sentence(first: str, second: str, found: OnImages) -> str:
    """The verdict over the same test images, for a reader who knows no statistics."""
    uneven = (
        f"{first} alone is right on {found.only_first:,} of {found.images:,} test images, "
        f"{second} alone on {found.only_second:,}"
    )
    if not found.only_first and not found.only_second:
        return f"{first} and {second} are right on the same of the {found.images:,} test images."
    if found.is_real:
        return (
            f"{uneven}. Chance alone rarely makes so uneven a split (p {_p(found.p)}): of these "
            f"two runs, {_better(first, second, found)} on images like these, by "
            f"{_points(found)}."
        )
    return (
        f"{uneven}. Chance alone may make such a split (p {_p(found.p)}): these two runs do not "
        f"show which is better. The difference is {_points(found)}."
    )


def seeds_sentence(first: str, second: str, found: OverSeeds | None, seeds: int) -> str:
    """The verdict over seeds; where there are too few of them, that it cannot be told."""
    if found is None:
        return (
            f"Over seeds it cannot be told: {seeds} of each at most, and at least {FEWEST_SEEDS} "
            "are needed. Another seed may turn the order around."
        )
    counts = f"{found.first_seeds} and {found.second_seeds} seeds"
    if found.is_real:
        return (
            f"Over {counts}, {_better(first, second, found)} by {_points(found)}; the spread over "
            f"seeds rarely makes such a difference by itself (p {_p(found.p)})."
        )
    return (
        f"Over {counts}, the difference is {_points(found)}, which the spread over seeds may make "
        f"by itself (p {_p(found.p)}): they do not show which is better."
    )


def agreement(answers: Sequence[Labels]) -> npt.NDArray[np.float64]:
    """For each two networks, the share of images that they give the same answer to."""
    stacked = np.stack(answers)
    return np.array([(stacked == one).mean(axis=1) for one in stacked])


def disagreements(labels: Labels, right: Labels, wrong: Labels) -> npt.NDArray[np.int64]:
    """The places of the images that one network gets right and the other wrong."""
    return np.flatnonzero((right == labels) & (wrong != labels))


def _better(first: str, second: str, found: Verdict) -> str:
    ahead, behind = (first, second) if found.difference > 0 else (second, first)
    return f"{ahead} is better than {behind}"


def _points(found: Verdict) -> str:
    """The difference in percentage points, whichever is ahead, with its interval."""
    sign = 1 if found.difference >= 0 else -1
    low, high = sorted((sign * found.low, sign * found.high))
    interval = f"{100 * low:.2f} to {100 * high:.2f}".replace("-", "−")
    return f"{100 * abs(found.difference):.2f} percentage points (95 % interval {interval})"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"= {p:.3f}"
