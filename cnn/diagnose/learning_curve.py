"""Would more images help? A line through the errors of trainings on more and more images.

Errors of networks fall about as a power of the number of images, a straight line where both are
drawn on log scales (Hestness et al., 2017, "Deep Learning Scaling is Predictable, Empirically";
Viering and Loog, 2023, "The Shape of Learning Curves: a Review", list where this fails). The line
is fitted by least squares to every training, and what it says beyond the last is an extrapolation:
how well it would have told the last from those before it is measured, and said beside it. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cnn.comparing.comparison import Group

FEWEST_SIZES = 3
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Trained:
    """One training: the images it learned from, and how many of how many tests were wrong."""

    images: int
    wrong: float
    tests: int

    @property
    def error(self) -> float:
        """The share that is wrong; half an image more, so that none at all has a logarithm."""
        return (self.wrong + 0.5) / (self.tests + 1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the line says at a number of images: an error, and between what a training is likely."""

    images: int
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """log error = intercept - slope log images, and what is needed for its intervals."""

    slope: float
    intercept: float
    scatter: float  # standard deviation of a training about the line, of log error
    middle: float  # mean of log images
    spread: float  # sum of squares of log images about it
    trainings: int

    @property
    def slope_interval(self) -> tuple[float, float]:
        """Between what the slope is, at `LEVEL`."""
        reach = self._quantile * self.scatter / math.sqrt(self.spread)
        return self.slope - reach, self.slope + reach

    @property
    def is_falling(self) -> bool:
        """Whether more images are shown to help: the interval of the slope leaves out 0."""
        return self.slope_interval[0] > 0

    def at(self, images: int) -> Expected:
        """What one more training on so many images would come to."""
        x = math.log(images)
        log_error = self.intercept - self.slope * x
        own = 1 + 1 / self.trainings + (x - self.middle) ** 2 / self.spread
        reach = self._quantile * self.scatter * math.sqrt(own)
        low, error, high = (min(math.exp(log_error + way * reach), 1.0) for way in (-1.0, 0.0, 1.0))
        return Expected(images, error, low, high)

    @property
    def _quantile(self) -> float:
        from scipy.special import stdtrit

        return float(stdtrit(self.trainings - 2, (1 + LEVEL) / 2))


def trained(groups: Sequence[Group]) -> list[Trained]:
    """The finished runs of these groups, as far as they have a test result."""
    return [
        Trained(
            result.train_images,
            round(result.test_images * (1 - result.test_accuracy)),
            result.test_images,
        )
        for group in groups
        for run in group.finished
        if (result := run.result)
    ]


def line(found: Sequence[Trained]) -> Line | None:
    """The line through these trainings; None where they have too few sizes for one."""
    if len({one.images for one in found}) < FEWEST_SIZES:
        return None
    xs = [math.log(one.images) for one in found]
    ys = [math.log(one.error) for one in found]
    middle, level = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    spread = math.fsum((x - middle) ** 2 for x in xs)
    slope = math.fsum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / spread
    off = math.fsum((y - level - slope * (x - middle)) ** 2 for x, y in zip(xs, ys, strict=True))
    scatter = math.sqrt(off / (len(xs) - 2))
    return Line(-slope, level - slope * middle, scatter, middle, spread, len(xs))


def told_last(found: Sequence[Trained]) -> tuple[Expected, float] | None:
    """What the line through all but the largest size says there, and the mean error measured."""
    largest = max((one.images for one in found), default=0)
    before = line([one for one in found if one.images < largest])
    if before is None:
        return None
    last = [one.error for one in found if one.images == largest]
    return before.at(largest), math.fsum(last) / len(last)


def in_words(found: Sequence[Trained]) -> list[str]:
    """What can be said of more images, a sentence each; nothing where there are too few sizes."""
    own = line(found)
    if own is None:
        return []
    largest = max(one.images for one in found)
    said = []
    if own.is_falling:
        halved = 2**own.slope
        said.append(
            f"Twice as many images divided the error by {halved:.2f} on the way up to {largest:,}."
        )
        twice = own.at(2 * largest)
        said.append(
            f"If that went on, {2 * largest:,} images would give about {_right(twice.error)} right "
            f"({_right(twice.high)} to {_right(twice.low)} for one training, 95 %): an "
            "extrapolation, not a measurement."
        )
    else:
        low, high = own.slope_interval
        said.append(
            "These trainings do not show that more images help: the error goes with the number of "
            f"images to a power between {-high:.2f} and {-low:.2f} (95 %). More seeds say more."
        )
    if last := told_last(found):
        expected, measured = last
        is_in = expected.low <= measured <= expected.high
        trust = "" if is_in else ", outside of it: do not trust it"
        said.append(
            f"Tried on itself: the smaller ones alone foretell {_right(expected.error)} at "
            f"{largest:,} images ({_right(expected.high)} to {_right(expected.low)}); "
            f"{_right(measured)} were measured{trust}."
        )
    return said


def _right(error: float) -> str:
    return f"{100 * (1 - error):.1f} %"
