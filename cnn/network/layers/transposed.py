"""The convolution the other way round, which makes maps larger: Conv2DTranspose."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import (
    MAX_KERNEL,
    PaddingRule,
    Pair,
    Size,
    WholePair,
    activation,
    filters,
    kernel,
    ruled,
    use_bias,
)
from cnn.network.layers.base import Spreads, Weight, needs_map, slide_formula
from cnn.network.layers.convolution import Convolution
from cnn.network.shapes import Shape, Spread


@dataclass(frozen=True, slots=True)
class Conv2DTranspose(Convolution):
    purpose = "Spreads each cell over a window of a larger map; where windows overlap, they add up."
    letters, word, family = "tc", "transposed", "convolution"
    start: ClassVar[dict[str, Any]] = {
        "filters": 32,
        "kernel_size": 2,
        "strides": 2,
        "padding": "same",
        "activation": "relu",
    }
    common_fields = ("filters", "kernel_size", "strides", "padding", "activation")

    filters: int = filters()
    kernel_size: Size = kernel()
    strides: Size = ruled(
        WholePair(1, MAX_KERNEL),
        (1, 1),
        "How far the windows of two cells lie apart, so how many times as large it gets: 2, or "
        "2×1.",
        "s",
    )
    padding: int | str = ruled(
        PaddingRule(None),
        "valid",
        "What is kept: all that the windows cover (valid), or the size times the strides (same).",
        "p",
    )
    activation: str | None = activation()
    use_bias: bool = use_bias()

    def check(self) -> None:
        if any(size < step for size, step in zip(self.kernel_size, self.strides, strict=True)):
            raise ArchitectureError(
                f"kernel_size={self.kernel_size} and strides={self.strides} leave cells between "
                "the windows that nothing is put into. Use a kernel at least as large as the "
                "strides."
            )

    def channels_out(self, channels: int) -> int:
        return self.filters

    def spread(self, shape: Shape) -> Spreads:
        rows, columns = (
            self._along(*one) for one in zip(shape[:2], self.kernel_size, self.strides, strict=True)
        )
        return rows, columns

    def _along(self, size: int, kernel: int, stride: int) -> Spread:
        """As TensorFlow cuts off what `same` leaves out: one place more at the end."""
        cut = kernel - stride if self.padding == "same" else 0
        return Spread(size, kernel, stride, cut // 2, cut - cut // 2)

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        rows, columns = self.spread(shape)
        return rows.output, columns.output, self.filters

    def shape_formula(self, shape: Shape) -> str:
        return slide_formula(self.spread(shape))

    def windows_meeting(self) -> Pair:
        """The fewest and the most windows that meet in a cell away from the border."""
        axes = tuple(zip(self.kernel_size, self.strides, strict=True))
        return prod(size // step for size, step in axes), prod(
            -(-size // step) for size, step in axes
        )

    def positions(self, shape: Shape) -> Pair:
        return shape[0], shape[1]

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (*self.kernel_size, self.filters, shape[2]))
        return kernel, *self.bias(self.filters)

    def kernel_formula(self, shape: Shape) -> str:
        height, width = self.kernel_size
        return f"{self.filters} x {height}x{width}x{shape[2]}"
