"""Which settings of runs are said to differ."""

import itertools
from dataclasses import fields, replace
from typing import Any

import pytest

from cnn.data import DatasetName, DatasetSpec, ShapeOptions
from cnn.network.layers import Dropout, Residual
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.differing import Part, differing
from cnn.training.recipe.run import Run, State
from cnn.training.recipe.start import Start

LENET, SIMPLE, RESNET = (entry(id).architecture for id in ("lenet-5", "simple-cnn", "resnet-lite"))
RUN = Run("1", "LeNet-5", LENET, Configuration(), State.FINISHED, 0.0)
MADE_WITH = {"python": "3.11.1", "keras": "3.15", "processors": 2}


def changed(**settings: Any) -> Run:
    return replace(RUN, configuration=replace(RUN.configuration, **settings))


def told(*runs: Run, ignored: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    return {one.name: one.values for one in differing([[run] for run in runs], ignored)}


def test_runs_that_are_alike_differ_in_nothing_whatever_became_of_them():
    other = replace(RUN, id="2", name="mine", state=State.FAILED, created_at=9.0, note="?")

    assert told(RUN, other) == {}
    assert told(RUN) == {}


OTHER_VALUES: dict[str, tuple[Any, str, str, str]] = {
    "dataset": (DatasetSpec(DatasetName.DIGITS), "data set", "Shapes", "Digits 8x8"),
    "epochs": (3, "length", "10 epochs", "3 epochs"),
    "batch_size": (32, "batch size", "", "32"),
    "optimizer": (Optimizer.ADAMW, "optimizer", "adam", "adamw"),
    "learning_rate": (0.3, "learning rate", "0.01", "0.3"),
    "schedule": (Schedule.STEP, "schedule", "one-cycle", "step"),
    "momentum": (0.5, "momentum", "0.9", "0.5"),
    "weight_decay": (0.1, "weight decay", "0", "0.1"),
    "label_smoothing": (0.1, "label smoothing", "0", "0.1"),
    "seed": (3, "seed", "0", "3"),
    "patience": (3, "patience", "0", "3"),
    "shift": (0.1, "shift", "0", "0.1"),
    "rotation": (10.0, "rotation", "0", "10"),
    "zoom": (0.1, "zoom", "0", "0.1"),
    "flip": ("vertical", "flip", "none", "vertical"),
    "crop": (4, "crop", "0", "4"),
    "brightness": (0.2, "brightness", "0", "0.2"),
    "contrast": (0.2, "contrast", "0", "0.2"),
    "colour": (0.2, "colour", "0", "0.2"),
    "randaugment": (2, "randaugment", "0", "2"),
    "randaugment_strength": (0.3, "randaugment strength", "0.5", "0.3"),
    "erasing": (0.5, "erasing", "0", "0.5"),
    "mixup": (0.2, "mixup", "0", "0.2"),
    "cutmix": (1.0, "cutmix", "0", "1"),
    "steps": (70, "length", "10 epochs", "70 steps"),
    "seconds": (2.5, "length", "10 epochs", "2.5 s of steps"),
    "start": (Start("0" * 64, run="abc"), "begun with", "new weights", "weights of run abc"),
}


@pytest.mark.parametrize("name", [one.name for one in fields(Configuration)])
def test_every_setting_of_a_training_is_told_where_it_differs(name: str):
    value, said, before, after = OTHER_VALUES[name]
    images = {"train": 5_000} if name == "batch_size" else {}

    found = told(replace(RUN, images=images), replace(changed(**{name: value}), images=images))

    assert found[said] == (before or "64", after)


@pytest.mark.parametrize(
    ("name", "value", "after"),
    [
        ("kinds", ("circle", "ring"), "circle, ring"),
        ("samples", 90, "90"),
        ("test_samples", 90, "90"),
        ("thickness", 2, "2"),
        ("noise", 0.2, "0.2"),
        ("rotation", 0.0, "0"),
        ("position", 0.5, "0.5"),
        ("scale", (0.5, 0.9), "0.5, 0.9"),
    ],
)
def test_a_setting_of_the_drawings_is_told_by_itself(name: str, value: Any, after: str):
    shapes = replace(ShapeOptions(), **{name: value})

    found = told(RUN, changed(dataset=DatasetSpec(shapes=shapes)))

    assert list(found) == [f"shapes: {name.replace('_', ' ')}"]
    assert found[f"shapes: {name.replace('_', ' ')}"][1] == after


def test_the_same_file_read_with_its_own_splits_is_told_from_that_file_pooled():
    pooled = DatasetSpec(DatasetName.OWN_IMAGES, file="pets.zip")

    found = told(changed(dataset=pooled), changed(dataset=replace(pooled, splits="train-test")))

    assert found == {"the file's own splits": ("none read", "train, test")}


def test_a_batch_that_is_automatic_and_one_that_is_set_alike_are_the_same():
    images = {"train": 5_000, "test": 1_000}

    assert told(replace(RUN, images=images), replace(changed(batch_size=64), images=images)) == {}


def test_networks_of_the_same_kinds_of_layers_are_compared_field_by_field():
    layers: list[Any] = list(LENET.layers)
    layers[0] = replace(layers[0], filters=8, kernel_size=3)
    other = replace(RUN, architecture=replace(LENET, layers=tuple(layers)))

    found = told(RUN, other)

    assert found.pop("conv2d_1 filters") == ("6", "8")
    assert found.pop("conv2d_1 kernel size") == ("5x5", "3x3")
    # 6 (25 + 1) against 8 (9 + 1) weights, and 16 kernels of 25 on 8 maps in place of 6.
    assert found.pop("parameters") == ("61,706", f"{61_706 - 156 + 80 + 16 * 25 * 2:,}")
    assert list(found) == ["MACs per image"]


def test_a_field_within_a_block_is_told():
    layers: list[Any] = list(RESNET.layers)
    first, *rest = layers[3].body
    layers[3] = replace(layers[3], body=(replace(first, use_bias=True), *rest))
    run = replace(RUN, architecture=RESNET)

    found = told(run, replace(run, architecture=replace(RESNET, layers=tuple(layers))))

    assert found["conv2d_2 use bias"] == ("no", "yes")


def test_networks_of_other_layers_are_told_by_what_they_are_made_of():
    found = told(RUN, replace(RUN, architecture=SIMPLE))

    assert found["layers"][1] == "2 Conv2D, 2 MaxPooling2D, 1 Flatten, 1 Dense"
    assert found["parameters"] == ("61,706", "20,490")
    assert not [name for name in found if name.startswith("conv2d")]


def test_networks_that_no_count_tells_apart_are_told_by_the_order_of_their_layers():
    conv, pool, again, pool_again, *head = SIMPLE.layers
    networks = [
        replace(SIMPLE, layers=(conv, pool, *layers, *head))
        for layers in ((Dropout(0.2), again, pool_again), (again, Dropout(0.5), pool_again))
    ]

    found = told(*(replace(RUN, architecture=network) for network in networks))

    assert list(found) == ["order of the layers"]
    assert found["order of the layers"][1] == (
        "Conv2D, MaxPooling2D, Conv2D, Dropout, MaxPooling2D, Flatten, Dense"
    )
    drop = Dropout(0.2)
    held = replace(SIMPLE, layers=(Residual((drop, drop)), *SIMPLE.layers))
    beside = replace(SIMPLE, layers=(Residual((drop,)), drop, *SIMPLE.layers))
    found = told(*(replace(RUN, architecture=network) for network in (held, beside)))
    assert found["order of the layers"][0].startswith("Residual, body 0 Dropout, body 1 Dropout,")
    assert found["order of the layers"][1].startswith("Residual, body 0 Dropout, Dropout,")


def test_versions_machine_and_data_are_told_only_where_more_than_one_says_something_else():
    first = replace(RUN, environment=MADE_WITH, data_fingerprint="a" * 64, images={"train": 150})
    queued = replace(RUN, id="2")
    second = replace(first, environment=MADE_WITH | {"keras": "3.14"}, data_fingerprint="b" * 64)

    assert told(first, queued) == {}
    found = differing([[first], [queued], [second]])
    assert [(one.part, one.name, one.values) for one in found] == [
        (Part.DATA, "fingerprint of all pixels and labels", ("a" * 12, "", "b" * 12)),
        (Part.MADE_WITH, "keras", ("3.15", "", "3.14")),
    ]


def test_in_a_group_each_value_is_said_once_and_what_is_ignored_is_left_out():
    groups = [[changed(seed=seed, epochs=epochs) for seed in (0, 1)] for epochs in (2, 3)]

    assert [(one.name, one.values) for one in differing(groups, ignored=("seed",))] == [
        ("length", ("2 epochs", "3 epochs"))
    ]
    assert ("0; 1", "0; 1") in [one.values for one in differing(groups)]


def test_what_is_told_comes_in_parts():
    runs = [RUN, replace(changed(epochs=2, seed=5), architecture=SIMPLE, continues="x")]
    parts = [one.part for one in differing([[run] for run in runs])]

    assert [part for part, _ in itertools.groupby(parts)] == [Part.NETWORK, Part.TRAINING]
