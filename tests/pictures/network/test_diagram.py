"""The network's picture: well-formed, complete, safe, and to scale."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given

from cnn.network.architecture import Architecture
from cnn.network.errors import path_text
from cnn.network.layers import (
    KINDS,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.pictures.kit.palette import COLOUR_OF_FAMILY
from cnn.pictures.network.diagram import diagram, is_long, sections
from tests.network.strategies import architectures

SVG = "{http://www.w3.org/2000/svg}"
LENET = zoo()["lenet-5"].architecture


def drawn(architecture, selected=None, shut=()):
    return ET.fromstring(diagram(trace(architecture, partial=True), selected, shut))


def layers_of(svg):
    return [group for group in svg.iter(f"{SVG}g") if "data-path" in group.attrib]


@pytest.mark.parametrize("id", zoo())
def test_every_layer_of_every_network_of_the_zoo_is_drawn_once(id):
    architecture = zoo()[id].architecture
    whole = ET.fromstring(diagram(trace(architecture), is_whole=True))
    paths = sorted(group.attrib["data-path"] for group in layers_of(whole))
    assert paths == sorted(path_text(row.path) for row in trace(architecture).rows)


@given(architectures())
def test_any_network_gives_a_well_formed_picture_within_its_frame(architecture):
    svg = drawn(architecture)
    width, height = map(float, svg.attrib["viewBox"].split()[2:])
    for part in svg.iter(f"{SVG}rect"):
        x, y = float(part.attrib["x"]), float(part.attrib["y"])
        assert -0.1 <= x <= x + float(part.attrib["width"]) <= width + 0.1
        assert -0.1 <= y <= y + float(part.attrib["height"]) <= height + 0.1


def test_the_scale_of_a_body_stands_at_the_sum():
    body = (Conv2D(4, 3, padding="same"),)
    plain, scaled = (
        drawn(Architecture("sum", (8, 8, 4), (Residual(body, scale=scale),))) for scale in (1, 0.17)
    )

    words = [[text.text for text in svg.iter(f"{SVG}text")] for svg in (plain, scaled)]
    assert [word for word in words[1] if word not in words[0]] == ["×0.17"]


def test_a_slab_is_as_high_as_its_map_to_scale():
    svg = drawn(Architecture("scale", (40, 40, 1), (MaxPooling2D(2), MaxPooling2D(2))))
    fronts = [part for part in svg.iter(f"{SVG}rect") if part.attrib["class"] == "front"]
    heights = [float(front.attrib["height"]) for front in fronts]
    assert heights == pytest.approx([heights[0], heights[0] / 2, heights[0] / 4])


def test_names_with_markup_stay_words():
    svg = drawn(Architecture('<script>alert(1)</script> & "x"', (8, 8, 1), (Flatten(),)))
    assert "<script>" in svg.attrib["aria-label"]
    assert not list(svg.iter(f"{SVG}script"))


def test_the_selected_layer_is_marked_and_no_other():
    marked = [
        group.attrib["data-path"]
        for group in layers_of(drawn(LENET, (2,)))
        if "selected" in group.attrib["class"].split()
    ]
    assert marked == ["layers[2]"]


def test_a_network_with_a_fault_is_drawn_as_far_as_it_goes():
    broken = Architecture("broken", (8, 8, 1), (Conv2D(4, 3), Dense(10), Flatten()))
    assert [group.attrib["data-path"] for group in layers_of(drawn(broken))] == ["layers[0]"]


def test_an_empty_stack_shows_its_input():
    assert layers_of(drawn(Architecture("empty", (8, 8, 1), ()))) == []


def test_the_three_parts_hold_every_parameter():
    traced = trace(LENET)
    parts = {name: sum(row.params for row in rows) for name, rows in sections(traced)}
    assert parts == {"features": 2_572, "flattening": 0, "head": 59_134}
    assert sum(parts.values()) == traced.total_params == 61_706


def test_a_small_share_never_reads_as_nothing():
    words = diagram(trace(zoo()["resnet-lite"].architecture))
    assert "175,440 (&gt;99%)" in words
    assert "650 (&lt;1%)" in words


def test_what_a_block_holds_is_hovered_layer_by_layer():
    block = Residual((Conv2D(1, 3, padding="same"),))
    titles = [
        title.text for title in drawn(Architecture("r", (8, 8, 1), (block,))).iter(f"{SVG}title")
    ]
    assert [title.split(":")[0] for title in titles] == ["Conv2D #1", "Residual #1"]


def test_of_a_block_that_is_shut_one_slab_is_drawn_and_chosen_for_all_it_holds():
    one = Conv2D(1, 3, padding="same")
    inner = Branches(((one,), (one, Dropout(0.5))), "add")
    block = Residual((one, inner))
    architecture = Architecture("shut", (8, 8, 1), (block, Flatten()))
    whole, less = drawn(architecture), drawn(architecture, (0, "body", 0), {(0,)})

    assert [one.attrib["data-path"] for one in layers_of(less)] == ["layers[0]", "layers[1]"]
    assert "selected" in layers_of(less)[0].attrib["class"]
    assert "residual" in [one.text for one in less.iter(f"{SVG}text")]
    assert float(less.attrib["width"]) < float(whole.attrib["width"])
    kept = drawn(architecture, None, {(0, "body", 1)})
    assert {one.attrib["data-path"] for one in layers_of(kept)} == {
        "layers[0]", "layers[0].body[0]", "layers[0].body[1]", "layers[1]",
    }  # fmt: skip


def test_every_kind_of_layer_has_a_colour():
    assert {kind.family for kind in KINDS.values()} == set(COLOUR_OF_FAMILY)


BLOCK = (Residual((Conv2D(8, 3, padding="same"), Dropout())),)
LONG_ONE = Architecture(
    "long", (16, 16, 8), (*BLOCK * 25, MaxPooling2D(), *BLOCK * 3, Flatten(), *(Dense(9),) * 4)
)


def texts(svg) -> list[str]:
    return [part.text or "" for part in svg.iter(f"{SVG}text")]


def test_in_a_long_network_what_comes_again_is_drawn_once_with_how_often():
    svg = drawn(LONG_ONE)
    blocks = [path for path in paths_of(svg) if "." not in path]
    assert blocks == ["layers[0]", "layers[25]", "layers[26]", "layers[29]", "layers[30]"]
    assert [one for one in texts(svg) if one.startswith("×")] == ["×25", "×3", "×4"]
    assert is_long(trace(LONG_ONE))


def test_all_of_it_is_drawn_where_that_is_asked_for():
    rows = trace(LONG_ONE).rows
    whole = ET.fromstring(diagram(trace(LONG_ONE), is_whole=True))
    assert sorted(paths_of(whole)) == sorted(path_text(row.path) for row in rows)
    assert not [one for one in texts(whole) if one.startswith("×")]


def test_a_layer_that_is_not_drawn_is_shown_in_the_one_that_stands_for_it():
    for chosen, shown in (
        ((7, "body", 0), "layers[0].body[0]"),
        ((28,), "layers[26]"),
        ((25,), "layers[25]"),
    ):
        svg = drawn(LONG_ONE, chosen)
        lit = [
            one.attrib["data-path"] for one in layers_of(svg) if "selected" in one.attrib["class"]
        ]
        assert lit == [shown]


def test_what_changes_the_size_or_is_short_is_drawn_as_it_stands():
    shrinking = Architecture("s", (256, 256, 1), (*(MaxPooling2D(),) * 8, *(Dropout(),) * 60))
    assert [one for one in texts(drawn(shrinking)) if one.startswith("×")] == ["×60"]
    assert len(paths_of(drawn(shrinking))) == 9
    assert not is_long(trace(LENET))


def paths_of(svg) -> list[str]:
    return [group.attrib["data-path"] for group in layers_of(svg)]
