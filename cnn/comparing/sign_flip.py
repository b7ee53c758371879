"""The exact test of differences image by image: each might as well have had the other sign. Pure.

Given how large each difference is, its sign is a coin. Fisher's sign-flip test counts how often
coins alone make a sum as far from 0. The interval turns the same coins: a difference of size v is
positive with odds exp(2 tilt v), the exponential family of the sum; the tilts that the sum does not
contradict are mapped to the mean difference that they make. Where every size is 1, the test is
McNemar's exact one, and the interval that of Clopper and Pearson for the share of positive signs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]
_LOST = 1e-14
"""Of the likeliest sum's chance: what is smaller drowns in the rounding of the transform."""
_FAINT = -60.0
"""The log of a frequency's share that no sum notices."""
_STEEPEST = 50.0
"""A tilt at which the smallest of coins falls one way for certain."""


@dataclass(frozen=True, slots=True)
class Flipped:
    """How rarely coins make a sum as far from 0, and between which sums the expected one lies."""

    p: float
    low: float
    high: float


def flipped(differences: Whole, level: float) -> Flipped:
    """The test of whole differences, one an image, and its interval at 1 minus the level."""
    coins, total, unit = _coins(differences)
    low, high = coins.interval(total, level)
    return Flipped(coins.p(total), unit * low, unit * high)


def p_of(differences: Whole) -> float:
    """The p value of the test alone."""
    coins, total, _ = _coins(differences)
    return coins.p(total)


def _coins(differences: Whole) -> tuple[_Coins, int, int]:
    """The sizes of the differences, their sum, and the unit that both are counted in."""
    counts = np.bincount(np.abs(differences[differences != 0]).astype(np.int64))
    sizes = np.flatnonzero(counts)
    unit = int(np.gcd.reduce(sizes)) if len(sizes) else 1
    return _Coins(sizes // unit, counts[sizes]), int(differences.sum()) // unit, unit


@dataclass(frozen=True, slots=True, eq=False)
class _Coins:
    """So many coins of each size. A sum counts up the positive ones: (sum + all) / 2."""

    sizes: Whole
    counts: Whole

    @property
    def all(self) -> int:
        return int(self.sizes @ self.counts)

    def p(self, total: int) -> float:
        """Twice the chance of a sum as low as the one that is below 0."""
        if not total:
            return 1.0
        least = (self.all - abs(total)) // 2
        if len(self.sizes) == 1:
            from scipy.special import bdtr

            return min(1.0, 2 * float(bdtr(least, self.all, 0.5)))
        return float(np.clip(2 * self.chances(0.0)[: least + 1].sum(), 0.0, 1.0))

    def interval(self, total: int, level: float) -> tuple[float, float]:
        """The lowest and the highest expected sum that this one does not contradict."""
        positive, every = (self.all + total) // 2, self.all
        if not every:
            return 0.0, 0.0
        if len(self.sizes) == 1:
            from scipy.special import betaincinv

            rest = every - positive
            low = betaincinv(positive, rest + 1, level / 2) if positive else 0.0
            high = betaincinv(positive + 1, rest, 1 - level / 2) if rest else 1.0
            return float((2 * low - 1) * every), float((2 * high - 1) * every)
        start = self._tilt_of(min(max(positive, 0.5), every - 0.5))

        def end(side: int) -> float:
            tilt = start
            for _ in range(2):  # the second time from where it ends, for what is rare at the start
                tilt = _meets(self._tail(tilt, positive, side), tilt, side, level / 2)
            return self._sum_at(tilt)

        return end(1) if positive else -float(every), end(-1) if positive < every else float(every)

    def _tail(self, centre: float, positive: int, side: int) -> Callable[[float], float]:
        """The chance of so many positive ones, or more to that side, by the tilt; exact at the
        centre, and near it.
        """
        chances = self.chances(centre)
        is_kept = chances > _LOST * chances.max()
        logs = np.log(chances[is_kept])
        away = np.flatnonzero(is_kept) - positive

        def tail(tilt: float) -> float:
            turned = logs + 2 * (tilt - centre) * away
            weights = np.exp(turned - turned.max())
            return float(weights[side * away >= 0].sum() / weights.sum())

        return tail

    def chances(self, tilt: float) -> Floats:
        """The chance of each number of positive ones, by the transform of their sum."""
        from scipy.fft import irfft, next_fast_len

        length = next_fast_len(self.all + 1, real=True)
        angles = 2 * np.pi * np.arange(length // 2 + 1) / length
        heads = self._heads(tilt)
        alive, logs = np.arange(len(angles)), np.zeros(len(angles), complex)
        for place in np.argsort(-self.counts):  # many coins leave few frequencies to go on with
            size, count, share = self.sizes[place], self.counts[place], heads[place]
            turned = size * angles[alive]
            lost = 2 * share * (1 - share) * (1 - np.cos(turned))
            with np.errstate(divide="ignore"):  # what coins cannot make has the chance 0
                is_alive = logs.real + count / 2 * np.log(np.maximum(1 - lost, 0.0)) > _FAINT
            alive, turned = alive[is_alive], turned[is_alive]
            logs = logs[is_alive] + count * np.log((1 - share) + share * np.exp(1j * turned))
        spectrum = np.zeros(len(angles), complex)
        spectrum[alive] = np.exp(logs.conj())
        return np.asarray(np.maximum(irfft(spectrum, length)[: self.all + 1], 0.0))

    def _heads(self, tilt: float) -> Floats:
        from scipy.special import expit

        return np.asarray(expit(2 * tilt * self.sizes), np.float64)

    def _sum_at(self, tilt: float) -> float:
        return float((self.sizes * self.counts) @ (2 * self._heads(tilt) - 1))

    def _tilt_of(self, positive: float) -> float:
        """The tilt at which so many are expected to be positive."""
        from scipy.optimize import bisect

        wanted = 2 * positive - self.all
        return float(bisect(lambda tilt: self._sum_at(tilt) - wanted, -_STEEPEST, _STEEPEST))


def _meets(tail: Callable[[float], float], start: float, side: int, chance: float) -> float:
    """The tilt near the start at which the tail to that side has the chance."""
    from scipy.optimize import brentq

    def over(tilt: float) -> float:
        return log(max(tail(tilt), 1e-300) / chance)

    way = -side if over(start) > 0 else side
    near, step = start, 1e-4
    while way * side * over(start + way * step) < 0 and step < _STEEPEST:
        near, step = start + way * step, 2 * step
    far = start + way * step
    if over(near) * over(far) > 0:
        return far
    return float(brentq(over, near, far, xtol=1e-12))
