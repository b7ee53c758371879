"""The corpus: what is brought to each door, by name, and whether the door may let it in.

`REFUSED` has to be turned away with a sentence; `HARMLESS` looks bad and is taken as plain data, or
left out by name where there is more in the same file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np

from cnn.network.link import encode
from tests.hostile.files import (
    CONV,
    HTML,
    MARKDOWN,
    NETWORK,
    PICKLE,
    animated,
    bomb,
    gzipped,
    idx,
    keras_config,
    keras_file,
    layer,
    lying,
    npy,
    npy_header,
    npz,
    ours,
    png,
    promising,
    tiff_of_pages,
    weights_file,
    zipped,
)

Content = TypeVar("Content")


class Made(Mapping[str, Content], Generic[Content]):
    """Contents by name, each made when it is asked for: together they take seconds."""

    def __init__(self, makers: Mapping[str, Callable[[], Content]]) -> None:
        self._makers = makers
        self._made = cache(lambda name: makers[name]())

    def __getitem__(self, name: str) -> Content:
        return self._made(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


GOOD_LINK = encode(NETWORK)
GOOD_KERAS = keras_file(keras_config(CONV))
DEEP = b"[" * 200_000 + b"]" * 200_000
LISTS = b"[" + b"[]," * 6_600_000 + b"[]]"  # 20 MB of text, half a gigabyte of lists
OBJECTS = LISTS.replace(b"[],", b"{},")
NESTED: dict[str, Any] = CONV
for _ in range(300):
    NESTED = {"kind": "Residual", "body": [NESTED]}
GRID = np.zeros((4, 6, 6), np.uint8)
LABELS = np.array([0, 1, 0, 1])
GARBAGE = bytes(range(256)) * 40
PICTURE = png((20, 20))
TRAVERSAL = "../../../../cnn-hostile-was-here.png"


def _layers(*layers: Any) -> bytes:
    return ours(layers=list(layers))


def _dense(**config: Any) -> bytes:
    return keras_file(keras_config(layer("Dense", units=2, **config)))


def _idx_pair(images: bytes) -> bytes:
    labels = idx((4,), LABELS.astype(np.uint8).tobytes())
    return zipped({"train-images-idx3-ubyte.gz": images, "train-labels-idx1-ubyte": labels})


def _with_table(table: bytes, ending: str = "csv") -> bytes:
    return zipped({f"{i}.png": PICTURE for i in range(6)} | {f"labels.{ending}": table})


def _two_classes(name: str) -> bytes:
    return zipped({f"{one}/{i}.png": png((7 + i, 9)) for one in (name, "b") for i in range(6)})


MODELS: Mapping[str, bytes] = Made(
    {
        "empty.json": lambda: b"",
        "space.json": lambda: b"   \n",
        "half.json": lambda: ours()[:200],
        "null.json": lambda: b"null",
        "number.json": lambda: b"17",
        "text.json": lambda: b'"lenet"',
        "list.json": lambda: b"[]",
        "nan.json": lambda: b"NaN",
        "infinite.json": lambda: ours(input=[float("inf"), 1, 1]),
        "nan-size.json": lambda: ours(input=[float("nan"), 8, 1]),
        "nan-field.json": lambda: _layers({"kind": "Dropout", "rate": float("nan")}),
        "no-unicode.json": lambda: b'{"name": "\xff\xfe"}',
        "deep.json": lambda: DEEP,
        "deep-objects.json": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "deep-layers.json": lambda: _layers(NESTED),
        "digits.json": lambda: b'{"input": [' + b"9" * 100_000 + b", 1, 1]}",
        "digits-in-layer.json": lambda: _layers({"kind": "Dense", "units": float("inf")}),
        "lists.json": lambda: LISTS,
        "lists-in-input.json": lambda: b'{"name": "a", "layers": [], "input": ' + LISTS + b"}",
        "too-large.json": lambda: b" " * 20_000_001,
        "name-is-list.json": lambda: ours(name=["a"]),
        "name-is-long.json": lambda: ours(name="a" * 100_000),
        "name-breaks-lines.json": lambda: ours(name="a\nb\x00c"),
        "name-turns-text.json": lambda: ours(name="\ud800"),
        "input-of-two.json": lambda: ours(input=[8, 8]),
        "input-of-texts.json": lambda: ours(input=["8", "8", "1"]),
        "input-is-negative.json": lambda: ours(input=[-8, 8, 1]),
        "input-is-zero.json": lambda: ours(input=[0, 8, 1]),
        "input-is-huge.json": lambda: ours(input=[10**9, 10**9, 10**9]),
        "input-is-true.json": lambda: ours(input=[True, True, True]),
        "layers-is-text.json": lambda: ours(layers="Conv2D"),
        "layers-of-numbers.json": lambda: _layers(1, 2),
        "unknown-kind.json": lambda: _layers({"kind": "__import__('os')"}),
        "kind-is-html.json": lambda: _layers({"kind": HTML}),
        "kind-is-list.json": lambda: _layers({"kind": ["Conv2D"]}),
        "dunder-field.json": lambda: _layers({"kind": "Flatten", "__class__": "os.system"}),
        "unknown-field.json": lambda: _layers({"kind": "Dense", "units": 2, HTML: 1}),
        "billion-units.json": lambda: _layers({"kind": "Dense", "units": 10**18}),
        "negative-filters.json": lambda: _layers(
            {"kind": "Conv2D", "filters": -1, "kernel_size": 3}
        ),
        "text-filters.json": lambda: _layers({"kind": "Conv2D", "filters": "8", "kernel_size": 3}),
        "activation-is-code.json": lambda: _layers(
            {"kind": "Activation", "activation": "lambda x: x"}
        ),
        "too-many-layers.json": lambda: _layers(*[{"kind": "Flatten"}] * 100_000),
        "own-words.json": lambda: json.dumps({HTML: MARKDOWN}).encode(),
        "garbage.keras": lambda: GARBAGE,
        "empty.keras": lambda: b"",
        "empty-zip.keras": lambda: zipped({}),
        "half.keras": lambda: GOOD_KERAS[: len(GOOD_KERAS) // 2],
        "no-directory.keras": lambda: GOOD_KERAS[:-30],
        "no-config.keras": lambda: zipped({"metadata.json": b"{}"}),
        "pickled-config.keras": lambda: zipped({"config.json": PICKLE}),
        "pickle.keras": lambda: PICKLE,
        "config-bomb.keras": lambda: bomb("config.json", 300),
        "lying-config.keras": lambda: lying(zipped({"config.json": b"{}" * 5000}), 2),
        "deep-config.keras": lambda: zipped({"config.json": DEEP}),
        "lists-config.keras": lambda: zipped({"config.json": LISTS}),
        "objects-config.keras": lambda: zipped({"config.json": OBJECTS}),
        "config-in-folder.keras": lambda: zipped({"../config.json": b"{}"}),
        "config-is-list.keras": lambda: keras_file([]),
        "config-is-html.keras": lambda: keras_file({"class_name": HTML, "config": {}}),
        "many-members.keras": lambda: zipped({f"f{i}": b"" for i in range(20_000)}),
        "hdf5.keras": lambda: b"\x89HDF\r\n\x1a\n" + GARBAGE,
        "old.h5": lambda: b"\x89HDF\r\n\x1a\n" + GARBAGE,
        "lambda.keras": lambda: keras_file(
            keras_config(
                layer(
                    "Lambda",
                    function={
                        "class_name": "__lambda__",
                        "config": {"code": "4wEAAAAA", "closure": None},
                    },
                )
            )
        ),
        "lambda-of-old.keras": lambda: keras_file(
            keras_config(layer("Lambda", function=["4wEAAAAA", None, None]))
        ),
        "own-class.keras": lambda: keras_file(keras_config(layer("Evil", module="os"))),
        "own-module.keras": lambda: keras_file(
            keras_config(layer("Dense", module="subprocess", units=2))
        ),
        "registered.keras": lambda: keras_file(
            keras_config(CONV | {"registered_name": "mine>Conv2D"})
        ),
        "subclassed.keras": lambda: keras_file(
            {"module": "mine", "class_name": "Model", "config": {}}
        ),
        "activation-is-function.keras": lambda: _dense(
            activation=layer("function", module="builtins", name="eval")
        ),
        "layer-is-text.keras": lambda: keras_file(keras_config("Dense")),  # type: ignore[arg-type]
        "layer-has-no-config.keras": lambda: keras_file(keras_config({"class_name": "Dense"})),
        "layer-is-cyclic.keras": lambda: keras_file(
            {
                "module": "keras",
                "class_name": "Functional",
                "config": {
                    "name": "m",
                    "layers": [
                        CONV
                        | {
                            "name": "conv",
                            "inbound_nodes": [
                                {
                                    "args": [
                                        {
                                            "class_name": "__keras_tensor__",
                                            "config": {"keras_history": ["conv", 0, 0]},
                                        }
                                    ],
                                    "kwargs": {},
                                }
                            ],
                        }
                    ],
                    "input_layers": [["conv", 0, 0]],
                    "output_layers": [["conv", 0, 0]],
                },
            }
        ),
    }
)

WEIGHTS: Mapping[str, bytes] = Made(
    {
        "no weights": lambda: zipped({"config.json": json.dumps(keras_config(CONV)).encode()}),
        "garbage": lambda: keras_file(keras_config(CONV), GARBAGE),
        "pickle": lambda: keras_file(keras_config(CONV), PICKLE),
        "half": lambda: keras_file(
            keras_config(CONV), weights_file({"layers/conv/vars/0": np.zeros(9)})[:900]
        ),
        "empty file": lambda: keras_file(keras_config(CONV), weights_file({})),
        "another layer": lambda: keras_file(
            keras_config(CONV), weights_file({"layers/x/vars/0": [1.0]})
        ),
        "other shape": lambda: keras_file(
            keras_config(CONV),
            weights_file({"layers/conv2d/vars/0": np.zeros((9, 9)), "layers/conv2d/vars/1": [0.0]}),
        ),
        "texts": lambda: keras_file(
            keras_config(CONV),
            weights_file({"layers/conv2d/vars/0": "x", "layers/conv2d/vars/1": "y"}),
        ),
        "not numbers": lambda: keras_file(
            keras_config(CONV),
            weights_file(
                {
                    "layers/conv2d/vars/0": np.full((3, 3, 1, 2), np.nan),
                    "layers/conv2d/vars/1": np.full(2, np.nan),
                }
            ),
        ),
        "a bomb": lambda: keras_file(keras_config(CONV), bytes(20_000_000)),
    }
)

LINKS: dict[str, str] = {
    "nothing": "",
    "space": " ",
    "a word": "lenet",
    "cut off": GOOD_LINK[: len(GOOD_LINK) // 2],
    "without its end": GOOD_LINK[:-1],
    "changed": GOOD_LINK.replace("8", "9", 1),
    "another version": "9" + GOOD_LINK[1:],
    "many digits": "1.1x1x" + "9" * 5000 + ".end",
    "long": "1." + "a" * 2_000_000,
    "html": f"1.{HTML}.end",
    "markdown": f"1.{MARKDOWN}.end",
    "nul": "1.\x00.end",
    "surrogate": "1.\ud800.end",
    "bidi": "1.\u202e8x8x1.end",
    "other digits": "1.\u0668x\u0668x\u0661.end",
    "negative": "1.-8x8x1.end",
    "a fraction": "1.8.5x8x1.end",
    "unknown layer": "1.8x8x1.zz9.end",
    "unclosed": "1.8x8x1." + "(" * 5000 + ".end",
    "traversal": "../../etc/passwd",
    "template": "{{7*7}}",
    "sql": "1'; DROP TABLE runs; --",
    "percent": "%00%ff%",
}

IMAGES: Mapping[str, bytes] = Made(
    {
        "nothing": lambda: b"",
        "garbage": lambda: GARBAGE,
        "text": lambda: b"not an image",
        "html": lambda: HTML.encode(),
        "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "svg with entities": lambda: b'<!DOCTYPE x [<!ENTITY a "aaaa">]><svg>&a;&a;</svg>',
        "pdf": lambda: b"%PDF-1.7\n" + GARBAGE,
        "postscript": lambda: (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(touch x) system\n"
        ),
        "pickle": lambda: PICKLE,
        "half a png": lambda: PICTURE[: len(PICTURE) // 2],
        "only a head": lambda: PICTURE[:33],
        "promises 20,000 pixels": lambda: promising(20_000, 20_000),
        "promises billions": lambda: promising(2**31 - 1, 2**31 - 1),
        "promises none": lambda: promising(0, 0),
        "half a jpeg": lambda: png((200, 200), "RGB", "JPEG")[:300],
        "animation": lambda: animated(),
        "pages": lambda: tiff_of_pages(85_000),  # to count them, Pillow takes two minutes
        "zip": lambda: zipped({"a.png": PICTURE}),
        "too large": lambda: b"\x89PNG" + bytes(30_000_001),
    }
)

OWN: Mapping[str, tuple[str, bytes]] = Made(
    {
        "empty.zip": lambda: ("empty.zip", b""),
        "no members": lambda: ("a.zip", zipped({})),
        "garbage": lambda: ("a.zip", GARBAGE),
        "half": lambda: ("a.zip", zipped({"a/1.png": PICTURE, "b/1.png": PICTURE})[:-40]),
        "bomb": lambda: (
            "a.zip",
            zipped({"a/1.png": bytes(90_000_000), "b/1.png": bytes(90_000_000)}),
        ),
        "lying": lambda: (
            "a.zip",
            lying(zipped({"b/1.png": bytes(40_000_000), "a/1.png": PICTURE}), 4),
        ),
        "zip in zip": lambda: ("a.zip", zipped({"a/1.zip": zipped({"1.png": PICTURE})})),
        "one class": lambda: ("a.zip", zipped({f"a/{i}.png": PICTURE for i in range(4)})),
        "no folders": lambda: ("a.zip", zipped({f"{i}.png": PICTURE for i in range(4)})),
        "traversal alone": lambda: ("a.zip", zipped({TRAVERSAL: PICTURE})),
        "absolute alone": lambda: ("a.zip", zipped({"/cnn-hostile-was-here.png": PICTURE})),
        "members without end": lambda: (
            "a.zip",
            zipped({f"a/{i}": b"" for i in range(20_000)}, squeeze=False),
        ),
        "a class turned round": lambda: ("a.zip", _two_classes("a\u202eb")),
        "a class that nobody sees": lambda: ("a.zip", _two_classes("\u3164")),
        "classes that look the same": lambda: ("a.zip", _two_classes("b\u200b")),
        "pickle": lambda: ("a.npz", PICKLE),
        "pickled arrays": lambda: ("a.npz", npz(x=np.array([{"a": 1}], object), y=LABELS[:1])),
        "npy": lambda: ("a.npz", npy(GRID)),
        "no arrays": lambda: ("a.npz", zipped({})),
        "a text in it": lambda: ("a.npz", zipped({"x.npy": b"hello", "y.npy": b"hello"})),
        "half an array": lambda: ("a.npz", zipped({"x.npy": npy(GRID)[:60], "y.npy": npy(LABELS)})),
        "promises terabytes": lambda: (
            "a.npz",
            zipped(
                {
                    "x.npy": npy_header(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000), }"
                    ),
                    "y.npy": npy(LABELS),
                }
            ),
        ),
        "code in a header": lambda: (
            "a.npz",
            zipped({"x.npy": npy_header("__import__('os').system('ls')"), "y.npy": npy(LABELS)}),
        ),
        "negative shape": lambda: (
            "a.npz",
            zipped(
                {
                    "x.npy": npy_header(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (-4, 6, 6), }"
                    ),
                    "y.npy": npy(LABELS),
                }
            ),
        ),
        "nan images": lambda: ("a.npz", npz(x=np.full((4, 6, 6), np.nan), y=LABELS)),
        "infinite images": lambda: ("a.npz", npz(x=np.full((4, 6, 6), np.inf), y=LABELS)),
        "negative images": lambda: ("a.npz", npz(x=np.full((4, 6, 6), -3.0), y=LABELS)),
        "huge values": lambda: ("a.npz", npz(x=np.full((4, 6, 6), 1e30), y=LABELS)),
        "complex images": lambda: ("a.npz", npz(x=np.zeros((4, 6, 6), complex), y=LABELS)),
        "text images": lambda: ("a.npz", npz(x=np.full((4, 6, 6), "x"), y=LABELS)),
        "five axes": lambda: ("a.npz", npz(x=np.zeros((4, 6, 6, 1, 1)), y=LABELS)),
        "one axis": lambda: ("a.npz", npz(x=np.zeros(4), y=LABELS)),
        "seven channels": lambda: ("a.npz", npz(x=np.zeros((4, 6, 6, 7)), y=LABELS)),
        "no images": lambda: ("a.npz", npz(x=np.zeros((0, 6, 6)), y=np.zeros(0, int))),
        "no labels": lambda: ("a.npz", npz(x=GRID)),
        "too few labels": lambda: ("a.npz", npz(x=GRID, y=LABELS[:2])),
        "nan labels": lambda: ("a.npz", npz(x=GRID, y=np.array([np.nan] * 4))),
        "labels of two axes": lambda: ("a.npz", npz(x=GRID, y=np.zeros((4, 3)))),
        "one label": lambda: ("a.npz", npz(x=GRID, y=np.zeros(4, int))),
        "npy alone": lambda: ("a.npy", npy(GRID)),
        "csv alone": lambda: ("a.csv", b"a,b\n1,2"),
        "values of two scales": lambda: (
            "a.npz",
            npz(x_train=GRID + 60_000.0, y_train=LABELS, x_test=GRID + 1, y_test=LABELS),
        ),
        "one-hot of rubbish": lambda: ("a.npz", npz(x=GRID, y=np.full((4, 9), np.nan))),
        "too many axes by header": lambda: (
            "a.zip",
            zipped({"x.npy": npy(GRID.reshape((4, 1, 6, 1, 6, 1))), "y.npy": npy(LABELS)}),
        ),
        "idx alone": lambda: ("a.zip", zipped({"train-images-idx3-ubyte": idx((4, 6, 6), b"")})),
        "idx that promises terabytes": lambda: ("a.zip", _idx_pair(idx((2**31, 2**31, 1), b"x"))),
        "idx bomb": lambda: ("a.zip", _idx_pair(gzipped(bytes(700_000_000)))),
        "idx of no axes": lambda: ("a.zip", _idx_pair(b"\0\0\x08\0")),
        "idx of 255 axes": lambda: ("a.zip", _idx_pair(b"\0\0\x08\xff" + bytes(2_000))),
        "idx mapping of rubbish": lambda: (
            "a.zip",
            zipped(
                {
                    "train-images-idx3-ubyte": idx((4, 6, 6), bytes(range(144))),
                    "train-labels-idx1-ubyte": idx((4,), LABELS.astype(np.uint8).tobytes()),
                    "x-mapping.txt": b"0 " + b"9" * 50_000,
                }
            ),
        ),
        "table of rubbish": lambda: ("a.zip", _with_table(GARBAGE)),
        "table without end": lambda: ("a.zip", _with_table(b"a.png,b\n" * 200_000)),
        "table of one long cell": lambda: ("a.zip", _with_table(b'"' + b"x" * 5_000_000)),
        "table of many columns": lambda: ("a.zip", _with_table(b"," * 5_000_000)),
        "table that leads out": lambda: ("a.zip", _with_table(b"f,l\n/etc/passwd,a\n../x.png,b\n")),
        "parquet of rubbish": lambda: (
            "a.zip",
            _with_table(b"PAR1" + GARBAGE + b"PAR1", "parquet"),
        ),
        "array bomb": lambda: (
            "a.npz",
            npz(x=np.zeros((610, 1000, 1000), np.uint8), y=np.zeros(610, int)),
        ),
    }
)

OWN_HARMLESS: Mapping[str, tuple[str, bytes]] = Made(
    {
        "traversal in the file's name": lambda: (
            "../../../cnn-hostile-was-here.zip",
            zipped({f"{c}/{i}.png": png((8 + i, 9)) for c in "ab" for i in range(6)}),
        ),
        "nul in the file's name": lambda: (
            "a\x00b/c.zip",
            zipped({f"{c}/{i}.png": png((8 + i, 8)) for c in "ab" for i in range(6)}),
        ),
        "html as classes": lambda: (
            f"{HTML}.zip",
            zipped({f"{c}/{i}.png": png((9 + i, 8)) for c in ("<b>x<", "**y**") for i in range(6)}),
        ),
        "traversal among others": lambda: (
            "b.zip",
            zipped(
                {TRAVERSAL: PICTURE}
                | {f"{c}/{i}.png": png((9 + i, 9)) for c in "ab" for i in range(6)}
            ),
        ),
        "a pickle among others": lambda: (
            "c.zip",
            zipped(
                {"a/x.png": PICKLE}
                | {f"{c}/{i}.png": png((7 + i, 9)) for c in "ab" for i in range(6)}
            ),
        ),
    }
)

IDX: Mapping[str, bytes] = Made(
    {
        "nothing": lambda: b"",
        "garbage": lambda: GARBAGE,
        "half": lambda: idx((60_000, 28, 28), bytes(1_000)),
        "a byte more": lambda: idx((60_000, 28, 28), bytes(60_000 * 784 + 1)),
        "wrong magic": lambda: idx((60_000, 28, 28), bytes(1_000), b"\1\2\x08"),
        "floats": lambda: idx((60_000, 28, 28), bytes(1_000), b"\0\0\x0d"),
        "wrong count": lambda: idx((59_999, 28, 28), bytes(1_000)),
        "wrong size": lambda: idx((60_000, 32, 32), bytes(1_000)),
        "one axis": lambda: idx((60_000,), bytes(60_000)),
        "many axes": lambda: idx((1,) * 200, b"\0"),
        "promises all there is": lambda: idx((2**32 - 1,) * 3, b""),
        "half a gzip": lambda: gzipped(idx((60_000, 28, 28), bytes(99_999)))[:100],
        "gzip bomb": lambda: gzipped(idx((60_000, 28, 28), bytes(400_000_000))),
        "gzip of garbage": lambda: gzipped(GARBAGE),
        "pickle": lambda: PICKLE,
        "black images": lambda: idx((60_000, 28, 28), bytes(60_000 * 784)),
    }
)

COMMANDS: dict[str, list[str]] = {
    "no such file": ["summary", "no-such-file.keras"],
    "a folder": ["summary", "."],
    "the root": ["summary", "/"],
    "nul": ["summary", "a\x00b"],
    "nothing": ["summary", ""],
    "html": ["summary", HTML],
    "an endless name": ["summary", "a" * 100_000],
    "an option as name": ["summary", "--", "--help"],
    "input of words": ["summary", "lenet-5", "--input", "axbxc"],
    "input is huge": ["summary", "lenet-5", "--input", "99999999999x9x9"],
    "input is negative": ["summary", "lenet-5", "--input", "-1x28x1"],
    "no such data": ["train", "lenet-5", "--dataset", "../../etc"],
    "html as data": ["train", "lenet-5", "--dataset", HTML],
    "no such own images": ["train", "lenet-5", "--dataset", "own:../../../x"],
    "no epochs": ["train", "lenet-5", "--dataset", "digits", "--epochs", "0"],
    "many epochs": ["train", "lenet-5", "--dataset", "digits", "--epochs", "9" * 30],
    "rate is nan": ["train", "lenet-5", "--dataset", "digits", "--learning-rate", "nan"],
    "rate is infinite": ["train", "lenet-5", "--dataset", "digits", "--learning-rate", "inf"],
    "seed is negative": ["train", "lenet-5", "--dataset", "digits", "--seed", "-1"],
    "store is no address": ["runs", "list", "--store", "not an address"],
    "store is of no kind": ["runs", "list", "--store", "gopher://x/y"],
    "store is a folder": ["runs", "list", "--store", "sqlite:///."],
    "no such run": ["runs", "show", "../../x", "--store", "sqlite://"],
    "compare nothing": ["compare", "zz", "--dataset", "digits"],
    "budget is words": ["compare", "lenet-5", "--dataset", "digits", "--budget", "much"],
    "seeds are many": ["compare", "lenet-5", "--dataset", "digits", "--seeds", "1000000"],
}

SETTINGS: dict[str, dict[str, str]] = {
    "store is no address": {"CNN_STORE": "no address"},
    "store is of no kind": {"CNN_STORE": "gopher://x/y"},
    "store is nowhere": {"CNN_STORE": "sqlite:////proc/nowhere/runs.sqlite"},
    "store is html": {"CNN_STORE": HTML},
    "home cannot be": {"CNN_HOME": "/proc/nowhere"},
    "home is a device": {"CNN_HOME": "/dev/null"},
}

ADDRESSES: dict[str, dict[str, str]] = {
    "html": dict.fromkeys(("data", "epochs", "lr", "batch", "seed", "optimizer"), HTML),
    "nan": dict.fromkeys(("epochs", "lr", "weight_decay", "label_smoothing"), "nan"),
    "infinite": dict.fromkeys(("epochs", "lr", "weight_decay"), "1e999"),
    "negative": dict.fromkeys(("epochs", "lr", "batch", "seed", "size"), "-5"),
    "endless digits": dict.fromkeys(("epochs", "seed", "size", "train"), "9" * 10_000),
    "other digits": dict.fromkeys(("epochs", "seed"), "٣"),
    "underscores": {"epochs": "1_0", "seed": "0x10"},
    "nul": dict.fromkeys(("data", "optimizer", "schedule"), "\x00"),
    "traversal": {"data": "own:../../../etc/passwd", "file": "/etc/passwd"},
    "empty": dict.fromkeys(("data", "epochs", "lr", "batch"), ""),
}

LESSON_ADDRESSES: dict[str, dict[str, str]] = {
    "unknown lesson": {"of": "../../x"},
    "html as lesson": {"of": HTML},
    "html as question": {"of": "convolution", "ask": HTML},
    "markdown as question": {"of": "convolution", "ask": MARKDOWN},
    "endless question": {"of": "convolution", "ask": "a" * 50_000},
    "locks of nothing": {"of": "convolution", "lock": f"{HTML},,,*", "hide": "\x00,everything"},
    "numbers that are none": {
        "of": "convolution",
        "stride": "nan",
        "padding": "1e999",
        "kernel": "-3",
    },
    "endless numbers": {"of": "convolution", "stride": "9" * 5_000},
    "goals of html": {"goal": HTML},
    "goals that are none": {"goal": "params<<1"},
    "endless goals": {"goal": "params<1," * 10_000},
    "infinite goals": {"goal": "test>1e999"},
}
