"""Feature maps as plain values for a page."""

import base64

import numpy as np

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.pictures.inside.strip import ALL_BYTES, FEATURES, LARGEST, MAPS, strip


def strip_of(architecture, image):
    outputs = forward(architecture, random_weights(architecture), image[None]).outputs
    return strip(trace(architecture), image, outputs), outputs


def image_of(shape):
    return np.random.default_rng(0).random(shape, np.float32)


def test_there_is_a_part_for_the_input_and_for_every_layer():
    architecture = zoo()["resnet-lite"].architecture
    parts, _ = strip_of(architecture, image_of((28, 28, 1)))
    assert [part["title"] for part in parts[1:]] == [row.title for row in trace(architecture).rows]


def test_bytes_are_the_map_scaled_to_its_own_range():
    architecture = Architecture("one", (8, 8, 1), (Conv2D(2, 3),))
    parts, outputs = strip_of(architecture, image_of((8, 8, 1)))
    sent = np.frombuffer(base64.b64decode(parts[1]["bytes"]), np.uint8).reshape(2, 6, 6)
    first = outputs["conv2d_1"][0, :, :, 0]
    scaled = (first - first.min()) / (first.max() - first.min()) * 255
    np.testing.assert_allclose(sent[0], scaled, atol=0.51)
    assert (parts[1]["low"], parts[1]["high"]) == (
        outputs["conv2d_1"].min(),
        outputs["conv2d_1"].max(),
    )


def test_a_flat_map_is_black_and_not_an_error():
    architecture = Architecture("flat", (8, 8, 1), (Conv2D(1, 3),))
    parts, _ = strip_of(architecture, np.zeros((8, 8, 1), np.float32))
    assert set(base64.b64decode(parts[1]["bytes"])) == {0}


def test_what_is_not_shown_is_counted():
    architecture = Architecture("wide", (100, 80, 3), (Conv2D(40, 3, padding="same"), Flatten()))
    parts, _ = strip_of(architecture, image_of((100, 80, 3)))
    assert (parts[1]["count"], parts[1]["hidden"]) == (MAPS, 40 - MAPS)
    assert max(parts[1]["height"], parts[1]["width"]) <= LARGEST
    assert parts[2]["hidden"] == 100 * 80 * 40 - FEATURES


def test_of_very_many_layers_each_sends_fewer_maps_and_says_so():
    deep = Architecture("deep", (56, 56, 16), (Conv2D(16, 1),) * 600)
    outputs = {row.name: np.ones((1, 56, 56, 16), np.float32) for row in trace(deep).rows}
    parts = strip(trace(deep), np.ones((56, 56, 16), np.float32), outputs)
    assert {(part["count"], part["hidden"]) for part in parts} == {(3, 13)}
    assert sum(len(base64.b64decode(part["bytes"])) for part in parts) <= ALL_BYTES


def test_features_before_flattening_are_spelled_out():
    parts, _ = strip_of(zoo()["simple-cnn"].architecture, image_of((28, 28, 1)))
    assert "7×7×32 = 1,568" in [part["size"] for part in parts]
