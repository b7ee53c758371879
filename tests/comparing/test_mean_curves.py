"""Curves over seeds: against a mean by hand, over every axis."""

import statistics
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.comparing.comparison import Group, Plan, groups
from cnn.comparing.mean_curves import (
    Axis,
    MeanCurve,
    Sample,
    Stretch,
    epoch_samples,
    mean_curve,
    per_epoch,
    stretch_samples,
)
from cnn.training.recipe.run import Epoch, State
from cnn.training.recipe.start import Start
from tests.comparing.test_comparison import LENET, plan, run
from tests.comparing.test_standings import epochs

SIZES = {"train": 150, "validation": 30, "test": 300}


def curve_of(group: Group, curves: dict[str, list[Epoch]], field: str, axis: Axis = Axis.EPOCHS):
    samples = {id: epoch_samples(curve, field) for id, curve in curves.items()}
    return mean_curve(group, samples, axis, 1.0 if field.endswith("accuracy") else float("inf"))


def test_a_mean_curve_goes_over_the_seeds_that_have_come_so_far():
    runs = [run(LENET, 0), run(LENET, 1, State.RUNNING), run(LENET, 2, State.DIVERGED)]
    group = groups(plan(3), runs)[0]
    curves = {runs[0].id: epochs(0.5, 0.7), runs[1].id: epochs(0.7), runs[2].id: epochs(0.1)}

    found = curve_of(group, curves, "val_accuracy")

    assert found
    assert found.epochs == (1, 2)
    assert found.mean == pytest.approx((0.6, 0.7))
    assert found.low == pytest.approx((0.6 - 0.02**0.5, 0.7))
    assert found.high == pytest.approx((0.6 + 0.02**0.5, 0.7))
    assert (found.trainings, found.counts) == (2, (2, 1))


def test_the_spread_stays_where_figures_can_be():
    runs = [run(LENET, 0), run(LENET, 1)]
    group = groups(plan(2), runs)[0]
    curves = {
        runs[0].id: [Epoch(1, 1.0, 0.5, 0.0, 1.0, 1.0)],
        runs[1].id: [Epoch(1, 1.0, 0.5, 0.9, 0.9, 1.0)],
    }

    accuracy, loss = (curve_of(group, curves, f"val_{name}") for name in ("accuracy", "loss"))

    assert accuracy
    assert loss
    assert accuracy.high == (1.0,)
    assert loss.low == (0.0,)


def test_a_group_that_nobody_has_begun_has_no_curve():
    assert curve_of(groups(plan(), [])[0], {}, "val_loss") is None


@pytest.mark.parametrize(
    ("axis", "end_of_epoch_2"),
    [
        (Axis.EPOCHS, 2),
        (Axis.STEPS, 20),  # 150 images in batches of 16: 10 steps an epoch
        (Axis.IMAGES, 300),
        (Axis.MACS, 300 * (3 * 416_520 - 117_600)),  # see test_budget.py
        (Axis.SECONDS, 2.0),
    ],
)
def test_an_epoch_ends_where_the_axis_says(axis: Axis, end_of_epoch_2: float):
    one = replace(run(LENET), images=SIZES)
    group = groups(plan(), [one])[0]

    found = curve_of(group, {one.id: epochs(0.5, 0.7)}, "val_accuracy", axis)

    assert found
    assert found.x[-1] == pytest.approx(end_of_epoch_2)


def test_frozen_layers_and_the_head_alone_spend_fewer_macs():
    start = Start("0" * 64, file="a.keras", freeze=1, head_first=1, anew=("dense_3",))
    settings = replace(run(LENET).configuration, start=start)
    one = replace(run(LENET), images=SIZES, configuration=settings)

    found = curve_of(
        groups(Plan((replace(LENET, run=one),), settings), [one])[0],
        {one.id: epochs(0.5, 0.7)},
        "val_accuracy",
        Axis.MACS,
    )

    assert found
    head_alone, first_frozen = 416_520 + 840, 774_360  # see test_spent_macs.py
    assert found.x == (150 * head_alone, 150 * (head_alone + first_frozen))


def test_training_stands_in_the_middle_of_its_epoch_on_every_axis():
    one = replace(run(LENET), images=SIZES)
    group = groups(plan(), [one])[0]
    curve = [Epoch(1, 1.0, 0.5, 0.8, 0.5, 4.0), Epoch(2, 1.0, 0.5, 0.8, 0.5, 10.0)]

    steps, seconds = (
        curve_of(group, {one.id: curve}, "accuracy", axis) for axis in (Axis.STEPS, Axis.SECONDS)
    )

    assert steps
    assert seconds
    assert steps.x == (5, 15)
    assert seconds.x == (2, 7)


def test_seeds_of_one_sample_each_stand_at_the_mean_of_their_seconds():
    runs = [replace(run(LENET, seed), images=SIZES) for seed in (0, 1)]
    group = groups(plan(2), runs)[0]
    samples = {runs[0].id: [Sample(1, 4.0, 0.5)], runs[1].id: [Sample(1, 6.0, 0.7)]}

    found = mean_curve(group, samples, Axis.SECONDS)

    assert found
    assert found == MeanCurve((5.0,), (1,), (0.6,), found.low, found.high, (2,), 2)


def over_seconds(*curves: list[tuple[float, float]]) -> MeanCurve:
    runs = [replace(run(LENET, seed), images=SIZES) for seed in range(len(curves))]
    samples = {
        one.id: [Sample(i, *point) for i, point in enumerate(curve, start=1)]
        for one, curve in zip(runs, curves, strict=True)
    }
    found = mean_curve(groups(plan(len(curves)), runs)[0], samples, Axis.SECONDS)
    assert found
    return found


def test_over_seconds_a_mean_is_of_the_same_second_and_of_those_that_are_under_way():
    slow = [(10.0, 0.5), (20.0, 0.6), (30.0, 0.7)]
    fast = [(6.0, 0.4), (12.0, 0.6), (18.0, 0.8), (24.0, 0.8)]

    found = over_seconds(slow, fast)

    # By hand: at 10 s the fast one is two thirds of the way from 0.4 to 0.6, at 12 s the slow one
    # is a fifth of the way from 0.5 to 0.6, and so on. Of 6, 10, 12, 18, 20, 24 and 30 s each other
    # one is a moment, as is each beginning and end from 10 s, where both have begun; at 24 s the
    # fast one ends, and the other goes on alone.
    assert list(found.x) == [10, 12, 20, 24, 24, 30]
    assert found.counts == (2, 2, 2, 2, 1, 1)
    assert found.mean == pytest.approx(
        ((0.5 + 8 / 15) / 2, (0.52 + 0.6) / 2, (0.6 + 0.8) / 2, (0.64 + 0.8) / 2, 0.64, 0.7)
    )
    assert found.epochs[0] == pytest.approx((1 + 5 / 3) / 2)
    assert (found.trainings, found.breaks) == (2, ())


def test_of_one_seed_every_sample_is_a_point_over_seconds():
    found = over_seconds([(3.0, 0.5), (7.0, 0.6), (8.0, 0.9)])

    assert list(found.x) == [3, 7, 8]
    assert found.mean == pytest.approx((0.5, 0.6, 0.9))


def test_a_seed_that_had_ended_before_another_began_is_not_joined_to_it():
    found = over_seconds([(1.0, 0.5), (2.0, 0.6)], [(10.0, 0.3), (20.0, 0.5)])

    assert list(found.x) == [1, 2, 10, 20]
    assert (found.counts, found.trainings, found.breaks) == ((1, 1, 1, 1), 2, (2,))


SECONDS = st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True).map(sorted)


@given(st.lists(SECONDS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_over_seconds_numpy_finds_the_same_means_and_n_changes_where_seeds_end(seeds, random):
    curves = [[(float(second), random.random()) for second in own] for own in seeds]
    if all(len(curve) == 1 for curve in curves):
        curves[0].append((curves[0][0][0] + 5, 0.5))

    found = over_seconds(*curves)

    assert list(found.x) == sorted(found.x)
    assert {curve[-1][0] for curve in curves if curve[-1][0] >= found.x[0]} <= set(found.x)
    for x, mean, count in zip(found.x, found.mean, found.counts, strict=True):
        under_way = [curve for curve in curves if curve[0][0] <= x <= curve[-1][0]]
        if found.x.count(x) == 1:  # else n changes here, and this point is of those on one side
            means = [float(np.interp(x, *np.transpose(curve))) for curve in under_way]
            assert count == len(under_way)
            assert mean == pytest.approx(statistics.fmean(means))
    ends = {curve[end][0] for curve in curves for end in (0, -1)}
    pairs = list(pairwise(zip(found.x, found.counts, strict=True)))
    for place, ((x, n), (then, m)) in enumerate(pairs, start=1):
        assert n == m or place in found.breaks or x == then in ends


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_mean_and_band_are_those_of_pythons_statistics(values: list[float]):
    runs = [replace(run(LENET, seed), images=SIZES) for seed in range(len(values))]
    group = groups(plan(len(values)), runs)[0]
    samples = {one.id: [Sample(1, 1.0, v)] for one, v in zip(runs, values, strict=True)}

    found = mean_curve(group, samples, Axis.EPOCHS, 1.0)

    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    middle = statistics.fmean(values)
    assert found
    assert found.mean[0] == pytest.approx(middle)
    assert found.low[0] == pytest.approx(max(middle - spread, 0.0), abs=1e-12)
    assert found.high[0] == pytest.approx(min(middle + spread, 1.0), abs=1e-12)


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=6))
def test_each_point_says_of_how_many_seeds_it_is_the_mean(curves: list[list[float]]):
    """Seeds that stop early: by hand, of those that have a value at a place, and no others."""
    runs = [replace(run(LENET, seed), images=SIZES) for seed in range(len(curves))]
    group = groups(plan(len(curves)), runs)[0]
    samples = {
        one.id: [Sample(i + 1, 1.0, value) for i, value in enumerate(curve)]
        for one, curve in zip(runs, curves, strict=True)
    }

    found = mean_curve(group, samples, Axis.EPOCHS, 1.0)

    assert found
    for place, (mean, count) in enumerate(zip(found.mean, found.counts, strict=True)):
        there = [curve[place] for curve in curves if len(curve) > place]
        assert count == len(there)
        assert mean == pytest.approx(statistics.fmean(there))
    assert len(found.mean) == max(map(len, curves))
    assert found.trainings == len(curves)


def test_a_last_epoch_that_ends_at_another_moment_in_each_seed_stands_at_their_mean():
    runs = [replace(run(LENET, seed), images=SIZES) for seed in (0, 1)]
    group = groups(plan(2), runs)[0]
    samples = {runs[0].id: [Sample(1.8, 4.0, 0.5)], runs[1].id: [Sample(1.4, 4.0, 0.7)]}

    found = mean_curve(group, samples, Axis.EPOCHS)

    assert found
    assert found.x == found.epochs == pytest.approx((1.6,))


def test_a_run_that_does_not_say_how_many_images_it_has_is_on_no_axis_of_images():
    queued = run(LENET, state=State.RUNNING)

    assert per_epoch(queued, Axis.IMAGES) is None
    assert per_epoch(queued, Axis.EPOCHS) == 1


def test_stretches_are_samples_at_their_middle():
    assert stretch_samples([Stretch(0.5, 2.0, 1.5, 0.25)], "loss") == [Sample(0.5, 2.0, 1.5)]
