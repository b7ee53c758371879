"""Every page with what another version left in the store: it is said, and all else works."""

import itertools
import json
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import insert, update
from streamlit.testing.v1 import AppTest

from cnn.__main__ import main
from cnn.commands import doctor
from cnn.lessons.catalogue import challenges
from cnn.lessons.challenges.goals import written
from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.settings import images_folder
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    WEIGHTS,
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
    WorkerState,
)
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import designs, heartbeats, labels, tables
from cnn.training.store.archive import take_in_shipped
from cnn.training.store.store import Store, new_run
from cnn.version import VERSION
from tests.training.damaged import OTHERS, damage_all
from tests.training.exposition import metrics
from tests.training.unreadable import FOREIGN, KINDS, add_unreadable, damage, row_of, spoil
from tests.ui.parts.test_compare_budget import rows
from tests.ui.parts.test_training_data import kept
from tests.ui.shell.health.test_ready import answer
from tests.ui.views.test_learn import THOUSAND, trained_in_train
from tests.ui.visiting import arriving, figures, pressed, shown, visited, weights_file, words
from ui.parts.runs import history
from ui.parts.runs.history import PER_PAGE
from ui.parts.runs.runs import MOST_SHOWN, TAB
from ui.shell.health import ready

LENET = entry("lenet-5").architecture
SETTINGS = Configuration(epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)
TWO: dict[str, Any] = {"with": ["lenet-5", "simple-cnn"], "data": "shapes", "epochs": "3"}


def finished(store: Store, settings: Configuration = SETTINGS) -> Run:
    run = store.add(LENET, settings)
    store.finish(run.id, State.FINISHED, result=RESULT)
    store.keep_files(run.id, {WEIGHTS: weights_file(LENET)}, Checkpoint(epoch=4, step=30))
    found = store.get(run.id)
    assert found
    return found


def unreadable(store: Store, kind: str = "layer", version: str = "99.1") -> str:
    """A finished run that a version of this number wrote; its id."""
    run = finished(store)
    noted = json.dumps({"program": version})
    with store.begin() as connection:
        this = tables.runs.c.id == run.id
        connection.execute(update(tables.runs).where(this).values(environment=noted))
    spoil(store, run, kind)
    return run.id


def unreadable_design(store: Store, name: str) -> None:
    record = LENET.to_dict() | {"name": name, "layers": [{"kind": "Attention"}]}
    values = {"name": name, "architecture": json.dumps(record), "saved_at": 1.0}
    with store.begin() as connection:
        connection.execute(insert(tables.designs).values(values))


def said_of(id: str) -> str:
    return (
        f"un {id} was written by a later version (99.1) of the program; this one ({VERSION}) "
        "cannot read it: its network: layers[0]: unknown kind 'Attention'. It stays as it is: use "
        "the version that wrote it, or delete it."
    )


PAGES: dict[str, dict[str, Any]] = {
    "home": {},
    "train": {},
    "build": {},
    "compare": TWO,
    "experiments": {},
    "draw": {},
    "inside": {},
    "learn": {},
    "lesson": {"of": "shapes"},
    "desk": {"of": "shapes"},
}


def test_every_page_works_with_every_kind_of_run_that_cannot_be_read(store: Store):
    finished(store)
    for kind in KINDS:
        spoil(store, finished(store), kind)
        add_unreadable(store, new_run(LENET, SETTINGS), kind)
    unreadable_design(store, "of tomorrow")

    for page, asked in PAGES.items():
        visited(page, **asked)  # which no exception may have ended


def damaged(store: Store) -> list[str]:
    """Runs of a damaged store: each value in each column, and in several at once; their ids."""
    ids, columns = [], tables.runs.columns.keys()
    for held in FOREIGN.values():
        texts = ["name", "note", "network", "dataset"]
        for some in (*([one] for one in columns), columns[1:], texts):
            run = finished(store)
            damage(store, run, held, *some)
            ids.append(run.id)
    return ids


def test_whatever_is_in_a_column_of_a_damaged_store_every_page_opens(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    ids, good = damaged(store), finished(store)
    labels.rename(store, good.id, "the good one")
    monkeypatch.setattr(history, "PER_PAGE", 2 * len(ids))

    for page, asked in PAGES.items():
        app = visited(page, **asked)  # which no exception may have ended
        assert "run store" not in " ".join(one.value for one in app.error)
        if page == "train":
            found = rows(app, "Runs, the latest first")
            assert found["the good one"]["state"]["text"] == "finished"
            assert found["unnamed"]["state"]["text"] == "unreadable"


@pytest.mark.proof
def test_whatever_is_in_a_column_of_a_damaged_store_every_run_can_be_opened(store: Store):
    ids = damaged(store)

    for first in range(0, len(ids), MOST_SHOWN):
        visited("train", run=ids[first : first + MOST_SHOWN])


def damaged_beside(store: Store) -> Run:
    """A run in a store whose other tables are damaged: each value in each column, beside what is
    whole.
    """
    run = finished(store)
    for number in (1, 2):
        step = Step(number, number / 2, 0.5, 0.5, 0.01, float(number))
        norms = GradientNorms(number, {"conv2d_1": 0.5})
        store.record(run.id, [step], run.progress, State.FINISHED, gradients=[norms])
        store.record_epoch(run.id, Epoch(number, 0.5, 0.5, 0.5, 0.25, float(number)))
    sizes = {"train": 150, "validation": 30, "test": 300}
    store.freeze(run.id, "f" * 64, sizes, {})
    store.finish(run.id, State.FINISHED, result=RESULT)
    damage_all(store, run.id)
    return run


def test_whatever_is_in_the_rows_beside_runs_every_page_opens(store: Store):
    run = damaged_beside(store)

    for page, asked in PAGES.items():
        app = visited(page, **asked)  # which no exception may have ended
        assert "run store" not in " ".join(one.value for one in app.error)
    compared = TWO | {"with": ["lenet-5", f"run-{run.id}"]}
    assert "Left out" not in words(visited("compare", **compared))
    visited("inside", run=run.id)


def test_a_run_of_which_something_is_damaged_says_so_behind_every_tab(store: Store):
    run = damaged_beside(store)
    damaged = store.left_out(run.id)

    for tab in ("Curves", "Gradients", "Watch it learn", "Learning rate", "Facts", "Take away"):
        app = arriving("train", run=run.id)
        app.session_state[TAB] = tab
        said = words(shown(app))
        assert f"left out: {damaged[0]} (and {len(damaged) - 1} more)" in said
        assert "test 98.0 %" in said or figures(app)["Test accuracy"]["text"] == "98.0 %"


def test_with_rows_beside_runs_damaged_the_operator_is_answered(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    damaged_beside(store)
    heartbeats.beat(store, "a", WorkerState.READY)
    monkeypatch.setattr(ready, "_look", ready._Look(ready._readiness))
    monkeypatch.setattr(ready, "_count", ready._Look(ready._counted))
    ready._store.cache_clear()

    status, _, body = answer("/ready")
    assert (status, json.loads(body)["ready"]) == (200, True)
    status, _, body = answer("/metrics")
    assert (status, metrics(body)["cnn_ready"]) == (200, 1)
    ready._store.cache_clear()
    assert main(["runs", "list"]) == 0
    assert "LeNet-5" in capsys.readouterr().out
    assert not any(one.trouble for one in doctor._store(None) if one.topic == "store")
    assert main(["store", "check"]) == 1
    said = capsys.readouterr().out
    for table in set(OTHERS) - {tables.designs, tables.workers}:  # these are gone with the silent
        assert f" {table.name}, " in said


IN_JSON = {
    "result": dict.fromkeys(asdict(RESULT)),
    "progress": dict.fromkeys(asdict(Progress())),
    "checkpoint": dict.fromkeys(asdict(Checkpoint())),
    "images": dict.fromkeys(("train", "validation", "test")),
}
NO_FIGURES = {
    "no number": float("nan"),
    "beyond all numbers": float("inf"),
    "below all numbers": float("-inf"),
    "huge": 10**400,
    "a list": [1],
}


@pytest.mark.proof
def test_a_figure_in_a_run_that_is_none_makes_that_run_unreadable_and_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    good, ids = finished(store), []
    labels.rename(store, good.id, "the good one")
    for column, fields in IN_JSON.items():
        for field, held in itertools.product(fields, [*NO_FIGURES.values(), -5]):
            if (column, field, held) == ("checkpoint", "loss", -5):
                continue
            run = finished(store)
            row = row_of(store, run.id)
            known = json.loads(row[column])
            text = json.dumps({**dict.fromkeys(fields, 1), **known, field: held})
            with store.begin() as connection:
                this = tables.runs.c.id == run.id
                connection.execute(update(tables.runs).where(this).values({column: text}))
            ids.append(run.id)
    monkeypatch.setattr(history, "PER_PAGE", 2 * len(ids))

    readable = [one for one in store.latest(2 * len(ids)) if one.id in ids]

    assert {one.id for one in readable} == {id for id in ids if isinstance(store.look_up(id), Run)}
    for page, asked in PAGES.items():
        visited(page, **asked)
    for first in range(0, len(ids), MOST_SHOWN):
        visited("train", run=ids[first : first + MOST_SHOWN])
    unreadable = [store.look_up(id) for id in ids if id not in {one.id for one in readable}]
    assert len(unreadable) > 4 * len(ids) / 5
    assert all(isinstance(one, Unreadable) and VERSION in one.words for one in unreadable)


@pytest.mark.parametrize("kinds", [list(KINDS)[::2], list(KINDS)[1::2]], ids=["even", "odd"])
def test_the_list_shows_each_as_what_it_is_among_the_others(store: Store, kinds: list[str]):
    good = finished(store)
    bad = {kind: unreadable(store, kind) for kind in kinds}
    assert len(bad) < PER_PAGE
    with store.begin() as connection:
        for id in bad.values():
            this = tables.runs.c.id == id
            connection.execute(update(tables.runs).where(this).values(name=f"run {id}"))

    found = rows(visited("train"), "Runs, the latest first")

    assert set(found) == {good.name, *(f"run {id}" for id in bad.values())}
    for kind, id in bad.items():
        cells = found[f"run {id}"]
        assert cells["state"]["text"] == "unreadable"
        assert cells["name"]["note"].startswith(KINDS[kind][1][:30])
    assert found[good.name]["state"]["text"] == "finished"


def test_an_opened_run_says_why_and_is_deleted_only_where_a_person_wants_that(store: Store):
    good, bad = finished(store), unreadable(store)
    row = row_of(store, bad)

    app = visited("train", run=bad)

    assert said_of(bad) in words(app)
    assert "not there any more" not in words(app)
    assert row_of(store, bad) == row
    pressed(app, "Delete it")
    assert store.look_up(bad) is None
    assert store.get(good.id) == good
    assert "run" not in app.query_params


def test_one_that_another_version_is_at_work_with_is_not_deleted_under_its_hands(store: Store):
    bad = store.add(LENET, SETTINGS, worker="of another version")
    spoil(store, bad, "layer")

    app = visited("train", run=bad.id)

    assert "cannot read it" in words(app)
    assert not [button for button in app.button if button.label == "Delete it"]


def test_of_several_runs_in_an_address_those_that_can_be_read_are_shown(store: Store):
    one, bad, other = finished(store), unreadable(store), finished(store)

    said = words(visited("train", run=[one.id, bad, other.id, "0123456789ab"]))

    assert said_of(bad) in said
    assert "A run of this address is not there any more." in said
    assert said.count("test 98.0 %") == 2


def test_one_that_goes_on_from_a_run_that_cannot_be_read_still_leads_to_it(store: Store):
    first = finished(store)
    run = store.add(LENET, SETTINGS)
    with store.begin() as connection:
        this = tables.runs.c.id == run.id
        connection.execute(update(tables.runs).where(this).values(continues=first.id))
    spoil(store, first, "layer")

    app = pressed(visited("train", run=run.id), "Show that run")

    assert f"un {first.id} was written by" in words(app)


def test_a_comparison_leaves_out_what_it_cannot_read_and_says_so(store: Store):
    designs.save(store, entry("shapes-demo").architecture)
    unreadable_design(store, "of tomorrow")
    bad = unreadable(store)
    link = encode(LENET)

    app = visited("compare", **TWO | {"with": ["lenet-5", f"run-{bad}"]})

    said = words(app)
    assert f"Left out: r{said_of(bad)}" in said
    assert "The run was deleted" not in said
    (networks,) = [one for one in app.multiselect if one.label == "Networks"]
    assert f"run {bad} (unreadable)" in networks.options
    assert link not in networks.options


def test_a_training_of_a_comparison_that_cannot_be_read_is_said_and_can_be_done_anew(store: Store):
    app = visited("compare", **TWO)
    pressed(app, "Train all")
    bad = next(run for run in store.latest() if run.name == "LeNet-5")
    spoil(store, bad, "field of its progress")

    app = visited("compare", **TWO)

    assert f"Left out: run {bad.id} was written by version {VERSION} of the program" in words(app)
    pressed(app, "Train the one missing")
    assert len(store.find([bad.recipe])) == 1
    assert store.look_up(bad.id)


def test_saved_designs_beside_one_of_another_version_are_offered_in_a_comparison(store: Store):
    mine = entry("shapes-demo").architecture
    designs.save(store, mine)
    unreadable_design(store, "of tomorrow")

    app = visited("compare", **TWO)

    (networks,) = [one for one in app.multiselect if one.label == "Networks"]
    assert len(networks.options) == len(set(networks.options))
    assert not app.exception


def saved() -> None:
    from ui.views.build.saved import saved_designs

    saved_designs()


def test_saved_designs_are_opened_beside_one_that_cannot_be_read_and_it_can_be_deleted(
    store: Store,
):
    designs.save(store, LENET)
    unreadable_design(store, "of tomorrow")

    app = AppTest.from_function(saved, default_timeout=60).run()

    assert not app.exception
    assert [one.label for one in app.button if one.label] == ["LeNet\\-5 · 61,706"]
    said = words(app)
    assert "The design 'of tomorrow' was saved by another version of the program" in said
    assert "unknown kind 'Attention'. It stays as it is: use the version that wrote it" in said
    app.button(key="unsave_of tomorrow").click().run()
    assert [one.name for one in designs.latest(store)] == ["LeNet-5"]


def test_a_design_is_not_saved_over_one_that_cannot_be_read_unasked(store: Store):
    unreadable_design(store, LENET.name)

    app = pressed(visited("build", net=encode(LENET)), "Save")

    assert "Another design is saved as LeNet-5. Replace it, or keep both?" in words(app)
    found = designs.find(store, LENET.name)
    assert isinstance(found, designs.UnreadableDesign)


def test_looking_inside_says_why_a_run_cannot_be_looked_into(store: Store):
    bad = unreadable(store)

    assert said_of(bad) in words(visited("inside", run=bad))


def test_a_lesson_whose_training_cannot_be_read_says_so_and_can_begin_another(store: Store):
    bad = unreadable(store)

    app = visited("lesson", of="shapes", run=bad)

    assert said_of(bad) in words(app)
    assert not app.button(key="lesson_shapes_train").disabled
    pressed(app, "Delete it")
    assert app.query_params["of"] == "shapes"
    assert store.count() == 0


def test_a_try_that_came_to_its_test_counts_though_it_cannot_be_read(store: Store):
    first = trained_in_train(store, 0.9, epochs="20")
    spoil(store, first, "layer")
    assert "not passed; tries so far: 1" in words(visited("build", goals=THOUSAND))

    second = trained_in_train(store, 0.99, epochs="30")

    assert "this is try 2" in words(visited("train", run=second, goals=THOUSAND))


def test_own_images_are_kept_for_a_run_that_waits_and_cannot_be_read(store: Store):
    one = kept()
    pressed(visited("train", network="lenet-5", data=one.id), "Train")
    (run,) = store.latest()
    spoil(store, run, "setting")

    assert "A training that is not over yet needs them" in words(visited("train", data=one.id))
    assert images_folder().exists()


def test_the_comparison_that_ships_says_where_another_version_has_written_it(store: Store):
    ids = take_in_shipped(store)
    for id in ids:
        spoil(store, id, "setting")

    assert f"un {ids[0]} was written by" in words(visited("compare", open="shipped"))

    with store.begin() as connection:
        connection.execute(tables.runs.delete().where(tables.runs.c.id.in_(ids[5:])))
    assert "Five networks on all of MNIST" in words(visited("compare", open="shipped"))


def test_a_challenge_opens_with_runs_that_cannot_be_read(store: Store):
    for one in challenges():
        unreadable(store)
        visited("build", goals=written(one.goals))
