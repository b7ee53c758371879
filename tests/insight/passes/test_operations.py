"""Loops over windows, in 64 bits, are the oracle; the worked examples are done by hand."""

import tracemalloc
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn.insight.passes import operations as ops
from cnn.network.layers import Axes
from cnn.network.shapes import Axis, axis

Array = npt.NDArray[np.float32]
Exact = npt.NDArray[np.float64]
Draw = st.DrawFn


def grid(*rows: str) -> Array:
    """One image of one channel, written as digits."""
    return np.array([[int(digit) for digit in row] for row in rows], np.float32)[None, :, :, None]


def digits(image: Array) -> list[str]:
    return ["".join(f"{value:g}" for value in row) for row in image[0, :, :, 0]]


def both(side: Axis) -> Axes:
    return side, side


ANY_PADDING = ("valid", "same", 0, 1, 2)


@st.composite
def slides(draw: Draw, paddings: tuple[int | str, ...] = ANY_PADDING, dilated: bool = True) -> Axes:
    """A window that fits its small map, each axis in its own way."""
    padding = draw(st.sampled_from(paddings))
    found = []
    for _ in range(2):
        dilation = draw(st.integers(1, 3)) if dilated else 1
        kernel = draw(st.integers(1, 4))
        each = padding if isinstance(padding, int) else 0
        least = 1 if padding == "same" else max(dilation * (kernel - 1) + 1 - 2 * each, 1)
        size = draw(st.integers(least, least + 8))
        found.append(axis(size, kernel, draw(st.integers(1, 3)), dilation, padding))
    return found[0], found[1]


def numbers(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def maps(axes: Axes, channels: int, images: int = 2) -> Array:
    return numbers(images, axes[0].size, axes[1].size, channels)


def window(image: Array, axes: Axes, y: int, x: int) -> list[tuple[int, int, Array]]:
    """The places of the window for one output cell that lie in the image, with the pixels there."""
    rows, columns = axes
    found = []
    for i, j in product(range(rows.kernel), range(columns.kernel)):
        row = y * rows.stride + i * rows.dilation - rows.before
        column = x * columns.stride + j * columns.dilation - columns.before
        if 0 <= row < rows.size and 0 <= column < columns.size:
            found.append((i, j, image[row, column]))
    return found


def naive_conv2d(images: Array, kernel: Array, axes: Axes, groups: int = 1) -> Exact:
    filters, depth = kernel.shape[3], kernel.shape[2]
    out = np.zeros((len(images), axes[0].output, axes[1].output, filters))
    for n, y, x, f in np.ndindex(*out.shape):
        first = f // (filters // groups) * depth
        for i, j, pixel in window(images[n], axes, y, x):
            for c in range(depth):
                out[n, y, x, f] += float(kernel[i, j, c, f]) * float(pixel[first + c])
    return out


def naive_depthwise_conv2d(images: Array, kernel: Array, axes: Axes) -> Exact:
    channels, multiplier = kernel.shape[2:]
    out = np.zeros((len(images), axes[0].output, axes[1].output, channels * multiplier))
    for n, y, x, f in np.ndindex(*out.shape):
        c, m = divmod(f, multiplier)
        for i, j, pixel in window(images[n], axes, y, x):
            out[n, y, x, f] += float(kernel[i, j, c, m]) * float(pixel[c])
    return out


def naive_pool(images: Array, axes: Axes, kind: str) -> Exact:
    area = axes[0].kernel * axes[1].kernel
    out = np.zeros((len(images), axes[0].output, axes[1].output, images.shape[3]))
    for n, y, x in np.ndindex(*out.shape[:3]):
        seen = np.array([pixel for _, _, pixel in window(images[n], axes, y, x)], np.float64)
        if kind == "max":
            out[n, y, x] = seen.max(axis=0)
        else:
            out[n, y, x] = seen.sum(axis=0) / (area if kind == "counts padding" else len(seen))
    return out


def assert_close(found: Array, wanted: Exact) -> None:
    assert found.dtype == np.float32
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_the_worked_convolution():
    image = grid("10100", "01101", "00110", "10011", "01011")
    kernel = grid("101", "010", "101").reshape(3, 3, 1, 1)

    assert digits(ops.conv2d(image, kernel, both(axis(5, 3, 1)))) == ["422", "234", "133"]


def test_the_worked_pooling():
    image = grid(
        *("12103214", "23212132", "12101021", "34324335"),
        *("23213223", "12102112", "45435446", "34324335"),
    )

    assert digits(ops.max_pool(image, both(axis(8, 2, 2)))) == ["3234", "4345", "3233", "5456"]


def test_the_kernel_is_not_flipped():
    image, kernel = grid("100", "000", "000"), grid("123", "456", "789").reshape(3, 3, 1, 1)

    found = ops.conv2d(image, kernel, both(axis(3, 3, 1, padding="same")))

    assert digits(found) == ["540", "210", "000"]


@given(slides(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_a_convolution_agrees_with_a_loop(axes, groups, depth, filters):
    images = maps(axes, groups * depth)
    kernel = numbers(axes[0].kernel, axes[1].kernel, depth, groups * filters, seed=1)

    found = ops.conv2d(images, kernel, axes, groups)

    assert_close(found, naive_conv2d(images, kernel, axes, groups))


@given(slides(), st.integers(1, 12), st.integers(1, 3))
def test_a_depthwise_convolution_agrees_with_a_loop(axes, channels, multiplier):
    images = maps(axes, channels)
    kernel = numbers(axes[0].kernel, axes[1].kernel, channels, multiplier, seed=1)

    found = ops.depthwise_conv2d(images, kernel, axes)

    assert_close(found, naive_depthwise_conv2d(images, kernel, axes))


@given(slides(dilated=False), st.integers(1, 3))
def test_max_pooling_agrees_with_a_loop(axes, channels):
    images = maps(axes, channels) - 10  # all negative: padding of 0 would win
    cells = np.ndindex(axes[0].output, axes[1].output)
    assume(all(window(images[0], axes, y, x) for y, x in cells))

    assert_close(ops.max_pool(images, axes), naive_pool(images, axes, "max"))


@given(slides(("same",), dilated=False), st.integers(1, 3))
def test_average_pooling_leaves_the_padding_of_same_out(axes, channels):
    images = maps(axes, channels)

    found = ops.average_pool(images, axes, count_padding=False)

    assert_close(found, naive_pool(images, axes, "leaves padding out"))


@given(slides(("valid", 0, 1, 2), dilated=False), st.integers(1, 3))
def test_average_pooling_counts_the_zeros_of_a_whole_number_padding(axes, channels):
    images = maps(axes, channels)

    found = ops.average_pool(images, axes, count_padding=True)

    assert_close(found, naive_pool(images, axes, "counts padding"))


@pytest.mark.parametrize("most", [1, 40, 500, 5_000])
def test_blocks_of_any_size_give_the_same(monkeypatch, most):
    axes = axis(9, 3, 1, padding="same"), axis(8, 2, 1, padding="same")
    images = maps(axes, 5, images=3)
    wide, narrow, deep = numbers(3, 2, 5, 4), numbers(3, 2, 1, 4), numbers(3, 2, 5, 2)
    monkeypatch.setattr(ops, "BLOCK_NUMBERS", most)
    monkeypatch.setattr(ops, "DEPTHWISE_NUMBERS", most)

    assert_close(ops.conv2d(images, wide, axes), naive_conv2d(images, wide, axes))
    one = images[..., :1]
    assert_close(ops.conv2d(one, narrow, axes), naive_conv2d(one, narrow, axes))
    found = ops.depthwise_conv2d(images, deep, axes)
    assert_close(found, naive_depthwise_conv2d(images, deep, axes))


@pytest.mark.parametrize("channels", [1, 3, 16])
def test_images_may_lie_in_memory_in_any_order(channels):
    axes = axis(9, 3, 2), axis(8, 3, 1)
    images = numbers(channels, 8, 9, 2).T[:, ::-1]
    kernel = numbers(2, channels, 3, 3).transpose(2, 3, 1, 0)

    assert_close(ops.conv2d(images, kernel, axes), naive_conv2d(images, kernel, axes))
    assert_close(ops.max_pool(images, axes), naive_pool(images, axes, "max"))
    assert_close(ops.average_pool(images, axes, True), naive_pool(images, axes, "counts padding"))


def test_a_large_convolution_needs_one_block_beside_its_input_and_output():
    side = axis(160, 3, 1, padding="same")
    images, kernel = numbers(2, 160, 160, 64), numbers(3, 3, 64, 32)
    patches = 2 * 160 * 160 * kernel[..., 0].size  # 118 MB as one table

    tracemalloc.start()
    out = ops.conv2d(images, kernel, both(side))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    framed = 2 * 162 * 162 * 64 * 4
    assert peak < out.nbytes + framed + 4 * ops.BLOCK_NUMBERS + 1_000_000
    assert peak < 4 * patches / 2


def test_a_mean_over_a_large_map_keeps_its_digits():
    constant = np.full((1, 512, 512, 3), 0.1, np.float32)

    np.testing.assert_allclose(ops.global_average_pool(constant), np.float32(0.1), rtol=1e-5)


def test_batch_norm_by_hand():
    pixels = np.array([[[[1, 10], [3, 30]]]], np.float32)
    gamma, beta, mean, variance = (
        np.array(pair, np.float32) for pair in ((2, 1), (5, 0), (1, 10), (3, 99))
    )

    found = ops.batch_norm(pixels, gamma, beta, mean, variance, 1.0)

    # 2 * (3 - 1) / sqrt(3 + 1) + 5 = 7; 1 * (30 - 10) / sqrt(99 + 1) + 0 = 2
    assert found.tolist() == [[[[5, 0], [7, 2]]]]


def test_layer_norm_by_hand():
    pixels = np.array([[[[1, 3], [10, 10]]]], np.float32)
    gamma, beta = np.array([2, 2], np.float32), np.array([0, 1], np.float32)

    found = ops.layer_norm(pixels, gamma, beta, 3.0)

    # the channels 1 and 3 have mean 2 and variance 1: (1 - 2) / sqrt(1 + 3) = -0.5
    assert found.tolist() == [[[[-1, 2], [0, 1]]]]
