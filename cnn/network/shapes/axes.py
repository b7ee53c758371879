"""How the cells of a layer's output meet those of its input along one axis: a slide or a spread."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import ClassVar


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

    def inputs(self, cell: int) -> tuple[int, int]:
        """The first and the last position that a cell of the output is made of."""
        first = cell * self.stride - self.before
        return first, first + self.effective_kernel - 1

    def touching(self, start: int, stop: int) -> tuple[int, int]:
        """The first of these cells, and the one behind the last, whose window is not padding."""
        first = -((self.effective_kernel - 1 - self.before) // self.stride)
        last = (self.size - 1 + self.before) // self.stride
        return max(start, first), min(stop, last + 1)

    def repeats(self, many: int) -> int:
        """Of how many cells what they see repeats itself, where that of so many inputs does."""
        return many // math.gcd(many, self.stride)

    @property
    def formula(self) -> str:
        """The output size with the numbers put in: `floor((28 - 5 + 4) / 1) + 1 = 28`."""
        spread = f"({self.dilation} x ({self.kernel} - 1) + 1)"
        kernel = self.kernel if self.dilation == 1 else spread
        inside = f"{self.size} - {kernel} + {self.padding}"
        return f"floor(({inside}) / {self.stride}) + 1 = {self.output}"


@dataclass(frozen=True, slots=True)
class Spread:
    """One axis the other way round: each cell is spread over `kernel` places of a larger map,
    `stride` apart, and of what that gives `before` and `after` places are cut off.
    """

    size: int
    kernel: int
    stride: int
    before: int = 0
    after: int = 0

    has_blanks: ClassVar[bool] = False
    has_gaps: ClassVar[bool] = False

    @property
    def output(self) -> int:
        return (self.size - 1) * self.stride + self.kernel - self.before - self.after

    @property
    def leaves_out(self) -> bool:
        """Whether all places of the first or of the last cell are cut off."""
        return max(self.before, self.after) >= self.kernel

    def inputs(self, cell: int) -> tuple[int, int]:
        """The first and the last cell that one of the output is made of; may lie beside the map."""
        last = cell + self.before
        return -((self.kernel - 1 - last) // self.stride), last // self.stride

    def meeting(self, cell: int) -> int:
        """How many cells of the input are put over one of the output."""
        first, last = self.inputs(cell)
        return min(last, self.size - 1) - max(first, 0) + 1

    def repeats(self, many: int) -> int:
        """Of how many cells what they see repeats itself, where that of so many inputs does."""
        return many * self.stride

    def met(self, place: int) -> tuple[slice, slice]:
        """The cells that have this place of the kernel within the output, and where it lies."""
        shift = place - self.before
        first = max(-(shift // self.stride), 0)
        end = max(min((self.output - 1 - shift) // self.stride + 1, self.size), first)
        start = first * self.stride + shift
        return slice(first, end), slice(start, start + (end - first) * self.stride, self.stride)

    @property
    def formula(self) -> str:
        """The output size with the numbers put in: `(14 - 1) x 2 + 3 - 1 = 28`."""
        cut = self.before + self.after
        less = f" - {cut}" if cut else ""
        return f"({self.size} - 1) x {self.stride} + {self.kernel}{less} = {self.output}"


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
