"""What operators make of numbers alone: sizes that an exporter has the graph work out, arrays that
it turns or widens. Nothing here may make much of little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnn.network.onnx.messages import TYPES, Array, Op

MOST = 1_000_000
"""Numbers that may come of fewer."""

WHOLE_BATCH = 0
"""What stands for the number of images among sizes: a Reshape takes it for what was there."""


def folded(op: Op, arrays: Sequence[Array]) -> Array:
    """The array that an operator makes of arrays."""
    if op.kind not in FOLDS:
        raise op.error("it works on numbers alone, which is not done here. Simplify the model.")
    try:
        with np.errstate(all="ignore"):
            return np.asarray(FOLDS[op.kind](op, *arrays))
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        why = str(error).splitlines()[0][:100] if str(error) else "its numbers do not fit"
        raise op.error(f"it cannot be worked out: {why}. Export the model again.") from None


def _constant(op: Op) -> Array:
    for name in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if name in op.attributes:
            value: Any = op.attributes[name]
            if isinstance(value, np.ndarray):
                return value
            return np.array(value, np.float32 if "float" in name else np.int64)
    raise op.error("it holds no numbers. Export the model again.")


def _axes(op: Op, given: Sequence[Array]) -> tuple[int, ...]:
    axes: Any = given[0].reshape(-1).tolist() if given else op.attributes.get("axes", ())
    return tuple(map(int, axes))


def _reshape(op: Op, array: Array, shape: Array) -> Array:
    sizes = [array.shape[i] if one == 0 else int(one) for i, one in enumerate(shape.reshape(-1))]
    return array.reshape(sizes)


def _unsqueeze(op: Op, array: Array, *given: Array) -> Array:
    return np.expand_dims(array, _axes(op, given))


def _squeeze(op: Op, array: Array, *given: Array) -> Array:
    return np.squeeze(array, _axes(op, given) or None)


def _cast(op: Op, array: Array) -> Array:
    return array.astype(TYPES[op.attributes["to"]])  # type: ignore[index]


def _concat(op: Op, *arrays: Array) -> Array:
    _bounded(sum(array.size for array in arrays), arrays)
    return np.concatenate(arrays, int(op.attributes.get("axis", 0)))  # type: ignore[arg-type]


def _gather(op: Op, array: Array, places: Array) -> Array:
    _bounded(places.size * array.size, (array,))
    return np.take(array, places, int(op.attributes.get("axis", 0)))  # type: ignore[arg-type]


def _slice(op: Op, array: Array, *given: Array) -> Array:
    said: Any = op.attributes
    parts = [one.reshape(-1).tolist() for one in given]
    parts = parts or [said[name] for name in ("starts", "ends", "axes") if name in said]
    starts, ends, *rest = parts
    axes = rest[0] if rest else range(len(starts))
    steps = rest[1] if len(rest) > 1 else [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        array = np.moveaxis(np.moveaxis(array, axis, 0)[start:end:step], 0, axis)
    return array


def _of_shape(op: Op, shape: Array) -> Array:
    sizes = list(map(int, shape.reshape(-1)))
    _bounded(math.prod(sizes), ())
    value = op.attributes.get("value", np.zeros(1, np.float32))
    return np.full(sizes, np.asarray(value).reshape(-1)[0])


def _expand(op: Op, array: Array, shape: Array) -> Array:
    sizes = np.broadcast_shapes(array.shape, tuple(map(int, shape.reshape(-1))))
    _bounded(math.prod(sizes), (array,))
    return np.broadcast_to(array, sizes)


def _bounded(size: int, given: Sequence[Array]) -> None:
    if size > max([MOST, *(array.size for array in given)]):
        raise ValueError("it makes too many numbers of few")


def _value_by_value(change: Callable[..., Array]) -> Callable[..., Array]:
    def fold(op: Op, *arrays: Array) -> Array:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        _bounded(math.prod(shape), arrays)
        return change(*arrays)

    return fold


def _divided(one: Array, other: Array) -> Array:
    """Whole numbers without what is left, as ONNX does for sizes."""
    return one / other if one.dtype.kind == "f" else one // np.where(other == 0, 1, other)


FOLDS: dict[str, Callable[..., Array]] = {
    "Constant": _constant,
    "ConstantOfShape": _of_shape,
    "Identity": lambda op, array: array,
    "Cast": _cast,
    "Reshape": _reshape,
    "Transpose": lambda op, array: np.transpose(array, op.attributes.get("perm")),
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Expand": _expand,
    "Add": _value_by_value(np.add),
    "Sub": _value_by_value(np.subtract),
    "Mul": _value_by_value(np.multiply),
    "Div": _value_by_value(_divided),
    "Pow": _value_by_value(np.power),
    "Sqrt": _value_by_value(np.sqrt),
    "Neg": _value_by_value(np.negative),
    "Reciprocal": _value_by_value(np.reciprocal),
}
