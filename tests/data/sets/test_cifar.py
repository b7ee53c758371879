"""CIFAR-10 from stand-ins in its real forms: found, checked, and never run as a program."""

import hashlib
import io
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DataError, DatasetName, DatasetSpec, is_here, load
from cnn.data.sets.cifar import ARCHIVES, BATCHES, CIFAR_10, FOLDERS, NAMES, Form, read_folder

OF_EACH = 2
FORM = Form(of_each=OF_EACH)
COUNT = OF_EACH * len(NAMES)


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch, tmp_path):
    """Keep the caches of this machine out of the tests."""
    monkeypatch.delenv("CNN_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def batch(number: int) -> tuple[np.ndarray, list[int]]:
    """Images as they are in Python's form, (images, 3072), and their labels."""
    rng = np.random.default_rng(number)
    labels = rng.permutation(np.repeat(np.arange(len(NAMES)), OF_EACH)).tolist()
    return rng.integers(0, 256, (COUNT, 3 * 32 * 32)).astype(np.uint8), labels


def as_python_2_wrote_it(images: np.ndarray, labels: list[int]) -> bytes:
    """The words of the pickles in the archive: keys and pixels are strings of bytes."""

    def short(text: bytes) -> bytes:
        return b"U" + bytes([len(text)]) + text

    rows, columns = images.shape
    shape = b"M" + struct.pack("<H", rows) + b"M" + struct.pack("<H", columns) + b"\x86"
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + short(b"b") + b"\x87R"
        b"(K\x01" + shape + b"cnumpy\ndtype\n" + short(b"u1") + b"K\x00K\x01\x87R(K\x03"
        + short(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + b"T" + struct.pack("<i", images.size) + images.tobytes() + b"tb"
    )  # fmt: skip
    numbers = b"](" + b"".join(b"K" + bytes([one]) for one in labels) + b"e"
    words = short(b"batch_label") + short(b"training batch 1 of 5") + short(b"labels") + numbers
    return b"\x80\x02}(" + words + short(b"data") + array + b"u."


def in_order(images: np.ndarray) -> np.ndarray:
    return images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


def write_folder(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, name in enumerate(BATCHES):
        (folder / name).write_bytes(as_python_2_wrote_it(*batch(number)))


def write_archive(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for number, name in enumerate(BATCHES):
            content = as_python_2_wrote_it(*batch(number))
            member = tarfile.TarInfo(f"{FOLDERS[0]}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_binary(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, name in enumerate(BATCHES):
        images, labels = batch(number)
        rows = np.concatenate([np.array(labels, np.uint8)[:, None], images], axis=1)
        (folder / f"{name}.bin").write_bytes(rows.tobytes())


def write_npz(path: Path) -> None:
    read = [batch(number) for number in range(len(BATCHES))]
    np.savez(
        path,
        allow_pickle=False,
        x_train=in_order(np.concatenate([images for images, _ in read[:-1]])),
        y_train=np.concatenate([labels for _, labels in read[:-1]])[:, None],
        x_test=in_order(read[-1][0]),
        y_test=np.array(read[-1][1]),
    )


def test_the_stand_in_is_a_pickle_as_python_itself_reads_it():
    images, labels = batch(0)
    read = pickle.loads(as_python_2_wrote_it(images, labels), encoding="bytes")

    np.testing.assert_array_equal(read[b"data"], images)
    assert read[b"labels"] == labels


def has_all_of_it(source) -> bool:
    read = [batch(number) for number in range(len(BATCHES))]
    np.testing.assert_array_equal(
        source.learn.pixels, np.concatenate([in_order(images) for images, _ in read[:-1]])
    )
    np.testing.assert_array_equal(
        source.learn.labels, np.concatenate([labels for _, labels in read[:-1]])
    )
    np.testing.assert_array_equal(source.test.pixels, in_order(read[-1][0]))
    assert source.test.labels.tolist() == read[-1][1]
    return bool(source.class_names == NAMES)


@pytest.mark.parametrize("place", [".", *FOLDERS])
def test_the_unpacked_folder_is_read_and_said_to_be_unverified(tmp_path, place):
    write_folder(tmp_path / "data" / place)
    source = read_folder(tmp_path / "data", FORM)

    assert source
    assert has_all_of_it(source)
    assert "unverified: its shapes, types and class counts are right" in source.origin


@pytest.mark.parametrize("name", ARCHIVES)
def test_the_archive_is_known_by_its_hash(tmp_path, name):
    sha256 = write_archive(tmp_path / name)
    source = read_folder(tmp_path, Form(OF_EACH, sha256))

    assert source
    assert has_all_of_it(source)
    assert source.origin == f"{tmp_path / name}, archive verified by SHA-256"
    with pytest.raises(DataError, match="its SHA-256 is not that of the archive which Keras"):
        read_folder(tmp_path, FORM)


def test_the_binary_form_is_read(tmp_path):
    write_binary(tmp_path / "cifar-10-batches-bin")
    source = read_folder(tmp_path, FORM)

    assert source
    assert has_all_of_it(source)
    assert "unverified" in source.origin


@pytest.mark.parametrize("name", ["cifar-10.npz", "cifar10.npz"])
def test_arrays_as_keras_returns_them_are_read(tmp_path, name):
    write_npz(tmp_path / name)
    source = read_folder(tmp_path, FORM)

    assert source
    assert has_all_of_it(source)
    assert "unverified" in source.origin


def test_a_pickle_that_is_a_program_is_not_run(tmp_path):
    class Program:
        def __reduce__(self):
            return Path.touch, (tmp_path / "was run",)

    write_folder(tmp_path / "data")
    (tmp_path / "data" / BATCHES[2]).write_bytes(pickle.dumps(Program()))

    with pytest.raises(DataError, match=f"{BATCHES[2]} is no file of CIFAR-10 for Python"):
        read_folder(tmp_path / "data", FORM)
    assert not (tmp_path / "was run").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\x80", b"(((", b"\x80\x02}(U\x06labels](K\x0fe", b"x" * 99]
)
def test_a_damaged_pickle_is_an_error_that_names_the_file(tmp_path, content):
    write_folder(tmp_path / "data")
    (tmp_path / "data" / BATCHES[0]).write_bytes(content)

    with pytest.raises(DataError, match=f"{BATCHES[0]} is no file of CIFAR-10 for Python"):
        read_folder(tmp_path / "data", FORM)


def test_other_counts_of_the_classes_are_another_data_set(tmp_path):
    write_folder(tmp_path / "data")
    images, labels = batch(0)
    labels[labels.index(3)] = 4
    (tmp_path / "data" / BATCHES[0]).write_bytes(as_python_2_wrote_it(images, labels))

    with pytest.raises(DataError, match=r"training images number .*9, 11.* by class, not 10 each"):
        read_folder(tmp_path / "data", FORM)


def test_a_binary_file_of_another_length_is_an_error_with_both_lengths(tmp_path):
    write_binary(tmp_path / "data")
    file = tmp_path / "data" / f"{BATCHES[1]}.bin"
    file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(DataError, match=f"{COUNT * 3073 - 1:,} bytes; .* are {COUNT * 3073:,}"):
        read_folder(tmp_path / "data", FORM)


def test_arrays_of_another_type_are_refused_with_their_type(tmp_path):
    images = np.zeros((5 * COUNT, 32, 32, 3), np.float32)
    np.savez(tmp_path / "cifar10.npz", allow_pickle=False, x_train=images, y_train=np.zeros(1))

    with pytest.raises(DataError, match="x_train is float32"):
        read_folder(tmp_path, FORM)


def test_the_real_one_has_60_000_images():
    assert (CIFAR_10.batch, len(BATCHES)) == (10_000, 6)


def test_where_it_lies_is_found_without_reading_it(tmp_path, monkeypatch):
    spec = DatasetSpec(DatasetName.CIFAR_10)
    assert not is_here(spec)

    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path / "data"))
    write_folder(tmp_path / "data" / FOLDERS[0])
    assert is_here(spec)
    with pytest.raises(DataError, match=r"Two ways out: .* CNN_DATA_DIR .* scenes"):
        load(spec)  # it is a stand-in: too few images
