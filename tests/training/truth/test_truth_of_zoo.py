"""What is said of a run is what plain Keras finds with its file, for every network of the zoo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetSpec, load
from cnn.diagnose.evaluation import Predictions
from cnn.library.comparing import compare
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.file import keras_file
from cnn.network.keras.model import weights_of
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.machine import Machine
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.some import some
from tests.training.in_keras import RATE, check, check_judgement, check_training, in_keras, opened
from tests.training.subjects import DATA, settings_of, trained

LARGEST_SIDE = 64
SIDES = (32, 48, 64)
MOST_WEIGHTS = 2_000_000
"""A run writes its weights five times, which takes long where there are millions of them."""


def scaled(architecture: Architecture) -> Architecture:
    """The network at its own input, or at the smallest that it can be built for."""
    if max(architecture.input[:2]) <= LARGEST_SIDE:
        return architecture
    for side in SIDES:
        smaller = replace(architecture, input=(side, side, architecture.input[2]))
        try:
            trace(smaller)
        except ArchitectureError:
            continue
        return smaller
    return architecture


NETWORKS = {id: scaled(one.architecture) for id, one in zoo().items()}
LARGE = {id for id, one in NETWORKS.items() if trace(one).total_params > MOST_WEIGHTS}
TRAINED = [id for id in NETWORKS if id not in LARGE]
OFTEN = ("resnet-lite", "vit-lite")


def kind_of_data(id: str) -> str:
    """Another kind of data for each network in turn."""
    return list(DATA)[list(NETWORKS).index(id) % len(DATA)]


@pytest.mark.parametrize("id", some(TRAINED, *OFTEN))
def test_a_run_of_the_zoo_was_trained_and_judged_as_keras_does_it(
    store: Store, data: dict[str, DatasetSpec], tmp_path: Path, id: str
):
    run, images = trained(store, NETWORKS[id], data[kind_of_data(id)])

    assert run.state is State.FINISHED, run.message
    keras = in_keras(store, run, tmp_path)
    check(store, run, images, keras)
    check_training(store, run, images, keras)


@pytest.mark.parametrize("id", sorted(LARGE))
@pytest.mark.proof
def test_a_large_network_of_the_zoo_is_judged_as_keras_does_it(
    data: dict[str, DatasetSpec], tmp_path: Path, id: str
):
    """AlexNet, VGG-16 and ResNet-18 have 11 to 38 million weights at any input, and a run writes
    them to the store five times. So what a run is made of is asked itself: two steps, and the
    judgement of what came of them, without a store.
    """
    spec = data[kind_of_data(id)]
    images = load(spec, NETWORKS[id].input)
    network = fit_to(NETWORKS[id], images).architecture
    machine = Machine(network, settings_of(spec), images.train)
    order = np.arange(len(images.train), dtype=np.int32)
    for step in range(2):
        rate = np.full(1, RATE, np.float32)
        machine.first_step(Chunk(order, 0, 1, 8, rate, step))
    loss, accuracy, shares = machine.evaluate(images.test, lambda: None)
    weights = weights_of(machine.model, machine.scoring)

    file = tmp_path / "large.keras"
    file.write_bytes(keras_file(network, weights))
    found = Predictions(shares, images.test.labels)
    check_judgement(network, weights, images.test, (loss, accuracy), found, opened(file, network))


def test_all_of_the_zoo_is_tried():
    assert {*TRAINED, *LARGE} == set(zoo())


@pytest.mark.proof
@pytest.mark.parametrize("id", [id for id, one in zoo().items() if one.measured])
def test_what_is_said_of_a_network_beside_another_is_what_comes_of_both(id: str, tmp_path: Path):
    """Of the first seed of each; other processors round otherwise, which is a few images."""
    said = zoo()[id].measured
    assert said

    found = compare(
        (id, said.beside),
        "mnist-sample",
        said.epochs,
        budget="training-macs",
        store=f"sqlite:///{tmp_path / 'runs.sqlite'}",
        progress=False,
    )

    results = {row.id: run.result for row in found.findings.rows for run in row.group.finished}
    for name, right in ((id, said.right[0]), (said.beside, said.beside_right[0])):
        result = results[name]
        assert result
        assert result.test_images == said.tested
        assert round(result.test_accuracy * said.tested) == pytest.approx(right, abs=20)
