"""What a column keeps as JSON, read with every value in it looked at.

Python writes and reads `NaN` and `Infinity` there, which no figure of a run ever is.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from cnn.network.errors import shown

END_OF_TIME_S = 253_402_300_800.0
"""Where the year 10000 begins, of which no date can be written."""

HIGHEST = 1e300
MOST = 2**53


class UnknownError(ValueError):
    """What a row says that is unknown here."""


def bounds(name: str) -> tuple[float, float]:
    """Between what a number is that is called so, wherever the store keeps it."""
    if name.endswith("accuracy"):
        return 0.0, 1.0
    if name.endswith(("_at", "_s", "seconds", "seconds_left")) or name == "at":
        return 0.0, END_OF_TIME_S
    return -HIGHEST, HIGHEST


def is_time(value: object) -> bool:
    """Whether something is a time, in seconds, of which a date can be written."""
    return isinstance(value, (int, float)) and 0 <= value < END_OF_TIME_S


def as_object(text: str) -> dict[str, Any]:
    """Any object."""
    found = json.loads(text, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise UnknownError(f"{shown(found)} is no object")
    return found


def counts(text: str) -> dict[str, int]:
    """How many images each split has; none where they are not known yet."""
    found = as_object(text)
    for name, count in found.items():
        if not _is_count(count):
            raise UnknownError(f"{shown(name)} is {shown(count)}")
    if found and "train" not in found:
        raise UnknownError("train is missing")
    return found


def sentences(text: str) -> tuple[str, ...]:
    """A list of sentences."""
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UnknownError(f"{shown(found)} is no list of sentences")
    return tuple(found)


def norms(text: str) -> dict[str, float]:
    """The gradient norm of each row of a network."""
    found = as_object(text)
    for name, one in found.items():
        if not _is_number(one) or one < 0:
            raise UnknownError(f"{shown(name)} is {shown(one)}")
    return found


def splits(text: str) -> tuple[dict[str, tuple[int, ...]], str]:
    """How many images of each class each split has, and how the splits came about."""
    found = as_object(text)
    per_class, how = found.get("counts"), found.get("how")
    if not isinstance(per_class, dict) or not isinstance(how, str):
        raise UnknownError(f"{shown(found)} says nothing of splits")
    for name, one in per_class.items():
        if not isinstance(one, list) or not all(map(_is_count, one)):
            raise UnknownError(f"{shown(name)} is {shown(one)}")
    return {name: tuple(one) for name, one in per_class.items()}, how


def times(text: str) -> dict[str, float]:
    """When something was, by what it was."""
    found = as_object(text)
    for name, one in found.items():
        if not _is_number(one) or not is_time(one):
            raise UnknownError(f"{shown(name)} is {shown(one)}")
    return found


def two_limits(text: str) -> tuple[int | None, int | None]:
    """How many bytes may be kept, and how many runs whole; None where there is no limit."""
    found = json.loads(text)
    if not isinstance(found, list) or len(found) != 2:
        raise UnknownError(f"{shown(found)} is no pair of limits")
    if not all(one is None or _is_count(one) for one in found):
        raise UnknownError(f"{shown(found)} is no pair of limits")
    return found[0], found[1]


def object_of(kind: type[Any]) -> Callable[[str], Any]:
    """Reads a value of numbers and words that is kept as an object, every field looked at."""
    known = {one.name: _is_one(one.name, str(one.type)) for one in fields(kind)}
    needed = {one.name for one in fields(kind) if one.default is MISSING}

    @functools.lru_cache(maxsize=1_024)  # of runs that have ended they stay the same
    def read(text: str) -> Any:
        found = as_object(text)
        for name, one in found.items():
            if name not in known:
                raise UnknownError(f"unknown field {shown(name)}")
            if not known[name](one):
                raise UnknownError(f"{name} is {shown(one)}")
        for name in sorted(needed - found.keys()):
            raise UnknownError(f"{name} is missing")
        return kind(**found)

    return read


def _is_one(name: str, written: str) -> Callable[[Any], bool]:
    """Whether something is what a field may be, by its name and its annotation."""
    low, high = bounds(name)
    may_be_none = "None" in written

    def is_number(one: Any) -> bool:
        return _is_number(one) and low <= one <= high

    def is_text(one: Any) -> bool:
        return isinstance(one, str)

    kinds = {"str": is_text, "int": _is_count, "float": is_number}
    is_kind = kinds[written.split(" ")[0]]
    return lambda one: may_be_none if one is None else is_kind(one)


def _is_count(one: Any) -> bool:
    return type(one) is int and 0 <= one <= MOST


def _is_number(one: Any) -> bool:
    return type(one) in (int, float) and math.isfinite(one) and abs(one) <= HIGHEST


def _no_number(name: str) -> Any:
    raise UnknownError(f"{name} is no number")
