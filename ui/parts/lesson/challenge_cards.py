"""The challenges that come along, each in a few words with the link that takes it on."""

from __future__ import annotations

import streamlit as st

from cnn.data import CATALOGUE
from cnn.lessons import catalogue
from cnn.lessons.catalogue import Challenge, frame_text
from cnn.lessons.challenges import goals
from ui.parts.lesson.challenge import link
from ui.parts.lesson.prepare import DESK
from ui.session.pages import PAGES


def challenge_list() -> None:
    """The challenges that come along, each a link to Build with the network to begin with."""
    st.header(frame_text("challenges"), anchor=False)
    st.caption(frame_text("challenges_about"))
    own = catalogue.own_challenge()
    st.page_link(
        DESK,
        label=frame_text("make_own"),
        icon=":material/co_present:",
        query_params=link(own.goals, own.start),
    )
    with st.grid("auto", min_column_width=300):
        for one in catalogue.challenges():
            card(one)


def card(one: Challenge, lead: str = "") -> None:
    """A challenge in a few words, with the link that takes it on."""
    with st.container(border=True, height="stretch", gap="small"):
        if lead:
            st.caption(lead)
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
            query_params=link(one.goals, one.start),
        )
