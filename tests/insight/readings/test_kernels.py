"""Kernels made by hand."""

import numpy as np
import pytest

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.kernels import GALLERY, with_kernels
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Flatten

IMAGE = np.random.default_rng(0).random((1, 9, 9, 1), np.float32)


def through(names, kernel_size=3, channels=1, filters=2):
    size = (9, 9, channels)
    architecture = Architecture("k", size, (Conv2D(filters, kernel_size, padding="same"),))
    weights = with_kernels(architecture, random_weights(architecture), names)
    return forward(architecture, weights, np.repeat(IMAGE, channels, 3)).output[0]


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_identity_gives_the_image_whatever_the_window_and_the_channels(kernel_size, channels):
    found = through(("identity",), kernel_size, channels)
    np.testing.assert_allclose(found[..., 0], IMAGE[0, ..., 0], atol=1e-6)


def test_kernels_are_taken_in_turn():
    found = through(("identity", "blur"), filters=3)
    np.testing.assert_array_equal(found[..., 0], found[..., 2])
    assert not np.allclose(found[..., 0], found[..., 1])


def test_blur_is_the_mean_of_nine():
    assert through(("blur",))[4, 4, 0] == pytest.approx(IMAGE[0, 3:6, 3:6, 0].mean(), abs=1e-6)


def test_sobel_x_answers_to_a_vertical_edge_from_dark_to_bright():
    edge = np.zeros((5, 5))
    edge[:, 3:] = 1
    assert (GALLERY["Sobel x"] * edge[1:4, 1:4]).sum() == 4
    assert (GALLERY["Sobel y"] * edge[1:4, 1:4]).sum() == 0


@pytest.mark.parametrize("name", ["Sobel x", "Sobel y", "Laplacian", "edges"])
def test_what_finds_edges_is_silent_on_a_flat_image(name):
    assert GALLERY[name].sum() == 0


@pytest.mark.parametrize("name", ["identity", "blur", "Gaussian", "sharpen"])
def test_what_keeps_the_image_keeps_its_brightness(name):
    assert GALLERY[name].sum() == pytest.approx(1)


def test_a_network_without_a_convolution_keeps_its_weights():
    architecture = Architecture("f", (4, 4, 1), (Flatten(),))
    weights = random_weights(architecture)
    assert with_kernels(architecture, weights, ("blur",)) is weights
