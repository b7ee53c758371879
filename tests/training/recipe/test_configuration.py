"""Settings of a training: what can be, what cannot, and what is chosen where nothing was said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import (
    Configuration,
    ConfigurationError,
    Optimizer,
    Schedule,
)
from cnn.training.recipe.presets import PRESETS
from cnn.training.recipe.run import recipe


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 to 1,000, got 0"),
        ({"epochs": 2.0}, "epochs must be a whole number from 1 to 1,000, got 2.0"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 to 8,192, got 0"),
        ({"seed": -1}, "seed must be a whole number from 0 to 2,147,483,647, got -1"),
        ({"learning_rate": 0}, "learning_rate must be a number from 1e-8 to 10, got 0"),
        ({"learning_rate": math.nan}, "learning_rate must be a number from 1e-8 to 10, got nan"),
        ({"momentum": 1.0}, "momentum must be a number from 0 to 0.999, got 1.0"),
        ({"label_smoothing": "much"}, "label_smoothing must be a number from 0 to 0.5, got 'much'"),
        ({"patience": -1}, "patience must be a whole number from 0 to 1,000, got -1"),
        ({"shift": 0.6}, "shift must be a number from 0 to 0.5, got 0.6"),
        ({"rotation": math.inf}, "rotation must be a number from 0 to 180, got inf"),
        ({"zoom": -0.1}, "zoom must be a number from 0 to 0.5, got -0.1"),
        ({"optimizer": "lion"}, "optimizer must be one of sgd, rmsprop, adam, adamw, got 'lion'"),
        ({"schedule": None}, "schedule must be one of constant, step, cosine, one-cycle, got None"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_value(settings, message):
    with pytest.raises(ConfigurationError) as refused:
        Configuration(**settings)
    assert message in str(refused.value)


@pytest.mark.parametrize(("images", "size"), [(150, 16), (1_999, 16), (2_000, 64), (50_000, 64)])
def test_few_images_are_trained_in_small_batches(images: int, size: int):
    assert Configuration().batch_size_for(images) == size
    assert Configuration(batch_size=7).batch_size_for(images) == 7


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        ({}, 1e-2),
        ({"optimizer": "sgd"}, 1e-1),
        ({"schedule": "constant"}, 1e-3),
        ({"schedule": "cosine", "optimizer": "sgd"}, 1e-2),
        ({"learning_rate": 0.5}, 0.5),
    ],
)
def test_the_usual_learning_rate_depends_on_optimizer_and_schedule(settings, rate: float):
    assert Configuration(**settings).peak_rate == pytest.approx(rate)


@pytest.mark.parametrize(
    "configuration", [Configuration(), *(one.configuration for one in PRESETS)]
)
def test_a_configuration_comes_back_from_its_json(configuration: Configuration):
    assert Configuration.from_dict(configuration.to_dict()) == configuration


def test_a_changed_configuration_comes_back_from_its_json():
    configuration = Configuration(
        DatasetSpec(DatasetName.DIGITS, seed=3), 7, 32, Optimizer.SGD, 0.05, Schedule.STEP, 0.8
    )

    assert Configuration.from_dict(configuration.to_dict()) == configuration


BEFORE = {
    "dataset": {
        "name": "shapes",
        "seed": 0,
        "validation_fraction": 0.16666666666666666,
        "shapes": {
            "kinds": ["circle", "square", "triangle"],
            "samples": 180,
            "test_samples": 300,
            "thickness": 0,
            "noise": 0.0,
            "rotation": 10.0,
            "position": 1.0,
            "scale": [0.6, 0.9],
        },
    },
    "epochs": 3,
    "batch_size": None,
    "optimizer": "sgd",
    "learning_rate": 0.05,
    "schedule": "one-cycle",
    "momentum": 0.9,
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "seed": 4,
}
"""A configuration as it was stored before there were early stopping and augmentation."""


def test_a_configuration_from_before_newer_settings_is_read_and_written_as_it_was():
    configuration = Configuration.from_dict(BEFORE)

    assert (configuration.patience, configuration.is_augmented) == (0, False)
    assert configuration.to_dict() == BEFORE


def test_its_recipe_is_still_the_one_it_was_stored_under():
    found = recipe(entry("shapes-demo").architecture, Configuration.from_dict(BEFORE))

    assert found == "41b4171a7de6148a6c684907a9ddc552a3f474f44b5e2cc3c1aa6e100330b503"


@pytest.mark.parametrize(
    "settings", [{"patience": 2}, {"shift": 0.1}, {"rotation": 10.0}, {"zoom": 0.1}]
)
def test_a_newer_setting_that_is_used_changes_the_recipe_and_comes_back(settings):
    architecture = entry("shapes-demo").architecture
    plain, changed = Configuration(), Configuration(**settings)

    assert recipe(architecture, changed) != recipe(architecture, plain)
    assert Configuration.from_dict(changed.to_dict()) == changed
    assert changed.is_augmented == ("patience" not in settings)


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="there is no setting 'epoch'"):
        Configuration.from_dict({"epoch": 3})


@given(images=st.integers(1, 9_000), batch=st.none() | st.integers(1, 300))
def test_the_steps_of_an_epoch_are_the_batches_it_is_cut_into(images: int, batch: int | None):
    size = batch or (16 if images < 2_000 else 64)

    found = Configuration(batch_size=batch).steps_per_epoch(images)

    assert found == len(range(0, images, size))
