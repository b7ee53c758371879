"""Layers that work on channels by numbers of their own: statistics of an image's groups of them,
numbers that are given or were adapted, a factor that is learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import MAX_FILTERS, Real, Whole, ruled
from cnn.network.layers.base import Layer, Weight, needs_map
from cnn.network.layers.pointwise import (
    NORMALIZATION_SHELF,
    Normalizing,
    has_center,
    has_scale,
    small_epsilon,
)
from cnn.network.shapes import Shape

LEAST_SD = 1e-7
"""What Normalization divides by where the standard deviation is less, as Keras does."""

Numbers = float | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class PerChannel:
    """One number for all channels, or a list of one for each; None where none is given."""

    low: float
    high: float

    @property
    def wanted(self) -> str:
        return f"{Real(self.low, self.high).wanted}, a list of one for each channel, or null"

    def read(self, value: Any) -> Numbers:
        if value is None:
            return None
        given = value if isinstance(value, (list, tuple)) else [value]
        if not 1 <= len(given) <= MAX_FILTERS:
            raise ValueError
        one = Real(self.low, self.high)
        read = tuple(found for each in given if (found := one.read(each)) is not None)
        return read[0] if len(read) == 1 else read

    def write(self, value: Numbers) -> float | list[float] | None:
        return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class GroupNormalization(Normalizing):
    purpose = (
        "Brings each group of channels of an image to mean 0 and variance 1, then rescales it."
    )
    letters = "gn"
    sees_everything = True
    start: ClassVar[dict[str, Any]] = {"groups": 8}
    common_fields = ("groups",)

    groups: int = ruled(
        Whole(1, MAX_FILTERS), 32, "Into how many groups the channels are split; 1 is all of them."
    )
    epsilon: float = small_epsilon()
    center: bool = has_center()
    scale: bool = has_scale()

    def output_shape(self, shape: Shape) -> Shape:
        if shape[-1] % self.groups:
            raise ArchitectureError(
                f"{shape[-1]} channels cannot be divided into groups={self.groups}. "
                f"Give it a multiple of {self.groups} channels, or use fewer groups."
            )
        return shape


@dataclass(frozen=True, slots=True)
class Normalization(Layer):
    """`(x - mean) / sd`; without numbers of its own it holds those that Keras' adapt() finds."""

    purpose = "Subtracts a mean from each channel and divides by a standard deviation."
    letters, family, shelf, is_thin = "nm", "normalization", NORMALIZATION_SHELF, True
    start: ClassVar[dict[str, Any]] = {"mean": 0.5, "variance": 0.25}
    common_fields = ("mean", "variance")

    mean: Numbers = ruled(
        PerChannel(-1e6, 1e6),
        None,
        "What is subtracted: one number, or one for each channel; empty is what Keras adapts.",
    )
    variance: Numbers = ruled(
        PerChannel(0.0, 1e12),
        None,
        "Its square root divides: one number, or one for each channel; empty is what Keras adapts.",
        "v",
    )

    def check(self) -> None:
        counts = {_count(self.mean), _count(self.variance)}
        if len(counts) > 1:
            raise ArchitectureError(
                f"mean={self.mean} and variance={self.variance} are not alike. Give both as one "
                "number, both as a list of one for each channel, or neither."
            )

    def output_shape(self, shape: Shape) -> Shape:
        if isinstance(self.mean, tuple) and len(self.mean) != shape[-1]:
            raise ArchitectureError(
                f"{len(self.mean)} numbers as mean for {shape[-1]} channels. "
                "Give one for all, or one for each."
            )
        return shape

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        size = (shape[-1],)
        return (
            Weight("mean", size, False),
            Weight("variance", size, False, start=1.0),
            Weight("count", (), False, is_whole=True),
        )

    def param_formula(self, shape: Shape) -> str:
        return f"2 x {shape[-1]} + 1" if self.mean is None else "0"


def _count(numbers: Numbers) -> int:
    """How many numbers are given as a list; 1 is one for all channels."""
    if numbers is None:
        return 0
    return len(numbers) if isinstance(numbers, tuple) else 1


@dataclass(frozen=True, slots=True)
class LayerScale(Layer):
    """A factor for each channel (Touvron et al., 2021); Keras has it in its networks alone."""

    purpose = "Multiplies each channel by a learned factor that begins near 0."
    letters, family, shelf, is_thin = "ls", "normalization", NORMALIZATION_SHELF, True
    same_in_keras = False
    common_fields = ("init_values",)

    init_values: float = ruled(
        Real(0.0, 1.0), 1e-6, "The factor of each channel before any training.", label="starts at"
    )

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        channels = shape[-1]
        size = (1, 1, channels, 1)
        return (Weight("gamma", size, start=self.init_values, other=(channels,)),)

    def param_formula(self, shape: Shape) -> str:
        return f"1 x {shape[-1]}"
