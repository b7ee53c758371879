"""A figure of the pages, a dictionary of Plotly's, drawn on a sheet with the same values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from typing import Any

from cnn.pictures.kit.palette import INK, LINE
from cnn.pictures.paper.axes import Axis, axis
from cnn.pictures.paper.sheet import SIZE, Area, Line, Point, Shape, Sheet, Words, mark, text_width
from cnn.pictures.training.curves import Figure

WIDTH, HEIGHT = 252.0, 180.0
"""Three inches and a half: a column of a paper that has two."""

_THINNER = 0.6
"""Lines and marks of a page are for a screen, four times as wide."""

_GAP, _TICK, _LEGEND_LINE = 3.0, 3.0, 11.0
_FAINT = re.compile(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)")
_DASH = {"dot": 1.6, "dash": 4.0}


class _Frame:
    """Where on the sheet the values stand: between the axes."""

    def __init__(self, x: Axis, y: Axis, left: float, top: float, right: float, bottom: float):
        self.x, self.y = x, y
        self.left, self.top, self.right, self.bottom = left, top, right, bottom

    def at(self, x: Any, y: Any) -> Point:
        across = self.left + self.x.share(x) * (self.right - self.left)
        return across, self.bottom - self.y.share(y) * (self.bottom - self.top)


def drawn(figure: Figure, about: str, width: float = WIDTH, height: float = HEIGHT) -> Sheet:
    """The figure on a sheet of that size; `about` says what it shows."""
    traces = [one for one in figure["data"] if _has_points(one)]
    layout = figure["layout"]
    x, y = (axis(layout[f"{name}axis"], _values(traces, name)) for name in "xy")
    legend, rows = _legend(traces, width) if layout.get("showlegend") else ([], 0)
    longest = max((text_width(said, SIZE) for _, said in y.marks), default=0.0)
    left = longest + _TICK + _GAP + (SIZE + 5 if y.title else 2)
    top = rows * _LEGEND_LINE + 6
    bottom = height - (SIZE + _TICK + _GAP) - (SIZE + 4 if x.title else 0)
    frame = _Frame(x, y, left, top, width - 8, bottom)
    shapes = [*_grid(frame, height), *_lines_of(layout, frame)]
    for one in traces:
        shapes += _trace(one, frame)
    return Sheet(width, height, about, (*shapes, *legend))


def _has_points(trace: dict[str, Any]) -> bool:
    return any(value is not None for value in trace["x"])


def _values(traces: list[dict[str, Any]], name: str) -> Iterator[Any]:
    """All values along an axis, with the ends of their bars."""
    for trace in traces:
        yield from trace[name]
        for value, less, more in _bars(trace, name):
            yield value - less
            yield value + more


def _bars(trace: dict[str, Any], name: str) -> Iterator[tuple[float, float, float]]:
    """Each value that has a bar, with how far it reaches to either side."""
    bars = trace.get(f"error_{name}")
    if bars:
        less = bars.get("arrayminus", bars["array"])
        yield from zip(trace[name], less, bars["array"], strict=True)


def _grid(frame: _Frame, height: float) -> Iterator[Shape]:
    line, ink = LINE[False], INK[False]
    for way, said in frame.x.marks:
        across = frame.left + _share(frame.x, way) * (frame.right - frame.left)
        yield Line(((across, frame.top), (across, frame.bottom)), line, 0.5)
        yield Words((across, frame.bottom + _TICK + SIZE), said, "middle", colour=ink)
    for way, said in frame.y.marks:
        down = frame.bottom - _share(frame.y, way) * (frame.bottom - frame.top)
        yield Line(((frame.left, down), (frame.right, down)), line, 0.5)
        yield Words((frame.left - _TICK, down + SIZE * 0.35), said, "end", colour=ink)
    yield Line(
        ((frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)), ink, 0.6
    )
    middle = (frame.left + frame.right) / 2
    yield Words((middle, height - 3), unescape(frame.x.title), "middle", colour=ink)
    if frame.y.title:
        middle = (frame.top + frame.bottom) / 2
        yield Words((SIZE, middle), unescape(frame.y.title), "middle", is_turned=True, colour=ink)


def _share(one: Axis, way: float) -> float:
    share = (way - one.low) / (one.high - one.low)
    return 1 - share if one.is_reversed else share


def _lines_of(layout: dict[str, Any], frame: _Frame) -> Iterator[Shape]:
    """Lines over the whole height at a value, such as at no difference."""
    for one in layout.get("shapes", ()):
        across = frame.left + frame.x.share(one["x0"]) * (frame.right - frame.left)
        yield Line(((across, frame.top), (across, frame.bottom)), one["line"]["color"], 0.7, 1.6)


def _trace(trace: dict[str, Any], frame: _Frame) -> Iterator[Shape]:
    """A line, a band, marks with their bars, and words, as far as a trace has them."""
    mode = trace.get("mode", "lines")
    for points in _pieces(trace, frame):
        if trace.get("fill"):
            colour, opacity = _colour(trace["fillcolor"])
            yield Area(points, colour, opacity=opacity)
        elif "lines" in mode:
            yield _line(trace["line"], points)
    at = [frame.at(x, y) for x, y in _known(trace)]
    look = trace.get("marker", {})
    if "markers" in mode and look.get("opacity") != 0:
        yield from _error_bars(trace, frame)
        size = look.get("size", 6) * _THINNER
        own = look.get("color") or trace["line"]["color"]
        for point in at:
            yield from mark(look.get("symbol", "circle"), point, size, own)
    if "text" in mode:
        for (x, y), said in zip(at, trace["text"], strict=True):
            yield Words(
                (x, y - 4), unescape(said), "middle", SIZE - 1, colour=trace["textfont"]["color"]
            )


def _known(trace: dict[str, Any]) -> list[tuple[Any, Any]]:
    pairs = zip(trace["x"], trace["y"], strict=True)
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def _pieces(trace: dict[str, Any], frame: _Frame) -> Iterator[tuple[Point, ...]]:
    """What is joined: gaps stand between the pieces."""
    piece: list[Point] = []
    for x, y in [*zip(trace["x"], trace["y"], strict=True), (None, None)]:
        if x is not None and y is not None:
            piece.append(frame.at(x, y))
        elif piece:
            yield tuple(piece)
            piece = []


def _line(look: dict[str, Any], points: tuple[Point, ...]) -> Line:
    if look.get("shape") == "hv":
        corners = [(after[0], before[1]) for before, after in pairwise(points)]
        points = (
            tuple(point for pair in zip(points, corners, strict=False) for point in pair)
            + points[-1:]
        )
    dash = _DASH.get(look.get("dash", ""), 0.0)
    return Line(points, look["color"], look.get("width", 2) * _THINNER, dash)


def _error_bars(trace: dict[str, Any], frame: _Frame) -> Iterator[Shape]:
    for name in "xy":
        known = zip(trace["x"], trace["y"], strict=True)
        for (x, y), (value, less, more) in zip(known, _bars(trace, name), strict=False):
            ends = (
                [(value - less, y), (value + more, y)]
                if name == "x"
                else [(x, value - less), (x, value + more)]
            )
            first, last = (frame.at(*end) for end in ends)
            colour = trace[f"error_{name}"]["color"]
            yield Line((first, last), colour, 0.8)
            for end in (first, last):
                reach = (0.0, 2.0) if name == "x" else (2.0, 0.0)
                yield Line(
                    (
                        (end[0] - reach[0], end[1] - reach[1]),
                        (end[0] + reach[0], end[1] + reach[1]),
                    ),
                    colour,
                    0.8,
                )


def _legend(traces: list[dict[str, Any]], width: float) -> tuple[list[Shape], int]:
    """The names above the figure, as many in a line as there is room for; and how many lines."""
    shapes: list[Shape] = []
    x, row = 2.0, 0
    for trace in traces:
        if trace.get("showlegend") is False or not trace.get("name"):
            continue
        said = unescape(trace["name"])
        room = 16 + text_width(said, SIZE) + 8
        if x > 2 and x + room > width:
            x, row = 2.0, row + 1
        middle = row * _LEGEND_LINE + 6
        if "lines" in trace["mode"]:
            shapes.append(_line(trace["line"] | {"shape": ""}, ((x, middle), (x + 13, middle))))
        if "markers" in trace["mode"]:
            look = trace["marker"]
            own = look.get("color") or trace["line"]["color"]
            shapes += mark(look.get("symbol", "circle"), (x + 6.5, middle), 4.5, own)
        shapes.append(Words((x + 16, middle + SIZE * 0.35), said))
        x += room
    return shapes, row + 1 if shapes else 0


def _colour(said: str) -> tuple[str, float]:
    """A colour, and how much of what lies behind it it hides."""
    if found := _FAINT.fullmatch(said):
        red, green, blue = (int(found[place]) for place in (1, 2, 3))
        return f"#{red:02x}{green:02x}{blue:02x}", float(found[4])
    return said, 1.0
