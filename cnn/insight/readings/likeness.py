"""How like the kernels made by hand the learned ones are: their correlation, and what chance gives.

Only Conv2D's kernels are compared: of the first convolution they look at the image itself.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.operations import Array
from cnn.insight.readings.kernels import GALLERY, placed

BY_HAND = ("Sobel x", "Sobel y", "Laplacian", "Gaussian")
DRAWN, DRAWN_NUMBERS = 2_000, 4_000_000
"""So many random kernels, or of large ones as many as have so many numbers."""

Correlations = npt.NDArray[np.float64]


class LikenessError(ValueError):
    """Kernels that cannot be compared: why."""


def likeness(kernels: Array) -> Correlations:
    """Pearson's correlation of each kernel of `[height, width, channels, filters]` with each of
    `BY_HAND`: `[filters, 4]`, 1 for the same up to contrast and brightness, -1 for its negative.

    A kernel counts with the mean over its channels, one made by hand stands in its middle. Where a
    kernel is the same everywhere, the correlation is 0.
    """
    height, width = kernels.shape[:2]
    if min(height, width) < 3:
        raise LikenessError(
            f"Kernels of {height}x{width} are too small: those made by hand are 3x3. "
            "Train a network whose first convolution has kernels of 3x3 or more."
        )
    flat = kernels.mean(axis=2, dtype=np.float64).reshape(height * width, -1).T
    found: Correlations = _standard(flat) @ _standard(_by_hand(height, width)).T
    return found


@cache
def by_chance(height: int, width: int) -> float:
    """What the best match of a kernel of random numbers has on average: its size alone gives so
    much. From kernels of independent normal numbers, drawn with a fixed seed.
    """
    many = max(1, min(DRAWN, DRAWN_NUMBERS // (height * width)))
    drawn = np.random.default_rng(0).normal(size=(height, width, 1, many)).astype(np.float32)
    return float(np.abs(likeness(drawn)).max(axis=1).mean())


def _by_hand(height: int, width: int) -> npt.NDArray[np.float64]:
    shown = [placed(GALLERY[name], (height, width, 1)).reshape(-1) for name in BY_HAND]
    return np.stack(shown).astype(np.float64)


def _standard(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each row with its mean taken off, and of length 1; of length 0 if it is the same all over."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    known = length > 1e-12 * np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-300)
    standard: npt.NDArray[np.float64] = np.zeros_like(centred)
    np.divide(centred, length, out=standard, where=known)
    return standard
