"""Splits that never mix, images frozen once they are in one, and a fingerprint of it all."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data.dataset import Dataset, Split, as_floats, fingerprint, stratified
from cnn.data.errors import DataError


def split(count: int = 6, *, classes: int = 2, shape: tuple[int, ...] = (2, 2, 1)) -> Split:
    pixels = np.arange(count * int(np.prod(shape))).reshape(count, *shape) % 256
    return Split(pixels.astype(np.uint8), np.arange(count) % classes)


def dataset() -> Dataset:
    return Dataset("pairs", ("a", "b"), split(6), split(4), split(2), origin="this test")


def test_pixels_0_to_255_are_images_0_to_1():
    images = as_floats(np.array([0, 51, 255], dtype=np.uint8))

    assert images.dtype == np.float32
    assert images.tolist() == [0.0, np.float32(0.2), 1.0]


def test_a_split_counts_its_images_and_knows_their_shape():
    assert len(split(6)) == 6
    assert split(6, shape=(3, 4, 1)).image_shape == (3, 4, 1)


def test_taken_images_keep_their_labels_and_the_asked_order():
    taken = split(6).take([5, 0])

    assert taken.pixels[:, 0, 0, 0].tolist() == [20, 0]
    assert taken.labels.tolist() == [1, 0]


def test_a_split_cannot_be_written_to_and_leaves_the_array_it_was_made_of_alone():
    pixels = np.zeros((1, 2, 2, 1), dtype=np.uint8)
    made = Split(pixels, np.zeros(1, dtype=np.int64))

    with pytest.raises(ValueError, match="read-only"):
        made.pixels[0] = 1
    pixels[0] = 1


@pytest.mark.parametrize(
    ("pixels", "labels", "message"),
    [
        (np.zeros((2, 4, 4), np.uint8), np.zeros(2, np.int64), r"not uint8 \(2, 4, 4\)"),
        (np.zeros((2, 4, 4, 1)), np.zeros(2, np.int64), "not float64"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.zeros(3, np.int64), "2 images need 2 int64 labels"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.zeros(2, np.uint8), "not uint8"),
    ],
)
def test_a_split_that_does_not_fit_together_cannot_be_built(pixels, labels, message):
    with pytest.raises(DataError, match=message):
        Split(pixels, labels)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_names": ("a",)}, "1 class is nothing to tell apart"),
        ({"validation": split(0)}, "the validation split is empty"),
        ({"test": split(2, shape=(3, 3, 1))}, r"test images are \(3, 3, 1\), train images"),
        ({"test": split(3, classes=3)}, "test labels reach from 0 to 2; 2 classes need 0 to 1"),
    ],
)
def test_a_data_set_that_does_not_fit_together_cannot_be_built(change, message):
    with pytest.raises(DataError, match=message):
        replace(dataset(), **change)


def test_the_three_splits_are_named_in_the_order_they_are_used():
    assert list(dataset().splits) == ["train", "validation", "test"]


@given(
    labels=st.lists(st.integers(0, 4), min_size=10, max_size=200),
    fraction=st.floats(0.05, 0.5),
    seed=st.integers(0, 99),
)
def test_every_image_is_on_exactly_one_side_and_every_class_on_both(labels, fraction, seed):
    labels = np.array(labels + [0, 1, 2, 3, 4] * 2)
    kept, aside = stratified(labels, fraction, np.random.default_rng(seed))

    assert sorted([*kept, *aside]) == list(range(len(labels)))
    assert set(labels[kept]) == set(labels[aside]) == set(labels)
    for label in range(5):
        share = np.sum(labels[aside] == label)
        assert share == 1 or abs(share - fraction * np.sum(labels == label)) <= 1


@pytest.mark.parametrize(
    ("counts", "fraction", "aside"),
    [
        ((60, 60, 60), 1 / 6, (10, 10, 10)),
        ((6, 3), 1 / 3, (2, 1)),
        ((5, 5, 5), 1 / 3, (2, 2, 1)),  # 1.67 each: rounded down, then up until there are five
        ((100, 2), 0.1, (10, 1)),
        ((2, 2), 0.5, (1, 1)),
    ],
)
def test_each_class_gives_its_share(counts, fraction, aside):
    labels = np.repeat(np.arange(len(counts)), counts)
    _, chosen = stratified(labels, fraction, np.random.default_rng(0))

    assert tuple(np.bincount(labels[chosen])) == aside


def test_a_class_with_one_image_cannot_be_split():
    with pytest.raises(DataError, match="Class 1 has a single image"):
        stratified(np.array([0, 0, 0, 1]), 0.5, np.random.default_rng(0))


def _pixel(data: Dataset) -> Dataset:
    pixels = data.test.pixels.copy()
    pixels[0, 0, 0, 0] += 1
    return replace(data, test=Split(pixels, data.test.labels))


def _label(data: Dataset) -> Dataset:
    return replace(data, validation=Split(data.validation.pixels, 1 - data.validation.labels))


def _order(data: Dataset) -> Dataset:
    return replace(data, train=data.train.take([1, 0, 2, 3, 4, 5]))


def _border(data: Dataset) -> Dataset:
    both = Split(
        np.concatenate([data.train.pixels, data.validation.pixels]),
        np.concatenate([data.train.labels, data.validation.labels]),
    )
    return replace(data, train=both.take(range(5)), validation=both.take(range(5, 10)))


def _names(data: Dataset) -> Dataset:
    return replace(data, class_names=("b", "a"))


@pytest.mark.parametrize("change", [_pixel, _label, _order, _border, _names])
def test_the_fingerprint_changes_with_every_part_of_the_data(
    change: Callable[[Dataset], Dataset],
):
    assert fingerprint(change(dataset())) != fingerprint(dataset())


def test_the_fingerprint_depends_on_the_data_alone():
    elsewhere = replace(dataset(), origin="another computer")

    assert fingerprint(elsewhere) == fingerprint(dataset())
    # Known once and for all: a stored run must find the same data under the same fingerprint.
    assert fingerprint(dataset()).startswith("48504bc4603178ee")
