"""A stack as plain values: sizes and windows as the trace has them, pixels as they are."""

import base64

import numpy as np

from cnn.lessons.receptive_field import architecture
from cnn.network.trace import trace
from cnn.pictures.network.field_stack import field_stack


def test_each_layer_has_its_size_and_its_windows():
    image = np.zeros((28, 28, 1), np.float32)
    image[2, 3] = 1
    found = field_stack(trace(architecture("c3-m2-d3")), image, ("one", "two", "three"))
    assert [layer["name"] for layer in found["layers"]] == ["one", "two", "three"]
    assert [layer["size"] for layer in found["layers"]] == [[28, 28], [14, 14], [14, 14]]
    assert [layer["axes"][0] for layer in found["layers"]] == [
        {"kernel": 3, "stride": 1, "dilation": 1, "before": 1},
        {"kernel": 2, "stride": 2, "dilation": 1, "before": 0},
        {"kernel": 3, "stride": 1, "dilation": 2, "before": 2},
    ]
    pixels = np.frombuffer(base64.b64decode(found["pixels"]), np.uint8)
    assert pixels.nonzero()[0].tolist() == [2 * 28 + 3]
    assert pixels.max() == 255
