"""Arrays in every form they come in: the values of black and white, channels, one-hot labels."""

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DataError, DatasetSpec, brought, fingerprint, load
from cnn.data.own.choices import About
from cnn.data.own.understood import understood
from tests.data.own.test_images import npz, zipped

LABELS = np.arange(12) % 2
rng = np.random.default_rng(0)
GREY = rng.integers(0, 256, (12, 5, 7), dtype=np.uint8)
COLOUR = rng.integers(0, 256, (12, 5, 7, 3), dtype=np.uint8)
GREY[0, 0, :2] = COLOUR[0, 0, 0, :2] = 0, 255


def written(folder: Path, **arrays: Any) -> Path:
    path = folder / "mine.npz"
    usual: dict[str, Any] = {"images": GREY, "labels": LABELS}
    path.write_bytes(npz(**(usual | arrays)))
    return path


def pixels(spec: DatasetSpec, shape: tuple[int, int, int]) -> np.ndarray:
    """All images in the order of training, validation and test, sorted to be compared."""
    data = load(spec, shape)
    whole = np.concatenate([split.pixels for split in data.splits.values()])
    return whole[np.lexsort(whole.reshape(len(whole), -1).T)]


def in_order(images: np.ndarray) -> np.ndarray:
    return images[np.lexsort(images.reshape(len(images), -1).T)]


def as_bytes(images: np.ndarray, black: float, white: float) -> np.ndarray:
    """Number by number, as one would on paper."""
    found = np.empty(images.shape, np.uint8)
    for place in np.ndindex(images.shape):
        share = (float(images[place]) - black) / (white - black)
        found[place] = round(255 * min(max(share, 0.0), 1.0))
    return found


@pytest.mark.parametrize(
    ("images", "words", "black", "white"),
    [
        (GREY.astype(np.uint16) * 16, "0..4095", 0, 4095),
        (GREY.astype(np.uint16) * 257, "0..65535", 0, 65535),
        (GREY.astype(np.int8), "-128..127", -128, 127),
        ((GREY / 127.5 - 1).astype(np.float32), "-1..1", -1, 1),
    ],
)
def test_usual_values_are_found_and_are_in_the_spec(tmp_path, images, words, black, white):
    spec = brought(written(tmp_path, images=images))

    assert spec.reading == words
    wanted = as_bytes(images, black, white)[..., None]
    np.testing.assert_array_equal(pixels(spec, (5, 7, 1)), in_order(wanted))


@pytest.mark.parametrize(
    "images",
    [GREY, GREY.astype(float), (GREY / 255).astype(np.float32), GREY > 99, GREY.astype(int) // 2],
    ids=["bytes", "to 255", "to 1", "yes and no", "dim"],
)
def test_what_was_always_read_is_the_data_set_that_it_was(tmp_path, images):
    path = written(tmp_path, images=images)

    assert brought(path) == DatasetSpec.from_dict({"name": "own-images", "file": str(path)})


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (GREY.astype(np.float32) / 100, "Its values go from 0 to 2.55"),
        (GREY.astype(np.int32) * 1_000 // 255, None),
        (GREY.astype(int) % 10, "Its values go from 0 to 9"),
        (rng.normal(size=(12, 5, 7)), "Its values go from -"),
    ],
)
def test_unusual_values_are_asked_and_read_as_is_said(tmp_path, images, said):
    path = written(tmp_path, images=images)
    if said is None:
        assert brought(path).reading == "0..1023"
        return
    with pytest.raises(DataError, match=f'{said}.*Say how it is read: --read "'):
        brought(path)
    (choice,) = understood(path).open
    assert choice.about is About.VALUES

    spec = brought(path, reading="0..2")

    assert spec.reading == "0..2"
    np.testing.assert_array_equal(
        pixels(spec, (5, 7, 1)), in_order(as_bytes(images, 0, 2)[..., None])
    )


def test_white_may_be_less_than_black_so_that_images_are_turned_round(tmp_path):
    path = written(tmp_path)

    turned = brought(path, reading="255..0")

    np.testing.assert_array_equal(pixels(turned, (5, 7, 1)), in_order(255 - GREY[..., None]))
    assert fingerprint(load(turned)) != fingerprint(load(brought(path)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused_whatever_is_said(tmp_path, bad):
    images = GREY.astype(float)
    images[3, 2, 1] = bad
    path = written(tmp_path, images=images)

    for words in ("", "0..255"):
        with pytest.raises(DataError, match=r"wanted are finite numbers. Replace what is none"):
            brought(path, reading=words)


def test_parts_of_two_scales_are_refused_with_both(tmp_path):
    deep = GREY.astype(np.uint16) * 257
    arrays: dict[str, Any] = {
        "x_train": deep,
        "y_train": LABELS,
        "x_test": GREY / 255,
        "y_test": LABELS,
    }
    path = tmp_path / "mine.npz"
    path.write_bytes(npz(**arrays))

    with pytest.raises(DataError, match=r"65535 in x_train, 1 in x_test; wanted is one scale"):
        brought(path)


def test_images_of_one_number_alone_are_refused(tmp_path):
    with pytest.raises(DataError, match="All its values are -3, so that nothing is to be seen"):
        brought(written(tmp_path, images=np.full((12, 5, 7), -3)))


def test_channels_are_found_where_the_shape_says_where_they_are(tmp_path):
    first = written(tmp_path, images=COLOUR.transpose(0, 3, 1, 2))

    spec = brought(first)

    assert spec.reading == "chw"
    np.testing.assert_array_equal(pixels(spec, (5, 7, 3)), in_order(COLOUR))
    assert brought(written(tmp_path, images=COLOUR)).reading == ""
    assert brought(written(tmp_path, images=GREY[:, None])).reading == "chw"


def test_channels_that_may_be_first_or_last_are_asked(tmp_path):
    images = rng.integers(0, 256, (12, 3, 32, 3), dtype=np.uint8)
    path = written(tmp_path, images=images)

    with pytest.raises(DataError, match=r"Its images are 3×32×3, which may be .* first") as refused:
        brought(path)
    assert '--read "hwc" (channels last: 32×3 pixels in colour)' in str(refused.value)
    assert '--read "chw" (channels first: 3×32 pixels in colour)' in str(refused.value)

    last, first = brought(path, reading="hwc"), brought(path, reading="chw")
    assert (last.reading, first.reading) == ("", "chw")
    np.testing.assert_array_equal(pixels(last, (3, 32, 3)), in_order(images))
    np.testing.assert_array_equal(pixels(first, (32, 3, 3)), in_order(images.transpose(0, 2, 3, 1)))


def test_channels_that_cannot_be_there_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"\(12, 5, 7, 3\); wanted are .* channels before them"):
        brought(written(tmp_path, images=COLOUR), reading="chw")
    with pytest.raises(DataError, match=r"\(12, 5, 7, 4\); wanted are .* with 1 or 3 channels"):
        brought(written(tmp_path, images=np.zeros((12, 5, 7, 4), np.uint8)))


@pytest.mark.parametrize("order", "CF")
def test_images_that_lie_on_their_side_are_turned_in_either_order(tmp_path, order):
    path = written(tmp_path, images=np.asarray(COLOUR, order=order))

    spec = brought(path, reading="transposed")

    wanted = np.stack([image.transpose(1, 0, 2) for image in COLOUR])
    np.testing.assert_array_equal(pixels(spec, (7, 5, 3)), in_order(wanted))


@given(
    channels=st.sampled_from([None, 1, 3]),
    is_first=st.booleans(),
    is_turned=st.booleans(),
    order=st.sampled_from("CF"),
    side=st.sampled_from([(4, 6), (9, 5)]),
)
def test_every_form_of_the_same_images_is_read_as_the_same(
    tmp_path_factory, channels, is_first, is_turned, order, side
):
    shape = (12, *side, *([channels] if channels else []))
    upright = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    stored = np.swapaxes(upright, 1, 2) if is_turned else upright
    if channels and is_first:
        stored = np.moveaxis(stored, -1, 1)
    path = written(tmp_path_factory.mktemp("own"), images=np.array(stored, order=order))
    words = " ".join(["transposed"] * is_turned)

    found = pixels(brought(path, reading=words), (*side, channels or 1))

    np.testing.assert_array_equal(found, in_order(upright.reshape(12, *side, channels or 1)))


@pytest.mark.parametrize("kind", [np.uint8, np.float32, bool])
def test_one_hot_labels_are_the_places_of_their_ones(tmp_path, kind):
    one_hot = np.eye(3)[np.arange(12) % 3].astype(kind)
    names = np.array(["cat", "cow", "dog"])

    data = load(brought(written(tmp_path, labels=one_hot, class_names=names)), (5, 7, 1))
    plain = load(brought(written(tmp_path, labels=np.arange(12) % 3, class_names=names)), (5, 7, 1))

    assert data.class_names == ("cat", "cow", "dog")
    assert fingerprint(data) == fingerprint(plain)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [([1, 1, 0], "row 4 begins 1, 1, 0"), ([0, 0, 0], "row 4 begins 0, 0, 0"), ([0, 2, 0], "0, 2")],
)
def test_labels_that_are_not_one_hot_are_refused_with_the_first_such_row(tmp_path, wrong, said):
    labels = np.eye(3, dtype=int)[np.arange(12) % 3]
    labels[4] = wrong

    with pytest.raises(DataError, match=f"not one-hot: .*{said}"):
        load(brought(written(tmp_path, labels=labels)))


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_arrays_in_folders_of_a_zip_are_called_by_folder_and_name(tmp_path):
    path = tmp_path / "mine.zip"
    arrays = {"images": npy(GREY), "labels": npy(LABELS)}
    members = {
        f"data/{part}/{name}.npy": content
        for part in ("train", "test")
        for name, content in arrays.items()
    }
    path.write_bytes(zipped({"__MACOSX/data/._x.npy": b"clutter"} | members))

    data = load(brought(path), (5, 7, 1))

    assert len(data.test) == 12
    assert "12 of test_images to test" in data.how_split


def test_words_about_what_a_file_has_not_are_refused(tmp_path):
    with pytest.raises(DataError, match="It holds arrays, of which there is nothing to say about"):
        brought(written(tmp_path), reading="named=letters")


@given(
    low=st.floats(-1e6, 1e6, width=32),
    wide=st.floats(1, 1e6, width=32),
    kind=st.sampled_from([np.float32, np.float64, np.int32]),
)
def test_whatever_the_values_are_they_are_taken_or_asked_and_then_reach_from_black_to_white(
    tmp_path_factory, low, wide, kind
):
    images = (low + wide * GREY / 255).astype(kind)
    path = written(tmp_path_factory.mktemp("own"), images=images)
    found = understood(path)
    choice = next(one for one in found.choices if one.about is About.VALUES)
    assert len({one.words for one in choice.options}) == len(choice.options)
    if not choice.is_open:
        return
    words = choice.options[0].words  # the darkest and the brightest that were found
    black, white = map(float, words.split(".."))
    seen = 1e-4 * (float(images.max()) - float(images.min()))
    assert math.isclose(black, float(images.min()), abs_tol=seen)
    assert math.isclose(white, float(images.max()), abs_tol=seen)

    read = pixels(brought(path, reading=words), (5, 7, 1))

    assert (read.min(), read.max()) == (0, 255)
