"""Dense layers behind a global pooling whose vector a Reshape makes a map of one cell at last.

Squeeze and excite is often written so: `Reshape((1, 1, channels))` behind the second Dense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    Layers,
)


def on_one_cell(layers: Sequence[Layer]) -> Layers:
    """The layers that end such a series as they are on a map of one cell: the global pooling that
    keeps it, and all behind it, each Dense as a 1x1 convolution. Empty where they are others.
    """
    found: list[Layer] = []
    for layer in reversed(layers):
        if isinstance(layer, GlobalAveragePooling2D | GlobalMaxPooling2D):
            return (replace(layer, keepdims=True), *reversed(found))
        if isinstance(layer, Dense):
            layer = Conv2D(layer.units, 1, activation=layer.activation, use_bias=layer.use_bias)
        elif not (layer.is_idle or isinstance(layer, Activation | BatchNormalization)):
            return ()
        found.append(layer)
    return ()
