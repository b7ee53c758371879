"""Operators that lay values out otherwise: no layers but a Flatten, yet what follows needs it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from cnn.network import layers as kinds
from cnn.network.layers import GlobalPooling
from cnn.network.onnx import cells
from cnn.network.onnx.flow import Form, Reading, Value, whole, wholes
from cnn.network.onnx.folds import WHOLE_BATCH
from cnn.network.onnx.messages import Op
from cnn.network.shapes import Shape

TO_LAST, TO_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)
TURNS: dict[tuple[Form, tuple[int, ...]], Form] = {
    (Form.FIRST, TO_LAST): Form.LAST,
    (Form.LAST, TO_FIRST): Form.FIRST,
}
MOST_FEATURES = 10_000_000


def flatten(reading: Reading, op: Op) -> None:
    if whole(op, "axis", 1) != 1:
        raise op.error("it lays out other than all of an image as one vector. Use axis=1.")
    reading.put(op, flat(reading, op, reading.value(op)))


def flat(reading: Reading, op: Op, value: Value) -> Value:
    """All of an image as one vector."""
    if value.form is Form.FLAT:
        return value
    if value.form not in (Form.FIRST, Form.LAST):
        raise op.error(f"it lays out {value.form.value} as a vector, which nothing here does.")
    if len(value.shape) == 1:
        return replace(value, form=Form.FLAT)
    height, width, channels = value.shape
    layer = reading.made(value)
    if height * width == 1 and isinstance(layer, GlobalPooling) and value.alone:
        reading.change(value, replace(layer, keepdims=False))
        return replace(value, shape=(channels,), form=Form.FLAT)
    order = None
    if math.prod(value.shape) > MOST_FEATURES:
        raise op.error(
            f"it makes a vector of more than {MOST_FEATURES:,} features. Pool before it."
        )
    if value.form is Form.FIRST and channels > 1 and height * width > 1:
        order = (
            np.arange(math.prod(value.shape)).reshape(value.sizes).transpose(1, 2, 0).reshape(-1)
        )
    return reading.add(op, kinds.Flatten(), value, form=Form.FLAT, order=order)


def transpose(reading: Reading, op: Op) -> None:
    value, perm = reading.value(op), wholes(op, "perm")
    found = TURNS.get((value.form, perm))
    if found is not None:
        reading.put(op, replace(value, form=found))
    elif perm == tuple(range(len(perm))):
        reading.put(op, value)
    else:
        reading.put(op, cells.turned(op, value, perm))


def reshape(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    target = reading.wholes(op, 1, "shape") or ()
    reading.put(op, _reshaped(reading, op, value, _sizes(op, value, target)))


def _sizes(op: Op, value: Value, target: Shape) -> Shape:
    """The sizes of an image's part that a Reshape asks for."""
    first, *rest = target or (0,)
    had = cells.sizes_of(value)
    count = math.prod(had)
    sizes = [had[place] if one == 0 and place < len(had) else one for place, one in enumerate(rest)]
    known = math.prod(one for one in sizes if one >= 0)
    if sizes.count(-1) == 1 and first != -1 and known and count % known == 0:
        sizes[sizes.index(-1)] = count // known
    is_whole = bool(sizes) and min(sizes) > 0 and math.prod(sizes) == count
    if not is_whole or first < -1:
        raise op.error(
            f"it makes {_shown(target)} of a batch of {_shown(had)}, which are not the same values "
            "of each image."
        )
    return tuple(sizes)


def _shown(sizes: Shape) -> str:
    return " x ".join("N" if one == WHOLE_BATCH else str(one) for one in sizes[:8]) or "nothing"


def _reshaped(reading: Reading, op: Op, value: Value, sizes: Shape) -> Value:
    if sizes == cells.sizes_of(value) and value.form in (Form.FIRST, Form.LAST, Form.FLAT):
        return value
    if value.form in (Form.ROWS, Form.CELLS):
        return cells.put_back(op, value, sizes)
    if len(sizes) == 1:
        return flat(reading, op, value)
    if len(value.shape) == 1 and sizes in ((*value.shape, 1, 1), (1, 1, *value.shape)):
        form = Form.FIRST if sizes[0] == value.shape[0] else Form.LAST
        return replace(value, form=form)
    other = Form.LAST if value.form is Form.FIRST else Form.FIRST
    turned = replace(value, form=other)
    is_line = value.shape[-1] == 1 or math.prod(value.shape[:-1]) == 1
    if value.form is not Form.FLAT and turned.sizes == sizes and is_line:
        return turned
    if value.form in (Form.FIRST, Form.FLAT) and len(sizes) == 2:
        return replace(value, form=Form.ROWS, beside=sizes[0])
    raise op.error(
        f"it makes {_shown(sizes)} of {_shown(value.sizes)}; here a map is only laid out as a "
        "vector."
    )


def squeeze(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    given = reading.wholes(op, 1, "axes")
    rank = len(cells.sizes_of(value)) + 1
    gone = {one % rank for one in given} if given else set(range(1, rank))
    left = tuple(
        one for place, one in enumerate(cells.sizes_of(value), 1) if place not in gone or one != 1
    )
    if 0 in gone:
        raise op.error("it takes away the axis of the images.")
    reading.put(op, _reshaped(reading, op, value, left))


def unsqueeze(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    had = cells.sizes_of(value)
    rank = len(had) + 1 + len(given := reading.wholes(op, 1, "axes") or ())
    places = {one % rank for one in given}
    rest = iter(had)
    sizes = tuple(1 if place in places else next(rest, 1) for place in range(1, rank))
    if 0 in places:
        raise op.error("it puts an axis before that of the images.")
    reading.put(op, _reshaped(reading, op, value, sizes))


def shape(reading: Reading, op: Op) -> None:
    """The sizes of a batch, of which the first stands for however many images there are."""
    sizes = np.array((WHOLE_BATCH, *cells.sizes_of(reading.value(op))), np.int64)
    end = op.attributes.get("end")
    reading.constants[op.outputs[0]] = sizes[
        whole(op, "start", 0) : whole(op, "end", 0) if end is not None else None
    ]
