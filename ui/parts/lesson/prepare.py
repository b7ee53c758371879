"""For teachers: a link to a lesson as it stands, with what is locked or hidden, and a question."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Lesson
from ui.parts.lesson import address


def prepare(lesson: Lesson) -> None:
    """A menu that makes the link; what is chosen in it changes nothing on this page."""
    menu = st.popover(
        frame_text("prepare"), icon=":material/school:", key="prepare", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        st.caption(frame_text("prepare_about"))
        names = address.labels()
        locked = _choose(frame_text("lock"), names)
        hidden = _choose(frame_text("hide"), names)
        asked = st.text_area(
            frame_text("own_question"),
            max_chars=address.LONGEST_QUESTION,
            placeholder=frame_text("own_question_such_as"),
        )
        st.code(link(lesson, locked, hidden, asked or ""), language=None, wrap_lines=True)
        st.caption(frame_text("copy"))


def link(lesson: Lesson, locked: list[str], hidden: list[str], asked: str) -> str:
    """The whole address of the lesson so prepared."""
    extra = {
        address.LOCK: ",".join(locked),
        address.HIDE: ",".join(hidden),
        address.ASK: asked.strip()[: address.LONGEST_QUESTION],
    }
    kept = {n: v for n, v in address.written().items() if n not in extra}
    query = kept | {name: value for name, value in extra.items() if value}
    page, _, _ = str(st.context.url or "").partition("?")
    return f"{page}?{urlencode(query, safe=',')}"


def _choose(label: str, names: dict[str, str]) -> list[str]:
    return st.multiselect(label, list(names), format_func=lambda one: names[one] or one)
