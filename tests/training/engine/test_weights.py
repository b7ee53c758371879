"""The weights that a run keeps, read back: the network they were trained in, or an error."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.network.keras.model import WeightsError
from cnn.network.zoo import entry
from cnn.training.engine import fit
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Run
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store

SHAPES = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
RESNET = entry("resnet-lite").architecture


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def keeping(store: Store, arrays: dict[str, np.ndarray]) -> Run:
    run = store.add(RESNET, SHAPES, worker="me")
    store.keep_file(run.id, WEIGHTS, arrays_to_bytes(arrays))
    return run


def as_kept() -> dict[str, np.ndarray]:
    return {
        f"{name}/{place}": array
        for name, arrays in random_weights(RESNET, 3).items()
        for place, array in enumerate(arrays)
    }


def test_a_trained_run_scores_without_tensorflow_what_it_scored_in_its_test(store: Store):
    architecture = entry("shapes-demo").architecture
    run = fit.carry_out(store, store.add(architecture, SHAPES, worker="me"))
    test = load(SHAPES.dataset, architecture.input).test

    scores = predict(architecture, trained_weights(store, run), test.images)

    assert run.result is not None
    right = (scores.argmax(axis=1) == test.labels).mean()
    assert right == pytest.approx(run.result.test_accuracy, abs=1 / len(test))


def test_all_arrays_come_back_in_their_order(store: Store):
    found = trained_weights(store, keeping(store, as_kept()))
    wanted = random_weights(RESNET, 3)
    assert found.keys() == wanted.keys()
    for name, arrays in wanted.items():
        for theirs, ours in zip(arrays, found[name], strict=True):
            np.testing.assert_array_equal(theirs, ours)


def test_a_run_without_weights_says_so(store: Store):
    run = store.add(RESNET, SHAPES)
    with pytest.raises(WeightsError, match="keeps no weights"):
        trained_weights(store, run)


def test_weights_of_another_network_are_refused(store: Store):
    arrays = as_kept()
    arrays["dense_1/0"] = arrays["dense_1/0"][:, :3]
    with pytest.raises(WeightsError, match="dense_1 needs weights of the shapes 64x10, 10"):
        trained_weights(store, keeping(store, arrays))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + 40 * b"\0"])
def test_a_damaged_file_is_refused(store: Store, content: bytes):
    run = store.add(RESNET, SHAPES)
    store.keep_file(run.id, WEIGHTS, content)
    with pytest.raises(WeightsError, match="cannot be read"):
        trained_weights(store, run)


def test_arrays_under_other_names_are_refused(store: Store):
    with pytest.raises(WeightsError, match="cannot be read"):
        trained_weights(store, keeping(store, {"kernel": np.zeros(3, np.float32)}))
