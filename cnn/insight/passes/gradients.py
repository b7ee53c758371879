"""The gradients of the array operations, beside `operations`: what flows back through each.

Every function takes what the operation took, and the gradient at its output; it returns the
gradient at its input and, where the operation has weights, that of each. NumPy alone; knows nothing
of layers. Ties are broken as TensorFlow does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn.insight.passes.operations import (
    Array,
    grouped,
    padded,
    patches_of,
    real_pixels,
    taken,
)
from cnn.network.layers import Axes

Values = np.ndarray[tuple[int, ...], np.dtype[np.floating]]
"""Of 32 bits or of 64."""

# The patches of so many numbers are laid out at once.
TABLE_NUMBERS = 1 << 21


def unpadded(gradient: Array, axes: Axes) -> Array:
    """The gradient without the frame that `padded` put around the map."""
    rows, columns = axes
    return gradient[
        :, rows.before : rows.before + rows.size, columns.before : columns.before + columns.size
    ]


def conv2d_gradient(
    x: Array, kernel: Array, axes: Axes, groups: int, gradient: Array
) -> tuple[Array, Array]:
    """Of the map and of the kernel `[height, width, channels / groups, filters]`."""
    framed = padded(x, axes)
    if groups == 1:
        to_input, to_kernel = _convolved(framed, kernel, axes, gradient)
        return unpadded(to_input, axes), to_kernel
    height, width, depth, filters = kernel.shape
    if depth == 1:
        split = kernel.reshape(height, width, groups, filters // groups)
        to_input, to_kernel = _each_channel(framed, split, axes, gradient)
        return unpadded(to_input, axes), to_kernel.reshape(kernel.shape)
    each = filters // groups
    parts = [
        _convolved(
            framed[..., g * depth : (g + 1) * depth],
            kernel[..., g * each : (g + 1) * each],
            axes,
            gradient[..., g * each : (g + 1) * each],
        )
        for g in range(groups)
    ]
    to_input = np.concatenate([part for part, _ in parts], axis=3)
    return unpadded(to_input, axes), np.concatenate([part for _, part in parts], axis=3)


def depthwise_conv2d_gradient(
    x: Array, kernel: Array, axes: Axes, gradient: Array
) -> tuple[Array, Array]:
    """Of the map and of the kernels `[height, width, channels, multiplier]`."""
    to_input, to_kernel = _each_channel(padded(x, axes), kernel, axes, gradient)
    return unpadded(to_input, axes), to_kernel


def pointwise_conv2d_gradient(x: Array, kernel: Array, gradient: Array) -> tuple[Array, Array]:
    """Of the map and of the kernel `[1, 1, channels, filters]`."""
    channels, filters = kernel.shape[2:]
    to_kernel = x.reshape(-1, channels).T @ gradient.reshape(-1, filters)
    return gradient @ kernel[0, 0].T, to_kernel.reshape(kernel.shape)


def _convolved(x: Array, kernel: Array, axes: Axes, gradient: Array) -> tuple[Array, Array]:
    """As the convolution's table of patches, back: each patch's gradient is added to its place."""
    rows, columns = axes
    matrix = kernel.reshape(-1, kernel.shape[3])
    to_input, to_kernel = np.zeros(x.shape, np.float32), np.zeros(matrix.shape, np.float32)
    patches = patches_of(x, axes)
    images = max(1, TABLE_NUMBERS // (len(matrix) * rows.output * columns.output))
    for start in range(0, len(x), images):
        few = slice(start, start + images)
        table = patches[few].reshape(-1, len(matrix))
        flowing = gradient[few].reshape(-1, matrix.shape[1])
        to_kernel += table.T @ flowing
        to_patches = (flowing @ matrix.T).reshape(patches[few].shape)
        for i, j, lines, pixels in _places(axes):
            to_input[few, lines, pixels] += to_patches[:, :, :, i, j]
    return to_input, to_kernel.reshape(kernel.shape)


def _each_channel(x: Array, kernel: Array, axes: Axes, gradient: Array) -> tuple[Array, Array]:
    split = gradient.reshape(*gradient.shape[:3], *kernel.shape[2:])
    to_input, to_kernel = np.zeros(x.shape, np.float32), np.empty(kernel.shape, np.float32)
    for i, j, lines, pixels in _places(axes):
        to_input[:, lines, pixels] += (split * kernel[i, j]).sum(axis=-1)
        to_kernel[i, j] = (x[:, lines, pixels, :, None] * split).sum(axis=(0, 1, 2))
    return to_input, to_kernel


def _places(axes: Axes) -> Iterator[tuple[int, int, slice, slice]]:
    """Each place of the window, with the padded lines and pixels it meets on its way."""
    rows, columns = axes
    across = [taken(columns, j) for j in range(columns.kernel)]
    for i in range(rows.kernel):
        lines = taken(rows, i)
        for j, pixels in enumerate(across):
            yield i, j, lines, pixels


def max_pool_gradient(x: Array, axes: Axes, gradient: Array) -> Array:
    """All to the largest value of each window: of equals to the first, line by line."""
    framed = padded(x, axes, -np.inf)
    patches = patches_of(framed, axes)
    count, height, width, _, _, channels = patches.shape
    winners = patches.reshape(count, height, width, -1, channels).argmax(axis=3)
    to_input = np.zeros(framed.shape, np.float32)
    for place, (_, _, lines, pixels) in enumerate(_places(axes)):
        to_input[:, lines, pixels] += gradient * (winners == place)
    return unpadded(to_input, axes)


def average_pool_gradient(axes: Axes, count_padding: bool, gradient: Array) -> Array:
    """An equal share to each pixel of the window."""
    rows, columns = axes
    count, _, _, channels = gradient.shape
    if count_padding or not (rows.padding or columns.padding):
        share = gradient / np.float32(rows.kernel * columns.kernel)
    else:
        share = gradient / (real_pixels(rows)[:, None, None] * real_pixels(columns)[:, None])
    size = rows.size + rows.padding, columns.size + columns.padding
    to_input = np.zeros((count, *size, channels), np.float32)
    for _, _, lines, pixels in _places(axes):
        to_input[:, lines, pixels] += share
    return unpadded(to_input, axes)


def global_max_pool_gradient(x: Array, gradient: Array) -> Array:
    """To the largest value of each channel; equals share, unlike in a window."""
    won = x == x.max(axis=(1, 2), keepdims=True)
    share: Array = gradient[:, None, None] / won.sum(axis=(1, 2), keepdims=True, dtype=np.float32)
    flowing: Array = won * share
    return flowing


def global_average_pool_gradient(x: Array, gradient: Array) -> Array:
    """An equal share to each pixel."""
    share = gradient[:, None, None] / np.float32(x.shape[1] * x.shape[2])
    return np.broadcast_to(share, x.shape)


def batch_norm_gradient(
    x: Array, scale: Array | None, mean: Array, variance: Array, epsilon: float, gradient: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Of the map, gamma, beta, moving mean and moving variance; the statistics stand still."""
    inverse = 1 / np.sqrt(variance + np.float32(epsilon))
    factor = inverse if scale is None else inverse * scale
    summed = bias_gradient(gradient)
    # In 64 bits: x - mean may be a small difference of large numbers.
    centred = (gradient * (x.astype(np.float64) - mean)).reshape(-1, x.shape[-1]).sum(axis=0)
    to_mean = -summed * factor
    to_variance = -0.5 * centred * factor * inverse**2
    return gradient * factor, _single(centred * inverse), summed, to_mean, _single(to_variance)


def layer_norm_gradient(
    x: Array, scale: Array | None, epsilon: float, gradient: Array
) -> tuple[Array, Array, Array]:
    """Of the map, gamma and beta; a pixel's mean and variance move with its channels."""
    exact = x.astype(np.float64)
    exact -= exact.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt(np.square(exact).mean(axis=-1, keepdims=True) + epsilon)
    normal = exact * inverse
    flowing = gradient.astype(np.float64) if scale is None else gradient * scale.astype(np.float64)
    shared = flowing.mean(axis=-1, keepdims=True)
    pulled = normal * (flowing * normal).mean(axis=-1, keepdims=True)
    to_input = inverse * (flowing - shared - pulled)
    return _single(to_input), factor_gradient(normal, gradient), bias_gradient(gradient)


def group_norm_gradient(
    x: Array, groups: int, scale: Array | None, epsilon: float, gradient: Array
) -> tuple[Array, Array, Array]:
    """Of the map, gamma and beta; a group's mean and variance move with all its values."""
    axes = (1, 3)
    exact = grouped(x, groups).astype(np.float64)
    exact -= exact.mean(axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(np.square(exact).mean(axis=axes, keepdims=True) + epsilon)
    normal = exact * inverse
    flowing = grouped(gradient if scale is None else gradient * scale, groups).astype(np.float64)
    shared = flowing.mean(axis=axes, keepdims=True)
    pulled = normal * (flowing * normal).mean(axis=axes, keepdims=True)
    to_input = _single(inverse * (flowing - shared - pulled)).reshape(x.shape)
    to_scale = factor_gradient(normal.reshape(x.shape), gradient)
    return to_input, to_scale, bias_gradient(gradient)


def factor_gradient(values: Values, gradient: Array) -> Array:
    """Of what each channel of these values is multiplied with."""
    return _single((gradient * values).reshape(-1, values.shape[-1]).sum(axis=0))


def bias_gradient(values: Array) -> Array:
    """Of what is added to each channel everywhere: the sum over the rest."""
    summed: Array = values.reshape(-1, values.shape[-1]).sum(axis=0)
    return summed


def _single(values: Values) -> Array:
    return values.astype(np.float32)
