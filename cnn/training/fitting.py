"""Fitting a network to its data before training; every change is said in a sentence."""

from __future__ import annotations

from dataclasses import replace

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Activation, Dense
from cnn.network.trace import trace


def fitted(architecture: Architecture, classes: int) -> tuple[Architecture, tuple[str, ...]]:
    """The network with one output per class, and what was changed for it."""
    output = trace(architecture).output_shape
    if output == (classes,):
        return architecture, ()
    place = _head(architecture)
    head = architecture.layers[place]
    assert isinstance(head, Dense)
    layers = list(architecture.layers)
    layers[place] = replace(head, units=classes)
    changed = Architecture(architecture.name, architecture.input, tuple(layers))
    before, after = trace(architecture).total_params, trace(changed).total_params
    return changed, (
        f"The last dense layer has {classes} units instead of {head.units}, one per class; "
        f"the network has {after:,} parameters instead of {before:,}.",
    )


def from_scores(architecture: Architecture) -> Architecture:
    """The same network without the softmax at its end: what training reads, as it is exact."""
    layers = list(architecture.layers)
    last = layers[-1] if layers else None
    if isinstance(last, Activation) and last.activation == "softmax":
        layers.pop()
    elif isinstance(last, Dense) and last.activation == "softmax":
        layers[-1] = replace(last, activation=None)
    return Architecture(architecture.name, architecture.input, tuple(layers))


def _head(architecture: Architecture) -> int:
    """The place of the dense layer that gives the class scores."""
    for place in reversed(range(len(architecture.layers))):
        layer = architecture.layers[place]
        if isinstance(layer, Dense):
            return place
        if not isinstance(layer, Activation):
            break
    raise ArchitectureError(
        f"{architecture.name} does not end in a Dense layer, so it cannot be given one output "
        "per class. Add a Flatten or GlobalAveragePooling2D, then a Dense layer."
    )
