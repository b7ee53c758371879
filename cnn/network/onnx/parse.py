"""An ONNX file's bytes as a `Model`: data only, every size checked before anything is made of it.

Graphs inside a graph, code and functions are never entered. Arrays stay where they lie in the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cnn.network.errors import ArchitectureError, shown
from cnn.network.onnx import wire
from cnn.network.onnx.messages import FLOAT, TYPES, Array, Attribute, Model, Op, Tensor
from cnn.network.onnx.wire import WireError

MOST_OPS = 50_000
MOST_OF_ONE = 1_000
"""Inputs, outputs, attributes or sizes of one operator, inputs and outputs of a graph."""

MOST_NUMBERS = 100_000
"""Of those that do not lie together as bytes, which is how arrays of any size do."""

MOST_RANK = 8
MOST_NAME = 1_000
AGAIN = "Export the model again."

Field = int | memoryview
Elsewhere = Callable[[str, int, int], memoryview]
"""The bytes of another file, by its name, from a place on, and how many."""


def parsed(content: bytes | memoryview, elsewhere: Elsewhere | None = None) -> Model:
    """The model in a file; where its arrays lie in another file, `elsewhere` reads that."""
    try:
        return _model(memoryview(content), elsewhere)
    except WireError as error:
        raise ArchitectureError(
            f"this is not an ONNX file, or only a part of one: {error}. {AGAIN}"
        ) from None


def _model(message: memoryview, elsewhere: Elsewhere | None) -> Model:
    graphs: list[memoryview] = []
    facts: dict[str, str] = {}
    opset = 1
    for number, value in wire.fields(message):
        if number == 7:
            graphs.append(_bytes(value))
        elif number == 8:
            found = dict(_limited(value, "an opset"))
            if not bytes(_bytes(found.get(1, memoryview(b"")))):
                opset = _whole(found.get(2, 0))
        elif number == 14 and len(facts) < MOST_OF_ONE:
            pair = dict(_limited(value, "metadata"))
            facts[_text(pair.get(1))] = _text(pair.get(2), most=MOST_NUMBERS)
    if len(graphs) != 1:
        raise ArchitectureError(f"this ONNX file holds {len(graphs)} graphs, not one. {AGAIN}")
    return _graph(graphs[0], opset, facts, elsewhere)


def _graph(
    message: memoryview, opset: int, facts: dict[str, str], elsewhere: Elsewhere | None
) -> Model:
    name = ""
    ops: list[Op] = []
    arrays: dict[str, Array] = {}
    ends: dict[int, list[Tensor]] = {11: [], 12: []}
    for number, value in wire.fields(message):
        if number == 1:
            ops.append(_op(value, elsewhere))
        elif number == 2:
            name = _text(value)
        elif number == 5:
            key, array = _array(_bytes(value), elsewhere)
            if key in arrays:
                raise ArchitectureError(f"two arrays are called {shown(key)}. {AGAIN}")
            arrays[key] = array
        elif number in ends:
            ends[number].append(_tensor(_bytes(value)))
        elif number == 15:
            raise ArchitectureError("it has sparse arrays, which are not read. Save them dense.")
        if max(len(ops), len(arrays), len(ends[11]), len(ends[12])) > MOST_OPS:
            raise ArchitectureError(f"more than {MOST_OPS:,} nodes or arrays. Use a smaller model.")
    return Model(name, ops, arrays, ends[11], ends[12], facts, opset)


def _op(message: Field, elsewhere: Elsewhere | None) -> Op:
    texts: dict[int, list[str]] = {1: [], 2: [], 3: [], 4: [], 7: []}
    attributes: dict[str, Attribute] = {}
    for number, value in _limited(message, "a node"):
        if number in texts:
            texts[number].append(_text(value))
        elif number == 5:
            name, attribute = _attribute(_bytes(value), elsewhere)
            if attribute is not None:
                attributes[name] = attribute
    name, kind, domain = ("".join(texts[number][-1:]) for number in (3, 4, 7))
    return Op(kind, tuple(texts[1]), tuple(texts[2]), name, attributes, domain)


def _attribute(message: memoryview, elsewhere: Elsewhere | None) -> tuple[str, Attribute | None]:
    """Its name and its value; None where that is a graph or a type, which are not entered."""
    one: dict[int, Field] = {}
    reals: list[memoryview] = []
    wholes: list[int] = []
    texts: list[str] = []
    for number, value in _limited(message, "an attribute", MOST_NUMBERS):
        if number == 7:
            reals.append(_bytes(value))
        elif number == 8:
            _extend(wholes, value)
        elif number == 9:
            texts.append(_text(value))
        else:
            one[number] = value
    kind, name = one.get(20), _text(one.get(1))
    found: dict[Any, Callable[[], Attribute]] = {
        1: lambda: float(np.frombuffer(_bytes(one.get(2, memoryview(bytes(4)))), "<f4")[0]),
        2: lambda: _whole(one.get(3, 0)),
        3: lambda: _text(one.get(4)),
        4: lambda: _array(_bytes(one.get(5, memoryview(b""))), elsewhere)[1],
        6: lambda: tuple(map(float, np.frombuffer(b"".join(reals), "<f4"))),
        7: lambda: tuple(wholes),
        8: lambda: tuple(texts),
    }
    try:
        return name, found[kind]() if kind in found else None
    except (ValueError, IndexError):
        raise ArchitectureError(f"the attribute {shown(name)} is broken. {AGAIN}") from None


def _array(message: memoryview, elsewhere: Elsewhere | None) -> tuple[str, Array]:
    dims: list[int] = []
    pieces: dict[int, list[memoryview]] = {4: [], 9: [], 10: []}
    wholes: list[int] = []
    outside: dict[str, str] = {}
    name, kind, is_outside, texts = "", 0, False, False
    for number, value in _limited(message, "an array", MOST_NUMBERS):
        if number == 1:
            _extend(dims, value, MOST_RANK)
        elif number == 2:
            kind = _whole(value)
        elif number in pieces:
            pieces[number].append(_bytes(value))
        elif number in (5, 7, 11):
            _extend(wholes, value)
        elif number == 6:
            texts = True
        elif number == 8:
            name = _text(value)
        elif number == 13 and len(outside) < MOST_OF_ONE:
            pair = dict(_limited(value, "an array"))
            outside[_text(pair.get(1))] = _text(pair.get(2))
        elif number == 14:
            is_outside = value == 1
    called = f"the array {shown(name)}"
    if kind not in TYPES or texts:
        raise ArchitectureError(
            f"{called} is not of numbers that are read here. Save the model with 32-bit numbers."
        )
    if any(one < 0 for one in dims):
        raise ArchitectureError(f"{called} says it is of the size {shown(dims)}. {AGAIN}")
    count, form = math.prod(dims), TYPES[kind]
    if is_outside or outside:
        data = _outside(called, outside, count * form.itemsize, elsewhere)
    elif wholes:
        return name, _of_wholes(called, wholes, form, dims)
    else:
        found = [piece for some in pieces.values() for piece in some]
        data = found[0] if len(found) == 1 else memoryview(b"".join(found))
    if len(data) != count * form.itemsize:
        raise ArchitectureError(
            f"{called} says it has {_counted(count)} numbers, but {len(data):,} bytes are there. "
            f"{AGAIN}"
        )
    return name, np.frombuffer(data, form).reshape(dims)


def _of_wholes(called: str, wholes: list[int], form: np.dtype[Any], dims: list[int]) -> Array:
    """Whole numbers, and 16-bit ones, whose bits are written as whole numbers."""
    if len(wholes) != math.prod(dims):
        raise ArchitectureError(
            f"{called} says it has {_counted(math.prod(dims))} numbers, but {len(wholes):,} are "
            f"there. {AGAIN}"
        )
    try:
        if form == np.dtype("<f2"):
            return np.array(wholes, "<u2").view(form).reshape(dims)
        return np.array(wholes, form).reshape(dims)
    except (OverflowError, ValueError):
        raise ArchitectureError(f"{called} holds numbers that it cannot hold. {AGAIN}") from None


def _outside(
    called: str, outside: dict[str, str], length: int, elsewhere: Elsewhere | None
) -> memoryview:
    location = outside.get("location", "")
    if elsewhere is None:
        raise ArchitectureError(
            f"{called} lies in another file, {shown(location)}. Save the model as one file: "
            "torch.onnx.export(..., external_data=False), or onnx.save(model, name)."
        )
    try:
        start = int(outside.get("offset", "0")[:20])
        said = int(outside.get("length", str(length))[:20])
    except ValueError:
        raise ArchitectureError(f"{called} lies nowhere: {shown(outside)}. {AGAIN}") from None
    if said != length or start < 0:
        raise ArchitectureError(
            f"{called} has {_counted(length)} bytes, but {shown(said)} at {shown(start)} are said "
            f"to lie in {shown(location)}. {AGAIN}"
        )
    return elsewhere(location, start, length)


def _counted(count: int) -> str:
    return f"{count:,}" if count < 10**15 else "far too many"


def _tensor(message: memoryview) -> Tensor:
    name, kind, sizes = "", FLOAT, []
    for number, value in _limited(message, "an input"):
        if number == 1:
            name = _text(value)
        elif number == 2:
            for form, typed in _limited(value, "a type"):
                if form != 1:
                    return Tensor(name, (), 0)
                about = list(_limited(typed, "a type"))
                kind = next((_whole(v) for n, v in about if n == 1), FLOAT)
                shapes = [v for n, v in about if n == 2]
                sizes = [_size(v) for shape in shapes for n, v in _limited(shape, "a shape")]
    return Tensor(name, tuple(sizes[:MOST_OF_ONE]), kind)


def _size(message: Field) -> int | str | None:
    found = dict(_limited(message, "a size"))
    if 1 in found:
        return _whole(found[1])
    return _text(found.get(2)) or None


def _limited(message: Field, what: str, most: int = MOST_OF_ONE) -> Iterator[tuple[int, Field]]:
    """The fields of a message, as many as it may have."""
    for count, one in enumerate(wire.fields(_bytes(message))):
        if count >= most:
            raise ArchitectureError(f"{what} has more than {most:,} parts. Use a smaller model.")
        yield one


def _extend(numbers: list[int], value: Field, most: int = MOST_NUMBERS) -> None:
    for one in [wire.signed(value)] if isinstance(value, int) else wire.wholes(value):
        if len(numbers) >= most:
            raise ArchitectureError(
                f"a list has more than {most:,} numbers. Save arrays as raw bytes."
            )
        numbers.append(one)


def _bytes(value: Field | None) -> memoryview:
    if isinstance(value, memoryview):
        return value
    raise WireError("a number stands where a message belongs")


def _whole(value: Field) -> int:
    if isinstance(value, int):
        return wire.signed(value)
    raise WireError("a message stands where a number belongs")


def _text(value: Field | None, most: int = MOST_NAME) -> str:
    return "" if value is None else bytes(_bytes(value)[:most]).decode("utf-8", "replace")
