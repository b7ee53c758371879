"""What the lesson before all others trains: one weight, on five walks, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.numbers import exact, fixed

Numbers = npt.NDArray[np.floating[Any]]

HOURS: Numbers = np.array([0.5, 1, 1, 2, 2.5])
KILOMETRES: Numbers = np.array([1.5, 4.5, 3.5, 8.5, 9.7])
MOST_STEPS = 50
TOO_FAR = 10_000.0
"""A loss above this is running away: no further steps are taken."""

DECIMALS = range(3, 12)
NOISE = 5e-7
"""A step shorter than this is none: at the bottom, what is left of a gradient is rounding."""


def network() -> Architecture:
    """One weight and no bias, from hours to kilometres."""
    return Architecture("One weight", (1, 1, 1), (Flatten(), Dense(1, use_bias=False)))


def loss(w: float) -> float:
    """The mean of the squared errors."""
    return float(np.mean((w * HOURS - KILOMETRES) ** 2))


def gradient(w: float) -> float:
    """The slope of the loss at this weight."""
    return float(2 * np.mean(HOURS * (w * HOURS - KILOMETRES)))


def stepped(w: float, rate: float) -> float:
    """The weight after one step against the gradient."""
    return w - rate * gradient(w)


@dataclass(frozen=True, slots=True)
class Written:
    """A step as it is written: `w - rate * gradient = after`."""

    w: str
    gradient: str
    after: str

    def holds(self, rate: float, decimals: int) -> bool:
        """Whether who reckons with the numbers that stand there comes to the same decimals."""
        w, gradient, after = (_read(text) for text in (self.w, self.gradient, self.after))
        found = w - Decimal(exact(rate)) * gradient
        return found.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) == after


def written(w: float, rate: float) -> Written:
    """A step with as many decimals as it takes for the line to hold, and to show that w moves."""
    step = rate * gradient(w)
    if abs(step) < NOISE:
        return Written(fixed(w, 6, keeps_zeros=False), "0", fixed(w, 6, keeps_zeros=False))
    numbers = w, gradient(w), w - step
    for decimals in DECIMALS:
        line = Written(*(fixed(one, decimals, keeps_zeros=False) for one in numbers))
        if line.holds(rate, decimals) and line.w != line.after:
            return line
    return line


def _read(text: str) -> Decimal:
    return Decimal(text.replace("\N{MINUS SIGN}", "-"))


def path(start: float, rate: float, steps: int) -> tuple[float, ...]:
    """The first weight and that after each step; it ends where the loss runs away."""
    found = [start]
    while len(found) <= steps and loss(found[-1]) <= TOO_FAR:
        found.append(stepped(found[-1], rate))
    return tuple(found)


def best() -> float:
    """The weight with the least loss."""
    return float(HOURS @ KILOMETRES / (HOURS @ HOURS))


def left_over(rate: float) -> float:
    """What a step multiplies the distance to the best weight by; below 0 it leaps across."""
    return float(1 - 2 * rate * np.mean(HOURS**2))
