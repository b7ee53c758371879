"""Curves over seeds: against a mean by hand, over every axis."""

import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.compare.comparison import Group, groups
from cnn.compare.mean_curves import (
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
from tests.compare.test_comparison import LENET, plan, run
from tests.compare.test_standings import epochs

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


def test_a_point_over_seconds_stands_at_the_mean_of_the_seeds():
    runs = [replace(run(LENET, seed), images=SIZES) for seed in (0, 1)]
    group = groups(plan(2), runs)[0]
    samples = {runs[0].id: [Sample(1, 4.0, 0.5)], runs[1].id: [Sample(1, 6.0, 0.7)]}

    found = mean_curve(group, samples, Axis.SECONDS)

    assert found
    assert found == MeanCurve((5.0,), (1,), (0.6,), found.low, found.high, (2,))


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
