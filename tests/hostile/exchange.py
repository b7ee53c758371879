"""The corpus of files of other programs: ONNX and safetensors, byte by byte, without their
libraries, which would not write most of it.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnn.network.onnx import wire
from cnn.network.onnx.wire import Pieces
from cnn.network.onnx.write import write_onnx
from tests.hostile.corpus import DEEP, GARBAGE, Made
from tests.hostile.files import HTML, NETWORK, PICKLE
from tests.network.export_cases import random_weights

CONTROL = "a\x00b\x1b[31m\u202e\r\n"


def good_onnx() -> bytes:
    content = io.BytesIO()
    write_onnx(NETWORK, random_weights(NETWORK), content)
    return content.getvalue()


def node(
    kind: str, inputs: str, output: str = "y", *attributes: Pieces, domain: str = ""
) -> Pieces:
    """A node of the graph, its inputs with spaces between them."""
    names = [piece for name in inputs.split(" ") for piece in wire.text(1, name)]
    held = [piece for one in attributes for piece in wire.nested(5, one)]
    about = wire.text(3, f"the {kind}") + wire.text(4, kind) + wire.text(7, domain)
    return wire.nested(1, [*names, *wire.text(2, output), *about, *held])


def ints(name: str, *values: int) -> Pieces:
    each = [piece for one in values for piece in wire.whole(8, one)]
    return [*wire.text(1, name), *each, *wire.whole(20, 7)]


def whole(name: str, value: int) -> Pieces:
    return wire.text(1, name) + wire.whole(3, value) + wire.whole(20, 2)


def array(name: str, sizes: tuple[int, ...], data: Any = b"", kind: int = 1, *more: Any) -> Pieces:
    raw = data if isinstance(data, bytes) else np.asarray(data).tobytes()
    dims = [piece for one in sizes for piece in wire.whole(1, one)]
    rest = [piece for one in more for piece in one]
    held = [*dims, *wire.whole(2, kind), *wire.text(8, name), *wire.nested(9, [raw]), *rest]
    return wire.nested(5, held)


def tensor(field: int, name: str, *sizes: int, kind: int = 1) -> Pieces:
    dims = [piece for one in sizes for piece in wire.nested(1, wire.whole(1, one))]
    shape = wire.whole(1, kind) + wire.nested(2, dims)
    return wire.nested(field, wire.text(1, name) + wire.nested(2, wire.nested(1, shape)))


def model(*parts: Pieces, sizes: tuple[int, ...] = (1, 3, 8, 8), ends: bool = True) -> bytes:
    """A model of these nodes and arrays, from `x` to `y`."""
    border = [*tensor(11, "x", *sizes), *tensor(12, "y", 1)] if ends else []
    graph = [piece for part in parts for piece in part]
    pieces = [*wire.whole(1, 8), *wire.nested(7, [*graph, *border])]
    return b"".join(map(bytes, [*pieces, *wire.nested(8, wire.whole(2, 17))]))


def weights(*sizes: int) -> Any:
    return np.ones(sizes, np.float32)


def outside(location: str, **about: str) -> list[Pieces]:
    said = {"location": location} | about
    pairs = [
        wire.nested(13, wire.text(1, key) + wire.text(2, value)) for key, value in said.items()
    ]
    return [*pairs, wire.whole(14, 1)]


def beside(location: str) -> bytes:
    held = array("w", (4, 3, 3, 3), b"", 1, *outside(location))
    return model(node("Conv", "x w"), held)


def graphs(depth: int) -> Pieces:
    """A graph in an attribute of a node of a graph, and so on."""
    inner: Pieces = []
    for _ in range(depth):
        inner = [b"".join(map(bytes, wire.nested(1, wire.nested(5, wire.nested(6, inner)))))]
    return inner


def doubled(times: int) -> Pieces:
    """An array put side by side with itself, again and again."""
    along = whole("axis", 0)
    found = array("w0", (2**15,), weights(2**15))
    for i in range(times):
        found = [*found, *node("Concat", f"w{i} w{i}", f"w{i + 1}", along)]
    return [*found, *node("Add", f"x w{times}")]


def chain(kind: str, many: int) -> Pieces:
    names = ["x", *(f"v{i}" for i in range(many - 1)), "y"]
    steps = itertools.pairwise(names)
    return [piece for one, other in steps for piece in node(kind, one, other)]


def nested_sums(many: int) -> Pieces:
    down = [
        piece for i in range(many) for piece in node("Relu", f"d{i}" if i else "x", f"d{i + 1}")
    ]
    up = node("Add", f"d{many} d{many - 1}", "u0")
    for i in range(1, many):
        last = "y" if i == many - 1 else f"u{i}"
        up = [
            *up,
            *node("Add", f"u{i - 1} d{many - 1 - i}" if i < many - 1 else f"u{i - 1} x", last),
        ]
    return [*down, *up]


CONV = array("w", (4, 3, 3, 3), weights(4, 3, 3, 3))
ZEROS = array("p", (8,), np.array([0, 0, -9, -9, 0, 0, 0, 0]), 7)

ONNX_FILES: Mapping[str, bytes] = Made(
    {
        "empty": lambda: b"",
        "garbage": lambda: GARBAGE,
        "pickle": lambda: PICKLE,
        "json": lambda: b'{"ir_version": 8}',
        "half": lambda: good_onnx()[: len(good_onnx()) // 2],
        "cut in a number": lambda: model(node("Relu", "x"))[:-1],
        "a number without an end": lambda: b"\x08" + b"\xff" * 30,
        "a field of another form": lambda: b"\x3b" + bytes(9),
        "longer than it is": lambda: b"\x3a\xff\xff\xff\xff\x0f",
        "a number for a graph": lambda: b"\x38\x01",
        "no graph": lambda: b"".join(map(bytes, wire.whole(1, 8))),
        "two graphs": lambda: model(node("Relu", "x")) * 2,
        "nothing in it": lambda: model(ends=False),
        "no nodes": lambda: model(),
        "no output": lambda: model(node("Relu", "x"), tensor(11, "x", 1, 3, 8, 8), ends=False),
        "two outputs": lambda: model(node("Relu", "x"), tensor(12, "z", 1)),
        "two inputs": lambda: model(node("Add", "x z"), tensor(11, "z", 1, 3, 8, 8)),
        "an input of text": lambda: model(
            node("Relu", "z"), tensor(11, "z", 1, 3, 8, 8, kind=8), tensor(12, "y"), ends=False
        ),
        "an input of two axes": lambda: model(node("Relu", "x"), sizes=(1, 3)),
        "an input of no size": lambda: model(node("Relu", "x"), sizes=(1, 3, 0, -8)),
        "an input without a bound": lambda: model(node("Relu", "x"), sizes=(1, 2**62, 2**62, 9)),
        "an input of many axes": lambda: model(node("Relu", "x"), sizes=(1,) * 900),
        "a circle": lambda: model(
            node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b")
        ),
        "a node that takes itself": lambda: model(node("Add", "x y")),
        "given twice": lambda: model(node("Relu", "x"), node("Tanh", "x")),
        "nothing before it": lambda: model(node("Relu", "nowhere")),
        "an array that is missing": lambda: model(node("Conv", "x w")),
        "no inputs at all": lambda: model(node("Conv", "")),
        "an array twice": lambda: model(node("Conv", "x w"), CONV, CONV),
        "far more numbers than bytes": lambda: model(
            node("Conv", "x w"), array("w", (2**31, 2**31, 3, 3))
        ),
        "sizes that come to nothing by turning over": lambda: model(
            node("Conv", "x w"), array("w", (2**32, 2**32))
        ),
        "a negative size": lambda: model(node("Conv", "x w"), array("w", (-4, -3, 3, 3))),
        "many axes": lambda: model(node("Conv", "x w"), array("w", (1,) * 60, weights(1))),
        "no numbers": lambda: model(node("Conv", "x w"), array("w", (0, 3, 3, 3))),
        "texts": lambda: model(
            node("Conv", "x w"), array("w", (1,), b"", 8, wire.nested(6, [b"a"]))
        ),
        "an unknown type": lambda: model(node("Conv", "x w"), array("w", (1,), b"1234", 99)),
        "a type as large as can be": lambda: model(
            node("Conv", "x w"), array("w", (1,), b"", 2**60)
        ),
        "not finite": lambda: model(
            node("Conv", "x w"), array("w", (4, 3, 3, 3), weights(4, 3, 3, 3) * np.nan)
        ),
        "beside it, further up": lambda: beside("../../../../etc/passwd"),
        "beside it, from the root": lambda: beside("/etc/passwd"),
        "beside it, another drive": lambda: beside("C:\\Windows\\win.ini"),
        "beside it, with a zero": lambda: beside("a\x00b"),
        "beside it, nothing": lambda: beside(""),
        "sparse": lambda: model(node("Relu", "x"), wire.nested(15, [])),
        "negative pads": lambda: model(
            node("Conv", "x w", "y", ints("pads", -1, -1, -1, -1)), CONV
        ),
        "a frame that leaves nothing": lambda: model(node("Pad", "x p"), ZEROS),
        "pads without a bound": lambda: model(
            node("Conv", "x w", "y", ints("pads", *[2**62] * 4)), CONV
        ),
        "strides of 0": lambda: model(node("Conv", "x w", "y", ints("strides", 0, 0)), CONV),
        "strides along one axis": lambda: model(node("Conv", "x w", "y", ints("strides", 1)), CONV),
        "groups of nothing": lambda: model(node("Conv", "x w", "y", whole("group", 0)), CONV),
        "more groups than channels": lambda: model(
            node("Conv", "x w", "y", whole("group", 2**40)), CONV
        ),
        "a word where a number belongs": lambda: model(
            node("Conv", "x w", "y", wire.text(1, "group") + wire.text(4, "1") + wire.whole(20, 3)),
            CONV,
        ),
        "a kernel of one axis": lambda: model(node("Conv", "x w"), array("w", (3,), weights(3))),
        "a kernel for other channels": lambda: model(
            node("Conv", "x w"), array("w", (4, 7, 3, 3), weights(4, 7, 3, 3))
        ),
        "statistics of other channels": lambda: model(
            node("BatchNormalization", "x w w w w"), array("w", (7,), weights(7))
        ),
        "statistics of a flattened map": lambda: model(
            node("Flatten", "x", "f"),
            node("BatchNormalization", "f w w w w"),
            array("w", (7,), weights(7)),
        ),
        "a vector of all that can be": lambda: model(
            node("Flatten", "x"), sizes=(1, 60_000, 16_000, 16_000)
        ),
        "numbers for each value of all that can be": lambda: model(
            node("Add", "x w"),
            array("w", (1, 1, 16_000), weights(16_000)),
            sizes=(1, 60_000, 16_000, 16_000),
        ),
        "millions of nodes": lambda: model([b"\x0a\x00" * 1_000_000]),
        "millions of arrays": lambda: model([b"\x2a\x00" * 1_000_000]),
        "millions of inputs": lambda: model(wire.nested(1, [b"\x0a\x00" * 1_000_000])),
        "millions of attributes": lambda: model(wire.nested(1, [b"\x2a\x00" * 1_000_000])),
        "millions of numbers": lambda: model(
            node("Relu", "x", "y", [*wire.text(1, "a"), *wire.nested(8, [bytes(5_000_000)])])
        ),
        "layers without an end": lambda: model(chain("Relu", 6_000)),
        "sums in sums": lambda: model(nested_sums(400)),
        "graphs in graphs": lambda: model(graphs(3_000)),
        "messages in messages": lambda: b"\x3a\x80\x80\x80\x01" * 100_000,
        "doubled again and again": lambda: model(doubled(40)),
        "a billion of nothing": lambda: model(
            array("n", (1,), np.array([10**12]), 7),
            node("ConstantOfShape", "n", "w"),
            node("Add", "x w"),
        ),
        "stretched": lambda: model(
            array("w", (1,), weights(1)),
            array("n", (3,), np.array([10**4] * 3), 7),
            node("Expand", "w n", "v"),
            node("Add", "x v"),
        ),
        "a loop": lambda: model(node("Loop", "x")),
        "a branch": lambda: model(
            node("If", "x", "y", [*wire.text(1, "g"), *wire.nested(6, graphs(9))])
        ),
        "an operator of one's own": lambda: model(node("Evil", "x", "y", domain="mine")),
        "python": lambda: model(node("PyOp", "x", "y", domain="ai.onnx.contrib")),
        "an operator that is html": lambda: model(node(HTML, "x")),
        "an operator that turns the screen red": lambda: model(node(CONTROL, "x")),
        "names that turn the screen red": lambda: model(node("Relu", CONTROL)),
        "a domain that turns the screen red": lambda: model(node("Relu", "x", "y", domain=CONTROL)),
        "a name of megabytes": lambda: model(node("Relu" * 1_000_000, "x")),
        "no unicode": lambda: model(wire.nested(1, wire.nested(1, [b"\xff\xfe"]))),
        "a reshape to nothing": lambda: model(
            node("Reshape", "x n"), array("n", (2,), np.array([0, 0]), 7)
        ),
        "a reshape of negatives": lambda: model(
            node("Reshape", "x n"), array("n", (3,), np.array([-1, -1, -7]), 7)
        ),
        "a reshape by a map": lambda: model(node("Reshape", "x x")),
        "a reshape of images": lambda: model(
            node("Reshape", "x n"), array("n", (2,), np.array([-1, 96]), 7)
        ),
        "made larger without a bound": lambda: model(
            node("Resize", "x  s"), array("s", (4,), np.array([1, 1, 1e30, 1e30], "f4"))
        ),
        "made larger by what is no number": lambda: model(
            node("Resize", "x  s"), array("s", (4,), np.array([1, 1, np.nan, np.inf], "f4"))
        ),
        "divided by nothing": lambda: model(node("Div", "x w"), array("w", (), weights())[:0]),
        "divided by zero": lambda: model(node("Div", "x w"), array("w", (), weights() * 0)),
        "pixels of nonsense": lambda: (
            good_onnx()
            + b"".join(map(bytes, wire.nested(14, wire.text(1, "pixels") + wire.text(2, HTML))))
        ),
    }
)


def held(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file with this header, which may say another length."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(shape: Any = (1,), places: Any = (0, 4), kind: Any = "F32") -> dict[str, Any]:
    return {"dtype": kind, "shape": shape, "data_offsets": places}


FOUR = bytes(4)
TENSOR_FILES: Mapping[str, bytes] = Made(
    {
        "empty": lambda: b"",
        "short": lambda: b"\x01\x00\x00",
        "garbage": lambda: GARBAGE,
        "pickle": lambda: PICKLE,
        "a header longer than all": lambda: held({}, length=2**63),
        "a header longer than the file": lambda: held({}, length=100),
        "a header of many megabytes": lambda: held(b" " * 11_000_000),
        "no json": lambda: held(b"{"),
        "no unicode": lambda: held(b'{"\xff": 1}'),
        "a list": lambda: held([]),
        "nothing": lambda: held(None),
        "deep": lambda: held(DEEP),
        "digits": lambda: held(b'{"a": ' + b"9" * 100_000 + b"}"),
        "twice": lambda: held(b'{"a": 1, "a": 2}'),
        "twice in an entry": lambda: held(
            b'{"a": {"dtype": "F32", "dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}', FOUR
        ),
        "about is no object": lambda: held({"__metadata__": [1]}),
        "about holds numbers": lambda: held({"__metadata__": {"a": 1}}),
        "about is deep": lambda: held({"__metadata__": {"cnn_workbench": DEEP.decode()}}),
        "about is no design": lambda: held({"__metadata__": {"cnn_workbench": HTML}}),
        "no design": lambda: held({"a": entry()}, FOUR),
        "an entry of text": lambda: held({"a": HTML}),
        "an entry with more": lambda: held({"a": entry() | {"code": HTML}}, FOUR),
        "an entry with less": lambda: held({"a": {"dtype": "F32"}}, FOUR),
        "an unknown type": lambda: held({"a": entry(kind="F8_E4M3")}, FOUR),
        "a type that is a list": lambda: held({"a": entry(kind=["F32"])}, FOUR),
        "a shape of text": lambda: held({"a": entry(shape="1")}, FOUR),
        "a shape of half": lambda: held({"a": entry(shape=[0.5])}, FOUR),
        "a shape of truth": lambda: held({"a": entry(shape=[True])}, FOUR),
        "a negative shape": lambda: held({"a": entry(shape=[-1, -1])}, FOUR),
        "a shape without a bound": lambda: held({"a": entry(shape=[10**18] * 8)}, FOUR),
        "a shape of many axes": lambda: held({"a": entry(shape=[1] * 1_000)}, FOUR),
        "three places": lambda: held({"a": entry(places=[0, 4, 8])}, FOUR),
        "places the wrong way round": lambda: held({"a": entry(places=[4, 0])}, FOUR),
        "a negative place": lambda: held({"a": entry(places=[-4, 0])}, FOUR),
        "a place behind the end": lambda: held({"a": entry(places=[4, 8])}, FOUR),
        "shorter than its shape": lambda: held({"a": entry(shape=[2])}, FOUR),
        "over each other": lambda: held({"a": entry(), "b": entry()}, FOUR),
        "partly over each other": lambda: held(
            {"a": entry([2], [0, 8]), "b": entry([2], [4, 12])}, bytes(12)
        ),
        "room between": lambda: held({"a": entry(), "b": entry(places=[8, 12])}, bytes(12)),
        "something hidden behind": lambda: held({"a": entry()}, FOUR + PICKLE),
        "not finite": lambda: held({"a": entry()}, np.float32(np.nan).tobytes()),
        "a name that turns the screen red": lambda: held({CONTROL: entry(shape=[3])}, FOUR),
        "a name of megabytes": lambda: held({"a" * 1_000_000: entry(shape=[3])}, FOUR),
        "many": lambda: held({f"{i}": entry([0], [0, 0]) for i in range(20_001)}),
    }
)
