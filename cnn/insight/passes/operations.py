"""The array operations of a forward pass: convolution, pooling, normalisation. NumPy alone.

Maps are `[images, height, width, channels]`, 32 bits; `Axes` say how a window slides and what is
padded, as the trace worked it out. Knows nothing of layers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from cnn.network.layers import Axes
from cnn.network.shapes import Axis

Array = npt.NDArray[np.float32]
Block = tuple[slice, slice, slice]

# Measured: blocks of 0.5 to 2 million numbers are fastest, and they keep the memory bounded.
BLOCK_NUMBERS = 1 << 21
DEPTHWISE_NUMBERS = 1 << 16
# Patches are copied run by run; runs shorter than this are copied along the output's width instead.
SHORT_RUN = 10


def padded(x: Array, axes: Axes, value: float = 0.0) -> Array:
    """The map with its frame; the map itself where there is none."""
    rows, columns = axes
    if not (rows.padding or columns.padding):
        return x
    count, height, width, channels = x.shape
    framed = np.full(
        (count, height + rows.padding, width + columns.padding, channels), value, np.float32
    )
    framed[:, rows.before : rows.before + height, columns.before : columns.before + width] = x
    return framed


def conv2d(x: Array, kernel: Array, axes: Axes, groups: int = 1) -> Array:
    """Slides the kernel `[height, width, channels / groups, filters]` over the map, unflipped."""
    x = padded(x, axes)
    if groups == 1:
        return _convolved(x, kernel, axes)
    height, width, depth, filters = kernel.shape
    if depth == 1:
        return _each_channel(x, kernel.reshape(height, width, groups, filters // groups), axes)
    parts = (
        _convolved(x[..., g * depth : (g + 1) * depth], part, axes)
        for g, part in enumerate(np.split(kernel, groups, axis=3))
    )
    return np.concatenate(tuple(parts), axis=3)


def depthwise_conv2d(x: Array, kernel: Array, axes: Axes) -> Array:
    """Slides the kernels `[height, width, channels, multiplier]` over one channel each."""
    return _each_channel(padded(x, axes), kernel, axes)


def pointwise_conv2d(x: Array, kernel: Array) -> Array:
    """Mixes the channels of each pixel with the kernel `[1, 1, channels, filters]`."""
    count, height, width, channels = x.shape
    flat: Array = x.reshape(count * height * width, channels) @ kernel[0, 0]
    return flat.reshape(count, height, width, kernel.shape[3])


def _convolved(x: Array, kernel: Array, axes: Axes) -> Array:
    """Every patch of the padded map as a row, times the kernels as columns."""
    rows, columns = axes
    filters = kernel.shape[3]
    matrix = kernel.reshape(-1, filters)
    patches = patches_of(x, axes)
    out = np.empty((*patches.shape[:3], filters), np.float32)
    run = x.shape[3] * (columns.kernel if columns.dilation == 1 else 1)
    upright = run < min(SHORT_RUN, columns.output) and rows.kernel * columns.kernel > 1
    for block in _blocks(out.shape, len(matrix)):
        table = _table(patches[block], len(matrix), upright)
        np.matmul(table, matrix, out=out[block].reshape(-1, filters))
        del table  # before the next one is made
    return out


def _table(patches: Array, numbers: int, upright: bool) -> Array:
    """The patches as rows; upright, they are copied as columns, and turned without a copy."""
    if upright:
        return patches.transpose(3, 4, 5, 0, 1, 2).reshape(numbers, -1).T
    return patches.reshape(-1, numbers)


def patches_of(x: Array, axes: Axes) -> Array:
    """A view `[images, y, x, kernel row, kernel column, channels]` of the padded map."""
    rows, columns = axes
    image, line, pixel, channel = x.strides
    shape = (len(x), rows.output, columns.output, rows.kernel, columns.kernel, x.shape[3])
    steps = (
        image,
        line * rows.stride,
        pixel * columns.stride,
        line * rows.dilation,
        pixel * columns.dilation,
        channel,
    )
    return as_strided(x, shape, steps, writeable=False)


def _blocks(shape: tuple[int, ...], numbers: int) -> Iterator[Block]:
    """Parts of a map whose cells need so many numbers each: whole images, or lines, or less."""
    count, height, width = shape[:3]
    cells = max(1, BLOCK_NUMBERS // numbers)
    images = max(1, cells // (height * width))
    lines = min(height, max(1, cells // width))
    pixels = min(width, cells)
    for i in range(0, count, images):
        for y in range(0, height, lines):
            for x in range(0, width, pixels):
                yield slice(i, i + images), slice(y, y + lines), slice(x, x + pixels)


def _each_channel(x: Array, kernel: Array, axes: Axes) -> Array:
    """Adds up shifted copies of the padded map, each times its weights; few images at a time."""
    rows, columns = axes
    multiplier = kernel.shape[3]
    if multiplier > 1:
        x = np.repeat(x, multiplier, axis=3)
    count, _, _, channels = x.shape
    height, width = rows.output, columns.output
    weights = np.repeat(
        kernel.reshape(rows.kernel, columns.kernel, 1, channels), width, axis=2
    ).reshape(rows.kernel, columns.kernel, width * channels)
    out = np.zeros((count, height, width * channels), np.float32)
    images = max(1, DEPTHWISE_NUMBERS // (height * width * channels))
    for start in range(0, count, images):
        few, total = x[start : start + images], out[start : start + images]
        for j in range(columns.kernel):
            shifted = few[:, :, taken(columns, j)].reshape(len(few), -1, width * channels)
            for i in range(rows.kernel):
                total += shifted[:, taken(rows, i)] * weights[i, j]
    return out.reshape(count, height, width, channels)


def taken(axis: Axis, place: int) -> slice:
    """The padded positions that one place of the kernel meets on its way along the axis."""
    start = place * axis.dilation
    return slice(start, start + (axis.output - 1) * axis.stride + 1, axis.stride)


def max_pool(x: Array, axes: Axes) -> Array:
    """The largest value of each window; the padding never wins."""
    return _pooled(padded(x, axes, -np.inf), axes, np.maximum)


def average_pool(x: Array, axes: Axes, count_padding: bool) -> Array:
    """The mean of each window, with or without the zeros of the padding."""
    rows, columns = axes
    total = _pooled(padded(x, axes), axes, np.add)
    if count_padding or not (rows.padding or columns.padding):
        return total / np.float32(rows.kernel * columns.kernel)
    return total / (real_pixels(rows)[:, None, None] * real_pixels(columns)[:, None])


def _pooled(x: Array, axes: Axes, combine: Callable[..., Array]) -> Array:
    """Combines the lines of every window, then its columns: two short loops, not one long."""
    rows, columns = axes
    lines = x[:, taken(rows, 0)]
    for i in range(1, rows.kernel):
        lines = combine(lines, x[:, taken(rows, i)], out=lines if i > 1 else None)
    pooled = lines[:, :, taken(columns, 0)]
    for j in range(1, columns.kernel):
        pooled = combine(pooled, lines[:, :, taken(columns, j)], out=pooled if j > 1 else None)
    return np.ascontiguousarray(pooled)


def global_max_pool(x: Array) -> Array:
    """The largest value of each channel: `[images, channels]`."""
    largest: Array = x.max(axis=1).max(axis=1)
    return largest


def global_average_pool(x: Array) -> Array:
    """The mean of each channel. Line by line first: one long sum would lose digits."""
    mean: Array = x.mean(axis=1).mean(axis=1)
    return mean


def real_pixels(axis: Axis) -> Array:
    """How many pixels of each window are not padding."""
    starts = np.arange(axis.output) * axis.stride - axis.before
    ends = np.minimum(starts + axis.kernel, axis.size)
    return (ends - np.maximum(starts, 0)).astype(np.float32)


def scaled(x: Array, scale: Array, shift: Array) -> Array:
    """Each channel times its scale, plus its shift."""
    flat, factor = _along_lines(x, scale)
    out = flat * factor
    out += _along_lines(x, shift)[1]
    return out.reshape(x.shape)


def add_bias(x: Array, bias: Array) -> None:
    """Adds to each channel its bias, in place."""
    flat, row = _along_lines(x, bias)
    flat += row


def _along_lines(x: Array, values: Array) -> tuple[Array, Array]:
    """The map as lines, and the channels' values repeated over one: longer loops, twice as fast."""
    if x.ndim == 2:
        return x, values
    count, height, width, channels = x.shape
    row = np.empty((width, channels), np.float32)
    row[:] = values
    return x.reshape(count * height, width * channels), row.reshape(-1)


def batch_norm(
    x: Array, scale: Array | None, shift: Array | None, mean: Array, variance: Array, epsilon: float
) -> Array:
    """With the moving statistics, as after training; gamma is the scale, beta the shift."""
    factor = 1 / np.sqrt(variance + np.float32(epsilon))
    if scale is not None:
        factor = factor * scale
    offset = -mean * factor
    return scaled(x, factor, offset if shift is None else offset + shift)


def layer_norm(x: Array, scale: Array | None, shift: Array | None, epsilon: float) -> Array:
    """Each pixel's channels to mean 0 and variance 1, then rescaled."""
    out: Array = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(out).mean(axis=-1, keepdims=True)
    out /= np.sqrt(variance + np.float32(epsilon))
    if scale is not None:
        out *= scale
    if shift is not None:
        out += shift
    return out


def group_norm(
    x: Array, groups: int, scale: Array | None, shift: Array | None, epsilon: float
) -> Array:
    """Each group of an image's channels to mean 0 and variance 1, then each channel rescaled."""
    values = grouped(x, groups)
    mean = values.mean(axis=(1, 3), keepdims=True, dtype=np.float64).astype(np.float32)
    out: Array = values - mean
    variance = np.square(out).mean(axis=(1, 3), keepdims=True, dtype=np.float64)
    out /= np.sqrt(variance + epsilon).astype(np.float32)
    out = out.reshape(x.shape)
    if scale is not None:
        out *= scale
    if shift is not None:
        out += shift
    return out


def grouped(x: Array, groups: int) -> Array:
    """A view `[images, cells, groups, channels of a group]`."""
    cells = math.prod(x.shape[1:-1])
    return x.reshape(len(x), cells, groups, x.shape[-1] // groups)
