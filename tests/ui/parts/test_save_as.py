"""What a network leaves as, on the pages: the forms of `cnn.exports`, made at a press."""

import numpy as np
import pytest

from cnn.exports import FORMS, Takes
from cnn.network.keras.model import by_place
from cnn.network.onnx.read import read_onnx_model
from cnn.network.torch.file import read_torch_weights
from cnn.training.recipe.run import WEIGHTS, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.network.export_cases import random_weights
from tests.ui.parts.test_run_inside import DEMO, made, visited
from tests.ui.visiting import arriving, saved, shown, words
from ui.parts.network.save_as import ON_PAGES
from ui.views.build import take_away

TRAINED = random_weights(DEMO)


def test_pages_offer_every_form_that_needs_no_tensorflow():
    assert [form for form in FORMS if form not in ON_PAGES] == [
        form for form in FORMS if form.ending == ".keras"
    ]


@pytest.mark.parametrize(
    ("label", "read"),
    [("ONNX", read_onnx_model), ("PyTorch: safetensors", read_torch_weights)],
)
def test_a_run_is_saved_in_another_form_with_its_weights(store: Store, label: str, read):
    run = made(store, State.FINISHED)
    store.keep_files(run.id, {WEIGHTS: arrays_to_bytes(by_place(TRAINED))})
    app = visited(run, "Take away")
    (choice,) = (one for one in app.selectbox if one.label == "Another form")
    choice.select(label)
    content = saved(shown(app), f".{label.rpartition(' ')[2].lower()}")

    _, weights = read(content)
    assert all(
        np.array_equal(one, other)
        for name, arrays in TRAINED.items()
        for one, other in zip(weights[name], arrays, strict=True)
    )


@pytest.mark.parametrize("with_names", [False, True])
def test_an_onnx_file_of_a_run_names_its_classes_if_one_asks(store: Store, with_names: bool):
    run = made(store, State.FINISHED)
    store.keep_files(run.id, {WEIGHTS: arrays_to_bytes(by_place(TRAINED))})
    app = visited(run, "Take away")
    (choice,) = (one for one in app.selectbox if one.label == "Another form")
    choice.select("ONNX")
    (box,) = (one for one in shown(app).checkbox if one.label == "With the names of its classes")
    box.set_value(with_names)

    assert (b"triangle" in saved(shown(app), ".onnx")) is with_names


def test_build_saves_a_design_as_onnx():
    app = arriving("build")
    app.session_state["bench_tab"] = "Take away"
    app.session_state["take_away_form"] = "ONNX"
    content = saved(shown(app), ".onnx")

    imported, _ = read_onnx_model(content)
    assert imported.architecture.layers
    assert "weights that nobody has trained yet" in words(app)


def test_build_offers_every_form_that_a_design_leaves_in():
    app = arriving("build")
    app.session_state["bench_tab"] = "Take away"
    (choice,) = (one for one in shown(app).button_group if one.label == "Form")
    offered = {form.word for form in FORMS if form.takes is not Takes.TRAINED}
    assert {take_away.FORMS[one].word for one in choice.options if one != "Table"} == offered
