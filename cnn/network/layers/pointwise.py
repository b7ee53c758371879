"""Layers that act on each value, channel or feature by itself, and the dense layer."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import MAX_UNITS, Real, Whole, activation, flag, ruled, use_bias
from cnn.network.layers.base import Layer, Weight, needs_map
from cnn.network.shapes import Shape, shape_text

NORMALIZATION_SHELF = "Activation and normalization"
SHARE = Real(0.0, 1.0, below_high=True)
CEILING = Real(0.0, 1e6, optional=True)
FACTOR = Real(-1e6, 1e6)


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    purpose = "Every unit is joined to every input feature by a weight of its own."
    letters, word, family, shelf = "d", "dense", "dense", "Head"
    start: ClassVar[dict[str, Any]] = {"units": 64, "activation": "relu"}
    common_fields = ("units", "activation")
    sees_everything = True
    kernels = 1

    units: int = ruled(Whole(1, MAX_UNITS), MISSING, "How many outputs; each sees every input.")
    activation: str | None = activation()
    use_bias: bool = use_bias()

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
    letters, family, shelf = "a", "activation", NORMALIZATION_SHELF
    leads_shelf = is_thin = True
    same_in_keras = False
    start: ClassVar[dict[str, Any]] = {"activation": "relu"}
    common_fields = ("activation",)

    activation: str = activation(MISSING, absent="")
    negative_slope: float = ruled(
        Real(0.0, 1e6), 0.0, "The slope below the threshold; 0 is a plain ReLU.", "le", "slope"
    )
    max_value: float | None = ruled(
        CEILING, None, "The largest value that passes; empty is no limit.", "mx", "ceiling"
    )
    threshold: float = ruled(
        Real(0.0, 1e6), 0.0, "Below it a value becomes slope × (value − threshold).", "th"
    )

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
class PReLU(Layer):
    """Values above 0 as they are, those below times a learned slope."""

    purpose = "Multiplies values below 0 by a learned slope and leaves those above as they are."
    letters, family, shelf, is_thin = "lr", "activation", NORMALIZATION_SHELF, True
    same_in_keras = False
    common_fields = ("shared",)

    shared: bool = flag(
        True, "Whether all cells of a channel share one slope; else each has its own.", "ns"
    )

    def output_shape(self, shape: Shape) -> Shape:
        if self.shared and len(shape) == 1:
            raise ArchitectureError(
                f"a vector of {shape[0]:,} has no cells that could share a slope. "
                "Set shared to false, which gives each feature its own."
            )
        return shape

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        return (Weight("alpha", (1, 1, shape[-1]) if self.shared else shape),)

    def param_formula(self, shape: Shape) -> str:
        return shape_text(self.weights(shape)[0].shape)


class Normalizing(Layer):
    """What normalisations share: values brought to mean 0 and variance 1, then rescaled."""

    __slots__ = ()
    family, shelf, is_thin = "normalization", NORMALIZATION_SHELF, True

    epsilon: float
    center: bool
    scale: bool

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        size = (shape[-1],)
        gamma = (Weight("gamma", size, start=1.0),) if self.scale else ()
        return gamma + ((Weight("beta", size),) if self.center else ())

    def param_formula(self, shape: Shape) -> str:
        count = len(self.weights(shape))
        return f"{count} x {shape[-1]}" if count else "0"


def small_epsilon() -> Any:
    hint = "A small number that keeps the division from exploding."
    return ruled(Real(1e-12, 1.0), 1e-3, hint, "e")


def has_center() -> Any:
    return flag(True, "Whether a learned offset (beta) is added.", "nc")


def has_scale() -> Any:
    return flag(True, "Whether each value is multiplied by a learned factor (gamma).", "ns")


@dataclass(frozen=True, slots=True)
class BatchNormalization(Normalizing):
    purpose = "Brings each channel to mean 0 and variance 1 over the batch, then rescales it."
    letters = "b"
    common_fields = ("momentum",)

    momentum: float = ruled(SHARE, 0.99, "How slowly the moving averages follow the batches.")
    epsilon: float = small_epsilon()
    center: bool = has_center()
    scale: bool = has_scale()

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        size = (shape[-1],)
        moving = (
            Weight("moving_mean", size, False),
            Weight("moving_variance", size, False, start=1.0),
        )
        return *Normalizing.weights(self, shape), *moving


@dataclass(frozen=True, slots=True)
class LayerNormalization(Normalizing):
    purpose = "Brings the channels of each pixel to mean 0 and variance 1, then rescales them."
    letters = "ln"

    epsilon: float = small_epsilon()
    center: bool = has_center()
    scale: bool = has_scale()


class Dropping(Layer):
    """What sets a share of something to 0 while training, and does nothing afterwards."""

    __slots__ = ()
    family, shelf = "dropout", "Regularization"
    is_thin = is_idle = True
    common_fields = ("rate",)


@dataclass(frozen=True, slots=True)
class Dropout(Dropping):
    purpose = "While training, sets a share of the values to 0; does nothing afterwards."
    letters, word = "x", "dropout"

    rate: float = ruled(SHARE, 0.5, "The share of values set to 0 while training.")


@dataclass(frozen=True, slots=True)
class SpatialDropout2D(Dropping):
    purpose = "While training, sets a share of whole channels to 0; does nothing afterwards."
    letters, word = "xs", "spatial dropout"

    rate: float = ruled(SHARE, 0.5, "The share of channels set to 0 while training.")

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape


@dataclass(frozen=True, slots=True)
class StochasticDepth(Dropping):
    """What stands last in the body of a Residual; in Keras, a Dropout with one draw an image."""

    purpose = "While training, sets all of a map to 0 at times; does nothing afterwards."
    letters, word = "xd", "stochastic depth"
    same_in_keras = False

    rate: float = ruled(SHARE, 0.5, "The share of images whose map is set to 0 while training.")

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape


@dataclass(frozen=True, slots=True)
class Rescaling(Layer):
    purpose = "Multiplies every value by one number and adds another."
    letters, word, family, shelf = "rs", "rescale", "reshape", NORMALIZATION_SHELF
    start: ClassVar[dict[str, Any]] = {"scale": 1.0}
    common_fields = ("scale", "offset")

    scale: float = ruled(
        FACTOR, MISSING, "What every value is multiplied with, such as 1/255 = 0.00392.", "ns"
    )
    offset: float = ruled(FACTOR, 0.0, "What is added after the multiplication.", "o")
