"""Accuracy against cost: Pareto's front against comparing each with each, and the figure."""

from dataclasses import replace

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.comparing.comparison import Group
from cnn.comparing.standings import Summary, table
from cnn.pictures.comparison.trade_off import COSTS, Point, front, points, trade_off
from tests.comparing.test_comparison import DEMO, LENET

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12)
POINTS = [
    Point("a", "A", 0, 1_000, 0.9, None, 0.01),
    Point("b", "B", 1, 100_000, 0.95, 5.0, None),
    Point("c", "C", 2, 200_000, 0.8),
]


@given(pairs)
def test_the_front_is_whoever_nobody_beats(drawn: list[tuple[int, int]]):
    def is_beaten(cost: int, good: int) -> bool:
        return any(
            other_cost <= cost and other_good >= good and (other_cost < cost or other_good > good)
            for other_cost, other_good in drawn
        )

    unbeaten = {place for place, one in enumerate(drawn) if not is_beaten(*one)}

    assert set(front(drawn)) == unbeaten
    assert [drawn[place][0] for place in front(drawn)] == sorted(
        drawn[place][0] for place in unbeaten
    )


@pytest.mark.parametrize("log", [False, True])
def test_plotly_knows_every_word_of_a_figure(log: bool):
    go.Figure(trade_off(POINTS, "Parameters", dark=log, log=log, alone="a"))
    go.Figure(trade_off([], "Parameters", dark=log, log=log))


def test_the_stair_goes_along_the_front_and_points_know_whose_they_are():
    stair, *drawn = trade_off(POINTS, "Parameters", dark=False)["data"]

    assert stair["x"] == [1_000, 100_000]
    assert [one["customdata"] for one in drawn] == [["a"], ["b"], ["c"]]
    assert drawn[0]["error_y"]["array"] == [0.01]
    assert drawn[1]["error_x"]["array"] == [5.0]
    assert "error_y" not in drawn[2]


@pytest.mark.parametrize(
    ("cost", "amount", "spread"),
    [("params", 61_706, None), ("macs", 416_520, None), ("epoch", 2.0, 0.5)],
)
def test_a_network_with_a_result_is_a_point_of_each_cost(cost: str, amount: float, spread):
    lenet, demo = table([Group(LENET, ()), Group(DEMO, ())], {})
    lenet = replace(
        lenet, test_accuracy=Summary(0.9, 0.01, 2), seconds_per_epoch=Summary(2.0, 0.5, 2)
    )

    (point,) = points([lenet, demo], {"lenet-5": 3, "shapes-demo": 4}, cost)

    assert cost in COSTS
    assert point == Point("lenet-5", "LeNet-5", 3, amount, 0.9, spread, 0.01)


def test_accuracies_that_cannot_be_ranked_have_no_front():
    drawn = trade_off(POINTS, "Parameters", dark=False, are_ranked=False)["data"]

    assert len(drawn) == len(POINTS)
    assert "Pareto front" not in [trace["name"] for trace in drawn]


@pytest.mark.parametrize("log", [False, True])
def test_a_fifth_of_a_millisecond_is_not_written_as_thousandths(log: bool):
    quick = [replace(one, cost=one.cost / 1e6) for one in POINTS]

    figure = trade_off(quick, "Milliseconds for one image", dark=False, log=log)

    axis = figure["layout"]["xaxis"]
    assert "s" not in axis.get("tickformat", "")  # d3's SI prefixes: 200m for 0.2
    assert ("0.2" in axis.get("ticktext", ())) == log
