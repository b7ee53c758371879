"""Arrays and members read from files that nobody has checked: idx, npz and zip.

Owns the bounds: nothing is unpacked beyond its declared size, and that size is checked first. No
pickle is ever loaded. What the arrays mean is the business of the callers.
"""

import gzip
import io
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.errors import DataError

# What zipfile raises on damaged, encrypted or unsupported archives.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
MOST_ARRAYS = 100
MOST_AXES = 8
_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""By the third byte, as the page of MNIST lists them."""

_DIRECTORY_ENTRY = b"PK\x01\x02"

DAMAGED = "is damaged, cut off, or no NumPy array; save it again"

Array = npt.NDArray[Any]


def read_file(path: Path, limit_bytes: int) -> bytes:
    """Return the content of a file that is not larger than the limit."""
    try:
        with path.open("rb") as file:
            content = file.read(limit_bytes + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > limit_bytes:
        raise DataError(f"{path} is larger than {megabytes(limit_bytes)}.")
    return content


def read_idx(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Return the bytes of an idx file, gzipped or not, that holds an array of this shape."""
    size = 4 + 4 * len(shape) + math.prod(shape)
    content = read_file(path, size + 10_000)  # gzip may add a little to what it cannot pack
    try:
        head = _idx_header(gunzipped(content, 4 + 4 * MOST_AXES))
        if head == (np.dtype(np.uint8), shape):
            return idx_of(content, size)
    except DataError as error:
        raise DataError(f"{path} {error}.") from error
    raise DataError(f"{path} is not an idx file with bytes of shape {shape}.")


def gunzipped(content: bytes, limit_bytes: int) -> bytes:
    """Return what a gzip file begins with, so many bytes at most; what is none as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as unpacked:
            return unpacked.read(limit_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"is damaged or incomplete: {error}") from error


def idx_of(content: bytes, limit_bytes: int) -> Array:
    """Return the array of an idx file, gzipped or not, of any of the types and shapes it can have.

    No more is unpacked than its header promises.
    """
    head = _idx_header(gunzipped(content, 4 + 4 * MOST_AXES))
    if head is None:
        raise DataError("is not an idx file: it begins otherwise")
    dtype, shape = head
    offset = 4 + 4 * len(shape)
    size = offset + dtype.itemsize * math.prod(shape)
    if size > limit_bytes:
        raise DataError(f"promises {megabytes(size)}; {megabytes(limit_bytes)} is the limit")
    content = gunzipped(content, size + 1)
    if len(content) != size:
        more_or_less = "more" if len(content) > size else "fewer"
        raise DataError(f"has {more_or_less} bytes than the {size:,} its header promises")
    return np.frombuffer(content, dtype, offset=offset).reshape(shape)


def _idx_header(content: bytes) -> tuple[np.dtype[Any], tuple[int, ...]] | None:
    """Return the type and the shape that an idx file says it has; None where it is none."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_TYPES:
        return None
    axes = content[3]
    if not 1 <= axes <= MOST_AXES or len(content) < 4 + 4 * axes:
        return None
    return np.dtype(_IDX_TYPES[content[2]]), struct.unpack_from(f">{axes}I", content, 4)


def open_zip(content: bytes, max_members: int) -> zipfile.ZipFile:
    """Return the archive, opened for reading, if it does not list more members than allowed."""
    # Counted in the raw bytes: zipfile would build an object for each of millions of entries.
    if content.count(_DIRECTORY_ENTRY) > max_members:
        raise DataError(f"It holds more than {max_members:,} files.")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except BROKEN_ZIP as error:
        raise DataError(f"It is not a readable zip file: {error}.") from error


def check_member(member: zipfile.ZipInfo, limit_bytes: int, before_bytes: int = 0) -> None:
    """Raise unless a member says that it can be unpacked, and is not larger than the limit, nor is
    it with what was unpacked before.
    """
    if member.file_size > limit_bytes:
        raise DataError(
            f"unpacks to {megabytes(member.file_size)}; {megabytes(limit_bytes)} is the limit"
        )
    if before_bytes + member.file_size > limit_bytes:
        raise DataError(
            f"is one too many: together they unpack to more than {megabytes(limit_bytes)}"
        )
    # zipfile unpacks bzip2 and lzma without a bound; only deflate can be stopped in time.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("is compressed in an unusual way; use deflate, the default of zip programs")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit_bytes: int) -> bytes:
    """Return the unpacked content of one member that is not larger than the limit."""
    check_member(member, limit_bytes)
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size)
    except BROKEN_ZIP as error:
        raise DataError(f"cannot be unpacked: {error}") from error
    if len(content) != member.file_size:
        raise DataError("is incomplete")
    return content


def read_npz(content: bytes, limit_bytes: int, most_arrays: int = MOST_ARRAYS) -> dict[str, Array]:
    """Return the arrays of an npz file by name, together not larger than the limit."""
    arrays: dict[str, Array] = {}
    before_bytes = 0
    with open_zip(content, most_arrays) as archive:
        for member in archive.infolist():
            try:
                check_member(member, limit_bytes, before_bytes)
                unpacked = read_member(archive, member, limit_bytes)
                arrays[member.filename.removesuffix(".npy")] = array_of(unpacked)
            except DataError as error:
                raise DataError(f"Its member {member.filename} {error}.") from error
            before_bytes += len(unpacked)
    return arrays


def array_of(npy: bytes) -> Array:
    """Return the array of a .npy file, without the allocations and pickles of `np.load`."""
    stream = io.BytesIO(npy)
    shape, is_fortran, dtype = header_of(stream)
    try:
        flat = np.frombuffer(npy, dtype, offset=stream.tell())
        return flat.reshape(shape, order="F" if is_fortran else "C")
    except Exception as error:  # a shape may hold any numbers
        raise DataError(DAMAGED) from error


def header_of(npy: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return the shape, the order and the type that a .npy file says, and read on behind that."""
    try:
        version = np.lib.format.read_magic(npy)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, is_fortran, dtype = read_header(npy)
    except Exception as error:  # the header is Python source: anything is raised, in any words
        raise DataError(DAMAGED) from error
    if dtype.hasobject:
        raise DataError("holds Python objects, which are not loaded; save plain numbers")
    return shape, is_fortran, dtype


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"
