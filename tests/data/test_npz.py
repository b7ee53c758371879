"""An npz is read a slice at a time, and gives what it gave when it was read as a whole."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn.data import DataError
from cnn.data.dataset import Source, Split, in_common
from cnn.data.files import read_npz
from cnn.data.fitting import ImageShape, fit
from cnn.data.npz import PIECE_BYTES, Stored, open_npz
from cnn.data.own.arrays import from_arrays, named_arrays
from cnn.data.own.labels import names_of
from cnn.data.own.splits import Part
from cnn.data.own.values import DIMMEST
from cnn.network.errors import shown
from tests.hostile import corpus
from tests.some import some

Array = npt.NDArray[Any]
LIMIT = 600_000_000
MOST = 60_000
DTYPES = ("u1", "i2", ">u2", "f2", "f4", ">f4", "f8", "?", "i8", "longdouble")


def packed(arrays: Mapping[str, Array]) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)  # type: ignore[arg-type]
    return written.getvalue()


def as_a_whole(content: bytes, shape: ImageShape, splits: str) -> Source:
    """As it was done until slices were read: every array in memory at once, then in 64 bits."""
    arrays = read_npz(content, LIMIT)
    named, pooled = named_arrays(list(arrays), splits)
    images = {part: examined(arrays[names[0]]) for part, names in named.items()}
    highs = {named[part][0]: one.max() for part, one in images.items()}
    brightest = 255 if max(highs.values()) > 1 else 1
    if brightest == 255 and min(highs.values()) < DIMMEST:
        each = [
            f"{high:g} in {name}" if len(highs) > 1 else f"{high:g}" for name, high in highs.items()
        ]
        raise DataError(
            f"Its brightest pixels are {', '.join(each)}; wanted are 0 to 1 or 0 to 255, the same "
            "for all. Clip them to 1, or bring them to one scale."
        )
    pixels = {
        part: np.rint(one * np.float32(255 // brightest)).astype(np.uint8)
        if one.dtype != np.uint8 or brightest == 1
        else one
        for part, one in images.items()
    }
    labels = {part: flat(arrays[named[part][1]], len(one)) for part, one in pixels.items()}
    classes = np.unique(labels[Part.TRAIN])
    for part, its in labels.items():
        if unknown := sorted(set(its.tolist()) - set(classes.tolist())):
            raise DataError(f"Its {part} labels {shown(unknown)} do not occur in training.")
    given = {
        part: fit(Split(one, np.searchsorted(classes, labels[part]).astype(np.int64)), shape)
        for part, one in pixels.items()
    }
    return Source(
        learn=given[Part.TRAIN],
        validation=given.get(Part.VALIDATION),
        test=given.get(Part.TEST),
        class_names=names_of(classes, arrays.get("class_names")),
        origin="arrays",
        called={part: names[0] for part, names in named.items()} if len(named) > 1 else {},
        pooled=pooled,
        found_shape=in_common({one.shape[1:] for one in images.values()}),
    )


def examined(images: Array) -> Array:
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise DataError(
            f"Its images are {images.shape}; wanted are (images, height, width), or one axis more "
            f"with 1 or 3 channels."
        )
    if images.dtype.kind not in "buif":
        raise DataError(f"Its images are of type {images.dtype}; wanted are plain numbers.")
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 255):
        raise DataError(f"Its pixels go from {low} to {high}; wanted are 0 to 1 or 0 to 255.")
    return images


def flat(labels: Array, count: int) -> Array:
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.shape != (count,) or flat.dtype.kind not in "iuU":
        raise DataError(
            f"Its labels are {labels.dtype} {labels.shape}; wanted is one whole number or word "
            f"for each of the {count:,} images."
        )
    return flat


def told(read: Any) -> Any:
    """What came of a reading, as it can be compared: all of a source, or the words of a refusal."""
    try:
        source = read()
    except DataError as error:
        return str(error)
    splits = [
        None if one is None else (one.pixels.shape, one.pixels.tobytes(), one.labels.tobytes())
        for one in (source.learn, source.validation, source.test)
    ]
    return splits, source.class_names, source.called, source.pooled, source.found_shape


@st.composite
def files(draw: Any) -> tuple[bytes, str]:
    """An npz of images as people save them, and the splits it is read with."""
    names = draw(
        st.sampled_from(
            (("images",), ("x",), ("x_train", "x_test"), ("x_train", "x_val", "x_test"))
        )
    )
    channels, side = draw(st.sampled_from(((), (1,), (3,), (2,)))), draw(st.integers(1, 7))
    scale = draw(st.sampled_from((1, 1, 255, 255, 12, 300, -1)))
    arrays: dict[str, Array] = {}
    for name in names:
        count = draw(st.integers(1, 9))
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        values = rng.random((count, side, draw(st.integers(1, 6)), *channels)) * scale
        if draw(st.integers(0, 19)) == 0:
            values[0, 0, 0] = np.nan
        with np.errstate(invalid="ignore", over="ignore"):
            images = values.astype(draw(st.sampled_from(DTYPES)))
        arrays[name] = draw(st.sampled_from((np.ascontiguousarray, np.asfortranarray)))(images)
        label = {"images": "labels", "x": "y"}.get(name, name.replace("x_", "y_"))
        kinds = st.sampled_from((np.arange(count) % 2, np.array(["a", "b"])[np.arange(count) % 2]))
        arrays[label] = draw(kinds)
    if draw(st.booleans()):
        arrays["class_names"] = np.array(["one", "two", "three"])
    splits = {2: "train-test", 3: "train-validation-test"}.get(len(names), "")
    return packed(arrays), draw(st.sampled_from((splits, "")))


@given(files(), st.sampled_from(((4, 5, 1), (6, 6, 3), (3, 3, 1))))
def test_slices_give_what_the_whole_gave_and_the_same_refusals(
    file: tuple[bytes, str], shape: ImageShape
):
    content, splits = file

    def in_slices() -> Source:
        return from_arrays(open_npz(content, LIMIT), shape, MOST, splits)

    assert told(in_slices) == told(lambda: as_a_whole(content, shape, splits))


SHAPES: list[ImageShape] = [(8, 8, 1), (40, 50, 3), (40, 50, 1)]


@pytest.mark.parametrize(
    "laid", some(product("CF", SHAPES), ("C", (40, 50, 3)), ("F", (8, 8, 1)), ("F", (40, 50, 1)))
)
def test_images_that_fill_many_slices_do_so_too(laid: tuple[str, ImageShape]):
    order, shape = laid
    rng = np.random.default_rng(1)
    images = np.asarray(rng.random((700, 40, 50)) * 255, order=order)  # type: ignore[call-overload]
    content = packed({"images": images, "labels": np.arange(700) % 3})
    assert images.nbytes > 2 * PIECE_BYTES

    def in_slices() -> Source:
        return from_arrays(open_npz(content, LIMIT), shape, MOST, "")

    assert told(in_slices) == told(lambda: as_a_whole(content, shape, ""))


def test_what_unpacks_a_thousandfold_takes_no_more_than_what_it_becomes():
    ones = np.ones((12_500, 28, 28, 1))
    content = packed({"images": ones, "labels": np.arange(len(ones)) % 2})
    assert len(content) < 120_000
    assert ones.nbytes > 78_000_000
    del ones

    def peak(read: Any) -> int:
        tracemalloc.start()
        try:
            read()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    becomes = 12_500 * 28 * 28
    slices = peak(lambda: from_arrays(open_npz(content, LIMIT), (28, 28, 1), MOST, ""))
    assert slices < becomes + 5 * PIECE_BYTES
    assert peak(lambda: as_a_whole(content, (28, 28, 1), "")) > 15 * becomes


@given(hnp.arrays(st.sampled_from(DTYPES[:-1]), hnp.array_shapes(min_side=0, max_dims=4)))
def test_an_array_is_known_by_its_header_and_comes_whole_in_pieces(array: Array):
    (stored,) = open_npz(packed({"a": array}), LIMIT).values()
    assert (stored.shape, stored.dtype) == (array.shape, array.dtype)
    pieces = [np.zeros(0, array.dtype), *stored.pieces()]
    whole = np.concatenate(pieces).reshape(array.shape, order="F" if stored.is_fortran else "C")
    np.testing.assert_array_equal(whole, array)
    np.testing.assert_array_equal(stored.whole(), array)


@pytest.mark.parametrize("name", corpus.OWN)
def test_hostile_files_are_refused_as_before(name: str):
    """Whatever an npz promises, leaves out or breaks."""
    _, content = corpus.OWN[name]

    def shapes(read: Any) -> Any:
        try:
            return {key: (one.shape, str(one.dtype)) for key, one in read(content, 10**7).items()}
        except DataError as error:
            return str(error)

    assert shapes(open_npz) == shapes(read_npz)


@given(place=st.integers(0, 900), value=st.integers(0, 255))
def test_a_file_with_one_wrong_byte_is_read_or_refused_as_before(place: int, value: int):
    plain = io.BytesIO()
    np.savez(plain, images=np.ones((2, 3, 3)), labels=np.array(["cat", "dog"]))
    content = bytearray(plain.getvalue())
    content[place % len(content)] = value

    def read(how: Any) -> Any:
        try:
            found = how(bytes(content), LIMIT)
        except DataError as error:
            return str(error)
        arrays = {
            key: one.whole() if isinstance(one, Stored) else one for key, one in found.items()
        }
        return {key: (str(one.dtype), one.shape, one.tobytes()) for key, one in arrays.items()}

    assert read(open_npz) == read(read_npz)


def test_a_member_of_a_size_that_is_not_its_own_is_incomplete():
    content = packed({"images": np.zeros((2, 4, 4)), "labels": np.zeros(2, np.int64)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    cut = bytearray(content)
    place = content.rindex(b"PK\x01\x02", 0, content.index(b"PK\x01\x02") + 4) + 24
    cut[place : place + 4] = (first.file_size + 1).to_bytes(4, "little")
    with pytest.raises(DataError) as refused:
        open_npz(bytes(cut), LIMIT)
    with pytest.raises(DataError) as before:
        read_npz(bytes(cut), LIMIT)
    assert str(refused.value) == str(before.value)
