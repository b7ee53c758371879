"""Idx files of one's own: paired by their names, in any type, turned and named as is said."""

import gzip
import string
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DataError, brought, load
from cnn.data.files import idx_of
from cnn.data.own.choices import About
from cnn.data.own.idx import LETTERS
from cnn.data.own.limits import LIMITS
from cnn.data.own.reading import Names
from cnn.data.own.understood import understood
from tests.data.own.test_images import zipped

CODES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}
IMAGES = np.random.default_rng(0).integers(0, 256, (60, 6, 4), dtype=np.uint8)
TENS = np.arange(60) % 10
MOST = 1_000_000


def idx(array: np.ndarray) -> bytes:
    """As the page of MNIST says: two zeros, the type, the axes, their sizes, the numbers."""
    kind = next(one for one in CODES if np.dtype(one) == array.dtype)
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[kind], array.ndim, *array.shape)
    return head + array.tobytes()


def files(
    images: np.ndarray = IMAGES, labels: np.ndarray = TENS, name: str = "{}-{}", part: str = "train"
) -> dict[str, bytes]:
    called = {"images-idx3-ubyte": images, "labels-idx1-ubyte": labels.astype(np.uint8)}
    return {name.format(part, what): idx(array) for what, array in called.items()}


def written(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "kmnist.zip"
    path.write_bytes(zipped(members))
    return path


@pytest.mark.parametrize("kind", CODES)
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_an_idx_file_of_any_type_is_read_as_it_was_written(kind, shape, seed):
    array = np.random.default_rng(seed).integers(-100, 100, shape).astype(kind)

    np.testing.assert_array_equal(idx_of(idx(array), MOST), array)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_idx_file_or_a_data_error(content: bytes):
    for one in (content, b"\0\0\x08" + content, b"\0\0\x0e\x01" + content):
        try:
            idx_of(one, MOST)
        except DataError:
            continue


@pytest.mark.parametrize("packed", [False, True])
def test_files_as_kmnist_has_them_are_training_and_test_images(tmp_path, packed):
    members = files() | files(IMAGES[:20], TENS[:20], part="t10k")
    if packed:
        members = {f"raw/{name}.gz": gzip.compress(one) for name, one in members.items()}
    path = written(tmp_path, members | {"raw/README.txt": b"about"})

    spec = brought(path)
    data = load(spec, (6, 4, 1))

    assert (spec.splits, spec.reading) == ("", "")
    assert data.class_names == tuple(string.digits)
    np.testing.assert_array_equal(data.test.pixels[..., 0], IMAGES[:20])
    assert data.test.labels.tolist() == TENS[:20].tolist()
    assert f"20 of t10k-images-idx3-ubyte{'.gz' * packed} to test." in data.how_split


def test_the_numbers_of_images_may_be_of_another_type(tmp_path):
    images = (IMAGES / 255).astype(">f4")

    data = load(brought(written(tmp_path, files(images))), (6, 4, 1))

    whole = np.concatenate([split.pixels for split in data.splits.values()])
    assert sorted(map(bytes, whole)) == sorted(map(bytes, IMAGES))


def test_of_emnist_it_is_asked_which_way_the_images_stand(tmp_path):
    members = files(IMAGES.transpose(0, 2, 1).copy(), name="gzip/emnist-digits-{}-{}")
    path = written(tmp_path, members)

    with pytest.raises(DataError, match=r"EMNIST's own files .* transposed; .*--read \"transposed"):
        brought(path)
    assert [one.about for one in understood(path).open] == [About.TURN]

    turned, as_stored = brought(path, reading="transposed"), brought(path, reading="upright")

    assert (turned.reading, as_stored.reading) == ("transposed", "")
    whole = np.concatenate([split.pixels for split in load(turned, (6, 4, 1)).splits.values()])
    assert sorted(map(bytes, whole)) == sorted(map(bytes, IMAGES))


@pytest.mark.parametrize(
    ("names", "count", "some"),
    [
        # Cohen et al. 2017: By_Merge and Balanced leave out C I J K L M O P S U V W X Y Z in small.
        (Names.BALANCED, 47, {0: "0", 10: "A", 35: "Z", 36: "a", 37: "b", 38: "d", 46: "t"}),
        (Names.BYCLASS, 62, {9: "9", 10: "A", 36: "a", 61: "z"}),
        (Names.LETTERS, 26, {1: "A", 26: "Z"}),
    ],
)
def test_letters_are_called_as_emnist_has_them(names, count, some):
    letters = LETTERS[names]

    assert len(set(letters.values())) == len(letters) == count
    assert {label: letters[label] for label in some} == some


def of_letters(name: str = "{}-{}") -> dict[str, bytes]:
    labels = np.arange(26 * 4) % 26 + 1
    images = np.random.default_rng(2).integers(0, 256, (len(labels), 4, 4), dtype=np.uint8)
    return files(images, labels, name)


def test_letters_are_named_where_it_is_clear_and_else_only_where_it_is_said(tmp_path):
    clear = written(tmp_path, of_letters("emnist-letters-{}-{}"))

    spec = brought(clear, reading="transposed")

    assert spec.reading == "transposed named=letters"
    assert load(spec).class_names == tuple(string.ascii_uppercase)
    numbered = brought(clear, reading="transposed named=numbers")
    assert numbered.reading == "transposed"
    assert load(numbered).class_names == tuple(map(str, range(1, 27)))

    unclear = written(tmp_path, of_letters())
    assert load(brought(unclear, reading="upright")).class_names[0] == "1"
    assert load(brought(unclear, reading="upright named=letters")).class_names[0] == "A"


def test_a_mapping_that_comes_along_names_the_classes(tmp_path):
    mapping = "".join(f"{label} {ord(letter)}\n" for label, letter in enumerate("abcdefghij"))
    path = written(tmp_path, files() | {"emnist-x-mapping.txt": mapping.encode()})

    spec = brought(path, reading="upright")

    assert spec.reading == "named=mapping"
    assert load(spec).class_names == tuple("abcdefghij")


def test_a_mapping_that_names_only_some_of_the_classes_names_none(tmp_path):
    path = written(tmp_path, files() | {"a-mapping.txt": b"0 65"})

    assert load(brought(path)).class_names == tuple(string.digits)
    with pytest.raises(DataError, match=r"label 1 has no name in mapping, .* Use named=numbers"):
        brought(path, reading="named=mapping")


LABELS_ALONE = {"train-labels-idx1-ubyte": idx(TENS.astype(np.uint8))}
REFUSED = {
    "no labels": ({"train-images-idx3-ubyte": idx(IMAGES)}, "train-images-idx3-ubyte without its"),
    "no images": (LABELS_ALONE, "train-labels-idx1-ubyte without its images. Add their file"),
    "test alone": (files(part="t10k"), "and no images to train on"),
    "two sets": (
        files() | of_letters("emnist-letters-{}-{}"),
        "of 2 sets: .*Keep the files of one",
    ),
    "for the same": (files() | {"train-images.idx3": idx(IMAGES)}, "are for the same; keep one"),
    "cut off": (
        files() | {"train-images-idx3-ubyte": idx(IMAGES)[:-1]},
        "train-images-idx3-ubyte has fewer bytes than the 1,456 its header promises",
    ),
    "no idx": (files() | {"train-images-idx3-ubyte": b"<html>"}, "is not an idx file"),
    "gzip": (files() | {"train-images-idx3-ubyte": b"\x1f\x8bxx"}, "is damaged or incomplete"),
    "axes": (files(IMAGES[0]), r"is uint8 \(6, 4\); wanted are images of"),
    "fewer labels": (files(labels=TENS[:-1]), "for each of the 60 images"),
    "mapping": (files() | {"a-mapping.txt": b"0 zero"}, "a-mapping.txt says '0 zero'; wanted is a"),
    "mapping code": (files() | {"a-mapping.txt": b"0 7"}, "has the code 7, which is no letter"),
}


@pytest.mark.parametrize(("members", "message"), REFUSED.values(), ids=REFUSED)
def test_idx_files_that_do_not_belong_together_are_refused(tmp_path, members, message):
    with pytest.raises(DataError, match=message) as refused:
        load(brought(written(tmp_path, members)))
    assert str(refused.value).startswith("kmnist.zip cannot be used. ")


def test_what_idx_files_unpack_to_is_limited(tmp_path):
    members = {name: gzip.compress(one) for name, one in files(0 * IMAGES).items()}
    with pytest.raises(DataError, match=r"promises 0\.0 MB; 0\.0 MB is the limit"):
        understood(written(tmp_path, members), replace(LIMITS, unpacked_bytes=1_000))
