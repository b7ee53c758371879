"""A link to a lesson: its controls as they are to begin, what of them is held, a question."""

from __future__ import annotations

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Lesson
from cnn.network.errors import shown
from ui.parts.lesson import address
from ui.parts.lesson.address import Control
from ui.parts.lesson.frame import asked, body
from ui.parts.lesson.prepare import show_link
from ui.session.words import plain

CHOSEN, QUESTION = "prepared_lesson", "prepared_question"
HOLDS = {"free": "", "locked": address.LOCK, "hidden": address.HIDE}
LONGEST_SAID = 32


def lesson_link() -> None:
    """The form, its link, and the lesson as the link shows it, in which its values are set."""
    key = st.query_params.get(address.LESSON, "")
    lesson = address.arrive(address.DESK)
    if key and key != lesson.key:
        st.warning(frame_text("no_such_lesson", key=plain(shown(key))), icon=":material/link_off:")
    lessons = {one.key: one for one in catalogue.lessons()}
    st.session_state[CHOSEN] = lesson.key
    st.selectbox(
        frame_text("lesson"),
        list(lessons),
        format_func=lambda one: f"{lessons[one].number} · {lessons[one].title}",
        key=CHOSEN,
        on_change=_open,
    )
    st.fragment(_form)(lesson)


def _open() -> None:
    st.query_params.from_dict({address.LESSON: st.session_state[CHOSEN]})


def _form(lesson: Lesson) -> None:
    form = st.container()
    length = len(address.state().now.get(address.ASK, ""))
    address.ask(address.question())
    st.header(frame_text("learner_gets"), anchor=False)
    with st.container(border=True, key="learner_gets"):
        st.subheader(lesson.title, anchor=False)
        st.markdown(f"**{lesson.question}**")
        asked()
        body(lesson)
    with form:  # only now is it known which controls there are
        _misread()
        st.caption(frame_text("prepare_about"))
        with st.grid("auto", min_column_width=250):
            for name, control in address.state().controls.items():
                _hold(name, control)
        left, right = st.columns(2, gap="large")
        with left:
            _question(length)
        with right:
            _link()


def _link() -> None:
    query, most = address.written(), address.LONGEST_VALUE
    long = next((name for name, text in query.items() if len(text) > most), None)
    if long is None:
        st.markdown(f"**{frame_text('link')}**")
        show_link("lesson", query)
    else:
        label = plain(address.state().controls[long].label)
        words = frame_text("too_long", label=label, count=f"{len(query[long]):,}", most=f"{most:,}")
        st.warning(words, icon=":material/link_off:")


def _hold(name: str, control: Control) -> None:
    key = f"hold_{name}"
    is_free = not address.is_locked(name)
    st.session_state[key] = "free" if is_free else "hidden" if address.is_hidden(name) else "locked"
    says = control.says[:LONGEST_SAID] + "…" * (len(control.says) > LONGEST_SAID)
    with st.container(gap="xxsmall"):
        st.markdown(plain(control.label) + (f": **{plain(says)}**" if says else ""))
        st.segmented_control(
            control.label,  # as it is read out, and not as Markdown
            list(HOLDS),
            format_func=frame_text,
            key=key,
            required=True,
            label_visibility="collapsed",
            on_change=lambda: address.hold(name, HOLDS[st.session_state[key]]),
        )


def _question(length: int) -> None:
    st.session_state[QUESTION] = address.question()
    st.text_area(
        frame_text("own_question"),
        key=QUESTION,
        max_chars=address.LONGEST_QUESTION,
        placeholder=frame_text("own_question_such_as"),
        on_change=lambda: address.ask(st.session_state[QUESTION]),
    )
    if length > address.LONGEST_QUESTION:
        words = frame_text("question_cut", count=length, most=address.LONGEST_QUESTION)
        st.warning(words, icon=":material/content_cut:")


def _misread() -> None:
    """Says which values of a link just opened the lesson cannot have."""
    controls = address.state().controls
    for name, text in address.misread().items():
        given = plain(f"{name}={text}"[:LONGEST_SAID])
        if name in controls:
            label, says = plain(controls[name].label), plain(controls[name].says)
            words = frame_text("no_such_value", given=given, label=label, says=says)
        else:
            words = frame_text("no_such_control", given=given)
        st.warning(words, icon=":material/link_off:")
