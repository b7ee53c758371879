"""Feature maps of the lesson against naive loops."""

import numpy as np
import pytest

from cnn.insight.readings.kernels import GALLERY
from cnn.lessons.kernels import (
    CUSTOM,
    IDENTITY,
    NAMES,
    SLICES,
    channel_maps,
    coloured_shapes,
    counts,
    feature_maps,
    kernel_of,
    network,
)
from cnn.network.trace import trace

CUSTOM_WEIGHTS = (0.5, -1.0, 0.0, 2.0, 0.25, -3.0, 1.0, 0.0, -0.5)
each_size = pytest.mark.parametrize("channels", [1, 3])


def picture(channels):
    return np.random.default_rng(channels).random((9, 7, channels), np.float32)


def by_loops(image, kernel):
    height, width, channels = image.shape
    found = np.zeros((height - 2, width - 2, 1))
    for row in range(height - 2):
        for column in range(width - 2):
            for i in range(3):
                for j in range(3):
                    for channel in range(channels):
                        pixel = float(image[row + i, column + j, channel])
                        found[row, column, 0] += pixel * float(kernel[i, j, channel])
    return found


@each_size
@pytest.mark.parametrize("slices", SLICES)
@pytest.mark.parametrize("relu", [False, True])
def test_each_kernels_map_is_that_of_a_naive_loop(channels, slices, relu):
    image = picture(channels)
    chosen = [kernel_of(name, CUSTOM_WEIGHTS, channels, slices) for name in NAMES]
    for kernel, found in zip(chosen, feature_maps(image, chosen, relu), strict=True):
        wanted = by_loops(image, kernel)
        np.testing.assert_allclose(found, np.maximum(wanted, 0) if relu else wanted, atol=2e-6)


@pytest.mark.parametrize("slices", SLICES)
def test_the_channels_of_a_colour_image_add_up_to_its_map(slices):
    image = coloured_shapes()
    kernel = kernel_of("sharpen", IDENTITY, 3, slices)
    parts = channel_maps(image, kernel)
    for channel, part in enumerate(parts):
        alone = by_loops(image[..., [channel]], kernel[..., [channel]])
        np.testing.assert_allclose(part, alone, atol=2e-6)
    np.testing.assert_allclose(sum(parts), by_loops(image, kernel), atol=2e-6)


def test_a_kernel_that_treats_channels_alike_does_not_see_the_edge_of_red_and_green():
    image = coloured_shapes()
    edge = np.s_[13:22, 13, 0]  # the left side of the green square, within the red disc
    assert image[15, 13].tolist() == [1, 0, 0]
    assert image[15, 14].tolist() == [0, 1, 0]
    maps = {
        slices: feature_maps(image, [kernel_of("Sobel x", IDENTITY, 3, slices)], False)[0]
        for slices in SLICES
    }
    np.testing.assert_allclose(maps["alike"][edge], 0, atol=1e-6)
    np.testing.assert_allclose(maps["red"][edge], -4)
    np.testing.assert_allclose(maps["red-green"][edge], -8)


@pytest.mark.parametrize("name", ["edges", "Sobel x", "Laplacian"])
@pytest.mark.parametrize("slices", SLICES)
def test_cells_are_counted_as_exact_arithmetic_counts_them(name, slices):
    tenths = np.rint(coloured_shapes() * 10).astype(int)
    shares = {"alike": (1, 1, 1), "red": (1, 0, 0), "red-green": (1, -1, 0)}[slices]
    whole = np.rint(GALLERY[name]).astype(int)
    exact = np.zeros((46, 46), int)
    for i in range(3):
        for j in range(3):
            exact += whole[i, j] * (tenths[i : i + 46, j : j + 46] * shares).sum(axis=2)
    wanted = ((exact > 0).sum(), (exact == 0).sum(), (exact < 0).sum())

    kernel = kernel_of(name, IDENTITY, 3, slices)
    assert counts(feature_maps(coloured_shapes(), [kernel], relu=False)[0]) == wanted


def test_a_kernel_of_ones_own_is_taken_line_by_line():
    kernel = kernel_of(CUSTOM, CUSTOM_WEIGHTS, 1, "red")
    assert kernel[:, :, 0].tolist() == [[0.5, -1.0, 0.0], [2.0, 0.25, -3.0], [1.0, 0.0, -0.5]]


def test_the_gallery_is_offered_whole():
    assert {"identity", "blur", "sharpen", "edges", "Sobel x", "Sobel y"} <= set(NAMES)
    assert {"Laplacian", "emboss", "Gaussian", CUSTOM} <= set(NAMES)
    assert NAMES[:-1] == tuple(GALLERY)


def test_the_network_is_the_layer_that_made_the_maps():
    found = trace(network(picture(3), 4, relu=True))
    assert found.output_shape == (7, 5, 4)
    assert found.total_params == 4 * (3 * 3 * 3 + 1)
    assert feature_maps(picture(3), [], relu=False) == []
