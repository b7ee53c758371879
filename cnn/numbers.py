"""Numbers as text, one form for every page, picture, sentence and report.

`ui/components/kit/numbers.js` writes them in the browser in the same way.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import SupportsFloat

SMALLEST = Decimal("1e-4")
"""Of the numbers that are written without an exponent."""

MOST_DIGITS = 5
"""Before the point, at least: what has more gets an exponent."""


def number(value: SupportsFloat, digits: int = 4) -> str:
    """So many digits that count, no zeros at the end, a true minus: `0.731`, `−12`, `3.7e-7`."""
    exact = float(value)
    if not isfinite(exact):
        return f"{exact}"
    rounded = _rounded(exact, digits)
    size = abs(rounded)
    if not size:
        return "0"
    if SMALLEST <= size < 10 ** max(digits, MOST_DIGITS):
        return fixed(exact, max(0, digits - 1 - rounded.adjusted()), keeps_zeros=False)
    few = _rounded(exact, 2)
    power = few.adjusted()
    return f"{fixed(few.scaleb(-power), 1, keeps_zeros=False)}e{power}"


def exact(value: SupportsFloat, digits: int = 6) -> str:
    """A setting as one types it: `0.001`, `1.25e-5`, `30`; more than six digits are noise."""
    front, e, power = f"{float(value):.{digits}g}".partition("e")
    return front + (f"e{int(power)}" if e else "")


def fixed(value: SupportsFloat, decimals: int, *, keeps_zeros: bool = True) -> str:
    """So many decimals, with a true minus, but none before 0: `−0.25`, `0.00`."""
    found = Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{found if keeps_zeros else found.normalize():f}"
    return (text if found else text.lstrip("-")).replace("-", "−")


def _rounded(value: float, digits: int) -> Decimal:
    return Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(value)
