"""The weights of the cascade: which runs are offered, and what is said of them."""

from dataclasses import replace

import numpy as np
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec
from cnn.insight.readings.kernels import GALLERY
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, Dense, Flatten
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Result, Run, State
from cnn.training.store.store import Store
from tests.ui.visiting import visited, weights_file
from ui.parts.network.trained import prediction_html, probabilities

LENET = entry("lenet-5").architecture
SETTINGS = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE))
RESULT = Result(0.1, 0.967, 1_000, 5_000, 1_000, 1.5, 12_000.0)


def finished(store: Store, architecture: Architecture, state: State = State.FINISHED) -> Run:
    run = store.add(architecture, SETTINGS, worker="me")
    store.keep_file(run.id, WEIGHTS, weights_file(architecture))
    store.finish(run.id, state, result=RESULT if state is State.FINISHED else None)
    return run


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def weights_offered(app: AppTest) -> list[str]:
    boxes = [box for box in app.selectbox if box.label == "Weights"]
    return [str(option) for option in boxes[0].options] if boxes else []


def test_the_place_among_the_examples_is_not_taken_for_the_digit(store: Store):
    assert visited("build").slider(key="cascade_place").label == "Example"


def test_without_a_run_that_fits_the_weights_are_called_random(store: Store):
    wider = replace(LENET.layers[0], filters=7)
    finished(store, Architecture("LeNet-5", LENET.input, (wider, *LENET.layers[1:])))
    finished(store, Architecture("LeNet-5", (32, 32, 1), LENET.layers))
    finished(store, LENET, State.STOPPED)

    app = visited("build")

    assert weights_offered(app) == []
    assert "Nobody has trained these weights" in captions(app)


def test_a_run_of_these_very_layers_is_offered_whatever_its_name(store: Store):
    run = finished(store, Architecture("<b>Mine</b>", LENET.input, LENET.layers))

    app = visited("build")
    assert weights_offered(app) == [
        "random, from the same seed",
        "<b>Mine</b> · 96.7\u202f% of 1,000 test images right",
    ]
    assert "Nobody has trained these weights" in captions(app)

    app.selectbox(key="cascade_weights").set_value(run.id).run()
    assert not app.exception, app.exception
    assert "trained on MNIST sample: 96.7\u202f% of 1,000 test images right" in captions(app)
    assert "Nobody has trained" not in captions(app)


def test_kernels_that_are_chosen_are_not_called_random(store: Store):
    app = visited("build")
    app.multiselect(key="cascade_kernels").set_value([next(iter(GALLERY))]).run()

    assert not app.exception, app.exception
    assert "but for the kernels you chose, they are random" in captions(app)


def test_weights_that_are_gone_are_said_and_random_ones_shown(store: Store):
    run = store.add(LENET, SETTINGS, worker="me")
    store.finish(run.id, State.FINISHED, result=RESULT)

    app = visited("build")
    app.selectbox(key="cascade_weights").set_value(run.id).run()

    assert "keeps no weights" in app.error[0].value
    assert "Nobody has trained these weights" in captions(app)


def test_scores_are_read_as_training_reads_them():
    bare = Architecture("bare", (2, 2, 1), (Flatten(), Dense(3)))
    scores = np.array([0.0, np.log(2), np.log(5)], np.float32)
    np.testing.assert_allclose(probabilities(bare, scores), [1 / 8, 2 / 8, 5 / 8], rtol=1e-6)
    with_softmax = Architecture("ends", (2, 2, 1), (*bare.layers, Activation("softmax")))
    shares = np.array([0.2, 0.3, 0.5], np.float32)
    assert probabilities(with_softmax, shares) is shares


def test_the_likeliest_class_comes_first_and_no_confidence_reads_as_certain(store: Store):
    run = finished(store, LENET)
    shares = np.zeros(10, np.float32)
    shares[[7, 2]] = 0.9999, 0.0001
    said = prediction_html(run, shares, "7")
    assert "<b>7</b> (more than 99.9\u202f%)" in said
    assert "then 2 (less than 0.1\u202f%)" in said
    assert "the label says 7" in said
    assert "label" not in prediction_html(run, shares, "circle")
