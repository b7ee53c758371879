"""Smoothing of curves: an exponential moving average without the pull to where it starts."""

from __future__ import annotations

from collections.abc import Sequence


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """The average of each value and those before it, each older one counting `weight` times less.

    Divided by the weights there are so far (Kingma & Ba 2015, section 3), so that the first value
    is itself. Points count one each, as in TensorBoard, however many steps lie between them.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight must be at least 0 and below 1, got {weight}.")
    means, mean, total = [], 0.0, 0.0
    for value in values:
        mean = weight * mean + (1 - weight) * value
        total = weight * total + (1 - weight)
        means.append(mean / total)
    return means
