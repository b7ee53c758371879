"""An image and its shares as plain values: pixels as bytes, every share as it is."""

import base64

import numpy as np

from cnn.pictures.inside.looks import looks


def test_pixels_are_bytes_and_shares_stand_head_by_head_and_row_by_row():
    image = np.zeros((4, 4), np.float32)
    image[1, 2] = 1
    weights = np.arange(2 * 4 * 4, dtype=np.float32).reshape(2, 4, 4)
    found = looks(image, weights, (2, 2))
    assert (found["pixels"], found["size"], found["heads"]) == ([4, 4], [2, 2], 2)
    pixels = np.frombuffer(base64.b64decode(found["image"]), np.uint8)
    assert pixels.nonzero()[0].tolist() == [4 + 2]
    assert pixels.max() == 255
    shares = np.frombuffer(base64.b64decode(found["shares"]), "<f4")
    assert shares[1 * 16 + 2 * 4 + 3] == weights[1, 2, 3]
    assert shares.size == weights.size
