"""What the editor must know of every kind of layer: its fields, their limits, what it starts as.

Everything is derived from the layer classes, but for what only an editor needs: short labels, a
line of help for each field, what a new layer starts with, and how the palette is grouped.
"""

from __future__ import annotations

from typing import Any

from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError
from cnn.network.fields import Choice, Flag, FourSides, PaddingRule, Real, Whole, WholePair
from cnn.network.layers import KINDS, Container, Layer, Pooling, defaults, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.shapes import Shape
from cnn.pictures.kit.palette import colour_of

GROUPS = {
    "Convolution": ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "ZeroPadding2D"),
    "Pooling": (
        "MaxPooling2D",
        "AveragePooling2D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
    ),
    "Activation and normalization": (
        "Activation",
        "BatchNormalization",
        "LayerNormalization",
        "Rescaling",
    ),
    "Regularization": ("Dropout", "SpatialDropout2D"),
    "Head": ("Flatten", "Dense"),
    "Containers": ("Residual", "Branches"),
}

START: dict[str, dict[str, Any]] = {
    "Conv2D": {"filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"},
    "DepthwiseConv2D": {"kernel_size": 3, "padding": "same"},
    "SeparableConv2D": {"filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"},
    "Activation": {"activation": "relu"},
    "Rescaling": {"scale": 1.0},
    "Dense": {"units": 64, "activation": "relu"},
    "Residual": {"body": [], "activation": "relu"},
    "Branches": {"branches": [[], []]},
}
"""What a new layer starts with, where its defaults alone are not a layer or not what one wants."""

LABELS = {
    "activation": "",  # its value says it all: relu
    "kernel_size": "kernel",
    "pool_size": "pool",
    "dilation_rate": "dilation",
    "depth_multiplier": "multiplier",
    "use_bias": "bias",
    "negative_slope": "slope",
    "max_value": "ceiling",
}

HELP = {
    "filters": "How many patterns it looks for; each gives one channel of the output.",
    "kernel_size": "Height and width of the window: 3, or 3×5.",
    "pool_size": "Height and width of the window: 2, or 2×3.",
    "strides": "How many pixels the window moves at a time: 1, or 2×1.",
    "padding": "A frame around the input: none (valid), as wide as it takes to get the size "
    "divided by the stride, rounded up (same), or a number of pixels.",
    "dilation_rate": "The distance between the kernel's cells; 2 leaves one pixel out.",
    "groups": "Into how many groups the channels are split, each with filters of its own.",
    "depth_multiplier": "How many kernels each input channel gets.",
    "activation": "The function that each output value goes through.",
    "use_bias": "Whether a learned number is added to each channel or unit.",
    "keepdims": "Whether the output stays a map of 1×1.",
    "momentum": "How slowly the moving averages follow the batches.",
    "epsilon": "A small number that keeps the division from exploding.",
    "center": "Whether a learned offset (beta) is added.",
    "scale": "Whether each value is multiplied by a learned factor (gamma).",
    "negative_slope": "The slope below the threshold; 0 is a plain ReLU.",
    "max_value": "The largest value that passes; empty is no limit.",
    "threshold": "Below it a value becomes slope × (value − threshold).",
    "rate": "The share of values set to 0 while training.",
    "offset": "What is added after the multiplication.",
    "units": "How many outputs; each sees every input.",
    "merge": "Side by side in the channels (concatenate), or summed value by value (add).",
}
HELP_OF_KIND = {
    ("ZeroPadding2D", "padding"): "Rows and columns of zeros on each side of the map.",
    ("Rescaling", "scale"): "What every value is multiplied with, such as 1/255 = 0.00392.",
    ("SpatialDropout2D", "rate"): "The share of channels set to 0 while training.",
}

MAP: Shape = (8, 8, 8)
VECTOR: Shape = (512,)


def schema() -> dict[str, Any]:
    """All kinds, the palette's groups and the blocks, as plain values for the browser."""
    return {
        "kinds": {kind: _kind(kind) for kind in KINDS},
        "groups": [{"title": title, "kinds": list(kinds)} for title, kinds in GROUPS.items()],
        "blocks": [
            {"id": block.id, "title": block.title, "idea": block.idea} for block in BLOCKS.values()
        ],
    }


def new_layer(kind: str) -> dict[str, Any]:
    """A layer as the palette adds it."""
    return {"kind": kind, **START.get(kind, {})}


def _kind(name: str) -> dict[str, Any]:
    kind = KINDS[name]
    example = kind(**START.get(name, {}))
    taken = rules(kind)
    return {
        "purpose": kind.purpose,
        "colour": colour_of(name),
        "takes": _takes(example),
        "makes_vector": _takes(example) != "vector" and _becomes_vector(example),
        "start": new_layer(name),
        "series": [field for field, rule in taken.items() if isinstance(rule, Series)],
        "parallel": next((f for f, rule in taken.items() if isinstance(rule, Parallel)), None),
        "fields": [
            _field(kind, field, rule)
            for field, rule in taken.items()
            if not isinstance(rule, (Series, Parallel))
        ],
    }


def _takes(layer: Layer) -> str:
    """Whether a layer works on maps alone, on vectors alone, or on both."""
    if isinstance(layer, Container):
        return "both"
    works = [name for name, shape in (("map", MAP), ("vector", VECTOR)) if _accepts(layer, shape)]
    return works[0] if len(works) == 1 else "both"


def _accepts(layer: Layer, shape: Shape) -> bool:
    try:
        layer.output_shape(shape)
    except ArchitectureError:
        return False
    return True


def _becomes_vector(layer: Layer) -> bool:
    return not isinstance(layer, Container) and len(layer.output_shape(MAP)) == 1


def _field(kind: type[Layer], name: str, rule: Any) -> dict[str, Any]:
    usual = defaults(kind)
    default = usual.get(name)
    return {
        "name": name,
        "label": LABELS.get(name, name),
        "help": HELP_OF_KIND.get((kind.__name__, name), HELP[name]),
        "wanted": rule.wanted,
        "common": name in kind.common_fields,
        "required": name not in usual,
        "default": None if default is None else rule.write(default),
        "follows": "pool_size" if issubclass(kind, Pooling) and name == "strides" else None,
        **_limits(rule),
    }


def _limits(rule: Any) -> dict[str, Any]:
    """The kind of control a rule asks for, and what it lets through."""
    match rule:
        case Whole(low, high):
            return {"type": "whole", "low": low, "high": high}
        case WholePair(low, high, optional):
            return {"type": "pair", "low": low, "high": high, "optional": optional}
        case FourSides(high):
            return {"type": "sides", "low": 0, "high": high}
        case Real(low, high, below_high, optional):
            limits = {"low": low, "high": high, "below_high": below_high, "optional": optional}
            return {"type": "real", **limits}
        case Flag():
            return {"type": "flag"}
        case Choice(options, absent):
            words = [word for word in options if word != absent]
            return {"type": "choice", "options": words, "absent": absent, "optional": bool(absent)}
        case PaddingRule(high):
            return {"type": "padding", "low": 0, "high": high}
        case _:
            raise TypeError(f"the editor has no control for {rule!r}. Add one here and in JS.")
