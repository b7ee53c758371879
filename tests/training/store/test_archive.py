"""Runs as a file and back: everything that says what was trained and what came of it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from cnn.comparing.comparison import groups
from cnn.comparing.depth import SEEDS_TO_SHIP, kernel_layers, shipped_plan
from cnn.comparing.looks import looks
from cnn.comparing.unshown import beside
from cnn.data import DatasetName, DatasetSpec, fingerprint, load
from cnn.network.architecture import Architecture
from cnn.network.deep_networks import DEPTHS, Way
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.zoo import zoo
from cnn.training.engine import fit
from cnn.training.forecast.estimate import measured_here
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import PREDICTIONS, Run, State
from cnn.training.store import archive, labels, run_list
from cnn.training.store.arrays import arrays_from_bytes
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store
from scripts.train_shipped import plan_of
from tests import needs

TINY = Architecture("Tiny", (8, 8, 1), (Conv2D(2, 3), Flatten(), Dense(3, "softmax")))


def opened(folder: Path, name: str) -> Store:
    return Store(f"sqlite:///{folder / name}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = opened(tmp_path, "here.sqlite")
    yield store
    store.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    store = opened(tmp_path, "there.sqlite")
    yield store
    store.close()


def trained(store: Store) -> Run:
    configuration = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
    return fit.carry_out(store, store.add(TINY, configuration, worker="me"))


def test_a_run_comes_back_with_its_record_its_epochs_and_its_predictions(store, other):
    run = trained(store)
    assert archive.take_in(other, archive.packed(store, [run.id])) == [run.id]
    back = other.get(run.id)
    assert back
    assert back.state is State.FINISHED
    for name in ("architecture", "configuration", "result", "data_fingerprint", "images"):
        assert getattr(back, name) == getattr(run, name)
    assert back.environment == run.environment | {archive.ELSEWHERE: True}
    assert (measured_here([run]), measured_here([back])) == ([run], [])
    assert back.recipe == run.recipe
    assert other.find([run.recipe])[0].id == run.id
    assert other.epochs([run.id]) == store.epochs([run.id])
    norms, again = (
        [[np.float32(norm) for norm in one.norms.values()] for one in there.gradients(run.id)]
        for there in (store, other)
    )
    assert norms
    assert again == norms
    kept, short = (
        arrays_from_bytes(there.file(run.id, PREDICTIONS) or b"") for there in (store, other)
    )
    assert np.array_equal(kept["labels"], short["labels"])
    assert np.array_equal(kept["scores"].argmax(axis=1), short["scores"].argmax(axis=1))
    for exact in (kept["scores"].argmax(axis=1), kept["labels"]):
        rows = np.arange(len(exact))
        assert np.array_equal(kept["scores"][rows, exact], short["scores"][rows, exact])
    assert np.abs(kept["scores"] - short["scores"]).max() <= archive.FAINT


def test_runs_that_are_there_already_are_left_as_they_are(store, other):
    run = trained(store)
    content = archive.packed(store, [run.id])
    archive.take_in(other, content)
    with_other_end = other.get(run.id)
    other.finish(run.id, State.STOPPED, "changed since")
    archive.take_in(other, content)
    now = other.get(run.id)
    assert with_other_end
    assert now
    assert (now.state, now.message) == (State.STOPPED, "changed since")
    assert other.count() == 1


def test_an_archive_of_a_later_program_with_more_columns_is_read(store, other, monkeypatch):
    run = trained(store)
    record = archive._record
    monkeypatch.setattr(
        archive,
        "_record",
        lambda store, id: (one := record(store, id)) | {"run": one["run"] | {"invented": 1}},
    )
    archive.take_in(other, archive.packed(store, [run.id]))
    assert other.get(run.id)


def loss_of(predictions: dict[str, np.ndarray]) -> float:
    """The mean of the logarithms, by hand."""
    of_truth = predictions["scores"][np.arange(len(predictions["labels"])), predictions["labels"]]
    return float(-np.log(np.maximum(of_truth, 1e-7)).mean())


def test_the_comparison_that_ships_says_what_its_predictions_say(store):
    ids = archive.take_in_shipped(store)
    found = [run for id in ids if (run := store.get(id))]
    seeds = sorted((run.name, run.configuration.seed) for run in found)
    for run in found:
        content = store.file(run.id, PREDICTIONS)
        assert content
        kept = arrays_from_bytes(content)
        right = (kept["scores"].argmax(axis=1) == kept["labels"]).mean()
        assert run.result
        assert len(kept["labels"]) == run.result.test_images == 10_000
        assert right == pytest.approx(run.result.test_accuracy, abs=1e-6)
        assert loss_of(kept) == pytest.approx(run.result.test_loss, abs=1e-5)
    assert len({run.data_fingerprint for run in found}) == 1
    networks = ["AlexNet-lite", "LeNet-5", "ResNet-lite", "Simple CNN", "VGG-lite"]
    assert seeds == list(itertools.product(networks, range(SEEDS_TO_SHIP)))


def test_the_comparison_that_ships_was_trained_on_the_zoo_as_it_is(store):
    networks = [one.architecture for one in zoo().values()]
    for id in archive.take_in_shipped(store):
        run = store.get(id)
        assert run
        assert run.architecture in networks


def test_the_depth_results_that_ship_say_what_their_predictions_say(store):
    plan = shipped_plan()
    ids = archive.take_in_shipped(store, archive.Shipped.DEPTH)
    found = groups(plan, store.find(plan.recipes()))

    assert len(ids) == len(plan.recipes()) == len(DEPTHS) * len(Way) * plan.seeds
    assert sorted(run.id for group in found for run in group.finished) == sorted(ids)
    for run in (run for group in found for run in group.finished):
        content = store.file(run.id, PREDICTIONS)
        assert content
        kept = arrays_from_bytes(content)
        right = (kept["scores"].argmax(axis=1) == kept["labels"]).mean()
        assert run.result
        assert len(kept["labels"]) == run.result.test_images == 1_000
        assert right == pytest.approx(run.result.test_accuracy, abs=1e-6)
        assert loss_of(kept) == pytest.approx(run.result.test_loss, abs=1e-5)
        assert len(store.epochs([run.id])[run.id]) == 5
        measured = store.gradients(run.id)
        layers = set(kernel_layers(run.architecture))
        assert len(measured) > 100
        assert all(layers <= set(one.norms) for one in measured)
    here = load(DatasetSpec(DatasetName.MNIST_SAMPLE), plan.entrants[0].architecture.input)
    assert {run.data_fingerprint for group in found for run in group.finished} == {
        fingerprint(here)
    }


@pytest.mark.parametrize("which", archive.Shipped)
def test_what_ships_is_what_the_script_trains_and_is_one_look(store, which):
    ids = archive.take_in_shipped(store, which)
    plan = plan_of(which)
    found = groups(plan, store.find(plan.recipes()))

    assert sorted(run.id for group in found for run in group.finished) == sorted(ids)
    assert looks(found) == 1
    for pair in combinations(found, 2):  # three, before: the others were trained meanwhile
        own = replace(plan, entrants=tuple(one.entrant for one in pair))
        assert looks(pair, beside(store, own, pair)) == 1


@needs.MNIST.mark()
def test_the_comparison_that_ships_was_trained_on_mnist_as_it_is_here(store):
    run = store.get(archive.take_in_shipped(store)[0])
    assert run
    here = load(DatasetSpec(DatasetName.MNIST), run.architecture.input)
    assert fingerprint(here) == run.data_fingerprint


@pytest.mark.parametrize("which", archive.Shipped)
def test_results_that_ship_leave_ones_own_list_as_it_was(other: Store, which: archive.Shipped):
    ids = archive.take_in_shipped(other, which)

    assert run_list.count(other) == 0
    assert run_list.count(other, Filter(is_archived=True)) == len(ids) > 0
    labels.archive(other, ids[:1], back=True)
    archive.take_in_shipped(other, which)
    assert run_list.count(other) == 1, "what was brought back stays"
