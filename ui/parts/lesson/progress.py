"""The progress of whoever sits here, as the pages of the lessons read and write it.

It is that of the browser, in the store; where the browser keeps no cookie, that of this visit
alone, in its session.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.lessons import progress
from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Check, Lesson
from cnn.lessons.progress import Event, Standing
from cnn.training.store.store import StoreError
from ui.parts.runs import runs
from ui.session import person
from ui.session.words import plain

OF_THIS_VISIT = "progress_of_this_visit"
HAS_ASKED = "progress_was_asked_for"


def standing() -> Standing:
    """What was answered and marked; without a store, lessons are read all the same."""
    profile = person.profile()
    if not profile:
        return Standing(st.session_state.get(OF_THIS_VISIT, ()))
    try:
        store = runs.opened()
        if HAS_ASKED not in st.session_state:
            progress.take_over(store, profile)
            st.session_state[HAS_ASKED] = True
        return progress.standing(store, profile)
    except StoreError:
        return Standing()


def answer(lesson: Lesson, check: Check, option: int) -> None:
    """Keeps an answer; says so where it cannot be kept."""
    keep([progress.answered(lesson, check, option)])


def mark(lesson: Lesson) -> None:
    """Marks a lesson as complete."""
    keep([progress.marked(lesson)])


def keep(events: Sequence[Event]) -> bool:
    """Keeps what is not kept yet; says why where it cannot, and whether it could."""
    try:
        if profile := person.profile():
            progress.keep(runs.opened(), profile, events)
        else:
            _keep_for_this_visit(events)
    except StoreError as error:
        _not_kept(error)
        return False
    return True


def erase() -> None:
    """Forgets all progress."""
    st.session_state.pop(OF_THIS_VISIT, None)
    try:
        if profile := person.profile():
            progress.erase(runs.opened(), profile)
    except StoreError as error:
        _not_kept(error)


def is_kept() -> bool:
    """Whether it is kept for another visit."""
    return bool(person.profile())


def say_if_for_this_visit() -> None:
    """Says that it is not kept, where that is so."""
    if not is_kept():
        st.caption(f":material/cookie_off: {frame_text('this_visit')}")


def _keep_for_this_visit(events: Sequence[Event]) -> None:
    before = standing()
    after = (*before.events, *progress.missing(before, events))
    progress.check_room(len(after))
    st.session_state[OF_THIS_VISIT] = tuple(sorted(after, key=lambda event: event.at))


def _not_kept(error: StoreError) -> None:
    st.toast(frame_text("not_kept", error=plain(str(error))), icon=":material/error:")
