"""An ONNX model as a value, and as the bytes that a file holds; what an operator does is not known.

The numbers of the fields are those of `onnx.proto3`. Nothing is needed but NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.errors import ArchitectureError, shown
from cnn.network.onnx import wire
from cnn.network.onnx.wire import Pieces

Array = npt.NDArray[Any]
Attribute = int | float | str | Array | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]

IR_VERSION = 8
"""The oldest that has the operators of `OPSET`, so that old programs read it too."""

OPSET = 17
MOST_BYTES = 2_000_000_000
"""A protobuf message is no larger."""

TYPES: dict[int, Any] = {
    1: np.dtype("<f4"),
    2: np.dtype("u1"),
    3: np.dtype("i1"),
    6: np.dtype("<i4"),
    7: np.dtype("<i8"),
    9: np.dtype("?"),
    10: np.dtype("<f2"),
    11: np.dtype("<f8"),
}
"""The numbers that ONNX has for the types of arrays that are read; two of them are written."""

FLOAT = 1
_NUMBERS = {kind: number for number, kind in TYPES.items()}
_INT, _REAL, _TEXT, _TENSOR, _REALS, _INTS, _TEXTS = 2, 1, 3, 4, 6, 7, 8


@dataclass(frozen=True, slots=True)
class Op:
    """One node of a graph: which operator, of what, with which attributes."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    name: str = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    domain: str = ""

    @property
    def called(self) -> str:
        """Its name, or that of what it gives."""
        return self.name or next(iter(self.outputs), "") or self.kind

    def error(self, problem: str) -> ArchitectureError:
        kind = self.kind if self.kind.isidentifier() else shown(self.kind)
        return ArchitectureError(problem, where=f"node {shown(self.called)} ({kind[:60]})")


Size = int | str | None


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output by its name; a size that is open is a word, or None."""

    name: str
    sizes: tuple[Size, ...] = ()
    kind: int = FLOAT


@dataclass(frozen=True, slots=True)
class Model:
    """A graph with its arrays, and what is said about it."""

    name: str
    ops: Sequence[Op]
    arrays: Mapping[str, Array]
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    facts: Mapping[str, str] = field(default_factory=dict)
    opset: int = OPSET
    producer: tuple[str, str] = ("", "")
    words: str = ""


def written(model: Model) -> Pieces:
    """The bytes of a model."""
    graph = [
        *(piece for op in model.ops for piece in wire.nested(1, _op(op))),
        *wire.text(2, model.name),
        *(
            piece
            for name, array in model.arrays.items()
            for piece in wire.nested(5, _array(array, name))
        ),
        *(piece for one in model.inputs for piece in wire.nested(11, _tensor(one))),
        *(piece for one in model.outputs for piece in wire.nested(12, _tensor(one))),
    ]
    facts = (
        wire.nested(14, wire.text(1, key) + wire.text(2, value))
        for key, value in model.facts.items()
    )
    pieces = [
        *wire.whole(1, IR_VERSION),
        *wire.text(2, model.producer[0]),
        *wire.text(3, model.producer[1]),
        *wire.text(6, model.words),
        *wire.nested(7, graph),
        *wire.nested(8, wire.text(1, "") + wire.whole(2, model.opset)),
        *(piece for fact in facts for piece in fact),
    ]
    if wire.size(pieces) > MOST_BYTES:
        raise ArchitectureError(
            f"its weights take {wire.size(pieces) / 1e9:,.1f} GB, but an ONNX file holds at most "
            f"{MOST_BYTES / 1e9:,.0f}. Save it as .safetensors or .keras."
        )
    return pieces


def _op(op: Op) -> Pieces:
    return [
        *(piece for name in op.inputs for piece in wire.text(1, name)),
        *(piece for name in op.outputs for piece in wire.text(2, name)),
        *wire.text(3, op.name),
        *wire.text(4, op.kind),
        *(
            piece
            for name, value in op.attributes.items()
            for piece in wire.nested(5, wire.text(1, name) + _attribute(value))
        ),
    ]


def _attribute(value: Attribute) -> Pieces:
    match value:
        case int():
            return wire.whole(3, value) + wire.whole(20, _INT)
        case float():
            return wire.real(2, value) + wire.whole(20, _REAL)
        case str():
            return wire.text(4, value) + wire.whole(20, _TEXT)
        case tuple():
            return [*(p for one in value for p in wire.whole(8, int(one))), *wire.whole(20, _INTS)]
    return wire.nested(5, _array(value, "")) + wire.whole(20, _TENSOR)


def _array(array: Array, name: str) -> Pieces:
    laid_out = np.ascontiguousarray(array)
    raw = laid_out.reshape(-1).data.cast("B") if laid_out.size else b""
    return [
        *(piece for one in array.shape for piece in wire.whole(1, one)),
        *wire.whole(2, _NUMBERS[laid_out.dtype]),
        *wire.text(8, name),
        *wire.nested(9, [raw]),
    ]


def _tensor(tensor: Tensor) -> Pieces:
    sizes = [
        piece
        for one in tensor.sizes
        for piece in wire.nested(1, wire.whole(1, one) if isinstance(one, int) else _open(one))
    ]
    shape = wire.whole(1, tensor.kind) + wire.nested(2, sizes)
    return wire.text(1, tensor.name) + wire.nested(2, wire.nested(1, shape))


def _open(size: str | None) -> Pieces:
    return wire.text(2, size) if size else []
