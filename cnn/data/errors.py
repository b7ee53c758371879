"""The one error of this package, and the checks that raise it for settings out of bounds."""

import math
from typing import Any

from cnn.network.errors import shown
from cnn.numbers import exact


class DataError(ValueError):
    """The data cannot be used; the message says why and what to do."""


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Raise unless the value is a whole number within the bounds."""
    if type(value) is not int or not low <= value <= high:
        raise DataError(f"{name} is a whole number from {low:,} to {high:,}, not {shown(value)}.")


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Raise unless the value is a finite number within the bounds."""
    if type(value) not in (int, float) or not math.isfinite(value) or not low <= value <= high:
        raise DataError(
            f"{name} is a number from {exact(low)} to {exact(high)}, not {shown(value)}."
        )


def check_keys(what: str, values: Any, known: tuple[str, ...]) -> None:
    """Raise unless the values are a dict with no other keys than the known ones."""
    if not isinstance(values, dict):
        raise DataError(f"{what} is an object with {', '.join(known)}, not {shown(values)}.")
    if unknown := [str(key) for key in values if key not in known]:
        raise DataError(f"{what} has no {', '.join(unknown)}; it has {', '.join(known)}.")
