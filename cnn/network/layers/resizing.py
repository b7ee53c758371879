"""Layers that make a map larger or smaller and hold nothing: up-sampling, cropping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import MAX_KERNEL, Choice, FourSides, Sides, Size, WholePair, ruled
from cnn.network.layers.base import Layer, Spreads, needs_map
from cnn.network.shapes import Shape, Spread, shape_text

BILINEAR = "bilinear"


@dataclass(frozen=True, slots=True)
class UpSampling2D(Layer):
    purpose = "Makes the map larger: each cell several times, or what lies between the cells."
    letters, word, family, shelf = "up", "upsample", "pooling", "Pooling"
    common_fields = ("size", "interpolation")

    size: Size = ruled(
        WholePair(1, MAX_KERNEL), (2, 2), "How many times as high and as wide: 2, or 2×3."
    )
    interpolation: str = ruled(
        Choice(("nearest", BILINEAR)),
        "nearest",
        "Each cell several times (nearest), or what lies between it and its neighbours (bilinear).",
        label="",
    )

    @property
    def is_linear(self) -> bool:
        """Whether it gives what lies between the cells."""
        return self.interpolation == BILINEAR

    def spread(self, shape: Shape) -> Spreads:
        rows, columns = (self._along(*one) for one in zip(shape[:2], self.size, strict=True))
        return rows, columns

    def _along(self, size: int, factor: int) -> Spread:
        """Bilinear, a cell has a share in all places whose middle is less than a cell away."""
        if not self.is_linear:
            return Spread(size, factor, factor)
        half = factor // 2
        return Spread(size, 2 * factor - factor % 2, factor, half, half)

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape[0] * self.size[0], shape[1] * self.size[1], shape[2]

    def shape_formula(self, shape: Shape) -> str:
        height, width, _ = self.output_shape(shape)
        return (
            f"height: {shape[0]} x {self.size[0]} = {height}; "
            f"width: {shape[1]} x {self.size[1]} = {width}"
        )


@dataclass(frozen=True, slots=True)
class Cropping2D(Layer):
    purpose = "Cuts rows and columns off the sides of the map."
    letters, word, family, shelf = "cu", "crop", "reshape", "Convolution"
    start: ClassVar[dict[str, Any]] = {"cropping": 1}
    common_fields = ("cropping",)

    cropping: Sides = ruled(
        FourSides(MAX_KERNEL), ((0, 0), (0, 0)), "Rows and columns to cut off each side of the map."
    )

    def spread(self, shape: Shape) -> Spreads:
        rows, columns = self.cropping
        return Spread(shape[0], 1, 1, *rows), Spread(shape[1], 1, 1, *columns)

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        rows, columns = self.spread(shape)
        if rows.output < 1 or columns.output < 1:
            (top, bottom), (left, right) = self.cropping
            raise ArchitectureError(
                f"cutting {top} + {bottom} rows and {left} + {right} columns off "
                f"{shape_text(shape[:2])} leaves nothing. Cut off less."
            )
        return rows.output, columns.output, shape[2]

    def shape_formula(self, shape: Shape) -> str:
        (top, bottom), (left, right) = self.cropping
        height, width, _ = self.output_shape(shape)
        return (
            f"height: {shape[0]} - {top} - {bottom} = {height}; "
            f"width: {shape[1]} - {left} - {right} = {width}"
        )
