"""A run as a folder for others, and all runs as tables."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from cnn.__main__ import main
from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.training.exchange.card import card
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import (
    CLASS_NAMES,
    MODEL,
    START,
    WEIGHTS,
    Epoch,
    Result,
    Run,
    State,
)
from cnn.training.recipe.start import Start
from cnn.training.store import class_names, labels
from cnn.training.store.store import Store
from tests.training.own_files import folders
from tests.training.stores import trained

EVIL = 'mine" : [<b>x</b>](http://x) #'


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str]):
    def typed(*words: object, status: int = 0) -> Any:
        assert main(["runs", "export", *map(str, words)]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return typed


def front(text: str) -> Any:
    """The YAML between the two lines of three signs, as the hub reads it."""
    _, found, _ = text.split("---\n", 2)
    return yaml.safe_load(found)


def of_own_images(store: Store, tmp_path: Path) -> Run:
    file = folders(tmp_path / "patients.zip", 1, is_split=False)
    network = Architecture("Net", (8, 8, 1), (Conv2D(2, 3), Flatten(), Dense(3, "softmax")))
    own = Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file=str(file)), epochs=1)
    run = store.add(network, own)
    store.freeze(run.id, "f" * 64, {"train": 20, "validation": 4, "test": 4}, {"keras": "3"})
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    names = class_names.to_bytes(["Ann", "Bob", "<i>Cy</i>"])
    store.keep_files(run.id, {CLASS_NAMES: names, WEIGHTS: b"w", MODEL: b"m"})
    store.finish(run.id, State.FINISHED, "", Result(0.1, 0.75, 4, 20, 4, 2.0, 10.0))
    found = store.get(run.id)
    assert found
    return found


def test_the_folder_holds_all_of_a_run_and_a_card_that_the_hub_reads(
    store: Store, tmp_path: Path, export: Any
):
    run = trained(store, days_ago=1)
    labels.rename(store, run.id, EVIL)
    labels.put_note(store, run.id, "my secret")
    folder = tmp_path / "out"
    export(run.id, "--to", folder)
    there = {one.name: one.read_text(errors="replace") for one in folder.iterdir()}
    assert set(there) == {
        *("README.md", "design.json", "model.keras", "weights.npz", "record.json"),
        *("curve-epochs.csv", "curve-steps.csv", "train.py", "train.ipynb"),
    }
    said = front(there["README.md"])
    assert said["library_name"] == "keras"
    assert "license" not in said
    (model,) = said["model-index"]
    assert model["name"] == EVIL
    assert model["results"][0]["metrics"][0] == {"type": "accuracy", "value": 0.98}
    assert "<b>" not in there["README.md"].split("---", 2)[2]
    assert not any("my secret" in text for text in there.values())
    assert Architecture.from_json(there["design.json"]) == run.architecture
    assert json.loads(there["record.json"])["result"]["test_accuracy"] == 0.98
    assert len(there["curve-steps.csv"].splitlines()) == 21
    compile(there["train.py"], "train.py", "exec")


def test_the_card_says_what_a_training_began_with_and_how_often_its_test_was_looked_at(
    store: Store,
):
    run = trained(store, days_ago=1)
    start = Start("0" * 64, run="a" * 12, freeze=1)
    tuned = replace(run, configuration=replace(run.configuration, start=start))

    def of(one: Run) -> str:
        return card(one, (), (), "")

    assert "Begun with" not in of(run)
    assert "They were looked at once, after training." in of(run)
    assert f"\n- Begun with: weights of run {'a' * 12}; taken: all " in of(tuned)
    assert "; frozen: up to " in of(tuned)
    later = of(replace(run, continues="b" * 12))
    assert f"\n- Begun with: the weights of run {'b' * 12}\n" in later
    assert f"looked at after training, and before that when run {'b' * 12} had ended." in later


def test_class_names_go_in_only_where_that_is_asked_for_and_no_folder_of_a_person_ever(
    store: Store, tmp_path: Path, export: Any
):
    run = of_own_images(store, tmp_path)
    export(run.id, "--to", tmp_path / "without")
    export(run.id, "--to", tmp_path / "with", "--class-names")
    without, named = (
        "".join(one.read_text(errors="replace") for one in (tmp_path / name).iterdir())
        for name in ("without", "with")
    )
    assert "Bob" not in without
    assert "1. Bob" in named
    assert "\\<i\\>Cy" in named
    assert str(tmp_path) not in without + named


def test_a_folder_that_is_not_empty_and_a_run_that_is_live_are_refused(
    store: Store, tmp_path: Path, export: Any
):
    run = trained(store, days_ago=1)
    (tmp_path / "mine.txt").write_text("kept")
    assert "is not empty" in export(run.id, "--to", tmp_path, status=2)
    live = store.add(run.architecture, run.configuration)
    assert "Wait for its end" in export(live.id, "--to", tmp_path / "new", status=2)
    assert "there is no run" in export("nobody", "--to", tmp_path / "new", status=2)
    assert "--to FOLDER" in export(run.id, status=2)
    assert "one run; 0 are named" in export("--to", tmp_path / "new", status=2)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "mine.txt"]


def test_all_runs_are_tables_that_pandas_reads(store: Store, tmp_path: Path, export: Any):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    run = trained(store, days_ago=1)
    labels.put_note(store, run.id, "=1+1")
    told = Told(2, accuracy="accuracy")
    theirs = Elsewhere("e" * 12, "theirs", told, State.FINISHED, 1.0)
    store.add_elsewhere(theirs)
    store.record_epoch(theirs.id, Epoch(1, 1.0, 0.5, 0.0, 0.0, 2.0))
    file = tmp_path / "runs.parquet"
    export("--parquet", file, "--csv", tmp_path / "runs.csv")
    table = pandas.read_parquet(file).set_index("run_id")
    assert table.loc[run.id, "test_accuracy"] == 0.98
    assert table.loc[run.id, "epochs"] == 3
    assert table.loc[run.id, "optimizer"] == "adam"
    assert table.loc[run.id, "batch_size"] == 16
    assert table.loc[theirs.id, "trained_elsewhere"]
    assert pandas.isna(table.loc[theirs.id, "test_accuracy"])
    curves = pandas.read_parquet(tmp_path / "runs-epochs.parquet")
    assert curves.groupby("run_id").size().to_dict() == {run.id: 2, theirs.id: 1}
    assert curves.set_index("run_id").loc[theirs.id].isna()[["val_loss", "val_accuracy"]].all()
    with (tmp_path / "runs.csv").open() as lines:
        by_id = {one["run_id"]: one for one in csv.DictReader(lines)}
    assert by_id[run.id]["note"] == "'=1+1"


def test_event_files_are_of_all_runs_or_of_some(store: Store, tmp_path: Path, export: Any):
    one, other = (trained(store, days_ago=days) for days in (1, 2))
    export("--tensorboard", tmp_path / "all")
    export(one.id, "--tensorboard", tmp_path / "one")
    assert len(list((tmp_path / "all").glob("*/train/events.out.tfevents.*"))) == 2
    assert [place.name[-12:] for place in (tmp_path / "one").iterdir()] == [one.id]
    assert other.id


@pytest.mark.parametrize("name", ["runs.csv", "runs-epochs.csv", "logs"])
def test_a_table_or_curves_that_are_there_are_left_unless_one_insists(
    name: str, store: Store, tmp_path: Path, export: Any
):
    run = trained(store, days_ago=1)
    taken = tmp_path / name
    if name == "logs":
        taken = taken / f"shapes-demo-{run.id}" / "train" / "events.out.tfevents.1.cnn-workbench"
        taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    words = ("--csv", tmp_path / "runs.csv", "--tensorboard", tmp_path / "logs")

    assert "is there already. Choose another name, or write over it with --force" in export(
        *words, status=2
    )
    there = [one for one in tmp_path.rglob("*") if one.is_file() and "home" not in one.parts]
    assert there == [taken]
    export(*words, "--force")
    export(*words, "--force")
    assert not taken.is_file() or taken.read_text() != "mine"
    assert len(list((tmp_path / "logs").glob("*/train/*"))) == 1


def test_the_script_alone_is_written_as_script_or_notebook(
    store: Store, tmp_path: Path, export: Any
):
    run = trained(store, days_ago=1)
    export(run.id, "--script", tmp_path / "again.py")
    export(run.id, "--script", tmp_path / "again.ipynb")
    compile((tmp_path / "again.py").read_text(), "again.py", "exec")
    assert json.loads((tmp_path / "again.ipynb").read_text())["nbformat"] == 4


def test_a_script_brings_the_weights_that_it_begins_with_and_writes_over_nothing(
    store: Store, tmp_path: Path, export: Any
):
    run = trained(store, days_ago=1)
    begun = replace(run.configuration, start=Start("0" * 64, run="a" * 12))
    later = store.add(run.architecture, begun, files={START: b"weights"})
    store.freeze(later.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    store.record_epoch(later.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    store.finish(later.id, State.STOPPED)
    script, start = tmp_path / "again.py", tmp_path / f"start-of-{later.id}.npz"

    assert str(start) in export(later.id, "--script", script)
    assert start.read_bytes() == b"weights"
    assert start.name in script.read_text()
    assert "is there already" in export(later.id, "--script", script, status=2)
    export(later.id, "--script", tmp_path / "again.ipynb")
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM files")
    said = export(later.id, "--script", tmp_path / "other.py", status=2)
    assert f"does not keep the weights of run {'a' * 12}" in said
    assert "train.py" not in export(later.id, "--to", tmp_path / "folder")


def test_a_run_trained_elsewhere_has_curves_and_no_folder(
    store: Store, tmp_path: Path, export: Any
):
    theirs = Elsewhere("e" * 12, "theirs", Told(2), State.FINISHED, 1.0)
    store.add_elsewhere(theirs)
    store.record_epoch(theirs.id, Epoch(1, 1.0, 0.0, 0.0, 0.0, 2.0))
    assert "trained elsewhere" in export(theirs.id, "--to", tmp_path / "new", status=2)
    export(theirs.id, "--tensorboard", tmp_path / "events")
    assert list((tmp_path / "events").glob("theirs-*/train/events*"))
    assert not list((tmp_path / "events").glob("theirs-*/validation"))


def test_a_card_of_a_run_without_a_test_says_so(store: Store):
    run = replace(trained(store, days_ago=1), result=None, state=State.STOPPED)
    text = card(run, (), (), "")
    assert "Not tested: the run is stopped." in text
    assert "model-index" not in front(text)
