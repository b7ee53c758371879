"""Networks not fed 0 to 1, trained here; plain Keras, fed as the file says, is the oracle."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.comparing.answers import answers
from cnn.data import Dataset, DatasetName, DatasetSpec, load
from cnn.insight.passes.backward import ClassScore, backward
from cnn.insight.readings.answers import class_scores, shares
from cnn.network.architecture import Architecture
from cnn.network.feed import BYTES, NAMED, USUAL, Feed
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import Conv2D, Dense, Flatten, Rescaling
from cnn.network.scripts.feed import numpy_function
from cnn.training.engine import fit
from cnn.training.engine.reproduce import script
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import MODEL, Run, recipe
from cnn.training.store.store import Store
from tests import warm
from tests.network.outputs import outputs_of
from tests.some import some

ROOT = Path(__file__).parents[3]
SHAPES = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
BODY = (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, "softmax"))
RESCALED = Architecture("Rescaled", (8, 8, 1), (Rescaling(1 / 255), *BODY))
STANDARDISED = Architecture("Standardised", (8, 8, 1), BODY, Feed(0, 1, (0.2,), (0.3,)))
SIGNED = Architecture("Signed", (8, 8, 1), BODY, Feed(-1, 1))
COLOURED = Architecture(
    "Coloured",
    (8, 8, 3),
    (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, "softmax")),
    Feed(0, 1, (0.1, 0.2, 0.3), (0.5, 1.0, 2.0), bgr=True),
)
PLAIN = Architecture("Plain", (8, 8, 1), BODY)
NETWORKS = [PLAIN, RESCALED, STANDARDISED, SIGNED, COLOURED]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(store: Store, architecture: Architecture, configuration=SHAPES) -> Run:
    return fit.carry_out(store, store.add(architecture, configuration, worker="me"))


def prepared(run: Run, pixels: np.ndarray) -> np.ndarray:
    """As the code beside the exported file says."""
    space: dict[str, Any] = {"np": np}
    exec(numpy_function(run.architecture.fed), space)
    found: np.ndarray = space["prepare"](pixels)
    return found


@pytest.mark.parametrize("network", some(NETWORKS, RESCALED, COLOURED), ids=lambda one: one.name)
def test_what_is_said_of_a_run_is_what_plain_keras_finds_in_its_file(
    store: Store, tmp_path: Path, network: Architecture
):
    import keras

    run = trained(store, network)
    assert run.result is not None, run.message
    data: Dataset = load(SHAPES.dataset, network.input)
    content = store.file(run.id, MODEL)
    assert content is not None
    file = tmp_path / "model.keras"
    file.write_bytes(content)
    model = keras.models.load_model(file)

    wanted = outputs_of(model, prepared(run, data.test.pixels))
    right = (wanted.argmax(axis=1) == data.test.labels).mean()
    assert run.result.test_accuracy == pytest.approx(right, abs=1e-9)
    chosen = wanted[np.arange(len(wanted)), data.test.labels].astype(np.float64)
    assert run.result.test_loss == pytest.approx(-np.log(chosen).mean(), rel=1e-4)

    kept = answers(store, run)
    assert (kept.given == wanted.argmax(axis=1)).all()
    weights = trained_weights(store, run)
    looked = shares(class_scores(run.architecture, weights, data.test.images))
    np.testing.assert_allclose(looked, wanted, atol=1e-5)
    # Opened here again, the file is fed as it was.
    imported, read = read_keras_model(content)
    assert imported.architecture.fed == network.fed
    assert imported.says_pixels
    again = shares(class_scores(imported.architecture, read, data.test.images))
    np.testing.assert_allclose(again, wanted, atol=1e-5)


def test_the_validation_loss_of_training_is_that_of_the_weights_fed_so(store: Store):
    run = trained(store, RESCALED, replace(SHAPES, epochs=1))
    data = load(SHAPES.dataset, (8, 8, 1))
    likely = shares(
        class_scores(run.architecture, trained_weights(store, run), data.validation.images)
    )
    chosen = likely[np.arange(len(likely)), data.validation.labels].astype(np.float64)
    (epoch,) = store.epochs([run.id])[run.id]
    assert epoch.val_loss == pytest.approx(-np.log(chosen).mean(), rel=1e-4)


def test_a_network_that_rescales_learns_as_one_that_is_fed_0_to_1(store: Store):
    """The same start, the same numbers at the first convolution: the same curve to rounding."""
    longer = replace(SHAPES, epochs=3)
    curves = []
    for network in (RESCALED, Architecture("Plain", (8, 8, 1), BODY)):
        run = trained(store, network, longer)
        curves.append([one.val_loss for one in store.epochs([run.id])[run.id]])
    assert curves[0] == pytest.approx(curves[1], rel=1e-3)


def test_keras_answers_for_a_rescaling_network_of_its_own_are_found_here(tmp_path: Path):
    """Trained in plain Keras on raw bytes, as most tutorials do."""
    import keras

    keras.utils.set_random_seed(3)
    data = load(SHAPES.dataset, (8, 8, 1))
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Rescaling(1.0 / 255),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(data.train.pixels, data.train.labels, epochs=3, verbose=0)
    file = tmp_path / "tutorial.keras"
    model.save(file)

    imported, weights = read_keras_model(file)
    assert imported.architecture.fed == BYTES
    wanted = outputs_of(model, data.test.pixels)
    assert (wanted.argmax(axis=1) == data.test.labels).mean() > 0.5
    found = shares(class_scores(imported.architecture, weights, data.test.images))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("feed", [BYTES, NAMED["caffe"], NAMED["torch"]], ids=lambda one: one.text)
def test_the_gradient_at_the_image_is_that_of_keras_fed_so(feed: Feed):
    import keras
    import tensorflow as tf

    from cnn.network.keras.model import build, weights_of

    keras.utils.set_random_seed(1)
    network = Architecture("Three", (8, 8, 3), (*BODY[:-1], Dense(3)), feed)
    model = build(network)
    image = np.random.default_rng(0).random((1, 8, 8, 3)).astype(np.float32)
    x = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = model(feed.of(x))[0, 1]
    wanted = tape.gradient(score, x).numpy()
    found = backward(network, weights_of(model, network), image, ClassScore(1))
    assert found.value == pytest.approx(float(score), rel=1e-4)
    np.testing.assert_allclose(found.input, wanted, rtol=1e-3, atol=1e-4 * np.abs(wanted).max())


def test_an_old_record_keeps_its_recipe_and_what_it_was_trained_on():
    network = Architecture(
        "Scaled", (8, 8, 1), (Rescaling(1 / 255), Flatten(), Dense(10, "softmax"))
    )
    old = Architecture.from_record(network.to_dict())
    # As the version before this one worked it out.
    assert recipe(old, Configuration()) == (
        "55ea54f280448ab15399246de6598c3b03f54c4efb9d96a3c16d5dc1dda66634"
    )
    assert recipe(network, Configuration()) != recipe(old, Configuration())


def test_a_run_of_the_version_before_is_judged_and_looked_into_as_it_was_trained(store: Store):
    """Trained on 0 to 1, whatever its Rescaling says; its record says nothing about pixels."""
    run = trained(store, replace(RESCALED, feed=USUAL))
    with store.begin() as connection:
        from sqlalchemy import select

        from cnn.training.store.tables import runs

        kept = connection.execute(select(runs.c.architecture).where(runs.c.id == run.id)).scalar()
    assert "pixels" not in str(kept)
    found = store.get(run.id)
    assert found is not None
    assert found.architecture.fed == USUAL
    assert found.result is not None
    data = load(SHAPES.dataset, (8, 8, 1))
    scores = class_scores(found.architecture, trained_weights(store, found), data.test.images)
    right = (scores.argmax(axis=1) == data.test.labels).mean()
    assert found.result.test_accuracy == pytest.approx(right, abs=1e-9)


def test_a_run_of_a_rescaling_network_is_found_again_fed_bytes(store: Store):
    run = store.add(RESCALED, SHAPES)
    found = store.get(run.id)
    assert found is not None
    assert found.architecture == RESCALED
    assert [one.id for one in store.find([recipe(RESCALED, SHAPES)])] == [run.id]


@pytest.mark.proof
@pytest.mark.parametrize("network", [RESCALED, COLOURED], ids=lambda one: one.name)
@pytest.mark.parametrize("is_augmented", [False, True])
def test_the_script_of_a_run_feeds_the_same(
    store: Store, tmp_path: Path, network: Architecture, is_augmented: bool
):
    configuration = replace(SHAPES, shift=0.1 * is_augmented, rotation=10.0 * is_augmented)
    run = trained(store, network, configuration)
    file = tmp_path / "again.py"
    file.write_text(script(run, store.epochs([run.id])[run.id]), encoding="utf-8")
    done = warm.run(file, env={"PYTHONPATH": str(ROOT), "PATH": ""}, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_augmentation_comes_before_the_feed(store: Store):
    """Moved pixels are the same in every range: the curve of bytes is the one of 0 to 1."""
    moved = replace(SHAPES, shift=0.2, rotation=20.0, zoom=0.2)
    curves = []
    for network in (RESCALED, Architecture("Plain", (8, 8, 1), BODY)):
        run = trained(store, network, moved)
        curves.append([one.loss for one in store.epochs([run.id])[run.id]])
    assert curves[0] == pytest.approx(curves[1], rel=1e-3)
