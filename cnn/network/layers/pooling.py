"""Layers that summarise, widen or cut the map: pooling, global pooling, zero padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnn.network.errors import ArchitectureError
from cnn.network.fields import (
    MAX_KERNEL,
    FourSides,
    Sides,
    Size,
    WholePair,
    flag,
    padding,
    ruled,
    strides,
)
from cnn.network.layers.base import Axes, Layer, fitting_output, needs_map, slide_formula
from cnn.network.shapes import Axis, Shape, axis, element_count, shape_text


def _pool_size() -> Any:
    hint = "Height and width of the window: 2, or 2×3."
    return ruled(WholePair(1, MAX_KERNEL), (2, 2), hint, label="pool")


class Pooling(Layer):
    """What both poolings share: a window that slides, by its own size unless told otherwise."""

    __slots__ = ()
    family, shelf = "pooling", "Pooling"
    common_fields = ("pool_size", "strides", "padding")

    pool_size: Size
    strides: Size
    padding: int | str

    def check(self) -> None:
        if self.strides is None:  # read as a pair, given as one, two or none
            object.__setattr__(self, "strides", self.pool_size)  # type: ignore[unreachable]

    def axes(self, shape: Shape) -> Axes:
        rows, columns = (
            axis(shape[i], self.pool_size[i], self.strides[i], 1, self.padding) for i in (0, 1)
        )
        return rows, columns

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        height, width = fitting_output(self.axes(shape), "window")
        return height, width, shape[2]

    def shape_formula(self, shape: Shape) -> str:
        return slide_formula(self.axes(shape))


@dataclass(frozen=True, slots=True)
class MaxPooling2D(Pooling):
    purpose = "Keeps the largest value of each window."
    letters, word = "m", "max"

    pool_size: Size = _pool_size()
    strides: Size = strides(None)
    padding: int | str = padding()

    def check(self) -> None:
        Pooling.check(self)
        if not isinstance(self.padding, int) or self.padding == 0:
            return
        if any(size % 2 == 0 for size in self.pool_size):
            raise ArchitectureError(
                f"padding={self.padding} needs an odd pool_size, got {self.pool_size}. "
                'Use padding="same", or a window of 3 or 5.'
            )
        most = min(size // 2 for size in self.pool_size)
        if self.padding > most:
            raise ArchitectureError(
                f"padding={self.padding} is too much for pool_size={self.pool_size}: at most "
                f"(K - 1) / 2 = {most}, or a window would see nothing but padding."
            )


@dataclass(frozen=True, slots=True)
class AveragePooling2D(Pooling):
    purpose = "Keeps the mean of each window; zeros of a whole-number padding count."
    letters, word = "av", "mean"

    pool_size: Size = _pool_size()
    strides: Size = strides(None)
    padding: int | str = padding()


@dataclass(frozen=True, slots=True)
class GlobalPooling(Layer):
    """One number per channel, from the whole map."""

    family, shelf = "pooling", "Pooling"
    sees_everything = True

    keepdims: bool = flag(False, "Whether the output stays a map of 1×1.", "kd")

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return (1, 1, shape[2]) if self.keepdims else (shape[2],)

    def shape_formula(self, shape: Shape) -> str:
        return f"{shape[0]}x{shape[1]} -> 1 in each of {shape[2]} channels"


@dataclass(frozen=True, slots=True)
class GlobalAveragePooling2D(GlobalPooling):
    purpose = "The mean of each channel over the whole map."
    letters, word = "ga", "global mean"


@dataclass(frozen=True, slots=True)
class GlobalMaxPooling2D(GlobalPooling):
    purpose = "The largest value of each channel over the whole map."
    letters, word = "gm", "global max"


@dataclass(frozen=True, slots=True)
class ZeroPadding2D(Layer):
    purpose = "A frame of zeros around the map."
    letters, word, family, shelf = "z", "padding", "reshape", "Convolution"
    common_fields = ("padding",)

    padding: Sides = ruled(
        FourSides(MAX_KERNEL),
        ((1, 1), (1, 1)),
        "Rows and columns of zeros on each side of the map.",
        "p",
    )

    def axes(self, shape: Shape) -> Axes:
        rows, columns = self.padding
        return Axis(shape[0], 1, 1, 1, *rows), Axis(shape[1], 1, 1, 1, *columns)

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        (top, bottom), (left, right) = self.padding
        return shape[0] + top + bottom, shape[1] + left + right, shape[2]

    def shape_formula(self, shape: Shape) -> str:
        (top, bottom), (left, right) = self.padding
        height, width, _ = self.output_shape(shape)
        return (
            f"height: {shape[0]} + {top} + {bottom} = {height}; "
            f"width: {shape[1]} + {left} + {right} = {width}"
        )


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    purpose = "Lays the map out as one vector: row by row, all channels of a pixel together."
    letters, word, family, shelf = "f", "flatten", "reshape", "Head"
    sees_everything = True

    def output_shape(self, shape: Shape) -> Shape:
        return (element_count(shape),)

    def shape_formula(self, shape: Shape) -> str:
        return f"{shape_text(shape)} = {self.output_shape(shape)[0]:,}"
