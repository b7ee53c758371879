"""Figures as SVG and PDF: well-formed, with the words and places of one sheet."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.pictures.comparison.report import colours, curves
from cnn.pictures.paper.drawn import drawn
from cnn.pictures.paper.figures import accuracy, differences, figures
from cnn.pictures.paper.sheet import Sheet, Words, text_width
from cnn.pictures.paper.vectors import pdf, svg
from tests.pictures.paper.comparisons import judged, named
from tests.pictures.paper.read import read_pdf

NAME = "{http://www.w3.org/2000/svg}"
POPPLER = shutil.which("pdftotext")


@pytest.fixture(scope="module")
def sheets() -> dict[str, Sheet]:
    return figures(judged())


def test_each_figure_that_there_is_something_for_is_drawn(sheets: dict[str, Sheet]):
    assert set(sheets) == {
        *("curve-validation-accuracy", "curve-validation-loss"),
        *("curve-training-accuracy", "curve-training-loss"),
        *("cost-params", "cost-macs", "cost-epoch", "accuracy", "differences"),
    }
    assert set(figures(named("One"))) > {"accuracy", "cost-params"}


def test_an_svg_is_well_formed_and_says_what_it_shows(sheets: dict[str, Sheet]):
    for sheet in sheets.values():
        tree = ET.fromstring(svg(sheet))

        assert tree.tag == f"{NAME}svg"
        assert [one.text for one in tree.iter(f"{NAME}title")] == [sheet.about]
        assert [one.text for one in tree.iter(f"{NAME}text")] == sheet.texts


def test_a_pdf_holds_the_same_words_inside_its_page(sheets: dict[str, Sheet]):
    for sheet in sheets.values():
        found = read_pdf(pdf(sheet))

        assert found.size == (round(sheet.width, 2), round(sheet.height, 2))
        assert found.words == [one.replace("−", "–") for one in sheet.texts]
        assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in found.places)


@pytest.mark.skipif(POPPLER is None, reason="poppler is the oracle: runs where it is")
def test_another_program_reads_the_same_words_in_a_pdf(sheets: dict[str, Sheet], tmp_path: Path):
    assert POPPLER is not None
    for sheet in sheets.values():
        file = tmp_path / "figure.pdf"
        file.write_bytes(pdf(sheet))
        told = subprocess.run([POPPLER, file, "-"], capture_output=True, text=True, check=True)

        assert not told.stderr
        told_words = set(told.stdout.split())
        wanted = (one for one in sheet.shapes if isinstance(one, Words) and not one.is_turned)
        assert {w for one in wanted for w in one.text.replace("−", "–").split()} <= told_words


@given(st.text(max_size=40))
def test_whatever_a_network_is_called_both_files_can_be_read(name: str):
    sheet = Sheet(100.0, 50.0, name, (Words((5.0, 20.0), name),))

    ET.fromstring(svg(sheet))
    read_pdf(pdf(sheet))


def test_points_stand_where_the_marks_of_the_axis_say():
    figure = {
        "data": [{"mode": "lines", "x": [1, 4], "y": [0.2, 0.8], "line": {"color": "#000000"}}],
        "layout": {
            "xaxis": {"range": [0, 5], "dtick": 1, "title": {"text": "epoch"}},
            "yaxis": {"range": [0, 1], "tickformat": ".0%"},
        },
    }
    tree = ET.fromstring(svg(drawn(figure, "a line")))
    words = {one.text: one.attrib for one in tree.iter(f"{NAME}text")}
    line = [one.attrib for one in tree.iter(f"{NAME}polyline")][-1]
    (x1, y1), (x2, y2) = (map(float, one.split(",")) for one in line["points"].split())

    assert (x1, x2) == pytest.approx([float(words[one]["x"]) for one in ("1", "4")], abs=0.02)
    rise = float(words["20 %"]["y"]) - float(words["80 %"]["y"])
    assert y1 - y2 == pytest.approx(rise, abs=0.05)


def test_a_logarithmic_axis_has_equal_factors_equally_far_apart():
    figure = {
        "data": [
            {
                "mode": "markers",
                "x": [10, 100, 1_000],
                "y": [1, 1, 1],
                "marker": {"color": "#000000", "symbol": "square"},
            }
        ],
        "layout": {"xaxis": {"type": "log"}, "yaxis": {}},
    }
    tree = ET.fromstring(svg(drawn(figure, "marks")))
    shapes = [one.attrib["points"].split() for one in tree.iter(f"{NAME}polygon")]
    middles = [sum(float(one.split(",")[0]) for one in each) / len(each) for each in shapes]

    assert middles[2] - middles[1] == pytest.approx(middles[1] - middles[0], abs=0.02)


def test_the_first_network_stands_on_top(sheets: dict[str, Sheet]):
    found = judged()
    tops = {one.text: one.at[1] for one in sheets["accuracy"].shapes if isinstance(one, Words)}

    heights = [tops[row.name] for row in found.rows]
    assert heights == sorted(heights)


def test_figures_of_our_own_are_plotlys_too():
    found = judged()

    go.Figure(accuracy(found.rows, colours(found)))
    go.Figure(differences(found.judgements))


def test_the_curves_are_those_of_the_report():
    found = judged()
    name, figure = curves(found)[0]
    lines = [one for one in figure["data"] if one.get("name")]
    sheet = figures(found)["curve-validation-accuracy"]

    assert name == "Validation accuracy"
    assert [one["name"] for one in lines] == [row.name for row in found.rows]
    assert [one["name"] for one in lines] == sheet.texts[-len(lines) :]


def test_words_of_a_legend_do_not_run_over_its_figure(sheets: dict[str, Sheet]):
    for sheet in sheets.values():
        for one in sheet.shapes:
            if isinstance(one, Words) and one.anchor == "start":
                assert one.at[0] + one.width <= sheet.width


def test_the_width_of_letters_is_helveticas():
    # Adobe's metrics: H 722, e 556, l 222, o 556 thousandths.
    assert text_width("Hello", 10) == pytest.approx((722 + 556 + 222 + 222 + 556) / 100)


def test_no_figure_names_a_font_or_a_picture_from_elsewhere(sheets: dict[str, Sheet]):
    for sheet in sheets.values():
        assert not re.search(r"href|url\(|<image", svg(sheet))


def test_words_of_an_svg_are_as_wide_as_the_sheet_gives_them_room():
    known, other = Words((5.0, 20.0), "LeNet − 5"), Words((5.0, 40.0), "網路")
    tree = ET.fromstring(svg(Sheet(100.0, 50.0, "Words", (known, other))))
    first, second = tree.iter(f"{NAME}text")

    assert float(first.attrib["textLength"]) == pytest.approx(known.width, abs=0.005)
    assert "textLength" not in second.attrib
