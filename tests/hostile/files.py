"""Bad files, made here rather than kept: a few lines each, and nothing that alarms a scanner."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import h5py
import numpy as np
from PIL import Image

from cnn.network.zoo import entry

NETWORK = entry("shapes-demo").architecture
OURS: dict[str, Any] = NETWORK.to_dict()
BAIT = "cnn-hostile-was-here"
HTML = '<img src=x onerror="alert(1)"><script>alert(1)</script>'
MARKDOWN = (
    "[x](javascript:alert(1)) **x** $\\href{javascript:alert(1)}{x}$ ![x](http://x.example/x)"
)
LIVE_NAME = '<a href="https://evil.example">x</a> www.evil.example %{fullData.name}'
"""A name that is a link wherever it is taken for more than its letters."""


class _Payload:
    """What would run a command where it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, (f"touch {BAIT}",)


PICKLE = pickle.dumps(_Payload())


def zipped(members: dict[str, bytes], *, squeeze: bool = True) -> bytes:
    content = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
    with zipfile.ZipFile(content, "w", method, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def bomb(name: str, megabytes: int) -> bytes:
    """A zip whose one member is a thousand times as large unpacked."""
    return zipped({name: bytes(megabytes * 1_000_000)})


def lying(content: bytes, size: int) -> bytes:
    """A zip whose first member says that it is so large."""
    at = content.rindex(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", size) + content[at + 4 :]


def png(size: tuple[int, int] = (28, 28), mode: str = "L", kind: str = "PNG", **save: Any) -> bytes:
    content = io.BytesIO()
    picture = Image.new(mode, size)
    if size[0] > 4 and size[1] > 4:
        picture.paste(Image.new(mode, (size[0] // 2, size[1] // 4), "white"), (size[0] // 4, 2))
    picture.save(content, kind, **save)
    return content.getvalue()


def turned() -> Image.Exif:
    """What a phone says that was held upright."""
    said = Image.Exif()
    said[0x0112] = 6
    return said


WIDE = (6_324, 6_324)

LARGE_IMAGES: dict[str, Callable[[], bytes]] = {
    "one colour is clear": partial(png, WIDE, "P", transparency=0),
    "four channels": partial(png, WIDE, "RGBA"),
    "grey and clear": partial(png, WIDE, "LA"),
    "webp": partial(png, WIDE, "RGBA", "WEBP"),
    "four inks": partial(png, WIDE, "CMYK", "JPEG"),
    "a photo held upright": partial(png, (7_296, 5_472), "RGB", "JPEG", exif=turned()),
}
"""Few bytes, 40 million pixels, as many as may be; made when they are asked for."""


def jpeg_of_scans(side: int, many: int) -> bytes:
    """A JPEG that says its last scan so many times, in 12 bytes, and is decoded anew with each."""
    good = png((side, side), kind="JPEG", progressive=True)
    scan = good[good.rindex(b"\xff\xda") : -2]
    return good[:-2] + scan * many + good[-2:]


def animated() -> bytes:
    frames = [Image.new("L", (28, 28), shade) for shade in (0, 90, 255)]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    return content.getvalue()


def tiff_of_pages(many: int) -> bytes:
    """A TIFF of so many pages, all of one pixel: a chain of directories, 114 bytes each."""
    entries = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 1}
    fields = b"".join(struct.pack("<HHII", tag, 3, 1, one) for tag, one in entries.items())
    size, start = 2 + len(fields) + 4, 12
    pages = (
        struct.pack("<H", len(entries))
        + fields
        + struct.pack("<I", start + size * (page + 1) if page + 1 < many else 0)
        for page in range(many)
    )
    return b"II*\0" + struct.pack("<I", start) + bytes(4) + b"".join(pages)


def promising(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises so many pixels."""
    good = png()
    at = good.index(b"IHDR") + 4
    return good[:at] + struct.pack(">II", width, height) + good[at + 8 :]


def npy(array: np.ndarray[Any, Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def npz(**arrays: Any) -> bytes:
    return zipped({f"{name}.npy": npy(np.asarray(value)) for name, value in arrays.items()})


def npy_header(text: str, data: bytes = b"") -> bytes:
    """An npy file whose header says this."""
    head = text.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


def idx(header: tuple[int, ...], data: bytes, magic: bytes = b"\0\0\x08") -> bytes:
    return magic + bytes([len(header)]) + b"".join(struct.pack(">I", n) for n in header) + data


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1)


def keras_config(*layers: dict[str, Any], name: str = "model") -> dict[str, Any]:
    """What Keras writes of a sequential model."""
    first = layer("InputLayer", batch_shape=[None, 8, 8, 1])
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": name, "layers": [first, *layers]},
    }


def layer(kind: str, module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


CONV = layer("Conv2D", name="conv", filters=2, kernel_size=[3, 3])


def keras_file(config: Any, weights: bytes = b"", **members: bytes) -> bytes:
    files = {"metadata.json": b"{}", "config.json": json.dumps(config).encode()}
    return zipped(files | {"model.weights.h5": weights} | members)


def weights_file(arrays: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for path, value in arrays.items():
            file[path] = value
    return content.getvalue()


def ours(**changed: Any) -> bytes:
    return json.dumps(OURS | changed).encode()
