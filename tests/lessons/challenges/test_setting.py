"""Limits as a person types them, and goals that nothing can reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName
from cnn.lessons.catalogue import challenges, measure_words, own_challenge
from cnn.lessons.challenges.goals import Goal, GoalError, Goals, Measure, judged, read
from cnn.lessons.challenges.setting import check, limit_text, typed
from cnn.network.trace import trace


@pytest.mark.parametrize(
    ("measure", "text", "limit"),
    [
        (Measure.PARAMS, "20000", 20_000),
        (Measure.PARAMS, " 1,234,567 ", 1_234_567),
        (Measure.TEST, "98", 0.98),
        (Measure.TEST, "98.1234 %", 0.981234),
        (Measure.SECONDS, "2.5", 2.5),
        (Measure.DEPTH, "0", 0),
    ],
)
def test_a_limit_is_typed_as_people_write_numbers(measure: Measure, text: str, limit: float):
    assert typed(measure, True, text) == Goal(measure, True, limit)


@pytest.mark.parametrize(
    ("measure", "text", "such"),
    [
        (Measure.PARAMS, "", "a whole number like 20000"),
        (Measure.PARAMS, "many", "a whole number like 20000"),
        (Measure.PARAMS, "2e4", "a whole number like 20000"),
        (Measure.PARAMS, "20000.5", "a whole number like 20000"),
        (Measure.PARAMS, "1,23", "a whole number like 20000"),
        (Measure.PARAMS, "98 %", "a whole number like 20000"),
        (Measure.TEST, "-1", "a number like 98.5, with at most 4 decimals"),
        (Measure.TEST, "98,5", "a number like 98.5, with at most 4 decimals"),
        (Measure.SECONDS, "1.2345678", "a number like 98.5, with at most 6 decimals"),
    ],
)
def test_what_is_no_limit_is_refused_with_its_text(measure: Measure, text: str, such: str):
    with pytest.raises(GoalError) as refused:
        typed(measure, True, text)
    assert str(refused.value) == f"{text!r} is no limit. Write {such}."


@given(st.sampled_from(Measure), st.booleans(), st.integers(0, 10**6))
def test_a_limit_comes_back_as_it_is_typed(measure: Measure, is_above: bool, count: int):
    goal = Goal(measure, is_above, count / 10**6 if measure is Measure.TEST else float(count))
    assert typed(measure, is_above, limit_text(goal)) == goal


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("params<10,params>10", "Parameters: nothing is below 10 and above 10. Change a limit."),
        ("depth>3,depth<4", "Layers deep: nothing is above 3 and below 4. Change a limit."),
        ("params<0", "Parameters: nothing is below 0. Change a limit."),
        ("epochs<1", "Epochs: nothing is below 1. Change a limit."),
        ("seconds<0", "Training time: nothing is below 0.0 s. Change a limit."),
        ("test>1", "Test accuracy: nothing is above 100\u202f%. Change a limit."),
        ("test<0", "Test accuracy: nothing is below 0\u202f%. Change a limit."),
        (
            "macs>5,test>0.9,test<0.9",
            "Test accuracy: nothing is above 90\u202f% and below 90\u202f%.",
        ),
    ],
)
def test_goals_that_nothing_reaches_are_refused(text: str, says: str):
    with pytest.raises(GoalError) as refused:
        check(read(text), measure_words())
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["depth>3,depth<5", "params<1", "epochs<2", "test>0.9999", "test>0", "seconds>0,seconds<0.1"],
)
def test_goals_that_something_reaches_are_not(text: str):
    check(read(text), measure_words())


def test_goals_too_long_for_a_link_are_refused():
    long = Goal(Measure.SECONDS, True, 123_456_789_012.25)
    with pytest.raises(GoalError, match="goals of 202 characters are too long: at most 200"):
        check(Goals((long,) * 8, DatasetName.MNIST), measure_words())


def test_the_challenges_that_come_along_can_be_reached_and_set():
    for one in (*challenges(), own_challenge()):
        check(one.goals, measure_words())
        again = tuple(typed(g.measure, g.is_above, limit_text(g)) for g in one.goals.goals)
        assert again == one.goals.goals


def test_the_challenge_to_begin_with_is_not_reached_by_its_network():
    own = own_challenge()
    assert not any(one.is_met for one in judged(own.goals, trace(own.start)))
