"""Means and spreads over seeds, what is counted, and how soon a target was reached."""

from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.comparing.columns import stars
from cnn.comparing.comparison import Group, groups
from cnn.comparing.standings import (
    Summary,
    summary,
    table,
    to_target,
)
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Epoch, Result, State
from tests.comparing.test_comparison import LENET, plan, run

accuracies = st.lists(st.floats(0, 1), max_size=8)


def numbers(found: Summary | None) -> tuple[float, float | None, int] | None:
    return (found.mean, found.sd, found.n) if found else None


def epochs(*val_accuracies: float) -> list[Epoch]:
    return [Epoch(i, 1.0, 0.5, 0.8, value, i) for i, value in enumerate(val_accuracies, 1)]


def timed_epochs(seed: int) -> list[Epoch]:
    """The first takes 6 s, however warm its process was; the second 2 s and one more a seed."""
    seconds = (6.0, 8.0 + seed)
    return [replace(one, seconds=at) for one, at in zip(epochs(0.5, 0.9), seconds, strict=True)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([0.5], (0.5, None, 1)),
        ([1.0, 2.0, 3.0, 4.0], pytest.approx((2.5, (5 / 3) ** 0.5, 4))),
    ],
)
def test_the_deviation_is_that_of_a_sample(values, expected):
    assert numbers(summary(values)) == expected


def test_the_table_means_over_finished_seeds_and_leaves_others_out():
    runs = [
        run(LENET, 0, test=0.98),
        run(LENET, 1, test=0.96),
        run(LENET, 2, State.DIVERGED),
        run(LENET, 3, State.RUNNING),
    ]
    found = groups(plan(4), runs)
    curves = {one.id: timed_epochs(one.configuration.seed) for one in runs}

    lenet, demo = table(found, curves)

    assert numbers(lenet.test_accuracy) == pytest.approx((0.97, 0.02 / 2**0.5, 2))
    assert lenet.best_validation == Summary(0.9, 0.0, 2)
    assert numbers(lenet.seconds) == pytest.approx((8.5, 1 / 2**0.5, 2))
    assert numbers(lenet.seconds_per_epoch) == pytest.approx((2.5, 1 / 2**0.5, 2))
    assert lenet.group.left_out == {2: State.DIVERGED}
    assert [one.configuration.seed for one in lenet.group.live] == [3]
    assert (lenet.trace.total_params, lenet.trace.total_macs) == (61_706, 416_520)
    assert demo.test_accuracy is None


def test_the_table_says_what_the_last_map_sees():
    # LeNet-5: 5, then 6 at jump 2 after the pool, 14 after the second 5x5, 16 after its pool.
    (row, _) = table(groups(plan(), []), {})

    assert row.receptive_field == (16, 16)


@given(st.lists(accuracies, min_size=1, max_size=5), st.floats(0, 1))
def test_the_target_is_reached_in_the_first_epoch_that_is_good_enough(curves, target):
    # By hand: go along each curve and stop at the first value that will do.
    first = []
    for curve in curves:
        number = 1
        while number <= len(curve) and curve[number - 1] < target:
            number += 1
        if number <= len(curve):
            first.append(number)

    found = to_target([epochs(*curve) for curve in curves], target)

    assert (found.reached, found.seeds) == (len(first), len(curves))
    assert (found.epochs.mean if found.epochs else None) == (mean(first) if first else None)


def test_seconds_to_a_target_are_those_at_the_end_of_its_epoch():
    curve = [Epoch(1, 1.0, 0.5, 0.8, 0.5, 2.5), Epoch(2, 1.0, 0.5, 0.8, 0.9, 5.5)]

    found = to_target([curve, curve[:1]], 0.9)

    assert found.seconds == Summary(5.5, None, 1)
    assert (found.reached, found.seeds) == (1, 2)


def test_what_is_counted_needs_no_seeds_and_the_lowest_has_the_star():
    found = stars(table(groups(plan(), []), {}), set())

    assert found == {
        "test_accuracy": set(),
        "params": {"shapes-demo"},
        "macs": {"shapes-demo"},
        "activation_bytes": {"shapes-demo"},
    }


def test_where_all_are_the_same_nobody_has_a_star():
    rows = table([Group(LENET, ()), Group(replace(LENET, id="again"), ())], {})

    assert stars(rows, set())["params"] == set()


@given(
    images=st.integers(20, 3_000),
    batch=st.integers(1, 64),
    steps=st.integers(2, 400),
    step_s=st.floats(0.001, 0.1),
    first_s=st.floats(0, 5),
    validation_s=st.floats(0, 20),
    by_seconds=st.booleans(),
)
def test_an_epoch_takes_its_steps_and_its_validation_wherever_the_training_ends(
    *, images, batch, steps, step_s, first_s, validation_s, by_seconds
):
    """The clock of a training, step by step: each costs what its images do, the first more; after
    each epoch, whole or not, all validation images are looked at.
    """
    an_epoch, image_s, clock = -(-images // batch), step_s / batch, first_s
    curve: list[Epoch] = []
    for step in range(1, steps + 1):
        place = (step - 1) % an_epoch
        clock += min(batch, images - place * batch) * image_s
        if place == an_epoch - 1 or step == steps:
            clock += validation_s
            curve.append(Epoch(len(curve) + 1, 1.0, 0.5, 0.8, 0.5, clock))
    ends = {"seconds": 60.0} if by_seconds else {"steps": steps}
    settings = Configuration(epochs=1_000, batch_size=batch, **ends)
    result = Result(0.3, 0.9, 1_000, images, 10, clock, 1 / image_s, len(curve), None, steps)
    trained = replace(run(LENET), configuration=settings, result=result, images={"train": images})

    (row,) = table([Group(LENET, (trained,))], {trained.id: curve})

    assert row.seconds_per_epoch
    whole = steps // an_epoch
    slow = first_s if whole < 2 else 0.0  # then there is no other epoch to go by
    assert row.seconds_per_epoch.mean == pytest.approx(images * image_s + validation_s + slow)


def test_nothing_is_said_of_an_epoch_that_cannot_be_known():
    """One step of many, whose speed was not measured; and a budget without a curve."""
    settings = Configuration(epochs=1_000, batch_size=16, steps=1)
    result = Result(0.3, 0.9, 1_000, 5_000, 10, 30.0, 0.0, 1, None, 1)
    short = replace(run(LENET), configuration=settings, result=result, images={"train": 5_000})

    for curve in ([Epoch(1, 1.0, 0.5, 0.8, 0.5, 20.0)], []):
        (row,) = table([Group(LENET, (short,))], {short.id: curve})
        assert row.seconds_per_epoch is None


def test_the_star_of_test_accuracy_is_what_is_claimed():
    rows = table(groups(plan(), []), {})

    assert stars(rows, {"lenet-5"})["test_accuracy"] == {"lenet-5"}
