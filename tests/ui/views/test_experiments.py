"""The Experiments page as its script sees a visitor: each tab, its address, and what it queues."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.comparing.depth import kernel_layers
from cnn.comparing.sweep import Field
from cnn.data import DatasetName, DatasetSpec
from cnn.network.block_pairs import PAIRS
from cnn.network.deep_networks import Way, deep_network
from cnn.network.link import encode
from cnn.network.trace import trace
from cnn.network.variants import with_filters
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import LIVE, Epoch, GradientNorms, Progress, Result, Run, State
from cnn.training.store.store import Store
from tests.ui.views.test_train import ROOT, address
from tests.ui.visiting import pressed, visited, words

SHAPES = DatasetSpec(DatasetName.SHAPES)
SETTINGS = Configuration(SHAPES, epochs=2)
SWEEP = {"tab": "sweep", "network": "simple-cnn", "field": "filters", "value": ["0.5", "1"]}
ON_SHAPES = {"data": "shapes", "epochs": "2", "seeds": "1"}


def opened(**query: Any) -> AppTest:
    return visited("experiments", **(ON_SHAPES | query))


def finished(store: Store, network: Any, accuracy: float, seed: int = 0, norm: float = 0.5) -> Run:
    fitted, _ = with_classes(network, 3)
    run = store.add(fitted, replace(SETTINGS, seed=seed), worker="me")
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    norms = GradientNorms(
        4, {name: norm**place for place, name in enumerate(kernel_layers(fitted))}
    )
    store.record(run.id, [], Progress(2, 20, 20), gradients=[norms])
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, accuracy, 2.0))
    result = Result(0.1, accuracy, 300, 150, 30, 4.0, 4_000.0)
    store.finish(run.id, State.FINISHED, result=result)
    return run


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_first_visit_finds_two_ways_to_build_a_block_and_an_estimate(store: Store):
    app = visited("experiments")

    assert app.session_state["blocks_pair"] == "kernels"
    assert "Two small kernels in a row see as far as one large one" in words(app)
    assert "2 trainings, one after the other: " in words(app)
    assert "Train both" in labels(app)
    assert address(app, "tab") == ["blocks"]
    assert address(app, "data") == ["mnist-sample"]


@pytest.mark.parametrize("id", PAIRS)
def test_both_sides_are_queued_in_a_click_under_the_same_conditions(store: Store, id: str):
    app = opened(tab="blocks", pair=id, channels="8")

    pressed(app, "Train both")

    runs = store.latest()
    assert {run.configuration for run in runs} == {SETTINGS}
    expected = {with_classes(PAIRS[id].network(side, 8), 3)[0].layers for side in PAIRS[id].sides}
    assert {run.architecture.layers for run in runs} == expected
    assert "instead of 10, one per class" in runs[0].changes[0]


@pytest.mark.parametrize(
    "query", [{"pair": "<b>", "channels": "-1"}, {"pair": "", "channels": "9" * 5_000}]
)
def test_an_address_that_makes_no_sense_opens_the_first_block(store: Store, query):
    app = opened(tab="blocks", **query)

    assert address(app, "pair") == ["kernels"]
    assert address(app, "channels") == ["16"]


@pytest.mark.parametrize("id", CLASSICS)
def test_each_classic_stands_beside_what_it_was_made_from(store: Store, id: str):
    app = opened(tab="originals", network=id)

    assert entry(id).citation in words(app)
    assert f"{len(entry(id).cut)}" == str(
        words(app).split("What was cut or changed")[1].count("- ")
    )
    assert address(app, "network") == [id]
    pressed(app, f"Open {entry(id).title} in Build")


def test_the_depth_experiment_queues_only_what_is_missing(store: Store):
    finished(store, deep_network(8, Way.PLAIN), 0.9)
    app = opened(tab="depth", depth=["8", "14"], norm="yes")

    pressed(app, "Train the 3 missing")

    assert {run.architecture.name for run in store.latest()} == {
        *("Plain 8", "Residual 8", "Plain 14", "Residual 14")
    }


def test_what_was_measured_of_depth_is_said_even_where_plain_is_not_worse(store: Store):
    for depth, way, accuracy in (
        (8, Way.PLAIN, 0.5),
        (14, Way.PLAIN, 0.9),
        (8, Way.RESIDUAL, 0.9),
        (14, Way.RESIDUAL, 0.9),
    ):
        finished(store, deep_network(depth, way), accuracy)

    said = words(opened(tab="depth", depth=["8", "14"], norm="yes")).replace("\\", "")

    assert "Plain: 50.0 % of 300 test images (one seed) at depth 8, 90.0 % of 300" in said
    assert "It cannot be told: run" in said  # these runs keep no answers to be judged by
    assert "At depth 14, plain has 90.0 %" in said
    # Norms of 0.5 to the power of the place: 2**12 is 4,096.
    assert "Plain: the norm in the first convolution is 4,100 times that in the last." in said
    assert "at step 4" in said


def test_no_depth_at_all_is_asked_for(store: Store):
    app = opened(tab="depth", depth="8", norm="yes")
    app.session_state["depth_depths"] = []
    app.run()

    assert not app.exception
    assert "Choose at least one depth" in words(app)


def test_a_sweep_queues_each_value_and_each_seed_once(store: Store):
    app = opened(**(SWEEP | {"seeds": "2"}))

    pressed(app, "Train all")

    runs = store.latest()
    assert sorted((run.name, run.configuration.seed) for run in runs) == [
        ("Simple CNN, filters ×0.5", 0),
        ("Simple CNN, filters ×0.5", 1),
        ("Simple CNN, filters ×1", 0),
        ("Simple CNN, filters ×1", 1),
    ]
    assert {trace(run.architecture).total_params for run in runs} == {
        trace(
            with_classes(with_filters(entry("simple-cnn").architecture, factor), 3)[0]
        ).total_params
        for factor in (0.5, 1)
    }
    assert address(app, "value") == ["0.5", "1"]


def test_a_sweep_knows_what_compare_has_trained_and_leads_there(store: Store):
    finished(store, entry("simple-cnn").architecture, 0.8)
    app = opened(**SWEEP)

    assert "1 of 2 trainings finished" in str([one.proto.text for one in app.get("progress")])
    assert "Train the one missing" in labels(app)
    assert "on 300." in words(app)
    pressed(app, "Open in Compare")
    names = app.session_state["compare_networks"]
    assert len(names) == 2
    assert app.session_state["compare_seeds"] == 1


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"value": ["1", "<img src=x>"]}, "filters must be a number, got"),
        ({"field": "dropout", "value": "0.5"}, "Simple CNN has no dropout layer"),
        ({"field": "batch-size", "value": "0"}, "batch_size must be a whole number"),
        ({"field": "learning-rate", "value": "99"}, "learning_rate must be a number"),
    ],
)
def test_what_cannot_be_swept_is_refused_by_name_and_nothing_is_queued(store, query, message):
    app = opened(**(SWEEP | query))

    assert message in words(app)
    assert all("<img" not in one.value.replace("\\<", "") for one in app.error)
    assert not [label for label in labels(app) if label.startswith("Train")]
    assert store.count() == 0


def test_a_swept_setting_of_the_training_takes_the_place_of_the_one_below(store: Store):
    app = opened(**(SWEEP | {"field": "batch-size", "value": ["16", "32"], "batch_size": "8"}))

    pressed(app, "Train all")

    assert {run.configuration.batch_size for run in store.latest()} == {16, 32}
    assert "Open in Compare" not in labels(app)


def test_an_own_design_is_swept_from_its_address_alone(store: Store):
    own = with_filters(entry("lenet-5").architecture, 0.5)
    app = opened(**(SWEEP | {"network": encode(own)}))

    pressed(app, "Train all")

    assert store.count() == 2
    assert address(app, "network") == [encode(own)]


def test_the_depth_results_that_ship_are_there_in_a_click(store: Store):
    app = opened(tab="depth", depth="8", norm="no")

    app.button(key="depth_shipped").click().run()

    assert not app.exception
    assert store.count(LIVE) == 0
    assert "40 of 40 trainings finished" in next(one.text for one in app.get("progress"))
    assert "98.1 % of 1,000 test images" in words(app)
    assert "40 of the 40 runs come with the program" in words(app)
    assert address(app, "depth") == ["8", "14", "20", "32"]
    assert address(app, "data") == ["mnist-sample"]


def test_who_goes_back_finds_what_was_chosen_before(store: Store, monkeypatch: pytest.MonkeyPatch):
    app = opened(**SWEEP)
    before = {name: app.query_params[name] for name in app.query_params}
    app.button_group(key="sweep_field").set_value(Field.KERNEL_SIZE).run()
    after = {name: app.query_params[name] for name in app.query_params}
    assert after != before
    monkeypatch.setattr("ui.session.address.went_back", lambda: True)

    for wanted, field in ((before, Field.FILTERS), (after, Field.KERNEL_SIZE)):
        app.query_params.clear()
        for name, value in wanted.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        assert app.session_state["sweep_field"] == field
        assert {name: app.query_params[name] for name in app.query_params} == wanted


def test_another_address_in_the_same_session_is_opened(store: Store):
    app = opened(**SWEEP)
    app.query_params.clear()
    for name, value in ({"tab": "depth", "depth": "8", "norm": "no"} | ON_SHAPES).items():
        app.query_params[name] = value
    app.run()

    assert not app.exception
    assert app.session_state["experiments_tab"] == "Depth"
    assert app.session_state["depth_norms"] == ["no"]


def test_the_tab_that_was_open_is_open_again_after_another_page(store: Store):
    app = opened(**SWEEP)
    app.switch_page(str(ROOT / "pages" / "home.py")).run()
    app.query_params.clear()
    app.switch_page(str(ROOT / "pages" / "experiments.py")).run()

    assert not app.exception
    assert app.session_state["experiments_tab"] == "Sweep"
    assert address(app, "value") == ["0.5", "1"]
