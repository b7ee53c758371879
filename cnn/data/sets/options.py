"""What the settings of drawings have in common: how kinds, choices and sizes are checked."""

from enum import StrEnum
from typing import TypeVar

from cnn.data.errors import DataError, check_number
from cnn.network.errors import shown
from cnn.numbers import exact

Kind = TypeVar("Kind", bound=StrEnum)


def some_of(known: type[Kind], kinds: object) -> tuple[Kind, ...]:
    """Return two or more different kinds, as members of what is known."""
    names = ", ".join(known)
    if not isinstance(kinds, (list, tuple)) or any(kind not in list(known) for kind in kinds):
        raise DataError(f"kinds are some of {names}, not {shown(kinds)}.")
    if len(kinds) < 2 or len(set(kinds)) < len(kinds):
        raise DataError(f"kinds are two or more different ones of {names}, not {shown(kinds)}.")
    return tuple(known(kind) for kind in kinds)


def one_of(known: type[Kind], name: str, value: object) -> Kind:
    """Return what a setting says, as a member of what is known."""
    if value not in list(known):
        raise DataError(f"{name} is one of {', '.join(known)}, not {shown(value)}.")
    return known(str(value))


def sizes(scale: object, low: float, high: float) -> tuple[float, float]:
    """Return a smallest and a largest size, both in these bounds."""
    if not isinstance(scale, (list, tuple)) or len(scale) != 2:
        raise DataError(f"scale is a smallest and a largest size, not {shown(scale)}.")
    for size in scale:
        check_number("scale", size, low, high)
    smallest, largest = scale
    if smallest > largest:
        raise DataError(
            f"scale is a smallest and a largest size, not {exact(smallest)} to {exact(largest)}."
        )
    return smallest, largest
