"""What benchmarks draw for `docs/`: read back from the file, beside values set by hand."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import all as every
from benchmarks import figures, growing, step
from benchmarks.training import NETWORKS
from cnn.network.zoo import entry
from cnn.pictures.kit.palette import PAPER, SERIES, TEXT
from cnn.pictures.paper import drawn as paper
from cnn.pictures.paper.sheet import Words

X, Y = SERIES[False][:2]
BARS = (
    figures.Bar("A", "4 ms", {"x": 3, "y": 1}, 0.5),
    figures.Bar("B", "8 ms", {"x": 1, "y": 1}, 0.25),
)
DRAWN = ("growth", "step")
BAR = st.builds(
    figures.Bar,
    st.text("AMi", min_size=1, max_size=14),
    st.text("0m", max_size=8),
    st.dictionaries(st.sampled_from(step.NAMES), st.floats(0.01, 100), min_size=1),
    st.floats(0, 1),
)


def drawn(tmp_path: Path, *bars: figures.Bar) -> list[ElementTree.Element]:
    figures.put("a", figures.stacked(bars, "About.", "of a step", "most"), tmp_path)
    return list(ElementTree.parse(tmp_path / "a.svg").getroot())


def across(shape: ElementTree.Element) -> tuple[float, float]:
    """From where to where it reaches, from left to right."""
    found = [float(point.split(",")[0]) for point in shape.attrib["points"].split()]
    return min(found), max(found)


def filled(shapes: list[ElementTree.Element], colour: str) -> list[tuple[float, float]]:
    """All areas of a colour but its square in the legend, which is the last."""
    return [across(one) for one in shapes if one.get("fill") == colour][:-1]


def test_all_bars_are_as_long_and_their_parts_as_long_as_their_shares(tmp_path: Path):
    shapes = drawn(tmp_path, *BARS)

    left, right = filled(shapes, X)[0][0], filled(shapes, Y)[0][1]
    wide = right - left
    assert [start for start, _ in filled(shapes, X)] == [left, left]
    lengths = [end - start for start, end in filled(shapes, X)]
    assert lengths == pytest.approx([0.75 * wide, 0.5 * wide], abs=0.02)
    assert [end for _, end in filled(shapes, Y)] == [right, right]


def test_the_mark_stands_at_its_share_of_the_whole(tmp_path: Path):
    shapes = drawn(tmp_path, *BARS)

    left, right = filled(shapes, X)[0][0], filled(shapes, Y)[0][1]
    marks = [across(one)[0] for one in shapes if one.get("stroke") == TEXT[False]]
    wanted = [left + share * (right - left) for share in (0.5, 0.25)]
    assert marks[:2] == pytest.approx(wanted, abs=0.02)


def test_all_is_named(tmp_path: Path):
    words = [one.text for one in drawn(tmp_path, *BARS)]

    assert {"About.", "A", "B", "4 ms", "8 ms", "x", "y", "most", "of a step", "50 %"} <= {*words}


@given(st.lists(BAR, min_size=1, max_size=8))
def test_nothing_is_drawn_beside_the_sheet(bars: list[figures.Bar]):
    sheet = figures.stacked(bars, "About.", "of a step", "most")

    for one in sheet.shapes:
        points = [one.at] if isinstance(one, Words) else one.points
        assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in points)


def test_a_figure_is_on_paper_so_that_it_is_read_on_a_dark_page(tmp_path: Path):
    drawn(tmp_path, *BARS)

    for file in (tmp_path / "a.svg", *(figures.DOCS / f"{name}.svg" for name in DRAWN)):
        title, ground, *_ = ElementTree.parse(file).getroot()
        assert title.tag.endswith("title")
        assert ground.get("fill") == PAPER[False]
        assert across(ground) == (0, figures.WIDTH)


@pytest.mark.parametrize(
    ("place", "kind", "said"),
    [
        ("net/conv/convolution", "Conv2D", "convolutions"),
        ("net/conv/convolution", "_FusedConv2D", "convolutions"),
        ("gradient/Conv2DBackpropFilter", "Conv2DBackpropFilter", "filters' gradients"),
        ("gradient/dw", "DepthwiseConv2dNativeBackpropFilter", "filters' gradients"),
        ("gradient/Conv2DBackpropInput", "Conv2DBackpropInput", "inputs' gradients"),
        ("net/norm", "FusedBatchNormV3", "batch norm, sums, ReLU, rest"),
        ("gradient/norm", "FusedBatchNormGradV3", "batch norm, sums, ReLU, rest"),
        ("net/dense/MatMul", "_FusedMatMul", "dense"),
        ("gradient/pool", "MaxPoolGrad", "pooling"),
        ("adam/mul_3", "Mul", "updating"),
        ("AssignAddVariableOp", "AssignAddVariableOp", "updating"),
        ("net/relu", "Relu", "batch norm, sums, ReLU, rest"),
    ],
)
def test_an_operation_is_for_what_its_kind_says(place: str, kind: str, said: str):
    assert step.kind_of(place, kind) == said


def test_a_step_is_drawn_with_its_milliseconds_and_how_few_they_could_be(tmp_path: Path):
    one = step.Measured("LeNet-5", 4.0, 1.0, 1.5, {"convolutions": 3.0, "dense": 1.0})

    figures.put("a", step.figure([one]), tmp_path)

    shapes = list(ElementTree.parse(tmp_path / "a.svg").getroot())
    left, right = filled(shapes, X)[0][0], filled(shapes, Y)[0][1]
    (mark, _) = [across(each)[0] for each in shapes if each.get("stroke") == TEXT[False]]
    assert (mark - left) / (right - left) == pytest.approx(0.25, abs=0.001)
    assert "4.0 ms" in [each.text for each in shapes]


def test_the_figure_of_docs_is_of_the_steps_that_were_measured_last():
    shown = [one.text or "" for one in ElementTree.parse(figures.DOCS / "step.svg").getroot()]
    table = every.kept()["step"]

    for id in NETWORKS:
        found = re.search(rf"^{id} +([\d.]+)", table, re.MULTILINE)
        assert found
        name, took = shown.index(entry(id).architecture.name), float(found[1])
        ms = next(float(said.removesuffix(" ms")) for said in shown[name:] if said.endswith(" ms"))
        assert ms == pytest.approx(took, abs=0.06)


@pytest.mark.parametrize(
    ("power", "said"), [(0, "layers, slope 0.00"), (1, "layers, slope 1.00"), (2, "slope 2.00")]
)
def test_what_grows_has_its_slope_beside_its_name(power: int, said: str, tmp_path: Path):
    found = {many: 0.5 * many**power for many in (10, 30, 100, 300, 1_000)}

    sheet = paper.drawn(growing.figure({"layers": found}), "About.")

    assert re.search(said, " ".join(sheet.texts))
