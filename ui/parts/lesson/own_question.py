"""A teacher's own question beside a lesson or a challenge, and room for its answer."""

from __future__ import annotations

import hashlib

import streamlit as st

from cnn.lessons.assignments.hand_in import LONGEST_ANSWER
from cnn.lessons.catalogue import frame_text


def own_question(question: str, *, is_answered_here: bool = True) -> None:
    """The question as plain text, where there is one, and where it is answered if that is here."""
    if question:
        with st.container(border=True, key="own_question"):
            st.caption(frame_text("asked"))
            st.text(question)
            if is_answered_here:
                st.fragment(_answer)(question)
            else:
                st.caption(frame_text("answered_later"))


def _answer(question: str) -> None:
    """The answer to this very question, which nobody gets but by the file it is saved as."""
    digest = hashlib.sha256(question.encode()).hexdigest()[:16]
    answer = st.text_area(
        frame_text("your_answer"),
        key=f"answer_to_{digest}",
        max_chars=LONGEST_ANSWER,
        persist_state="session",
        height="content",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            frame_text("save_answer"),
            f"{question}\n\n{answer.strip()}\n",
            "answer.txt",
            "text/plain",
            icon=":material/download:",
            on_click="ignore",
            disabled=not answer.strip(),
        )
        st.caption(frame_text("answer_kept"), width="content")
