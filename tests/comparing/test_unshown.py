"""Which networks count in a table that does not show them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.comparing.budget import Budget, Equal, given, made
from cnn.comparing.comparison import Entrant, Plan, groups
from cnn.comparing.sweep import Field, Sweep
from cnn.comparing.unshown import beside
from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.variants import with_filters
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.run import Result, Run, State
from cnn.training.store import archive
from cnn.training.store.store import Store

SPEC = DatasetSpec(DatasetName.MNIST_SAMPLE)
SETTINGS = Configuration(SPEC, epochs=2)
LENET, SIMPLE, VGG = (entry(id).architecture for id in ("lenet-5", "simple-cnn", "vgg-lite"))
WIDE = with_filters(LENET, 2)
IMAGES = {"train": 1_000, "validation": 200, "test": 100}
RESULT = Result(0.3, 0.9, 100, 1_000, 200, 8.0, 4_000.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield found
    found.close()


def trained(
    store: Store,
    network: Architecture,
    settings: Configuration = SETTINGS,
    seeds: Sequence[int] = (0, 1, 2),
    *,
    mark: str = "same",
    state: State = State.FINISHED,
) -> list[Run]:
    runs = []
    for seed in seeds:
        run = store.add(network, replace(settings, seed=seed), worker="me")
        store.freeze(run.id, mark, IMAGES, {})
        store.finish(run.id, state, result=RESULT if state is State.FINISHED else None)
        runs.append(run)
    return runs


def seen_beside(
    store: Store,
    *shown: Architecture,
    settings: Configuration = SETTINGS,
    budget: Budget | None = None,
) -> dict[str, list[int]]:
    """The networks that count, by name, with the seeds that they finished."""
    of = {one: given(budget or Budget(), one, settings, IMAGES["train"]) for one in shown}
    entrants = tuple(Entrant(one.name, one, configuration=own) for one, own in of.items())
    plan = Plan(entrants, settings, 3, budget or Budget())
    found = beside(store, plan, groups(plan, store.find(plan.recipes())))
    return {
        one.entrant.architecture.name: [run.configuration.seed for run in one.finished]
        for one in found
    }


def test_a_network_trained_under_the_same_conditions_counts_with_all_its_seeds(store: Store):
    for network in (LENET, SIMPLE, VGG):
        trained(store, network)

    assert seen_beside(store, LENET, SIMPLE) == {VGG.name: [0, 1, 2]}
    assert seen_beside(store, LENET) == {SIMPLE.name: [0, 1, 2], VGG.name: [0, 1, 2]}
    assert seen_beside(store, LENET, SIMPLE, VGG) == {}
    assert seen_beside(store, WIDE) == {}, "nothing can be claimed of what is not trained"


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, epochs=3),
        replace(SETTINGS, optimizer=Optimizer.SGD),
        replace(SETTINGS, patience=2),
        replace(SETTINGS, dataset=DatasetSpec(DatasetName.DIGITS)),
        replace(SETTINGS, dataset=replace(SPEC, seed=1)),
    ],
)
def test_under_other_conditions_it_does_not(store: Store, other: Configuration):
    trained(store, LENET)
    trained(store, SIMPLE, other)

    assert seen_beside(store, LENET) == {}


def test_one_trained_on_other_images_of_the_same_name_does_not(store: Store):
    trained(store, LENET)
    trained(store, SIMPLE, mark="other")
    trained(store, VGG)

    assert seen_beside(store, LENET) == {VGG.name: [0, 1, 2]}


def test_one_that_is_shown_under_another_name_does_not(store: Store):
    trained(store, LENET)
    trained(store, replace(SIMPLE, name="Mine"))

    assert seen_beside(store, LENET, SIMPLE) == {}


def test_a_seed_that_was_trained_twice_is_one_and_one_that_failed_is_none(store: Store):
    trained(store, LENET)
    trained(store, SIMPLE, seeds=(0, 0, 0))
    trained(store, SIMPLE, seeds=(1,), state=State.FAILED)

    assert seen_beside(store, LENET) == {SIMPLE.name: [0]}


def test_of_equal_macs_each_has_its_own_number_of_steps(store: Store):
    budget = made(Equal.TRAINING_MACS, 0.0, LENET, SETTINGS, IMAGES["train"])
    for network in (LENET, SIMPLE):
        trained(store, network, given(budget, network, SETTINGS, IMAGES["train"]))
    trained(store, VGG)  # as many epochs, not as many MACs

    assert seen_beside(store, LENET, budget=budget) == {SIMPLE.name: [0, 1, 2]}
    assert seen_beside(store, LENET) == {VGG.name: [0, 1, 2]}


def test_what_came_from_an_archive_counts_beside_what_did_too(store: Store, tmp_path: Path):
    """What ships is taken in when a page is opened: nobody has chosen among it."""
    away = Store(f"sqlite:///{tmp_path / 'away.sqlite'}")
    runs = [*trained(away, SIMPLE), *trained(away, VGG)]
    archive.take_in(store, archive.packed(away, [run.id for run in runs]))
    away.close()
    trained(store, LENET)
    trained(store, WIDE)

    assert seen_beside(store, LENET) == {WIDE.name: [0, 1, 2]}
    assert set(seen_beside(store, SIMPLE)) == {LENET.name, WIDE.name, VGG.name}


def test_settings_of_a_later_version_are_left_alone(store: Store):
    trained(store, LENET)
    (later, *_) = trained(store, SIMPLE)
    with store.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE runs SET configuration = ? WHERE id = ?",
            (json.dumps(later.configuration.to_dict() | {"later": 1}), later.id),
        )

    assert seen_beside(store, LENET) == {SIMPLE.name: [1, 2]}


@pytest.mark.parametrize(
    ("field", "name", "values"),
    [
        (Field.LEARNING_RATE, "learning_rate", (0.001, 0.01, 0.1)),
        (Field.BATCH_SIZE, "batch_size", (16, 32, 64)),
    ],
)
def test_a_value_that_was_taken_out_of_a_sweep_counts(store: Store, field, name, values):
    for value in values:
        trained(store, LENET, replace(SETTINGS, **{name: value}))
        trained(store, LENET, replace(SETTINGS, epochs=3, **{name: value}))
        trained(store, SIMPLE, replace(SETTINGS, **{name: value}))
    sweep = Sweep(Entrant("lenet-5", LENET), field, values[:2], SETTINGS, 3)
    plan = sweep.whole()
    found = groups(plan, store.find(plan.recipes()))

    (left_out,) = beside(store, plan, found, sweep.setting)

    assert [len(group.finished) for group in found] == [3, 3]
    assert {getattr(run.configuration, name) for run in left_out.finished} == {values[2]}
    assert [run.architecture for run in left_out.finished] == [LENET] * 3


def test_so_does_a_network_that_was_taken_out_of_one(store: Store):
    sweep = Sweep(Entrant("lenet-5", LENET), Field.FILTERS, (0.5, 1, 2), SETTINGS, 3)
    for entrant in sweep.whole().entrants:
        trained(store, entrant.architecture)
    fewer = replace(sweep, values=(0.5, 2)).whole()

    (left_out,) = beside(store, fewer, groups(fewer, store.find(fewer.recipes())))

    assert left_out.entrant.architecture == sweep.whole().entrants[1].architecture
