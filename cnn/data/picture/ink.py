"""Strokes of a pen as the ink they leave on the pad, the way a browser draws them.

Owns the ink of strokes. The pad's `strokes.js` leaves it to the browser; where its ink is brought
into MNIST's form is `centring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels

INK = 560
"""Pixels along one side of the pad."""
PARTS = 3
"""Straight parts that a curve between two reports of the pen is drawn with: they lie so close."""

Points = npt.NDArray[np.float64]


def ink_of(strokes: Sequence[Points], width: float) -> Pixels:
    """The ink of strokes, 0..255 `[560, 560]`; each is `[points, (x, y)]` in pixels of the pad.

    A line with round ends and joins is all that lies within half its width of its middle; at its
    edge a pixel is covered in part.
    """
    bare = np.ones((INK, INK))
    for points in strokes:
        middle = _curve(np.asarray(points, np.float64))
        reach = width / 2 + 1
        left, top = np.clip(np.floor(middle.min(axis=0) - reach), 0, INK).astype(int)
        right, bottom = np.clip(np.ceil(middle.max(axis=0) + reach), 0, INK).astype(int)
        nearest = np.full((bottom - top, right - left), np.inf)
        for start, stop in pairwise(middle):
            _nearer(nearest, start - (left, top), stop - (left, top), reach)
        bare[top:bottom, left:right] *= 1 - np.clip(width / 2 + 0.5 - np.sqrt(nearest), 0, 1)
    return np.floor((1 - bare) * 255 + 0.5).astype(np.uint8)


def _nearer(nearest: Points, start: Points, stop: Points, reach: float) -> None:
    """Brings squared distances down to those from a straight part, wherever it is within reach."""
    low = np.maximum(np.floor(np.minimum(start, stop) - reach), 0).astype(int)
    high = np.maximum(np.ceil(np.maximum(start, stop) + reach), 0).astype(int)
    there = nearest[low[1] : high[1], low[0] : high[0]]
    x = low[0] + np.arange(there.shape[1]) + 0.5 - start[0]
    y = (low[1] + np.arange(there.shape[0]) + 0.5 - start[1])[:, None]
    across, down = stop - start
    length = across**2 + down**2
    along = np.clip((x * across + y * down) / length, 0, 1) if length else np.zeros(there.shape)
    np.minimum(there, (x - along * across) ** 2 + (y - along * down) ** 2, out=there)


def _curve(points: Points) -> Points:
    """The corners of the curve through what the pen reported: its reports pull it, as on the pad.

    A single point comes twice, as a line from itself to itself.
    """
    if len(points) < 3:
        return points if len(points) > 1 else np.repeat(points, 2, axis=0)
    share = np.linspace(0, 1, PARTS + 1)[1:, None]
    curve, at = [points[:1]], points[0]
    for pull, after in pairwise(points[1:]):
        stop = (pull + after) / 2
        curve.append((1 - share) ** 2 * at + 2 * share * (1 - share) * pull + share**2 * stop)
        at = stop
    return np.concatenate([*curve, points[-1:]])
