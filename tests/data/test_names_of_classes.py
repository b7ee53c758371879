"""What the classes are called, without loading the images."""

import pytest

from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions, load
from cnn.data.catalogue import named_classes

SPECS = (
    DatasetSpec(DatasetName.SHAPES),
    DatasetSpec(DatasetName.SHAPES, shapes=ShapeOptions(kinds=(Shape.SQUARE, Shape.CIRCLE))),
    DatasetSpec(DatasetName.DIGITS),
    DatasetSpec(DatasetName.MNIST_SAMPLE),
)


@pytest.mark.parametrize("spec", SPECS, ids=["shapes", "two shapes", "digits", "sample"])
def test_they_are_called_as_in_the_data_itself(spec):
    assert named_classes(spec) == load(spec).class_names


def test_clothing_is_in_the_order_of_the_published_labels():
    names = named_classes(DatasetSpec(DatasetName.FASHION_MNIST))
    assert names is not None
    assert (names[0].lower()[:7], names[9].lower()) == ("t-shirt", "ankle boot")


def test_those_of_own_images_are_only_in_the_file():
    assert named_classes(DatasetSpec(DatasetName.OWN_IMAGES, file="my.zip")) is None
