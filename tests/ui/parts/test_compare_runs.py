"""Runs in a comparison that stand as they were trained: those that went on from another one."""

from dataclasses import replace
from typing import Any

from cnn.network.zoo import entry
from cnn.training.recipe.run import Checkpoint, Result, Run, State
from cnn.training.store.store import Store
from cnn.training.workers.resuming import extend
from tests.ui.parts.test_compare_budget import rows
from tests.ui.views.test_compare import SETTINGS, TWO, data, finished
from tests.ui.visiting import ROOT, pressed, shown, visited, words
from ui.parts.comparison import kept

__all__ = ["data"]


def gone_on(store: Store, data: Any) -> Run:
    """A finished run that continues another, in which one was wrong as often."""
    begun = finished(store, "lenet-5", data, wrong=40)
    store.keep_files(begun.id, {}, Checkpoint(epoch=3, step=20))
    new = extend(store, begun.id, 2, worker="me")
    store.finish(new.id, State.FINISHED, result=Result(0.1, 0.95, 300, 150, 30, 8.0, 4_000.0))
    return new


def test_a_run_that_went_on_is_compared_as_itself_and_not_trained_anew(store: Store, data):
    finished(store, "simple-cnn", data, wrong=5)
    new = gone_on(store, data)
    one = f"run-{new.id}"

    app = visited("compare", **(TWO | {"with": ["simple-cnn", one]}))

    assert not app.exception
    name = f"LeNet-5, run {new.id[:4]}"
    cell = rows(app, "The networks compared")[name]["test_accuracy"]
    assert (cell["text"], cell["note"]) == ("95.0\u202f%", "n = 1")
    assert app.query_params["with"] == ["simple-cnn", one]
    assert not [button for button in app.button if button.label.startswith("Train")]
    assert f"{name} stands as it was trained, whatever is chosen above." in words(app)
    assert "4 epochs, adam" in words(app)

    store.remove(new.id)
    app.run()
    assert not app.exception
    assert f"Left out: {name} (as trained). The run was deleted." in words(app)
    assert app.query_params["with"] == ["simple-cnn", one]


def test_what_is_the_same_is_said_to_be_so_of_those_alone_for_whom_it_is(store: Store, data):
    one = f"run-{gone_on(store, data).id}"
    app = visited("compare", **(TWO | {"with": ["simple-cnn", "lenet-5"]}))
    assert app.button_group(key="compare_equal").label == "The same for all"
    app.button_group(key="compare_equal").set_value("training-MACs").run()

    app.multiselect(key="compare_networks").set_value(["simple-cnn", one]).run()

    control = app.button_group(key="compare_equal")
    assert control.label == "The same for all but runs as trained"
    assert control.value == "training-MACs"
    assert app.query_params["budget"] == "training-macs"


def test_runs_are_compared_under_the_conditions_of_the_first_or_as_they_were_trained(
    store: Store, data
):
    first = store.get(finished(store, "lenet-5", data, seed=3).id)
    alike = store.get(finished(store, "simple-cnn", data).id)
    longer = store.get(store.add(entry("simple-cnn").architecture, replace(SETTINGS, epochs=9)).id)
    new = store.get(gone_on(store, data).id)
    assert first
    assert alike
    assert longer
    assert new

    under = kept.conditions([new, first, longer])

    assert under == replace(SETTINGS, seed=0)
    assert [kept.is_found(run, under) for run in (first, alike, longer, new)] == [
        *(True, True, False, False),
    ]
    beyond = replace(first, configuration=replace(SETTINGS, seed=42))
    assert not kept.is_found(beyond, under)  # a comparison has seeds 0 to 9


def test_a_finished_run_is_set_beside_another_network_under_its_own_conditions(store: Store, data):
    run = finished(store, "simple-cnn", data, seed=2)
    app = visited("train", run=run.id)

    query = pressed(app, "Add to comparison").query_params

    assert [app.title[0].value, query["with"]] == ["Compare", ["lenet-5", "simple-cnn"]]
    assert (query["seeds"], query["epochs"]) == ("3", str(SETTINGS.epochs))


def test_another_run_comes_to_those_chosen_and_as_it_was_trained_where_it_has_to(
    store: Store, data
):
    begun, new = finished(store, "simple-cnn", data), gone_on(store, data)
    app = pressed(visited("train", run=begun.id), "Add to comparison")

    app.switch_page(str(ROOT / "pages" / "train.py"))
    app.query_params.clear()
    app.query_params["run"] = new.id
    pressed(shown(app), "Add to comparison")

    assert app.query_params["with"] == ["lenet-5", "simple-cnn", f"run-{new.id}"]


def test_a_run_without_a_result_is_not_compared(store: Store, data):
    waits = store.add(entry("simple-cnn").architecture, SETTINGS)

    labels = [one.label for one in visited("train", run=waits.id).button]

    assert "Stop" in labels
    assert "Add to comparison" not in labels
