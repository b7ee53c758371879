"""A mean and its spread over a few seeds in words, the same way wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose

from cnn.comparing.standings import Summary


def share_text(found: Summary, digits: int = 2) -> str:
    """A share with its spread in percentage points: `97.2 ± 0.3 %`, one seed alone `97.2 %`.

    A spread that is not 0 is never written as 0.0: both numbers get the digits that show it. Seeds
    that agree to the last digit have no spread to speak of: `97.2 % in both`.
    """
    return _text(100 * found.mean, found.sd and 100 * found.sd, found.n, digits, " %")


def amount_text(found: Summary, digits: int = 2) -> str:
    """The same of a number of seconds or images."""
    return _text(found.mean, found.sd, found.n, digits, "")


def digits_of_all(found: Iterable[Summary | None], digits: int) -> int:
    """The digits for a column of amounts: as many as the one that needs most of them."""
    return max((_digits(one.mean, one.sd, digits) for one in found if one), default=digits)


def _text(mean: float, sd: float | None, n: int, digits: int, unit: str) -> str:
    if sd is None:
        return f"{mean:,.{digits}f}{unit}"
    if _are_alike(mean, sd):
        return f"{mean:,.{digits}f}{unit} in {'both' if n == 2 else f'all {n}'}"
    digits = _digits(mean, sd, digits)
    return f"{mean:,.{digits}f} ± {sd:,.{digits}f}{unit}"


def _digits(mean: float, sd: float | None, digits: int) -> int:
    """So many digits, or as many more as show that the spread is not 0."""
    if sd is None or _are_alike(mean, sd):
        return digits
    while float(f"{sd:.{digits}f}") == 0:
        digits += 1
    return digits


def _are_alike(mean: float, sd: float) -> bool:
    return isclose(mean + sd, mean, rel_tol=1e-12, abs_tol=1e-12)  # what is left is arithmetic's
