"""The learning rate of every step: pure numbers, so that a page can draw them before training."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from cnn.training.recipe.configuration import Configuration, Schedule

RISING = 0.3
START = 0.04
"""A one-cycle schedule climbs from 4 % of its peak through the first 30 % of all steps."""


def learning_rates(configuration: Configuration, steps: int) -> npt.NDArray[np.float32]:
    """The learning rate of each of so many steps."""
    return rates_at(configuration, np.arange(steps) / max(steps - 1, 1))


def rates_at(
    configuration: Configuration, place: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """The learning rate at each of these places of a training: 0 is its beginning, 1 its end."""
    peak = configuration.peak_rate
    match configuration.schedule:
        case Schedule.CONSTANT:
            rates = np.full(len(place), peak)
        case Schedule.STEP:
            rates = peak * 0.1 ** np.minimum(np.floor(place * 3), 2)
        case Schedule.COSINE:
            rates = peak * (1 + np.cos(math.pi * place)) / 2
        case Schedule.ONE_CYCLE:
            up = START + (1 - START) * (1 - np.cos(math.pi * np.minimum(place / RISING, 1))) / 2
            down = (1 + np.cos(math.pi * np.maximum(place - RISING, 0) / (1 - RISING))) / 2
            rates = peak * np.where(place < RISING, up, np.maximum(down, 1e-4))
    return rates.astype(np.float32)
