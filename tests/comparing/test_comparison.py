"""Grouping runs by network and seed, and what is missing."""

from dataclasses import replace

import pytest

from cnn.comparing.budget import Budget, Equal
from cnn.comparing.comparison import Entrant, Plan, all_missing, colours, groups, missing
from cnn.network.zoo import CLASSICS, entry, zoo
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import Result, Run, State

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


def test_of_several_plans_the_first_seeds_come_first_and_nothing_is_trained_twice():
    longer = Plan((LENET,), replace(SETTINGS, epochs=9), 2)
    same = Plan((replace(LENET, id="again"),), SETTINGS, 1)
    plans = [plan(2), longer, same]

    wanted = all_missing(
        plans, [groups(plan(2), [run(DEMO)]), groups(longer, []), groups(same, [])]
    )

    assert [(one.architecture.name, own.epochs, own.seed) for one, own in wanted] == [
        ("LeNet-5", 2, 0),
        ("LeNet-5", 9, 0),
        ("LeNet-5", 2, 1),
        ("Shapes demo", 2, 1),
        ("LeNet-5", 9, 1),
    ]


def test_the_recipes_of_a_plan_are_those_of_its_runs():
    made = [run(entrant, seed) for entrant in (LENET, DEMO) for seed in (0, 1)]

    assert plan(2).recipes() == [one.recipe for one in made]


def test_a_network_keeps_its_colour_whoever_it_is_compared_with():
    known = [*CLASSICS, *(id for id in zoo() if id not in CLASSICS)]

    assert colours(CLASSICS, known, 8) == {id: i for i, id in enumerate(CLASSICS)}
    assert colours(["vgg-lite"], known, 8) == {"vgg-lite": 2}


def test_no_two_of_eight_have_the_same_colour():
    ids = ["1.own.8x8x1.end", *zoo()][:8]

    assert sorted(colours(ids, list(zoo()), 8).values()) == list(range(8))


def test_a_run_that_stands_as_it_was_trained_is_found_as_itself_and_trained_by_nobody():
    begun = run(LENET)
    gone_on = replace(
        begun,
        id="gone-on",
        continues=begun.id,
        configuration=replace(SETTINGS, epochs=4, seed=42),
    )
    kept = Entrant("run-gone-on", LENET.architecture, run=gone_on)
    both = Plan((LENET, kept), SETTINGS, seeds=2)
    assert gone_on.recipe in both.recipes()

    lenet, itself = groups(both, [begun, gone_on, replace(gone_on, id="another")])

    assert lenet.runs == (begun, None)
    assert (itself.runs, itself.finished, itself.of_seed(42)) == ((gone_on,), [gone_on], gone_on)
    assert itself.not_counted == []
    assert [(one.id, settings.seed) for one, settings in missing(both, [lenet, itself])] == [
        ("lenet-5", 1)
    ]
    assert both.epochs == 4


def test_without_it_the_same_run_would_belong_to_no_network():
    gone_on = replace(run(LENET), continues="before")

    assert groups(plan(), [gone_on])[0].runs == (None,)


def test_a_run_that_stands_alone_and_was_deleted_is_said_to_be():
    kept = Entrant("run-x", LENET.architecture, run=run(LENET, seed=3))

    (group,) = groups(Plan((kept,), SETTINGS), [])

    assert group.not_counted == ["deleted meanwhile"]
    assert missing(Plan((kept,), SETTINGS), [group]) == []


def test_a_run_is_called_by_its_own_name_or_told_from_others_by_its_id():
    own = run(LENET)

    assert Entrant("x", LENET.architecture, run=own).name == f"LeNet-5, run {own.id[:4]}"
    assert Entrant("x", LENET.architecture, run=replace(own, name="Best")).name == "Best"


def test_where_not_epochs_are_given_no_number_of_them_is_known():
    assert plan().epochs == SETTINGS.epochs
    assert replace(plan(), budget=Budget(Equal.TIME, 5.0)).epochs is None
    timed = replace(run(LENET), configuration=replace(SETTINGS, epochs=1_000, seconds=5.0))
    assert Plan((LENET, Entrant("x", LENET.architecture, run=timed)), SETTINGS).epochs is None


def test_a_known_network_keeps_its_colour_whoever_comes_before_it():
    known = list(CLASSICS)
    wanted = next(f"run-{place}" for place in range(99) if sum(f"run-{place}".encode()) % 8 == 0)

    assert colours([wanted, known[0]], known, 8)[known[0]] == 0
