"""The array operations that make maps larger, or cut some of them off, each with its gradient.

Beside `operations` and `gradients`, whose manners these have: NumPy alone; knows nothing of layers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.network.layers import Spreads

Cells = tuple[slice, slice]


def conv2d_transpose(x: Array, kernel: Array, spreads: Spreads) -> Array:
    """Adds each cell, times the kernel `[height, width, filters, channels]`, to a larger map."""
    rows, columns = spreads
    count, height, width, channels = x.shape
    filters = kernel.shape[2]
    flat = x.reshape(count * height * width, channels)
    out = np.zeros((count, rows.output, columns.output, filters), np.float32)
    for i, j, cells, places in _met(spreads):
        made = (flat @ kernel[i, j].T).reshape(count, height, width, filters)
        out[:, *places] += made[:, *cells]
    return out


def conv2d_transpose_gradient(
    x: Array, kernel: Array, spreads: Spreads, gradient: Array
) -> tuple[Array, Array]:
    """Of the map and of the kernel."""
    filters, channels = kernel.shape[2:]
    to_input, to_kernel = np.zeros(x.shape, np.float32), np.zeros(kernel.shape, np.float32)
    for i, j, cells, places in _met(spreads):
        met = to_input[:, *cells]
        flowing = gradient[:, *places].reshape(met.size // channels, filters)
        met += (flowing @ kernel[i, j]).reshape(met.shape)
        np.matmul(flowing.T, x[:, *cells].reshape(len(flowing), channels), out=to_kernel[i, j])
    return to_input, to_kernel


def _met(spreads: Spreads) -> Iterator[tuple[int, int, Cells, Cells]]:
    """Each place of the kernel, with the cells that have it within the output, and where."""
    rows, columns = spreads
    across = [columns.met(j) for j in range(columns.kernel)]
    for i in range(rows.kernel):
        lines, into_lines = rows.met(i)
        for j, (pixels, into_pixels) in enumerate(across):
            yield i, j, (lines, pixels), (into_lines, into_pixels)


def shares(factor: int, *, linear: bool) -> list[float]:
    """How far each of the cells that one becomes lies from its middle, in cells: up to half of one
    before or behind it, so much of that neighbour it has. None where it is only repeated.
    """
    return [(place + 0.5) / factor - 0.5 if linear else 0.0 for place in range(factor)]


def up_sampled(x: Array, size: tuple[int, int], *, linear: bool) -> Array:
    """So many times as high and wide; beyond the outer cells' middles, theirs."""
    count, height, width, channels = x.shape
    tall = _longer(x.reshape(count, height, width * channels), size[0], linear)
    tall = tall.reshape(count * height * size[0], width, channels)
    wide = _longer(tall, size[1], linear)
    return wide.reshape(count, height * size[0], width * size[1], channels)


def _longer(x: Array, factor: int, linear: bool) -> Array:
    """The same along the second of three axes."""
    if factor == 1:
        return x
    out = np.empty((*x.shape[:2], factor, x.shape[2]), np.float32)
    framed = np.concatenate((x[:, :1], x, x[:, -1:]), axis=1) if linear else x
    for place, share in enumerate(shares(factor, linear=linear)):
        out[:, :, place] = x
        if share:
            near = framed[:, 2:] if share > 0 else framed[:, :-2]
            out[:, :, place] += (near - x) * np.float32(abs(share))
    return out.reshape(len(x), x.shape[1] * factor, x.shape[2])


def up_sampled_gradient(gradient: Array, size: tuple[int, int], *, linear: bool) -> Array:
    """Of the map: the sum over all that a cell has a share in."""
    count, height, width, channels = gradient.shape
    down, across = height // size[0], width // size[1]
    tall = _shorter(gradient.reshape(count * height, width, channels), size[1], linear)
    small = _shorter(tall.reshape(count, height, across * channels), size[0], linear)
    return small.reshape(count, down, across, channels)


def _shorter(gradient: Array, factor: int, linear: bool) -> Array:
    """The same along the second of three axes."""
    if factor == 1:
        return gradient
    many, long, rest = gradient.shape
    split = gradient.reshape(many, long // factor, factor, rest)
    framed = np.zeros((many, long // factor + 2, rest), np.float32)
    for place, share in enumerate(shares(factor, linear=linear)):
        flowing, own = split[:, :, place], np.float32(1 - abs(share))
        framed[:, 1:-1] += flowing * own
        if share:
            near = framed[:, 2:] if share > 0 else framed[:, :-2]
            near += flowing * np.float32(abs(share))
    framed[:, 1] += framed[:, 0]
    framed[:, -2] += framed[:, -1]
    return np.ascontiguousarray(framed[:, 1:-1])


def cropped(x: Array, spreads: Spreads) -> Array:
    """The map without what is cut off its sides."""
    return np.ascontiguousarray(x[:, *_kept(spreads)])


def cropped_gradient(spreads: Spreads, gradient: Array) -> Array:
    """Of the map: none for what is cut off."""
    rows, columns = spreads
    count, _, _, channels = gradient.shape
    to_input = np.zeros((count, rows.size, columns.size, channels), np.float32)
    to_input[:, *_kept(spreads)] = gradient
    return to_input


def _kept(spreads: Spreads) -> Cells:
    rows, columns = (slice(one.before, one.before + one.output) for one in spreads)
    return rows, columns
