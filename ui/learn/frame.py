"""What is around every lesson: its title, its key sentence, its questions, and the way onward."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.lesson import Lesson
from ui.learn import controls, progress
from ui.learn.prepare import prepare
from ui.learn.questions import questions
from ui.shell import PAGES
from ui.top import to_top

LESSON = PAGES / "lesson.py"


def lesson_page() -> None:
    """The lesson that the address names, from its title to the next one."""
    lesson = controls.arrive()
    st.set_page_config(page_title=f"{lesson.title} · CNN Workbench")
    _head(lesson)
    _asked()
    _body(lesson)
    st.info(lesson.takeaway, icon=":material/key:")
    if lesson.mathematics:
        with st.expander("The mathematics", icon=":material/function:"):
            st.markdown(lesson.mathematics)
    questions(lesson)
    _onward(lesson)
    to_top(lesson.key)


def go(lesson: Lesson) -> None:
    """Opens a lesson as it was left."""
    st.switch_page(LESSON, query_params=controls.address(lesson))


def _head(lesson: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(PAGES / "learn.py", label="All lessons", icon=":material/arrow_back:")
        st.caption(about(lesson), width="content")
        if progress.standing().is_done(lesson):
            st.badge("done", icon=":material/check:", color="green")
        prepare(lesson)
    st.title(lesson.title, anchor=False)
    st.markdown(f"##### {lesson.question}")


def about(lesson: Lesson) -> str:
    """Number, time and level of a lesson in a line."""
    return f"Lesson {lesson.number} · {lesson.minutes} min · {lesson.level}"


def _asked() -> None:
    if question := controls.question():
        with st.container(border=True, key="own_question"):
            st.caption("A question for you")
            st.text(question)


@st.fragment
def _body(lesson: Lesson) -> None:
    """The lesson itself; its controls run nothing else."""
    controls.begin()
    show: Callable[[Lesson], None] = import_module(f"ui.lessons.{lesson.key}").show
    show(lesson)
    controls.end()


def _onward(lesson: Lesson) -> None:
    before, after = catalogue.beside(lesson)
    with st.container(horizontal=True, vertical_alignment="center", key="onward"):
        if before and st.button(f"Previous: {before.title}", icon=":material/arrow_back:"):
            go(before)
        if not progress.standing().is_done(lesson):
            st.button(
                "Mark as complete",
                icon=":material/check:",
                type="tertiary",
                on_click=progress.mark,
                args=(lesson,),
            )
        st.space("stretch")
        if after and _next(f"Next: {after.title}"):
            go(after)
        if not after and _next("Next: build your own"):
            st.switch_page(PAGES / "build.py")


def _next(label: str) -> bool:
    return st.button(label, icon=":material/arrow_forward:", icon_position="right", type="primary")
