"""Layers that act on each value, channel or feature by itself, and the dense layer."""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.errors import ArchitectureError
from cnn.network.fields import (
    ACTIVATIONS,
    MAX_UNITS,
    Choice,
    Real,
    Whole,
    activation,
    flag,
    ruled,
)
from cnn.network.layers.base import Layer, Weight, needs_map
from cnn.network.shapes import Shape


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    purpose = "Every unit is joined to every input feature by a weight of its own."
    common_fields = ("units", "activation")
    sees_everything = True
    kernels = 1

    units: int = ruled(Whole(1, MAX_UNITS))
    activation: str | None = activation()
    use_bias: bool = flag(True)

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            height, width, channels = shape
            raise ArchitectureError(
                f"needs a vector, but gets a {height}x{width}x{channels} map. "
                "Put a Flatten or a GlobalAveragePooling2D before it."
            )
        return (self.units,)

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (shape[0], self.units))
        return (kernel, Weight("bias", (self.units,))) if self.use_bias else (kernel,)

    def macs(self, shape: Shape) -> int:
        return shape[0] * self.units

    def shape_formula(self, shape: Shape) -> str:
        return f"units = {self.units:,}"

    def param_formula(self, shape: Shape) -> str:
        return f"{self.units} x {shape[0]}" + (f" + {self.units}" if self.use_bias else "")

    def mac_formula(self, shape: Shape) -> str:
        return f"{self.units} x {shape[0]}"


@dataclass(frozen=True, slots=True)
class Activation(Layer):
    """An activation as a layer; the last three fields are those of Keras' `relu`."""

    purpose = "Bends each value; without it, stacked layers would be one linear map."
    common_fields = ("activation",)

    activation: str = ruled(Choice(ACTIVATIONS))
    negative_slope: float = ruled(Real(0.0, 1e6), 0.0)
    max_value: float | None = ruled(Real(0.0, 1e6, optional=True), None)
    threshold: float = ruled(Real(0.0, 1e6), 0.0)

    def check(self) -> None:
        if self.activation != "relu" and self.bends:
            raise ArchitectureError(
                "negative_slope, max_value and threshold belong to relu, but the activation is "
                f"{self.activation}. Leave them out, or use relu."
            )

    @property
    def bends(self) -> bool:
        """Whether this is a relu with a slope, a ceiling or a threshold of its own."""
        return bool(self.negative_slope or self.threshold) or self.max_value is not None


@dataclass(frozen=True, slots=True)
class BatchNormalization(Layer):
    purpose = "Brings each channel to mean 0 and variance 1 over the batch, then rescales it."
    common_fields = ("momentum",)

    momentum: float = ruled(Real(0.0, 1.0, below_high=True), 0.99)
    epsilon: float = ruled(Real(1e-12, 1.0), 1e-3)
    center: bool = flag(True)
    scale: bool = flag(True)

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        size = (shape[-1],)
        gamma = (Weight("gamma", size),) if self.scale else ()
        beta = (Weight("beta", size),) if self.center else ()
        moving = Weight("moving_mean", size, False), Weight("moving_variance", size, False)
        return *gamma, *beta, *moving

    def param_formula(self, shape: Shape) -> str:
        return f"{2 + self.scale + self.center} x {shape[-1]}"


@dataclass(frozen=True, slots=True)
class LayerNormalization(Layer):
    purpose = "Brings the channels of each pixel to mean 0 and variance 1, then rescales them."

    epsilon: float = ruled(Real(1e-12, 1.0), 1e-3)
    center: bool = flag(True)
    scale: bool = flag(True)

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        size = (shape[-1],)
        gamma = (Weight("gamma", size),) if self.scale else ()
        return gamma + ((Weight("beta", size),) if self.center else ())

    def param_formula(self, shape: Shape) -> str:
        count = self.scale + self.center
        return f"{count} x {shape[-1]}" if count else "0"


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    purpose = "While training, sets a share of the values to 0; does nothing afterwards."
    common_fields = ("rate",)

    rate: float = ruled(Real(0.0, 1.0, below_high=True), 0.5)


@dataclass(frozen=True, slots=True)
class SpatialDropout2D(Layer):
    purpose = "While training, sets a share of whole channels to 0; does nothing afterwards."
    common_fields = ("rate",)

    rate: float = ruled(Real(0.0, 1.0, below_high=True), 0.5)

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape


@dataclass(frozen=True, slots=True)
class Rescaling(Layer):
    purpose = "Multiplies every value by one number and adds another."
    common_fields = ("scale", "offset")

    scale: float = ruled(Real(-1e6, 1e6))
    offset: float = ruled(Real(-1e6, 1e6), 0.0)
