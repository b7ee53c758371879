"""What the lesson before all others trains: one weight, on five walks, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten

Numbers = npt.NDArray[np.floating[Any]]

HOURS: Numbers = np.array([0.5, 1, 1, 2, 2.5])
KILOMETRES: Numbers = np.array([1.5, 4.5, 3.5, 8.5, 9.7])
MOST_STEPS = 50
TOO_FAR = 10_000.0
"""A loss above this is running away: no further steps are taken."""


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
