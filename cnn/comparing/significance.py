"""Whether two networks really differ: the tests of one pair, in figures and in words, and who
agrees with whom.

From three seeds on each side, a claim is about the networks: their expected accuracy over new seeds
and new images. It needs four tests to agree, so that its p is the largest of theirs and its
interval reaches as far as any of theirs:

(a) t over the seeds, with as many degrees of freedom as the fewest seeds less one; a network whose
    seeds happen to agree in accuracy varies at least as their answers do, image by image;
(b) t with the variance of seeds and of images, as of many readers who read the same cases:
    Obuchowski and Rockette (1995), readers nested in methods as in Hillis (2007), Satterthwaite's
    degrees of freedom;
(c) the exact sign-flip test of the differences image by image (`sign_flip`);
(d) t for what is to be expected of seeds that spread evenly on the probit scale, and so have a tail
    of bad ones below a high accuracy that a few seeds may not show. Where a seed has
    probit^-1(m + s z) right, the expected accuracy is probit^-1(m / sqrt(1 + s^2)); s is taken as
    large as one sample in two hundred would understate it, the variance is by the delta method.

With fewer seeds a claim is about the trained networks alone, on images like these: (c), which of
one seed is McNemar's exact test. That goes by the images that differ; how many those are is left to
chance too, so the interval reaches as far as `bounded_mean` has it, but not across 0.

Which level a pair has is the table's affair (`claims`); `docs/statistics.md` has how often all this
is wrong, and how often it finds what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cnn.comparing.bounded_mean import interval_of_mean
from cnn.comparing.sign_flip import flipped

LEVEL = 0.05
FEWEST_SEEDS = 3
UNLUCKY = 0.005
"""The share of samples whose spread understates that of (d) by more than is reckoned with."""

Labels = npt.NDArray[np.integer[Any]]
Right = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def level_at(look: int) -> float:
    """What all pairs have together at a look: a quarter of what they had at the one before."""
    return LEVEL * 0.25 ** (look - 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A difference in accuracy (first minus second), its p value, the level that this is held
    against, and the interval at 1 minus the level.
    """

    difference: float
    low: float
    high: float
    p: float
    level: float
    images: int
    first_seeds: int
    second_seeds: int

    @property
    def is_real(self) -> bool:
        """Whether a difference as large would be rare, were there none."""
        return self.p < self.level

    def turned(self) -> Self:
        """The second minus the first."""
        return replace(
            self,
            difference=-self.difference,
            low=-self.high,
            high=-self.low,
            first_seeds=self.second_seeds,
            second_seeds=self.first_seeds,
        )


@dataclass(frozen=True, slots=True)
class OnImages(Verdict):
    """The verdict on trained networks over the same test images, and on how many of them either is
    right more often.
    """

    only_first: int
    only_second: int

    def turned(self) -> Self:
        # By name: `super()` does not know a class that its slots made anew.
        found = Verdict.turned(self)
        return replace(found, only_first=self.only_second, only_second=self.only_first)


@dataclass(frozen=True, slots=True)
class OverSeeds(Verdict):
    """The verdict on two networks, over their seeds and over images."""


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """How many of a network's seeds are right on each test image, and how accurate each seed is.

    Before the last axis, which is of images or of seeds, there may be one of whole tables.
    """

    hits: Labels
    accuracies: Floats

    @property
    def seeds(self) -> int:
        return int(self.accuracies.shape[-1])

    @property
    def images(self) -> int:
        return int(self.hits.shape[-1])

    @property
    def unrest(self) -> Floats:
        """How much a seed's answer to an image varies over seeds, in the mean over images."""
        seeds = self.seeds
        varied = self.hits * (seeds - self.hits)
        return np.asarray(varied.mean(axis=-1, dtype=np.float64) / (seeds * (seeds - 1)))

    @property
    def variance(self) -> Floats:
        """Of the mean accuracy by the choice of seeds; at least what the answers' unrest makes."""
        by_accuracy = self.accuracies.var(axis=-1, ddof=1) / self.seeds
        return np.asarray(np.maximum(by_accuracy, self.unrest / (self.images * self.seeds)))

    @property
    def expected(self) -> tuple[Floats, Floats]:
        """Of test (d): the accuracy to expect over new seeds, and its variance."""
        from scipy.special import gammaincinv, ndtr, ndtri

        free = self.seeds - 1
        probits = ndtri((self.accuracies * self.images + 0.5) / (self.images + 1))
        centre, spread = probits.mean(axis=-1), probits.var(axis=-1, ddof=1)
        feared = spread * free / (2 * gammaincinv(free / 2, UNLUCKY))
        at = centre / np.sqrt(1 + spread)
        steep = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
        by_centre = spread / self.seeds / (1 + spread)
        by_spread = (centre * spread) ** 2 / (1 + spread) ** 3 / (2 * free)
        least = self.unrest / (self.images * self.seeds)
        return ndtr(centre / np.sqrt(1 + feared)), np.maximum(
            steep**2 * (by_centre + by_spread), least
        )


def answered(right: Right) -> Answered:
    """Of which seeds are right on which images: seeds by images, of one network or many tables."""
    return Answered(right.sum(axis=-2, dtype=np.int32), right.mean(axis=-1, dtype=np.float64))


def _differences(first: Answered, second: Answered) -> Labels:
    """Image by image, as whole multiples of 1 / (seeds of the first x seeds of the second)."""
    return first.hits * second.seeds - second.hits * first.seeds


@dataclass(frozen=True, slots=True, eq=False)
class _Student:
    """A difference, its variance, and the degrees of freedom that this is known with."""

    difference: Floats
    variance: Floats
    freedom: Floats

    @property
    def p(self) -> Floats:
        from scipy.special import stdtr

        with np.errstate(divide="ignore", invalid="ignore"):
            found = 2 * stdtr(self.freedom, -np.abs(self.difference) / np.sqrt(self.variance))
        return np.where(self.difference == 0, 1.0, np.where(self.variance == 0, 0.0, found))

    def reach(self, level: float) -> float:
        from scipy.special import stdtrit

        if not self.variance:
            return 0.0
        return float(stdtrit(self.freedom, 1 - level / 2) * np.sqrt(self.variance))


def _students(first: Answered, second: Answered) -> tuple[_Student, _Student, _Student]:
    """Tests (a), (b) and (d)."""
    own = _differences(first, second)
    unit, images = first.seeds * second.seeds, first.images
    difference = own.sum(axis=-1) / (unit * images)
    ours, theirs = first.variance, second.variance
    seeds = ours + theirs
    # What seeds make of each image is in both parts. To take it off once, as Obuchowski and
    # Rockette do, finds little more and is wrong more often: `docs/statistics.md`.
    spread = own.var(axis=-1, ddof=1, dtype=np.float64) / unit**2 if images > 1 else np.inf
    over_images = spread / images
    both = seeds + over_images
    shares = ours**2 / (first.seeds - 1) + theirs**2 / (second.seeds - 1)
    shares = shares + over_images**2 / max(images - 1, 1)
    fewest = np.asarray(min(first.seeds, second.seeds) - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(shares > 0, both**2 / shares, fewest)
    (one, of_one), (other, of_other) = first.expected, second.expected
    return (
        _Student(difference, seeds, fewest),
        _Student(difference, both, freedom),
        _Student(one - other, of_one + of_other, fewest),
    )


def least_p(first: Answered, second: Answered) -> Floats:
    """The largest p of (a), (b) and (d), for many tables at once: that of all four is no smaller.

    Tests that find opposite signs agree on nothing.
    """
    students = _students(first, second)
    found = np.max([one.p for one in students], axis=0)
    opposed = students[0].difference * students[-1].difference <= 0
    return np.where(opposed, 1.0, found)


def over_seeds(first: Answered, second: Answered, level: float = LEVEL) -> OverSeeds:
    """The verdict on two networks; both need three seeds or more, on the same images."""
    if min(first.seeds, second.seeds) < FEWEST_SEEDS:
        raise ValueError(
            f"{first.seeds} and {second.seeds} seeds: at least {FEWEST_SEEDS} of each are needed."
        )
    _check_same_test(first, second)
    coins, scale = _on_images(first, second, level)
    students = _students(first, second)
    difference = float(students[0].difference)
    p = max(float(least_p(first, second)), coins.p)
    low = min(coins.low * scale, *(float(one.difference) - one.reach(level) for one in students))
    high = max(coins.high * scale, *(float(one.difference) + one.reach(level) for one in students))
    low, high = _agreeing(low, high, is_real=p < level)
    return OverSeeds(difference, low, high, p, level, first.images, first.seeds, second.seeds)


def on_images(first: Answered, second: Answered, level: float = LEVEL) -> OnImages:
    """The verdict on trained networks, each the mean of its seeds, over the same images."""
    _check_same_test(first, second)
    own = _differences(first, second)
    coins, scale = _on_images(first, second, level)
    unit = first.seeds * second.seeds
    least, most = (end / unit for end in interval_of_mean(own, unit, level))
    low, high = _lower(coins.low * scale, least), -_lower(-coins.high * scale, -most)
    low, high = _agreeing(low, high, is_real=coins.p < level)
    difference = float(own.sum() * scale)
    return OnImages(
        *(difference, low, high, coins.p, level, first.images, first.seeds, second.seeds),
        only_first=int((own > 0).sum()),
        only_second=int((own < 0).sum()),
    )


def _on_images(first: Answered, second: Answered, level: float) -> tuple[Any, float]:
    """Test (c), and what one of its whole differences is in accuracy."""
    scale = 1 / (first.seeds * second.seeds * first.images)
    return flipped(_differences(first, second), level), scale


def _lower(by_coins: float, by_mean: float) -> float:
    """The lower of two ends, unless it crosses 0 where the coins' end, and so p, does not."""
    return by_coins if by_coins > 0 >= by_mean else min(by_coins, by_mean)


def _check_same_test(first: Answered, second: Answered) -> None:
    if first.images != second.images or not first.images:
        raise ValueError(f"answers to {first.images} and {second.images} images: no same test.")


def _agreeing(low: float, high: float, *, is_real: bool) -> tuple[float, float]:
    """An interval of what can be, that leaves out 0 just where the p value does, whatever rounding
    does to them.
    """
    if not is_real:
        low, high = min(low, 0.0), max(high, 0.0)
    return max(low, -1.0), min(high, 1.0)


def agreement(answers: Sequence[Labels]) -> npt.NDArray[np.float64]:
    """For each two networks, the share of images that they give the same answer to."""
    stacked = np.stack(answers)
    return np.array([(stacked == one).mean(axis=1) for one in stacked])


def disagreements(labels: Labels, right: Labels, wrong: Labels) -> npt.NDArray[np.int64]:
    """The places of the images that one network gets right and the other wrong."""
    return np.flatnonzero((right == labels) & (wrong != labels))
