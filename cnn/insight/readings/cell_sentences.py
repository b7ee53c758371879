"""How one cell came to its value, as a sentence with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from cnn.insight.passes.activations import activation_function
from cnn.insight.passes.attention import shares_of
from cnn.insight.passes.forward import Activations
from cnn.insight.passes.layer_passes import Arrays, affine, statistics
from cnn.insight.passes.operations import Array
from cnn.insight.passes.resizing import shares
from cnn.network import layers as kinds
from cnn.network.layers import Container, Layer
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace
from cnn.numbers import number


def sentence(
    row: Row, traced: Trace, arrays: Arrays, found: Activations, place: tuple[int, ...], image: int
) -> str:
    """What was done to come to the value; then the activation, where there is one."""
    at = (image, *place)
    layer, linear = row.layer, float(found.linear[row.name][at])
    if isinstance(layer, Container):
        made = _merged(row, traced, found, place, image)
    elif layer.is_idle:
        word = layer.word.capitalize()
        made = f"{word} lets {_n(linear)} through; it acts in training alone."
    else:
        x = found.inputs[row.name][image]
        made = SENTENCES[type(layer)](_Cell(layer, row.axes, arrays, x, place, linear))
    name = layer.activation
    if name is None or isinstance(layer, kinds.Activation):
        return made
    return f"{made} {_activated(name, linear, float(found.outputs[row.name][at]))}"


class _Cell(NamedTuple):
    """A layer's linear value at a place, and what it is made of."""

    layer: Any
    axes: Any
    arrays: Arrays
    x: Array
    place: tuple[int, ...]
    linear: float


def _convolution(at: _Cell) -> str:
    bias = f" and the bias {_n(at.arrays[-1][at.place[2]])}" if at.layer.use_bias else ""
    return f"The products of the window with the kernel{bias} add up to {_n(at.linear)}."


def _transposed(at: _Cell) -> str:
    """Of the cells that reach it, those within the map."""
    axes = at.layer.spread(at.x.shape)
    many = tuple(one.meeting(at.place[side]) for side, one in enumerate(axes))
    bias = f" and the bias {_n(at.arrays[1][at.place[2]])}" if at.layer.use_bias else ""
    if many == (1, 1):
        adds = "add" if bias else "adds"
        said = f"The one cell that reaches here, times its weights of the kernel,{bias} {adds}"
    else:
        who = f"The {shape_text(many)} cells that reach here"
        said = f"{who}, each times its weights of the kernel,{bias} add"
    return f"{said} up to {_n(at.linear)}."


def _up_sampling(at: _Cell) -> str:
    lines, columns = (
        _mixed_from(at.place[side], at.layer.size[side], at.x.shape[side], at.layer.is_linear)
        for side in (0, 1)
    )
    if len(lines) == len(columns) == 1:
        return _value_of(at, lines[0][0], columns[0][0])
    parts = [
        f"{_n(at.x[line, column, at.place[2]])} × {_n(one * other)}"
        for line, one in lines
        for column, other in columns
    ]
    where = ", ".join(
        f"{word}{'s' * (len(found) > 1)} {' and '.join(str(place) for place, _ in found)}"
        for word, found in (("row", lines), ("column", columns))
    )
    return f"From {where} of the input: {' + '.join(parts)} = {_n(at.linear)}."


def _mixed_from(place: int, factor: int, size: int, linear: bool) -> list[tuple[int, float]]:
    """The lines of the input that one of the output is made of, each with its share."""
    own, part = divmod(place, factor)
    share = shares(factor, linear=linear)[part]
    near = own + (share > 0) - (share < 0)
    if share == 0 or not 0 <= near < size:
        return [(own, 1.0)]
    return sorted([(own, 1 - abs(share)), (near, abs(share))])


def _cropping(at: _Cell) -> str:
    rows, columns = at.layer.cropping
    return _value_of(at, at.place[0] + rows[0], at.place[1] + columns[0])


def _value_of(at: _Cell, line: int, column: int) -> str:
    return f"The value {_n(at.linear)} of row {line}, column {column} of the input."


def _dense(at: _Cell) -> str:
    bias = f" and the bias {_n(at.arrays[1][at.place[0]])}" if at.layer.use_bias else ""
    return f"{at.x.size:,} features, each times its weight,{bias} add up to {_n(at.linear)}."


def _max_pooling(at: _Cell) -> str:
    size = shape_text(at.layer.pool_size)
    return f"The largest value of the {size} window is {_n(at.linear)}."


def _average_pooling(at: _Cell) -> str:
    counted = ", without the padding" if at.layer.padding == "same" else ""
    size = shape_text(at.layer.pool_size)
    return f"The mean of the {size} window{counted} is {_n(at.linear)}."


def _global_pooling(what: str) -> Callable[[_Cell], str]:
    return lambda at: (
        f"The {what} of channel {at.place[-1]}, {shape_text(at.x.shape[:2])} cells, "
        f"is {_n(at.linear)}."
    )


def _zero_padding(at: _Cell) -> str:
    line, column = (at.place[side] - at.axes[side].before for side in (0, 1))
    if 0 <= line < at.x.shape[0] and 0 <= column < at.x.shape[1]:
        return _value_of(at, line, column)
    return "A 0 of the frame."


def _flatten(at: _Cell) -> str:
    place = ", ".join(map(str, np.unravel_index(at.place[0], at.x.shape)))
    return f"The value {_n(at.linear)} at ({place}) of the input."


def _rescaling(at: _Cell) -> str:
    plus = f" + {_n(at.layer.offset)}" if at.layer.offset else ""
    return f"{_n(at.x[at.place])} × {_n(at.layer.scale)}{plus} = {_n(at.linear)}."


def _activation(at: _Cell) -> str:
    values, channel = at.x[at.place[:-1]], at.place[-1]
    function = activation_function(at.layer)
    assert function is not None
    after = function(values[None].copy(), None)[0, channel]
    before = float(values[channel])
    if at.layer.activation == "softmax":
        exact = np.exp(values.astype(np.float64) - values.max())
        return (
            f"exp({_n(before)} − {_n(values.max())}) = {_n(exact[channel])}, a share of "
            f"{_n(after)} in the sum {_n(exact.sum())} over {len(values)} channels."
        )
    return f"{at.layer.activation}({_n(before)}) = {_n(after)}."


def _batch_normal(at: _Cell) -> str:
    mean, variance = (float(array[at.place[-1]]) for array in at.arrays[-2:])
    return _normal(at, mean, variance, "moving ")


def _layer_normal(at: _Cell) -> str:
    exact = at.x[at.place[:-1]].astype(np.float64)
    return _normal(at, float(exact.mean()), float(exact.var()), "")


def _group_normal(at: _Cell) -> str:
    size = at.x.shape[-1] // at.layer.groups
    first = at.place[-1] // size * size
    exact = at.x[..., first : first + size].astype(np.float64)
    return _normal(at, float(exact.mean()), float(exact.var()), "group's ")


def _given_normal(at: _Cell) -> str:
    mean, sd = (
        float(np.broadcast_to(one, at.x.shape[-1:])[at.place[-1]])
        for one in statistics(at.layer, at.arrays)
    )
    return f"({_n(at.x[at.place])} − {_n(mean)}) / {_n(sd)} = {_n(at.linear)}."


def _layer_scale(at: _Cell) -> str:
    factor = at.arrays[0].reshape(-1)[at.place[-1]]
    return f"{_n(at.x[at.place])} × the learned factor {_n(factor)} = {_n(at.linear)}."


def _prelu(at: _Cell) -> str:
    before = float(at.x[at.place])
    if before > 0:
        return f"{_n(before)} is above 0 and stays as it is."
    slope = np.broadcast_to(at.arrays[0], at.x.shape)[at.place]
    return f"{_n(before)} × the learned slope {_n(slope)} = {_n(at.linear)}."


def _normal(at: _Cell, mean: float, variance: float, moving: str) -> str:
    scale, shift = (
        "" if array is None else f" {sign} {_n(array[at.place[-1]])}"
        for sign, array in zip("×+", affine(at.layer, at.arrays), strict=True)
    )
    return (
        f"With the {moving}mean {_n(mean)} and the {moving}variance {_n(variance)}: "
        f"({_n(at.x[at.place])} − {_n(mean)}) / √({_n(variance)} + {_n(at.layer.epsilon)})"
        f"{scale}{shift} = {_n(at.linear)}."
    )


def _attention(at: _Cell) -> str:
    line, column, channel = at.place
    height, width, _ = at.x.shape
    shares = shares_of(at.x, at.arrays, line * width + column).mean(axis=0, dtype=np.float64)
    most = divmod(int(shares.argmax()), width)
    where = "itself" if most == (line, column) else "row {}, column {}".format(*most)
    mean = f" (the mean of {at.layer.heads} heads)" if at.layer.heads > 1 else ""
    every = f"all {height * width:,} cells together" if len(shares) > 1 else "this one cell"
    return (
        f"The cell looks most at {where}, with a share of {_n(shares.max())}{mean}; from {every} "
        f"comes {_n(at.linear)} in channel {channel}."
    )


def _position_embedding(at: _Cell) -> str:
    return (
        f"{_n(at.x[at.place])} + {_n(at.arrays[0][at.place])}, which is learned for this very cell "
        f"and channel, = {_n(at.linear)}."
    )


SENTENCES: dict[type[Layer], Callable[[_Cell], str]] = {
    kinds.Conv2D: _convolution,
    kinds.DepthwiseConv2D: _convolution,
    kinds.SeparableConv2D: _convolution,
    kinds.Conv2DTranspose: _transposed,
    kinds.MaxPooling2D: _max_pooling,
    kinds.AveragePooling2D: _average_pooling,
    kinds.GlobalAveragePooling2D: _global_pooling("mean"),
    kinds.GlobalMaxPooling2D: _global_pooling("largest value"),
    kinds.UpSampling2D: _up_sampling,
    kinds.ZeroPadding2D: _zero_padding,
    kinds.Cropping2D: _cropping,
    kinds.BatchNormalization: _batch_normal,
    kinds.LayerNormalization: _layer_normal,
    kinds.GroupNormalization: _group_normal,
    kinds.Normalization: _given_normal,
    kinds.LayerScale: _layer_scale,
    kinds.Activation: _activation,
    kinds.PReLU: _prelu,
    kinds.Rescaling: _rescaling,
    kinds.SelfAttention2D: _attention,
    kinds.PositionEmbedding: _position_embedding,
    kinds.Flatten: _flatten,
    kinds.Dense: _dense,
}


def _activated(name: str, before: float, after: float) -> str:
    if name == "softmax":
        return f"The softmax makes the share {_n(after)} of it."
    return f"Then {name}({_n(before)}) = {_n(after)}."


def _merged(row: Row, traced: Trace, found: Activations, place: tuple[int, ...], image: int) -> str:
    """What the ends of the series are made into."""
    assert isinstance(row.layer, Container)
    ends = []
    for part, held in row.layer.series():
        path = (*row.path, *part, len(held) - 1)
        last = next((one for one in traced.rows if one.path == path), None)
        values = found.inputs[row.name] if last is None else found[last.name]
        ends.append(("its own input" if last is None else last.title, values[image]))
    if row.layer.scale != 1:
        return _scaled_sum(row.layer.scale, ends, place)
    return MERGE_SENTENCES[row.layer.merge](ends, place)


Ends = Sequence[tuple[str, Array]]


def _one_of(ends: Ends, place: tuple[int, ...]) -> str:
    """The end whose channel this is."""
    channel, branch = place[-1], 0
    while channel >= ends[branch][1].shape[-1]:
        channel -= ends[branch][1].shape[-1]
        branch += 1
    name, end = ends[branch]
    value = _n(end[(*place[:-1], channel)])
    return f"The value {value} of channel {channel} of branch {branch + 1}, {name}."


def _values(ends: Ends, place: tuple[int, ...]) -> tuple[list[float], list[str]]:
    """What is joined at a place, as numbers and in words; sizes of 1 are repeated."""
    values = [
        float(end[tuple(min(at, size - 1) for at, size in zip(near, end.shape, strict=True))])
        for _, end in ends
        for near in [place[-end.ndim :]]
    ]
    return values, [f"{_n(value)} ({name})" for value, (name, _) in zip(values, ends, strict=True)]


def _sum(ends: Ends, place: tuple[int, ...]) -> str:
    values, parts = _values(ends, place)
    return f"{' + '.join(parts)} = {_n(sum(values))}."


def _scaled_sum(scale: float, ends: Ends, place: tuple[int, ...]) -> str:
    (body, shortcut), parts = _values(ends, place)
    return f"{_n(scale)} × {parts[0]} + {parts[1]} = {_n(scale * body + shortcut)}."


def _product(ends: Ends, place: tuple[int, ...]) -> str:
    values, parts = _values(ends, place)
    return f"{' × '.join(parts)} = {_n(prod(values))}."


def _largest(ends: Ends, place: tuple[int, ...]) -> str:
    values, parts = _values(ends, place)
    return f"The largest of {', '.join(parts)} is {_n(max(values))}."


def _mean(ends: Ends, place: tuple[int, ...]) -> str:
    values, parts = _values(ends, place)
    return f"({' + '.join(parts)}) / {len(values)} = {_n(sum(values) / len(values))}."


def _difference(ends: Ends, place: tuple[int, ...]) -> str:
    (first, second), parts = _values(ends, place)
    return f"{' − '.join(parts)} = {_n(first - second)}."


MERGE_SENTENCES = {
    "concatenate": _one_of,
    "add": _sum,
    "multiply": _product,
    "maximum": _largest,
    "average": _mean,
    "subtract": _difference,
}


def _n(value: float | np.floating) -> str:
    return number(value)
