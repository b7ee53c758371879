"""A batch in parts side by side comes to what the whole batch comes to, whatever its layers are."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Split
from cnn.network.architecture import Architecture, walk
from cnn.network.keras.model import build
from cnn.network.layers import KINDS, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn.network.zoo import entry
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.machine import Machine
from cnn.training.engine.parts import MOST, in_parts, parts_noted
from cnn.training.engine.tensorflow import import_tensorflow, parts_wanted, sow
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store
from tests.network.export_cases import INPUT, ONE_LAYER, SMALL_ZOO, STACKS

PROOF = partial(pytest.param, marks=pytest.mark.proof)
ROOT = Path(__file__).parents[3]
CASES = {
    **{name: Architecture("case", INPUT, (layer,)) for name, layer in ONE_LAYER.items()},
    **STACKS,
}
DROPPING = Architecture(
    "Dropping",
    (8, 8, 1),
    (
        *(Conv2D(4, 3, activation="relu"), BatchNormalization(momentum=0.9), Dropout(0.3)),
        *(Flatten(), Dense(8), BatchNormalization(), Dropout(0.2), Dense(3)),
    ),
)
SGD = Configuration(DatasetSpec(DatasetName.SHAPES), optimizer="sgd", momentum=0.0, batch_size=4)  # type: ignore[arg-type]


def came_of(network: Architecture, count: int, parts: int) -> list[Any]:
    """What training makes of a batch: outputs, every gradient of an uneven loss, what is kept."""
    import keras

    tf = import_tensorflow()
    sow(3)
    model, random = build(network), np.random.default_rng(count)
    images = tf.constant(random.normal(0.3, 1.0, (count, *network.input)), tf.float32)
    weights = random.normal(size=(count, *model.output_shape[1:])).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(images)
        whole = parts == 1
        output = (
            model(images, training=True) if whole else in_parts(tf, keras, model, images, parts)
        )
        loss = tf.reduce_sum(output * weights + 0.1 * output**3)
    changed = tape.gradient(loss, [images, *model.trainable_variables])
    gradients = [np.zeros(1) if one is None else one.numpy() for one in changed]
    return [output.numpy(), *gradients, *model.get_weights()]


def same(found: list[Any], wanted: list[Any]) -> None:
    for ours, keras in zip(found, wanted, strict=True):
        most = max(float(np.abs(keras).max(initial=0.0)), 1.0)
        np.testing.assert_allclose(ours, keras, rtol=1e-4, atol=2e-5 * most)


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_layer_comes_to_what_keras_makes_of_the_whole_batch(case: str):
    same(came_of(CASES[case], 7, 2), came_of(CASES[case], 7, 1))


def test_no_kind_of_layer_is_left_out():
    held = {type(layer) for network in CASES.values() for _, layer in walk(network.layers)}
    assert held >= set(KINDS.values()) - {KINDS["PositionEmbedding"], KINDS["SelfAttention2D"]}


@pytest.mark.parametrize(("count", "parts"), [(2, 2), (5, 3), (16, 4)])
def test_so_it_is_in_any_number_of_parts_of_any_size(count: int, parts: int):
    same(came_of(DROPPING, count, parts), came_of(DROPPING, count, 1))


@pytest.mark.parametrize("id", SMALL_ZOO)
def test_so_it_is_with_the_networks_of_the_zoo(id: str):
    network = entry(id).architecture
    same(came_of(network, 4, 2), came_of(network, 4, 1))


def test_an_average_over_the_batch_is_exact_far_from_zero():
    import keras

    tf = import_tensorflow()
    image = keras.Input((3, 3, 2))
    layer = keras.layers.BatchNormalization(momentum=0.0)
    model = keras.Model(image, layer(image))
    images = np.random.default_rng(0).normal(1_000.0, 0.5, (8, 3, 3, 2)).astype(np.float32)
    in_parts(tf, keras, model, tf.constant(images), 2)
    wanted = images.astype(np.float64)
    np.testing.assert_allclose(layer.moving_mean, wanted.mean((0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, wanted.var((0, 1, 2)), rtol=1e-3)


def machine(parts: int, images: int) -> Machine:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (images, *DROPPING.input), np.uint8)
    return Machine(DROPPING, SGD, Split(pixels, np.arange(images) % 3), parts=parts)


def chunk(count: int, images: int, first: int = 0) -> Chunk:
    order = np.arange(images, dtype=np.int32)
    return Chunk(order, first, count, 4, np.full(count, 0.05, np.float32), first, 2)


@pytest.mark.parametrize("images", [12, 11, 9])
def test_steps_lead_to_the_same_weights_whatever_is_left_for_the_last_batch(images: int):
    whole, parted = machine(1, images), machine(2, images)
    wanted, found = (one.steps(chunk(3, images)) for one in (whole, parted))
    for name in ("losses", "hits", "norms"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(wanted, name), rtol=2e-3, atol=1e-5
        )
    for name, array in whole.state().items():
        np.testing.assert_allclose(parted.state()[name], array, rtol=2e-3, atol=1e-4)


def test_the_same_steps_give_the_same_numbers_in_chunks_of_any_length():
    together, apart = machine(2, 9), machine(2, 9)
    done = together.steps(chunk(3, 9))
    again = apart.steps(chunk(1, 9)).then(apart.steps(chunk(2, 9, first=1)))
    assert done.losses.tolist() == again.losses.tolist()
    assert all((apart.state()[name] == one).all() for name, one in together.state().items())


def test_validation_gives_the_same_figures_in_parts_as_whole():
    pixels = np.random.default_rng(1).integers(0, 256, (50, *DROPPING.input), np.uint8)
    split = Split(pixels, np.arange(50) % 3)
    whole, parted = machine(1, 12), machine(2, 12)
    wanted, found = (one.evaluate(split, lambda: None) for one in (whole, parted))
    assert found[:2] == pytest.approx(wanted[:2], rel=1e-6)
    np.testing.assert_allclose(found[2], wanted[2], rtol=1e-5, atol=1e-7)


def test_validation_that_is_told_to_end_does_not_go_on_to_the_last_image():
    pixels = np.zeros((400, *DROPPING.input), np.uint8)

    def told() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        machine(2, 12).evaluate(Split(pixels, np.zeros(400, np.int64)), told)


@pytest.mark.parametrize("noted", [{}, {"parts": "2"}, {"parts": 0}, {"parts": MOST + 1}])
def test_a_run_that_notes_no_sensible_number_of_parts_is_trained_whole(noted: dict[str, Any]):
    assert parts_noted(noted) == 1
    assert parts_noted({"parts": 2}) == 2


def by_command(folder: Path, *options: str, **settings: str) -> str:
    """What a command says; its store is in the folder."""
    command = [sys.executable, "-m", "cnn", *options, "--store", f"sqlite:///{folder}/runs.sqlite"]
    env = os.environ | {"CNN_HOME": str(folder)} | settings
    return subprocess.run(command, cwd=ROOT, env=env, stdout=-1, text=True, check=True).stdout


def trained(folder: Path, network: str, *options: str, **settings: str) -> Run:
    what = network, "--dataset", "shapes", *options
    told = json.loads(by_command(folder, "train", *what, "--json", **settings))
    store = Store(f"sqlite:///{folder}/runs.sqlite")
    run = store.get(told["run_id"])
    store.close()
    assert run
    return run


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("alexnet-lite", ()),  # with dropout
        PROOF("resnet-lite", ("--rotation", "10")),
        PROOF("inception-lite", ("--label-smoothing", "0.1")),
        PROOF("mobilenet-lite", ("--optimizer", "sgd")),
    ],
)
def test_a_process_that_trains_takes_parts_and_its_script_gives_its_curve(
    network: str, options: tuple[str, ...], tmp_path: Path
):
    file = tmp_path / "again.py"
    run = trained(tmp_path, network, "--epochs", "2", *options, TF_NUM_INTRAOP_THREADS="2")
    assert (run.environment["parts"], run.environment["threads"]) == (2, 1)

    by_command(tmp_path, "runs", "export", run.id, "--script", str(file))
    ran = subprocess.run([sys.executable, file], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert float(ran.stdout.split("recorded curve: ")[1]) < 1e-5


def test_a_batch_of_one_image_is_trained_whole(tmp_path: Path):
    one = "--epochs", "1", "--batch-size", "1"
    run = trained(tmp_path, "lenet-5", *one, TF_NUM_INTRAOP_THREADS="2")
    assert "parts" not in run.environment
    assert run.environment["batch_norm"] == "fused"


@pytest.mark.parametrize(
    ("processors", "said", "parts"),
    [(1, None, 1), (2, None, 2), (8, None, 1), (8, "4", 4), (2, "1", 1), (64, "64", MOST)],
)
def test_as_many_parts_as_processors_where_that_was_measured_or_as_the_setting_says(
    processors: int, said: str | None, parts: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", str(processors))
    if said is None:
        monkeypatch.delenv("CNN_PARTS", raising=False)
    else:
        monkeypatch.setenv("CNN_PARTS", said)
    assert parts_wanted() == parts
