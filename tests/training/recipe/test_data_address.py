"""A data set with its settings in an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DataError, DatasetName, DatasetSpec, Shape, ShapeOptions
from cnn.data.own import library
from cnn.data.sets.shape_options import HARD
from cnn.settings import images_folder
from cnn.training.recipe.data_address import data_from_address, data_id, data_to_address, spec_of
from tests.data.own.test_images import CATS_AND_DOGS, zipped

USUAL = DatasetSpec(DatasetName.MNIST_SAMPLE)
OPTIONS = st.builds(
    ShapeOptions,
    kinds=st.lists(st.sampled_from(list(Shape)), min_size=2, max_size=6, unique=True).map(tuple),
    samples=st.integers(36, 6_000),
    test_samples=st.integers(6, 6_000),
    noise=st.integers(0, 50).map(lambda share: share / 100),
    rotation=st.integers(0, 180).map(float),
    position=st.integers(0, 10).map(lambda share: share / 10),
    scale=st.tuples(st.integers(20, 60), st.integers(60, 100)).map(
        lambda both: (both[0] / 100, both[1] / 100)
    ),
)


@given(shapes=OPTIONS, seed=st.integers(0, 2**32 - 1))
def test_an_address_gives_the_drawings_back(shapes, seed):
    spec = DatasetSpec(seed=seed, shapes=shapes)

    assert data_from_address(data_to_address(spec), USUAL) == spec


def test_only_what_is_not_the_classic_lesson_is_in_the_address():
    assert data_to_address(DatasetSpec()) == {"data": "shapes"}
    assert data_to_address(DatasetSpec(shapes=HARD)) == {
        "data": "shapes",
        "kinds": "circle.square.triangle.cross.star.ring",
        "samples": "1200",
        "noise": "0.2",
        "rotation": "180",
        "scale": "0.4-0.95",
    }


@given(
    st.dictionaries(
        st.sampled_from(["kinds", "samples", "noise", "thickness", "scale", "drawing_seed"]),
        st.text(max_size=12),
    )
)
def test_settings_that_make_no_sense_are_left_as_they_are(settings):
    found = data_from_address({"data": "shapes", **settings}, USUAL)

    assert found.name is DatasetName.SHAPES


def test_one_wrong_setting_does_not_cost_the_others():
    found = data_from_address(
        {"data": "shapes", "kinds": "circle.hexagon", "noise": "0.3", "samples": "7"}, USUAL
    )

    assert found == DatasetSpec(shapes=ShapeOptions(noise=0.3))


def test_own_images_are_named_by_their_file_and_found_again(monkeypatch, tmp_path):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    arrived, _ = library.read(zipped(CATS_AND_DOGS), "pets.zip", images_folder())
    spec = library.keep(arrived, "pets", images_folder()).spec

    assert data_id(spec).startswith("own:pets-")
    assert data_from_address(data_to_address(spec), USUAL) == spec
    assert spec_of("own:pets") == spec
    assert data_from_address({"data": "own:birds"}, USUAL) == USUAL
    assert data_from_address({"data": "own:pets"}, USUAL, images_folder("anna")) == USUAL
    with pytest.raises(DataError, match="kept are: pets"):
        spec_of("own:birds")
