"""Loops by hand are the oracle of what a picture of a layer shows; Keras of what it spreads."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d

from cnn.insight.passes.slide import Reading, convolved, pooled, same_values, spread_out
from cnn.lessons.patterns import KERNELS, WORKED, WORKED_POOLING
from cnn.network.errors import ArchitectureError
from cnn.network.layers import (
    AveragePooling2D,
    Conv2D,
    Conv2DTranspose,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)

NO_BIAS = np.zeros(1, np.float32)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def text(values: np.ndarray) -> list[str]:
    return ["".join(f"{value:g}" for value in row) for row in values]


def loop(image, kernel, bias, stride: int, padding: int, dilation: int) -> np.ndarray:
    """A convolution as it is told in words: for each cell, window times kernel, and the bias."""
    height, width, channels = image.shape
    size = kernel.shape[0]
    reach = dilation * (size - 1) + 1
    rows, columns = ((side + 2 * padding - reach) // stride + 1 for side in (height, width))
    out = np.zeros((rows, columns, kernel.shape[3]))
    for y, x, f in np.ndindex(*out.shape):
        total = float(bias[f])
        for i, j, c in np.ndindex(size, size, channels):
            row, column = y * stride + i * dilation - padding, x * stride + j * dilation - padding
            if 0 <= row < height and 0 <= column < width:
                total += float(image[row, column, c]) * float(kernel[i, j, c, f])
        out[y, x, f] = total
    return out


def test_the_worked_convolution_of_the_first_view():
    slide = convolved(Conv2D(1, 3), WORKED[..., None], KERNELS["x"][..., None, None], NO_BIAS)

    assert text(slide.output[..., 0]) == ["422", "234", "133"]


def test_the_worked_pooling_of_the_first_view():
    slide = pooled(MaxPooling2D(2), WORKED_POOLING[..., None])

    assert text(slide.output[..., 0]) == ["3234", "4345", "3233", "5456"]


@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3), st.integers(1, 3)
)
def test_any_slide_agrees_with_a_loop(size, stride, padding, channels, filters):
    image, bias = numbers(6, 7, channels), numbers(filters, seed=2)
    kernel = numbers(size, size, channels, filters, seed=1)

    found = convolved(Conv2D(filters, size, strides=stride, padding=padding), image, kernel, bias)

    wanted = loop(image, kernel, bias, stride, padding, 1)
    np.testing.assert_allclose(found.output, wanted, rtol=1e-4, atol=1e-4)


def test_a_dilated_slide_agrees_with_a_loop():
    image, kernel, bias = numbers(8, 9, 2), numbers(3, 3, 2, 2, seed=1), numbers(2, seed=2)

    found = convolved(Conv2D(2, 3, dilation_rate=2, padding=1), image, kernel, bias)

    np.testing.assert_allclose(found.output, loop(image, kernel, bias, 1, 1, 2), atol=1e-5)


def test_flipped_it_is_the_convolution_of_scipy():
    image, kernel = numbers(6, 7), numbers(3, 3, seed=1)

    found = convolved(
        Conv2D(1, 3, use_bias=False), image[..., None], kernel[..., None, None], flipped=True
    )

    wanted = convolve2d(image, kernel, mode="valid")
    np.testing.assert_allclose(found.output[..., 0], wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(found.kernel, kernel[..., None, None])


@pytest.mark.parametrize(
    ("layer", "reading", "combine"),
    [
        (MaxPooling2D(2, strides=3), Reading.MAX, np.max),
        (AveragePooling2D(3, strides=1), Reading.MEAN, np.mean),
    ],
)
def test_pooling_agrees_with_a_loop(layer, reading, combine):
    image = numbers(7, 8, 2)
    size, stride = layer.pool_size[0], layer.strides[0]

    found = pooled(layer, image)

    assert found.reading == reading
    for y, x, c in np.ndindex(*found.output.shape):
        window = image[y * stride : y * stride + size, x * stride : x * stride + size, c]
        assert found.output[y, x, c] == pytest.approx(combine(window), abs=1e-6)


@pytest.mark.parametrize(
    ("layer", "combine"), [(GlobalMaxPooling2D(), np.max), (GlobalAveragePooling2D(), np.mean)]
)
def test_a_global_pooling_has_one_window_as_large_as_the_map(layer, combine):
    image = numbers(5, 6, 2)

    found = pooled(layer, image)

    assert [(axis.kernel, axis.output) for axis in found.axes] == [(5, 1), (6, 1)]
    np.testing.assert_allclose(found.output[0, 0], combine(image, axis=(0, 1)), rtol=1e-5)


def test_a_kernel_that_does_not_fit_is_refused_with_a_reason():
    with pytest.raises(ArchitectureError, match="a 9x9 kernel does not fit a 5x5 input"):
        convolved(
            Conv2D(1, 5, dilation_rate=2),
            numbers(5, 5, 1),
            numbers(5, 5, 1, 1),
            NO_BIAS,
        )


def test_the_same_values_are_found_cell_by_cell():
    found = same_values(np.array([[1, 2], [3, 0.1]]), np.array([[1, 5], [3, 0.1 + 1e-8]]))

    assert found.tolist() == [[True, False], [True, True]]


def in_keras(image: np.ndarray, kernel: np.ndarray, stride: int, padding: str) -> np.ndarray:
    layer = keras.layers.Conv2DTranspose(1, kernel.shape[:2], stride, padding, use_bias=False)
    layer.build((None, *image.shape))
    layer.set_weights([kernel])
    made: np.ndarray = np.asarray(layer(image[None]))[0]
    return made


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("size", "stride"), [(k, s) for k in range(2, 6) for s in range(1, 4) if k >= s]
)
def test_what_is_spread_and_how_many_windows_meet_is_as_in_keras(size, stride, padding):
    image, kernel = numbers(3, 4, 1), numbers(size, size, 1, 1, seed=1)
    layer = Conv2DTranspose(1, size, strides=stride, padding=padding, use_bias=False)

    found = spread_out(layer, image, kernel)

    wanted = in_keras(image, kernel, stride, padding)
    np.testing.assert_allclose(found.output, wanted, rtol=1e-5, atol=1e-5)
    ones = in_keras(np.ones_like(image), np.ones_like(kernel), stride, padding)
    np.testing.assert_array_equal(found.meeting, ones[..., 0])


def test_the_windows_of_a_stride_of_two_by_hand():
    layer = Conv2DTranspose(1, 3, strides=2, use_bias=False)
    image = np.array([[1, 2], [3, 4]], np.float32)[..., None]

    found = spread_out(layer, image, np.ones((3, 3, 1, 1), np.float32))

    # The middle row and column are shared by two windows, the middle cell by all four.
    assert found.output[..., 0].tolist() == [
        *([[1, 1, 3, 2, 2]] * 2),
        [4, 4, 10, 6, 6],
        *([[3, 3, 7, 4, 4]] * 2),
    ]
    assert text(found.meeting) == ["11211", "11211", "22422", "11211", "11211"]
