"""Start from, on Train: what a visitor is shown of a parent, and what is queued then."""

import io
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.torch.export import torch_state
from cnn.network.torch.safetensors import write_safetensors
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import START, WEIGHTS, Result, Run, State
from cnn.training.store.store import Store
from cnn.training.workers import starting
from tests.network.export_cases import random_weights
from tests.ui.visiting import pressed, shown, visited, weights_file, words
from ui.parts.setup import parent as parents
from ui.parts.setup import start_from

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)


@pytest.fixture
def parent(store: Store) -> Run:
    run = store.add(DEMO, SETTINGS, worker="me")
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    store.keep_files(run.id, {WEIGHTS: weights_file(DEMO)})
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def begun_with(parent: str, **address: str) -> AppTest:
    app = visited(
        "train", **({"network": "shapes-demo", "data": "digits", "epochs": "6"} | address)
    )
    app.selectbox(key=parents.KEY).set_value(parent)
    return shown(app)


def queued(store: Store) -> Run:
    (run,) = [one for one in store.latest() if one.state is State.QUEUED]
    return run


def test_new_weights_are_usual_and_nothing_more_is_asked(store: Store):
    app = visited("train", network="shapes-demo", data="shapes")

    assert app.selectbox(key=parents.KEY).value == parents.NEW
    assert "taken" not in words(app)
    pressed(app, "Train")
    assert queued(store).configuration.start is None


def test_what_is_taken_and_what_is_new_is_said_in_words(store: Store, parent: Run):
    said = words(begun_with(parent.id))

    assert "Conv2D #1 taken: as Conv2D #1 of the parent" in said.replace("*", "")
    assert "Dense #2 re-headed: its weights are 32×10, 10, the parent's 32×3, 3" in (
        said.replace("*", "")
    )
    assert "Images are resized from 8×8 to 16×16 pixels" in said


def test_the_border_and_the_head_are_set_and_queued_with_the_weights(store: Store, parent: Run):
    app = begun_with(parent.id)
    app.select_slider(key=start_from.FREEZE).set_value(3)
    app = shown(app)
    app.number_input(key=start_from.HEAD).set_value(1)
    app = shown(app)
    assert "Conv2D #2 taken, frozen" in words(app).replace("*", "")
    assert "frozen: up to Conv2D #2 (the first 3)" in words(app)

    pressed(app, "Train")

    run = queued(store)
    start = run.configuration.start
    assert start
    assert (start.run, start.freeze, start.head_first) == (parent.id, 3, 1)
    assert start.anew == ("dense_2",)
    expected = starting.begin(
        starting.of_run(store, parent.id),
        run.architecture,
        [str(digit) for digit in range(10)],
        freeze=3,
        head_first=1,
    )
    assert start == expected.start
    assert store.file(run.id, START) == expected.files[START]


def test_one_click_sets_head_first_then_all(store: Store, parent: Run):
    app = begun_with(parent.id)
    app.select_slider(key=start_from.FREEZE).set_value(2)
    app = pressed(shown(app), "Head first, then all at a tenth")

    assert app.number_input(key=start_from.HEAD).value == 2
    assert app.select_slider(key=start_from.FREEZE).value == 0
    assert "the head alone for 2 epochs, then all at a tenth of the rate" in words(app)


def test_the_head_is_no_part_of_what_can_be_frozen(store: Store, parent: Run):
    app = begun_with(parent.id)
    assert app.select_slider(key=start_from.FREEZE).options[-1] == "Dense #1"


def test_fewer_epochs_leave_fewer_for_the_head_and_one_leaves_none(store: Store, parent: Run):
    app = pressed(begun_with(parent.id), "Head first")
    app.number_input(key="train_epochs").set_value(2)
    app = shown(app)
    assert app.number_input(key=start_from.HEAD).value == 1
    app.number_input(key="train_epochs").set_value(1)
    app = pressed(shown(app), "Train")
    start = queued(store).configuration.start
    assert start
    assert start.head_first == 0


def test_a_parent_of_which_nothing_fits_is_said_with_its_network_to_take(store: Store, parent: Run):
    app = begun_with(parent.id, network="lenet-5", data="shapes")
    assert "fits LeNet-5. Conv2D #1: its weights are 5x5x1x6, 6" in words(app)
    assert not [one for one in app.button if one.label == "Train"]

    app = pressed(app, "Take its network")

    assert app.selectbox(key="train_network").value == "shapes-demo"
    pressed(app, "Train")
    assert queued(store).begun_with == f"weights of run {parent.id}"


def test_a_run_that_keeps_no_weights_is_refused_also_where_they_were_there_before(
    store: Store, parent: Run
):
    app = begun_with(parent.id)
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM files")
    app = pressed(app, "Train")
    assert "keeps no weights. Train it again" in words(app)
    assert not [one for one in store.latest() if one.state is State.QUEUED]


def test_a_file_is_asked_for_before_anything_is_trained(store: Store):
    app = begun_with(parents.FILE)
    assert "No file was chosen yet: choose one above, or new weights" in words(app)
    assert not [one for one in app.button if one.label == "Train"]


def test_weights_alone_are_taken_for_those_of_the_network_that_is_trained(store: Store):
    into = io.BytesIO()
    write_safetensors(torch_state(DEMO, random_weights(DEMO)), into)
    app = begun_with(parents.FILE, data="shapes")
    app.file_uploader(key=parents.UPLOAD).set_value(("their.safetensors", into.getvalue(), ""))
    app = shown(app)

    assert "Conv2D #1 taken: as Conv2D #1 of the parent" in words(app).replace("*", "")
    pressed(app, "Train")
    assert queued(store).begun_with == "weights of the file their.safetensors"


def test_a_run_says_what_it_began_with_also_where_its_parent_is_gone(store: Store, parent: Run):
    pressed(begun_with(parent.id), "Train")
    run = queued(store)

    assert f"Starts from weights of run {parent.id}; taken: Conv2D #1" in words(
        visited("train", run=run.id)
    )
    store.remove(parent.id)
    assert "That run is not in this store" in words(visited("train", run=run.id))


def test_using_its_settings_begins_with_the_same_parent(store: Store, parent: Run):
    settings = replace(SETTINGS, epochs=6)
    begun = starting.begin(
        starting.of_run(store, parent.id),
        DEMO,
        ("circle", "square", "triangle"),
        freeze=2,
        head_first=1,
    )
    run = store.add(DEMO, replace(settings, start=begun.start), worker="me", files=begun.files)
    store.finish(run.id, State.STOPPED)

    app = pressed(visited("train", run=run.id), "Use these settings")

    assert app.selectbox(key=parents.KEY).value == parent.id
    assert app.select_slider(key=start_from.FREEZE).value == 2
    assert app.number_input(key=start_from.HEAD).value == 1
