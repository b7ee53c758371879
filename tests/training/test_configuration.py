"""Settings of a training: what can be, what cannot, and what is chosen where nothing was said."""

import math

import pytest

from cnn.commands import parsers
from cnn.data import DatasetName, DatasetSpec
from cnn.training.configuration import (
    PRESETS,
    Configuration,
    ConfigurationError,
    Optimizer,
    Schedule,
)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 to 1,000, got 0"),
        ({"epochs": 2.0}, "epochs must be a whole number from 1 to 1,000, got 2.0"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 to 8,192, got 0"),
        ({"seed": -1}, "seed must be a whole number from 0 to 2,147,483,647, got -1"),
        ({"learning_rate": 0}, "learning_rate must be a number from 1e-08 to 10, got 0"),
        ({"learning_rate": math.nan}, "learning_rate must be a number from 1e-08 to 10, got nan"),
        ({"momentum": 1.0}, "momentum must be a number from 0 to 0.999, got 1.0"),
        ({"label_smoothing": "much"}, "label_smoothing must be a number from 0 to 0.5, got 'much'"),
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


@pytest.mark.parametrize("configuration", [Configuration(), *PRESETS.values()])
def test_a_configuration_comes_back_from_its_json(configuration: Configuration):
    assert Configuration.from_dict(configuration.to_dict()) == configuration


def test_a_changed_configuration_comes_back_from_its_json():
    configuration = Configuration(
        DatasetSpec(DatasetName.DIGITS, seed=3), 7, 32, Optimizer.SGD, 0.05, Schedule.STEP, 0.8
    )

    assert Configuration.from_dict(configuration.to_dict()) == configuration


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="there is no setting 'epoch'"):
        Configuration.from_dict({"epoch": 3})


def test_the_command_line_offers_the_same_words():
    assert tuple(Optimizer) == parsers.OPTIMIZERS
    assert tuple(Schedule) == parsers.SCHEDULES
    assert {*DatasetName} - {DatasetName.OWN_IMAGES} == set(parsers.DATASETS)
