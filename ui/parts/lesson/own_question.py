"""A teacher's own question beside a lesson or a challenge."""

from __future__ import annotations

import streamlit as st

from cnn.lessons.catalogue import frame_text


def own_question(question: str) -> None:
    """The question as plain text, where there is one."""
    if question:
        with st.container(border=True, key="own_question"):
            st.caption(frame_text("asked"))
            st.text(question)
