"""What a link is made to: a lesson or a challenge."""

from __future__ import annotations

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from ui.parts.lesson import address
from ui.views.desk import challenge_form

LESSON, CHALLENGE = "lesson_link", "challenge_link"
KEY, KEPT = "desk_kind", "desk_kind_kept"


def chosen_kind() -> str:
    """What the address is of, else what was chosen last."""
    there = set(st.query_params)
    kind = st.session_state.get(KEPT, LESSON)
    if address.LESSON in there:
        kind = LESSON
    elif there & set(challenge_form.NAMES):
        kind = CHALLENGE
    st.session_state[KEY] = st.session_state[KEPT] = kind
    st.segmented_control(
        frame_text("link_to"),
        (LESSON, CHALLENGE),
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
    elif address.state(address.DESK).lesson:
        st.query_params.from_dict(address.written(address.DESK))
    else:
        st.query_params.from_dict({address.LESSON: catalogue.lessons()[0].key})
