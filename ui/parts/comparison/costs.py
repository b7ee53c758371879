"""Accuracy against what it costs, four times; a click on a point chooses its network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.comparing.same_data import Differences
from cnn.comparing.standings import Row
from cnn.insight.passes.effort import Effort
from cnn.insight.readings.answer_time import asked, is_measured
from cnn.pictures.comparison.trade_off import (
    ANSWER_SAID,
    COST_WORDS,
    COSTS,
    left_out,
    points,
    trade_off,
)
from ui.components.plot import plot
from ui.parts.comparison.focus import alone, press_point
from ui.session import theme
from ui.session.kept import turn
from ui.session.words import plain

HEIGHT = 320
FRONT = (
    "The dotted stair is the Pareto front of the measured means: no other network has a mean at "
    "least as high as those on it at a lower cost. Whether two means differ by more than chance is "
    "told by the tests on this page, as far as it can be."
)
NO_FRONT = "There is no Pareto front, as accuracies on different data cannot be ranked."


def costs(rows: Sequence[Row], places: Mapping[str, int], apart: Differences) -> None:
    """One figure for the cost that is chosen."""
    if not any(row.test_accuracy for row in rows):
        return
    st.header("Accuracy and cost", anchor=False)
    cost = st.segmented_control(
        "Cost",
        list(COSTS),
        default="params",
        format_func=lambda cost: COSTS[cost][0],
        required=True,
        key="compare_cost",
        label_visibility="collapsed",
        persist_state="session",
        wrap=True,
    )
    title, log = COSTS[cost]
    timed = [row.group.entrant.architecture for row in rows] if cost == "answer" else []
    with turn(max(map(asked, filter(is_measured, timed)), key=_bytes, default=Effort())):
        found = points(rows, places, cost)
    figure = trade_off(
        found,
        title,
        dark=theme.is_dark(),
        log=log,
        alone=alone(places),
        are_ranked=not apart.forbid,
    )
    label = f"Test accuracy against {COST_WORDS[cost]}"
    plot(figure, label=label, height=HEIGHT, key="compare_costs", on_click=press_point)
    st.caption(
        f"Bars are one standard deviation over the seeds. {NO_FRONT if apart.forbid else FRONT} "
        "Click a point to see its network alone." + (f" {ANSWER_SAID}" if cost == "answer" else "")
    )
    if missing := left_out(rows, cost):
        st.caption(plain(missing))


def _bytes(asked: Effort) -> int:
    return asked.peak_bytes
