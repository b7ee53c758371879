"""What in an image speaks for an answer and what against it: parts are covered, scores compared.

Zeiler and Fergus, Visualizing and Understanding Convolutional Networks (2014), with a sign: for two
classes, what a covered part changes in the difference of their scores (the log odds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import shares

Scored = Callable[[Array], Array]
"""Images in, the scores `[images, classes]` of each out."""

PATCHES_ACROSS = 14
"""Places of the cover along one side of the image."""


@dataclass(frozen=True, slots=True)
class Cover:
    """One part of the image, and the answer's share with nothing there."""

    rows: slice
    columns: slice
    effect: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """For each pixel, the log odds of the answer that its surroundings are worth."""

    label: int
    rival: int
    share: float
    map: Array
    covers: tuple[Cover, ...]

    @property
    def strongest_for(self) -> Cover | None:
        """The part that speaks most for the answer, if any does."""
        best = max(self.covers, key=lambda cover: cover.effect)
        return best if best.effect > 0 else None

    @property
    def strongest_against(self) -> Cover | None:
        """The part that speaks most against it, if any does."""
        worst = min(self.covers, key=lambda cover: cover.effect)
        return worst if worst.effect < 0 else None


def evidence(
    scored: Scored,
    image: Array,
    *,
    label: int | None = None,
    rival: int | None = None,
    ground: float = 0.0,
    sure: Callable[[Array], Array] = shares,
) -> Evidence:
    """What of an image `[height, width]` or with channels speaks for a class and against its rival.

    Left out, these are the likeliest class and the next one. What is covered becomes `ground`;
    `sure` makes shares of scores.
    """
    parts = covers(image.shape[0], image.shape[1])
    batch = np.repeat(image[None], len(parts) + 1, axis=0)
    for one, (rows, columns) in zip(batch[1:], parts, strict=True):
        one[rows, columns] = ground
    scores = scored(batch)
    order = [int(place) for place in np.argsort(-scores[0], kind="stable")]
    label = order[0] if label is None else label
    if rival is None:
        rival = next(place for place in order if place != label)
    odds = scores[:, label].astype(np.float64) - scores[:, rival]
    effects = odds[0] - odds[1:]
    likely = sure(scores)[:, label]
    found = tuple(
        Cover(rows, columns, float(effect), float(share))
        for (rows, columns), effect, share in zip(parts, effects, likely[1:], strict=True)
    )
    spread = _spread(image.shape[:2], found)
    return Evidence(label, rival, float(likely[0]), spread, found)


def covers(height: int, width: int) -> list[tuple[slice, slice]]:
    """The places of the cover, a fifth of the image on each side, every pixel at least once."""
    rows, columns = (_places(size) for size in (height, width))
    return [(row, column) for row in rows for column in columns]


def _places(size: int) -> list[slice]:
    side = max(1, round(size / 5.6))
    step = max(1, round(size / PATCHES_ACROSS))
    starts = [*range(0, max(1, size - side), step), size - side]
    return [slice(start, start + side) for start in dict.fromkeys(max(0, one) for one in starts)]


def _spread(size: tuple[int, ...], found: tuple[Cover, ...]) -> Array:
    """The mean effect of all covers over a pixel."""
    total: npt.NDArray[np.float64] = np.zeros(size)
    count: npt.NDArray[np.float64] = np.zeros(size)
    for cover in found:
        total[cover.rows, cover.columns] += cover.effect
        count[cover.rows, cover.columns] += 1
    return (total / count).astype(np.float32)
