"""What a Keras layer is here that its options make another kind; else `read_layers` says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras import read_layers
from cnn.network.keras.read_layers import same_in_keras
from cnn.network.keras.read_options import Options
from cnn.network.layers import (
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GroupNormalization,
    Layer,
    LayerScale,
    Normalization,
    PReLU,
    Rescaling,
    StochasticDepth,
)

AN_IMAGE_AT_A_TIME = [None, 1, 1, 1]
"""The noise of a Dropout that keeps all of an image's map, or nothing."""

LEAST_SCALE = 1e-6
"""Of a channel: what divides by its square is finite."""

AS_CONVOLUTION = "Read as Conv2D with kernel_size=1, which on a map is the same: Dense"


def layers_of(options: Options) -> tuple[Layer, ...]:
    """The layers that do what the Keras layer does: one, and its activation where that is a layer.

    Takes what it understands from the options.
    """
    node = options.node
    try:
        if node.numbers:
            return (_with_number(options),)
        if node.kind in _OTHERWISE:
            return _OTHERWISE[node.kind](options)
    except ArchitectureError as error:
        raise node.blamed(error) from None
    return read_layers.layers_of(options)


def _with_number(options: Options) -> Layer:
    """What an operation with a number does to each value."""
    left, right = options.node.numbers
    number = left if right is None else right
    assert number is not None
    match options.node.kind.removeprefix("ops."):
        case "Add":
            return Rescaling(1.0, number)
        case "Multiply":
            return Rescaling(number)
        case "Subtract":
            return Rescaling(1.0, -number) if left is None else Rescaling(-1.0, number)
    if left is not None or not number:
        raise options.node.error(
            "a value can be divided by a number above or below 0, and by nothing else here. "
            "Replace it."
        )
    return Rescaling(1 / number)


def _dropout(options: Options) -> tuple[Layer, ...]:
    is_whole = len(options.shape) == 3 and options.left.get("noise_shape") == AN_IMAGE_AT_A_TIME
    if not is_whole:
        return same_in_keras(Dropout, options)
    options.take("noise_shape")
    return same_in_keras(StochasticDepth, options)


def _stochastic_depth(options: Options) -> tuple[Layer, ...]:
    """That of ConvNeXt in `keras.applications`."""
    return (StochasticDepth(options.take("drop_path_rate")),)


def _depthwise(options: Options) -> tuple[Layer, ...]:
    """A kernel of one cell that begins as one number is a LayerScale as `build` makes it."""
    start = _constant(options.left.get("depthwise_initializer"))
    found = same_in_keras(DepthwiseConv2D, options)
    if start is None or found != (DepthwiseConv2D(1, use_bias=False),):
        return found
    options.take("depthwise_initializer")
    return (LayerScale(start),)


def _constant(initializer: Any) -> float | None:
    """The number from 0 to 1 that an initializer gives every weight, where it is one."""
    if not isinstance(initializer, dict) or initializer.get("class_name") != "Constant":
        return None
    config = initializer.get("config")
    value: Any = config.get("value") if isinstance(config, dict) else None
    return value if type(value) in (int, float) and 0 <= value <= 1 else None


def _layer_scale(options: Options) -> tuple[Layer, ...]:
    """That of ConvNeXt in `keras.applications`."""
    channels = options.take("projection_dim")
    if channels != options.shape[-1]:
        raise options.node.error(
            f"projection_dim={shown(channels)}, but its input has {options.shape[-1]} channels."
        )
    return (LayerScale(options.take("init_values")),)


def _dense(options: Options) -> tuple[Layer, ...]:
    if len(options.shape) != 3:
        return same_in_keras(Dense, options)
    options.left |= {"filters": options.take("units"), "kernel_size": 1}
    options.notes.say(AS_CONVOLUTION, options.node.name)
    return same_in_keras(Conv2D, options)


def _group_norm(options: Options) -> tuple[Layer, ...]:
    if options.left.get("groups") == -1:
        options.left["groups"] = options.shape[-1]
    return same_in_keras(GroupNormalization, options)


def _prelu(options: Options) -> tuple[Layer, ...]:
    shared = options.take("shared_axes")
    cells = list(range(1, len(options.shape)))
    if shared is None or (isinstance(shared, list) and not shared):
        return (PReLU(shared=False),)
    if isinstance(shared, list) and cells and sorted(map(str, shared)) == list(map(str, cells)):
        return (PReLU(),)
    raise options.node.error(
        f"shared_axes={shown(shared)}, but here a slope is shared by all cells of a channel, or by "
        "nothing. Use shared_axes=[1, 2], or leave it out."
    )


def _rescaling(options: Options) -> tuple[Layer, ...]:
    """A Rescaling by a number for each channel is a Normalization, to rounding."""
    scale, offset = options.left.get("scale"), options.left.get("offset", 0.0)
    if not isinstance(scale, list) and not isinstance(offset, list):
        return same_in_keras(Rescaling, options)
    scales, offsets = (
        _each(options, name, options.take(name, 0.0)) for name in ("scale", "offset")
    )
    if len(set(zip(scales, offsets, strict=True))) == 1:
        return (Rescaling(scales[0], offsets[0]),)
    if min(scales) < LEAST_SCALE:
        raise options.node.error(
            f"scale={shown(scale)} has numbers for each channel, which are read from {LEAST_SCALE} "
            "on. Use one number for all."
        )
    mean = tuple((0.0 - b) / a for a, b in zip(scales, offsets, strict=True))
    return (Normalization(mean, tuple(1 / one**2 for one in scales)),)


def _each(options: Options, name: str, value: Any) -> list[float]:
    """A number for each channel, of such a list or of one number for all."""
    values = value if isinstance(value, list) else [value] * options.shape[-1]
    are_numbers = all(type(one) in (int, float) and abs(one) <= 1e6 for one in values)
    if len(values) != options.shape[-1] or not are_numbers:
        raise options.node.error(
            f"{name} must be one number, or one for each of {options.shape[-1]} channels; "
            f"got {shown(value)}."
        )
    return [float(one) for one in values]


_OTHERWISE: dict[str, Callable[[Options], tuple[Layer, ...]]] = {
    "Dropout": _dropout,
    "StochasticDepth": _stochastic_depth,
    "DepthwiseConv2D": _depthwise,
    "LayerScale": _layer_scale,
    "Dense": _dense,
    "GroupNormalization": _group_norm,
    "PReLU": _prelu,
    "Rescaling": _rescaling,
    "ops.Negative": lambda options: (Rescaling(-1.0),),
}
