"""The goals of a challenge or an assignment, as they are typed; and controls that a draft keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from cnn.data import DatasetName
from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.challenges import goals, setting
from cnn.lessons.challenges.goals import Goal, GoalError, Goals, Measure

DRAFT = "challenge_draft"
ABOVE, BELOW = "goal_above", "goal_below"


@dataclass(slots=True)
class Row:
    """A goal as it is typed."""

    measure: str = Measure.PARAMS
    side: str = BELOW
    limit: str = ""
    id: int = field(default_factory=count().__next__)


def goal_rows(rows: list[Row]) -> None:
    """A row of controls for each goal, and a button for one more."""
    for place, row in enumerate(rows, start=1):
        _row(rows, row, place)
    if len(rows) < goals.MOST:
        st.button(
            frame_text("goal_add"), icon=":material/add:", on_click=lambda: rows.append(Row())
        )


def rows_of(wanted: Goals) -> list[Row]:
    """Goals as they are typed."""
    return [
        Row(one.measure, ABOVE if one.is_above else BELOW, setting.limit_text(one))
        for one in wanted.goals
    ]


def typed_goals(rows: list[Row], data: DatasetName | None = None) -> Goals:
    """The goals that were typed; raises `GoalError` where they are none."""
    some = tuple(_goal(row, place) for place, row in enumerate(rows, start=1))
    wanted = Goals(some, data)
    setting.check(wanted, catalogue.measure_words())
    return wanted


def _goal(row: Row, place: int) -> Goal:
    try:
        return setting.typed(Measure(row.measure), row.side == ABOVE, row.limit)
    except GoalError as error:
        raise GoalError(f"{frame_text('goal_of', number=place)}: {error}") from error


def _row(rows: list[Row], row: Row, place: int) -> None:
    words = catalogue.measure_words()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=280):
            label = frame_text("goal_of", number=place)
            choose(row, "measure", tuple(Measure), label, words.__getitem__, f"of_{row.id}")
        with st.container(width=120):
            sides = (BELOW, ABOVE)
            choose(row, "side", sides, frame_text("goal_side"), frame_text, f"side_{row.id}")
        is_share = row.measure == Measure.TEST
        st.text_input(
            frame_text("goal_limit_percent" if is_share else "goal_limit"),
            max_chars=20,
            width=160,
            **bound(row, "limit", f"limit_{row.id}"),
        )
        if len(rows) > 1:
            st.button(
                frame_text("goal_remove"),
                key=f"remove_goal_{row.id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=rows.remove,
                args=(row,),
            )


def choose(
    owner: Any,
    name: str,
    options: tuple[str, ...],
    label: str,
    words: Callable[[str], str],
    key: str,
) -> None:
    """A choice that the draft keeps."""
    st.selectbox(label, options, format_func=words, **bound(owner, name, key))


def bound(owner: Any, name: str, key: str) -> dict[str, Any]:
    """What makes a control show what the draft has there, and put there what is chosen."""
    key = f"{DRAFT}_{key}"
    st.session_state[key] = getattr(owner, name)
    return {"key": key, "on_change": lambda: setattr(owner, name, st.session_state[key])}
