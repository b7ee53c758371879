"""One function loads every data set: split in three, fitted to the network, the same each time."""

import numpy as np
import pytest

from cnn.data import (
    CATALOGUE,
    DataError,
    DatasetName,
    DatasetSpec,
    ShapeOptions,
    fingerprint,
    load,
)

OFFLINE = [DatasetName.SHAPES, DatasetName.DIGITS, DatasetName.MNIST_SAMPLE]


def test_every_data_set_has_an_entry_with_a_sentence():
    assert list(CATALOGUE) == list(DatasetName)
    assert all(entry.description.endswith(".") for entry in CATALOGUE.values())


@pytest.mark.parametrize(
    ("name", "sizes", "shape", "classes"),
    [
        ("shapes", (150, 30, 300), (16, 16, 1), 3),
        ("digits", (1247, 250, 300), (8, 8, 1), 10),
        ("mnist-sample", (5000, 1000, 1000), (28, 28, 1), 10),
    ],
)
def test_data_sets_that_need_nothing_are_loaded_by_name(name, sizes, shape, classes):
    data = load(name)

    assert tuple(len(split) for split in data.splits.values()) == sizes
    assert data.image_shape == shape
    assert len(data.class_names) == classes
    for split in data.splits.values():
        assert split.images.dtype == np.float32
        assert (split.images.min(), split.images.max()) == (0, 1)
        assert set(split.labels) == set(range(classes))


@pytest.mark.parametrize("name", OFFLINE)
@pytest.mark.parametrize("shape", [(16, 16, 3), (32, 20, 1)])
def test_images_come_in_the_shape_of_the_network_input(name, shape):
    assert load(name, shape).image_shape == shape


def test_shapes_are_drawn_at_the_size_of_the_input_and_not_resized():
    assert set(np.unique(load("shapes", (40, 40, 3)).train.images)) == {0, 1}


@pytest.mark.parametrize("name", OFFLINE)
def test_one_spec_gives_the_same_data_each_time(name):
    assert fingerprint(load(name)) == fingerprint(load(name))


def test_another_seed_draws_other_shapes():
    assert fingerprint(load(DatasetSpec(seed=1))) != fingerprint(load("shapes"))


@pytest.mark.parametrize("name", [DatasetName.DIGITS, DatasetName.MNIST_SAMPLE])
def test_another_seed_chooses_other_validation_images_but_the_same_test_images(name):
    one, two = load(DatasetSpec(name, seed=1)), load(DatasetSpec(name, seed=2))

    assert (one.validation.pixels != two.validation.pixels).any()
    np.testing.assert_array_equal(one.test.pixels, two.test.pixels)


@pytest.mark.parametrize("name", OFFLINE)
def test_no_image_is_in_two_splits(name):
    splits = [{image.tobytes() for image in split.pixels} for split in load(name).splits.values()]

    assert not splits[0] & splits[1]
    assert not (splits[0] | splits[1]) & splits[2]


def test_the_validation_fraction_is_of_the_images_that_are_not_test_images():
    data = load(DatasetSpec(validation_fraction=0.5))

    assert [len(split) for split in data.splits.values()] == [90, 90, 300]
    assert np.bincount(data.validation.labels).tolist() == [30, 30, 30]


def test_settings_of_shapes_reach_the_drawings():
    data = load(DatasetSpec(shapes=ShapeOptions(samples=60, test_samples=12, noise=0.3)))

    assert [len(split) for split in data.splits.values()] == [50, 10, 12]
    assert len(np.unique(data.train.pixels)) > 100


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("imagenet", None, "There is no data set 'imagenet'"),
        ("shapes", (65, 65, 1), "8 to 64 pixels high and wide, not 65x65"),
        ("digits", (8, 8, 2), "1 channel"),
        ("digits", (28,), "height, width and channels"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_what_would_do(name, shape, message):
    with pytest.raises(DataError, match=message):
        load(name, shape)


def test_own_images_that_are_gone_are_named(tmp_path):
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file=str(tmp_path / "gone.zip"))

    with pytest.raises(DataError, match=r"gone\.zip cannot be read: No such file"):
        load(spec)
