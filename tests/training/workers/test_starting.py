"""Trainings that begin with the weights of others: against Keras, cut off, done again, and kept."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions, load
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import Weights, build
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn.training.engine import fit, kept_machines, training_loop
from cnn.training.engine.reproduce import file_needed, script, start_file
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.matching import Fate
from cnn.training.recipe.pace import planned_rates
from cnn.training.recipe.run import MODEL, START, Progress, Run, State, Wish
from cnn.training.recipe.start import StartError
from cnn.training.store import archive
from cnn.training.store.class_names import class_names
from cnn.training.store.store import Store
from cnn.training.upkeep.contents import what_is_wrong
from cnn.training.workers import queue, starting
from cnn.training.workers.queue import Wanted
from cnn.training.workers.resuming import extend, resume
from cnn.training.workers.starting import Beginning
from tests import warm
from tests.some import some
from tests.training.workers.test_resuming import everything

ROOT = Path(__file__).parents[3]
NETWORK = Architecture(
    "All that has a state",
    (8, 8, 1),
    (
        Conv2D(4, 3, use_bias=False),
        BatchNormalization(momentum=0.9),
        Activation("relu"),
        Flatten(),
        Dropout(0.4),
        Dense(6, activation="relu"),
        Dense(3, activation="softmax"),
    ),
)
TWO = DatasetSpec(
    DatasetName.SHAPES,
    shapes=ShapeOptions(kinds=(Shape.CIRCLE, Shape.SQUARE), samples=48, test_samples=40),
)
PARENTS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2)
CHILDS = Configuration(TWO, epochs=4, batch_size=16, seed=5)
CLASSES = ("circle", "square")
CHILD = with_classes(NETWORK, 2)[0]


@pytest.fixture(scope="module")
def with_parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store in which one run has been trained; each test has a copy."""
    file = tmp_path_factory.mktemp("parent") / "runs.sqlite"
    store = Store(f"sqlite:///{file}")
    run = fit.carry_out(store, store.add(NETWORK, PARENTS, worker="me"))
    assert run.state is State.FINISHED, run.message
    store.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def store(with_parent: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(with_parent, tmp_path / "runs.sqlite")
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def parent(store: Store) -> Run:
    (run,) = store.latest()
    return run


def beginning(store: Store, parent: Run, **asked: int) -> Beginning:
    return starting.begin(starting.of_run(store, parent.id), CHILD, CLASSES, **asked)


def added(store: Store, begun: Beginning, settings: Configuration = CHILDS) -> Run:
    own = replace(settings, start=begun.start)
    return store.add(CHILD, own, worker="me", files=begun.files)


def child(store: Store, parent: Run, **asked: int) -> Run:
    run = fit.carry_out(store, added(store, beginning(store, parent, **asked)))
    assert run.state is State.FINISHED, run.message
    return run


def steps_in_keras(store: Store, parent: Weights, run: Run) -> tuple[list[float], Any]:
    """The loss of every step by Keras alone: the model compiled anew where more is trained."""
    import keras

    start, own = run.configuration.start, run.configuration
    assert start
    train = load(own.dataset, CHILD.input).train
    batch = own.batch_size_for(len(train))
    rates = planned_rates(own, len(train), own.epochs * own.steps_per_epoch(len(train)))

    keras.utils.set_random_seed(own.seed)
    model = build(from_scores(CHILD))
    for name in ("conv2d_1", "batch_normalization_1", "dense_1"):
        model.get_layer(name).set_weights(list(parent[name]))
    body, head = model.layers[:-1], model.layers[-1]
    losses: list[float] = []
    for epoch in range(1, own.epochs + 1):
        if epoch in (1, start.head_first + 1):
            is_head_alone = epoch <= start.head_first
            for place, layer in enumerate(body[1:]):
                layer.trainable = not is_head_alone and place >= start.freeze
            assert head.trainable
            called, given = own.optimizer_call
            model.compile(
                getattr(keras.optimizers, called)(**given),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                run_eagerly=True,
            )
        order = np.random.default_rng((own.seed, epoch)).permutation(len(train))
        for first in range(0, len(train), batch):
            few = train.take(order[first : first + batch])
            model.optimizer.learning_rate = float(rates[len(losses)])
            model.reset_metrics()
            losses.append(float(model.train_on_batch(few.images, few.labels)))
    return losses, model


@pytest.mark.parametrize(
    ("asked", "optimizer"),
    [
        ({"freeze": 1, "head_first": 2}, Optimizer.SGD),
        pytest.param({"freeze": 3}, Optimizer.ADAMW, marks=pytest.mark.proof),
        pytest.param({"head_first": 1}, Optimizer.RMSPROP, marks=pytest.mark.proof),
        pytest.param({}, Optimizer.ADAM, marks=pytest.mark.proof),
    ],
)
def test_a_whole_training_is_that_of_keras(
    store: Store, parent: Run, asked: dict[str, int], optimizer: Optimizer
):
    """Keras' own way: the body not trainable, compiled; then trainable, compiled anew."""
    taken = trained_weights(store, parent)
    settings = replace(CHILDS, optimizer=optimizer)
    run = fit.carry_out(store, added(store, beginning(store, parent, **asked), settings))
    assert run.state is State.FINISHED, run.message

    losses, model = steps_in_keras(store, taken, run)

    np.testing.assert_allclose([one.loss for one in store.steps(run.id)], losses, rtol=2e-3)
    ours = trained_weights(store, run)
    for name, arrays in ours.items():
        for mine, its in zip(arrays, model.get_layer(name).get_weights(), strict=True):
            np.testing.assert_allclose(mine, its, atol=2e-3)
    if asked.get("freeze"):
        assert all((a == b).all() for a, b in zip(ours["conv2d_1"], taken["conv2d_1"], strict=True))


def test_its_record_names_the_parent_and_what_was_taken(store: Store, parent: Run):
    begun = beginning(store, parent, freeze=2)
    run = added(store, begun)

    assert [one.fate for one in begun.matches] == [
        *[Fate.TAKEN] * 3,
        Fate.REHEADED,
    ]
    found = store.get(run.id)
    assert found
    start = found.configuration.start
    assert start
    assert (start.run, start.freeze, start.anew) == (parent.id, 2, ("dense_2",))
    assert found.begun_with == f"weights of run {parent.id}"
    assert [row.name for row in start.taken(CHILD)] == [
        "conv2d_1",
        "batch_normalization_1",
        "dense_1",
    ]
    assert what_is_wrong(START, begun.files[START], found) == ""
    assert "conv2d_1 needs weights" in what_is_wrong(
        START, begun.files[START], replace(found, architecture=replace(CHILD, input=(8, 8, 3)))
    )


def test_the_parent_may_be_deleted_before_it_is_trained(store: Store, parent: Run):
    expected = trained_weights(store, parent)
    run = added(store, beginning(store, parent, freeze=1))
    store.remove(parent.id)

    done = fit.carry_out(store, run)

    assert done.state is State.FINISHED, done.message
    kept = trained_weights(store, done)["conv2d_1"]
    assert all((a == b).all() for a, b in zip(kept, expected["conv2d_1"], strict=True))
    assert done.begun_with == f"weights of run {parent.id}"


@pytest.mark.parametrize("damage", ["gone", "other", "broken"])
def test_a_run_whose_first_weights_are_not_those_it_names_fails_and_says_so(
    store: Store, parent: Run, damage: str
):
    begun = beginning(store, parent)
    content = {
        "gone": {},
        "other": beginning(store, child(store, parent)).files,
        "broken": {START: b"no archive"},
    }[damage]
    wrong = Beginning(begun.start, begun.matches, content)
    done = fit.carry_out(store, added(store, wrong))

    assert done.state is State.FAILED
    said = {"gone": "does not keep", "other": "are others than it", "broken": "cannot be read"}
    assert said[damage] in done.message
    assert f"run {parent.id}" in done.message


@pytest.mark.parametrize("step", some([1, 6, 7, 10], 6))
def test_one_that_was_cut_off_goes_on_as_if_nothing_had_happened(
    store: Store, parent: Run, monkeypatch, step: int
):
    """Within the head's epochs (of 3 steps each), at their end, and behind it."""
    monkeypatch.setattr(training_loop, "PULSE_S", 0.0)
    begun = beginning(store, parent, freeze=1, head_first=2)
    whole = everything(store, fit.carry_out(store, added(store, begun)))
    run = added(store, begun)

    def stop(progress: Progress) -> None:
        if progress.step >= step:
            store.want(run.id, Wish.STOP)

    stopped = fit.carry_out(store, run, stop)
    assert stopped.state is State.STOPPED
    kept_machines.forget()  # as in another process
    again = fit.carry_out(store, resume(store, run.id, worker="me"))

    assert everything(store, again) == whole


def test_one_that_is_extended_keeps_frozen_what_is(store: Store, parent: Run):
    run = child(store, parent, freeze=1, head_first=1)
    longer = fit.carry_out(store, extend(store, run.id, 1, worker="me"))

    assert longer.state is State.FINISHED, longer.message
    old, new = (trained_weights(store, one) for one in (run, longer))
    assert all((a == b).all() for a, b in zip(old["conv2d_1"], new["conv2d_1"], strict=True))
    assert (old["dense_1"][0] != new["dense_1"][0]).any()


@pytest.mark.parametrize(
    "asked",
    [
        {"freeze": 2, "head_first": 2},
        pytest.param({"freeze": 3}, marks=pytest.mark.proof),
        pytest.param({}, marks=pytest.mark.proof),
    ],
)
def test_its_script_run_in_a_fresh_process_gives_its_curve(
    store: Store, parent: Run, tmp_path: Path, asked: dict[str, int]
):
    run = child(store, parent, **asked)
    text = script(run, store.epochs([run.id])[run.id])
    file = tmp_path / "again.py"
    file.write_text(text, encoding="utf-8")

    assert start_file(run) in file_needed(run)
    content = store.file(run.id, START)
    assert content
    (tmp_path / start_file(run)).write_bytes(content)
    ran = warm.run(file, env={"PYTHONPATH": str(ROOT)})

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("epoch ") == 4


@pytest.mark.proof
def test_its_script_asks_for_the_file_of_its_first_weights_and_takes_no_other(
    store: Store, parent: Run, tmp_path: Path
):
    run = child(store, parent)
    file = tmp_path / "again.py"
    file.write_text(script(run, store.epochs([run.id])[run.id]), encoding="utf-8")

    alone = warm.run(file, env={"PYTHONPATH": str(ROOT)})
    assert f"{start_file(run)} is not beside this script" in alone.stderr
    other = beginning(store, run).files[START]
    (tmp_path / start_file(run)).write_bytes(other)
    assert "holds other weights than" in warm.run(file, env={"PYTHONPATH": str(ROOT)}).stderr


def test_an_archive_brings_a_run_whose_parent_is_not_there(
    store: Store, parent: Run, tmp_path: Path
):
    run = child(store, parent, freeze=2, head_first=1)
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    archive.take_in(other, archive.packed(store, [run.id]))

    found = other.get(run.id)

    assert found
    assert found.configuration == run.configuration
    assert found.begun_with == f"weights of run {parent.id}"
    assert other.look_up(parent.id) is None
    other.close()


def test_a_keras_file_is_a_parent_like_the_run_that_it_is_of(store: Store, parent: Run):
    content = store.file(parent.id, MODEL)
    assert content
    imported, weights = read_keras_model(content)
    of_file = starting.begin(
        starting.of_file("my model.keras", imported, weights), CHILD, CLASSES, freeze=2
    )
    of_run = beginning(store, parent, freeze=2)

    assert of_file.start.weights == of_run.start.weights
    assert of_file.start == replace(of_run.start, run="", file="my model.keras")
    assert [one.fate for one in of_file.matches] == [one.fate for one in of_run.matches]
    losses = []
    for begun in (of_file, of_run):
        run = fit.carry_out(store, added(store, begun))
        losses.append([one.loss for one in store.steps(run.id)])
    assert losses[0] == losses[1]


def test_who_cannot_be_a_parent_is_said_with_the_way_out(store: Store, parent: Run):
    with pytest.raises(StartError, match=r"no run 'nobody' to begin with\. `python -m cnn runs li"):
        starting.of_run(store, "nobody")
    waiting = store.add(NETWORK, PARENTS)
    with pytest.raises(StartError, match=r"it is queued\. Wait for its end"):
        starting.of_run(store, waiting.id)
    store.finish(waiting.id, State.STOPPED)
    with pytest.raises(StartError, match=r"it is stopped\. Resume it first"):
        starting.of_run(store, waiting.id)
    store.finish(waiting.id, State.FINISHED)
    with pytest.raises(StartError, match=r"keeps no weights\. Train it again"):
        starting.of_run(store, waiting.id)
    with pytest.raises(StartError, match=r"9 layers cannot be frozen: .* has 7\. Freeze fewer"):
        beginning(store, parent, freeze=9)


def test_the_classes_of_the_parent_decide_whether_its_head_is_taken(store: Store, parent: Run):
    found = starting.of_run(store, parent.id)
    names = class_names(store, parent)
    same = starting.matches_of(found, NETWORK, names)
    others = starting.matches_of(found, NETWORK, tuple(reversed(names)))
    assert [one.fate for one in same] == [Fate.TAKEN] * 4
    assert [one.fate for one in others] == [Fate.TAKEN] * 3 + [Fate.REHEADED]
    unknown = replace(found, class_names=())
    assert starting.matches_of(unknown, NETWORK, tuple(reversed(names))) == same


def test_a_training_like_it_begins_with_the_same_weights_while_they_are_kept(
    store: Store, parent: Run
):
    run = added(store, beginning(store, parent, freeze=1))
    settings = replace(run.configuration, seed=9)

    (again,) = queue.put(store, [Wanted(CHILD, settings)])
    broader = replace(CHILD, layers=(Conv2D(5, 3, use_bias=False), *CHILD.layers[1:]))
    (wider,) = queue.put(store, [Wanted(broader, settings, ("Wider.",))])
    store.remove(run.id)
    store.remove(again.id)
    (lost,) = queue.put(store, [Wanted(CHILD, settings)])

    assert again.configuration == settings
    assert wider.configuration == lost.configuration == replace(settings, start=None)
    assert wider.changes[0] == "Wider."
    assert "were taken for another network" in wider.changes[1]
    assert f"those of run {parent.id}" in lost.changes[0]
    assert "not in this store any more" in lost.changes[0]
    assert store.file(wider.id, START) is None


def test_a_training_like_it_has_the_file_too(store: Store, parent: Run):
    run = added(store, beginning(store, parent))
    (again,) = queue.put(store, [Wanted(CHILD, run.configuration)])
    assert store.file(again.id, START) == store.file(run.id, START)
    assert json.dumps(again.configuration.to_dict()) == json.dumps(run.configuration.to_dict())


@pytest.mark.proof
def test_patience_counts_from_where_all_layers_are_trained(store: Store, parent: Run):
    """At a rate that changes nothing, the head alone would be given up after its second epoch."""
    begun = beginning(store, parent, head_first=3)
    settings = replace(CHILDS, epochs=6, patience=1, learning_rate=1e-8, optimizer=Optimizer.SGD)
    run = fit.carry_out(store, added(store, begun, replace(settings, momentum=0.0)))
    losses = [one.val_loss for one in store.epochs([run.id])[run.id]]

    assert losses[1] >= losses[0]
    wanted = best = 0
    for wanted, loss in enumerate(losses, 1):
        if loss < min(losses[: wanted - 1], default=np.inf):
            best = wanted
        if wanted - max(best, 3) >= 1:
            break
    assert len(losses) == wanted > 3
