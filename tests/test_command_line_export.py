"""`python -m cnn export`: every form of a design, a file and a run, whole or not at all."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from cnn.__main__ import main
from cnn.commands.parsers import FORMATS
from cnn.data import DatasetName, DatasetSpec
from cnn.exports import FORMS, WORDS, Form, Subject, write_whole
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import by_place
from cnn.network.source import read_trained
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Result, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.network.export_cases import random_weights

DEMO = entry("shapes-demo").architecture
TRAINED = random_weights(DEMO)


@pytest.fixture
def run(tmp_path: Path) -> tuple[str, str]:
    """A finished run with weights: its id, and the option that names its store."""
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    store = Store(url)
    found = store.add(DEMO, Configuration(dataset=DatasetSpec(DatasetName.SHAPES)), worker="me")
    store.keep_files(found.id, {WEIGHTS: arrays_to_bytes(by_place(TRAINED))})
    store.finish(found.id, State.FINISHED, "", Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0))
    store.close()
    return found.id, url


def test_the_words_of_the_option_are_those_of_the_table():
    assert FORMATS == WORDS


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.word}{form.ending}")
def test_a_run_leaves_in_every_form(form: Form, run: tuple[str, str], tmp_path: Path, capsys):
    id, store = run
    path = tmp_path / f"model{form.ending}"
    assert main(["export", id, "--format", form.word, "--to", str(path), "--store", store]) == 0

    said = capsys.readouterr().out
    assert said.startswith(f"{path}: {form.label} of {DEMO.name}, ")
    assert f"{path.stat().st_size:,} bytes" in said
    match form.ending:
        case ".json":
            assert Architecture.from_json(path.read_bytes()) == DEMO
        case ".svg":
            assert ElementTree.parse(path).getroot().tag.endswith("svg")
        case ".py":
            compile(path.read_text(encoding="utf-8"), path.name, "exec")
        case ".zip":
            endings = {Path(name).suffix for name in zipfile.ZipFile(path).namelist()}
            assert ".py" in endings
            assert len(endings) == 2
        case ".html":
            page = path.read_text(encoding="utf-8")
            assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
            assert "294 of 300 test images" in page, "with the card of its run"
        case ".pt":
            assert zipfile.ZipFile(path).testzip() is None
        case _:
            imported, weights = read_trained(str(path))
            assert imported.architecture.layers == DEMO.layers
            for name, arrays in TRAINED.items():
                for one, other in zip(weights[name], arrays, strict=True):
                    np.testing.assert_array_equal(one, other)
    assert [one.name for one in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("asked", [[], ["--class-names"]])
def test_an_onnx_file_names_the_classes_if_one_asks(asked, run, tmp_path: Path, capsys):
    id, store = run
    path = tmp_path / "a.onnx"

    assert main(["export", id, "--to", str(path), "--store", store, *asked]) == 0
    assert (b"triangle" in path.read_bytes()) is bool(asked)
    assert main(["export", id, "--to", str(tmp_path / "a.pt"), "--class-names"]) == 2
    assert "--class-names is of .onnx files; this is to be a .pt file" in capsys.readouterr().err


def test_a_file_that_was_exported_is_read_shown_and_exported_again(run, tmp_path: Path, capsys):
    id, store = run
    first, second = tmp_path / "a.onnx", tmp_path / "b.safetensors"
    assert main(["export", id, "--to", str(first), "--store", store]) == 0
    assert main(["export", str(first), "--to", str(second)]) == 0
    assert main(["summary", str(second), "--json"]) == 0

    assert json.loads(capsys.readouterr().out.splitlines()[-1])["name"] == DEMO.name
    assert "dense_1" in read_trained(str(second))[1]


def test_a_design_without_weights_says_so(tmp_path: Path, capsys):
    made = str(tmp_path / "a.onnx")
    assert main(["export", "lenet-5", "--to", made, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["trained"] is False

    assert main(["export", "lenet-5", "--to", str(tmp_path / "a.pt")]) == 2
    assert "lenet-5 has no trained weights for a .pt file" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".onnx", ".keras", ".pt"])
def test_of_a_run_without_weights_no_file_pretends_to_have_them(ending, run, tmp_path, capsys):
    _, url = run
    store = Store(url)
    failed = store.add(DEMO, Configuration(dataset=DatasetSpec(DatasetName.SHAPES)), worker="me")
    store.finish(failed.id, State.FAILED)
    store.close()
    made = tmp_path / f"a{ending}"

    assert main(["export", failed.id, "--to", str(made), "--store", url]) == 2
    assert f"{failed.id} has no trained weights for a {ending} file" in capsys.readouterr().err
    assert not made.exists()
    assert main(["export", failed.id, "--to", str(tmp_path / "a.json"), "--store", url]) == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["lenet-5", "--to", "a.txt"], "does not say what it is to be. End it in one of .json,"),
        (["lenet-5", "--to", "a.py"], "may be of two forms: say --format keras or torch"),
        (["lenet-5", "--to", "a.py", "--format", "onnx"], "of --format onnx ends in .onnx; got"),
        (["lenet-5", "--to", "no/folder/a.json"], "cannot be written: No such file"),
        (["nothing", "--to", "a.json"], "is no network of the zoo, no file and no run"),
        (["nothing.onnx", "--to", "a.json"], "there is no file 'nothing.onnx'"),
        (["nothing", "--to", "a.json", "--input", "8x8x1"], "are of designs; a run has both"),
        (["lenet-5", "--to", "a.onnx", "--class-names"], "a design does not know its classes"),
    ],
)
def test_what_cannot_be_exported_says_why(
    arguments: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    assert main(["export", *arguments]) == 2
    assert why in capsys.readouterr().err


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path, capsys):
    path = tmp_path / "mine.json"
    path.write_text("mine")
    assert main(["export", "lenet-5", "--to", str(path)]) == 2

    assert "is there already. Choose another name." in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_what_breaks_off_leaves_nothing(tmp_path: Path):
    def half(subject: Subject, into) -> None:
        into.write(b"half")
        raise ArchitectureError("that was all.")

    form = Form("json", ".json", "", FORMS[0].takes, half)
    with pytest.raises(ArchitectureError, match="that was all"):
        write_whole(form, Subject(DEMO), tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []
