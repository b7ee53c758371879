"""A figure as plain shapes on a sheet, in points from the top left, for SVG and for PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]

SIZE = 7.5
"""Of letters, in points, where a figure is as wide as a column."""

# Of Helvetica, in thousandths of its size, from the space on (Adobe's metrics of the font).
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_OTHER = 600


@dataclass(frozen=True, slots=True)
class Line:
    """Points that are joined; `dash` is how long its pieces and the gaps between are."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dash: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Area:
    """A shape that is filled, and drawn around where it has an `edge`."""

    points: tuple[Point, ...]
    fill: str
    edge: str = ""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words from a place on, up to it, or around it; one that is turned reads upwards."""

    at: Point
    text: str
    anchor: str = "start"
    size: float = SIZE
    is_turned: bool = False
    colour: str = ""

    @property
    def width(self) -> float:
        return text_width(self.text, self.size)

    @property
    def is_known(self) -> bool:
        """Whether its width is known to the letter."""
        return bool(self.text) and all(
            0 <= ord(one) - 32 < len(_WIDTHS) for one in _plus(self.text)
        )


Shape = Line | Area | Words


@dataclass(frozen=True, slots=True)
class Sheet:
    """All shapes of a figure, the last on top, and what it shows in words."""

    width: float
    height: float
    about: str
    shapes: tuple[Shape, ...]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.shapes if isinstance(one, Words)]


def text_width(text: str, size: float) -> float:
    """How wide Helvetica sets a line."""
    places = (ord(letter) - 32 for letter in _plus(text))
    return size / 1000 * sum(_WIDTHS[at] if 0 <= at < len(_WIDTHS) else _OTHER for at in places)


def _plus(text: str) -> str:
    """With a plus for each minus, which is as wide."""
    return text.replace("−", "+")


def mark(symbol: str, at: Point, size: float, colour: str) -> Iterator[Shape]:
    """A mark by its name in Plotly, so large; one that is `-open` is its edge alone."""
    name, is_open = symbol.removesuffix("-open"), symbol.endswith("-open")
    radius = size / 2
    if name in ("x", "cross"):
        turn = 0.0 if name == "x" else pi / 4
        for quarter in (pi / 4 + turn, 3 * pi / 4 + turn):
            yield Line(_corners(at, radius, 2, quarter), colour, 1.4)
        return
    corners = _star(at, radius) if name == "star" else _corners(at, radius, *_TURNED[name])
    yield Area(corners, "" if is_open else colour, colour if is_open else "")


_TURNED: dict[str, tuple[int, float]] = {
    "circle": (24, 0.0),
    "diamond": (4, pi / 2),
    "square": (4, pi / 4),
    "triangle-up": (3, pi / 2),
    "hexagon": (6, pi / 2),
}
"""How many corners a mark has, and where its first is, counted from the right."""


def _corners(at: Point, radius: float, many: int, start: float) -> tuple[Point, ...]:
    turns = (start + 2 * pi * place / many for place in range(many))
    return tuple((at[0] + radius * cos(turn), at[1] - radius * sin(turn)) for turn in turns)


def _star(at: Point, radius: float) -> tuple[Point, ...]:
    outer, inner = (_corners(at, radius * part, 5, pi / 2 + shift) for part, shift in _STAR)
    return tuple(point for pair in zip(outer, inner, strict=True) for point in pair)


_STAR: Sequence[tuple[float, float]] = ((1.1, 0.0), (0.5, pi / 5))
