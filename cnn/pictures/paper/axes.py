"""The axes of a figure as its layout asks for them: where a value stands, and what is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from math import ceil, floor, isfinite, log10
from typing import Any

from cnn.numbers import number

MOST_MARKS = 6
ROOM = 0.06
"""Between the outermost values and the ends of an axis, of its length."""

_SI = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values, in powers of ten where it is `log`, and its marks with their words."""

    title: str
    low: float
    high: float
    is_log: bool
    marks: tuple[tuple[float, str], ...]
    is_reversed: bool = False
    names: tuple[str, ...] = ()
    """Of an axis of names: a value is where its name stands among them."""

    def share(self, value: Any) -> float:
        """How far along the axis a value stands."""
        found = float(self.names.index(value)) if self.names else _way(value, log=self.is_log)
        share = (found - self.low) / (self.high - self.low)
        return 1 - share if self.is_reversed else share


def axis(asked: dict[str, Any], values: Iterable[Any]) -> Axis:
    """The axis that a figure's layout asks for, wide enough for these values."""
    title = str(asked.get("title", {}).get("text", "")).replace("<br>", " ")
    given = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in given):
        return _of_names(title, asked, [str(value) for value in given])
    is_log = asked.get("type") == "log"
    known = [float(value) for value in given if isfinite(value) and (value > 0 or not is_log)]
    low, high = _ends(asked, [_way(value, log=is_log) for value in known])
    marks = _asked(asked, low, high, log=is_log)
    if marks is None:
        ways = _powers(low, high) if is_log else _round_marks(low, high, asked.get("dtick"))
        marks = [(way, _written(way, ways, asked, log=is_log)) for way in ways]
    return Axis(title, low, high, is_log, tuple(marks))


def _of_names(title: str, asked: dict[str, Any], given: Sequence[str]) -> Axis:
    names = tuple(dict.fromkeys(given))
    marks = tuple((float(place), unescape(name)) for place, name in enumerate(names))
    is_reversed = asked.get("autorange") == "reversed"
    return Axis(title, -0.6, len(names) - 0.4, False, marks, is_reversed, names)


def _way(value: float, *, log: bool) -> float:
    return log10(value) if log else float(value)


def _ends(asked: dict[str, Any], ways: Sequence[float]) -> tuple[float, float]:
    """From where to where the axis goes: as asked, else as far as its values and a little more."""
    if "range" in asked:
        low, high = asked["range"]
        return float(low), float(high)
    low, high = min(ways, default=0.0), max(ways, default=1.0)
    room = ROOM * (high - low) or 0.05 * abs(high) or 0.5
    if asked.get("type") == "log":
        room = max(room, 0.1)
    bounds = asked.get("autorangeoptions", {})
    top = bounds.get("clipmax", bounds.get("maxallowed"))
    is_from_zero = asked.get("rangemode") == "tozero" and low >= 0
    bottom = 0.0 if is_from_zero else low - room
    bottom = max(bottom, bounds["clipmin"]) if "clipmin" in bounds and low >= 0 else bottom
    return bottom, high + room if top is None else min(high + room, max(top, high))


def _asked(
    asked: dict[str, Any], low: float, high: float, *, log: bool
) -> list[tuple[float, str]] | None:
    """The marks that are asked for one by one, if they are."""
    if "tickvals" not in asked:
        return None
    texts = asked.get("ticktext") or [number(value) for value in asked["tickvals"]]
    ways = [
        (_way(value, log=log), text) for value, text in zip(asked["tickvals"], texts, strict=True)
    ]
    inside = [(way, text) for way, text in ways if low <= way <= high]
    every = ceil(len(inside) / MOST_MARKS) or 1
    return inside[::every]


def _round_marks(low: float, high: float, step: Any = None) -> list[float]:
    """Round values between two ends, at most so many."""
    if not isinstance(step, int | float):
        about = (high - low) / MOST_MARKS
        power = 10.0 ** floor(log10(about))
        step = next(head * power for head in (1, 2, 5, 10) if head * power >= about)
    while (high - low) / step > 1.6 * MOST_MARKS:
        step *= 2
    places = range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)
    return [place * step for place in places]


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten, with 2 and 5 between them where there are few."""
    for heads in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        found = [
            power + log10(head)
            for power in range(floor(low) - 1, ceil(high) + 1)
            for head in heads
            if low <= power + log10(head) <= high
        ]
        if len(found) >= 3:
            return found[:: ceil(len(found) / MOST_MARKS)]
    return found


def _written(way: float, ways: Sequence[float], asked: dict[str, Any], *, log: bool) -> str:
    """A mark in words: shares as per cent, counts with k and M."""
    value = 10**way if log else way
    form = str(asked.get("tickformat", ""))
    if "%" in form:
        apart = abs(ways[1] - ways[0]) if len(ways) > 1 else 1.0
        return f"{100 * value:.{max(0, -floor(log10(100 * apart) + 1e-9))}f} %"
    if form.endswith("s"):
        for size, sign in _SI:
            if abs(value) >= size:
                return f"{number(value / size)}{sign}"
    return number(value)
