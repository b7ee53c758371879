"""The numbers shown before training, counted by hand on a few images."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.data.dataset import Dataset, Split
from cnn.data.summary import class_counts, examples, pixel_histogram, seen_test_images, sizes_text


def split(values: list[int], labels: list[int]) -> Split:
    """Images of one pixel each."""
    return Split(
        np.array(values, dtype=np.uint8).reshape(-1, 1, 1, 1), np.array(labels, dtype=np.int64)
    )


TRAIN = split([0, 255, 51, 52], [0, 1, 0, 0])
DATA = Dataset(
    "few", ("a", "b", "c"), TRAIN, split([7, 8], [1, 2]), split([7, 9, 255], [0, 1, 1]), "a test"
)


def test_the_images_of_each_class_are_counted_in_every_split():
    assert class_counts(DATA) == {"train": (3, 1, 0), "validation": (0, 1, 1), "test": (1, 2, 0)}


def test_the_split_is_said_in_words():
    assert sizes_text(DATA) == "4 train, 2 validation, 3 test"


def test_examples_are_the_first_images_of_a_class():
    assert examples(TRAIN, label=0, count=2).pixels.reshape(-1).tolist() == [0, 51]
    assert len(examples(TRAIN, label=2, count=2)) == 0


def test_every_pixel_is_in_one_bin_and_white_in_the_last():
    edges, counts = pixel_histogram(TRAIN, bins=5)

    np.testing.assert_allclose(edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert counts == (1, 2, 0, 0, 1)


def test_test_images_that_were_learned_from_are_found():
    assert seen_test_images(DATA).tolist() == [True, False, True]


DRAWN = st.builds(
    ShapeOptions,
    samples=st.just(60),
    test_samples=st.just(60),
    position=st.sampled_from([0.0, 0.2, 1.0]),
    rotation=st.sampled_from([0.0, 10.0]),
)


@given(options=DRAWN, size=st.integers(8, 16))
def test_images_are_the_same_only_where_every_pixel_is(options: ShapeOptions, size: int):
    data = load(DatasetSpec(DatasetName.SHAPES, shapes=options), (size, size, 1))

    others = [*data.train.pixels, *data.validation.pixels]

    for image, is_seen in zip(data.test.pixels, seen_test_images(data), strict=True):
        assert is_seen == any((image == other).all() for other in others)
