"""The arrays of an npz file that nobody has checked, a slice at a time.

An npz of 100 KB may hold 600 MB. So nothing is unpacked as a whole but what is small: shapes and
types are known from the headers, and numbers come in pieces. Owns the same bounds and refusals as
`files.read_npz`, which small files are read with.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cnn.data.errors import DataError
from cnn.data.files import (
    BROKEN_ZIP,
    DAMAGED,
    MOST_ARRAYS,
    Array,
    array_of,
    check_member,
    header_of,
    open_zip,
    read_member,
)

PIECE_BYTES = 1 << 22
HEADER_BYTES = 20_000
"""Longer than any header that NumPy reads."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """An array in an npz. Its numbers are in the order of the file, which `is_fortran` names."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    is_fortran: bool

    def __len__(self) -> int:
        return self.shape[0]

    def pieces(self) -> Iterator[Array]:
        """All numbers in rows of a few megabytes, one after the other."""
        size = max(1, PIECE_BYTES // self.dtype.itemsize) * self.dtype.itemsize
        with self.archive.open(self.member) as stream:
            stream.read(self.offset)
            while piece := stream.read(size):
                yield np.frombuffer(piece, self.dtype)

    def whole(self) -> Array:
        """The array itself, for what is small: labels and names."""
        return array_of(read_member(self.archive, self.member, self.member.file_size))


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An array that is in memory already, to be read as a stored one is."""

    array: Array
    is_fortran: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[np.generic]:
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def pieces(self) -> Iterator[Array]:
        """All numbers in rows of a few megabytes, one after the other."""
        flat, size = self.array.reshape(-1), max(1, PIECE_BYTES // self.array.dtype.itemsize)
        for start in range(0, len(flat), size):
            yield flat[start : start + size]

    def whole(self) -> Array:
        """The array itself."""
        return self.array


Numbers = Stored | Held


def open_npz(content: bytes, limit_bytes: int, most_arrays: int = MOST_ARRAYS) -> dict[str, Stored]:
    """Return the arrays of an npz by name, each checked to be whole, together within the limit."""
    archive = open_zip(content, most_arrays)
    return stored_in(archive, archive.infolist(), limit_bytes)


def stored_in(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], limit_bytes: int
) -> dict[str, Stored]:
    """Return these members as arrays by name, each checked, together within the limit."""
    arrays: dict[str, Stored] = {}
    before_bytes = 0
    for member in members:
        try:
            check_member(member, limit_bytes, before_bytes)
            arrays[member.filename.removesuffix(".npy")] = _stored(archive, member)
        except DataError as error:
            raise DataError(f"Its member {member.filename} {error}.") from error
        before_bytes += member.file_size
    return arrays


def _stored(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Stored:
    head = _walked(archive, member)
    with io.BytesIO(head) as stream:
        shape, is_fortran, dtype = header_of(stream)
        offset = stream.tell()
    inner, each = dtype.subdtype or (dtype, ())
    try:
        count, rest = divmod(member.file_size - offset, dtype.itemsize)
        if rest:
            raise DataError(DAMAGED)
        # Shaped as the array itself would be, but of a single number, which takes no room.
        alike = np.broadcast_to(np.zeros((), np.int8), (count, *each))
        shape = alike.reshape(shape, order="F" if is_fortran else "C").shape
    except Exception as error:  # a shape may hold any numbers
        raise DataError(DAMAGED) from error
    return Stored(archive, member, offset, shape, inner, is_fortran)


def _walked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return how a member begins, once all of it was unpacked and found to be whole."""
    found = 0
    try:
        with archive.open(member) as stream:
            head = stream.read(min(HEADER_BYTES, member.file_size))
            found = len(head)
            while piece := stream.read(min(PIECE_BYTES, member.file_size - found)):
                found += len(piece)
    except BROKEN_ZIP as error:
        raise DataError(f"cannot be unpacked: {error}") from error
    if found != member.file_size:
        raise DataError("is incomplete")
    return head
