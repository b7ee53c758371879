"""The network's picture with what each layer begins with: whole, said in words, and bordered."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.errors import path_text
from cnn.network.layers import Dense
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.pictures.network.diagram import diagram
from cnn.pictures.network.taken import COLOURS, taken_diagram
from cnn.training.recipe.matching import Fate, matched
from tests.network.strategies import architectures

SVG = "{http://www.w3.org/2000/svg}"
LENET = zoo()["lenet-5"].architecture
CHILD = replace(LENET, layers=(*LENET.layers[:-1], Dense(3, activation="softmax")))


def drawn(architecture: Architecture, parent: Architecture, freeze: int = 0) -> ET.Element:
    return ET.fromstring(taken_diagram(trace(architecture), matched(architecture, parent), freeze))


def groups(svg: ET.Element) -> dict[str, ET.Element]:
    return {
        one.attrib["data-path"]: one for one in svg.iter(f"{SVG}g") if "data-path" in one.attrib
    }


def text_of(part: ET.Element) -> list[str]:
    return [one.text or "" for one in part.iter(f"{SVG}text")]


def test_each_layer_says_in_a_word_and_a_colour_what_it_begins_with():
    svg = drawn(CHILD, LENET)
    for match in matched(CHILD, LENET):
        group = groups(svg)[path_text(match.row.path)]
        assert str(match.fate) in text_of(group)
        assert group.attrib["class"] == f"layer {match.fate}"
        assert COLOURS[match.fate] in (svg.findtext(f"{SVG}style") or "")
    assert len(set(COLOURS.values())) == len(Fate)
    assert "Dense #3 re-headed; none frozen" in svg.attrib["aria-label"]


@pytest.mark.parametrize("freeze", range(1, len(LENET.layers)))
def test_the_border_stands_between_what_is_frozen_and_what_is_not(freeze: int):
    svg = drawn(CHILD, LENET, freeze)
    (border,) = (one for one in svg.iter(f"{SVG}path") if one.attrib["class"] == "border")
    at = float(border.attrib["d"].removeprefix("M").split(",")[0])

    for path, group in groups(svg).items():
        front = next(one for one in group.iter(f"{SVG}rect"))
        left, width = float(front.attrib["x"]), float(front.attrib["width"])
        if int(path.removeprefix("layers[").rstrip("]")) < freeze:
            assert left + width <= at + 0.1
        else:
            assert left >= at - 0.1
    assert f"frozen: {freeze} layer" in " ".join(text_of(svg))


def test_nothing_frozen_has_no_border():
    classes = {one.attrib.get("class") for one in drawn(CHILD, LENET).iter()}
    assert not classes & {"border", "shaded"}


@given(architectures(), st.integers(0, 5))
def test_any_network_is_drawn_whole_and_within_its_frame(architecture: Architecture, freeze: int):
    svg = drawn(architecture, architecture, min(freeze, len(architecture.layers)))
    plain = ET.fromstring(diagram(trace(architecture), is_whole=True))
    assert groups(svg).keys() == groups(plain).keys()
    width, height = map(float, svg.attrib["viewBox"].split()[2:])
    for part in svg.iter(f"{SVG}rect"):
        x, y = float(part.attrib["x"]), float(part.attrib["y"])
        assert -0.1 <= x <= x + float(part.attrib["width"]) <= width + 0.1
        assert -0.1 <= y <= y + float(part.attrib["height"]) <= height + 0.1


def test_a_block_that_is_shut_is_one_piece_with_the_word_of_its_last_layer():
    network = zoo()["resnet-lite"].architecture
    other = replace(network, layers=(*network.layers[:-1], Dense(3, activation="softmax")))
    matches, traced = matched(other, network), trace(other)

    svg = ET.fromstring(taken_diagram(traced, matches, 4, is_shut=True))

    found = groups(svg)
    assert set(found) == {f"layers[{place}]" for place in range(len(other.layers))}
    assert found["layers[3]"].attrib["class"] == f"layer {Fate.TAKEN}"
    assert str(Fate.TAKEN) in text_of(found["layers[3]"])
    assert "frozen: 4 layers" in svg.attrib["aria-label"]
    (border,) = (one for one in svg.iter(f"{SVG}path") if one.attrib["class"] == "border")
    at = float(border.attrib["d"].removeprefix("M").split(",")[0])
    lefts = [float(next(found[f"layers[{n}]"].iter(f"{SVG}rect")).attrib["x"]) for n in (3, 4)]
    assert lefts[0] < at <= lefts[1]
