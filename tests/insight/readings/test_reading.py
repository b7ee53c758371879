"""Reading a drawing with networks of any input."""

import numpy as np
from PIL import Image

from cnn.data import load
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.insight.passes.operations import Array
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.reading import Reader, without_margin
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.shapes import MapShape

PIXELS = load("mnist-sample").test.pixels[:5, :, :, 0]
IMAGES: Array = PIXELS.astype(np.float32) / np.float32(255)


def reader(shape: MapShape, data: DatasetName = DatasetName.MNIST_SAMPLE) -> Reader:
    network = Architecture("reads", shape, (Flatten(), Dense(10)))
    return Reader(network, random_weights(network), DatasetSpec(data))


def test_a_network_of_28_pixels_gets_the_image_as_it_is():
    one = reader((28, 28, 1))
    np.testing.assert_array_equal(one.fitted(IMAGES)[..., 0], IMAGES)
    assert one.fitting == ""
    kernel = one.weights["dense_1"][0]
    np.testing.assert_allclose(one.scores(IMAGES), IMAGES.reshape(5, -1) @ kernel, atol=1e-4)


def test_another_input_gets_what_its_training_got():
    one = reader((32, 20, 3))
    fitted = one.fitted(IMAGES)
    wanted = np.asarray(Image.fromarray(PIXELS[2]).resize((20, 32), Image.Resampling.BILINEAR))
    for channel in range(3):
        np.testing.assert_allclose(fitted[2, :, :, channel], wanted / 255, atol=1e-6)
    assert one.fitting == "The image is resized to 32×20 and copied to 3 channels for it."


def test_the_small_digits_have_no_margin_so_it_is_cut():
    cut = without_margin(PIXELS[0])
    assert cut.shape == (20, 20)
    assert cut.astype(int).sum() == PIXELS[0].astype(int).sum()
    one = reader((8, 8, 1), DatasetName.DIGITS)
    wanted = np.asarray(Image.fromarray(cut).resize((8, 8), Image.Resampling.BILINEAR)) / 255
    np.testing.assert_allclose(one.fitted(IMAGES)[0, :, :, 0], wanted, atol=1e-6)
    assert one.fitting == "The image is cut to its ink and resized to 8×8 for it."


def test_an_image_without_ink_is_read_too():
    assert reader((8, 8, 1), DatasetName.DIGITS).scores(np.zeros((1, 28, 28), "f")).shape == (1, 10)
