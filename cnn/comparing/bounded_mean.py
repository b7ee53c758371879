"""Between what the mean of whole differences lies that are known to lie between two bounds. Pure.

Gaffke's bound (2005; Learned-Miller and Thomas, 2019, https://arxiv.org/abs/1905.06208): the shares
of the values that were seen are drawn from Dirichlet's distribution, with one more value at the
bound; the end of the interval is a quantile of the mean that they make. It takes no number of
images for large and no share for other than rare. Of two values it is Clopper and Pearson's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]
_STEP = 0.05
_LOGS = np.arange(-28, 14, _STEP)
"""Where the transform is summed: from where it is 0 to where it is nothing any more."""


def interval_of_mean(differences: Whole, bound: int, level: float) -> tuple[float, float]:
    """The interval of the expected difference at 1 minus the level, of one difference an image;
    none can be farther from 0 than the bound.
    """
    values, counts = np.unique(differences, return_counts=True)
    high = _upper(values, counts, bound, level / 2)
    return -_upper(-values, counts, bound, level / 2), high


def _upper(values: Whole, counts: Whole, bound: int, chance: float) -> float:
    """What the mean is above with that chance."""
    from scipy.optimize import brentq

    if (values == bound).all():
        return float(bound)
    at, shapes = np.append(values, bound), np.append(counts, 1.0)

    def over(mean: float) -> float:
        return _chance_above(at - mean, shapes) - chance

    mean = float((at * shapes).sum() / shapes.sum())
    return float(brentq(over, mean, bound, xtol=1e-9 * bound))


def _chance_above(factors: Floats, shapes: Floats) -> float:
    """The chance of a positive sum of independent gammas of these shapes times the factors, where
    that is rare: 1 where one is to be expected.

    The inverse of Laplace's transform, through the saddle point (Daniels, 1954), where nothing
    turns or cancels; summed over the logarithm of the frequency.
    """
    from scipy.optimize import brentq

    def slope(tilt: float) -> float:
        return float((shapes * factors / (1 - tilt * factors)).sum())

    if factors.max() <= 0:
        return 0.0
    if slope(0.0) >= -1e-3 * np.sqrt((shapes * factors**2).sum()):
        return 1.0
    tilt = brentq(slope, 0, (1 - 1e-12) / factors.max())
    tilted = factors / (1 - tilt * factors)
    frequencies = np.exp(_LOGS) / np.sqrt((shapes * tilted**2).sum())
    turned = -(shapes * np.log(1 - 1j * frequencies[:, None] * tilted)).sum(axis=1)
    parts = (np.exp(turned) / (tilt + 1j * frequencies)).real * frequencies
    at_tilt = -(shapes * np.log(1 - tilt * factors)).sum()
    return float(np.exp(at_tilt) * parts.sum() * _STEP / np.pi)
