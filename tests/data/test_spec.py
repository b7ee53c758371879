"""A spec is a value: what it says survives JSON, and what it cannot say is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data.errors import DataError
from cnn.data.sets import DatasetName
from cnn.data.sets.shape_options import Shape, ShapeOptions
from cnn.data.spec import DatasetSpec

SPECS = [
    DatasetSpec(),
    DatasetSpec(DatasetName.MNIST, seed=7, validation_fraction=0.1),
    DatasetSpec(DatasetName.OWN_IMAGES, file="/tmp/cats.zip"),
    DatasetSpec(shapes=ShapeOptions(kinds=(Shape.RING, Shape.CROSS), noise=0.1, scale=(0.3, 1))),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_spec_survives_json(spec):
    assert DatasetSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_json_holds_only_what_belongs_to_the_data_set():
    assert DatasetSpec(DatasetName.MNIST, validation_fraction=0.2).to_dict() == {
        "name": "mnist",
        "seed": 0,
        "validation_fraction": 0.2,
    }


def test_what_is_left_out_has_its_default():
    assert DatasetSpec.from_dict({}) == DatasetSpec()
    assert DatasetSpec.from_dict({"shapes": {"noise": 0.1}}).shapes == ShapeOptions(noise=0.1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"A data set is an object with name, seed, .*, not \[\]"),
        ({"nmae": "mnist"}, "A data set has no nmae; it has name, seed"),
        ({"name": "imagenet"}, "no data set 'imagenet': shapes, digits, mnist-sample"),
        ({"name": ["mnist"]}, r"no data set \['mnist'\]"),
        ({"seed": -1}, "seed is a whole number from 0 to 4,294,967,295, not -1"),
        ({"seed": True}, "seed is a whole number"),
        ({"validation_fraction": 0}, "validation_fraction is a number from 0.05 to 0.5, not 0"),
        ({"shapes": 3}, "shapes is an object with kinds"),
        ({"shapes": {"size": 16}}, "shapes has no size; it has kinds"),
        ({"shapes": {"noise": "x"}}, "noise is a number"),
        ({"name": "mnist", "shapes": {"noise": 0.1}}, "mnist has no settings for shapes"),
        ({"name": "mnist", "file": "a.zip"}, "mnist is not read from a file of yours"),
        ({"name": "own-images"}, "Own images need a file"),
        ({"name": "own-images", "file": 3}, "file is the path of a zip or npz file, not 3"),
    ],
)
def test_a_spec_that_cannot_be_is_refused_with_what_would_do(values, message):
    with pytest.raises(DataError, match=message):
        DatasetSpec.from_dict(values)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
KEYS = ["name", "seed", "validation_fraction", "shapes", "file", "kinds", "scale", "noise"]


@given(st.dictionaries(st.sampled_from(KEYS), json_values | st.sampled_from(list(DatasetName))))
def test_any_json_is_a_spec_or_a_data_error(values):
    try:
        spec = DatasetSpec.from_dict(values)
    except DataError:
        return
    assert DatasetSpec.from_dict(spec.to_dict()) == spec


@given(st.dictionaries(st.sampled_from(list(ShapeOptions.__slots__)), json_values))
def test_any_json_is_settings_of_shapes_or_a_data_error(settings):
    try:
        DatasetSpec.from_dict({"shapes": settings})
    except DataError:
        return
