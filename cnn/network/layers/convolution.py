"""The convolutions: Conv2D, DepthwiseConv2D, SeparableConv2D."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import (
    MAX_FILTERS,
    Pair,
    Size,
    Whole,
    activation,
    dilation,
    filters,
    kernel,
    multiplier,
    padding,
    ruled,
    strides,
    use_bias,
)
from cnn.network.layers.base import Axes, Layer, Weight, fitting_output, needs_map, slide_formula
from cnn.network.shapes import Shape, axis

FILTERS_OF_3 = {"filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"}


class Convolution(Layer):
    """What all convolutions share: kernels that are applied all over a map, and a bias."""

    __slots__ = ()
    kernels = 1
    family, shelf = "depthwise", "Convolution"

    kernel_size: Size
    strides: Size
    padding: int | str
    use_bias: bool

    def channels_out(self, channels: int) -> int:
        raise NotImplementedError

    def positions(self, shape: Shape) -> Pair:
        """How many places the kernel is applied at, along height and width."""
        raise NotImplementedError

    def macs(self, shape: Shape) -> int:
        height, width = self.positions(shape)
        return height * width * self.weights(shape)[0].count

    def kernel_formula(self, shape: Shape) -> str:
        raise NotImplementedError

    def param_formula(self, shape: Shape) -> str:
        return self.kernel_formula(shape) + self.plus_bias(self.channels_out(shape[2]))

    def mac_formula(self, shape: Shape) -> str:
        height, width = self.positions(shape)
        return f"{height}x{width} x {self.kernel_formula(shape)}"

    def bias(self, channels: int) -> tuple[Weight, ...]:
        return (Weight("bias", (channels,)),) if self.use_bias else ()

    def plus_bias(self, channels: int) -> str:
        return f" + {channels}" if self.use_bias else ""


class SlidingConvolution(Convolution):
    """One whose kernel slides, with strides or dilation."""

    __slots__ = ()

    dilation_rate: Size

    def check(self) -> None:
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArchitectureError(
                f"strides={self.strides} and dilation_rate={self.dilation_rate} cannot both be "
                "above 1. Set one of them to 1."
            )

    def axes(self, shape: Shape) -> Axes:
        along = zip(shape[:2], self.kernel_size, self.strides, self.dilation_rate, strict=True)
        rows, columns = (axis(*one, self.padding) for one in along)
        return rows, columns

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        height, width = fitting_output(self.axes(shape), "kernel")
        return height, width, self.channels_out(shape[2])

    def shape_formula(self, shape: Shape) -> str:
        return slide_formula(self.axes(shape))

    def positions(self, shape: Shape) -> Pair:
        rows, columns = self.axes(shape)
        return rows.output, columns.output


@dataclass(frozen=True, slots=True)
class Conv2D(SlidingConvolution):
    purpose = "Slides filters over the map; each looks for one pattern in the channels it reads."
    letters, word, family = "c", "conv", "convolution"
    start: ClassVar[dict[str, Any]] = FILTERS_OF_3
    common_fields = ("filters", "kernel_size", "strides", "padding", "activation")

    filters: int = filters()
    kernel_size: Size = kernel()
    strides: Size = strides()
    padding: int | str = padding()
    dilation_rate: Size = dilation()
    groups: int = ruled(
        Whole(1, MAX_FILTERS),
        1,
        "Into how many groups the channels are split, each with filters of its own.",
        "g",
    )
    activation: str | None = activation()
    use_bias: bool = use_bias()

    def check(self) -> None:
        SlidingConvolution.check(self)
        if self.filters % self.groups:
            raise ArchitectureError(
                f"filters={self.filters} cannot be divided into groups={self.groups}. "
                f"Use a multiple of {self.groups} filters, or groups=1."
            )

    def channels_out(self, channels: int) -> int:
        if channels % self.groups:
            raise ArchitectureError(
                f"{channels} input channels cannot be divided into groups={self.groups}. "
                f"Give it a multiple of {self.groups} channels, or use groups=1."
            )
        return self.filters

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        size = (*self.kernel_size, shape[2] // self.groups, self.filters)
        is_dense = (self.kernel_size, self.groups) == ((1, 1), 1)  # as Keras' on a map
        kernel = Weight("kernel", size, other=size[2:] if is_dense else None)
        return kernel, *self.bias(self.filters)

    def kernel_formula(self, shape: Shape) -> str:
        height, width = self.kernel_size
        return f"{self.filters} x {height}x{width}x{shape[2] // self.groups}"


@dataclass(frozen=True, slots=True)
class DepthwiseConv2D(SlidingConvolution):
    purpose = "Slides one kernel over each channel by itself; channels are not mixed."
    letters, word = "w", "depthwise"
    start: ClassVar[dict[str, Any]] = {"kernel_size": 3, "padding": "same"}
    common_fields = ("kernel_size", "strides", "padding", "activation")

    kernel_size: Size = kernel()
    strides: Size = strides()
    padding: int | str = padding()
    depth_multiplier: int = multiplier()
    dilation_rate: Size = dilation()
    activation: str | None = activation()
    use_bias: bool = use_bias()

    def channels_out(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (*self.kernel_size, shape[2], self.depth_multiplier))
        return kernel, *self.bias(self.channels_out(shape[2]))

    def kernel_formula(self, shape: Shape) -> str:
        height, width = self.kernel_size
        return f"{shape[2]} x {self.depth_multiplier} x {height}x{width}"


@dataclass(frozen=True, slots=True)
class SeparableConv2D(SlidingConvolution):
    purpose = "A depthwise convolution, then a 1x1 convolution that mixes the channels."
    letters, word = "s", "separable"
    start: ClassVar[dict[str, Any]] = FILTERS_OF_3
    kernels = 2
    common_fields = ("filters", "kernel_size", "strides", "padding", "activation")

    filters: int = filters()
    kernel_size: Size = kernel()
    strides: Size = strides()
    padding: int | str = padding()
    dilation_rate: Size = dilation()
    depth_multiplier: int = multiplier()
    activation: str | None = activation()
    use_bias: bool = use_bias()

    def channels_out(self, channels: int) -> int:
        return self.filters

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        between = shape[2] * self.depth_multiplier
        depthwise = Weight("depthwise_kernel", (*self.kernel_size, shape[2], self.depth_multiplier))
        pointwise = Weight("pointwise_kernel", (1, 1, between, self.filters))
        return depthwise, pointwise, *self.bias(self.filters)

    def macs(self, shape: Shape) -> int:
        return sum(self.kernel_macs(shape))

    def kernel_macs(self, shape: Shape) -> tuple[int, ...]:
        height, width = self.positions(shape)
        return tuple(height * width * kernel.count for kernel in self.weights(shape)[:2])

    def kernel_formula(self, shape: Shape) -> str:
        height, width = self.kernel_size
        depthwise = f"{shape[2]} x {self.depth_multiplier} x {height}x{width}"
        return f"{depthwise} + {self.filters} x 1x1x{shape[2] * self.depth_multiplier}"

    def mac_formula(self, shape: Shape) -> str:
        height, width = self.positions(shape)
        return f"{height}x{width} x ({self.kernel_formula(shape)})"
