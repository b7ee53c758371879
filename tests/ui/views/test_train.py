"""Train and Compare as their scripts see a visitor: what is chosen, queued, refused and found."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.data.summary import seen_test_images
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.link import encode
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.run import Epoch, Progress, Result, Run, State, Step
from cnn.training.store.store import Store
from tests.ui.visiting import arriving, figures, pressed, shown, visited, words
from ui.parts.runs.runs import CURVES, TAB
from ui.session import design

ROOT = Path(__file__).parents[3]
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)
DEMO = entry("shapes-demo").architecture


def finished(store: Store, settings: Configuration = SETTINGS, network: str = "shapes-demo") -> Run:
    run = store.add(entry(network).architecture, settings, worker="me")
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    store.record(run.id, [Step(i, i / 10, 1 / i, 0.5, 0.01, i) for i in (1, 2)], Progress(1, 2, 30))
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def address(app: AppTest, name: str) -> list[str]:
    value = app.query_params[name]
    return [value] if isinstance(value, str) else value


def test_a_first_visit_finds_lenet_on_the_mnist_sample_ready_to_train(store: Store):
    app = visited("train")

    assert app.number_input(key="train_epochs").value == 5
    assert "61,706 parameters" in words(app)
    assert "5,000 train, 1,000 validation, 1,000 test images of 28×28×1" in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    assert (run.name, run.state) == ("LeNet-5", State.QUEUED)
    assert run.configuration == Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
    assert address(app, "run") == [run.id]


def test_a_link_sets_network_data_and_settings(store: Store):
    app = visited("train", network="shapes-demo", data="shapes", epochs="7", optimizer="sgd")

    pressed(app, "Train")

    (run,) = store.latest()
    assert run.name == "Shapes demo"
    assert run.configuration == replace(SETTINGS, epochs=7, optimizer=Optimizer.SGD)


def test_a_changed_setting_is_in_the_address(store: Store):
    app = visited("train", network="lenet-5", data="shapes")

    app.number_input(key="train_epochs").set_value(9).run()

    assert address(app, "epochs") == ["9"]
    assert address(app, "network") == ["lenet-5"]


def test_adamw_comes_with_its_weight_decay_unless_another_was_chosen(store: Store):
    app = visited("train", network="lenet-5", data="shapes")
    decay = app.number_input(key="train_weight_decay")

    app.selectbox(key="train_optimizer").set_value("adamw").run()
    assert app.number_input(key="train_weight_decay").value == 0.004
    assert "weight decay 0.004" in words(app)
    app.selectbox(key="train_optimizer").set_value("adam").run()
    assert app.number_input(key="train_weight_decay").value == 0
    decay.set_value(0.01).run()
    app.selectbox(key="train_optimizer").set_value("adamw").run()
    assert app.number_input(key="train_weight_decay").value == 0.01


def test_test_images_that_a_network_will_have_learned_from_are_said_before_training(store: Store):
    usual = words(visited("train", network="shapes-demo", data="shapes"))
    alike = words(
        visited("train", network="shapes-demo", data="shapes", position="0", rotation="0")
    )

    options = ShapeOptions(position=0.0, rotation=0.0)
    drawn = load(DatasetSpec(DatasetName.SHAPES, shapes=options), DEMO.input)
    seen = int(seen_test_images(drawn).sum())
    assert seen > 100
    assert f"{seen} of the 300 test images also occur, pixel for pixel" in alike
    assert "none of them is also among the others" in usual
    assert "none of them is also among the others" not in alike
    compared = words(visited("compare", data="shapes", position="0", rotation="0"))
    assert f"{seen} of the 300 test images also occur, pixel for pixel" in compared


def test_another_head_and_other_sizes_are_said_before_training_and_frozen_in_the_run(store: Store):
    app = visited("train", network="lenet-5", data="shapes", epochs="3")

    assert "has 3 units instead of 10" in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    assert run.architecture.layers[-1] == replace(
        entry("lenet-5").architecture.layers[-1],
        units=3,
    )
    assert "resized from 8×8 to 28×28 pixels" in words(
        visited("train", network="lenet-5", data="digits")
    )


SIGMOIDS = Architecture("Sigmoids", (8, 8, 1), (Flatten(), Dense(3, "sigmoid")))


def test_a_softmax_in_place_of_a_sigmoid_is_said_before_training_wherever_one_trains(store: Store):
    app = visited("train", data="shapes", epochs="3", **{design.ADDRESS: encode(SIGMOIDS)})
    assert "The sigmoid at the end is replaced by a softmax: of the 3 classes" in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    assert run.architecture.layers[-1] == Dense(3, "softmax")
    assert run.changes[-1].startswith("The sigmoid at the end is replaced")

    compared = visited("compare", **{"with": [encode(SIGMOIDS)], "data": "shapes"})
    assert "The sigmoid at the end is replaced by a softmax: of the 3 classes" in words(compared)


def test_a_run_of_an_earlier_version_is_said_to_be_one_and_trained_again_with_a_softmax(
    store: Store,
):
    run = store.add(SIGMOIDS, SETTINGS, worker="me")
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    store.finish(run.id, State.INTERRUPTED)

    app = visited("train", run=run.id)

    assert "An earlier version began this run" in words(app)
    pressed(app, "Train again")
    assert "The sigmoid at the end is replaced by a softmax" in "".join(
        one.value for one in app.toast
    )
    again = store.latest()[0]
    assert again.architecture.layers[-1] == Dense(3, "softmax")
    assert again.changes[-1].startswith("The sigmoid at the end is replaced")
    assert "An earlier version" not in words(visited("train", run=again.id))


def test_an_original_of_138_million_parameters_is_refused_and_has_no_button(store: Store):
    app = visited("train", network="vgg-16", data="digits")

    assert "at most 30,000,000 are trained here" in words(app)
    assert not [button for button in app.button if button.label.startswith("Train")]


def test_a_learning_rate_that_is_no_number_is_refused(store: Store):
    app = arriving("train", data="shapes")
    app.session_state["train_learning_rate"] = "quick"  # as the browser lets one type it

    app.run()

    assert "learning_rate must be a number" in words(app)


def test_a_finished_run_is_shown_with_the_images_it_was_measured_on(store: Store):
    run = finished(store)

    app = visited("train", run=run.id)

    assert app.title[0].value == "Shapes demo on Shapes"
    shown = figures(app)
    assert shown["Test accuracy"]["text"] == "98.0 %"
    assert shown["Validation accuracy"]["text"] == "40.0 %"


def test_the_settings_of_a_run_can_be_used_again(store: Store):
    run = finished(store, replace(SETTINGS, epochs=11, learning_rate=0.02))

    app = pressed(visited("train", run=run.id), "Use these settings")

    assert app.number_input(key="train_epochs").value == 11
    assert app.selectbox(key="train_learning_rate").value == "0.02"
    assert "run" not in app.query_params


def test_a_run_gives_its_network_back(store: Store):
    own = replace(DEMO, name="My own", layers=(Conv2D(7, 3), *DEMO.layers[1:]))
    run = store.add(own, SETTINGS, worker="me")

    app = pressed(visited("train", run=run.id), "Use these settings")

    assert app.selectbox(key="train_network").value == "bench"
    assert "My own (your design)" in app.selectbox(key="train_network").options
    assert "LeNet-5 (open in Build)" in visited("train").selectbox(key="train_network").options
    of_the_zoo = finished(store)
    app = pressed(visited("train", run=of_the_zoo.id), "Use these settings")
    assert app.selectbox(key="train_network").value == "shapes-demo"


def test_a_run_that_is_not_there_any_more_is_said_to_be_gone(store: Store):
    assert "not there any more" in words(visited("train", run="gone"))


@pytest.mark.parametrize(
    ("state", "message", "button"),
    [
        (State.DIVERGED, "The loss was no longer a finite number.", "Train with rate 0.0033"),
        (State.INTERRUPTED, "The process that trained this run ended.", "Train again"),
        (State.FAILED, "ValueError: <b>odd</b>", "Train again"),
    ],
)
def test_a_run_that_ended_badly_says_why_and_what_can_be_done(
    store: Store, state: State, message: str, button: str
):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.finish(run.id, state, message)

    app = arriving("train", run=run.id)
    app.session_state[TAB] = CURVES  # as where another run was looked at before
    app = shown(app)

    assert message.split(":")[0].rstrip(".") in words(app).replace("\\", "")
    assert not app.metric, "it ended before its first step"
    assert [tab.label for tab in app.tabs] == ["Facts", "Take away"]
    pressed(app, button)
    newest = store.latest()[0]
    assert newest.id != run.id
    assert newest.state is State.QUEUED


def test_without_a_worker_a_queued_run_says_how_to_start_one(store: Store):
    run = store.add(DEMO, SETTINGS)

    assert "python -m cnn worker" in words(visited("train", run=run.id))


def test_a_store_that_cannot_be_used_is_an_error_on_the_page_not_a_crash(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CNN_STORE", f"sqlite:///{tmp_path / 'file' / 'runs.sqlite'}")

    app = visited("train")

    assert "could not be used" in words(app)


def test_compare_begins_with_the_four_classics_and_queues_them_in_one_click(store: Store):
    app = visited("compare")

    assert app.multiselect(key="compare_networks").value == list(CLASSICS)
    pressed(app, "Train all")
    names = [run.name for run in store.latest()][::-1]
    assert names == [entry(id).title for id in CLASSICS]
    assert {run.configuration for run in store.latest()} == {
        Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
    }


def test_only_what_is_missing_from_a_comparison_is_trained(store: Store):
    finished(store)
    app = visited(
        "compare",
        **{"with": ["shapes-demo", "lenet-5"], "data": "shapes", "epochs": "3", "seeds": "2"},
    )

    assert "1 of 4 trainings finished" in next(one.text for one in app.get("progress"))
    pressed(app, "Train the 3 missing")

    queued = [run for run in store.latest() if run.state is State.QUEUED][::-1]
    assert [(run.name, run.configuration.seed) for run in queued] == [
        ("LeNet-5", 0),
        ("Shapes demo", 1),
        ("LeNet-5", 1),
    ]


def test_a_comparison_is_in_the_address_and_its_wrong_parts_are_left_out(store: Store):
    app = visited("compare", **{"with": ["lenet-5", "nonsense"], "seeds": "99", "epochs": "x"})

    assert app.multiselect(key="compare_networks").value == ["lenet-5"]
    assert address(app, "with") == ["lenet-5"]
    assert address(app, "seeds") == ["1"]
    assert address(app, "epochs") == ["5"]


def test_a_network_that_is_too_large_is_left_out_with_its_reason(store: Store):
    app = visited("compare", **{"with": ["lenet-5", "vgg-16"], "data": "digits"})

    assert "Left out: VGG-16" in words(app)
