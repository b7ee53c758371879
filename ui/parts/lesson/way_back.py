"""The way back to the lesson that has begun some trainings, while they are shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Lesson
from ui.parts.lesson import address
from ui.session.pages import PAGES

KEY = "way_back"


def begin(lesson: Lesson, ids: Sequence[str]) -> None:
    """Keeps where these trainings were begun."""
    st.session_state[KEY] = (lesson, tuple(ids))


def way_back(shown: Sequence[str]) -> None:
    """A link to the lesson as it was left, where its trainings are shown."""
    lesson, ids = st.session_state.get(KEY, (None, ()))
    if lesson and set(shown) == set(ids):
        st.page_link(
            PAGES / "lesson.py",
            label=frame_text("back_to", number=lesson.number, title=lesson.title),
            icon=":material/arrow_back:",
            query_params=address.left(lesson),
        )
