"""What of the input cells can see: how much, how far apart, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from cnn.network.shapes.axes import Axis, Spread
from cnn.network.shapes.sizes import Shape

Step = int | float
"""Whole pixels, but behind up-sampling."""

Spans = tuple[tuple[int, int], ...]
NO_SPANS: tuple[Spans, Spans] = ((), ())
MOST_SPANS = 64
"""With more, all cells are taken to step evenly, each seeing as much as the one that sees most."""


class View(NamedTuple):
    """What the cells along one axis see: how many pixels, how far apart, and around which one the
    first of them does.

    Behind up-sampling some neighbours see the same and some do not. `spans` are then the first and
    last pixel of the first cells, until they repeat further on; `size` is that of the cell which
    sees most, `jump` and `offset` are means.
    """

    size: int
    jump: Step
    offset: float
    spans: Spans = ()

    @property
    def moved(self) -> int:
        """How far on the spans repeat."""
        return round(self.jump * len(self.spans))

    def span(self, cell: int) -> tuple[float, float]:
        """First and last pixel that a cell sees; may lie in the padding."""
        if self.spans:
            times, place = divmod(cell, len(self.spans))
            first, last = self.spans[place]
            return first + times * self.moved, last + times * self.moved
        centre, reach = self.offset + cell * self.jump, (self.size - 1) / 2
        return centre - reach, centre + reach

    def alone(self, cell: int) -> View:
        """What a cell sees, as if it had no neighbour beside it."""
        first, last = self.span(cell)
        return View(round(last - first) + 1, 0, (first + last) / 2)

    def through(self, axis: Axis | Spread) -> View:
        """What is seen one layer further: cell by cell, until it repeats."""
        many = axis.repeats(len(self.spans) or 1)
        is_even = not self.spans and not isinstance(self.jump, int)
        if isinstance(axis, Spread) and (many > MOST_SPANS or is_even):
            return self._evenly(axis)
        ends = [axis.inputs(cell) for cell in range(many + 1)]
        firsts = [math.floor(self.span(first)[0]) for first, _ in ends]
        lasts = [math.ceil(self.span(last)[1]) for _, last in ends]
        return _view(tuple(zip(firsts, lasts, strict=True))[:many], firsts[many] - firsts[0])

    def _evenly(self, axis: Spread) -> View:
        """The same as if all cells stepped alike, each seeing as much as any of them at most."""
        most = -(-axis.kernel // axis.stride)
        middle = (axis.before - (axis.kernel - 1) / 2) / axis.stride
        return View(
            math.ceil(self.size + (most - 1) * self.jump),
            self.jump / axis.stride,
            self.offset + middle * self.jump,
        )


def _view(spans: Spans, moved: int) -> View:
    many = len(spans)
    jump = moved // many if moved % many == 0 else moved / many
    first, last = spans[0]
    if all(one == (first + i * jump, last + i * jump) for i, one in enumerate(spans)):
        return View(last - first + 1, jump, (first + last) / 2)
    size = max(end - start + 1 for start, end in spans)
    centre = sum(map(sum, spans)) / 2 / many
    return View(size, jump, centre - (many - 1) / 2 * jump, spans)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What of the input one cell can see, per axis (height, width).

    `size` in input pixels, of the cell that sees most; `jump`, the pixels between the fields of
    neighbouring cells; `offset`, the centre of the first cell's field, where pixel 0 has its centre
    at 0. Behind up-sampling these two are means, and `spans` says it cell by cell (`View`).
    """

    size: tuple[int, int] = (1, 1)
    jump: tuple[Step, Step] = (1, 1)
    offset: tuple[float, float] = (0.0, 0.0)
    spans: tuple[Spans, Spans] = NO_SPANS

    def through(self, axes: tuple[Axis, Axis] | tuple[Spread, Spread]) -> ReceptiveField:
        """The field one layer further: `size += (K_eff - 1) * jump; jump *= S`, for slides."""
        rows, columns = axes
        if self.spans != NO_SPANS or isinstance(rows, Spread) or isinstance(columns, Spread):
            return _field(self.along(0).through(rows), self.along(1).through(columns))
        (height, width), (jump_y, jump_x), (y, x) = self.size, self.jump, self.offset
        down, across = rows.effective_kernel - 1, columns.effective_kernel - 1
        return ReceptiveField(
            (math.ceil(height + down * jump_y), math.ceil(width + across * jump_x)),
            (jump_y * rows.stride, jump_x * columns.stride),
            (y + (down / 2 - rows.before) * jump_y, x + (across / 2 - columns.before) * jump_x),
        )

    def along(self, axis: int) -> View:
        """The same along one axis."""
        return View(self.size[axis], self.jump[axis], self.offset[axis], self.spans[axis])

    def span(self, row: int, column: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """First and last input pixel (may lie in the padding) seen by a cell, per axis."""
        return self.along(0).span(row), self.along(1).span(column)


def _field(rows: View, columns: View) -> ReceptiveField:
    return ReceptiveField(
        (rows.size, columns.size),
        (rows.jump, columns.jump),
        (rows.offset, columns.offset),
        (rows.spans, columns.spans),
    )


Reach = tuple[tuple[float, float], tuple[float, float]]
"""First and last input pixel that any cell of a map sees, per axis."""

NOTHING: Reach = ((0.0, -1.0), (0.0, -1.0))
"""That of cells which see nothing but padding."""


def whole_reach(input_shape: Shape) -> Reach:
    """That of the input itself."""
    height, width = input_shape[:2]
    return (0.0, height - 1.0), (0.0, width - 1.0)


def united_reach(reaches: list[Reach]) -> Reach:
    """The reach after parallel branches meet."""
    reaches = [one for one in reaches if one != NOTHING] or [NOTHING]
    rows, columns = (
        (min(one[axis][0] for one in reaches), max(one[axis][1] for one in reaches))
        for axis in (0, 1)
    )
    return rows, columns


def field_of_all(reach: Reach) -> ReceptiveField:
    """The field of what sees all cells of a map, and has no neighbour beside it."""
    (top, bottom), (left, right) = reach
    size = round(bottom - top) + 1, round(right - left) + 1
    return ReceptiveField(size, (0, 0), ((top + bottom) / 2, (left + right) / 2))


def field_of_one(field: ReceptiveField, shape: Shape) -> ReceptiveField:
    """The field of the middle cell of a map of this shape, as if it had no neighbour beside it."""
    return _field(*(field.along(axis).alone(shape[axis] // 2) for axis in (0, 1)))


def repeated(field: ReceptiveField, shape: Shape, merged: Shape) -> ReceptiveField:
    """The field of a map whose sizes of 1 are repeated up to those of what it is merged into: all
    cells along such an axis see the same.
    """
    if len(shape) == 1 or shape == merged:
        return field
    views = [field.along(axis) for axis in (0, 1)]
    return _field(
        *(
            view.alone(0) if size < whole else view
            for view, size, whole in zip(views, shape[:2], merged[:2], strict=True)
        )
    )


def united(fields: list[ReceptiveField]) -> ReceptiveField:
    """The field after parallel branches meet: per axis, all that one of them sees.

    Where their cells step differently no size is that of all cells: that of the widest is taken.
    """
    return _field(*(_united([field.along(axis) for field in fields]) for axis in (0, 1)))


def _united(views: list[View]) -> View:
    widest = max(views, key=lambda view: view[:2])
    if any(jump != widest.jump for _, jump, _, _ in views):
        return widest
    if any(spans for *_, spans in views):
        return _united_steps(views, widest)
    first = min(centre - (size - 1) / 2 for size, _, centre, _ in views)
    last = max(centre + (size - 1) / 2 for size, _, centre, _ in views)
    return View(round(last - first) + 1, widest.jump, (first + last) / 2)


def _united_steps(views: list[View], widest: View) -> View:
    many = math.lcm(*(len(view.spans) or 1 for view in views))
    if many > MOST_SPANS:
        return widest
    ends = [[view.span(cell) for view in views] for cell in range(many)]
    firsts = [math.floor(min(first for first, _ in seen)) for seen in ends]
    lasts = [math.ceil(max(last for _, last in seen)) for seen in ends]
    return _view(tuple(zip(firsts, lasts, strict=True)), round(widest.jump * many))
