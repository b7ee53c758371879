"""`python -m cnn runs`: naming, tagging, archiving, finding again, as a person types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from cnn.__main__ import main
from cnn.commands.parsers import STATES
from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import Epoch, Result, State, Wish, WorkerState
from cnn.training.store import tables
from cnn.training.store.heartbeats import present
from cnn.training.store.store import Store
from cnn.version import VERSION
from tests.training.unreadable import row_of, spoil


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def runs(store: Store, capsys: pytest.CaptureFixture[str]):
    def typed(*words: str, status: int = 0) -> Any:
        try:
            ended = main(["runs", *words])
        except SystemExit as end:
            ended = int(end.code or 0)
        said = capsys.readouterr()
        assert ended == status, said
        if status:
            return said.err
        return json.loads(said.out) if "--json" in words else said.out

    return typed


@pytest.fixture
def id(store: Store) -> str:
    store.add(entry("lenet-5").architecture, Configuration(epochs=1))
    return store.add(entry("shapes-demo").architecture, Configuration(epochs=2)).id


def listed(runs: Any, *words: str) -> list[str]:
    return [one["network"] for one in runs("list", *words, "--json")]


def test_the_states_are_spelled_as_the_program_spells_them():
    assert list(STATES) == list(State)


def test_a_renamed_run_says_both_what_it_is_called_and_what_it_is(runs: Any, id: str):
    assert runs("rename", id, " a\tname ", "--json") == {"run_id": id, "name": "a name"}

    assert f"{id}  " in runs("list")
    assert "a name: Shapes demo on shapes, 2 epochs" in runs("list")
    assert listed(runs, "--name", "a NAME") == ["Shapes demo"]
    assert runs("rename", id, "") == f"{id} is called Shapes demo now.\n"


def test_tags_are_added_listed_and_taken_away(runs: Any, id: str):
    assert runs("tag", id, "best", "for the talk", "--json")["tags"] == ["best", "for the talk"]
    assert listed(runs, "--tag", "best") == ["Shapes demo"]
    assert "[best]  [for the talk]" in runs("list")
    assert runs("tag", id, "new", "--remove", "best", "--json")["tags"] == ["for the talk", "new"]
    assert listed(runs, "--tag", "best") == []
    assert "name a tag" in runs("tag", id, status=2)
    assert "at most 40" in runs("tag", id, "x" * 41, status=2)


def test_a_note_is_shown_with_its_run(runs: Any, id: str):
    runs("note", id, "too slow")

    assert runs("show", id, "--json")["note"] == "too slow"
    assert "too slow" in runs("show", id)


def test_archived_runs_are_listed_only_when_asked_for(runs: Any, id: str):
    assert runs("archive", id, "--json") == {"archived": True, "run_ids": [id]}
    assert listed(runs) == ["LeNet-5"]
    assert listed(runs, "--archived") == ["Shapes demo"]
    assert runs("archive", id, "--back") == "1 run is back in the list.\n"
    assert listed(runs) == ["Shapes demo", "LeNet-5"]


def test_runs_are_found_by_network_data_and_state(store: Store, runs: Any, id: str):
    store.finish(id, State.FAILED, "?")

    assert listed(runs, "--network", "LeNet-5") == ["LeNet-5"]
    assert listed(runs, "--dataset", "shapes") == ["Shapes demo", "LeNet-5"]
    assert listed(runs, "--dataset", "mnist") == []
    assert listed(runs, "--state", "failed") == ["Shapes demo"]
    assert "invalid choice: 'lost'" in runs("list", "--state", "lost", status=2)


def test_a_run_in_training_is_stopped_before_it_is_deleted(store: Store, runs: Any, id: str):
    busy = store.add(entry("lenet-5").architecture, Configuration(epochs=1), worker="me").id

    with present(store, "me", WorkerState.FOREGROUND):
        refused = runs("delete", busy, status=2)
        assert "is running, so it is not deleted. Stop it first: python -m cnn runs stop" in refused
        assert runs("stop", busy, "--json") == {"stopped": busy}
        told = store.get(busy)
    assert told
    assert told.wish is Wish.STOP
    store.finish(busy, State.STOPPED)
    assert "is not in training: it is stopped" in runs("stop", busy, status=2)
    assert runs("delete", busy, "--json") == {"deleted": busy}
    assert "is stopped, before it was trained" in runs("stop", id)


def test_runs_on_own_images_are_found_and_each_file_has_its_name(store: Store, runs: Any, id: str):
    for name in ("pets", "bi\x1brds"):
        images = DatasetSpec(DatasetName.OWN_IMAGES, file=f"/x/{name}.zip")
        store.add(entry("lenet-5").architecture, Configuration(images, epochs=1))

    said = runs("list", "--dataset", "own-images").splitlines()

    assert [line.partition(" on ")[2] for line in said] == [
        "own:bi rds, 1 epoch",
        "own:pets, 1 epoch",
    ]
    assert len(runs("list", "--dataset", "own:pets", "--json")) == 1


@pytest.mark.parametrize("limit", ["0", "-3", "many", "1" * 30])
def test_a_listing_of_none_is_refused(runs: Any, id: str, limit: str):
    said = runs("list", f"--limit={limit}", status=2)

    assert "argument --limit: must be a whole number from 1 to 1,000,000, got" in said
    assert len(runs("list", "--limit", "1").splitlines()) == 1


def test_a_speed_that_was_not_measured_is_none_and_not_zero(store: Store, runs: Any, id: str):
    store.finish(id, State.FINISHED, result=Result(0.1, 0.9, 300, 150, 30, 1.0, 0.0))

    assert runs("show", id, "--json")["result"]["images_per_s"] is None
    assert '"images_per_s": null' in runs("show", id)


@pytest.mark.parametrize("action", [["rename", "gone", "x"], ["tag", "gone", "x"], ["archive"]])
def test_a_run_that_is_not_there_is_said_to_be_gone(runs: Any, action: list[str]):
    assert "there is no run 'gone'" in runs(*action, *["gone"] * (len(action) == 1), status=2)


def test_every_option_of_the_listing_is_known_where_nothing_is_typed(runs: Any, id: str):
    assert id in runs()


@pytest.fixture
def bad(store: Store, id: str) -> str:
    """A run that cannot be read, beside two that can."""
    run = store.add(entry("lenet-5").architecture, Configuration(epochs=1))
    spoil(store, run, "layer")
    return run.id


WHY = "cannot read it: its network: layers[0]: unknown kind 'Attention'. It stays as it is: use the"


def test_a_run_that_cannot_be_read_is_listed_and_shown_as_that(runs: Any, id: str, bad: str):
    lines = runs("list").splitlines()
    (line,) = [one for one in lines if one.startswith(bad)]
    assert len(lines) == 3
    assert "  unreadable  " in line
    assert f"LeNet-5: run {bad} was written by version {VERSION} of the program" in line
    assert WHY in line
    assert WHY in runs("show", bad)
    assert runs("show", bad, "--json")["written_by"] == VERSION

    (found,) = [one for one in runs("list", "--json") if one["run_id"] == bad]
    assert WHY in found["unreadable"]
    assert (found["name"], found["network"], found["state"]) == ("LeNet-5", "LeNet-5", "queued")


@pytest.mark.parametrize(
    "words",
    [
        ["rename", "ID", "x"],
        ["tag", "ID", "x"],
        ["note", "ID", "x"],
        ["stop", "ID"],
        ["resume", "ID"],
        ["resume", "ID", "--more-epochs", "1"],
    ],
    ids=" ".join,
)
def test_what_needs_to_read_it_is_refused_with_the_reason_and_changes_nothing(
    store: Store, runs: Any, bad: str, words: list[str]
):
    row = row_of(store, bad)

    said = runs(*[bad if word == "ID" else word for word in words], status=2)

    assert WHY in said
    assert len(said.splitlines()) == 1
    assert row_of(store, bad) == row


def test_it_is_archived_and_deleted_where_a_person_says_so(
    store: Store, runs: Any, id: str, bad: str
):
    assert runs("archive", bad, id, "--json")["run_ids"] == [bad, id]
    assert listed(runs) == ["LeNet-5"]
    assert bad in runs("list", "--archived")
    assert runs("delete", bad, "--json") == {"deleted": bad}
    assert store.look_up(bad) is None


def test_it_is_not_deleted_while_another_version_is_at_work_with_it(store: Store, runs: Any):
    run = store.add(entry("lenet-5").architecture, Configuration(epochs=1), worker="other")
    spoil(store, run, "layer")

    with present(store, "other", WorkerState.FOREGROUND):
        assert "is running, so it is not deleted" in runs("delete", run.id, status=2)
    assert store.look_up(run.id)


ORDER = "\x1b[31mred\x07"


def test_what_a_terminal_would_take_for_an_order_never_reaches_it(store: Store, runs: Any, id: str):
    values = {"name": ORDER, "note": f"{ORDER}\nstate  finished", "message": ORDER}
    with store.begin() as connection:
        this = update(tables.runs).where(tables.runs.c.id == id)
        connection.execute(this.values(values | {"network": ORDER}))
        connection.execute(insert(tables.tags).values(run_id=id, tag=ORDER))

    said = [
        runs("list"),
        runs("show", id),
        runs("tag", id, "more"),
        runs("archive", id),
        runs("rename", id, ""),
        runs("stop", id),
        runs("stop", id, status=2),
    ]
    store.want(id, Wish.RUN)
    spoil(store, id, "layer")
    said += [runs("show", id), runs("list", "--archived"), runs("rename", id, "x", status=2)]
    said.append(runs("delete", id))

    for one in said:
        assert not [sign for sign in one if not sign.isprintable() and sign != "\n"], one
    assert "[ [31mred ]" in said[0]
    assert f"note{'':14} [31mred \n{'':18}state  finished\n" in said[1]


def test_a_run_trained_elsewhere_is_listed_and_shown_as_that(store: Store, runs: Any):
    told = Told(2, accuracy="accuracy", optimizer="Adam", no_design="it has a class of its own")
    one = Elsewhere("e" * 12, "theirs", told, State.FINISHED, 1.0)
    store.add_elsewhere(one)
    store.record_epoch(one.id, Epoch(1, 0.5, 0.75, 0.0, 0.0, 1.0))
    store.finish(one.id, State.FINISHED)
    assert "theirs, trained elsewhere, 2 epochs" in runs("list")
    said = runs("show", one.id)
    assert "epoch 1           loss 0.5000  accuracy 75.0%\n" in said
    shown = runs("show", one.id, "--json")
    assert shown["trained_elsewhere"]["no_design"] == "it has a class of its own"
    assert shown["epochs"][0]["val_loss"] is None
    assert "result" not in shown
    runs("rename", one.id, "mine")
    runs("tag", one.id, "best")
    assert runs("list", "--tag", "best", "--json")[0]["name"] == "mine"
    assert "is not in training" in runs("stop", one.id, status=2)
    runs("delete", one.id)
    assert store.count() == 0
