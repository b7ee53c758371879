"""The bytes of a file that lies beside an ONNX file, as PyTorch's exporter puts arrays there."""

from __future__ import annotations

import mmap
import os
import stat
from pathlib import Path

from cnn.network.errors import ArchitectureError, shown
from cnn.network.onnx.parse import Elsewhere

MOST_FILES = 100
MOST_BYTES = 2_000_000_000
_AS_IT_IS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""No link is followed, and nothing is waited for."""


def beside(folder: Path) -> Elsewhere:
    """Reads plain files of this very folder, and follows no link out of it."""
    opened: dict[str, memoryview] = {}

    def elsewhere(location: str, start: int, length: int) -> memoryview:
        if location not in opened:
            if len(opened) >= MOST_FILES:
                raise ArchitectureError(f"its arrays lie in more than {MOST_FILES} files.")
            opened[location] = _opened(folder, location)
        data = opened[location]
        if start + length > len(data):
            raise ArchitectureError(
                f"{shown(location)} beside the file ends before its arrays do. Export the model "
                "again."
            )
        return data[start : start + length]

    return elsewhere


def _opened(folder: Path, location: str) -> memoryview:
    plain = location not in ("", ".", "..") and not set(location) & set("/\\\0:")
    if not plain:
        raise ArchitectureError(
            f"its arrays are said to lie in {shown(location)}, which is no file beside it. Nothing "
            "else is opened."
        )
    try:
        handle = os.open(folder / location, _AS_IT_IS)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or not 0 < about.st_size <= MOST_BYTES:
                raise OSError(0, f"it is no plain file of 1 to {MOST_BYTES:,} bytes")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ArchitectureError(
            f"its arrays lie in {shown(location)}, which cannot be read: {why}. Put that file "
            "beside it."
        ) from None
