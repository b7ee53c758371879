"""Weights as the `.pt` file that `torch.save(state_dict)` writes, without PyTorch.

It is a zip of the arrays' bytes, and a pickle that says which tensor is which. Only written here:
to read a pickle is to run it.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Mapping
from typing import IO

import numpy as np

from cnn.network.torch.modules import Array

STORAGES = {np.dtype("<f4"): "FloatStorage", np.dtype("<i8"): "LongStorage"}
FOLDER = "weights"
_ORDERED = b"ccollections\nOrderedDict\n)R"


def write_pickled(arrays: Mapping[str, Array], into: IO[bytes]) -> None:
    """Writes a state dict, for `torch.load(file, weights_only=True)`."""
    laid_out = {name: np.asarray(one, order="C") for name, one in arrays.items()}
    entries = b"".join(
        _text(name) + _tensor(str(place), one) for place, (name, one) in enumerate(laid_out.items())
    )
    with zipfile.ZipFile(into, "w") as file:
        file.writestr(f"{FOLDER}/data.pkl", b"\x80\x02" + _ORDERED + b"(" + entries + b"u.")
        file.writestr(f"{FOLDER}/byteorder", sys.byteorder)
        for place, one in enumerate(laid_out.values()):
            with file.open(f"{FOLDER}/data/{place}", "w", force_zip64=True) as written:
                written.write(one.reshape(-1).data.cast("B") if one.size else b"")
        file.writestr(f"{FOLDER}/version", "3\n")


def _tensor(key: str, array: Array) -> bytes:
    """The call that makes a tensor of a storage, in the words of a pickle."""
    strides = [stride // array.itemsize for stride in array.strides]
    kind = f"ctorch\n{STORAGES[array.dtype]}\n".encode()
    storage = (
        b"(" + _text("storage") + kind + _text(key) + _text("cpu") + _whole(array.size) + b"tQ"
    )
    sizes = _tuple(list(array.shape)) + _tuple(strides)
    start, no_gradient = _whole(0), b"\x89"
    made_of = storage + start + sizes + no_gradient + _ORDERED
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + made_of + b"tR"


def _tuple(numbers: list[int]) -> bytes:
    return b"(" + b"".join(map(_whole, numbers)) + b"t"


def _whole(number: int) -> bytes:
    return b"\x8a\x08" + struct.pack("<q", number)


def _text(text: str) -> bytes:
    coded = text.encode()
    return b"X" + struct.pack("<I", len(coded)) + coded
