"""What every network of a comparison is given, and what is said of seeds that do not count."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import Dataset, DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.ui.views.test_compare import SETTINGS, TWO, data, finished
from tests.ui.views.test_train import address
from tests.ui.visiting import pressed, visited, words

__all__ = ["data"]

SAMPLE = {"with": ["lenet-5", "simple-cnn"], "data": "mnist-sample", "epochs": "5"}


def rows(app: AppTest, label: str) -> dict[str, dict[str, Any]]:
    """The lines of a table of the page, by what is in their first column."""
    import json

    for found in app.get("bidi_component"):
        (sent,) = json.loads(found.proto.json or "[]") or ({},)
        if isinstance(sent, dict) and sent.get("label") == label:
            first = sent["columns"][0]["key"]
            return {row["cells"][first]["text"]: row["cells"] for row in sent["rows"]}
    raise AssertionError(f"there is no table {label!r}")


def test_equal_macs_queue_each_network_with_its_own_steps(store: Store):
    app = visited("compare", budget="training-macs", **SAMPLE)

    assert "LeNet-5 395 steps (28.3 G MACs), Simple CNN 149 steps" in words(app).replace("\\", "")
    pressed(app, "Train all")
    made = {run.name: run.configuration for run in store.latest()}
    plain = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
    # Simple CNN spends 2,982,336 MACs on each image, LeNet-5 1,131,960: see test_budget.py.
    assert made == {"LeNet-5": plain, "Simple CNN": replace(plain, epochs=2, steps=149)}


def test_a_comparison_made_by_the_count_of_earlier_versions_keeps_it_and_says_so(store: Store):
    app = visited("compare", budget="macs", **SAMPLE)

    said = words(app).replace("\\", "")
    assert "counted forward only, as in the version that made it" in said
    assert "LeNet-5 395 steps (10.4 G MACs), Simple CNN 159 steps" in said
    # A network that is added is given its steps by the same count: 25,000 x 416,520 MACs are
    # 103,435 images of Shapes demo's 100,672: 20 epochs of 79 steps, and 53.7 batches of 64.
    chosen = app.multiselect(key="compare_networks")
    chosen.set_value([*chosen.value, "shapes-demo"]).run()
    assert address(app, "budget") == ["macs"]
    pressed(app, "Train all")
    made = {run.name: run.configuration for run in store.latest()}
    plain = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
    assert made == {
        "LeNet-5": plain,
        "Simple CNN": replace(plain, epochs=3, steps=159),
        "Shapes demo": replace(plain, epochs=21, steps=1_634),
    }


def test_the_count_of_earlier_versions_is_offered_to_its_own_comparisons_alone(store: Store):
    new, old = (visited("compare", budget=word, **SAMPLE) for word in ("epochs", "macs"))

    today = ["epochs", "time", "MACs"]
    assert new.button_group(key="compare_equal").options == today
    assert old.button_group(key="compare_equal").options == [*today, "MACs, forward only"]
    # It can be had back as long as the page is open.
    old.button_group(key="compare_equal").set_value("training-MACs").run()
    assert address(old, "budget") == ["training-macs"]
    old.button_group(key="compare_equal").set_value("MACs").run()
    assert address(old, "budget") == ["macs"]


def test_equal_time_queues_the_same_seconds_for_all(store: Store):
    app = visited("compare", budget="30s", **SAMPLE)

    assert "Each is given 30 s of training steps" in words(app)
    assert [one.label for one in app.number_input][:1] == ["Seconds"]
    pressed(app, "Train all")
    assert {run.configuration.seconds for run in store.latest()} == {30.0}


def test_the_choice_is_in_the_address_and_nonsense_there_is_equal_epochs(store: Store):
    app = visited("compare", budget="nonsense", **SAMPLE)
    assert "budget" not in app.query_params

    app.button_group(key="compare_equal").set_value("training-MACs").run()
    assert address(app, "budget") == ["training-macs"]
    app.button_group(key="compare_equal").set_value("time").run()
    assert address(app, "budget") == ["20s"]
    app.button_group(key="compare_equal").set_value("epochs").run()
    assert "budget" not in app.query_params


def test_a_network_added_later_is_the_only_one_that_is_trained(store: Store):
    pressed(visited("compare", budget="macs", **SAMPLE), "Train all")
    for run in store.latest():
        store.finish(run.id, State.FAILED, "?")
        store.remove(run.id) if run.name == "Simple CNN" else store.finish(run.id, State.DIVERGED)

    app = visited("compare", budget="macs", **SAMPLE)

    assert [button.label for button in app.button if "missing" in button.label] == [
        "Train the one missing"
    ]


@pytest.mark.parametrize("state", [State.DIVERGED, State.FAILED, State.STOPPED, State.INTERRUPTED])
def test_a_seed_without_a_result_is_shown_as_that_and_in_no_mean(
    store: Store, data: Dataset, state: State
):
    finished(store, "lenet-5", data, wrong=30)
    finished(store, "lenet-5", data, seed=1, wrong=60)
    network, _ = with_classes(entry("lenet-5").architecture, 3)
    ended = store.add(network, replace(SETTINGS, seed=2), worker="me")
    store.finish(ended.id, state, "?")

    lenet = rows(visited("compare", seeds="3", **TWO), "The networks compared")["LeNet-5"]

    assert lenet["name"]["note"] == f"seed 2 {state}, left out"
    assert lenet["test_accuracy"]["note"] == "n = 2"
    assert lenet["test_accuracy"]["sort"] == pytest.approx((270 / 300 + 240 / 300) / 2)


def test_a_run_deleted_meanwhile_is_said_to_be_gone_and_n_says_so(store: Store, data: Dataset):
    finished(store, "lenet-5", data, wrong=30)
    gone = finished(store, "lenet-5", data, seed=1, wrong=60)
    finished(store, "simple-cnn", data)
    finished(store, "simple-cnn", data, seed=1)
    app = visited("compare", seeds="2", **TWO)
    assert rows(app, "The networks compared")["LeNet-5"]["test_accuracy"]["note"] == "n = 2"

    store.remove(gone.id)
    app.run()

    assert not app.exception
    lenet = rows(app, "The networks compared")["LeNet-5"]
    assert lenet["name"]["note"] == "seed 1 not trained, or deleted"
    assert (lenet["test_accuracy"]["note"], lenet["test_accuracy"]["sort"]) == (
        "n = 1",
        pytest.approx(0.9),
    )
    assert [button.label for button in app.button if "missing" in button.label] == [
        "Train the one missing"
    ]


def test_only_the_settings_that_differ_are_listed(store: Store, data: Dataset):
    for seed in (0, 1):
        finished(store, "lenet-5", data, seed=seed)
        finished(store, "simple-cnn", data, seed=seed)

    app = visited("compare", seeds="2", **TWO)
    found = rows(app, "Settings that differ")

    # A run that stands as it was trained may have another seed than all of the other network.
    assert "is the same in all of them, as far as it is known (seeds left out)." in words(app)
    assert set(found) == {"parameters", "MACs per image", "layers"}
    # Simple CNN and LeNet-5 with three classes in place of ten, as in test_command_line_compare.
    assert [found["parameters"][place]["text"] for place in ("0", "1")] == ["61,111", "9,507"]


def test_equal_macs_that_are_more_epochs_than_are_trained_here_leave_a_network_out(
    store: Store, monkeypatch
):
    monkeypatch.setenv("CNN_MAX_EPOCHS", "6")
    turned = SAMPLE | {"with": ["simple-cnn", "lenet-5"]}

    app = visited("compare", budget="macs", **turned)

    # Simple CNN's 5 epochs cost as much as 12.4 of LeNet-5's, each of 79 steps.
    said = words(app)
    assert "Left out: LeNet-5 would be trained for 978 steps" in said
    assert "1 to 474 can be, which is 6 epochs. Change the epochs." in said
