"""The questions of a lesson: wrong says why and lets try again, right is explained."""

from __future__ import annotations

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Check, Lesson
from cnn.lessons.words import linked
from ui.parts.lesson import progress


def questions(lesson: Lesson) -> None:
    """Every question of the lesson, answered as it was left."""
    st.header(frame_text("check"), anchor=False)
    progress.say_if_for_this_visit()
    for check in lesson.checks:
        _question(lesson, check)


@st.fragment
def _question(lesson: Lesson, check: Check) -> None:
    key = f"answer_{lesson.key}_{check.key}"
    before = progress.standing()
    was_done = st.session_state.setdefault(f"{key}_done", before.is_done(lesson))
    if key not in st.session_state:
        st.session_state[key] = before.chosen(lesson, check)

    def chosen() -> None:
        place = st.session_state[key]
        if place in range(len(check.options)):
            progress.answer(lesson, check, place)

    with st.container(border=True, key=f"question_{lesson.key}_{check.key}"):
        if check.is_extra:
            st.caption(frame_text("extra"))
        st.markdown(f"**{check.question}**")
        place = st.radio(
            check.question,
            range(len(check.options)),
            format_func=lambda one: check.options[one].text,
            key=key,
            on_change=chosen,
            label_visibility="collapsed",
        )
        if place is not None:
            option = check.options[place]
            if option.is_right:
                st.success(
                    frame_text("right", why=linked(option.why)), icon=":material/check_circle:"
                )
            else:
                st.warning(frame_text("wrong", why=linked(option.why)), icon=":material/replay:")
    if progress.standing().is_done(lesson) and not was_done:
        st.session_state[f"{key}_done"] = True
        st.rerun()
