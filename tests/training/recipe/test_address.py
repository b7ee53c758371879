"""A configuration in an address."""

from dataclasses import replace

import pytest

from cnn.data import DatasetName, DatasetSpec, ShapeOptions
from cnn.training.recipe.address import from_address, to_address
from cnn.training.recipe.configuration import Configuration, usual_decay

USUAL = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)


def test_only_what_was_changed_is_in_the_address():
    assert to_address(USUAL) == {"data": "mnist-sample", "epochs": "5"}
    assert to_address(replace(USUAL, learning_rate=0.003, seed=4)) == {
        "data": "mnist-sample",
        "epochs": "5",
        "learning_rate": "0.003",
        "seed": "4",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"epochs": 9},
        {"batch_size": 8},
        {"optimizer": "sgd", "momentum": 0.5},
        {"seed": 12},
        {"patience": 3, "rotation": 7.5},
        {"optimizer": "adamw"},
        {"optimizer": "adamw", "weight_decay": usual_decay("adamw")},
        {"optimizer": "adamw", "weight_decay": 0.1},
    ],
)
def test_an_address_gives_its_configuration_back(changes):
    configuration = replace(USUAL, **changes)

    assert from_address(to_address(configuration), USUAL) == configuration


def test_an_optimizer_comes_with_its_usual_weight_decay():
    usual = from_address({"optimizer": "adamw"}, USUAL)

    assert usual.weight_decay == 0.004
    assert to_address(usual) == {"data": "mnist-sample", "epochs": "5", "optimizer": "adamw"}
    assert from_address({"optimizer": "adamw", "weight_decay": "0"}, USUAL).weight_decay == 0


def test_the_rotation_of_drawings_is_not_the_augmentation():
    turned = DatasetSpec(DatasetName.SHAPES, shapes=ShapeOptions(rotation=30.0))
    both = Configuration(turned, rotation=5.0)

    for configuration in (Configuration(turned), both):
        assert from_address(to_address(configuration), Configuration()) == configuration


@pytest.mark.parametrize(
    "address",
    [{}, {"epochs": "many"}, {"epochs": "0"}, {"data": "imagenet"}, {"optimizer": "<b>"}],
)
def test_an_address_that_makes_no_sense_gives_the_usual(address):
    assert from_address(address, USUAL) == USUAL
