"""What the Compare page says of runs that are there: the table, what is real, what differs."""

import csv
import io
import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.__main__ import main
from cnn.comparing.verdict_words import THE_RULE, about_seeds, before_training
from cnn.data import Dataset, DatasetName, DatasetSpec, fingerprint, load
from cnn.insight.readings.answer_time import answer_ms
from cnn.network.variants import with_filters
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import PREDICTIONS, Epoch, Progress, Result, Run, State, Step
from cnn.training.store import archive, designs
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.some import some
from tests.ui.visiting import saved, visited, words

SPEC = DatasetSpec(DatasetName.SHAPES)
SETTINGS = Configuration(SPEC, epochs=2)
TWO = {"with": ["lenet-5", "simple-cnn"], "data": "shapes", "epochs": "2"}


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load(SPEC, (28, 28, 1))


def finished(
    store: Store, network: str, data: Any, *, seed: int = 0, wrong: int = 0, mark: str = ""
) -> Run:
    """A run that got the first `wrong` test images wrong."""
    architecture, _ = with_classes(entry(network).architecture, 3)
    run = store.add(architecture, replace(SETTINGS, seed=seed), worker="me")
    images = {name: len(split) for name, split in data.splits.items()}
    store.freeze(run.id, mark or fingerprint(data), images, {"keras": "3"})
    store.record(
        run.id, [Step(i, i / 10, 1 / i, 0.5, 0.01, i) for i in (1, 2)], Progress(2, 20, 20)
    )
    for epoch, accuracy in ((1, 0.5), (2, 0.9)):
        store.record_epoch(run.id, Epoch(epoch, 1.0, 0.5, 1.1, accuracy, 2.0 * epoch))
    labels = data.test.labels
    given = np.where(np.arange(len(labels)) < wrong, (labels + 1) % 3, labels)
    scores = np.eye(3, dtype=np.float16)[given]
    store.keep_file(run.id, PREDICTIONS, arrays_to_bytes({"scores": scores, "labels": labels}))
    test = 1 - wrong / len(labels)
    store.finish(run.id, State.FINISHED, result=Result(0.1, test, 300, 150, 30, 4.0, 4_000.0))
    return run


def html(app: AppTest) -> str:
    return "\n".join(one.proto.body for one in app.get("html"))


def headings(app: AppTest) -> list[str]:
    return [one.value for one in app.header]


def test_two_networks_on_the_same_images_are_judged_and_their_images_shown(store: Store, data):
    finished(store, "lenet-5", data, wrong=40)
    finished(store, "simple-cnn", data, wrong=5)

    app = visited("compare", **TWO)

    assert app.selectbox(key="compare_first").value == "simple-cnn"  # the better one is first
    # Of the 40 images the one has wrong, the other has 35 right; of its 5, none.
    assert "Simple CNN alone is right on 35 of 300 test images, LeNet-5 on 0" in html(app)
    assert "Of the networks trained with seed 0, on images like these, Simple CNN is ri" in html(
        app
    )
    assert "Over seeds it cannot be told" in html(app)
    assert html(app).count("data:image/png") == 24
    assert "The 24 in which LeNet-5 was surest." in words(app)


def test_runs_on_other_data_are_neither_ranked_nor_judged_silently(store: Store, data):
    finished(store, "lenet-5", data, wrong=40)
    finished(store, "simple-cnn", data, mark="0" * 64)

    app = visited("compare", **TWO)

    assert "Not ranked by accuracy" in words(app)
    assert "★" not in words(app)
    assert "It cannot be told: Their data are not the same" in html(app)
    assert "data:image/png" not in html(app)


def test_images_are_not_shown_of_data_that_have_changed_since(store: Store, data):
    for network in ("lenet-5", "simple-cnn"):
        finished(store, network, data, wrong=3, mark="0" * 64)

    app = visited("compare", **TWO)

    assert "are right on the same of the 300 test images" in html(app)
    assert "not those of the runs any more" in words(app)


def test_with_several_seeds_one_chooses_whose_runs_are_compared(store: Store, data):
    for seed, wrong in ((0, 30), (1, 50)):
        finished(store, "lenet-5", data, seed=seed, wrong=wrong)
        finished(store, "simple-cnn", data, seed=seed)
    app = visited("compare", seeds="2", **TWO)
    assert "trained with seeds 0 and 1, on images like these" in html(app)
    assert "LeNet-5 wrong</b>: 30 of 300" in html(app)

    app.button_group(key="compare_seed").set_value(1).run()

    assert "trained with seeds 0 and 1, on images like these" in html(app)
    assert "LeNet-5 wrong</b>: 50 of 300" in html(app)


def test_own_designs_and_the_networks_of_finished_runs_can_be_chosen(store: Store, data):
    own = with_filters(entry("simple-cnn").architecture, 0.5)
    tried = with_filters(entry("simple-cnn").architecture, 2)
    designs.save(store, own)
    finished(store, "lenet-5", data)  # fitted to its data, and still the zoo's LeNet-5
    store.finish(store.add(tried, SETTINGS, worker="me").id, State.FINISHED)

    app = visited("compare", **TWO)

    offered = app.multiselect(key="compare_networks").options
    assert [one for one in offered if one.endswith(" (yours)")] == [
        f"{own.name} (yours)",
        f"{tried.name} (yours)",
    ]


def test_before_anything_is_trained_it_is_said_what_so_many_seeds_can_show(store: Store):
    app = visited("compare", seeds="1", **TWO)
    seeds = app.number_input(key="compare_seeds")

    assert seeds.help == about_seeds()
    assert before_training(1) in [one.value for one in app.caption]
    seeds.set_value(5).run()
    assert before_training(5) in [one.value for one in app.caption]


def test_who_goes_back_finds_the_comparison_before(store: Store, monkeypatch: pytest.MonkeyPatch):
    app = visited("compare", seeds="2", **TWO)
    before = {name: app.query_params[name] for name in app.query_params}
    app.number_input(key="compare_seeds").set_value(3).run()
    assert app.query_params["seeds"] == "3"

    app.query_params.clear()
    for name, value in before.items():
        app.query_params[name] = value
    monkeypatch.setattr("ui.session.address.went_back", lambda: True)
    app.run()

    assert not app.exception
    assert app.number_input(key="compare_seeds").value == 2
    assert app.query_params["seeds"] == "2"


def test_what_an_answer_takes_is_measured_here(store: Store, data):
    for network in ("lenet-5", "vgg-lite"):
        finished(store, network, data)
    app = visited("compare", **(TWO | {"with": ["lenet-5", "vgg-lite"]}))

    app.button_group(key="compare_cost").set_value("answer").run()

    assert not app.exception
    assert "One image at a time through this program's forward pass" in words(app)
    small, large = (answer_ms(entry(id).architecture) for id in ("lenet-5", "vgg-lite"))
    assert 0 < small < large  # of 416,520 MACs and of 7.4 million


def test_the_two_best_are_judged_until_somebody_chooses(store: Store, data):
    three = TWO | {"with": ["lenet-5", "simple-cnn", "keras-mnist"]}
    finished(store, "lenet-5", data, wrong=40)
    finished(store, "simple-cnn", data, wrong=5)
    app = visited("compare", **three)
    assert app.selectbox(key="compare_second").value == "lenet-5"

    finished(store, "keras-mnist", data)  # and is the best of all
    app.run()
    chosen = [app.selectbox(key=f"compare_{name}").value for name in ("first", "second")]
    assert chosen == ["keras-mnist", "simple-cnn"]

    app.selectbox(key="compare_second").set_value("lenet-5").run()
    app.run()
    assert app.selectbox(key="compare_second").value == "lenet-5"


def test_page_and_command_line_count_the_networks_that_are_not_shown(
    store: Store, data, capsys: pytest.CaptureFixture[str]
):
    for place, network in enumerate(("lenet-5", "simple-cnn", "vgg-lite", "keras-mnist")):
        for seed in range(3):
            finished(store, network, data, seed=seed, wrong=20 * place + seed)
    told = "The level is shared with 2 networks that are not shown."

    app = visited("compare", seeds="3", **TWO)
    asked = ["compare", *TWO["with"], "--dataset", "shapes", "--epochs", "2", "--seeds", "3"]
    assert main(asked) == 0
    on_the_command_line = capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert told in words(app)
    assert told in on_the_command_line
    assert (found["networks_not_shown_that_share_it"], found["pairs_that_share_the_level"]) == (
        *(2, 6),
    )
    (pair,) = found["pairs"]
    assert pair["seeds"]["level"] == pytest.approx(0.05 / 6)
    assert pair["sentences"][0] in html(app)


def test_a_network_cannot_be_compared_with_itself(store: Store, data):
    finished(store, "lenet-5", data)
    finished(store, "simple-cnn", data)
    app = visited("compare", **TWO)

    app.selectbox(key="compare_second").set_value("lenet-5").run()

    assert not app.exception
    assert "Choose two different networks." in words(app)


AXES = ("epochs", "steps", "seconds", "images", "MACs")
ON = ("validation", "training", "training, steps")


@pytest.mark.parametrize("drawn", some(product(AXES, ON), *zip(AXES, (*ON, *ON), strict=False)))
def test_curves_are_drawn_over_every_axis(store: Store, data, drawn: tuple[str, str]):
    axis, on = drawn
    finished(store, "lenet-5", data)
    app = visited("compare", **TWO)

    app.selectbox(key="compare_axis").set_value(axis)
    app.button_group(key="compare_on").set_value(on).run()

    assert not app.exception
    assert app.selectbox(key="compare_axis").value == axis
    assert app.session_state["compare_on"] == on
    assert ("before they were learnt from" in words(app)) == (on == "training, steps")


def test_before_anything_has_finished_there_is_nothing_to_judge_or_take_away(store: Store):
    app = visited("compare", **TWO)

    assert headings(app) == ["Results"]


@pytest.mark.parametrize("axis", ["epochs", "seconds"])
def test_over_seconds_it_is_said_that_curves_are_taken_as_straight(store: Store, data, axis: str):
    finished(store, "lenet-5", data)
    app = visited("compare", seeds="2", **TWO)

    app.selectbox(key="compare_axis").set_value(axis).run()

    assert ("each seed's curve is taken as straight" in words(app)) == (axis == "seconds")


def test_one_sentence_on_top_says_who_is_ahead_where_seeds_can_tell(store: Store, data):
    for network, wrong in (("lenet-5", 3), ("simple-cnn", 90)):
        for seed in range(4):
            finished(store, network, data, seed=seed, wrong=wrong + seed)

    assert visited("compare", **TWO, seeds="4").info[0].value == (
        r"LeNet\-5 is better than Simple CNN here."
    )
    app = visited("compare", **TWO, seeds="2")
    assert "Over seeds nothing can be told" in app.info[0].value
    rule = next(one for one in app.expander if one.label.startswith("How it is told"))
    assert rule.markdown[0].value == THE_RULE.strip()
    assert "statistics.md" not in words(app)


def test_with_results_there_are_costs_a_verdict_and_files(store: Store, data):
    finished(store, "lenet-5", data)
    finished(store, "simple-cnn", data)

    app = visited("compare", **TWO)

    assert headings(app) == [
        *("Results", "Accuracy and cost", "Is the difference real?", "Take it away"),
    ]
    assert [one.proto.label for one in app.get("link_button")] == [
        *("Report (HTML)", "Everything (JSON)", "Table (CSV)", "Curves (CSV)", "For a paper (zip)"),
    ]
    table = list(csv.DictReader(io.StringIO(saved(app, "Table").decode())))
    assert {row["name"] for row in table} == {"LeNet-5", "Simple CNN"}
    told = json.loads(saved(app, "Everything"))
    assert [len(one["runs"]) for one in told["results"]] == [1, 1]
    curves = list(csv.DictReader(io.StringIO(saved(app, "Curves").decode())))
    kept = store.epochs([run.id for run in store.latest()])
    assert len(curves) == sum(map(len, kept.values()))
    assert saved(app, "Report").startswith(b"<!doctype html>")


def test_the_comparison_that_ships_is_read_without_training_and_without_mnist(
    store: Store, monkeypatch
):
    monkeypatch.setenv("CNN_DATA_DIR", "/nowhere")
    app = visited("compare", open="shipped")
    seeds = archive.shipped_seeds(archive.Shipped.COMPARISON)
    assert f"Over {seeds} seeds of each and 10,000 test images, " in html(app)
    assert "All 10 pairs of the table share the level 5 %" in words(app)
    assert [button.label for button in app.button if button.label == "Fetch them"]
    assert "Is the difference real?" in headings(app)
    assert store.count() == 5 * seeds
    visited("compare", open="shipped")
    assert store.count() == 5 * seeds, "they are taken in once"
