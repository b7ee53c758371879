"""Handing in a run that was trained for an assignment: one file, made at a click."""

from __future__ import annotations

from typing import IO

import streamlit as st

from cnn.lessons.assignments import hand_in as handing
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.hand_in import LONGEST_ANSWER, LONGEST_NAME, HandInError
from cnn.lessons.catalogue import frame_text
from cnn.lessons.progress import Standing
from cnn.training.recipe.run import Run
from ui.components.save import save_file
from ui.parts.lesson import assigned, progress
from ui.parts.runs import runs
from ui.session.offers import Gone
from ui.session.person import has_accounts
from ui.session.words import plain, size_bytes

NAME, ANSWER = "hand_in_name", "hand_in_answer"


def hand_in(run: Run) -> None:
    """The form, where a run of one's own is for an assignment; nothing else."""
    store = runs.store()
    if not runs.is_mine(run):
        return
    try:
        wanted = handing.of_run(store, run)
    except HandInError as error:
        st.warning(plain(str(error)), icon=":material/assignment_late:")
        return
    if wanted:
        with st.container(border=True, key="hand_in"):
            title = frame_text("hand_in", title=plain(wanted.title))
            st.markdown(f":material/assignment_turned_in: {title}")
            if wanted != assigned.current():  # else its goals above say it
                st.caption(plain(assigned.in_words(wanted)))
            if run.is_live:
                st.caption(frame_text("hand_in_later"))
            elif said := handing.why_not(store, run):
                st.caption(frame_text("hand_in_not", why=plain(said)))
            else:
                st.fragment(_form)(run, wanted)


def _form(run: Run, wanted: Assignment) -> None:
    standing = progress.standing()
    name = st.text_input(
        frame_text("hand_in_name"),
        runs.store().person.name if has_accounts() else "",
        key=NAME,
        max_chars=LONGEST_NAME,
        persist_state="session",
        width=320,
    )
    answer = ""
    if wanted.question:
        answer = st.text_area(
            plain(wanted.question), key=f"{ANSWER}_{wanted.id}", max_chars=LONGEST_ANSWER
        )
    assigned.its_lessons(wanted, standing, run.id)
    if not name.strip():
        st.button(frame_text("hand_in_nameless"), icon=":material/download:", disabled=True)
        return
    size = size_bytes(handing.size_bytes(runs.store(), run))
    save_file(
        frame_text("hand_in_save", size=size),
        f"{_stem(name)}-{run.id[:6]}.zip",
        lambda into: _make(run, into, name, answer, standing),
        icon=":material/assignment_turned_in:",
    )
    st.caption(frame_text("hand_in_holds"))


def _make(run: Run, into: IO[bytes], name: str, answer: str, standing: Standing) -> None:
    try:
        handing.write(runs.opened(), run, into, name=name, answer=answer, standing=standing)
    except HandInError as error:
        raise Gone(str(error)) from error


def _stem(name: str) -> str:
    letters = "".join(one if one.isalnum() else "-" for one in name.strip().lower())
    return letters.strip("-") or "hand-in"
