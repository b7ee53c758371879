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
from cnn.pictures.network.timeline import narrow_timeline, timeline


def test_the_milestones_are_those_of_the_record():
    record = [
        ("zip", 1989, 4, 9_760, 5.0),
        ("lenet", 1998, 5, 60_000, 0.95),
        ("alexnet", 2012, 8, 60_965_224, 15.3),
        ("vgg", 2014, 16, 138_357_544, 7.3),
        ("resnet", 2015, 152, 60_344_232, 3.57),
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


def test_60_000_parameters_of_lenet_5_follow_from_the_words_of_its_paper():
    # The table of section II.B: six maps of C3 see 3 maps, nine see 4, one sees all 6; each map of
    # a subsampling has a factor and a bias.
    c1, s2 = 6 * (5 * 5 + 1), 6 * 2
    c3 = 6 * (3 * 25 + 1) + 9 * (4 * 25 + 1) + (6 * 25 + 1)
    s4, c5, f6 = 16 * 2, 120 * (16 * 25 + 1), 84 * (120 + 1)
    assert (c1, s2, c3, s4, c5, f6) == (156, 12, 1_516, 32, 48_120, 10_164)
    assert c1 + s2 + c3 + s4 + c5 + f6 == milestone("lenet").params
    assert trace(milestone("lenet").drawn).total_params == 61_706


def test_60_965_224_parameters_of_alexnet_follow_from_the_words_of_its_paper():
    # Section 3.5: the second, fourth and fifth convolution see the maps on their own GPU alone.
    convolutions = (
        *(96 * (11 * 11 * 3 + 1), 256 * (5 * 5 * 48 + 1), 384 * (3 * 3 * 256 + 1)),
        *(384 * (3 * 3 * 192 + 1), 256 * (3 * 3 * 192 + 1)),
    )
    dense = (4096 * (6 * 6 * 256 + 1), 4096 * (4096 + 1), 1000 * (4096 + 1))
    assert sum(convolutions) + sum(dense) == milestone("alexnet").params
    assert trace(milestone("alexnet").drawn).total_params == 61_100_840


@pytest.mark.parametrize("one", milestones(), ids=lambda one: one.key)
def test_an_error_of_several_networks_says_so_beside_the_parameters_of_one(one):
    """As many as the words have from the papers; the cards say it in figures."""
    spelled = {1: "", 6: "six networks", 7: "seven networks"}
    words = find("history").words[f"{one.key}_error"]
    assert (spelled[one.averaged] in words) if one.averaged > 1 else "averaged" not in words
    for picture in (timeline((one,), ""), narrow_timeline((one,), "")):
        assert (f"{one.averaged} " in picture and "averaged" in picture) == (one.averaged > 1)


@pytest.mark.parametrize("one", milestones(), ids=lambda one: one.key)
def test_no_error_stands_beside_the_parameters_of_another_network(one):
    """Where the drawn network is not the one that made the error, the note says both counts."""
    drawn = trace(one.drawn).total_params
    if one.params == drawn:
        return
    note = find("history").words[f"{one.key}_note"]
    assert f"{one.params:,}" in note
    assert f"{drawn:,}" in note or f"Drawn is {one.drawn.name}" in note


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


def test_resnet_152_built_from_its_paper_has_60_344_232_parameters_and_60_192_808_trainable():
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
    assert traced.total_params == milestone("resnet").params
    assert traced.params_text == milestone("resnet").params_text
    assert traced.params_text == "60,344,232 parameters (60,192,808 trainable)"
    assert traced.depth == milestone("resnet").depth


def test_what_the_questions_and_notes_say_of_vgg_and_resnet_18_is_so():
    rows = trace(milestone("vgg").drawn).rows
    dense = [row.params for row in rows if row.kind == "Dense"]
    assert dense[0] == 102_764_544
    assert sum(row.params for row in rows if row.kind == "Conv2D") == 14_714_688
    drawn = trace(milestone("resnet").drawn)
    assert (drawn.trainable_params, drawn.depth) == (11_689_512, 18)
    assert drawn.params_text == "11,699,112 parameters (11,689,512 trainable)"


def test_resnet_18_is_the_smallest_of_the_papers_imagenet_networks_and_not_of_the_paper():
    # He et al., table 6: ResNet-20 for CIFAR-10 has 0.27 million; those of table 1 begin with 18
    # layers.
    words = find("history").words["resnet_note"]
    assert "the smallest of the paper's ImageNet networks" in words


def test_what_is_said_of_the_error_of_alexnet_is_what_its_paper_says():
    # Krizhevsky et al. 2012, section 6: one network 18.2 %, five averaged 16.4 %; "averaging the
    # predictions of two CNNs that were pre-trained on the entire Fall 2011 release with the
    # aforementioned five CNNs gives an error rate of 15.3 %".
    words = find("history").words["alexnet_error"]
    assert "seven networks averaged" in words
    assert "two of them pre-trained on the larger ImageNet of 2011" in words
    assert "one network alone had 18.2 %" in words


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
