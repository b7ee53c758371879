"""Files nobody has checked: what is read, and what is refused before it costs memory."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data.errors import DataError
from cnn.data.files import open_zip, read_file, read_idx, read_member, read_npz
from cnn.data.npz import open_npz

MEGABYTE = 1_000_000


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=True, **arrays)
    return file.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def idx(array: np.ndarray) -> bytes:
    """The format as its inventor describes it: two zeros, 8 for bytes, the axes, the bytes."""
    head = bytes([0, 0, 8, array.ndim])
    return head + b"".join(struct.pack(">i", n) for n in array.shape) + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=3), seed=st.integers(0, 9))
def test_an_idx_file_is_read_as_it_was_written(tmp_path_factory, packed, shape, seed):
    array = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(gzipped(idx(array)) if packed else idx(array))

    np.testing.assert_array_equal(read_idx(path, tuple(shape)), array)


TEN = np.arange(10, dtype=np.uint8)


NO_IDX = {
    "empty": (b"", "is not an idx file with bytes of shape"),
    "web page": (b"<html>404</html>", "is not an idx file with bytes of shape"),
    "other shape": (idx(TEN[:9]), r"is not an idx file with bytes of shape \(10,\)"),
    "cut off": (idx(TEN)[:-1], "has fewer bytes than the 18 its header promises"),
    "too long": (idx(TEN) + b"x", "has more bytes than the 18 its header promises"),
    "huge": (idx(TEN) + bytes(20_000), "is larger than 0.0 MB"),
    "gzip cut off": (gzipped(idx(TEN))[:-1], "is damaged or incomplete"),
    "gzip in name only": (b"\x1f\x8b" + idx(TEN), "is damaged or incomplete"),
    "gzip bomb": (gzipped(idx(TEN) + bytes(5 * MEGABYTE)), "has more bytes than the 18"),
}


@pytest.mark.parametrize(("content", "message"), NO_IDX.values(), ids=NO_IDX)
def test_an_idx_file_with_other_content_is_refused_with_its_name(tmp_path, content, message):
    path = tmp_path / "t10k-labels-idx1-ubyte"
    path.write_bytes(content)

    with pytest.raises(DataError, match=f"t10k-labels-idx1-ubyte {message}"):
        read_idx(path, (10,))


@given(content=st.binary(max_size=60))
def test_random_bytes_are_no_idx_file(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(content)

    with pytest.raises(DataError):
        read_idx(path, (10,))


def test_a_missing_or_too_large_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"absent cannot be read: No such file"):
        read_file(tmp_path / "absent", 10)
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(DataError, match=r"large is larger than"):
        read_file(tmp_path / "large", 10)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array(["cat", "dog"]),
        np.array(3.5),
        np.zeros((0, 4)),
        np.array([1, 2], dtype=">i4"),
    ],
)
def test_arrays_are_read_as_numpy_reads_them(array):
    content = npz(array=array)
    read = read_npz(content, MEGABYTE)["array"]

    expected = np.load(io.BytesIO(content), allow_pickle=False)["array"]
    assert read.dtype == expected.dtype
    np.testing.assert_array_equal(read, expected)


def _header(text: str) -> bytes:
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode()


PETABYTE = _header("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000000,), }")
NEGATIVE = _header("{'descr': '|u1', 'fortran_order': False, 'shape': (-2, -3), }") + bytes(6)


LARGE = np.zeros(900_000, np.uint8)
NO_NPZ = {
    "empty": (b"", "not a readable zip"),
    "cut off": (npz(a=TEN)[:-30], "not a readable zip"),
    "pickle": (npz(a=np.array([{}], dtype=object)), "member a.npy holds Python objects"),
    "bomb": (npz(a=np.zeros(2 * MEGABYTE)), "a.npy unpacks to 16.0 MB; 1.0 MB is the limit"),
    "large together": (
        npz(a=LARGE, b=LARGE),
        "member b.npy is one too many: together they unpack to more than 1.0 MB",
    ),
    "no array": (zipped({"a.npy": b"no array"}), "a.npy is damaged, cut off, or no NumPy array"),
    "petabyte": (zipped({"a.npy": PETABYTE}), "a.npy is damaged, cut off, or no NumPy array"),
    "negative shape": (zipped({"a.npy": NEGATIVE}), "a.npy is damaged, cut off, or no NumPy array"),
    "brackets": (
        zipped({"a.npy": _header("(" * 100)}),
        "a.npy is damaged, cut off, or no NumPy array",
    ),
    "many": (zipped({str(n): b"" for n in range(101)}), "more than 100 files"),
    "lzma": (zipped({"a.npy": b"x"}, zipfile.ZIP_LZMA), "a.npy is compressed in an unusual way"),
}


@pytest.mark.parametrize(("content", "message"), NO_NPZ.values(), ids=NO_NPZ)
def test_an_npz_file_with_other_content_is_refused_with_its_member(content, message):
    with pytest.raises(DataError, match=message):
        read_npz(content, MEGABYTE)
    with pytest.raises(DataError, match=message):
        open_npz(content, MEGABYTE)


@given(content=st.binary(max_size=200))
def test_random_bytes_are_no_npz_file(content):
    with pytest.raises(DataError):
        read_npz(content, MEGABYTE)


@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_an_npz_file_with_one_wrong_byte_is_read_unharmed_or_refused(place, value):
    content = bytearray(npz(a=TEN, b=np.array(["cat", "dog"])))
    content[place % len(content)] = value

    try:
        read_npz(bytes(content), MEGABYTE)
    except DataError:
        return


def test_a_bomb_is_stopped_where_its_directory_lies_about_the_size():
    bomb = zipped({"a": bytes(50 * MEGABYTE)})
    assert len(bomb) < 100_000
    true_size, claimed = struct.pack("<I", 50 * MEGABYTE), struct.pack("<I", 1000)

    with open_zip(bomb.replace(true_size, claimed), 10) as archive:
        member = archive.infolist()[0]
        assert member.file_size == 1000
        with pytest.raises(DataError, match="cannot be unpacked: Bad CRC-32"):
            read_member(archive, member, MEGABYTE)


def test_an_encrypted_member_is_refused():
    content = bytearray(zipped({"a": b"secret"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1

    archive = open_zip(bytes(content), 10)
    with pytest.raises(DataError, match="password required"):
        read_member(archive, archive.infolist()[0], MEGABYTE)
