"""The progress of whoever sits here, as the pages of the lessons read and write it."""

from __future__ import annotations

import streamlit as st

from cnn.lessons import progress
from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Check, Lesson
from cnn.lessons.progress import Standing
from cnn.training.store.store import StoreError
from ui.parts.runs import runs
from ui.session.words import plain


def standing() -> Standing:
    """What was answered and marked; without a store, lessons are read all the same."""
    try:
        return progress.standing(runs.opened())
    except StoreError:
        return Standing()


def answer(lesson: Lesson, check: Check, option: int) -> None:
    """Keeps an answer; says so where it cannot be kept."""
    try:
        progress.answer(runs.opened(), lesson, check, option)
    except StoreError as error:
        _not_kept(error)


def mark(lesson: Lesson) -> None:
    """Marks a lesson as complete."""
    try:
        progress.mark(runs.opened(), lesson)
    except StoreError as error:
        _not_kept(error)


def reset() -> None:
    """Forgets all progress."""
    try:
        progress.reset(runs.opened())
    except StoreError as error:
        _not_kept(error)


def _not_kept(error: StoreError) -> None:
    st.toast(frame_text("not_kept", error=plain(str(error))), icon=":material/error:")
