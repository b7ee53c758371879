"""The atlas: what is told of published networks, what was counted, and how they are found."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.atlas import DESIGNS, Known, atlas, design, sources, step_to
from cnn.network.atlas.asked import asked
from cnn.network.atlas.steps import in_numbers, times
from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Activation, Conv2D, MaxPooling2D, Residual, StochasticDepth
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from cnn.pictures.comparison.atlas_chart import FADED, atlas_chart, best, cost_of, with_accuracy

PUBLISHED = {
    "vgg-16": 138_357_544,
    "vgg-19": 143_667_240,
    "resnet-50": 25_636_712,
    "resnet-101": 44_707_176,
    "resnet-152": 60_419_944,
    "resnet-50-v2": 25_613_800,
    "resnet-101-v2": 44_675_560,
    "resnet-152-v2": 60_380_648,
    "inception-v3": 23_851_784,
    "inception-resnet-v2": 55_873_736,
    "xception": 22_910_480,
    "mobilenet": 4_253_864,
    "mobilenet-v2": 3_538_984,
    "densenet-121": 8_062_504,
    "densenet-169": 14_307_880,
    "densenet-201": 20_242_984,
    "nasnet-mobile": 5_326_716,
    "nasnet-large": 88_949_818,
    "efficientnet-b0": 5_330_571,
    "efficientnet-b1": 7_856_239,
    "efficientnet-b2": 9_177_569,
    "efficientnet-b3": 12_320_535,
    "efficientnet-b4": 19_466_823,
    "efficientnet-b5": 30_562_527,
    "efficientnet-b6": 43_265_143,
    "efficientnet-b7": 66_658_687,
}
"""Keras' own counts, as its page of applications has them."""

NETWORKS = list(atlas().values())
OPEN = [known.id for known in NETWORKS if known.is_design]


def ids(text: str) -> set[str]:
    question = asked(text)
    return {known.id for known in NETWORKS if question.fits(known)}


def test_parameters_are_those_that_keras_publishes():
    assert {id: atlas()[id].params for id in PUBLISHED} == PUBLISHED


@pytest.mark.parametrize("id", OPEN)
def test_a_design_is_what_was_counted(id: str):
    known, found = atlas()[id], trace(design(id))
    assert (known.params, known.trainable) == (found.total_params, found.trainable_params)
    assert (known.macs, known.depth) == (found.total_macs, found.depth)
    assert known.field == max(found.last_map_field)
    assert found.architecture.name == known.title
    assert found.architecture.input[:2] == (known.side, known.side)


def test_those_of_the_zoo_are_the_zoos():
    for id in ("lenet-5-1998", "alexnet", "resnet-18"):
        assert design(id).layers == entry(id).architecture.layers


def test_what_is_told_holds_together():
    assert len(NETWORKS) == len(atlas()) >= 43
    for known in NETWORKS:
        assert known.ancestor is None or atlas()[known.ancestor].year <= known.year
        assert known.lite is None or known.lite in zoo()
        assert re.search(r"(19|20)\d\d\.$", known.family.citation), known.family
        assert known.idea.endswith(".")
        assert known.top1 is not None or known.top5 is None
        assert known.top1 is None or known.top1 < (known.top5 or 100)
    for one in sources().values():
        assert one.address.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.read)
        assert any(known.source == one and known.top1 for known in NETWORKS)
    assert DESIGNS.stat().st_size < 300_000


def test_convnext_and_mobilenet_v3_have_the_accuracies_of_their_own_sources():
    found = {known.id: (known.top1, known.top5, known.source.title) for known in NETWORKS}
    page, other = "the same page as it was on 2026-01-21", "MobileNetV3Large in TensorFlow's"
    assert [found[f"convnext-{size}"] for size in ("tiny", "small", "base", "large", "xlarge")] == [
        (accuracy, None, page) for accuracy in (81.3, 82.3, 85.3, 86.3, 86.7)
    ]
    for id, accuracy in (("mobilenet-v3-small", 68.1), ("mobilenet-v3-large", 75.6)):
        top1, top5, title = found[id]
        assert (top1, top5) == (accuracy, None)
        assert title.startswith(other)
    noted = [known.id for known in NETWORKS if known.note]
    assert noted == ["convnext-base", "convnext-large", "convnext-xlarge"]


def test_a_network_without_a_design_says_so_and_is_no_step():
    with pytest.raises(ArchitectureError, match="no design of 'nope'"):
        design("nope")
    closed = [known for known in NETWORKS if not known.is_design]
    for known in closed:
        assert step_to(known) is None
        with pytest.raises(ArchitectureError, match="no design"):
            design(known.id)
    step = step_to(atlas()["resnet-50"])
    assert step
    assert step.id == "resnet-18"


# ---- the step from one to the next -----------------------------------------------------------

STEPS = [known for known in NETWORKS if step_to(known)]
TOLD = [known.id for known in STEPS if known.step and known.step.block]
EXACT = {
    "alexnet",
    "vgg-16",
    "resnet-18",
    "resnet-50",
    "mobilenet",
    "mobilenet-v2",
    "mobilenet-v3-small",
    "efficientnet-b0",
    "efficientnet-v2-b0",
    "convnext-tiny",
}
"""Those in which the palette's own block stands; of the others it has a relative."""


def how_often(block: str, id: str) -> int:
    return times(BLOCKS[block].layers(32), design(id).layers, any_shortcut=True)


def test_the_first_of_each_family_says_which_block_made_the_step():
    families = {known.id: known.family.id for known in NETWORKS}
    for known in STEPS:
        is_first = families[known.ancestor or ""] != known.family.id
        assert known.step or not is_first, known.id
        assert known.step is None or known.step.says.endswith(".")
        assert known.step is None or known.step.block in {None, *BLOCKS}
    assert {known.id for known in STEPS if known.step} >= {"resnet-18", "resnet-50", "mobilenet"}


@pytest.mark.parametrize("id", TOLD)
def test_the_block_that_made_the_step_is_in_the_network_and_not_in_the_one_before(id: str):
    known = atlas()[id]
    before = step_to(known)
    assert before
    assert known.step
    assert known.step.block
    assert (how_often(known.step.block, id) > 0) == (id in EXACT)
    assert how_often(known.step.block, before.id) == 0


def test_how_often_a_block_is_there_is_what_its_paper_has():
    # Stages of 2, 2, 2, 2 and of 3, 4, 6, 3 blocks; 13 separable layers; 18 of ConvNeXtTiny in
    # stages of 3, 3, 9, 3. Only where the size stays is an inverted bottleneck a sum: 10 of 17, and
    # 9 of EfficientNet's 16.
    # A stage begins with a projection: four of them in ResNet50, three in ResNet-18.
    assert times(BLOCKS["residual"].layers(64), design("resnet-18").layers) == 5
    assert how_often("residual", "resnet-18") == 8
    assert how_often("residual-bottleneck", "resnet-50") == 16
    assert how_often("residual-bottleneck", "resnet-152") == 50
    assert how_often("depthwise-separable", "mobilenet") == 13
    assert how_often("inverted-bottleneck", "mobilenet-v2") == 10
    assert how_often("mbconv", "efficientnet-b0") == 9
    assert how_often("squeeze-excite", "efficientnet-b0") == 16
    assert how_often("convnext", "convnext-tiny") == 18


def test_a_block_is_known_by_its_plan_not_by_its_width_or_what_acts_in_training_alone():
    (mbconv,) = BLOCKS["mbconv"].layers(24)
    assert isinstance(mbconv, Residual)
    wider = Residual((*mbconv.body, StochasticDepth(0.2)), activation="relu")
    assert times(BLOCKS["mbconv"].layers(8), (wider, wider)) == 2
    less = Residual(mbconv.body[:-1])
    assert times(BLOCKS["mbconv"].layers(8), (less,)) == 0
    convs = (Conv2D(4, 3, activation="relu"),) * 2
    pool = MaxPooling2D(2)
    assert times(BLOCKS["vgg"].layers(8), (*convs, pool)) == 1
    assert times(BLOCKS["vgg"].layers(8), (*convs, MaxPooling2D(3, 2))) == 0
    bent = tuple(layer for one in convs for layer in (Conv2D(4, 3), Activation("relu")))
    assert times(BLOCKS["vgg"].layers(8), (*bent, pool)) == 1
    projected = replace(wider, shortcut=(Conv2D(24, 1),))
    assert times(BLOCKS["mbconv"].layers(8), (projected,)) == 0
    assert times(BLOCKS["mbconv"].layers(8), (projected,), any_shortcut=True) == 1
    one_cell = (Conv2D(4, 1, activation="relu"),) * 2
    assert times(BLOCKS["vgg"].layers(8), (*one_cell, pool)) == 0


def test_where_no_block_is_new_the_step_is_said_in_numbers():
    def said(id: str) -> str:
        before = step_to(atlas()[id])
        assert before
        return in_numbers(trace(design(before.id)), trace(design(id)))

    assert said("resnet-101") == (
        "The same block: 29 of it in place of 12, 101 layers deep in place of 50."
    )
    # Four times as wide inside as the last stage, which has 768 and 1,024 channels.
    assert said("convnext-base") == "The same block: at most 4,096 channels in place of 3,072."
    assert "images of 240 pixels a side in place of 224" in said("efficientnet-b1")
    assert said("vgg-19") == "In numbers: 19 layers deep in place of 16."
    same = trace(design("vgg-16"))
    assert in_numbers(same, same) == "The same block: nothing new."


# ---- what is asked for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", lambda known: True),
        (
            "under 5 M parameters and 70 %",
            lambda known: known.params <= 5e6 and (known.top1 or 0) >= 70,
        ),
        ("at least 80%", lambda known: (known.top1 or 0) >= 80),
        ("below 72 %", lambda known: known.top1 is not None and known.top1 <= 72),
        ("1 G MACs", lambda known: known.macs <= 1e9),
        ("over 100 layers", lambda known: (known.depth or 0) >= 100),
        (
            "resnet since 2016",
            lambda known: "ResNet" in known.family.title + known.idea and known.year >= 2016,
        ),
        ("until 1998", lambda known: known.year <= 1998),
        ("2015", lambda known: known.year == 2015),
        ("bottleneck", lambda known: "bottleneck" in known.idea),
        ("at most 4,253,864 parameters", lambda known: known.params <= 4_253_864),
    ],
)
def test_a_question_finds_what_a_person_would(text: str, fits):
    found = ids(text)
    assert found == {known.id for known in NETWORKS if fits(known)}
    assert found


def test_what_was_understood_is_said():
    said = asked("small under 5 M parameters and 75 % since 2015").understood
    assert said == "at most 5 M parameters, at least 75% top-1, since 2015, “small”"
    assert not asked("  and the networks ").understood


@given(st.text(max_size=300))
def test_any_text_is_a_question(text: str):
    question = asked(text)
    assert {known.id for known in NETWORKS if question.fits(known)} <= set(atlas())


# ---- the picture -----------------------------------------------------------------------------


@pytest.mark.parametrize("cost", ["macs", "params"])
def test_the_front_is_what_nothing_beats(cost: str):
    def place(known: Known) -> tuple[int, float]:
        return cost_of(known, cost), known.top1 or 0.0

    def beats(one: Known, other: Known) -> bool:
        (takes, gives), (costs, reaches) = place(one), place(other)
        return takes <= costs and gives >= reaches and place(one) != place(other)

    placed = with_accuracy(NETWORKS)
    unbeaten = {one.id for one in placed if not any(beats(other, one) for other in placed)}
    assert {known.id for known in best(NETWORKS, cost)} == unbeaten


def test_later_years_are_hidden_and_the_rest_stands_back():
    figure = atlas_chart(NETWORKS, "macs", year=2016, lit={"vgg-16"}, chosen="vgg-19", dark=False)
    shown = {
        id: (opacity, width)
        for one in figure["data"][1:]
        for id, opacity, width in zip(
            one["customdata"], one["marker"]["opacity"], one["marker"]["line"]["width"], strict=True
        )
    }
    assert shown.keys() == {known.id for known in with_accuracy(NETWORKS) if known.year <= 2016}
    assert shown["vgg-16"] == (0.85, 0)
    assert shown["vgg-19"] == (FADED, 3)
    assert shown["resnet-50"] == (FADED, 0)
