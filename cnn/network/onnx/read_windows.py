"""Operators with a window, and those that put something around a map or cut it off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnn.network import layers as kinds
from cnn.network.fields import Pair
from cnn.network.layers import Layer
from cnn.network.onnx.flow import Form, Reading, Value, short, whole, wholes, word
from cnn.network.onnx.messages import Op
from cnn.network.shapes import axis

Sides = tuple[int, int, int, int]
"""Top, left, bottom and right, as ONNX has them."""


@dataclass(frozen=True, slots=True)
class Window:
    """How a window slides, as an operator says it."""

    size: Pair
    strides: Pair
    dilations: Pair
    pads: Sides

    def is_same(self, value: Value) -> bool:
        """Whether it is padded as `same` pads a map of this size."""
        rows, columns = (
            axis(value.shape[i], self.size[i], self.strides[i], self.dilations[i], "same")
            for i in (0, 1)
        )
        return self.pads == (rows.before, columns.before, rows.after, columns.after)

    def padding(self, value: Value) -> int | str | None:
        """The padding in a word or a number; None where the sides differ otherwise."""
        if not any(self.pads):
            return "valid"
        if self.is_same(value):
            return "same"
        return self.pads[0] if len(set(self.pads)) == 1 and self.pads[0] > 0 else None


def a_map(reading: Reading, op: Op) -> Value:
    """What flows in, which has to be a map with its channels first."""
    value = reading.value(op)
    if value.form is not Form.FIRST or len(value.shape) != 3:
        raise op.error(
            f"it needs a map, but gets {value.form.value} of {value.shape}. Only maps of height x "
            "width are read, channels first."
        )
    return value


def window(op: Op, value: Value, size: Sequence[int]) -> Window:
    if len(size) != 2:
        raise op.error(f"its window has {len(size)} axes; here it slides along two.")
    strides, dilations = (_pair(op, name) for name in ("strides", "dilations"))
    given = wholes(op, "pads", (0, 0, 0, 0))
    if len(given) != 4 or min(given) < 0:
        raise op.error(f"pads={given}, but there are four sides, each 0 or more.")
    kernel = int(size[0]), int(size[1])
    if min(*kernel, *strides, *dilations) < 1:
        raise op.error("a window, its strides and dilations are at least 1.")
    top, left, bottom, right = given
    found = Window(kernel, strides, dilations, (top, left, bottom, right))
    how = word(op, "auto_pad", "NOTSET")
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        return found
    rows, columns = (
        axis(value.shape[i], kernel[i], strides[i], dilations[i], "same") for i in (0, 1)
    )
    sides = rows.before, columns.before, rows.after, columns.after
    if how == "SAME_LOWER":
        sides = rows.after, columns.after, rows.before, columns.before
    return Window(kernel, strides, dilations, sides)


def _pair(op: Op, name: str) -> Pair:
    found = wholes(op, name, (1, 1))
    if len(found) != 2:
        raise op.error(f"{name}={found}, but a map has two axes to slide along.")
    return found[0], found[1]


def padded(reading: Reading, op: Op, value: Value, pads: Sides) -> Value:
    """Zeros put around a map, or what is cut off it where they are negative."""
    if any(side < 0 for side in pads):
        cut = kinds.Cropping2D(_sides(tuple(max(-side, 0) for side in pads)))
        value = reading.add(op, cut, value)
    if any(side > 0 for side in pads):
        added = kinds.ZeroPadding2D(_sides(tuple(max(side, 0) for side in pads)))
        value = reading.add(op, added, value)
    return value


def _sides(pads: Sequence[int]) -> tuple[Pair, Pair]:
    top, left, bottom, right = pads
    return (top, bottom), (left, right)


def conv(reading: Reading, op: Op) -> None:
    value, kernel = a_map(reading, op), reading.array(op, 1)
    if kernel.ndim != 4:
        raise op.error(f"its kernel has {kernel.ndim} axes; here it has four.")
    filters, inside, *size = kernel.shape
    about, groups, channels = window(op, value, size), whole(op, "group", 1), value.shape[2]
    padding = about.padding(value)
    if padding is None:
        value, padding = padded(reading, op, value, about.pads), "valid"
    bias = reading.given(op, 2)
    arrays = () if bias is None else (bias,)
    shared = {
        "kernel_size": about.size,
        "strides": about.strides,
        "padding": padding,
        "dilation_rate": about.dilations,
        "use_bias": bias is not None,
    }
    if 1 < channels == groups and inside == 1 and filters % channels == 0:
        each = filters // channels
        layer: Layer = kinds.DepthwiseConv2D(depth_multiplier=each, **shared)  # type: ignore[arg-type]
        laid_out = kernel.reshape(channels, each, *size).transpose(2, 3, 0, 1)
    else:
        layer = kinds.Conv2D(filters, groups=groups, **shared)  # type: ignore[arg-type]
        laid_out = kernel.transpose(2, 3, 1, 0)
    reading.put(op, reading.add(op, layer, value, (laid_out, *arrays)))


def transposed(reading: Reading, op: Op) -> None:
    value, kernel = a_map(reading, op), reading.array(op, 1)
    if kernel.ndim != 4 or whole(op, "group", 1) != 1:
        raise op.error("only transposed convolutions of maps without groups are read.")
    if word(op, "auto_pad", "NOTSET") not in ("NOTSET", "VALID") or "output_shape" in op.attributes:
        raise op.error("its padding is not written out as pads. Export the model again.")
    about = window(op, value, kernel.shape[2:])
    more = wholes(op, "output_padding", (0, 0))
    if about.dilations != (1, 1) or len(more) != 2:
        raise op.error(f"dilations={about.dilations}: only 1 is read here.")
    bias = reading.given(op, 2)
    arrays = (kernel.transpose(2, 3, 1, 0), *(() if bias is None else (bias,)))
    top, left, bottom, right = about.pads
    pads = top, left, bottom - more[0], right - more[1]
    same = tuple(size - step for size, step in zip(about.size, about.strides, strict=True))
    halves = same[0] // 2, same[1] // 2, same[0] - same[0] // 2, same[1] - same[1] // 2
    padding = "same" if pads == halves else "valid"
    layer = kinds.Conv2DTranspose(
        kernel.shape[1], about.size, about.strides, padding, use_bias=bias is not None
    )
    value = reading.add(op, layer, value, arrays)
    if padding == "valid" and any(pads):
        if min(pads) < 0:
            raise op.error(f"output_padding={more} is more than pads={about.pads}. Use less.")
        value = padded(reading, op, value, tuple(-one for one in pads))  # type: ignore[arg-type]
    reading.put(op, value)


def max_pool(reading: Reading, op: Op) -> None:
    value = a_map(reading, op)
    about = _pool_window(op, value)
    padding = about.padding(value)
    if padding is None:
        raise op.error(
            f'pads={about.pads} are neither alike on all sides nor those of "same". Pad so, or '
            "use ceil_mode=False."
        )
    reading.put(op, reading.add(op, kinds.MaxPooling2D(about.size, about.strides, padding), value))


def average_pool(reading: Reading, op: Op) -> None:
    value = a_map(reading, op)
    about = _pool_window(op, value)
    padding = about.padding(value)
    if padding != "valid" and not whole(op, "count_include_pad", 0):
        if not about.is_same(value):
            raise op.error(
                f'pads={about.pads} are left out of the mean, which is read where they are "same". '
                "Use count_include_pad=True."
            )
    elif padding == "same" or padding is None:  # whose zeros count, as they do here in a number
        alike = len(set(about.pads)) == 1
        padding = about.pads[0] if alike else None
        value = value if alike else padded(reading, op, value, about.pads)
    layer = kinds.AveragePooling2D(about.size, about.strides, padding or "valid")
    reading.put(op, reading.add(op, layer, value))


def _pool_window(op: Op, value: Value) -> Window:
    """The window, with what `ceil_mode` adds at the end written out."""
    about = window(op, value, wholes(op, "kernel_shape"))
    if about.dilations != (1, 1):
        raise op.error(f"dilations={about.dilations}: only 1 is read here.")
    if not whole(op, "ceil_mode", 0):
        return about
    top, left, *ends = about.pads
    found = []
    for size, kernel, stride, before, end in zip(
        value.shape[:2], about.size, about.strides, (top, left), ends, strict=True
    ):
        outputs = -(-(size + before + end - kernel) // stride) + 1
        if (outputs - 1) * stride >= size + before:  # that window would lie in the padding alone
            outputs -= 1
        found.append(max((outputs - 1) * stride + kernel - size - before, end))
    if found != ends and word(op, "auto_pad", "NOTSET") == "NOTSET":
        return Window(about.size, about.strides, (1, 1), (top, left, found[0], found[1]))
    return about


def pad(reading: Reading, op: Op) -> None:
    value = a_map(reading, op)
    pads = reading.wholes(op, 1, "pads") or ()
    filled = reading.given(op, 2)
    filler = 0.0 if filled is None else float(np.max(np.abs(filled), initial=0.0))
    if word(op, "mode", "constant") != "constant" or filler or op.attributes.get("value"):
        raise op.error("it fills with other than zeros. Only zeros are put around a map here.")
    axes = reading.wholes(op, 3, "axes") or (0, 1, 2, 3)
    if len(pads) != 2 * len(axes) or any(not -4 <= one < 4 for one in axes):
        raise op.error(f"pads={pads[:8]} are not two for each axis. Export the model again.")
    before = {one % 4: pads[i] for i, one in enumerate(axes)}
    after = {one % 4: pads[i + len(axes)] for i, one in enumerate(axes)}
    if any(side.get(one) for side in (before, after) for one in (0, 1)):
        raise op.error("it pads images or channels. Only height and width are padded here.")
    sides = before.get(2, 0), before.get(3, 0), after.get(2, 0), after.get(3, 0)
    reading.put(op, padded(reading, op, value, sides))


def cut(reading: Reading, op: Op) -> None:
    """A Slice, which is read where it cuts rows and columns off."""
    value = reading.value(op)
    starts, ends = (reading.wholes(op, i, name) for i, name in ((1, "starts"), (2, "ends")))
    axes, steps = reading.wholes(op, 3, "axes"), reading.wholes(op, 4, "steps")
    starts, ends = starts or (), ends or ()
    axes = axes or tuple(range(len(starts)))
    if len(value.shape) != 3 or value.form not in (Form.FIRST, Form.LAST):
        raise op.error("it takes a part of a vector, which nothing here does.")
    if len(starts) != len(ends) or len(axes) != len(starts) or any(s != 1 for s in steps or ()):
        raise op.error("it leaves out every other value, which nothing here does.")
    sizes, sides = value.sizes, {}
    first = 1 if value.form is Form.FIRST else 0
    for start, end, one in zip(starts, ends, axes, strict=True):
        place = one % 4 - 1
        size = sizes[place] if place >= 0 else math.inf
        before = max(start + size, 0) if start < 0 else start
        after = size - (max(end + size, 0) if end < 0 else min(end, size))
        if place - first not in (0, 1) and (before or (after and size != math.inf)):
            raise op.error("it takes some of the images or channels, which nothing here does.")
        sides[place - first] = int(before), 0 if size == math.inf else int(after)
    (top, bottom), (left, right) = sides.get(0, (0, 0)), sides.get(1, (0, 0))
    reading.put(op, padded(reading, op, value, (-top, -left, -bottom, -right)))


def resize(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    if len(value.shape) != 3 or value.form not in (Form.FIRST, Form.LAST):
        raise op.error("it makes something else than a map larger.")
    scales = reading.given(op, 1 if op.kind == "Upsample" else 2)
    if scales is None or not scales.size:
        wanted = reading.array(op, 3).reshape(-1).tolist()
        had = (0, *value.sizes)
        factors = [new / old if old else 1.0 for new, old in zip(wanted, had, strict=False)]
    else:
        factors = [short(one) for one in scales.reshape(-1)[:5]]
    cells = slice(2, 4) if value.form is Form.FIRST else slice(1, 3)
    along = factors[cells]
    others = factors[1:2] if value.form is Form.FIRST else factors[3:4]
    if len(factors) != 4 or others != [1.0] or any(one < 1 or one % 1 for one in along):
        raise op.error(
            f"it makes a map {factors} times as large; here height and width grow by whole numbers."
        )
    mode = word(op, "mode", "nearest")
    how = word(op, "coordinate_transformation_mode", "half_pixel")
    rounding = word(op, "nearest_mode", "round_prefer_floor")
    nearest = (how, rounding) == ("asymmetric", "floor") or (
        how in ("half_pixel", "pytorch_half_pixel") and rounding.startswith("round_prefer")
    )
    if op.kind == "Upsample":
        nearest, how = True, "asymmetric"
    if mode == "nearest" and nearest:
        kind = "nearest"
    elif mode == "linear" and how in ("half_pixel", "pytorch_half_pixel"):
        kind = "bilinear"
    else:
        raise op.error(
            f"mode={mode} with {how} and {rounding} is not what this program does. Use nearest, or "
            "bilinear with align_corners=False."
        )
    layer = kinds.UpSampling2D((int(along[0]), int(along[1])), kind)
    reading.put(op, reading.add(op, layer, value))


def global_pool(reading: Reading, op: Op, kind: type[kinds.GlobalPooling]) -> None:
    value = a_map(reading, op)
    reading.put(op, reading.add(op, kind(keepdims=True), value))


def reduced(reading: Reading, op: Op, kind: type[kinds.GlobalPooling]) -> None:
    """A mean or a maximum over height and width."""
    value = reading.value(op)
    axes = {one % 4 for one in reading.wholes(op, 1, "axes") or ()}
    cells = {Form.FIRST: {2, 3}, Form.LAST: {1, 2}}.get(value.form)
    if len(value.shape) != 3 or axes != cells:
        raise op.error("it goes over other axes than height and width, which nothing here does.")
    keeps = bool(whole(op, "keepdims", 1))
    form = value.form if keeps else Form.FLAT
    reading.put(op, reading.add(op, kind(keepdims=keeps), value, form=form))
