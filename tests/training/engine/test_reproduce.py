"""The script of a run, run in a fresh process, gives the run's curve."""

import ast
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    PositionEmbedding,
    Residual,
    SelfAttention2D,
)
from cnn.network.zoo import entry
from cnn.training.engine import fit
from cnn.training.engine.reproduce import ReproductionError, script
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store
from tests import warm
from tests.training.augmentations import ALL, EACH

ROOT = Path(__file__).parents[3]
PLAIN = Architecture(
    'Odd """name\\', (8, 8, 1), (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, "softmax"))
)
BUSY = Architecture(
    "Busy",
    (12, 12, 1),
    (
        Conv2D(4, 3, padding="same", use_bias=False),
        BatchNormalization(momentum=0.9),
        Residual((Conv2D(6, 3, padding="same", activation="relu"),), (Conv2D(6, 1),)),
        Dropout(0.2),
        GlobalAveragePooling2D(),
        Dense(10, "softmax"),
    ),
)
TWICE = Architecture("Twice", (8, 8, 1), (*PLAIN.layers, Activation("softmax")))
LOOKING = Architecture(
    "Looking",
    (8, 8, 1),
    (
        Conv2D(6, 2, strides=2),
        PositionEmbedding(),
        Residual((SelfAttention2D(2, 3),)),
        GlobalAveragePooling2D(),
        Dense(3, "softmax"),
    ),
)
SHAPES = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
DIGITS = Configuration(DatasetSpec(DatasetName.DIGITS), epochs=3)


IN_COLOUR = replace(BUSY, input=(12, 12, 3))
PROOF = partial(pytest.param, marks=pytest.mark.proof)
MANY_STEPS = ("lenet-5", "resnet-lite", "inception-lite")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(store: Store, architecture: Architecture, configuration: Configuration) -> Run:
    return fit.carry_out(store, store.add(architecture, configuration, worker="me"))


def said(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "again.py"
    file.write_text(text, encoding="utf-8")
    return warm.run(file, env={"PYTHONPATH": str(ROOT)})


@pytest.mark.parametrize(
    ("architecture", "configuration"),
    [
        PROOF(BUSY, Configuration(DatasetSpec(DatasetName.DIGITS), epochs=2, label_smoothing=0.1)),
        PROOF(TWICE, replace(SHAPES, optimizer=Optimizer.RMSPROP, schedule=Schedule.STEP)),
        PROOF(LOOKING, SHAPES),
        PROOF(PLAIN, replace(SHAPES, optimizer=Optimizer.SGD, schedule=Schedule.COSINE, seed=3)),
        PROOF(PLAIN, replace(SHAPES, optimizer=Optimizer.ADAMW, schedule=Schedule.CONSTANT)),
        PROOF(PLAIN, replace(SHAPES, optimizer=Optimizer.ADAMW, weight_decay=0.004)),
        # Keras' augmentations, mixed labels among them, whose figures are of plain images.
        (IN_COLOUR, replace(DIGITS, epochs=2, label_smoothing=0.1, rotation=5.0, **ALL)),
        *(PROOF(IN_COLOUR, replace(DIGITS, epochs=2, **one)) for one in EACH.values()),
        # Rounding that differs in one step only is a different curve after some hundred of these.
        *(PROOF(entry(id).architecture, DIGITS) for id in MANY_STEPS),
    ],
)
def test_the_script_gives_the_same_curve_in_a_fresh_process(
    store: Store, tmp_path: Path, architecture: Architecture, configuration: Configuration
):
    run = trained(store, architecture, configuration)
    epochs = store.epochs([run.id])[run.id]
    ran = said(script(run, epochs), tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("epoch ") == configuration.epochs
    assert float(ran.stdout.split("recorded curve: ")[1]) < 1e-5


@pytest.mark.proof
def test_the_smoothed_loss_that_an_earlier_version_recorded_is_done_again_too(
    store: Store, tmp_path: Path
):
    begun = store.add(PLAIN, replace(SHAPES, label_smoothing=0.2), worker="me")
    store.freeze(begun.id, "", {"train": 150}, {"python": "3.11.1"})
    run = fit.carry_out(store, store.get(begun.id) or begun)
    run = replace(run, data_fingerprint=trained(store, PLAIN, SHAPES).data_fingerprint)
    ran = said(script(run, store.epochs([run.id])[run.id]), tmp_path)
    assert "plain_loss_of" not in script(run, [])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert float(ran.stdout.split("recorded curve: ")[1]) < 1e-5


@pytest.mark.proof
def test_a_curve_that_is_not_the_runs_is_told(store: Store, tmp_path: Path):
    run = trained(store, PLAIN, SHAPES)
    epochs = store.epochs([run.id])[run.id]
    other = [replace(one, val_loss=one.val_loss + 0.1) for one in epochs]
    assert said(script(run, other), tmp_path).returncode == 1


def test_a_run_made_before_batch_norm_was_one_operation_is_done_again_as_it_was(store: Store):
    run = replace(
        store.add(BUSY, Configuration(DatasetSpec(DatasetName.DIGITS))), images={"train": 100}
    )
    now, before = replace(run, environment={"batch_norm": "fused"}), run
    assert "fuse(model, tf, keras)" in script(now, [])
    assert "FusedBatchNorm" not in script(before, [])
    assert "FusedBatchNorm" not in script(replace(now, architecture=PLAIN), [])


@pytest.mark.proof
def test_a_script_for_own_images_says_which_file_it_needs_and_runs_where_it_was_moved_to(
    store: Store, tmp_path: Path
):
    file, moved = tmp_path / 'a "b" mine.npz', tmp_path / "moved.npz"
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8), np.uint8)
    np.savez(file, images=images, labels=np.arange(60) % 3)
    own = Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file=str(file)), epochs=1)
    run = trained(store, PLAIN, own)
    assert run.result, run.message
    text = script(run, store.epochs([run.id])[run.id])
    head = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    assert f"It reads the images from {file}, so that file has to be there" in head
    assert "CNN_HOME" in head
    assert "CNN_HOME" not in script(trained(store, PLAIN, SHAPES), [])

    file.rename(moved)
    assert "cannot be read" in said(text, tmp_path).stderr
    was, now = (json.dumps(str(one))[1:-1] for one in (file, moved))
    place = text.index("CONFIGURATION = ")
    ran = said(text[:place] + text[place:].replace(repr(was)[1:-1], now), tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_other_images_than_the_runs_are_refused(store: Store, tmp_path: Path):
    run = replace(
        store.add(PLAIN, SHAPES), images={"train": 150}, data_fingerprint="of other images"
    )
    ran = said(script(run, []), tmp_path)
    assert "not the images that the run was trained on" in ran.stderr


def test_a_run_that_continues_another_has_no_script_and_says_whose_to_take(store: Store):
    run = replace(store.add(PLAIN, SHAPES), continues="abc")
    with pytest.raises(ReproductionError, match=r"continues run abc: .* Take the script of that"):
        script(run, [])


def test_a_run_that_does_not_say_how_many_images_it_had_has_no_script(store: Store):
    with pytest.raises(ReproductionError, match="on how many images it was trained"):
        script(store.add(PLAIN, SHAPES), [])
