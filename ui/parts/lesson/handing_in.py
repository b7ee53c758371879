"""Handing in a run that was trained for an assignment: to the teacher of one's class at a click, or
as one file.
"""

from __future__ import annotations

from typing import IO

import streamlit as st

from cnn.lessons.assignments import hand_in as handing
from cnn.lessons.assignments import handed_in
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.hand_in import LONGEST_ANSWER, LONGEST_NAME, HandInError
from cnn.lessons.assignments.handed_in import Note
from cnn.lessons.catalogue import frame_text
from cnn.lessons.progress import Standing
from cnn.people.person import Role
from cnn.training.recipe.run import Run
from ui.components.save import save_file
from ui.parts.lesson import assigned, progress
from ui.parts.runs import runs
from ui.session.offers import Gone
from ui.session.person import has_accounts
from ui.session.words import plain, size_bytes

NAME, ANSWER, REFUSED = "hand_in_name", "hand_in_answer", "hand_in_refused"


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
    by_click = _has_teacher()
    note = handed_in.note_of(runs.store(), run.id) if by_click else None
    name = handed_in.called(runs.store().person.name) if by_click else _name()
    key, answer = f"{ANSWER}_{wanted.id}", ""
    if wanted.question:
        before = note.answer if note else ""
        answer = st.text_area(plain(wanted.question), before, key=key, max_chars=LONGEST_ANSWER)
    assigned.its_lessons(wanted, standing, run.id)
    if not name.strip():
        st.button(frame_text("hand_in_nameless"), icon=":material/download:", disabled=True)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if by_click:
            _click(run, note, key, standing)
        _save(run, name, answer, standing)
    st.caption(frame_text("hand_in_holds"))


def _has_teacher() -> bool:
    """Whether there is somebody here to whom it is handed in."""
    me = runs.store().person
    return has_accounts() and me.role is Role.LEARNER and me.class_name != ""


def _name() -> str:
    return st.text_input(
        frame_text("hand_in_name"),
        runs.store().person.name if has_accounts() else "",
        key=NAME,
        max_chars=LONGEST_NAME,
        persist_state="session",
        width=320,
    )


def _click(run: Run, note: Note | None, key: str, standing: Standing) -> None:
    """Hands it in to the teacher of the class, again where it was already."""
    st.button(
        frame_text("hand_in_again" if note else "hand_in_click"),
        icon=":material/assignment_turned_in:",
        type="secondary" if note else "primary",
        on_click=_hand_in,
        args=(run, key, standing),
        key="hand_in_click",
    )
    if said := st.session_state.pop(REFUSED, ""):
        st.error(plain(said), icon=":material/error:")
    elif note:
        st.badge(
            frame_text("hand_in_done", time=assigned.time_words(note.at)),
            icon=":material/check:",
            color="green",
        )


def _hand_in(run: Run, key: str, standing: Standing) -> None:
    answer = str(st.session_state.get(key, ""))  # as it is now: it may just have been written
    try:
        handed_in.put(runs.store(), run, answer, standing)
    except HandInError as error:
        st.session_state[REFUSED] = f"{str(error)[0].upper()}{str(error)[1:]}"


def _save(run: Run, name: str, answer: str, standing: Standing) -> None:
    size = size_bytes(handing.size_bytes(runs.store(), run))
    save_file(
        frame_text("hand_in_save", size=size),
        handing.file_name(name, run),
        lambda into: _make(run, into, name, answer, standing),
        icon=":material/download:" if _has_teacher() else ":material/assignment_turned_in:",
    )


def _make(run: Run, into: IO[bytes], name: str, answer: str, standing: Standing) -> None:
    try:
        handing.write(runs.opened(), run, into, name=name, answer=answer, standing=standing)
    except HandInError as error:
        raise Gone(str(error)) from error
