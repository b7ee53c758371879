"""Goals in a link: read strictly, written back, judged by the exact figures and by one training."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions
from cnn.lessons.catalogue import challenges, measure_words
from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import (
    OF_TRAINING,
    Goal,
    GoalError,
    Goals,
    Measure,
    judged,
    read,
    written,
)
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Result, Run, State
from tests.lessons.reached import REACHED

SIMPLE = entry("simple-cnn").architecture
SAMPLE = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=3)


def run(test: float, *, network: Architecture = SIMPLE, settings: Configuration = SAMPLE) -> Run:
    result = Result(0.1, test, 1_000, 5_000, 1_000, 12.5, 4_000.0, epochs=settings.epochs)
    return Run("a" * 12, network.name, network, settings, State.FINISHED, 0.0, result=result)


def test_a_link_is_read_part_by_part():
    assert read("params<20000,test>0.98,data=mnist") == Goals(
        (Goal(Measure.PARAMS, False, 20_000), Goal(Measure.TEST, True, 0.98)), DatasetName.MNIST
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1 to 8 goals, got 0"),
        ("data=mnist", "1 to 8 goals, got 0"),
        (",".join(["depth>1"] * 9), "1 to 8 goals, got 9"),
        ("params=20000", "'params=20000' is no goal. Write one like params<20000"),
        ("params<", "is no goal"),
        ("params<-1", "is no goal"),
        ("params<1e9", "is no goal"),
        ("params<nan", "is no goal"),
        ("data=nowhere,params<1", "'data=nowhere' is no goal"),
        ("<script>alert(1)</script>", "is no goal"),
        ("params<1" + "0" * 300, "too long: at most 200"),
    ],
)
def test_what_is_no_goal_is_refused_with_its_part(text: str, says: str):
    with pytest.raises(GoalError, match=says):
        read(text)


@given(st.text(max_size=60))
def test_any_text_is_goals_or_a_named_error(text: str):
    with contextlib.suppress(GoalError):
        assert read(text).goals


LIMITS = st.integers(0, 10**9) | st.integers(0, 10**6).map(lambda n: n / 10**6)
GOALS = st.builds(
    Goals,
    st.lists(st.builds(Goal, st.sampled_from(Measure), st.booleans(), LIMITS.map(float)))
    .filter(lambda found: 1 <= len(found) <= 8)
    .map(tuple),
    st.none() | st.sampled_from(DatasetName),
)


@given(GOALS)
def test_goals_come_back_from_their_link(wanted: Goals):
    text = written(wanted)
    if len(text) <= goals.LONGEST:
        assert read(text) == wanted


def test_figures_of_the_network_are_those_of_its_trace():
    found = judged(read("params<20490,params>20489,macs>1,depth>2,field>9"), trace(SIMPLE))
    assert [one.value for one in found] == [20_490, 20_490, trace(SIMPLE).total_macs, 3, 10]
    assert [one.is_met for one in found] == [False, True, True, True, True]


def test_a_network_without_a_map_has_no_field_to_judge():
    dense = Architecture("Dense", (28, 28, 1), (Flatten(), Dense(10)))
    (found,) = judged(read("field>27"), trace(dense))
    assert (found.value, found.is_met) == (None, False)


def test_a_goal_is_never_met_by_a_figure_equal_to_its_limit():
    assert not Goal(Measure.TEST, True, 0.98).is_met(0.98)
    assert not Goal(Measure.PARAMS, False, 100).is_met(100)


def test_what_only_a_training_shows_is_not_yet_met_without_one():
    (found,) = judged(read("test>0.1"), trace(SIMPLE))
    assert found.value is None
    assert not found.is_met


def test_a_training_counts_for_its_own_network_and_data_alone():
    wanted = read("test>0.9,data=mnist-sample")
    other_data = replace(SAMPLE, dataset=DatasetSpec(DatasetName.DIGITS))
    for wrong in (
        run(0.99, network=entry("keras-mnist").architecture),
        run(0.99, settings=other_data),
        replace(run(0.99), result=None),
    ):
        assert judged(wanted, trace(SIMPLE), wrong)[0].value is None
    renamed = Architecture("Mine", SIMPLE.input, SIMPLE.layers)
    (found,) = judged(wanted, trace(SIMPLE), run(0.99, network=renamed))
    assert (found.value, found.images, found.is_met) == (0.99, 1_000, True)


def test_one_training_has_to_meet_all_goals():
    quick = run(0.9, settings=replace(SAMPLE, epochs=1))
    good = run(0.99, settings=replace(SAMPLE, epochs=9))
    both = run(0.985, settings=replace(SAMPLE, epochs=1))
    wanted = read("test>0.98,epochs<2")
    for one, met in ((quick, [False, True]), (good, [True, False]), (both, [True, True])):
        assert [found.is_met for found in judged(wanted, trace(SIMPLE), one)] == met


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        (DatasetSpec(), True),
        (DatasetSpec(seed=7), True),
        (DatasetSpec(shapes=ShapeOptions(kinds=(Shape.CIRCLE, Shape.SQUARE))), False),
        (DatasetSpec(shapes=ShapeOptions(noise=0.0, samples=600)), False),
        (DatasetSpec(DatasetName.MNIST_SAMPLE), False),
    ],
    ids=["as usual", "others of them", "two kinds", "more of them", "digits"],
)
def test_a_thousand_weights_are_tried_on_the_three_kinds_of_shapes_as_they_usually_are(
    spec: DatasetSpec, counts: bool
):
    wanted = next(one.goals for one in challenges() if one.title == "A thousand weights")
    small, settings = REACHED["A thousand weights"]
    assert settings
    tried = run(0.999, network=small, settings=replace(settings, dataset=spec))

    found = judged(wanted, trace(small), tried)

    assert [one.is_met for one in found] == [True, counts]


def test_a_network_that_is_not_whole_has_no_figures():
    broken = Architecture("Broken", (4, 4, 1), entry("lenet-5").architecture.layers)
    found = judged(read("params<100,depth>1"), trace(broken, partial=True))
    assert [one.value for one in found] == [None, None]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.98, "98 %"), (0.97999, "97.99 %"), (0.9999, "99.99 %"), (0.29, "29 %")]
)
def test_an_accuracy_is_never_rounded_up_to_its_limit(value: float, shown: str):
    assert goals.shown_value(Goal(Measure.TEST, True, 0.98), value).replace("\u202f", " ") == shown


@pytest.mark.parametrize(
    ("limit", "value", "shown"),
    [
        (10, 9.97, "9.97 s"),
        (10, 10.02, "10.02 s"),
        (10, 9.9999999, "9.9999999 s"),
        (10, 10, "10.0 s"),
        (10, 8.1234, "8.1 s"),
        (10.25, 10.25, "10.25 s"),
        (10.25, 10.22, "10.2 s"),
    ],
)
def test_seconds_are_never_rounded_onto_their_limit(limit: float, value: float, shown: str):
    assert goals.shown_value(Goal(Measure.SECONDS, False, limit), value) == shown


def test_six_challenges_come_along_each_out_of_reach_of_the_network_to_begin_with():
    assert len(challenges()) == 6
    for one in challenges():
        at_first = judged(one.goals, trace(one.start))
        by_itself = [j for j in at_first if j.goal.measure not in OF_TRAINING]
        assert not all(j.is_met for j in at_first), one.title
        assert not by_itself or not all(j.is_met for j in by_itself), one.title


@pytest.mark.parametrize("one", challenges(), ids=[one.title for one in challenges()])
def test_a_network_is_known_that_can_reach_each_challenge(one):
    # That its training gets there is measured by `benchmarks/challenges.py`.
    architecture, configuration = REACHED[one.title]
    for found in judged(one.goals, trace(architecture)):
        assert found.is_met or found.goal.measure in OF_TRAINING
    assert (configuration is not None) == one.goals.need_training
    if configuration and one.goals.data:
        assert configuration.dataset.name is one.goals.data


def test_every_measure_has_a_name_a_person_understands():
    assert measure_words().keys() == set(Measure)


@pytest.mark.parametrize(
    ("text", "settings", "misses"),
    [
        ("epochs<3", {"epochs": 5}, True),
        ("epochs<3", {"epochs": 2}, False),
        ("epochs>3,test>0.5", {"epochs": 3}, True),
        ("test>0.5", {"epochs": 1_000}, False),
        ("epochs<3", {"epochs": 5, "patience": 1}, False),  # it may end early
        ("epochs<3", {"epochs": 5, "seconds": 1.0}, False),
    ],
)
def test_who_trains_for_too_many_epochs_is_told_beforehand(text, settings, misses):
    assert goals.misses_epochs(read(text), Configuration(**settings)) is misses
