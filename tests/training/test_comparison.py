"""Grouping runs, means over seeds, and what can be told apart."""

from dataclasses import replace

import pytest

from cnn.network.zoo import CLASSICS, entry, zoo
from cnn.training.comparison import (
    Entrant,
    Group,
    Plan,
    Row,
    Summary,
    as_good_as_best,
    colours,
    groups,
    mean_curve,
    missing,
    summary,
    table,
)
from cnn.training.configuration import Configuration, ConfigurationError
from cnn.training.run import Epoch, Result, Run, State

LENET, DEMO = (Entrant(id, entry(id).architecture) for id in ("lenet-5", "shapes-demo"))
SETTINGS = Configuration(epochs=2)


def run(
    entrant: Entrant, seed: int = 0, state: State = State.FINISHED, test: float = 0.9, at: float = 0
) -> Run:
    return Run(
        id=f"{entrant.id}-{seed}-{state}-{at:g}",
        name=entrant.name,
        architecture=entrant.architecture,
        configuration=replace(SETTINGS, seed=seed),
        state=state,
        created_at=at,
        result=Result(0.3, test, 1_000, 5_000, 1_000, 8.0 + seed, 4_000.0)
        if state is State.FINISHED
        else None,
    )


def plan(seeds: int = 1) -> Plan:
    return Plan((LENET, DEMO), SETTINGS, seeds)


def numbers(found: Summary | None) -> tuple[float, float | None, int] | None:
    return (found.mean, found.sd, found.n) if found else None


def epochs(*val_accuracies: float) -> list[Epoch]:
    return [Epoch(i, 1.0, 0.5, 0.8, value, i) for i, value in enumerate(val_accuracies, 1)]


@pytest.mark.parametrize("seeds", [0, 11])
def test_a_comparison_has_one_to_ten_seeds(seeds: int):
    with pytest.raises(ConfigurationError, match=f"seeds must be 1 to 10, got {seeds}"):
        plan(seeds)


def test_runs_are_put_to_the_network_and_the_seed_they_belong_to():
    runs = [run(DEMO, 1), run(LENET, 0)]

    lenet, demo = groups(plan(2), runs)

    assert lenet.runs == (runs[1], None)
    assert demo.runs == (None, runs[0])


def test_a_run_belongs_whatever_its_network_is_called():
    renamed = replace(run(LENET), architecture=replace(LENET.architecture, name="Mine"))

    assert groups(plan(), [renamed])[0].runs == (renamed,)


@pytest.mark.parametrize(
    "settings", [{"epochs": 3}, {"batch_size": 32}, {"optimizer": "sgd"}, {"weight_decay": 0.1}]
)
def test_a_run_under_other_conditions_does_not_belong(settings):
    other = replace(run(LENET), configuration=replace(SETTINGS, **settings))

    assert groups(plan(), [other])[0].runs == (None,)


def test_of_several_runs_a_finished_one_counts_and_of_equals_the_latest():
    finished = run(LENET, state=State.FINISHED, at=1)
    queued = run(LENET, state=State.QUEUED, at=2)
    failed = run(LENET, state=State.FAILED, at=3)

    assert groups(plan(), [failed, queued, finished])[0].runs == (finished,)
    assert groups(plan(), [failed, queued])[0].runs == (queued,)
    again = replace(finished, id="again", created_at=9)
    assert groups(plan(), [again, finished])[0].runs == (again,)


@pytest.mark.parametrize(
    ("state", "is_missing"),
    [
        (State.FINISHED, False),
        (State.QUEUED, False),
        (State.RUNNING, False),
        (State.PAUSED, False),
        (State.DIVERGED, False),
        (State.STOPPED, True),
        (State.INTERRUPTED, True),
        (State.FAILED, True),
    ],
)
def test_what_would_come_out_the_same_or_is_under_way_is_not_missing(state, is_missing):
    found = groups(plan(), [run(LENET, state=state), run(DEMO)])

    assert bool(missing(plan(), found)) is is_missing


def test_missing_runs_are_queued_seed_by_seed():
    found = groups(plan(2), [run(LENET, 0)])

    wanted = [(entrant.id, settings.seed) for entrant, settings in missing(plan(2), found)]

    assert wanted == [("shapes-demo", 0), ("lenet-5", 1), ("shapes-demo", 1)]


def test_the_recipes_of_a_plan_are_those_of_its_runs():
    made = [run(entrant, seed) for entrant in (LENET, DEMO) for seed in (0, 1)]

    assert plan(2).recipes() == [one.recipe for one in made]


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
    curves = {one.id: epochs(0.5, 0.9, 0.8) for one in runs}

    lenet, demo = table(found, curves)

    assert numbers(lenet.test_accuracy) == pytest.approx((0.97, 0.02 / 2**0.5, 2))
    assert lenet.best_validation == Summary(0.9, 0.0, 2)
    assert numbers(lenet.seconds_per_epoch) == pytest.approx((4.25, 0.5 / 2**0.5, 2))
    assert lenet.group.left_out == {2: State.DIVERGED}
    assert [one.configuration.seed for one in lenet.group.live] == [3]
    assert (lenet.trace.total_params, lenet.trace.total_macs) == (61_706, 416_520)
    assert demo.test_accuracy is None


def test_the_table_says_what_the_last_map_sees():
    # LeNet-5: 5, then 6 at jump 2 after the pool, 14 after the second 5x5, 16 after its pool.
    (row, _) = table(groups(plan(), []), {})

    assert row.receptive_field == (16, 16)


def judged(entrant: Entrant, mean: float, sd: float | None, n: int, images: int = 1_000) -> Row:
    group = Group(entrant, ())
    (row,) = table([group], {})
    return replace(row, test_accuracy=Summary(mean, sd, n), test_images=images)


def test_one_seed_is_as_uncertain_as_its_test_images():
    # sqrt(0.9 x 0.1 / 1000) = 0.00949
    assert judged(LENET, 0.9, None, 1).error_of_mean == pytest.approx(0.0094868, abs=1e-6)


def test_seeds_that_lie_far_apart_are_more_uncertain_than_that():
    assert judged(LENET, 0.9, 0.1, 4).error_of_mean == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("lenet", "demo", "best"),
    [
        (0.98, 0.90, {"lenet-5"}),
        (0.98, 0.975, {"lenet-5", "shapes-demo"}),
        (0.5, 0.9, {"shapes-demo"}),
    ],
)
def test_best_is_whatever_cannot_be_told_from_the_best(lenet: float, demo: float, best: set[str]):
    assert as_good_as_best([judged(LENET, lenet, None, 1), judged(DEMO, demo, None, 1)]) == best


def test_one_network_alone_is_not_the_best():
    assert as_good_as_best([judged(LENET, 0.98, None, 1)]) == set()


def test_a_mean_curve_goes_over_the_seeds_that_have_come_so_far():
    runs = [run(LENET, 0), run(LENET, 1, State.RUNNING), run(LENET, 2, State.DIVERGED)]
    group = groups(plan(3), runs)[0]
    curves = {runs[0].id: epochs(0.5, 0.7), runs[1].id: epochs(0.7), runs[2].id: epochs(0.1)}

    found = mean_curve(group, curves, "val_accuracy")

    assert found
    assert found.epochs == (1, 2)
    assert found.mean == pytest.approx((0.6, 0.7))
    assert found.low == pytest.approx((0.6 - 0.02**0.5, 0.7))
    assert found.high == pytest.approx((0.6 + 0.02**0.5, 0.7))
    assert found.trainings == 2


def test_the_spread_stays_where_figures_can_be():
    runs = [run(LENET, 0), run(LENET, 1)]
    group = groups(plan(2), runs)[0]
    curves = {
        runs[0].id: [Epoch(1, 1.0, 0.5, 0.0, 1.0, 1.0)],
        runs[1].id: [Epoch(1, 1.0, 0.5, 0.9, 0.9, 1.0)],
    }

    accuracy, loss = (mean_curve(group, curves, f"val_{name}") for name in ("accuracy", "loss"))

    assert accuracy
    assert loss
    assert accuracy.high == (1.0,)
    assert loss.low == (0.0,)


def test_a_group_that_nobody_has_begun_has_no_curve():
    assert mean_curve(groups(plan(), [])[0], {}, "val_loss") is None


def test_a_network_keeps_its_colour_whoever_it_is_compared_with():
    known = [*CLASSICS, *(id for id in zoo() if id not in CLASSICS)]

    assert colours(CLASSICS, known, 8) == {id: i for i, id in enumerate(CLASSICS)}
    assert colours(["vgg-lite"], known, 8) == {"vgg-lite": 2}


def test_no_two_of_eight_have_the_same_colour():
    ids = ["1.own.8x8x1.end", *zoo()][:8]

    assert sorted(colours(ids, list(zoo()), 8).values()) == list(range(8))
