"""Which part of the image one cell can see, exactly: traced back from the cell, layer by layer.

The trace's receptive field is one size for all cells of a layer. Where branches meet that step
differently it is that of the widest one, while a single cell sees what any of them shows it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from cnn.network.errors import Path
from cnn.network.layers import Container, Flatten
from cnn.network.shapes import NOTHING, Axis, Reach, Shape, Spread, Step

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from cnn.network.trace import Row, Trace


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a map: its first line and column, and those behind its last."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it."""
        return self.top >= self.bottom or self.left >= self.right

    def __or__(self, other: Box) -> Box:
        """The smallest box around both."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def within(self, height: int, width: int) -> Box:
        """The part of it that lies in a map of this size; it may be empty."""
        top, left = (min(max(at, 0), size) for at, size in ((self.top, height), (self.left, width)))
        return Box(top, left, max(min(self.bottom, height), top), max(min(self.right, width), left))


@dataclass(frozen=True, slots=True)
class Place:
    """What the cells of a map see of the input: how much, how far apart, where the first one's
    middle is; and by how much the input was moved (down, right) for this map.
    """

    size: tuple[int, int] = (1, 1)
    jump: tuple[Step, Step] = (1, 1)
    offset: tuple[float, float] = (0.0, 0.0)
    moved: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, row: Row, moved: tuple[int, int] = (0, 0)) -> Place:
        """That of a layer's output."""
        field = row.receptive_field
        return cls(field.size, field.jump, field.offset, moved)


Mask: TypeAlias = "npt.NDArray[np.bool_]"
Part = TypeVar("Part", Box, "Mask")

VECTOR = Box(0, 0, 1, 1)
"""All of a vector, which has no places of its own."""
MOST_PIXELS = 4_000_000


def seen_box(traced: Trace, row: Row, cell: tuple[int, int]) -> Box:
    """Holds all that a cell of the row's output sees of the image; may reach into the padding
    around it. A feature of a vector is the cell (feature, 0); where it is made of several, its box
    is that of them all.
    """
    return _seen_box(traced, row, cell, _box_before)


def seen_of_image(traced: Trace, row: Row, cell: tuple[int, int]) -> Box:
    """The same within the image: what no padding, of the image or of a map, is part of."""
    return _seen_box(traced, row, cell, _box_on_the_map_before)


def _seen_box(
    traced: Trace, row: Row, cell: tuple[int, int], through: Callable[[Row, Box], Box]
) -> Box:
    rows = {one.path: one for one in traced.rows}
    line, column = cell
    if isinstance(row.layer, Flatten) and len(row.input_shape) == 3:
        line, column = divmod(line // row.input_shape[2], row.input_shape[1])
        box = Box(line, column, line + 1, column + 1)
    elif len(row.output_shape) == 3:
        box = _back(rows, row, Box(line, column, line + 1, column + 1), through)
    else:
        box = _back(rows, row, VECTOR, through)
    return _to_input(rows, row.path, box, through)


def read_pixels(traced: Trace, row: Row) -> int | None:
    """How many pixels of the image make a difference to any output of the row; None where the image
    or a map is too large to count.
    """
    maps = traced.architecture.input, *(one.output_shape for one in traced.rows)
    if any(prod(_size(shape)) > MOST_PIXELS for shape in maps):
        return None
    rows = {one.path: one for one in traced.rows}
    read = _back(rows, row, _all_of(row.output_shape), _mask_before)
    return int(_to_input(rows, row.path, read, _mask_before).sum())


def reach_of(rows: Iterable[Row], path: Path, shape: Shape) -> Reach:
    """First and last pixel of the image, per axis, that all cells of a map of this shape see: the
    map that enters the layer at this path, or would, where a series ends.
    """
    found = {one.path: one for one in rows}
    box = _to_input(found, path, Box(0, 0, *_size(shape)), _box_on_the_map_before)
    if box.is_empty:
        return NOTHING
    return (box.top, box.bottom - 1.0), (box.left, box.right - 1.0)


def _to_input(
    rows: dict[Path, Row], path: Path, part: Part, through: Callable[[Row, Part], Part]
) -> Part:
    """What of the image makes this part of the input of the layer at a path."""
    while path:
        *outer, index = path
        part = _series_back(rows, tuple(outer), int(index), part, through)
        path = _holder(tuple(outer))
    return part


def _holder(series: Path) -> Path:
    """The path of the container that a series belongs to, whose input is the series' own."""
    names = [place for place, part in enumerate(series) if isinstance(part, str)]
    return series[: names[-1]] if names else ()


def _series_back(
    rows: dict[Path, Row], holder: Path, many: int, part: Part, through: Callable[[Row, Part], Part]
) -> Part:
    """What of the input of a series makes this part of what its first so many layers give."""
    for index in reversed(range(many)):
        part = _back(rows, rows[(*holder, index)], part, through)
    return part


def _back(
    rows: dict[Path, Row], row: Row, part: Part, through: Callable[[Row, Part], Part]
) -> Part:
    """What of a layer's input makes this part of its output; `through` tells it of a leaf."""
    if not isinstance(row.layer, Container):
        return through(row, part)
    held = zip(_held(row.path, row.layer), row.merged_shapes, strict=True)
    return reduce(
        operator.or_,
        (
            _series_back(rows, *one, _before_repeating(part, shape, row.output_shape), through)
            for one, shape in held
        ),
    )


def _before_repeating(part: Part, shape: Shape, merged: Shape) -> Part:
    """What of an end of this shape makes this part of what it is merged into."""
    lines, columns = (one < whole for one, whole in zip(_size(shape), _size(merged), strict=True))
    if isinstance(part, Box):
        return part if part.is_empty else _box_of_repeated(part, lines, columns)
    import numpy as np

    axes = (0,) * lines + (1,) * columns
    return np.logical_or.reduce(part, axis=axes, keepdims=True) if axes else part


def _box_of_repeated(box: Box, lines: bool, columns: bool) -> Box:
    top, bottom = (0, 1) if lines else (box.top, box.bottom)
    left, right = (0, 1) if columns else (box.left, box.right)
    return Box(top, left, bottom, right)


def _held(path: Path, layer: Container) -> list[tuple[Path, int]]:
    """The path and the length of each series of a container."""
    return [((*path, *place), len(series)) for place, series in layer.series()]


def _box_before(row: Row, box: Box) -> Box:
    if row.layer.sees_everything:
        return Box(0, 0, *_size(row.input_shape))
    along = row.layer.along(row.input_shape)
    if along is None:
        return box
    lines, columns = along
    return Box(
        lines.inputs(box.top)[0],
        columns.inputs(box.left)[0],
        lines.inputs(box.bottom - 1)[1] + 1,
        columns.inputs(box.right - 1)[1] + 1,
    )


def _box_on_the_map_before(row: Row, box: Box) -> Box:
    if axes := row.axes:
        (top, bottom), (left, right) = (
            axis.touching(start, stop) if axis.has_blanks else (start, stop)
            for axis, start, stop in zip(
                axes, (box.top, box.left), (box.bottom, box.right), strict=True
            )
        )
        box = Box(top, left, bottom, right)
    return box if box.is_empty else _box_before(row, box).within(*_size(row.input_shape))


def _mask_before(row: Row, read: Mask) -> Mask:
    """Which cells of a layer's input make these cells of its output."""
    if row.layer.sees_everything:
        return _all_of(row.input_shape) & read.any()
    along = row.layer.along(row.input_shape)
    if along is None:
        return read
    lines, columns = along
    return _taken_back(_taken_back(read, lines).T, columns).T


def _size(shape: Shape) -> tuple[int, int]:
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1)


def _all_of(shape: Shape) -> Mask:
    import numpy as np

    return np.ones(_size(shape), bool)


def _taken_back(read: Mask, axis: Axis | Spread) -> Mask:
    """The same along the first axis of a map."""
    import numpy as np

    if isinstance(axis, Spread):
        made = np.zeros((axis.size, read.shape[1]), bool)
        for place in range(axis.kernel):
            cells, places = axis.met(place)
            made[cells] |= read[places]
        return made
    found = np.zeros((axis.padding + axis.size, read.shape[1]), bool)
    for tap in range(0, axis.effective_kernel, axis.dilation):
        found[tap : tap + len(read) * axis.stride : axis.stride][: len(read)] |= read
    return found[axis.before : axis.before + axis.size]
