"""A person's own images: what an upload may look like, and what is said about one that may not."""

import io
import os
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnn.data import DatasetSpec, load
from cnn.data.dataset import Rejected, Source
from cnn.data.errors import DataError
from cnn.data.own.images import load_own_images
from cnn.data.own.keeping import keep_file, keep_upload
from cnn.data.own.limits import LIMITS, Limits

SHAPE = (4, 4, 1)
MEGABYTE = 1_000_000


def png(value: int, size: tuple[int, int] = (5, 6)) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, value).save(file, "PNG")
    return file.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


CATS_AND_DOGS = {
    f"{animal}/{number}.png": png(value + number)
    for animal, value in (("dog", 200), ("cat", 100))
    for number in range(3)
}
ROWS = np.arange(6, dtype=np.uint8)
IMAGES = np.broadcast_to(40 * ROWS[:, None, None], (6, 4, 4)).astype(np.uint8)
LABELS = ROWS % 2


def read(folder: Path, content: bytes, limits: Limits = LIMITS) -> Source:
    path = folder / "upload.zip"
    path.write_bytes(content)
    return load_own_images(path, SHAPE, limits)


def test_each_folder_of_a_zip_is_a_class(tmp_path):
    source = read(tmp_path, zipped(CATS_AND_DOGS))

    assert source.class_names == ("cat", "dog")
    assert source.learn.labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert source.learn.pixels[:, 0, 0, 0].tolist() == [200, 201, 202, 100, 101, 102]
    assert source.learn.image_shape == SHAPE
    assert source.rejected == ()


@pytest.mark.parametrize(
    "name",
    ["cat/a.png", "animals/cat/a.png", "./cat/a.png", "animals\\cat\\a.png", "/cat/a.png"],
)
def test_the_class_is_the_folder_a_file_lies_in(tmp_path, name):
    source = read(tmp_path, zipped({**CATS_AND_DOGS, name: png(9)}))

    assert source.class_names == ("cat", "dog")
    assert np.bincount(source.learn.labels).tolist() == [4, 3]


def test_what_operating_systems_leave_behind_is_passed_over(tmp_path):
    clutter = ["__MACOSX/cat/._1.png", "cat/.DS_Store", "cat/Thumbs.db", ".git/a/config", "cat/"]
    source = read(tmp_path, zipped({**CATS_AND_DOGS, **dict.fromkeys(clutter, b"")}))

    assert source.rejected == ()
    assert len(source.learn) == 6


def test_bad_files_are_reported_by_name_and_good_ones_kept(tmp_path):
    bad = {
        "cat/notes.txt": b"not a picture",
        "cat/half.png": png(1, (50, 60))[:45],
        "cat/wide.png": png(1, (200, 100)),
        "cat/heavy.png": bytes(2 * MEGABYTE),
        "alone.png": png(1),
        "../outside.png": png(1),
    }
    limits = replace(LIMITS, file_bytes=MEGABYTE, image_pixels=10_000)
    source = read(tmp_path, zipped({**bad, **CATS_AND_DOGS}), limits)

    assert len(source.learn) == 6
    reasons = {rejected.file: rejected.reason for rejected in source.rejected}
    assert list(reasons) == list(bad)
    assert "not a picture in a known format" in reasons["cat/notes.txt"]
    assert "is damaged or incomplete" in reasons["cat/half.png"]
    assert "has 200x100 pixels; 10,000 are left" in reasons["cat/wide.png"]
    assert "unpacks to 2.0 MB; 1.0 MB is the limit" in reasons["cat/heavy.png"]
    assert "is in no folder" in reasons["alone.png"]
    assert "is in no folder" in reasons["../outside.png"]


def test_what_all_files_together_may_cost_is_limited(tmp_path):
    """Many small files that each unpack within bounds, to bytes or to pixels."""
    blank = dict.fromkeys((f"cat/{n}.bin" for n in range(10)), bytes(MEGABYTE))
    source = read(
        tmp_path, zipped({**CATS_AND_DOGS, **blank}), replace(LIMITS, unpacked_bytes=2 * MEGABYTE)
    )
    assert [r.reason for r in source.rejected[1:]] == ["is past the 2.0 MB of all files"] * 9

    large = {f"cat/{n}.png": png(n, (100, 100)) for n in range(10, 20)}
    limits = replace(LIMITS, all_pixels=35_000)
    source = read(tmp_path, zipped({**CATS_AND_DOGS, **large}), limits)
    assert len(source.learn) == 6 + 3
    assert [r.file for r in source.rejected] == [f"cat/{n}.png" for n in range(13, 20)]


def of_two_classes(dogs: int) -> bytes:
    return zipped(dict(list(CATS_AND_DOGS.items())[3 - dogs :]))


REFUSED = {
    "no zip": (b"something else", "not a readable zip file"),
    "empty": (zipped({}), "No image in it can be read"),
    "no image": (zipped({"cat/a.txt": b"x"}), r"first file, cat/a\.txt, is not a picture"),
    "one class": (of_two_classes(0), "has 1 classes; 2 to 100"),
    "rare class": (of_two_classes(2), "Class dog has 2 readable images; each class needs 3"),
    "class name": (
        zipped({f"{'x' * 61}/{n}.png": png(n) for n in range(3)} | CATS_AND_DOGS),
        "use 1 to 60 printable characters",
    ),
    "bzip2": (zipped(CATS_AND_DOGS, zipfile.ZIP_BZIP2), "compressed in an unusual way"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_a_zip_that_is_no_set_of_classes_is_refused_with_what_would_do(tmp_path, content, message):
    with pytest.raises(DataError, match=message) as error:
        read(tmp_path, content)
    assert "upload.zip cannot be used." in str(error.value)
    assert "a zip with one folder of images per class" in str(error.value)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (replace(LIMITS, upload_bytes=100), "is larger than"),
        (replace(LIMITS, files=5), "holds 6 files; 5 is the limit"),
        (replace(LIMITS, files=1), "more than 3 files"),
    ],
)
def test_an_upload_beyond_the_limits_is_refused(tmp_path, limits, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, zipped(CATS_AND_DOGS), limits)


def test_an_input_that_makes_the_images_too_large_is_refused_before_they_are_read(tmp_path):
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({f"cat/{n}.png": b"" for n in range(3000)}))

    with pytest.raises(DataError, match=r"3,000 images of 512x512x3 need 2\.4 GB"):
        load_own_images(path, (512, 512, 3))


PIXELS = {
    "bytes": IMAGES,
    "with a channel": IMAGES[..., None],
    "whole numbers": IMAGES.astype(np.int32),
    "0 to 1": IMAGES.astype(np.float32) / 255,
    "0 to 255": IMAGES.astype(np.float64),
    "half": (IMAGES / 255).astype(np.float16),
}


@pytest.mark.parametrize("images", PIXELS.values(), ids=PIXELS)
def test_arrays_of_any_usual_number_type_are_read(tmp_path, images):
    source = read(tmp_path, npz(images=images, labels=LABELS))

    assert source.class_names == ("0", "1")
    np.testing.assert_array_equal(source.learn.pixels[..., 0], IMAGES)
    assert source.learn.labels.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int64])
def test_true_and_false_are_white_and_black(tmp_path, kind):
    source = read(tmp_path, npz(x=(IMAGES > 100).astype(kind), y=LABELS))

    np.testing.assert_array_equal(source.learn.images[..., 0], IMAGES > 100)


SHARES = IMAGES.astype(np.float32) / np.float32(IMAGES.max())


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (SHARES, SHARES * np.float32(1.02), r"1 in x_train, 1\.02 in x_test; wanted are 0 to 1 or"),
        (SHARES * np.float32(1.02), SHARES, r"Clip them to 1, or bring them to one scale"),
        (IMAGES, SHARES, r"in x_train, 1 in x_test; .* the same for all"),
    ],
)
def test_training_and_test_images_of_two_scales_are_refused(tmp_path, train, test, message):
    arrays = {"x_train": train, "y_train": LABELS, "x_test": test, "y_test": LABELS}

    with pytest.raises(DataError, match=message):
        read(tmp_path, npz(**arrays))


def test_shares_that_overshoot_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"brightest pixels are 1\.02; wanted"):
        read(tmp_path, npz(images=SHARES * np.float32(1.02), labels=LABELS))


@pytest.mark.parametrize(
    ("labels", "extra", "names"),
    [
        (LABELS + 7, {}, ("7", "8")),
        (LABELS[:, None], {}, ("0", "1")),
        (np.array(["dog", "cat"] * 3), {}, ("cat", "dog")),
        (LABELS, {"class_names": np.array(["cat", "dog"])}, ("cat", "dog")),
        (LABELS * 2, {"class_names": np.array(["cat", "cow", "dog"])}, ("cat", "dog")),
    ],
)
def test_labels_are_numbers_or_words_and_may_be_named(tmp_path, labels, extra, names):
    source = read(tmp_path, npz(images=IMAGES, labels=labels, **extra))

    assert source.class_names == names
    assert set(source.learn.labels.tolist()) == {0, 1}


def test_a_test_set_of_its_own_is_kept_apart(tmp_path):
    arrays = {"x_train": IMAGES, "y_train": LABELS + 5, "x_test": IMAGES[:2], "y_test": [6, 5]}
    path = tmp_path / "mine.npz"
    np.savez(path, allow_pickle=False, **{name: np.array(a) for name, a in arrays.items()})
    data = load(DatasetSpec.from_dict({"name": "own-images", "file": str(path)}), SHAPE)

    assert data.test.labels.tolist() == [1, 0]
    np.testing.assert_array_equal(data.test.pixels[..., 0], IMAGES[:2])
    assert len(data.train) + len(data.validation) == 6
    assert data.origin == "your file mine.npz"


REFUSED_ARRAYS = {
    "names": ({"pictures": IMAGES}, r"has the arrays \['pictures'\]; wanted are images and labels"),
    "axes": ({"images": IMAGES[0], "labels": LABELS}, r"images are \(4, 4\); wanted"),
    "channels": ({"images": IMAGES.reshape(6, 2, 2, 4), "labels": LABELS}, "1 or 3 channels"),
    "none": ({"images": IMAGES[:0], "labels": LABELS[:0]}, r"images are \(0, 4, 4, 1\)"),
    "type": ({"images": IMAGES.astype(complex), "labels": LABELS}, "type complex128"),
    "negative": ({"images": IMAGES - 1.0, "labels": LABELS}, "go from -1.0 to 199.0"),
    "range": ({"images": IMAGES * 2.0, "labels": LABELS}, "go from 0.0 to 400.0; wanted are 0"),
    "no number": ({"images": IMAGES * np.nan, "labels": LABELS}, "go from nan to nan"),
    "labels": ({"images": IMAGES, "labels": LABELS[1:]}, "for each of the 6 images"),
    "shares": ({"images": IMAGES, "labels": LABELS / 2}, "one whole number or word"),
    "half a test": ({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES}, "has only one"),
    "new label": (
        {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS + 1},
        r"test labels \[2\] do not occur in training",
    ),
    "unnamed": (
        {"images": IMAGES, "labels": LABELS, "class_names": np.array(["cat"])},
        "names 1 classes, but has the label 1",
    ),
    "same name": (
        {"images": IMAGES, "labels": LABELS, "class_names": np.array(["cat", "cat"])},
        "Two of its classes have the same name",
    ),
    "numbered names": (
        {"images": IMAGES, "labels": LABELS, "class_names": LABELS},
        r"class_names are uint8 \(6,\), not words",
    ),
    "rare class": (
        {"images": IMAGES, "labels": np.array([0, 0, 0, 0, 1, 1])},
        "Class 1 has 2 readable images",
    ),
}


@pytest.mark.parametrize(("arrays", "message"), REFUSED_ARRAYS.values(), ids=REFUSED_ARRAYS)
def test_arrays_that_are_no_labelled_images_are_refused_with_what_would_do(
    tmp_path, arrays, message
):
    with pytest.raises(DataError, match=message):
        read(tmp_path, npz(**arrays))


@pytest.mark.parametrize(
    "content", [zipped(CATS_AND_DOGS), npz(images=IMAGES, labels=LABELS)], ids=["zip", "npz"]
)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_upload_is_read_in_part_or_refused(tmp_path_factory, content, place, value, cut):
    damaged = bytearray(content)
    place %= len(damaged)
    damaged[place] = value

    try:
        source = read(tmp_path_factory.mktemp("own"), bytes(damaged[:place] if cut else damaged))
    except DataError:
        return
    assert source.learn.image_shape == SHAPE
    assert all(isinstance(rejected, Rejected) for rejected in source.rejected)


def test_a_member_without_a_name_is_no_image(tmp_path):
    nameless = zipped(CATS_AND_DOGS).replace(b"dog/0.png", b"\0og/0.png")  # a name ends at \0

    with pytest.raises(DataError, match="Class dog has 2 readable images"):
        read(tmp_path, nameless)


def test_an_upload_is_kept_under_a_name_made_of_its_content(tmp_path):
    kept = keep_upload(b"content", "../My cats & dogs.ZIP", tmp_path / "uploads")

    assert kept.parent == tmp_path / "uploads"
    assert kept.name == "My-cats-dogs-ed7002b439e9ac84.zip"
    assert kept.read_bytes() == b"content"
    assert keep_upload(b"content", "../My cats & dogs.ZIP", tmp_path / "uploads") == kept
    assert keep_upload(b"other", "My cats & dogs.zip", tmp_path / "uploads") != kept
    assert [path.suffix for path in (tmp_path / "uploads").iterdir()] == [".zip", ".zip"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such modes; it runs on Linux")
def test_what_is_kept_is_its_owners_alone(tmp_path):
    arrived = tmp_path / "arrived"
    arrived.write_bytes(b"other")
    arrived.chmod(0o644)
    before = os.umask(0)
    try:
        kept = keep_upload(b"content", "cats.zip", tmp_path / "home" / "images")
    finally:
        os.umask(before)
    moved = keep_file(arrived, "dogs.zip", kept.parent)

    assert {one.stat().st_mode & 0o777 for one in (kept, moved)} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in (kept.parent, tmp_path / "home")} == {0o700}


@pytest.mark.parametrize("name", ["", "..", "/", "猫.zip", "x" * 300, "a\0b.npz"])
@given(anything=st.text(max_size=20))
def test_no_file_name_leads_out_of_the_folder(tmp_path_factory, name, anything):
    folder = tmp_path_factory.mktemp("uploads")

    assert keep_upload(b"content", name + anything, folder).parent == folder


def test_the_server_lets_through_what_own_images_may_have():
    # A smaller limit there answers 413 whatever the uploader of the page allows.
    settings = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text())

    assert settings["server"]["maxUploadSize"] * MEGABYTE >= LIMITS.upload_bytes


def test_the_usual_side_is_the_shorter_one_of_an_image_in_the_middle(tmp_path: Path):
    sizes = [(9, 5), (200, 100), (6, 7), (30, 40), (8, 8), (50, 300)]  # 5, 100, 6, 30, 8, 50
    members = {f"{'cat' if i % 2 else 'dog'}/{i}.png": png(i, size) for i, size in enumerate(sizes)}

    assert read(tmp_path, zipped(members)).usual_side == 8
    images = np.zeros((6, 9, 7), np.uint8)
    images[:, 0, 0] = 255
    assert read(tmp_path, npz(images=images, labels=LABELS)).usual_side == 7


def test_the_sizes_of_pictures_are_counted_before_they_are_fitted(tmp_path):
    wide = {f"cat/wide-{place}.png": png(place, (30, 20)) for place in range(8)}
    source = read(tmp_path, zipped({**CATS_AND_DOGS, **wide}))

    assert source.sizes == (((20, 30, 1), 8), ((6, 5, 1), 6))
