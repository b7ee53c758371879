"""Every page that reads what a run keeps, where that is damaged: it is said, and all else works."""

import io
import json
from collections.abc import Callable
from typing import IO

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.__main__ import main
from cnn.data import Dataset, DatasetName, DatasetSpec, fingerprint, load
from cnn.network.zoo import entry
from cnn.training.engine.snapshots import Snapshot, snapshot_name, watched_to_bytes, weights_name
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    MODEL,
    PREDICTIONS,
    WATCHED,
    WEIGHTS,
    Checkpoint,
    Epoch,
    Progress,
    Result,
    Run,
    State,
    Step,
)
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.some import some
from tests.training.damaged import IN_WORDS, WAYS, whole_files
from tests.ui.visiting import arriving, shown, visited, weights_file, words
from ui.parts.runs import take_away
from ui.parts.runs.runs import TAB
from ui.session.offers import Gone

DEMO = entry("shapes-demo").architecture
SPEC = DatasetSpec(DatasetName.SHAPES)
TABS = ("Watch it learn", "Facts", "Take away")


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load(SPEC, DEMO.input)


@pytest.fixture(scope="module")
def files(data: Dataset) -> dict[str, bytes]:
    return whole_files(weights_file(DEMO), data)


def finished(store: Store, data: Dataset, files: dict[str, bytes]) -> Run:
    """A run that keeps these files, and was right of all test images."""
    run = store.add(DEMO, Configuration(SPEC, epochs=1), worker="me")
    store.freeze(run.id, fingerprint(data), {n: len(one) for n, one in data.splits.items()}, {})
    store.record(run.id, [Step(1, 1.0, 0.5, 0.9, 0.01, 1.0)], Progress(1, 1, 1))
    store.record_epoch(run.id, Epoch(1, 0.5, 0.9, 0.5, 0.9, 1.0))
    store.keep_files(run.id, files, Checkpoint(epoch=2, step=1))
    result = Result(0.1, 1.0, len(data.test), 150, 30, 1.0, 100.0)
    store.finish(run.id, State.FINISHED, result=result)
    found = store.get(run.id)
    assert found
    return found


def behind(run: Run, tab: str) -> AppTest:
    app = arriving("train", run=run.id)
    app.session_state[TAB] = tab
    return shown(app)


def test_where_all_is_whole_nothing_is_said_to_be_damaged(
    store: Store, data: Dataset, files: dict[str, bytes]
):
    run = finished(store, data, files)

    pages = [*(behind(run, tab) for tab in TABS), visited("inside", run=run.id)]
    pages.append(visited("inside", run=run.id, epoch="1"))

    assert not [one for app in pages for one in words(app).splitlines() if "cannot be" in one]
    assert not [one for app in pages for one in words(app).splitlines() if "damaged" in one]


@pytest.mark.parametrize("way", some(WAYS, "cut in two", "a single bit", "empty", "nested"))
def test_a_run_of_which_all_files_are_damaged_answers_in_words_everywhere(
    store: Store, data: Dataset, files: dict[str, bytes], way: str
):
    good = finished(store, data, files)
    run = finished(store, data, {name: WAYS[way](content) for name, content in files.items()})

    watching, facts, taking = (words(behind(run, tab)) for tab in TABS)
    inside = words(visited("inside", run=run.id))
    then = words(visited("inside", run=run.id, epoch="1"))
    compared = {"with": [f"run-{good.id}", f"run-{run.id}"], "data": "shapes", "epochs": "1"}
    for page, query in (("compare", compared), ("draw", {"run": run.id}), ("home", {})):
        visited(page, **query)  # which no exception may have ended

    assert "images that it was followed by cannot be read: i" in watching
    for said in (watching, facts, taking):
        assert "The kept predictions cannot be read" in said or "of 2 classes" in said
        assert f"left out: files, run {run.id}, name " in said
    for said in (inside, then):
        assert "the weights of run" in said or "has no weights kernel" in said
    assert "of epoch 1 cannot be read: " in then or way == "another file"


@pytest.mark.parametrize("way", some(WAYS, "cut in two", "a single bit", "empty", "nested"))
def test_a_snapshot_that_is_damaged_is_said_to_be_that(
    store: Store, data: Dataset, files: dict[str, bytes], way: str
):
    whole = files[snapshot_name(1)]
    run = finished(store, data, files | {snapshot_name(0): WAYS[way](whole)})
    app = behind(run, "Watch it learn")
    assert "cannot be read" not in words(app)

    app.select_slider(key=f"moment_{run.id}").set_value(0)
    said = words(shown(app))

    assert "The snapshot after epoch 0 cannot be read: i" in said


def test_a_snapshot_of_other_images_or_of_another_network_is_said_to_be_that(
    store: Store, data: Dataset, files: dict[str, bytes]
):
    fewer = watched_to_bytes(data.validation, np.arange(3))
    kernels, shares = np.zeros((5, 5, 1, 4)), np.full((8, 3), 0.3, np.float32)
    maps = dict.fromkeys(("conv2d_1", "conv2d_2"), np.zeros((8, 4, 4, 4), np.float32))
    other = Snapshot(kernels, maps, shares).to_bytes()

    of_others = behind(finished(store, data, files | {WATCHED: fewer}), "Watch it learn")
    foreign = behind(finished(store, data, files | {snapshot_name(1): other}), "Watch it learn")

    assert "cannot be read: it is of 8 images, and 3 were followed" in words(of_others)
    assert "cannot be read: it is a snapshot of another network" in words(foreign)


@pytest.mark.parametrize("name", [WEIGHTS, MODEL])
def test_what_is_damaged_is_not_handed_out(
    store: Store,
    data: Dataset,
    files: dict[str, bytes],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
):
    handed: list[Callable[[IO[bytes]], None]] = []
    monkeypatch.setattr(
        take_away, "save_file", lambda _label, _name, make, **_: handed.append(make)
    )
    run = finished(store, data, files)
    take_away._file(run, name, "a file", len(files[name]), "")
    (make,) = handed
    make(whole := io.BytesIO())

    assert whole.getvalue()
    store.keep_file(run.id, name, WAYS["flipped in the middle"](files[name]))
    with pytest.raises(Gone, match=f"What run {run.id} keeps as {name} is damaged: its member"):
        make(io.BytesIO())


def test_a_run_of_more_outputs_than_its_data_has_classes_has_a_result(store: Store, data: Dataset):
    lenet = entry("lenet-5").architecture
    own = load(SPEC, lenet.input)
    run = store.add(lenet, Configuration(SPEC, epochs=1), worker="me")
    store.freeze(run.id, fingerprint(own), {n: len(one) for n, one in own.splits.items()}, {})
    store.record_epoch(run.id, Epoch(1, 0.5, 0.9, 0.5, 0.9, 1.0))
    scores = np.eye(10, dtype=np.float32)[own.test.labels]
    scores[0] = np.eye(10, dtype=np.float32)[7]  # which no image is
    kept = arrays_to_bytes({"scores": scores, "labels": own.test.labels})
    store.keep_file(run.id, PREDICTIONS, kept)
    share = (len(own.test) - 1) / len(own.test)
    result = Result(0.1, share, len(own.test), 150, 30, 1.0, 100.0)
    store.finish(run.id, State.FINISHED, result=result)

    app = visited("train", run=run.id)

    assert f"of {len(own.test)} test images are right" in words(app)
    (cells,) = [one for one in app.selectbox if one.label == "Images of a cell"]
    assert cells.options[0] == f"class {own.test.labels[0]}, taken for class 7: 1"


def test_predictions_of_another_network_are_refused(
    store: Store, data: Dataset, files: dict[str, bytes]
):
    scores = np.full((len(data.test), 5), 0.2, np.float32)
    kept = arrays_to_bytes({"scores": scores, "labels": data.test.labels})
    run = finished(store, data, files | {PREDICTIONS: kept})

    said = words(visited("train", run=run.id))

    assert "The kept predictions are of 5 classes, and the network has 3." in said


def test_commands_name_what_is_damaged(
    store: Store, data: Dataset, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]
):
    run = finished(store, data, {name: WAYS["cut in two"](one) for name, one in files.items()})

    assert main(["runs", "show", run.id, "--json"]) == 0
    shown_of_it = json.loads(capsys.readouterr().out)
    assert main(["store", "check"]) == 1
    checked = capsys.readouterr().out

    assert len(shown_of_it["left_out"]) == len(IN_WORDS)
    for name in (WEIGHTS, weights_name(1), MODEL, snapshot_name(1), WATCHED, PREDICTIONS):
        assert f"run {run.id}, {name}: " in checked
