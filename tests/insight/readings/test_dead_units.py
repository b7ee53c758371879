"""Units that never fire, on networks whose weights make that plain, and against a loop."""

import numpy as np

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.dead_units import layer_activity
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation, Conv2D, Dense, Flatten, Residual

IMAGES = np.random.default_rng(0).uniform(0, 1, (60, 4, 4, 1)).astype(np.float32)


def test_a_filter_whose_bias_is_far_below_zero_is_dead_and_a_sloped_one_never_is():
    network = Architecture(
        "Some",
        (4, 4, 1),
        (Conv2D(3, 1, activation="relu"), Conv2D(2, 1, activation="leaky_relu"), Flatten()),
    )
    kernel = np.ones((1, 1, 1, 3), np.float32)
    weights: Weights = {
        "conv2d_1": (kernel, np.array([0, -9, -0.5], np.float32)),
        "conv2d_2": (np.zeros((1, 1, 3, 2), np.float32), np.full(2, -9, np.float32)),
    }

    (found,) = layer_activity(network, weights, IMAGES)

    assert (found.title, found.units, found.dead, found.images) == ("Conv2D #1", 3, 1, 60)


def test_it_is_what_a_loop_over_images_and_units_finds_also_inside_containers():
    network = Architecture(
        "Some",
        (4, 4, 1),
        (
            Residual((Conv2D(4, 3, padding="same", activation="relu"),), (Conv2D(4, 1),)),
            Activation("relu6"),
            Flatten(),
            Dense(12, "relu"),
            Dense(3, "softmax"),
        ),
    )
    weights = dict(random_weights(network, seed=3))
    weights["dense_1"] = (weights["dense_1"][0], np.linspace(-4, 1, 12).astype(np.float32))

    found = layer_activity(network, weights, IMAGES)

    outputs = forward(network, weights, IMAGES)
    assert [layer.title for layer in found] == ["Conv2D #1", "Activation #1", "Dense #1"]
    for layer in found:
        output = outputs[layer.name]
        dead = sum(
            all(float(one.max()) <= 0 for one in output[..., unit]) for unit in range(layer.units)
        )
        assert (layer.units, layer.dead) == (output.shape[-1], dead)
    assert found[-1].dead > 0


def test_no_images_say_nothing():
    network = Architecture("Some", (4, 4, 1), (Flatten(), Dense(3, "relu")))

    assert layer_activity(network, random_weights(network), IMAGES[:0]) == ()
