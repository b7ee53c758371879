"""What a link is made to: a lesson, a challenge or an assignment."""

from __future__ import annotations

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from ui.parts.lesson import address, assigned
from ui.views.desk import assignment_form, challenge_form

LESSON, CHALLENGE, ASSIGNMENT = "lesson_link", "challenge_link", "assignment_link"
KEY, KEPT = "desk_kind", "desk_kind_kept"


def chosen_kind() -> str:
    """What the address is of, else what was chosen last."""
    there = set(st.query_params)
    kind = st.session_state.get(KEPT, LESSON)
    if address.LESSON in there:
        kind = LESSON
    elif assigned.ADDRESS in there:
        kind = ASSIGNMENT
    elif there & set(challenge_form.NAMES):
        kind = CHALLENGE
    st.session_state[KEY] = st.session_state[KEPT] = kind
    st.segmented_control(
        frame_text("link_to"),
        (LESSON, CHALLENGE, ASSIGNMENT),
        format_func=frame_text,
        key=KEY,
        required=True,
        on_change=_change,
    )
    return str(kind)


def _change() -> None:
    """Puts the other link into the address, as it was left."""
    st.session_state[KEPT] = st.session_state[KEY]
    if st.session_state[KEY] == CHALLENGE:
        st.query_params.from_dict(challenge_form.left())
    elif st.session_state[KEY] == ASSIGNMENT:
        st.query_params.from_dict(assignment_form.left())
    elif address.state(address.DESK).lesson:
        st.query_params.from_dict(address.written(address.DESK))
    else:
        st.query_params.from_dict({address.LESSON: catalogue.lessons()[0].key})
