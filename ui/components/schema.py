"""What the stack editor must know of a kind of layer: its fields, their limits, what it starts as.

Everything is derived from the layer classes, but for the order of the palette's groups.
"""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError
from cnn.network.fields import Choice, Flag, FourSides, PaddingRule, Real, Whole, WholePair
from cnn.network.layers import KINDS, Container, Layer, Pooling, defaults, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel
from cnn.network.shapes import Shape
from cnn.pictures.kit.palette import colour_of

GROUPS = (
    "Convolution",
    "Pooling",
    "Activation and normalization",
    "Attention",
    "Regularization",
    "Head",
    "Containers",
)
"""The shelves of the palette, in order."""

MAP: Shape = (8, 8, 8)
VECTOR: Shape = (512,)


def schema() -> dict[str, Any]:
    """All kinds, the palette's groups and the blocks, as plain values for the browser."""
    return {
        "kinds": {kind: _kind(kind) for kind in KINDS},
        "groups": [{"title": title, "kinds": _on_shelf(title)} for title in GROUPS],
        "blocks": [
            {"id": block.id, "title": block.title, "idea": block.idea} for block in BLOCKS.values()
        ],
    }


def new_layer(kind: str) -> dict[str, Any]:
    """A layer as the palette adds it."""
    return {"kind": kind, **KINDS[kind].start}


def _on_shelf(title: str) -> list[str]:
    found = [name for name, kind in KINDS.items() if kind.shelf == title]
    return sorted(found, key=lambda name: not KINDS[name].leads_shelf)


def _kind(name: str) -> dict[str, Any]:
    kind = KINDS[name]
    example = kind(**kind.start)
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
            _field(kind, field)
            for field in fields(kind)
            if not isinstance(field.metadata["rule"], (Series, Parallel))
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


def _field(kind: type[Layer], field: Field[Any]) -> dict[str, Any]:
    name, rule, label = field.name, field.metadata["rule"], field.metadata["label"]
    usual = defaults(kind)
    default = usual.get(name)
    return {
        "name": name,
        "label": name if label is None else label,
        "help": field.metadata["hint"],
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
        case PerChannel(low, high):
            return {"type": "numbers", "low": low, "high": high, "optional": True}
        case Flag():
            return {"type": "flag"}
        case Choice(options, absent):
            words = [word for word in options if word != absent]
            return {"type": "choice", "options": words, "absent": absent, "optional": bool(absent)}
        case PaddingRule(None):
            return {"type": "choice", "options": ["valid", "same"], "absent": "", "optional": False}
        case PaddingRule(high):
            return {"type": "padding", "low": 0, "high": high}
        case _:
            raise TypeError(f"the editor has no control for {rule!r}. Add one here and in JS.")
