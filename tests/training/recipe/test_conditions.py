"""Every setting of a training is said in words."""

from dataclasses import fields, replace
from typing import Any

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.training.recipe.conditions import changed, terms
from cnn.training.recipe.configuration import AUTO, Configuration, Optimizer, Schedule
from cnn.training.recipe.setting import settings_of

# A value other than its default for each field, and what a reader is told of it.
OTHER: dict[str, tuple[Any, tuple[str, str]]] = {
    "batch_size": (48, ("Batch size", "48")),
    "optimizer": (Optimizer.SGD, ("Optimizer", "sgd")),
    "learning_rate": (0.003, ("Learning rate", "0.003")),
    "schedule": (Schedule.COSINE, ("Schedule", "cosine")),
    "momentum": (0.8, ("Momentum", "0.8 (of SGD)")),
    "weight_decay": (0.02, ("Weight decay", "0.02")),
    "label_smoothing": (0.1, ("Label smoothing", "0.1")),
    "patience": (3, ("Ends early", "after 3 epochs without a lower validation loss")),
    "shift": (0.1, ("Images shifted", "by up to 10 % of their size")),
    "rotation": (15.0, ("Images turned", "by up to 15°")),
    "zoom": (0.25, ("Images zoomed", "by up to 25 %")),
    "flip": ("both", ("Images flipped", "left to right and upside down, half of them each way")),
    "crop": (4, ("Images cropped", "out of a frame of 4 pixels")),
    "brightness": (0.2, ("Brightness changed", "by up to 20 % of white")),
    "contrast": (0.3, ("Contrast changed", "by up to 30 %")),
    "colour": (0.4, ("Colour changed", "by up to 40 % in hue and saturation")),
    "randaugment": (
        2,
        ("Images changed", "by 2 of RandAugment's operations a step, strength 0.5"),
    ),
    "erasing": (0.5, ("A rectangle erased", "in 50 % of the images")),
    "mixup": (0.2, ("Images blended", "in pairs by MixUp, shares from Beta(0.2, 0.2)")),
    "cutmix": (1.0, ("Images put together", "in pairs by CutMix, shares from Beta(1, 1)")),
}


def test_every_setting_is_tried_here_or_has_a_place_of_its_own():
    apart = {name for name, one in settings_of(Configuration).items() if one.is_said_apart}

    # The strength of RandAugment is said with it.
    assert apart == {"epochs", "steps", "seconds", "seed", "randaugment_strength"}
    assert {*OTHER, *apart, "dataset", "start"} == {one.name for one in fields(Configuration)}


@pytest.mark.parametrize("name", OTHER)
def test_a_setting_that_differs_from_its_default_is_among_the_conditions(name: str):
    value, said = OTHER[name]
    usual = Configuration(optimizer=Optimizer.SGD if name == "momentum" else Optimizer.ADAM)
    own = replace(usual, **{name: value})

    assert said in terms(own)
    phrase = f"{said[0][0].lower()}{said[0][1:]} {said[1]}"
    assert phrase in changed(own)
    assert [one for one in changed(own) if one not in changed(usual)] == [phrase]
    assert (said[0] in dict(terms(usual))) == settings_of(Configuration)[name].is_always_said


@pytest.mark.parametrize("optimizer", Optimizer)
def test_momentum_is_said_only_of_an_optimizer_that_keras_gives_it_to(optimizer: Optimizer):
    import keras

    own = Configuration(optimizer=optimizer, momentum=0.8)
    called, given = own.optimizer_call
    has_it = getattr(getattr(keras.optimizers, called)(**given), "momentum", 0.0) == 0.8

    assert ("Momentum" in dict(terms(own))) == has_it
    assert ("momentum 0.8 (of SGD)" in changed(own)) == has_it


def test_the_batch_size_that_auto_came_to_is_said_once_it_is_known():
    own = Configuration(DatasetSpec(DatasetName.MNIST))

    assert dict(terms(own))["Batch size"] == AUTO == "auto: 16 below 2,000 training images, else 64"
    assert dict(terms(own, {64}))["Batch size"] == f"64 ({AUTO})"
    assert dict(terms(replace(own, batch_size=8), {8}))["Batch size"] == "8"
