"""The page of a design: its picture and its table, one about the other."""

import json
import re

import pytest

from cnn.network.architecture import Architecture
from cnn.network.errors import path_text
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.summary import summary_table
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.page.design import design_page
from tests.pictures.page.pages import HOSTILE, Parsed, data_of

LENET = entry("lenet-5").architecture


def test_the_table_has_the_numbers_of_the_summary():
    rows = data_of(design_page(LENET), "table")["rows"]
    told = [[one["cells"][key]["text"] for key in ("output", "params", "macs")] for one in rows]

    assert told == [
        [str(output).replace("x", "×"), f"{params:,}", f"{macs:,}"]
        for _, _, output, params, macs, *_ in summary_table(trace(LENET))[1:]
    ]


@pytest.mark.parametrize("name", ["lenet-5", "resnet-lite"])
def test_each_layer_has_a_line_its_facts_and_a_place_in_the_picture(name: str):
    design = entry(name).architecture
    page = design_page(design).decode()
    facts = re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)
    assert facts is not None
    paths = [path_text(row.path) for row in trace(design).rows]

    assert [one["id"] for one in data_of(page.encode(), "table")["rows"]] == paths
    assert list(json.loads(facts[1])) == paths
    drawn = re.findall(r'data-path="([^"]*)"', data_of(page.encode(), "picture")["svg"])
    assert set(drawn) == set(paths)


def test_the_formulas_of_a_layer_are_among_its_facts():
    facts = re.search(r'id="facts">(.*?)</script>', design_page(LENET).decode(), re.DOTALL)
    assert facts is not None
    told = json.loads(facts[1])

    for row in trace(LENET).rows:
        lines = " ".join(told[path_text(row.path)])
        counted = [row.param_formula] * bool(row.params) + [row.mac_formula] * bool(row.macs)
        for said in (row.formula, *counted):
            assert re.sub(r"(?<=\d)x(?=\d)", "×", said) in lines


def test_the_name_of_a_design_is_no_markup():
    odd = Architecture(HOSTILE, (8, 8, 1), (Conv2D(2, 3), Flatten(), Dense(3)))
    found = Parsed(design_page(odd))

    assert not [tag for tag, _ in found.tags if tag in ("img", "b")]
    assert HOSTILE in "".join(found.texts)


def test_it_holds_no_weights_and_no_engine():
    page = design_page(LENET)

    assert len(page) < 150_000
    assert b"readNetwork" not in page
