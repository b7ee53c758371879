"""A challenge on the workbench: the goals that a link carries, each passed or not yet."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.data import CATALOGUE
from cnn.lessons import catalogue, goals
from cnn.lessons.catalogue import Challenge, frame_text
from cnn.lessons.goals import GoalError, Goals, Judged
from cnn.network.link import encode
from cnn.network.trace import Trace
from cnn.training.run import Run
from cnn.training.store import StoreError
from ui import design
from ui.shell import PAGES
from ui.training import runs
from ui.words import plain

ADDRESS = "goals"
KEY = "challenge"
LATEST = 200
"""So many of the latest trainings are looked through for one that meets the goals."""


def arrive() -> None:
    """Takes up the challenge of the address, before a page writes an address of its own."""
    _text()


def goals_shown(trace: Trace, run: Run | None = None) -> None:
    """The goals of the challenge that is on, if one is; `run` is the training on the page."""
    text = _text()
    if not text:
        return
    try:
        wanted = goals.read(text)
    except GoalError as error:
        st.warning(
            frame_text("challenge_unreadable", error=plain(str(error))), icon=":material/flag:"
        )
        _forget()
        return
    judged = goals.judged(wanted, trace, [run] if run else _trainings(wanted))
    met = sum(one.is_met for one in judged)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", border=True, key="challenge"
    ):
        title = next((one.title for one in catalogue.challenges() if one.goals == wanted), "")
        st.markdown(f":material/flag: **{title or frame_text('challenge')}**", width="content")
        for one in judged:
            _goal(one)
        if wanted.data:
            st.caption(
                frame_text("challenge_data", data=CATALOGUE[wanted.data].title), width="content"
            )
        if met == len(judged):
            st.badge(frame_text("challenge_passed"), icon=":material/trophy:", color="green")
        else:
            st.badge(frame_text("challenge_not_yet"), icon=":material/hourglass:", color="gray")
        st.button(frame_text("leave"), key="leave_challenge", type="tertiary", on_click=_forget)


def _goal(judged: Judged) -> None:
    goal = judged.goal
    name = catalogue.measure_words()[goal.measure]
    sign = ">" if goal.is_above else "<"
    limit = goals.shown_value(goal, goal.limit)
    words = [f"{name} \\{sign} {limit}"]
    if judged.value is not None:
        value = goals.shown_value(goal, judged.value)
        words.append(
            frame_text("challenge_now_on", value=value, images=f"{judged.images:,}")
            if judged.images
            else frame_text("challenge_now", value=value)
        )
    st.badge(
        ", ".join(words),
        icon=":material/check:" if judged.is_met else ":material/radio_button_unchecked:",
        color="green" if judged.is_met else "gray",
        help=frame_text("goal_passed" if judged.is_met else "goal_not_yet"),
    )


def _text() -> str:
    """The goals of the address, else those of the session, which are put into the address."""
    found = st.query_params.get(ADDRESS, "")
    if found:
        st.session_state[KEY] = found
        return found
    kept = str(st.session_state.get(KEY, ""))
    if kept:
        st.query_params[ADDRESS] = kept
    return kept


def _forget() -> None:
    st.session_state.pop(KEY, None)
    st.query_params.pop(ADDRESS, None)


def _trainings(wanted: Goals) -> Sequence[Run]:
    if not wanted.need_training:
        return ()
    try:
        return runs.opened().latest(LATEST)
    except StoreError:
        return ()


def challenge_list() -> None:
    """The challenges that come along, each a link to Build with the network to begin with."""
    st.subheader(frame_text("challenges"), anchor=False)
    st.caption(frame_text("challenges_about"))
    with st.grid("auto", min_column_width=300):
        for one in catalogue.challenges():
            _card(one)


def _card(one: Challenge) -> None:
    with st.container(border=True, height="stretch", gap="small"):
        st.markdown(f"**{one.title}**  \n{one.text}")
        words = catalogue.measure_words()
        st.caption(
            " · ".join(
                f"{words[goal.measure]} \\{'>' if goal.is_above else '<'} "
                f"{goals.shown_value(goal, goal.limit)}"
                for goal in one.goals.goals
            )
            + (f" · {CATALOGUE[one.goals.data].title}" if one.goals.data else "")
        )
        st.space("stretch")
        st.page_link(
            PAGES / "build.py",
            label=frame_text("take_it_on"),
            icon=":material/flag:",
            query_params={
                design.ADDRESS: encode(one.start),
                ADDRESS: goals.written(one.goals),
            },
        )
