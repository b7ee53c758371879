"""What one cell of the last map sees: by hand, and as far as a gradient reaches in Keras."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn.lessons.challenges.goals import judged, read
from cnn.network.architecture import Architecture
from cnn.network.blocks import (
    basic_residual,
    bottleneck_residual,
    dense_block,
    inception_block,
    projection_residual,
)
from cnn.network.deep_networks import Way, deep_network
from cnn.network.keras.model import build
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    Layers,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry

STACKS: dict[str, Layers] = {
    "an inception block, then a residual": (
        Conv2D(4, 3),
        *inception_block(4),
        *basic_residual(10),
    ),
    "a residual with a projection": (Conv2D(4, 3), *projection_residual(4), Conv2D(3, 3)),
    "a bottleneck": (Conv2D(4, 3), *bottleneck_residual(4)),
    "a dense block": (Conv2D(4, 3, strides=2), *dense_block(4)),
    "the widest branch first": (Branches(((Conv2D(2, 7, padding="same"),), (Conv2D(2, 1),))),),
    **{
        id: entry(id).architecture.layers
        for id in ("inception-lite", "resnet-lite", "mobilenet-lite", "lenet-5", "densenet-lite")
    },
}


def smooth(layers: Layers) -> Layers:
    """The same windows, but each passes on something of all it covers, and nothing is cut off."""
    return tuple(_smooth(layer) for layer in layers)


def _smooth(layer: Layer) -> Layer:
    match layer:
        case MaxPooling2D():
            return AveragePooling2D(layer.pool_size, layer.strides, layer.padding)
        case Activation():
            return Activation("linear")
        case Residual():
            return Residual(smooth(layer.body), smooth(layer.shortcut))
        case Branches():
            return replace(layer, branches=tuple(map(smooth, layer.branches)))
        case Conv2D():
            return replace(layer, activation=None)
    return replace(layer, activation=None) if layer.activation else layer


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.proof
def test_it_is_as_far_as_a_gradient_reaches_in_keras(stack: str):
    """All weights are positive, so that no two ways to a pixel cancel each other; the image is so
    large that no border cuts anything off.
    """
    import tensorflow as tf

    size = (161, 161, 1)
    layers = STACKS[stack]
    head = next(
        (i for i, one in enumerate(layers) if isinstance(one, Flatten | GlobalAveragePooling2D)),
        len(layers),
    )
    network = Architecture("Maps", size, smooth(layers[:head]))
    model = build(network)
    model.set_weights([np.ones_like(array) for array in model.get_weights()])
    image = tf.zeros((1, *size))
    with tf.GradientTape() as tape:
        tape.watch(image)
        found = model(image)
        # Of a concatenation one channel sees no more than its branch does.
        cell = tf.reduce_sum(found[0, found.shape[1] // 2, found.shape[2] // 2])
    reached = np.argwhere(np.asarray(tape.gradient(cell, image))[0, :, :, 0] != 0)
    extent = tuple(int(side) for side in np.ptp(reached, axis=0) + 1)

    whole = Architecture("Whole", size, (*layers[:head], GlobalAveragePooling2D(), Dense(3)))

    assert trace(whole).last_map_field == extent
    goal = read(f"field>{extent[0] - 1}")
    assert judged(goal, trace(whole))[0].value == extent[0]


@pytest.mark.parametrize("way", Way)
def test_a_block_whose_shortcut_is_written_last_sees_as_far_as_its_body(way: Way):
    """By hand: 3, then two of +2*2, +2*2 and +2*4, +2*4 and +2*8, the first of a pair before its
    stride: 3 + 4 + 4 + 4 + 8 + 8 + 16.
    """
    assert trace(deep_network(8, way)).last_map_field == (47, 47)


def test_a_piece_that_makes_no_map_sees_its_whole_input():
    head = Architecture("Head", (7, 7, 4), (Flatten(), Dense(10)))

    assert trace(head).last_map is None
    assert trace(head).last_map_field == (7, 7)


def test_a_fault_within_a_block_leaves_the_last_whole_layer_before_it():
    torn = Branches(((Conv2D(2, 5, padding="same"),), (Conv2D(2, 3),)))
    network = Architecture("Torn", (28, 28, 1), (Conv2D(4, 3), torn))

    assert trace(network, partial=True).last_map_field == (3, 3)
