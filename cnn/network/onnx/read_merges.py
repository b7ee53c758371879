"""Operators on several things that flow: sums, products and the like, and the activations that
exporters write as such.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnn.network.errors import ArchitectureError
from cnn.network.layers import Activation, Layer, Rescaling
from cnn.network.layers.merges import ADD, AVERAGE, CONCATENATE, MAXIMUM, MULTIPLY, SUBTRACT, Merge
from cnn.network.onnx.flow import Form, Reading, Value, short, whole
from cnn.network.onnx.messages import Op
from cnn.network.onnx.read_values import activation, ceiling, with_array

MERGES = {
    "Add": ADD,
    "Sum": ADD,
    "Mul": MULTIPLY,
    "Max": MAXIMUM,
    "Mean": AVERAGE,
    "Sub": SUBTRACT,
    "Concat": CONCATENATE,
}
GUARDED = "it is known as a part of softplus alone: x where x > 20, else softplus(x)."
LARGE = 15.0
"""From here on softplus(x) is x, to seven digits."""

GATES = {"sigmoid": "silu", "hard_sigmoid": "hard_silu"}
"""What a value times its own activation is called."""


@dataclass(frozen=True, slots=True)
class Erf:
    """A part of `x / 2 (1 + erf(x / sqrt 2))`: of which x, how far, and times what so far."""

    x: int
    step: str
    factor: float = 1.0


def merged(reading: Reading, op: Op) -> None:
    """What joins things that flow, or does something to one of them."""
    flowing = [place for place in range(len(op.inputs)) if reading.flows(op, place)]
    if len(op.inputs) == 1:
        reading.put(op, reading.value(op))
        return
    if _is_of_gelu(reading, op):
        return
    if len(flowing) == 1 and len(op.inputs) == 2 and op.kind != "Concat":
        (_bounded if op.kind in ("Max", "Min") else with_array)(reading, op)
        return
    if len(flowing) < len(op.inputs) or op.kind not in MERGES:
        raise op.error("it joins fixed numbers with what flows, which nothing here does.")
    values = [reading.value(op, place) for place in flowing]
    if op.kind == "Mul" and (gated := _gated(reading, values)):
        word, x = gated
        reading.put(op, reading.add(op, Activation(word), x, alone=True))
        return
    reading.put(op, _joined(reading, op, MERGES[op.kind], values))


def _joined(reading: Reading, op: Op, merge: Merge, values: list[Value]) -> Value:
    widest = max(values, key=lambda value: len(value.shape))
    form = widest.form
    if form not in (Form.FIRST, Form.LAST, Form.FLAT) or any(
        one.form is not form for one in values
    ):
        forms = " with ".join(dict.fromkeys(one.form.value for one in values))
        raise op.error(f"it joins {forms}, which are laid out differently.")
    if merge is CONCATENATE:
        axis = {Form.FIRST: (1, -3), Form.LAST: (3, -1), Form.FLAT: (1, -1)}[form]
        if whole(op, "axis", 0) not in axis:
            raise op.error(
                "it puts side by side along other than the channels. Only those do here."
            )
    elif any(not _is_ordered_alike(one, widest) for one in values):
        raise op.error("it joins vectors of maps that were laid out in different orders.")
    try:
        shape = merge.shape([value.shape for value in values])
    except ArchitectureError as error:
        raise op.error(error.problem) from None
    found = reading.join(op, merge.keras, values, shape)
    if merge is CONCATENATE and any(value.order is not None for value in values):
        starts = np.cumsum([0, *(value.shape[0] for value in values[:-1])])
        each = [
            start + (np.arange(value.shape[0]) if value.order is None else value.order)
            for start, value in zip(starts, values, strict=True)
        ]
        return replace(found, order=np.concatenate(each))
    return found


def _is_ordered_alike(one: Value, other: Value) -> bool:
    if one.order is None or other.order is None:
        return one.order is other.order
    return np.array_equal(one.order, other.order)


def _gated(reading: Reading, values: list[Value]) -> tuple[str, Value] | None:
    """The word for a value times its own sigmoid, and that value."""
    if len(values) != 2:
        return None
    for x, gate in (values, values[::-1]):
        layer = reading.made(gate)
        is_gate = isinstance(layer, Activation) and layer.activation in GATES
        if is_gate and gate.alone and reading.nodes[gate.node].inputs == (x.node,):
            return GATES[layer.activation or ""], x  # type: ignore[union-attr]
    return None


def _bounded(reading: Reading, op: Op) -> None:
    """A maximum or minimum with a number: a relu, and its ceiling."""
    place = 0 if reading.flows(op, 0) else 1
    value, array = reading.value(op, place), reading.array(op, 1 - place)
    bound = short(array.reshape(-1)[0]) if array.size else math.nan
    if array.size and np.all(array == array.reshape(-1)[0]):
        if op.kind == "Max" and bound == 0:
            activation(reading, op, Activation("relu"), value)
            return
        before = reading.made(value)
        if op.kind == "Min" and bound >= 0 and before is not None and value.alone:
            capped = _capped(before, bound)
            if capped is not None:
                reading.change(value, capped)
                reading.put(op, value)
                return
    raise op.error("it bounds values otherwise than a relu with a ceiling does.")


def _capped(layer: Any, bound: float) -> Layer | None:
    if layer.activation != "relu" or getattr(layer, "max_value", None) is not None:
        return None
    if isinstance(layer, Activation):
        return ceiling(bound) if not layer.bends else replace(layer, max_value=bound)
    return replace(layer, activation="relu6") if bound == 6 else None


def mish(reading: Reading, op: Op) -> None:
    """x tanh(softplus(x)), which layers here say one by one."""
    value = reading.value(op)
    soft = reading.add(op, Activation("softplus"), value)
    gate = reading.add(op, Activation("tanh"), soft)
    reading.put(op, reading.join(op, MULTIPLY.keras, [value, gate], value.shape))


def greater(reading: Reading, op: Op) -> None:
    """Whether values are above a number, which a guarded softplus asks for."""
    if not reading.flows(op, 0) or reading.flows(op, 1) or reading.array(op, 1).size != 1:
        raise op.error(GUARDED)
    value, bound = reading.value(op), short(reading.array(op, 1).reshape(-1)[0])
    reading.put(op, replace(value, form=Form.OVER, beside=(value.node, bound)))


def where(reading: Reading, op: Op) -> None:
    """A softplus, for which PyTorch takes x itself where x is so large that they are the same."""
    if not all(reading.flows(op, place) for place in range(3)):
        raise op.error(GUARDED)
    asked, x, soft = (reading.value(op, place) for place in range(3))
    layer, node = reading.made(soft), reading.nodes[soft.node]
    is_softplus = isinstance(layer, Activation) and layer.activation == "softplus"
    is_of_x = node.inputs == (x.node,) and asked.form is Form.OVER and asked.beside[0] == x.node
    if not is_softplus or not is_of_x or asked.beside[1] < LARGE:
        raise op.error(GUARDED)
    reading.put(op, soft)


def erf(reading: Reading, op: Op) -> None:
    """The error function, which stands in GELU alone: of a value divided by the root of 2."""
    value = reading.value(op)
    layer, node = reading.made(value), reading.nodes[value.node]
    is_part = isinstance(layer, Rescaling) and not layer.offset
    if not is_part or not math.isclose(layer.scale, math.sqrt(0.5), rel_tol=1e-5):  # type: ignore[union-attr]
        raise op.error("it is known as a part of GELU alone: x / 2 (1 + erf(x / sqrt 2)).")
    reading.put(op, replace(value, form=Form.ERF, beside=(value.form, Erf(node.inputs[0], "erf"))))


def _is_of_gelu(reading: Reading, op: Op) -> bool:
    """Whether a sum or product belongs to GELU, which is then taken further."""
    places = [
        place
        for place in range(len(op.inputs))
        if reading.flows(op, place) and reading.value(op, place).form is Form.ERF
    ]
    if len(places) != 1 or len(op.inputs) != 2:
        return False
    value = reading.value(op, places[0])
    form, known = value.beside
    other = 1 - places[0]
    if not reading.flows(op, other):
        number = reading.array(op, other)
        one = short(number.reshape(-1)[0]) if number.size == 1 else math.nan
        if (op.kind, known.step, one) == ("Add", "erf", 1.0):
            known = replace(known, step="gate")
        elif op.kind in ("Mul", "Div") and known.step != "erf" and one:
            known = replace(known, factor=known.factor * (one if op.kind == "Mul" else 1 / one))
        else:
            known = replace(known, step="lost")
    elif op.kind == "Mul" and known.step == "gate":
        known = _times(reading, reading.value(op, other), known)
    else:
        known = replace(known, step="lost")
    if known.step == "lost":
        raise op.error("it is known as a part of GELU alone: x / 2 (1 + erf(x / sqrt 2)).")
    if known.step == "gated" and math.isclose(known.factor, 0.5):
        x = Value(known.x, value.shape, form, value.order)
        reading.put(op, reading.add(op, Activation("gelu"), x))
    else:
        reading.put(op, replace(value, beside=(form, known)))
    return True


def _times(reading: Reading, value: Value, known: Erf) -> Erf:
    """The gate times x itself, or times a part of it."""
    if value.node == known.x:
        return replace(known, step="gated")
    layer, node = reading.made(value), reading.nodes[value.node]
    is_part = isinstance(layer, Rescaling) and not layer.offset and node.inputs == (known.x,)
    if not is_part:
        return replace(known, step="lost")
    return replace(known, step="gated", factor=known.factor * layer.scale)  # type: ignore[union-attr]
