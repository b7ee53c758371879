"""The numbers of the milestones: derived by hand, traced, or those that are published."""

from typing import Any

import pytest

from cnn.lessons.catalogue import find
from cnn.lessons.history import AFTER, ZIP_CODES, milestone, milestones
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry


def test_the_milestones_are_those_of_the_record():
    record = [
        ("zip", 1989, 4, 9_760, 5.0),
        ("lenet", 1998, 5, 61_706, 0.95),
        ("alexnet", 2012, 8, 61_100_840, 15.3),
        ("vgg", 2014, 16, 138_357_544, 7.3),
        ("resnet", 2015, 152, 60_192_808, 3.57),
    ]
    assert [(m.key, m.year, m.depth, m.params, m.error) for m in milestones()] == record


def test_9_760_parameters_follow_from_the_words_of_the_paper():
    # A bias for each unit; in the second layer a map sees 8 of the 12.
    first = 12 * 5 * 5 + 12 * 8 * 8
    second = 12 * 8 * 5 * 5 + 12 * 4 * 4
    dense = 12 * 4 * 4 * 30 + 30
    output = 30 * 10 + 10
    assert first + second + dense + output == 9_760
    assert trace(ZIP_CODES).total_params == 10_024


def _bottleneck(width: int, stride: int, projects: bool) -> Residual:
    def normal(*layers):
        return [one for layer in layers for one in (layer, BatchNormalization())]

    kernel: dict[str, Any] = {"use_bias": False, "padding": "same"}
    return Residual(
        body=tuple(
            normal(
                Conv2D(width, 1, **kernel),
                Conv2D(width, 3, strides=stride, **kernel),
                Conv2D(4 * width, 1, **kernel),
            )
        ),
        shortcut=tuple(normal(Conv2D(4 * width, 1, strides=stride, **kernel))) if projects else (),
        activation="relu",
    )


def test_resnet_152_built_from_its_paper_has_60_192_808_trainable_parameters():
    blocks = []
    for stage, (width, count) in enumerate(zip((64, 128, 256, 512), (3, 8, 36, 3), strict=True)):
        blocks += [
            _bottleneck(width, 2 if stage and not n else 1, projects=n == 0) for n in range(count)
        ]
    network = Architecture(
        "ResNet-152",
        (224, 224, 3),
        (
            Conv2D(64, 7, strides=2, padding="same", use_bias=False),
            BatchNormalization(),
            MaxPooling2D(3, strides=2, padding="same"),
            *blocks,
            GlobalAveragePooling2D(),
            Dense(1000),
        ),
    )
    traced = trace(network)
    assert traced.trainable_params == milestone("resnet").params
    assert traced.depth == milestone("resnet").depth


def test_what_the_questions_and_notes_say_of_vgg_and_resnet_18_is_so():
    rows = trace(milestone("vgg").drawn).rows
    dense = [row.params for row in rows if row.kind == "Dense"]
    assert dense[0] == 102_764_544
    assert sum(row.params for row in rows if row.kind == "Conv2D") == 14_714_688
    drawn = trace(milestone("resnet").drawn)
    assert (drawn.trainable_params, drawn.depth) == (11_689_512, 18)


@pytest.mark.parametrize("one", [*milestones(), *AFTER], ids=lambda one: one.key)
def test_each_has_its_words_and_what_is_here_is_in_the_zoo(one):
    words = find("history").words
    if one in AFTER:
        assert words[f"after_{one.key}"]
    else:
        assert words[f"{one.key}_new"]
        assert f"{one.error:g} %" in words[f"{one.key}_error"].replace("5.0", "5")
        assert str(one.year) in words[f"{one.key}_error"]
    if one.here is not None:
        assert entry(one.here).architecture.input == (28, 28, 1)
