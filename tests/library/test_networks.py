"""Networks as a library's user meets them: by name, in a notebook, as tables."""

import json
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given

import cnn
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.summary import summary_table
from cnn.network.zoo import zoo
from tests.network.strategies import architectures

ROOT = Path(__file__).parents[2]
LENET = cnn.zoo["lenet-5"]
HOSTILE = "<script>alert(1)</script> & \"'"


def test_the_zoo_is_a_mapping_of_its_networks():
    assert dict(cnn.zoo) == {id: entry.architecture for id, entry in zoo().items()}
    with pytest.raises(KeyError, match=r"lenet\. There are: shapes-demo, simple-cnn, "):
        cnn.zoo["lenet"]


def test_every_name_that_is_offered_is_there_and_no_other():
    assert set(cnn.__all__) <= set(dir(cnn))
    assert all(hasattr(cnn, name) for name in cnn.__all__)
    with pytest.raises(AttributeError, match="module 'cnn' has no attribute 'trian'"):
        cnn.trian  # type: ignore[attr-defined]  # noqa: B018


USED = """
import sys
import cnn
first = {'numpy', 'pandas', 'sqlalchemy', 'tensorflow'} & sys.modules.keys()
lenet = cnn.zoo['lenet-5']
table = cnn.trace(lenet)
lenet._repr_svg_(), lenet._repr_html_(), table._repr_html_(), table.to_pandas()
cnn.runs(), cnn.train, cnn.compare
print(first, {'keras', 'tensorflow', 'streamlit', 'torch'} & sys.modules.keys())
"""


def test_nothing_large_is_loaded_before_it_is_used():
    ran = subprocess.run(
        [sys.executable, "-c", USED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "set() set()\n"


@given(architectures())
def test_any_network_is_shown_as_a_picture_and_as_a_table(architecture: cnn.Architecture):
    traced = cnn.trace(architecture)
    table = ET.fromstring(traced._repr_html_())
    rows = [[cell.text for cell in row] for row in table.iter("tr")]

    assert [row[0] for row in rows[1:]] == [row.name for row in traced.rows]
    params = sum(int(str(row[rows[0].index("params")]).replace(",", "")) for row in rows[1:])
    assert params == traced.total_params
    for shown in (architecture._repr_svg_(), architecture._repr_html_()):
        assert shown
        assert ET.fromstring(shown).tag in ("{http://www.w3.org/2000/svg}svg", "div")


@given(architectures())
def test_a_trace_for_pandas_has_the_numbers_of_the_trace(architecture: cnn.Architecture):
    traced = cnn.trace(architecture)
    table = traced.to_pandas()

    assert table.params.sum() == traced.total_params
    assert table.trainable_params.sum() == traced.trainable_params
    assert table.macs.sum() == traced.total_macs
    assert table.activation_bytes.sum() == traced.activation_bytes
    assert table.layer.tolist() == [line[0] for line in summary_table(traced)[1:]]
    assert table.output_shape.tolist() == [row.output_shape for row in traced.rows]


def test_a_foreign_name_stays_text():
    architecture = cnn.Architecture(HOSTILE, (8, 8, 1), (Flatten(), Dense(2)))
    shown = (architecture._repr_html_(), cnn.trace(architecture)._repr_html_())
    for html in map(str, shown):
        assert "<script" not in html
        assert HOSTILE in "".join(ET.fromstring(html).itertext())


def test_a_network_whose_layers_do_not_fit_is_shown_as_far_as_it_goes():
    broken = cnn.Architecture("broken", (4, 4, 1), (Conv2D(2, 3), Conv2D(2, 5), Flatten()))
    html = str(broken._repr_html_())
    assert "a 5x5 kernel does not fit a 2x2 input" in "".join(ET.fromstring(html).itertext())
    assert ET.fromstring(str(broken._repr_svg_())) is not None


def test_what_is_not_read_of_a_file_is_a_warning(tmp_path: Path):
    config = {
        "name": "theirs",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 1], "name": "in"}},
            {"class_name": "Flatten", "config": {"name": "flat"}},
            {"class_name": "Dense", "config": {"name": "d", "units": 2, "kernel_regularizer": REG}},
        ],
    }
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps({"class_name": "Sequential", "config": config}), encoding="utf-8")

    found, said = read_with_warnings(file)
    assert ["regularizer" in one for one in said] == [True, False]
    assert said[-1].endswith("does not say which it expects; `pixels` gives it others.")
    fed, said = read_with_warnings(file, pixels="0..255")
    assert (fed.fed.high, len(said)) == (255, 1)

    assert found.layers == (Flatten(), Dense(2))
    assert cnn.read("lenet-5") == LENET
    assert cnn.read("lenet-5", size=(32, 32, 3)).input == (32, 32, 3)


def read_with_warnings(file: Path, pixels: str | None = None) -> tuple[cnn.Architecture, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = cnn.read(file, pixels=pixels)
    return found, [str(one.message) for one in caught]


REG = {"class_name": "L2", "config": {"l2": 0.01}}
