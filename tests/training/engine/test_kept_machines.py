"""Machines that are used again: the same numbers as from a new one, and never too many of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Split, load
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn.training.engine import kept_machines
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.kept_machines import found_compiled, keep, machine_for
from cnn.training.engine.machine import Machine
from cnn.training.recipe.configuration import Configuration, Optimizer
from tests.some import some

STATEFUL = Architecture(
    "All that has a state",
    (8, 8, 1),
    (
        Conv2D(3, 3, padding="same"),
        BatchNormalization(),
        Activation("relu"),
        Flatten(),
        Dropout(0.4),
        Dense(3),
    ),
)
SHAPES = Configuration(DatasetSpec(DatasetName.SHAPES), seed=3)
ORDER = np.random.default_rng(0).permutation(150).astype(np.int32)


@pytest.fixture(scope="module")
def train() -> Split:
    return load(SHAPES.dataset, STATEFUL.input).train


@pytest.fixture(autouse=True)
def none_kept() -> Iterator[None]:
    kept_machines.forget()
    yield
    kept_machines.forget()


def steps(machine: Machine) -> list[float]:
    """The losses of a training as it begins: one step by itself, then some that are compiled."""
    first = machine.first_step(chunk(0, 1))
    machine.compile(lambda: None)
    return [*first.losses.tolist(), *machine.steps(chunk(1, 5)).losses.tolist()]


def chunk(first: int, count: int) -> Chunk:
    return Chunk(ORDER, first, count, 16, np.full(count, 0.01, np.float32), step=first)


@pytest.mark.parametrize("optimizer", some(Optimizer, Optimizer.ADAM))
def test_a_machine_that_is_used_again_gives_what_a_new_one_gives(
    train: Split, optimizer: Optimizer
):
    settings = replace(SHAPES, optimizer=optimizer)
    new = machine_for(STATEFUL, settings, train)
    losses, state = steps(new), new.state()

    other = machine_for(STATEFUL, replace(settings, seed=8), train)
    of_another_seed = steps(other)
    keep(other, STATEFUL, replace(settings, seed=8))
    again = machine_for(STATEFUL, settings, train)

    assert again is other
    assert of_another_seed != losses
    assert steps(again) == losses
    assert all((again.state()[name] == array).all() for name, array in state.items())


def test_it_learns_from_the_images_it_is_given_then(train: Split):
    machine = machine_for(STATEFUL, SHAPES, train)
    losses = steps(machine)
    keep(machine, STATEFUL, SHAPES)
    mirrored = Split(train.pixels[:, :, ::-1].copy(), train.labels)

    found = steps(machine_for(STATEFUL, SHAPES, mirrored))

    assert found != losses
    assert found == steps(Machine(STATEFUL, SHAPES, mirrored))


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"epochs": 40, "learning_rate": 0.3, "batch_size": 7, "patience": 2, "seed": 9}, True),
        ({"dataset": DatasetSpec(DatasetName.DIGITS), "steps": 70, "schedule": "cosine"}, True),
        ({"optimizer": "adamw"}, False),
        ({"momentum": 0.5, "optimizer": "sgd"}, False),
        ({"weight_decay": 0.1}, False),
        ({"label_smoothing": 0.1}, False),
        ({"shift": 0.1}, False),
    ],
)
def test_only_a_training_that_needs_nothing_else_compiled_gets_it(
    train: Split, change: dict[str, object], is_same: bool
):
    machine = machine_for(STATEFUL, SHAPES, train)
    machine.is_compiled = True  # it is not used here
    keep(machine, STATEFUL, SHAPES)

    found = machine_for(STATEFUL, replace(SHAPES, **change), train)  # type: ignore[arg-type]

    assert (found is machine) == is_same


def test_augmented_images_are_drawn_by_a_seed_that_is_compiled(train: Split):
    turned = replace(SHAPES, rotation=10.0)
    machine = machine_for(STATEFUL, turned, train)
    machine.is_compiled = True
    keep(machine, STATEFUL, turned)

    assert machine_for(STATEFUL, replace(turned, seed=4), train) is not machine
    assert machine_for(STATEFUL, turned, train) is machine


@pytest.mark.proof
def test_only_so_many_are_kept_and_only_so_many_bytes_of_them(train: Split, monkeypatch):
    networks = [replace(STATEFUL, name=f"Network {place}") for place in range(4)]
    size = Machine(STATEFUL, SHAPES, train).size_bytes

    def kept(most: int, most_bytes: int) -> list[str]:
        kept_machines.forget()
        monkeypatch.setattr(kept_machines, "MOST", most)
        monkeypatch.setattr(kept_machines, "MOST_BYTES", most_bytes)
        for network in networks:
            machine = Machine(network, SHAPES, train)
            machine.is_compiled = True
            keep(machine, network, SHAPES)
            assert machine.pixels is None
        return [network.name for network, *_ in kept_machines._kept]

    assert kept(3, 10**9) == ["Network 1", "Network 2", "Network 3"]
    assert kept(3, 2 * size) == ["Network 2", "Network 3"]
    assert kept(3, size - 1) == []


def test_the_size_of_a_machine_is_that_of_its_arrays(train: Split):
    machine = Machine(STATEFUL, SHAPES, train)

    assert machine.size_bytes == sum(array.nbytes for array in machine.state().values())


def test_one_that_was_never_compiled_is_not_worth_keeping(train: Split):
    machine = machine_for(STATEFUL, SHAPES, train)
    keep(machine, STATEFUL, SHAPES)

    assert machine_for(STATEFUL, SHAPES, train) is not machine


def test_compiling_changes_nothing_and_can_be_left(train: Split):
    machine = machine_for(STATEFUL, SHAPES, train)
    before = machine.state()

    def leave() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        machine.compile(leave)
    machine.compile(lambda: None)

    assert machine.is_compiled
    assert all((before[name] == array).all() for name, array in machine.state().items())


def test_what_goes_wrong_while_compiling_is_told(train: Split, monkeypatch):
    machine = machine_for(STATEFUL, SHAPES, train)

    def broken(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(machine, "_steps", broken)

    with pytest.raises(MemoryError, match="no room"):
        machine.compile(lambda: None)


TINY = [Architecture(f"Tiny {n}", (8, 8, 1), (Flatten(), Dense(n), Dense(3))) for n in range(2, 8)]
TURNED = replace(SHAPES, rotation=10.0)


@pytest.mark.parametrize(
    ("trainings", "most_bytes"),
    [
        # Seed by seed, as a comparison trains: two, four, and five networks, of which four stay.
        ([(place, replace(SHAPES, seed=seed)) for seed in (0, 1) for place in range(2)], 10**9),
        ([(place, replace(SHAPES, seed=seed)) for seed in (0, 1) for place in range(4)], 10**9),
        pytest.param(
            [(place, replace(SHAPES, seed=seed)) for seed in (0, 1) for place in range(5)],
            10**9,
            marks=pytest.mark.proof,
        ),
        pytest.param(
            [(0, SHAPES), *((n, SHAPES) for n in range(1, 5)), (4, SHAPES), (0, SHAPES)],
            10**9,
            marks=pytest.mark.proof,
        ),
        # Augmentation is compiled with its seed, and so is the kind of optimizer.
        ([(0, TURNED), (0, replace(TURNED, seed=9)), (0, TURNED)], 10**9),
        ([(0, SHAPES), (0, replace(SHAPES, optimizer=Optimizer.SGD)), (0, SHAPES)], 10**9),
        ([(0, SHAPES), (0, replace(SHAPES, epochs=9, batch_size=8, patience=2))], 10**9),
        # Two of these networks have some 1,700 and 2,400 bytes with Adam's copies.
        ([(0, SHAPES), (0, SHAPES), (1, SHAPES), (0, SHAPES)], 2_000),
    ],
)
def test_it_is_foretold_which_trainings_find_their_network_compiled(
    train: Split, monkeypatch, trainings, most_bytes: int
):
    monkeypatch.setattr(kept_machines, "MOST_BYTES", most_bytes)
    found = []
    for place, configuration in trainings:
        machine = machine_for(TINY[place], configuration, train)
        found.append(machine.is_compiled)
        machine.is_compiled = True  # as it would be after a training
        keep(machine, TINY[place], configuration)

    named = [(TINY[place], configuration) for place, configuration in trainings]
    assert found_compiled(named) == found


def test_a_run_that_goes_on_with_the_loss_of_before_gets_no_machine_of_another(train: Split):
    kept_machines.forget()
    machine = machine_for(STATEFUL, SHAPES, train)
    machine.is_compiled = True
    keep(machine, STATEFUL, SHAPES)

    assert machine_for(STATEFUL, SHAPES, train, as_before=True) is not machine
    assert machine_for(STATEFUL, SHAPES, train) is machine
