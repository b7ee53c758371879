"""Arrays as the bytes that the store keeps of them, and back: the one reader of such files.

A file in a damaged store may hold anything. It is whole, or `ArraysError` says what it is not.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from cnn.data.errors import DataError
from cnn.data.files import read_npz
from cnn.data.npz import open_npz

Arrays = Mapping[str, npt.NDArray[Any]]

MOST_BYTES = 2_000_000_000
"""What the arrays of a file take at most; SQLite holds files of half of that."""

MOST_ARRAYS = 100_000
SMALL_BYTES = 5_000_000
"""Of a file: it may be in memory as well as what is in it."""


class ArraysError(ValueError):
    """What a file holds is not what it is kept for: why, as the end of a sentence."""


def arrays_to_bytes(arrays: Arrays) -> bytes:
    """Arrays as an .npz file."""
    written = io.BytesIO()
    np.savez(written, **arrays)  # type: ignore[arg-type]
    return written.getvalue()


def arrays_from_bytes(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz file; raises `ArraysError` where it is none, or damaged."""
    try:
        return read_npz(content, MOST_BYTES, MOST_ARRAYS)
    except DataError as error:
        raise ArraysError(as_clause(error)) from error


def arrays_from_file(file: IO[bytes]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """The arrays of an .npz file, of a large one by one; raises as `arrays_from_bytes` does."""
    if len(head := file.read(SMALL_BYTES + 1)) <= SMALL_BYTES:
        yield from arrays_from_bytes(head).items()
        return
    file.seek(0)
    if not zipfile.is_zipfile(file):
        raise ArraysError("it is not a readable zip file")
    file.seek(0)
    try:
        with np.load(file, allow_pickle=False) as arrays:
            for name in arrays:
                yield name, arrays[name]
    except Exception as error:  # the header is Python source: anything is raised, in any words
        raise ArraysError(as_clause(error) if str(error) else "it is damaged") from error


def shapes_in(content: bytes) -> dict[str, tuple[int, ...]]:
    """The shapes alone, once all of the file was read through in pieces; raises the same."""
    try:
        found = open_npz(content, MOST_BYTES, MOST_ARRAYS)
    except DataError as error:
        raise ArraysError(as_clause(error)) from error
    return {name: one.shape for name, one in found.items()}


def as_clause(error: Exception) -> str:
    """What an error says, as the end of a sentence."""
    said = str(error).rstrip(".")
    return f"{said[0].lower()}{said[1:]}"
