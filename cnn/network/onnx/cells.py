"""Maps as lists of their cells, which look at each other: attention as `kinds` writes it, and maps
whose channels were put in groups.

What stands between only means something together: it flows as what is known so far, and the last
operator makes the layer of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from cnn.network.layers import SelfAttention2D
from cnn.network.onnx.flow import Form, Reading, Value
from cnn.network.onnx.messages import Array, Op
from cnn.network.shapes import Shape

TURNS: dict[tuple[str, tuple[int, ...]], str] = {
    ("split", (0, 2, 1, 3)): "heads",
    ("split", (0, 2, 3, 1)): "turned heads",
    ("gathered", (0, 2, 1, 3)): "gathered, split",
}
ALONE = "it is a part of attention that is not put together as here. Nothing else does that here."
"""Why an operator on cells is not read."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What is known of a list of cells: what it was projected by, and how it is laid out."""

    step: str = "cells"
    kernels: tuple[Array, ...] = ()
    biases: tuple[Array | None, ...] = ()
    heads: int = 1
    key_size: int = 0
    is_scaled: bool = False


def sizes_of(value: Value) -> Shape:
    """The sizes of one image's part, as they are in the graph."""
    if value.form is Form.ROWS:
        rows: int = value.beside
        return rows, math.prod(value.shape) // rows
    if value.form is not Form.CELLS:
        return value.sizes
    known: Cells = value.beside
    count = math.prod(value.shape[:-1])
    if known.step == "cells":
        return count, value.shape[-1]
    return (count, known.heads * known.key_size or known.kernels[0].shape[1])


def turned(op: Op, value: Value, perm: tuple[int, ...]) -> Value:
    """Rows of channels as cells and back, and heads before cells."""
    known = value.beside
    if value.form is Form.ROWS and perm == (0, 2, 1) and known == value.shape[-1]:
        return replace(value, form=Form.CELLS, beside=Cells())
    if value.form is Form.CELLS and perm == (0, 2, 1) and known.step == "output":
        return replace(value, form=Form.ROWS, beside=value.shape[-1])
    step = TURNS.get((getattr(known, "step", ""), perm))
    if value.form is Form.CELLS and step:
        return replace(value, beside=replace(known, step=step))
    raise op.error(f"it turns axes as {perm}, which no layer here does.")


def put_back(op: Op, value: Value, sizes: Shape) -> Value:
    """A Reshape of rows or cells: a map again, or features divided among heads."""
    known = value.beside
    if value.form is Form.ROWS:
        form = Form.FLAT if len(value.shape) == 1 else Form.FIRST
        found = replace(value, form=form, beside=None)
        if found.sizes == sizes:
            return found
        raise op.error(f"it makes {sizes} of {value.shape}, which is not the map that was there.")
    count = math.prod(value.shape[:-1])
    if known.step == "projected" and len(sizes) == 3 and sizes[0] == count:
        features = known.kernels[0].shape[1]
        if sizes[1] * sizes[2] == features:
            split = replace(known, step="split", heads=sizes[1], key_size=sizes[2])
            return replace(value, beside=split)
    if known.step == "gathered, split" and sizes == (count, known.heads * known.key_size):
        return replace(value, beside=replace(known, step="gathered, together"))
    raise op.error(ALONE)


def projected(reading: Reading, op: Op, value: Value, kernel: Array) -> Value:
    """Features of each cell mixed: to queries, keys or values, or to what comes out in the end."""
    known: Cells = value.beside
    if known.step == "cells" and kernel.shape[0] == value.shape[-1]:
        return replace(value, beside=Cells("projected", (kernel,), (None,)))
    features = known.heads * known.key_size
    if known.step == "gathered, together" and kernel.shape == (features, value.shape[-1]):
        return _attention(reading, op, value, kernel)
    raise op.error(ALONE)


def matched(reading: Reading, op: Op) -> Value:
    """Queries with keys, or shares with values."""
    one, other = reading.value(op, 0), reading.value(op, 1)
    known, more = one.beside, other.beside
    if not (isinstance(known, Cells) and isinstance(more, Cells) and one.node == other.node):
        raise op.error("it multiplies two things that flow, which only attention does here.")
    steps = known.step, more.step
    wanted = {("heads", "turned heads"): "looked", ("shares", "heads"): "gathered"}
    is_alike = (known.heads, known.key_size) == (more.heads, more.key_size)
    if steps not in wanted or not is_alike:
        raise op.error(ALONE)
    together = replace(
        known,
        step=wanted[steps],
        kernels=(*known.kernels, *more.kernels),
        biases=(*known.biases, *more.biases),
    )
    return replace(one, beside=together)


def with_number(op: Op, value: Value, array: Array) -> Value:
    """A bias behind a projection, or what matches are divided by: the root of the key's size."""
    known: Cells = value.beside
    if op.kind == "Add" and known.step == "projected" and known.biases == (None,):
        return replace(value, beside=replace(known, biases=(array.reshape(-1),)))
    if op.kind in ("Mul", "Div") and known.step == "looked" and array.size == 1:
        factor = float(array.reshape(-1)[0])
        factor = factor if op.kind == "Mul" else 1 / (factor or math.inf)
        if math.isclose(factor, known.key_size**-0.5, rel_tol=1e-5):
            return replace(value, beside=replace(known, is_scaled=True))
    raise op.error(ALONE)


def shared(op: Op, value: Value, axis: int) -> Value:
    """The softmax of what was matched, over the cells that are looked at."""
    known: Cells = value.beside
    if known.step != "looked" or not known.is_scaled or axis not in (-1, 3):
        raise op.error(ALONE)
    return replace(value, beside=replace(known, step="shares"))


def _attention(reading: Reading, op: Op, value: Value, kernel: Array) -> Value:
    """The layer that all of it is; its last bias comes with the operator behind."""
    known: Cells = value.beside
    channels, head = value.shape[-1], (known.heads, known.key_size)
    has_bias = all(bias is not None for bias in known.biases)
    if len(known.kernels) != 3 or (not has_bias and any(b is not None for b in known.biases)):
        raise op.error(ALONE)
    query, key, values = (one.reshape(channels, *head) for one in known.kernels)
    output = kernel.reshape(*head, channels)
    layer = SelfAttention2D(*head, use_bias=has_bias)
    arrays: list[Array] = [query, key, values, output]
    if has_bias:
        q, k, v = (np.asarray(bias).reshape(head) for bias in known.biases)
        zeros = np.zeros(channels, np.float32)
        arrays = [query, q, key, k, values, v, output, zeros]
    back = replace(value, form=Form.FIRST, beside=None)
    made = reading.add(op, layer, back, arrays)
    return replace(made, form=Form.CELLS, beside=replace(known, step="output"))


def with_last_bias(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    """The bias of what comes out of attention, in place of the zeros there."""
    node = reading.nodes[value.node]
    held = reading.arrays.get(node.name, ())
    if len(held) != 8 or array.reshape(-1).shape != held[-1].shape or np.any(held[-1]):
        raise op.error(ALONE)
    reading.arrays[node.name] = (*held[:-1], np.asarray(array.reshape(-1), np.float32))
    return value
