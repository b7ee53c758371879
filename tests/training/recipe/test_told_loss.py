"""With label smoothing, the training loss on record is on plain labels, like that of validation;
what an earlier version began with the smoothed one goes on with it, and says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.recipe.told_loss import PLAIN, TRAINING_LOSS, is_smoothed
from cnn.training.store.store import Store
from cnn.training.workers import resuming

NETWORK = Architecture("Small", (8, 8, 1), (Flatten(), Dense(3)))
SMOOTHED = Configuration(
    DatasetSpec(DatasetName.SHAPES), epochs=2, batch_size=150, label_smoothing=0.3
)
OLDER = {"python": "3.11.1"}
"""What an earlier version noted: nothing of the loss."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def carried_out(
    store: Store, configuration: Configuration = SMOOTHED, noted: Mapping[str, Any] | None = None
) -> Run:
    run = store.add(NETWORK, configuration, worker="me")
    if noted:
        images = {"train": 150, "validation": 30, "test": 30}
        store.freeze(run.id, "", images, dict(noted))
        run = store.get(run.id) or run
    return fit.carry_out(store, run)


def losses(store: Store, run: Run) -> list[float]:
    return [one.loss for one in store.epochs([run.id])[run.id]]


def plain_loss_at_the_start(seed: int = 0) -> float:
    """The cross-entropy of a new network over all training images, in NumPy."""
    import keras

    from cnn.network.keras.model import build

    keras.utils.set_random_seed(seed)
    train = load(SMOOTHED.dataset, NETWORK.input).train
    scores = np.asarray(build(NETWORK)(train.pixels / np.float32(255)), np.float64)
    right = scores[np.arange(len(train)), train.labels] - np.log(np.exp(scores).sum(axis=1))
    return float(-right.mean())


def test_the_loss_on_record_is_the_one_on_plain_labels_and_that_is_noted(store: Store):
    run = carried_out(store)

    # An epoch is one step over all images here, measured before it.
    assert losses(store, run)[0] == pytest.approx(plain_loss_at_the_start(), abs=1e-5)
    assert run.environment[TRAINING_LOSS] == PLAIN
    assert not is_smoothed(run)


def test_a_run_that_an_earlier_version_began_goes_on_with_the_smoothed_loss(store: Store):
    older, newer = carried_out(store, noted=OLDER), carried_out(store)

    assert older.state is newer.state is State.FINISHED
    assert is_smoothed(older)
    assert TRAINING_LOSS not in older.environment
    assert abs(losses(store, older)[0] - losses(store, newer)[0]) > 1e-3


@pytest.mark.parametrize("noted", [OLDER, {}])
def test_a_run_that_continues_another_tells_the_loss_of_the_curve_it_begins_with(
    store: Store, noted
):
    before = carried_out(store, noted=noted)
    more = resuming.extend(store, before.id, 2, worker="me")
    was = is_smoothed(more)

    after = fit.carry_out(store, more)

    assert was == is_smoothed(after) == is_smoothed(before) == bool(noted)
    assert after.environment["processors"]


def test_where_no_labels_are_smoothed_nothing_is_noted(store: Store):
    run = carried_out(store, replace(SMOOTHED, label_smoothing=0.0))

    assert TRAINING_LOSS not in run.environment
    assert not is_smoothed(run)
    assert not is_smoothed(replace(run, environment=OLDER))


def test_a_run_that_has_not_begun_will_be_on_plain_labels(store: Store):
    assert not is_smoothed(store.add(NETWORK, SMOOTHED))
