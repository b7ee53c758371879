"""Look inside without a browser: what it opens with, links, files, and what can be amiss."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hy
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec, fingerprint, load
from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.forward import forward, predict
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.keras.file import keras_file
from cnn.network.layers import Dense, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.numbers import number
from cnn.shipped import shipped
from cnn.training.engine.snapshots import snapshot_name, weights_name
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Result, Run, State
from cnn.training.store.store import Store
from tests.network.outputs import outputs_of
from tests.ui.visiting import arriving, html, pressed, shown, weights_file, words
from ui.parts.drawing.board import AT_REST
from ui.session.brought import Brought
from ui.views.inside import image, subject
from ui.views.inside.address import TAB
from ui.views.inside.explorer import liveliest, read_place
from ui.views.inside.views import WORDS

DEMO = entry("shapes-demo").architecture
LENET = trace(entry("lenet-5").architecture)
SHAPES = DatasetSpec(DatasetName.SHAPES)
RESULT = Result(0.1, 0.9, 300, 150, 30, 1.0, 100.0)


def finished(
    store: Store, spec: DatasetSpec = SHAPES, *, weights_of: Architecture | None = DEMO
) -> Run:
    """A finished run on the shapes; its weights are random ones, of another network, or missing."""
    data = load(spec, DEMO.input)
    run = store.add(DEMO, Configuration(spec), worker="me")
    sizes = {name: len(split) for name, split in data.splits.items()}
    store.freeze(run.id, fingerprint(data), sizes, {})
    if weights_of is not None:
        store.keep_file(run.id, WEIGHTS, weights_file(weights_of, seed=1))
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def opened(address: Mapping[str, str] | None = None, **state: Any) -> AppTest:
    app = arriving("inside", **(address or {}))
    for key, value in state.items():
        app.session_state[key] = value
    return shown(app)


def test_it_opens_with_the_network_that_ships_a_digit_and_a_cell(store: Store):
    app = opened()

    assert "It is a 5." in html(app)  # test image 0 of the sample
    assert "the label says so too" in html(app)
    assert "## Conv2D #1, map" in words(app)
    assert app.query_params["image"] == "test:0"
    assert app.query_params["layer"] == "conv2d_1"


def test_a_link_opens_its_image_and_its_cell_with_the_true_number(store: Store):
    address = {"layer": "dense_1", "cell": "7", "image": "test:12"}
    one = load_sample().test
    assert one is not None
    network = shipped()
    found = forward(network.architecture, network.weights, one.take([12]).images)

    app = opened(address)

    value = number(found["dense_1"][0, 7], 5)
    assert f"## Dense #1, feature 7: **{value}**" in words(app)
    assert app.number_input(key=image.PLACE).value == 12
    assert app.query_params["cell"] == "7,0"


@pytest.mark.parametrize(
    "address",
    [
        {"layer": "conv2d_99", "map": "0", "cell": "1,1"},
        {"layer": "conv2d_1", "map": "16", "cell": "1,1"},
        {"layer": "conv2d_1", "map": "0", "cell": "26,0"},
        {"layer": "<script>", "map": "-1", "cell": "a,b"},
        {"image": "test:999999"},
        {"image": "nothing of the kind"},
        {"layer": "", "map": "5", "tab": "no such tab", "epoch": "-1"},
    ],
)
def test_a_link_to_what_is_not_there_opens_something_that_is(store: Store, address):
    app = opened(address)

    assert not app.error
    assert "## " in words(app)


def test_the_input_can_be_looked_at_too(store: Store):
    pixels = load_sample().test
    assert pixels is not None
    row, column = np.argwhere(pixels.pixels[0, ..., 0] > 100)[0]

    app = opened({"layer": "", "map": "0", "cell": f"{row},{column}"})

    value = pixels.pixels[0, row, column, 0] / 255
    assert f"has the value **{value:.4g}**" in words(app)


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("Filters", "Learned against made by hand"),
        ("Where it looks", "Maps for **5**"),
        ("Through training", "choose a run of yours"),
    ],
)
def test_a_tab_is_worked_out_when_it_is_opened(store: Store, tab: str, said: str):
    app = opened(None, **{TAB: tab})
    shown = words(app) + "\n".join(one.value for one in app.header)
    assert said in shown
    assert "## Conv2D #1" not in shown


def test_a_run_is_opened_by_its_link_with_its_own_data_and_every_tab(store: Store):
    run = finished(store)

    app = opened({"run": run.id})

    assert "Trained on Shapes, 150 images. 90.0 % of 300 test images are right." in words(app)
    assert app.query_params["run"] == run.id
    assert "circle" in html(app)
    for word, tab in list(WORDS.items())[1:]:
        app.session_state[TAB] = tab
        app.run()
        assert not app.exception, app.exception
        assert not app.error, tab
        assert app.query_params["tab"] == word
    assert "kept those of its end alone" in words(app)


def test_a_link_opens_its_tab(store: Store):
    app = opened({"tab": "layers"})

    assert app.session_state[TAB] == "Layers"
    assert "Click a layer for its histograms" in words(app)


def test_a_run_is_looked_into_at_a_time_of_its_training(store: Store):
    run = finished(store)
    for epoch in (0, 2):
        store.keep_file(run.id, weights_name(epoch), weights_file(DEMO, seed=10 + epoch))
    store.keep_file(run.id, "weights-0004", b"no weights")
    address = {"run": run.id, "epoch": "2", "layer": "dense_2", "cell": "1", "image": "test:5"}

    def value(seed: int) -> str:
        image_ = load(DatasetSpec(DatasetName.SHAPES), DEMO.input).test.take([5]).images
        found = forward(DEMO, random_weights(DEMO, seed=seed), image_)
        return f"Dense #2, feature 1: **{number(found['dense_2'][0, 1], 5)}**"

    app = opened(address)
    assert "After epoch 2 of its training." in words(app)
    assert value(12) in words(app)
    (slider,) = app.select_slider
    assert slider.options == ["untrained", "epoch 2", "epoch 4", "as tested"]

    slider.set_value(0).run()
    assert "kernels are random numbers, and all else is as it begins, 0 or 1" in words(app)
    assert value(10) in words(app)
    assert app.query_params["epoch"] == "0"
    slider.set_value("as tested").run()
    assert value(1) in words(app)
    assert "epoch" not in app.query_params
    slider.set_value(4).run()
    assert "cannot be read" in words(app)
    assert not app.exception, app.exception


def test_the_epoch_that_a_link_names_is_of_its_run_alone(store: Store):
    bare, run = finished(store, DatasetSpec(DatasetName.SHAPES, seed=3)), finished(store)
    store.keep_file(run.id, weights_name(2), weights_file(DEMO, seed=12))
    app = opened({"run": bare.id, "epoch": "2"})
    assert not app.select_slider

    app.selectbox(key=subject.KEY).set_value(run.id).run()

    assert app.select_slider[0].value == "as tested"


def test_the_name_of_own_images_is_no_markup(store: Store, tmp_path: Path):
    images = np.random.default_rng(0).integers(0, 256, (90, *DEMO.input), np.uint8)
    np.savez(tmp_path / "_pets_.npz", images=images, labels=np.arange(90) % 3)
    run = finished(store, DatasetSpec(DatasetName.OWN_IMAGES, file=str(tmp_path / "_pets_.npz")))
    store.keep_file(run.id, weights_name(0), weights_file(DEMO, seed=10))

    app = opened({"run": run.id, "epoch": "0", "tab": "errors"})

    (said,) = [one.value for one in app.markdown if "test images are right" in one.value]
    assert r"(\_pets\_)" in said


def test_what_no_address_can_hold_is_asked_for_anew(store: Store):
    assert "The address says that a file of yours" in words(opened({"image": "file"}))
    app = opened({"run": "file"})
    assert "The address says that a file was looked into" in words(app)
    assert app.selectbox(key=subject.KEY).value == subject.FILE


def test_a_run_without_weights_or_with_others_is_said_with_what_to_do(store: Store):
    bare = finished(store, weights_of=None)
    odd = finished(store, weights_of=entry("lenet-5").architecture)

    assert "keeps no weights. Train it again." in words(opened({"run": bare.id}))
    for run in (bare, odd):
        app = opened({"run": run.id})
        assert len(app.error) == 1
        app.selectbox(key=subject.KEY).set_value("shipped").run()
        assert not app.error
        assert "It is a 5." in html(app)


def test_a_run_that_is_gone_or_not_finished_is_said(store: Store):
    live = store.add(DEMO, Configuration(DatasetSpec(DatasetName.SHAPES)))

    assert "not in the store, or was deleted" in words(opened({"run": "nobody"}))
    assert "This run is queued" in words(opened({"run": live.id}))


def test_next_goes_to_the_next_image_of_a_class(store: Store):
    labels = load_sample().test
    assert labels is not None
    nines = np.flatnonzero(labels.labels == 9)
    app = opened()

    app.selectbox(key=image.CLASS).set_value(9).run()
    for place in nines[:2]:
        next(one for one in app.button if one.label == "Next").click().run()
        assert app.number_input(key=image.PLACE).value == place


def test_what_was_chosen_for_one_network_does_not_stop_another(store: Store):
    run = finished(store)
    app = opened({"image": "test:700"})
    app.selectbox(key=image.CLASS).set_value(9).run()

    app.selectbox(key=subject.KEY).set_value(run.id).run()

    assert not app.exception, app.exception
    assert app.selectbox(key=image.CLASS).value == image.EVERY
    assert app.number_input(key=image.PLACE).value == 299


def test_a_mistake_is_found_that_is_one(store: Store):
    run = finished(store)
    app = opened({"run": run.id})

    next(one for one in app.button if one.label == "One it gets wrong").click().run()

    place = int(app.number_input(key=image.PLACE).value or 0)
    data = load(DatasetSpec(DatasetName.SHAPES), DEMO.input)
    scores = forward(DEMO, random_weights(DEMO, seed=1), data.test.take([place]).images).output
    assert int(scores[0].argmax()) != data.test.labels[place]
    names = data.class_names
    taken, label = names[int(scores[0].argmax())], names[data.test.labels[place]]
    said = html(app)
    assert f"<b>It says {taken}.<em" in said
    assert f"> Wrong: the label says {label}.</em></b>" in said
    assert "so too" not in said


def test_the_drawing_is_looked_into_and_without_one_the_way_to_the_pad_is_shown(store: Store):
    seven = load_sample().learn.pixels[0, :, :, 0].astype(np.float32) / 255

    app = opened({"image": "drawn"}, **{AT_REST: seven})
    assert "Your drawing" in html(app)
    assert app.query_params["image"] == "drawn"

    app = opened({"image": "drawn"})
    assert "The address says that a drawing was looked at" in words(app)
    assert "Nothing is drawn yet" in words(app)


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(store: Store):
    app = opened({"image": "file"}, **{image.PICTURE: Brought("_x_.png", b"words")})
    assert "is not a picture in a known format" in words(app)


def test_a_file_with_one_sigmoid_answers_for_two_classes_what_keras_says(
    store: Store, tmp_path: Path
):
    import keras

    network = Architecture("One", (8, 8, 1), (Flatten(), Dense(1, "sigmoid")))
    weights = random_weights(network, seed=3)
    content = keras_file(network, weights)
    (tmp_path / "one.keras").write_bytes(content)

    app = opened(None, **{subject.KEY: subject.FILE, subject.KEPT: Brought("one.keras", content)})

    assert "2 units and a softmax instead of 1 unit and a sigmoid" in words(app)
    images = np.random.default_rng(0).random((9, 8, 8, 1), np.float32)
    wanted = outputs_of(keras.models.load_model(tmp_path / "one.keras"), images)
    held = keras.models.load_model(tmp_path / "one.keras").count_params()
    assert f"130 parameters, made of the {held} parameters in one.keras." in words(app)
    imported, two, _ = subject._read("one", Brought("one.keras", content))
    found = predict(imported.architecture, two, images)
    np.testing.assert_allclose(found, np.hstack([1 - wanted, wanted]), atol=1e-6)


def test_a_keras_file_that_is_none_is_refused_in_a_sentence(store: Store):
    app = opened(None, **{subject.KEY: subject.FILE, subject.KEPT: Brought("my.keras", b"words")})
    assert "this is not a .keras file" in app.error[0].value.replace("\\", "")


@given(
    hy.none()
    | hy.dictionaries(hy.sampled_from(["layer", "map", "row", "column"]), hy.integers() | hy.text())
    | hy.fixed_dictionaries(
        {
            "layer": hy.sampled_from([row.name for row in LENET.rows]),
            "map": hy.integers(-2, 20),
            "row": hy.integers(-2, 400),
            "column": hy.integers(-2, 30),
        }
    )
)
def test_whatever_the_browser_says_is_a_cell_of_the_network_or_none(told: Any):
    place = read_place(told, LENET)
    if place is not None and place.layer:
        row = next(one for one in LENET.rows if one.name == place.layer)
        np.zeros(row.output_shape)[place.of(row)]  # raises where there is none


def test_the_liveliest_cell_is_the_brightest_of_its_layer():
    picture = np.random.default_rng(0).random((1, *LENET.architecture.input)).astype(np.float32)
    found = forward(LENET.architecture, random_weights(LENET.architecture), picture)

    place = liveliest(LENET, found)

    values = found[place.layer][0]
    assert place.layer == "conv2d_1"
    assert values[place.row, place.column, place.map] == values.max()
    assert liveliest(LENET, found, "dense_1").row == found["dense_1"][0].argmax()


def test_the_training_of_the_built_in_network_leads_to_one_that_can_be_watched(store: Store):
    app = opened({"tab": "training"})
    assert "Snapshots are kept by trainings on this machine" in words(app)
    assert [one.label for one in app.button][-1] == "Train LeNet-5 and watch it"


def test_the_latest_run_that_kept_snapshots_is_offered_in_place_of_the_built_in_network(
    store: Store,
):
    run = finished(store)
    store.keep_file(run.id, snapshot_name(0), b"one")
    app = pressed(opened({"tab": "training"}), "Show Shapes demo, the latest that kept some")

    assert app.selectbox(key=subject.KEY).value == run.id
