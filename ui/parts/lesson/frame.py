"""What is around every lesson: its title, its key sentence, its questions, and the way onward."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn.comparing.verdict_words import listed
from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress.certificate import earned_in
from cnn.lessons.words import linked
from ui.components.top import to_top
from ui.parts.lesson import address, assigned, last_steps, progress
from ui.parts.lesson.closing import closing
from ui.parts.lesson.last_steps import next_button
from ui.parts.lesson.own_question import own_question
from ui.parts.lesson.prepare import prepare
from ui.parts.lesson.questions import questions
from ui.session.modules import module
from ui.session.pages import PAGES

LESSON = PAGES / "lesson.py"


def lesson_page() -> None:
    """The lesson that the address names, from its title to the next one."""
    lesson = address.arrive()
    st.set_page_config(page_title=f"{lesson.title} · CNN Workbench")
    _head(lesson)
    st.title(lesson.title, anchor=False)
    st.markdown(f"**{lesson.question}**")
    asked()
    st.fragment(body)(lesson)
    st.info(lesson.takeaway, icon=":material/key:")
    if lesson.mathematics:
        with st.expander(frame_text("mathematics"), icon=":material/function:"):
            st.markdown(linked(lesson.mathematics))
    questions(lesson)
    assigned.way_back(lesson)
    if earned_in(progress.standing(), catalogue.lessons()) == lesson.key:
        closing()
    _onward(lesson)
    if not address.is_prepared():
        prepare()
    to_top(lesson.key)


def go(lesson: Lesson) -> None:
    """Opens a lesson as it was left."""
    st.switch_page(LESSON, query_params=address.left(lesson))


def _head(lesson: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            PAGES / "learn.py", label=frame_text("all_lessons"), icon=":material/arrow_back:"
        )
        st.caption(about(lesson), width="content")
        if lesson.is_on_short_way and address.is_short_way():
            way = catalogue.short_way()
            place = way.index(lesson) + 1
            words = frame_text("place_on_short_way", place=place, count=len(way))
            st.badge(words, icon=":material/bolt:", color="blue")
        if progress.standing().is_done(lesson):
            st.badge(frame_text("done"), icon=":material/check:", color="green")


def about(lesson: Lesson) -> str:
    """Number, time and level of a lesson in a line."""
    level = frame_text(lesson.level)
    return frame_text("about", number=lesson.number, minutes=lesson.minutes, level=level)


def asked() -> None:
    """A teacher's own question and room for its answer, where the address has one."""
    own_question(address.question())


def body(lesson: Lesson) -> None:
    """The lesson itself; in a fragment, so that its controls run nothing else."""
    address.begin()
    show: Callable[[Lesson], None] = module(f"ui.views.lessons.{lesson.key}").show
    above = st.empty()
    show(lesson)
    if held_back := address.state().held_back:
        above.caption(frame_text("presets_left_out", holds=_holds(held_back)))
    address.end()


def _holds(names: set[str]) -> str:
    """What the link does with these controls: `locks Window and Stride, hides Input size`."""
    labels = {name: one.label for name, one in address.state().controls.items() if name in names}
    hidden = [label for name, label in labels.items() if address.is_hidden(name)]
    locked = [label for name, label in labels.items() if not address.is_hidden(name)]
    said = (("link_locks", locked), ("link_hides", hidden))
    return ", ".join(frame_text(name, controls=listed(some)) for name, some in said if some)


def _onward(lesson: Lesson) -> None:
    before, after = catalogue.beside(lesson, address.is_short_way())
    with st.container(horizontal=True, vertical_alignment="center", key="onward"):
        if before and st.button(
            frame_text("previous", title=before.title), icon=":material/arrow_back:"
        ):
            go(before)
        if not progress.standing().is_done(lesson):
            st.button(
                frame_text("mark"),
                icon=":material/check:",
                type="tertiary",
                on_click=progress.mark,
                args=(lesson,),
            )
        st.space("stretch")
        if after and next_button(frame_text("next", title=after.title)):
            go(after)
        if not after and next_button(frame_text("next_own")):
            last_steps.begin()
