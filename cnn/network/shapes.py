"""Shape arithmetic: how a window slides along an axis, and what of the input a cell can see.

Plain numbers in, plain numbers out; knows nothing of layers.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

MapShape = tuple[int, int, int]
"""Height, width and channels."""

Shape = tuple[int, ...]
"""A map `(height, width, channels)` or a vector `(features,)`."""


def shape_text(shape: Shape) -> str:
    """`28x28x1`, or `120` for a vector."""
    return "x".join(str(size) for size in shape)


def element_count(shape: Shape) -> int:
    """How many numbers a map or a vector holds."""
    return math.prod(shape)


@dataclass(frozen=True, slots=True)
class Axis:
    """One window sliding along one axis: `out = floor((in - K_eff + P_total) / S) + 1`."""

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def effective_kernel(self) -> int:
        """The pixels a dilated kernel spans: `dilation * (K - 1) + 1`."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padding(self) -> int:
        return self.before + self.after

    @property
    def room(self) -> int:
        """The steps of one pixel that the window has; negative where it does not fit."""
        return self.size - 1 - self.dilation * (self.kernel - 1) + self.before + self.after

    @property
    def output(self) -> int:
        return self.room // self.stride + 1

    @property
    def unused(self) -> int:
        """Positions at the far border, padding included, that no window reaches."""
        return self.room % self.stride

    @property
    def dropped(self) -> int:
        """Real pixels at the bottom or right border that no window reaches."""
        return min(max(self.unused - self.after, 0), self.size)

    @property
    def leaves_out(self) -> bool:
        """Whether no window reaches the last pixel, padding not included."""
        return self.stride > 1 and self.unused > self.after

    @property
    def has_blanks(self) -> bool:
        """Whether a window may lie in the padding alone."""
        return max(self.before, self.after) >= self.effective_kernel

    @property
    def has_gaps(self) -> bool:
        """Whether pixels lie between windows."""
        return self.stride > self.effective_kernel

    @property
    def formula(self) -> str:
        """The output size with the numbers put in: `floor((28 - 5 + 4) / 1) + 1 = 28`."""
        spread = f"({self.dilation} x ({self.kernel} - 1) + 1)"
        kernel = self.kernel if self.dilation == 1 else spread
        inside = f"{self.size} - {kernel} + {self.padding}"
        return f"floor(({inside}) / {self.stride}) + 1 = {self.output}"


@functools.lru_cache(maxsize=4_096)
def axis(
    size: int, kernel: int, stride: int, dilation: int = 1, padding: int | str = "valid"
) -> Axis:
    """The slide along one axis, with the padding of `same` worked out as TensorFlow does.

    Kept, because a layer is asked more than once, and most of an edited network is as it was.
    """
    if padding == "same":
        effective = dilation * (kernel - 1) + 1
        output = -(-size // stride)
        total = max((output - 1) * stride + effective - size, 0)
        return Axis(size, kernel, stride, dilation, total // 2, total - total // 2)
    each = padding if isinstance(padding, int) else 0
    return Axis(size, kernel, stride, dilation, each, each)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What of the input one cell can see, per axis (height, width).

    `size` in input pixels; `jump`, the pixels between the fields of neighbouring cells;
    `offset`, the centre of the first cell's field, where pixel 0 has its centre at 0.
    """

    size: tuple[int, int] = (1, 1)
    jump: tuple[int, int] = (1, 1)
    offset: tuple[float, float] = (0.0, 0.0)

    def through(self, axes: tuple[Axis, Axis]) -> ReceptiveField:
        """The field one layer further: `size += (K_eff - 1) * jump; jump *= S`."""
        (height, width), (jump_y, jump_x), (y, x) = self.size, self.jump, self.offset
        rows, columns = axes
        down, across = rows.effective_kernel - 1, columns.effective_kernel - 1
        return ReceptiveField(
            (height + down * jump_y, width + across * jump_x),
            (jump_y * rows.stride, jump_x * columns.stride),
            (y + (down / 2 - rows.before) * jump_y, x + (across / 2 - columns.before) * jump_x),
        )

    def along(self, axis: int) -> tuple[int, int, float]:
        """Size, jump and offset along one axis."""
        return self.size[axis], self.jump[axis], self.offset[axis]

    def span(self, row: int, column: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """First and last input pixel (may lie in the padding) seen by a cell, per axis."""
        centres = (self.offset[0] + row * self.jump[0], self.offset[1] + column * self.jump[1])
        (top, bottom), (left, right) = (
            (centre - (size - 1) / 2, centre + (size - 1) / 2)
            for centre, size in zip(centres, self.size, strict=True)
        )
        return (top, bottom), (left, right)


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
    (top, bottom), (left, right) = field.span(shape[0] // 2, shape[1] // 2)
    return ReceptiveField(field.size, (0, 0), ((top + bottom) / 2, (left + right) / 2))


def repeated(field: ReceptiveField, shape: Shape, merged: Shape) -> ReceptiveField:
    """The field of a map whose sizes of 1 are repeated up to those of what it is merged into: all
    cells along such an axis see the same.
    """
    if len(shape) == 1 or shape == merged:
        return field
    jump = tuple(
        0 if size < whole else step
        for size, whole, step in zip(shape[:2], merged[:2], field.jump, strict=True)
    )
    return ReceptiveField(field.size, (jump[0], jump[1]), field.offset)


def united(fields: list[ReceptiveField]) -> ReceptiveField:
    """The field after parallel branches meet: per axis, all that one of them sees.

    Where their cells step differently no size is that of all cells: that of the widest is taken.
    """
    rows, columns = ([field.along(axis) for field in fields] for axis in (0, 1))
    (height, jump_y, y), (width, jump_x, x) = _united(rows), _united(columns)
    return ReceptiveField((height, width), (jump_y, jump_x), (y, x))


def _united(spans: list[tuple[int, int, float]]) -> tuple[int, int, float]:
    size, jump, offset = max(spans, key=lambda span: span[:2])
    if any(other != jump for _, other, _ in spans):
        return size, jump, offset
    first = min(centre - (seen - 1) / 2 for seen, _, centre in spans)
    last = max(centre + (seen - 1) / 2 for seen, _, centre in spans)
    return round(last - first) + 1, jump, (first + last) / 2
