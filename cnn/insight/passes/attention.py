"""Attention in NumPy: the cells of a map look at each other, there and on the way back.

The arrays are those of `SelfAttention2D`: a kernel, and a bias where there is one, of the queries,
the keys, the values and the output. Shares are worked out for a few cells at a time, so that those
of all cells in all cells are never held; the way back works them out again. It knows no layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cnn.insight.passes.operations import Array

SHARES_AT_ONCE = 1 << 19
"""About so many are held, or those of a single cell where they are more."""

KEYS = 1
"""Their place among the projections. What their bias adds to a cell's products is the same in all
of them, and a softmax takes that off again: its gradient is 0.
"""

Arrays = Sequence[Array]


class Projection(NamedTuple):
    """A kernel as a matrix `[inputs, outputs]`, and its bias as a row."""

    kernel: Array
    bias: Array | None

    def of(self, x: Array) -> Array:
        out: Array = x @ self.kernel
        if self.bias is not None:
            out += self.bias
        return out


def projections(arrays: Arrays) -> tuple[Projection, ...]:
    """Of queries, keys, values and the output; heads and their numbers are one axis in them."""
    each = len(arrays) // 4
    channels = arrays[0].shape[0]
    width = arrays[0].size // channels
    sizes = (*((channels, width),) * 3, (width, channels))
    return tuple(
        Projection(
            arrays[i * each].reshape(size),
            arrays[i * each + 1].reshape(size[1]) if each == 2 else None,
        )
        for i, size in enumerate(sizes)
    )


def attention(x: Array, arrays: Arrays) -> Array:
    """What each cell of maps `[images, height, width, channels]` gathers from all of its map."""
    output = projections(arrays)[3]
    out = np.empty(x.shape, np.float32)
    for image, into in zip(x, out, strict=True):
        look = _Look.of(image, arrays)
        gathered = np.empty_like(look.value)
        for few in look.blocks():
            np.matmul(look.shares(few), look.value, out=gathered[:, few])
        into[:] = output.of(_side_by_side(gathered)).reshape(into.shape)
    return out


def shares_of(x: Array, arrays: Arrays, cell: int) -> Array:
    """The shares `[heads, cells]` that all cells of a map have in what one of them gathers."""
    shares: Array = _Look.of(x, arrays).shares(slice(cell, cell + 1))[:, 0]
    return shares


def all_shares(x: Array, arrays: Arrays) -> Array:
    """The same for every cell of a small map, one after the other: `[heads, cells, cells]`."""
    return _Look.of(x, arrays).shares(slice(None))


def attention_gradient(
    x: Array, arrays: Arrays, gradient: Array
) -> tuple[Array, tuple[Array, ...]]:
    """Of the maps and of each array, from the gradient at what the cells gathered."""
    to_input = np.empty(x.shape, np.float32)
    to_arrays = tuple(np.zeros(array.shape, np.float32) for array in arrays)
    for image, behind, into in zip(x, gradient, to_input, strict=True):
        _back(image, arrays, behind, into, to_arrays)
    return to_input, to_arrays


class _Look(NamedTuple):
    """Queries (divided by the root of the key's size), keys and values: `[heads, cells, size]`."""

    query: Array
    key: Array
    value: Array

    @classmethod
    def of(cls, x: Array, arrays: Arrays) -> _Look:
        cells = x.reshape(-1, x.shape[-1])
        heads = arrays[0].shape[1]
        query, key, value = (one.of(cells) for one in projections(arrays)[:3])
        query *= np.float32(arrays[0].shape[2] ** -0.5)
        return cls(*(_by_head(one, heads) for one in (query, key, value)))

    def blocks(self) -> Iterator[slice]:
        heads, cells, _ = self.query.shape
        few = max(1, SHARES_AT_ONCE // (heads * cells))
        return (slice(start, start + few) for start in range(0, cells, few))

    def shares(self, few: slice) -> Array:
        """The softmax of query times key, of a few cells: `[heads, few, cells]`."""
        found: Array = self.query[:, few] @ self.key.transpose(0, 2, 1)
        found -= found.max(axis=2, keepdims=True)
        np.exp(found, out=found)
        found /= found.sum(axis=2, keepdims=True)
        return found


def _back(
    x: Array, arrays: Arrays, gradient: Array, into: Array, to_arrays: tuple[Array, ...]
) -> None:
    """One image: fills `into`, and adds to the gradients of the arrays."""
    look, (*before, output) = _Look.of(x, arrays), projections(arrays)
    cells, behind = x.reshape(-1, x.shape[-1]), gradient.reshape(-1, x.shape[-1])
    to_gathered = _by_head(behind @ output.kernel.T, len(look.query))
    gathered, to_query, to_key, to_value = (
        np.zeros(look.query.shape, np.float32) for _ in range(4)
    )
    for few in look.blocks():
        shares = look.shares(few)
        np.matmul(shares, look.value, out=gathered[:, few])
        to_value += shares.transpose(0, 2, 1) @ to_gathered[:, few]
        moved = to_gathered[:, few] @ look.value.transpose(0, 2, 1)
        moved -= (moved * shares).sum(axis=2, keepdims=True)
        moved *= shares
        np.matmul(moved, look.key, out=to_query[:, few])
        to_key += moved.transpose(0, 2, 1) @ look.query[:, few]
    to_query *= np.float32(look.query.shape[2] ** -0.5)
    each = len(arrays) // 4
    found = [(cells, _side_by_side(one)) for one in (to_query, to_key, to_value)]
    for i, (inputs, to_outputs) in enumerate([*found, (_side_by_side(gathered), behind)]):
        to_arrays[i * each].reshape(inputs.shape[1], -1)[:] += inputs.T @ to_outputs
        if each == 2 and i != KEYS:
            to_arrays[i * each + 1].reshape(-1)[:] += to_outputs.sum(axis=0)
    total = sum(
        to_outputs @ one.kernel.T for (_, to_outputs), one in zip(found, before, strict=True)
    )
    into[:] = np.asarray(total, np.float32).reshape(into.shape)


def _by_head(x: Array, heads: int) -> Array:
    """`[cells, heads * size]` as `[heads, cells, size]`."""
    return x.reshape(len(x), heads, -1).transpose(1, 0, 2)


def _side_by_side(x: Array) -> Array:
    """`[heads, cells, size]` as `[cells, heads * size]`."""
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)
