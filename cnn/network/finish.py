"""The head that is missing: what turns a stack of feature layers into a classifier."""

from __future__ import annotations

from dataclasses import replace

from cnn.network.architecture import Architecture
from cnn.network.heads import SHARES, end_activation, settled
from cnn.network.layers import Activation, Dense, Flatten, GlobalAveragePooling2D, Layer
from cnn.network.shapes import element_count
from cnn.network.trace import trace

FLATTEN_UP_TO = 4_096
"""Above so many features, a mean over the map keeps the dense layer from holding everything."""


def finished(architecture: Architecture, classes: int) -> Architecture:
    """The network with a head for so many classes; one that has such a head is left as it is."""
    output = trace(architecture).output_shape
    if output == (classes,) and end_activation(architecture) in SHARES:
        return settled(architecture)[0]
    head: list[Layer] = []
    if len(output) == 3:
        flat = element_count(output) <= FLATTEN_UP_TO
        head.append(Flatten() if flat else GlobalAveragePooling2D())
    if output == (classes,):
        head.append(Activation("softmax"))
    else:
        head.append(Dense(classes, activation="softmax"))
    layers = (*architecture.layers, *head)
    return replace(architecture, layers=layers)
