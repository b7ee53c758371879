"""What one Keras layer is here, or why it is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from typing import Any

from cnn.network.errors import ArchitectureError, shown
from cnn.network.fields import ACTIVATIONS
from cnn.network.keras.augmentation import (
    AUGMENTATION,
    BEHIND_OTHERS,
    SIZED_BEHIND_OTHERS,
    SIZING,
)
from cnn.network.keras.origin import check_origin
from cnn.network.keras.read_graph import ATTENTION
from cnn.network.keras.read_options import Options
from cnn.network.layers import (
    KINDS,
    Activation,
    Container,
    Convolution,
    Layer,
    Pooling,
    rules,
)
from cnn.network.layers.merges import MERGES

SAME_IN_KERAS = {
    name: kind
    for name, kind in KINDS.items()
    if not issubclass(kind, Container) and kind.same_in_keras
}
"""The kinds whose fields are Keras' own."""

ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}

_OPERATIONS = {
    "ops.Relu": "relu",
    "ops.Relu6": "relu6",
    "ops.Selu": "selu",
    "ops.Silu": "silu",
    "ops.Softplus": "softplus",
    "ops.Softsign": "softsign",
    "ops.Sigmoid": "sigmoid",
    "ops.HardSigmoid": "hard_sigmoid",
    "ops.HardSilu": "hard_silu",
    "ops.Tanh": "tanh",
}
"""Keras' operations that are activations without options, as `keras.ops.relu(x)`."""

_HINTS = {
    "Lambda": "it holds Python code, which is never run. Use layers such as Rescaling instead.",
    **{merge.keras: "it joins only one input. Remove it." for merge in MERGES.values()},
    **dict.fromkeys(AUGMENTATION, BEHIND_OTHERS),
    **dict.fromkeys(SIZING, SIZED_BEHIND_OTHERS),
}
_NO_COUNTERPART = "there is no such layer here. Known are {}. Replace or remove it."
_OPERATION_HINT = "this operation has no counterpart here. Replace it by a layer."


def layers_of(options: Options) -> tuple[Layer, ...]:
    """The layers that do what the Keras layer does: one, and its activation where that is a layer.

    Takes what it understands from the options.
    """
    kind = options.node.kind
    try:
        if kind in SAME_IN_KERAS:
            return same_in_keras(SAME_IN_KERAS[kind], options)
        if kind in _OPERATIONS:
            return (Activation(_OPERATIONS[kind]),)
        if kind in _ACTIVATIONS:
            return _ACTIVATIONS[kind](options)
    except ArchitectureError as error:
        raise options.node.blamed(error) from None
    raise options.node.error(_hint(kind))


def same_in_keras(kind: type[Layer], options: Options) -> tuple[Layer, ...]:
    """A layer of this kind with the fields of Keras', and its activation where that is a layer."""
    values = {}
    needed = {field.name for field in fields(kind) if field.default is MISSING} | {"rate"}
    for name, rule in rules(kind).items():
        if name in options.left:
            values[name] = options.take(name)
        elif name in needed:
            raise options.node.error(f"{name} is missing: it must be {rule.wanted}.")
    slides = issubclass(kind, Convolution | Pooling)
    if slides and values.get("padding", "valid") not in ("valid", "same"):
        padding = shown(values["padding"])
        raise options.node.error(f'padding must be "valid" or "same", got {padding}.')
    if "axis" in options.left:
        options.check_axis()
    if "activation" not in rules(kind):
        return (kind(**values),)
    values["activation"], behind = _activation(options, values.get("activation"))
    return kind(**values), *behind


def _activation(options: Options, value: Any) -> tuple[str | None, tuple[Layer, ...]]:
    """An activation's name, or the layers that are to follow where it is a layer with options."""
    if isinstance(value, dict):
        kind, config = value.get("class_name"), value.get("config")
        if kind == "function":
            value = config
        elif isinstance(kind, str) and kind in _ACTIVATIONS and isinstance(config, dict):
            node = replace(options.node, kind=kind, options=config)
            check_origin(node.kind, value, node.error)
            if options.node.kind != kind:  # an Activation of an Activation is taken no further
                layer = Options.of(node, options.shape, options.notes)
                layers = layers_of(layer)
                layer.finish()
                return None, layers
    if value is None:
        return None, ()
    name = ALIASES.get(value, value) if isinstance(value, str) else None
    if name not in ACTIVATIONS:
        raise options.node.error(
            f"the activation {shown(value)} is not known here. Use one of {', '.join(ACTIVATIONS)}."
        )
    if name == "hard_sigmoid" and options.node.keras_2:
        raise options.node.error(
            "hard_sigmoid in Keras 2 is clip(0.2 x + 0.5, 0, 1), in Keras 3 and here "
            "relu6(x + 3) / 6. Load and save the model with Keras 3, or use sigmoid."
        )
    return name, ()


def _activation_layer(options: Options) -> tuple[Layer, ...]:
    name, layers = _activation(options, options.take("activation"))
    return layers or (Activation(name or "linear"),)


def _relu(options: Options) -> tuple[Layer, ...]:
    ceiling = options.take("max_value")
    slope, threshold = options.take("negative_slope", 0.0), options.take("threshold", 0.0)
    if ceiling == 6 and slope == threshold == 0:
        return (Activation("relu6"),)
    return (Activation("relu", slope, ceiling, threshold),)


def _leaky_relu(options: Options) -> tuple[Layer, ...]:
    alpha = options.take("alpha")  # Keras 2's word
    return (Activation("relu", options.take("negative_slope", alpha)),)


def _elu(options: Options) -> tuple[Layer, ...]:
    alpha = options.take("alpha", 1.0)
    if alpha != 1:
        raise options.node.error(f"alpha={shown(alpha)}, but elu is known with alpha=1 alone.")
    return (Activation("elu"),)


def _gelu(options: Options) -> tuple[Layer, ...]:
    if options.take("approximate", True):
        raise options.node.error("gelu is approximated. Use approximate=False.")
    return (Activation("gelu"),)


def _softmax(options: Options) -> tuple[Layer, ...]:
    options.check_axis()
    return (Activation("softmax"),)


_ACTIVATIONS: dict[str, Callable[[Options], tuple[Layer, ...]]] = {
    "Activation": _activation_layer,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ops.LeakyRelu": _leaky_relu,
    "ELU": _elu,
    "ops.Elu": _elu,
    "ops.Gelu": _gelu,
    "Softmax": _softmax,
    "ops.Softmax": _softmax,
}


def _hint(kind: str) -> str:
    if kind.startswith(("ops.", "TFOp", "TensorFlowOp", "SlicingOp")):
        return _OPERATION_HINT
    return _HINTS.get(kind, _NO_COUNTERPART.format(", ".join(sorted({*SAME_IN_KERAS, ATTENTION}))))
