"""The `.keras` file of a run: Keras alone, in a fresh process, gives the run's own test result."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.blocks import transformer_block
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    PositionEmbedding,
    Residual,
)
from cnn.training.engine import fit, training_loop, weights
from cnn.training.engine.loading import loading_code
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import MODEL, Progress, Run, State, Wish
from cnn.training.store.store import Store
from cnn.training.workers.resuming import extend, resume
from tests import warm

ROOT = Path(__file__).parents[3]
SHAPES = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=3)
PLAIN = Architecture(
    "Plain", (8, 8, 1), (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, "softmax"))
)
RESIDUAL = Architecture(
    "Büsy & odd/name",
    (8, 8, 1),
    (
        Conv2D(4, 3, padding="same", use_bias=False),
        BatchNormalization(momentum=0.9),
        Residual((Conv2D(4, 3, padding="same", activation="relu"),), (Conv2D(4, 1),)),
        GlobalAveragePooling2D(),
        Dense(3),
        Activation("softmax"),
    ),
)
SCORES = Architecture("Scores", (8, 8, 1), (Conv2D(4, 3), Flatten(), Dense(3)))
LOOKING = Architecture(
    "Looking",
    (8, 8, 1),
    (
        Conv2D(8, 2, strides=2),
        PositionEmbedding(),
        *transformer_block(8, heads=2),
        GlobalAveragePooling2D(),
        Dense(3, "softmax"),
    ),
)

_LOADED = """
import json, sys
from cnn.data import DatasetSpec, load

test = load(DatasetSpec.from_dict(json.loads(sys.argv[1])), model.input_shape[1:]).test
found = model.predict(test.pixels.astype("float32") / 255, verbose=0)
print(json.dumps({
    "right": int((found.argmax(axis=1) == test.labels).sum()),
    "images": len(test),
    "are_probabilities": bool(abs(found.sum(axis=1) - 1).max() < 1e-5 and found.min() >= 0),
}))
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(store: Store, architecture: Architecture, settings: Configuration = SHAPES) -> Run:
    return fit.carry_out(store, store.add(architecture, settings, worker="me"))


def stopped_at(store: Store, step: int) -> Run:
    run = store.add(PLAIN, SHAPES, worker="me")

    def stop(progress: Progress) -> None:
        if progress.step >= step:
            store.want(run.id, Wish.STOP)

    return fit.carry_out(store, run, stop)


def loaded(content: bytes, run: Run, folder: Path) -> dict[str, object]:
    """What a script finds that begins with the lines that the page offers."""
    file = folder / "taken-away.keras"
    file.write_bytes(content)
    spec = json.dumps(run.configuration.dataset.to_dict())
    *loading, _asking = loading_code(str(file), run.architecture).splitlines()
    script = folder / "loads.py"
    script.write_text("\n".join(loading) + _LOADED, encoding="utf-8")
    ran = warm.run(script, spec, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert ran.returncode == 0, ran.stderr
    found: dict[str, object] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize(
    ("architecture", "settings", "are_probabilities"),
    [
        pytest.param(PLAIN, SHAPES, True, marks=pytest.mark.proof),
        (RESIDUAL, replace(SHAPES, patience=1), True),
        pytest.param(SCORES, SHAPES, False, marks=pytest.mark.proof),
        pytest.param(LOOKING, SHAPES, True, marks=pytest.mark.proof),
    ],
    ids=[
        "softmax in the dense layer",
        "softmax of its own, best weights",
        "no softmax",
        "attention",
    ],
)
def test_keras_finds_with_the_file_what_the_run_found(
    store: Store,
    tmp_path: Path,
    architecture: Architecture,
    settings: Configuration,
    are_probabilities: bool,
):
    run = trained(store, architecture, settings)
    content = store.file(run.id, MODEL)
    assert content
    assert run.result

    found = loaded(content, run, tmp_path)

    assert found["images"] == run.result.test_images == 300
    assert found["right"] == pytest.approx(300 * run.result.test_accuracy, abs=1)
    assert found["are_probabilities"] is are_probabilities


def test_a_stopped_run_keeps_the_model_of_its_last_whole_epoch(store: Store):
    run = stopped_at(store, 11)

    assert run.state is State.STOPPED
    assert len(store.epochs([run.id])[run.id]) >= 1
    assert store.file(run.id, MODEL)


def test_a_run_that_is_stopped_within_its_first_epoch_keeps_none(store: Store, monkeypatch):
    monkeypatch.setattr(training_loop, "PULSE_S", 0.0)

    assert store.file(stopped_at(store, 1).id, MODEL) is None


def test_a_run_that_goes_on_leaves_its_model_behind(store: Store):
    finished, stopped = trained(store, PLAIN), stopped_at(store, 11)

    longer = extend(store, finished.id, 1)
    again = resume(store, stopped.id)

    assert store.file(finished.id, MODEL)
    assert store.file(longer.id, MODEL) is None
    assert store.file(again.id, MODEL) is None


def test_a_model_that_is_too_large_is_not_kept_and_the_run_is_finished_all_the_same(
    store: Store, monkeypatch
):
    monkeypatch.setattr(weights, "MOST_MODEL_BYTES", 100)

    run = trained(store, PLAIN)

    assert run.state is State.FINISHED
    assert store.file(run.id, MODEL) is None


def test_a_full_disk_costs_the_model_and_not_the_run(store: Store, monkeypatch):
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "keras_file", full)

    assert trained(store, PLAIN).state is State.FINISHED
