"""The experiments of the last lesson: each differs in its rule alone, and its words are true."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.lessons import rules
from cnn.lessons.catalogue import find
from cnn.lessons.rules import EXPERIMENTS, Experiment, experiment, figures
from cnn.network.keras.model import build
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
)
from cnn.network.trace import trace
from cnn.training.recipe.run import Result, State, recipe
from cnn.training.store.store import Store

EVERY = pytest.mark.parametrize("one", EXPERIMENTS, ids=[one.key for one in EXPERIMENTS])
RESULT = Result(0.1, 0.98, 1_000, 5_000, 1_000, 12.5, 4_000.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


@EVERY
def test_every_network_is_one_that_keras_builds_with_the_figures_shown(one: Experiment):
    for side in one.sides:
        assert build(side.architecture).count_params() == figures(side.architecture).params


@EVERY
def test_every_rule_has_its_words(one: Experiment):
    words = find("rules").words
    assert {f"{one.key}_title", f"{one.key}_rule", f"{one.key}_look"} <= set(words)


@EVERY
def test_the_two_sides_of_a_rule_are_trained_on_the_same_images_from_the_same_seed(one):
    kept, broken = (side.configuration for side in one.sides)
    assert kept.dataset == broken.dataset
    assert (kept.seed, kept.epochs) == (broken.seed, broken.epochs)
    assert one.kept != one.broken


def test_no_two_trainings_of_the_lesson_are_the_same():
    recipes = {
        recipe(side.architecture, side.configuration) for one in EXPERIMENTS for side in one.sides
    }
    assert len(recipes) == 2 * len(EXPERIMENTS)


def test_two_3x3_see_as_far_as_one_5x5_with_18496_parameters_for_25632():
    kept, broken = (trace(side.architecture) for side in experiment("kernels").sides)
    assert figures(kept.architecture).field == figures(broken.architecture).field
    assert sum(row.params for row in kept.rows[2:4]) == 18_496
    assert broken.rows[2].params == 25_632


def test_without_padding_the_last_map_is_3x3_instead_of_7x7():
    kept, broken = (figures(side.architecture) for side in experiment("padding").sides)
    assert (kept.last_map, broken.last_map) == ((7, 7, 32), (3, 3, 32))


def test_a_stride_has_the_sizes_and_parameters_of_a_pool_for_a_quarter_of_the_convolutions():
    pool, stride = (figures(side.architecture) for side in experiment("pooling").sides)
    assert (pool.params, pool.last_map) == (stride.params, stride.last_map)
    dense = 7 * 7 * 64 * 10
    assert pool.macs - dense == 28 * 28 * 9 * 32 + 14 * 14 * 9 * 32 * 64
    assert 4 * (stride.macs - dense) == pool.macs - dense


def test_the_recipe_is_followed_by_its_network():
    layers = rules.RECIPE.layers
    first, pool, second, again, flatten, dense, dropout, _ = layers
    assert [one.filters for one in layers if isinstance(one, Conv2D)] == [32, 64]
    for conv in (first, second):
        assert isinstance(conv, Conv2D)
        assert (conv.kernel_size, conv.padding, conv.activation) == ((3, 3), "same", "relu")
    assert pool == again == MaxPooling2D(2)
    assert (flatten, dense, dropout) == (Flatten(), Dense(128, "relu"), Dropout(0.5))
    found = figures(rules.RECIPE)
    by_hand = 32 * (9 + 1) + 64 * (9 * 32 + 1) + 128 * (7 * 7 * 64 + 1) + 10 * (128 + 1)
    assert found.params == by_hand == build(rules.RECIPE).count_params()
    assert found.last_map == (7, 7, 64)


def test_many_filters_on_large_maps_cost_more_than_twice_the_multiplications():
    kept, broken = (figures(side.architecture) for side in experiment("doubling").sides)
    assert broken.macs > 2 * kept.macs
    assert kept.params > broken.params


def test_the_averaged_head_has_330_parameters_and_the_flattened_one_15690():
    heads = [trace(side.architecture).rows[-1].params for side in experiment("head").sides]
    assert heads == [330, 15_690]


def test_dropout_and_augmentation_change_no_parameter():
    for key in ("dropout", "augmentation"):
        kept, broken = (figures(side.architecture) for side in experiment(key).sides)
        assert kept == broken
    dropping, none = (side.architecture.layers for side in experiment("dropout").sides)
    assert tuple(layer for layer in dropping if not isinstance(layer, Dropout)) == none != dropping


def test_batch_norm_adds_four_numbers_a_channel_and_saves_the_bias():
    kept, broken = (figures(side.architecture) for side in experiment("batch_norm").sides)
    assert kept.params - broken.params == (16 + 32) * (4 - 1)
    norms = [
        layer
        for layer in experiment("batch_norm").kept.architecture.layers
        if isinstance(layer, BatchNormalization)
    ]
    assert len(norms) == 2


def test_only_a_training_of_exactly_this_is_shown_as_measured(store: Store):
    side = experiment("head").kept
    assert rules.done(store, side) is None
    other = store.add(side.architecture, experiment("augmentation").kept.configuration, worker="me")
    store.finish(other.id, State.FINISHED, result=RESULT)
    assert rules.done(store, side) is None
    failed = store.add(side.architecture, side.configuration, worker="me")
    store.finish(failed.id, State.FAILED)
    assert rules.done(store, side) is None
    waiting = store.add(side.architecture, side.configuration)
    assert rules.done(store, side) == waiting
