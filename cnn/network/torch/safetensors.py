"""Weights as a `.safetensors` file, both ways: a JSON header, then the numbers as they are.

By hand, as it is a page of code: so nothing has to be installed to write one, and what is read is
checked before it is believed. Nothing in such a file can be run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from cnn.network.errors import shown
from cnn.network.keras.model import WeightsError
from cnn.network.torch.modules import Array

TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
}
_WORDS = {kind: word for word, kind in TYPES.items()}
BRAIN = "BF16"
"""The upper half of a float32, which NumPy does not know: read as that, and never written."""
ABOUT = "__metadata__"
MOST_HEADER_BYTES = 10_000_000
MOST_ARRAYS = 20_000
ALIGNED = 8
AGAIN = "Save it again with safetensors."


def write_safetensors(
    arrays: Mapping[str, Array], into: IO[bytes], about: Mapping[str, str] | None = None
) -> None:
    """Writes the arrays by their names, and what is said about them in words."""
    laid_out = {name: np.asarray(one, order="C") for name, one in arrays.items()}
    header: dict[str, Any] = {ABOUT: dict(about)} if about else {}
    place = 0
    for name, one in laid_out.items():
        end = place + one.nbytes
        kind = _WORDS[one.dtype.newbyteorder("<")]
        header[name] = {"dtype": kind, "shape": list(one.shape), "data_offsets": [place, end]}
        place = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNED)
    into.write(len(text).to_bytes(8, "little") + text)
    for one in laid_out.values():
        into.write(one.reshape(-1).data.cast("B") if one.size else b"")


def read_safetensors(
    content: bytes | memoryview,
) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays by their names, as they lie in the file, and what is said about them."""
    view = memoryview(content)
    length = int.from_bytes(view[:8], "little")
    if len(view) < 8 or length > len(view) - 8:
        raise _broken("it ends within its header")
    if length > MOST_HEADER_BYTES:
        raise _broken(f"its header has {length:,} bytes, at most {MOST_HEADER_BYTES:,} are read")
    header = _header(bytes(view[8 : 8 + length]))
    about = header.pop(ABOUT, {})
    if not isinstance(about, dict) or not all(isinstance(one, str) for one in about.values()):
        raise _broken(f"{ABOUT} holds other than texts")
    if len(header) > MOST_ARRAYS:
        raise _broken(f"it has more than {MOST_ARRAYS:,} arrays")
    data = view[8 + length :]
    found = {name: _array(name, entry, data) for name, entry in header.items()}
    _check_places(header, len(data))
    return found, about


def _header(text: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise _broken("its header says something twice")
        return found

    try:
        header = json.loads(text, object_pairs_hook=once)
    except WeightsError:
        raise
    except (ValueError, RecursionError):
        raise _broken("its header is not JSON") from None
    if not isinstance(header, dict):
        raise _broken("its header is no object")
    return header


def _array(name: str, entry: Any, data: memoryview) -> Array:
    where = f"the array {shown(name)}"
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise _broken(f"{where} is said to be {shown(entry)}, which it cannot be")
    kind = _kind(where, entry["dtype"])
    shape, places = entry["shape"], entry["data_offsets"]
    for numbers in (shape, places):
        if not isinstance(numbers, list) or any(type(n) is not int or n < 0 for n in numbers):
            raise _broken(f"{where} is said to be {shown(entry)}, which it cannot be")
    if len(shape) > 8 or len(places) != 2:
        raise _broken(f"{where} is said to be {shown(entry)}, which it cannot be")
    start, end = places
    if end > len(data) or end - start != math.prod(shape) * kind.itemsize:
        raise _broken(f"{where} does not lie where it is said to: {shown(entry)}")
    found: Array = np.frombuffer(data[start:end], kind)
    if entry["dtype"] == BRAIN:
        found = (found.astype(np.uint32) << 16).view(np.float32)
    if not (np.abs(found) <= np.finfo(np.float32).max).all():
        raise WeightsError(
            f"{where} holds numbers that are not finite, as training that diverged leaves them. "
            "Train the model again with a lower learning rate."
        )
    return found.reshape(shape)


def _check_places(header: Mapping[str, Any], size: int) -> None:
    """Refuses arrays that overlap, and bytes that belong to none: they would hide something."""
    place = 0
    for start, end in sorted(entry["data_offsets"] for entry in header.values()):
        if start != place:
            raise _broken("its arrays overlap, or leave room between them")
        place = end
    if place != size:
        raise _broken("bytes behind the last array belong to none")


def _broken(why: str) -> WeightsError:
    return WeightsError(f"this .safetensors file is not whole: {why}. {AGAIN}")


def _kind(where: str, word: Any) -> np.dtype[Any]:
    if word == BRAIN:
        return np.dtype("<u2")
    if not isinstance(word, str) or word not in TYPES:
        raise WeightsError(
            f"{where} holds numbers of the type {shown(word)}; read are {', '.join(TYPES)} and "
            f"{BRAIN}. Save it as float32."
        )
    return TYPES[word]
