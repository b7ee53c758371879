"""The atlas: what is told of published networks, what was counted, and how they are found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.atlas import DESIGNS, Known, atlas, design, source, step_to
from cnn.network.atlas.asked import asked
from cnn.network.errors import ArchitectureError
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
        assert (known.top1 is None) == (known.top5 is None)
        assert known.top1 is None or known.top1 < (known.top5 or 0)
    assert source().address.startswith("https://")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", source().read)
    assert DESIGNS.stat().st_size < 300_000


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
