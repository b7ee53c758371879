"""A closer look at a data set, against loops and NumPy's own correlation."""

import itertools
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnn.data import DatasetName, DatasetSpec, load
from cnn.data.dataset import Dataset, Split
from cnn.data.inspection import SIDE, inspect, most_alike, outlines
from cnn.data.inspection_outside import inspected


def noise(count: int, seed: int = 0, size: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


def data_of(train: np.ndarray, test: np.ndarray, labels=None, test_labels=None) -> Dataset:
    def split(pixels, given):
        found = np.arange(len(pixels)) % 2 if given is None else np.array(given)
        return Split(pixels, found.astype(np.int64))

    few = split(noise(2, seed=99, size=train.shape[1]), None)
    own, tested = split(train, labels), split(test, test_labels)
    return Dataset("mine", ("a", "b"), own, few, tested, "here")


def test_images_that_come_twice_are_found_those_with_two_labels_and_in_two_splits_first():
    images = noise(4)
    train = images[[0, 1, 2, 1, 3, 3]]
    found = inspect(data_of(train, images[[0, 0]], [0, 1, 0, 1, 0, 1], [0, 0]))

    said = [[(one.split, one.place) for one in group] for group in found.groups]
    assert said == [
        [("train", 4), ("train", 5)],
        [("train", 0), ("test", 0), ("test", 1)],
        [("train", 1), ("train", 3)],
    ]
    assert (found.repeated, found.across, found.contradicting) == (7, 1, 1)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 2))
def test_groups_are_those_that_a_loop_over_all_pairs_finds(which, in_test):
    images = noise(6, size=3)
    train, test = images[which], images[[in_test]]
    found = inspect(data_of(train, test))
    everywhere = [*train, *noise(2, seed=99, size=3), *test]

    twice = sum(
        any(one is not other and np.array_equal(one, other) for other in everywhere)
        for one in everywhere
    )
    assert found.repeated == twice


def test_an_outline_is_the_grey_picture_made_small_by_means_and_brought_to_one_scale():
    pixels = noise(5, size=2 * SIDE)
    means = pixels.astype(float).mean(axis=3).reshape(5, SIDE, 2, SIDE, 2).mean(axis=(2, 4))

    found = outlines(pixels)

    for one, other in itertools.combinations(range(5), 2):
        expected = np.corrcoef(means[one].ravel(), means[other].ravel())[0, 1]
        assert found[one] @ found[other] == pytest.approx(expected, abs=1e-5)


@given(st.integers(1, 40), st.integers(1, 40))
def test_pictures_of_any_size_are_made_small_by_means_of_equal_pieces(height, width):
    """Each pixel is written `SIDE` times each way; a piece is then a whole number of them."""
    pixels = np.random.default_rng(height * width).integers(0, 256, (2, height, width, 1), np.uint8)
    large = pixels[..., 0].astype(float).repeat(SIDE, axis=1).repeat(SIDE, axis=2)
    small = large.reshape(2, SIDE, height, SIDE, width).mean(axis=(2, 4)).reshape(2, -1)
    found = outlines(pixels)

    if min(small.std(axis=1)) < 1:
        assert np.isfinite(found).all()
    else:
        assert found[0] @ found[1] == pytest.approx(np.corrcoef(small)[0, 1], abs=1e-4)


def test_a_picture_saved_anew_darker_and_smaller_is_found_as_the_most_alike():
    pixels = noise(30, size=32)
    smooth = np.stack(
        [
            np.asarray(
                Image.fromarray(one).resize((4, 4)).resize((32, 32), Image.Resampling.BICUBIC)
            )
            for one in pixels
        ]
    )
    again = Image.fromarray(smooth[7]).resize((20, 20)).resize((32, 32)).point(lambda v: v * 0.7)
    found = most_alike(np.concatenate([smooth, np.asarray(again)[None]]), 5)

    assert found[0][:2] == (30, 7) or found[0][:2] == (7, 30)
    assert found[0][2] > 0.99 > found[1][2]


def test_each_image_is_in_one_pair_at_most_and_the_most_alike_come_first():
    found = most_alike(noise(25), 60)
    places = [place for one, other, _ in found for place in (one, other)]

    assert len(places) == len(set(places))
    assert [like for *_, like in found] == sorted((like for *_, like in found), reverse=True)


def test_an_image_of_one_colour_is_like_nothing():
    flat = np.full((2, 8, 8, 1), 77, np.uint8)

    assert most_alike(flat, 3) == [(0, 1, 0.0)] or most_alike(flat, 3) == [(1, 0, 0.0)]


@pytest.mark.parametrize("data", [load(DatasetName.DIGITS), data_of(noise(9), noise(4, 1))])
def test_what_classes_have_in_common_leaves_the_test_images_out(data: Dataset):
    found = inspect(data)

    for label, own in enumerate(found.classes):
        pixels = np.concatenate(
            [one.pixels[one.labels == label] for one in (data.train, data.validation)]
        )
        assert own.images == len(pixels)
        assert own.brightness == pytest.approx(pixels.mean() / 255)
        assert own.spread == pytest.approx((pixels.mean(axis=(1, 2, 3)) / 255).std())
        for channel, (mean, spread) in enumerate(own.channels):
            levels = [float(image[..., channel].mean()) / 255 for image in pixels]
            assert mean == pytest.approx(sum(levels) / len(levels))
            assert spread == pytest.approx(statistics.pstdev(levels))
        assert len(own.channels) == data.image_shape[2]
        assert np.array_equal(found.means[label], np.round(pixels.mean(axis=0)).astype(np.uint8))


def test_what_is_looked_at_outside_is_what_is_there():
    spec = DatasetSpec(DatasetName.DIGITS)
    found, data = inspected(spec), load(spec)

    assert found.class_names == data.class_names
    here = inspect(data)
    assert found.found.groups == here.groups
    assert found.found.pairs == here.pairs
    assert found.found.classes == here.classes
    for pair, first in zip(here.pairs, found.firsts, strict=True):
        assert np.array_equal(first, data.splits[pair.first.split].pixels[pair.first.place])
    learned = np.concatenate([data.train.labels, data.validation.labels])
    for label in range(len(data.class_names)):
        many = int((found.wall.labels == label).sum())
        assert many == min(200, int((learned == label).sum()))
