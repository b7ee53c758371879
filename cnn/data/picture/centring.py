"""Handwriting brought into the form of MNIST: scaled to a box of 20 pixels, centred by its mass.

As Y. LeCun, C. Cortes and C. Burges describe it: proportions are kept, the ink's longer side fills
20 pixels, and the centre of mass lies in the middle of 28 x 28. Measured on the images themselves:
the shift is by whole pixels, to pixel 14 counted from 0. The pad's `centring.js` does the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels

SIDE = 28
BOX = 20
MIDDLE = 14
FAINTEST = 16
"""Of 255: what is fainter is no ink when the edges of a drawing are looked for."""


def centred(ink: Pixels) -> Pixels:
    """Ink on nothing, 0..255, as MNIST has it: `[28, 28]`, bright on black, or all black."""
    framed = np.zeros((SIDE, SIDE), np.uint8)
    found = ink_box(ink)
    if found is None:
        return framed
    cut = ink[found]
    largest = max(cut.shape)
    height, width = (max(1, _rounded(side * BOX / largest)) for side in cut.shape)
    small = _averages(cut.shape[0], height) @ cut.astype(np.float64)
    small = small @ _averages(cut.shape[1], width).T
    grey = np.floor(small + 0.5).astype(np.uint8)
    mass = grey.sum(dtype=np.int64)
    if not mass:
        return framed
    top = _start(float(grey.sum(axis=1, dtype=np.int64) @ np.arange(height)) / mass, height)
    left = _start(float(grey.sum(axis=0, dtype=np.int64) @ np.arange(width)) / mass, width)
    framed[top : top + height, left : left + width] = grey
    return framed


def ink_box(ink: Pixels) -> tuple[slice, slice] | None:
    """The rows and columns that hold all ink; None where there is none."""
    marked = ink >= FAINTEST
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _start(mean: float, size: int) -> int:
    """Where the ink begins, so that its centre of mass comes to the middle and none is cut off."""
    return min(max(MIDDLE - _rounded(mean), 0), SIDE - size)


def _rounded(number: float) -> int:
    """Halves go up, as in the browser."""
    return int(np.floor(number + 0.5))


def _averages(many: int, few: int) -> npt.NDArray[np.float64]:
    """The matrix `[few, many]` that makes each cell the mean of all it covers, parts by their part.

    Cells may be smaller than what they are made of: then they repeat it.
    """
    edges = np.arange(few + 1) * (many / few)
    starts = np.arange(many)
    overlap = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    covered: npt.NDArray[np.float64] = np.maximum(overlap, 0) * (few / many)
    return covered
