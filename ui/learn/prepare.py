"""For teachers: a link to a lesson as it stands, with what is locked or hidden, and a question."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from cnn.lessons.lesson import Lesson
from ui.learn import controls


def prepare(lesson: Lesson) -> None:
    """A menu that makes the link; what is chosen in it changes nothing on this page."""
    menu = st.popover(
        "Prepare this lesson", icon=":material/school:", key="prepare", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        st.caption(
            "A link to this lesson with the controls as they stand now. Locked controls are shown "
            "and cannot be changed, hidden ones are not shown."
        )
        names = controls.labels()
        locked = _choose("Lock", names)
        hidden = _choose("Hide", names)
        asked = st.text_area(
            "A question of your own",
            max_chars=controls.LONGEST_QUESTION,
            placeholder="Which stride makes the output 4×4? Why?",
        )
        st.code(link(lesson, locked, hidden, asked or ""), language=None, wrap_lines=True)
        st.caption("Copy it with the button at its corner.")


def link(lesson: Lesson, locked: list[str], hidden: list[str], asked: str) -> str:
    """The whole address of the lesson so prepared."""
    extra = {
        controls.LOCK: ",".join(locked),
        controls.HIDE: ",".join(hidden),
        controls.ASK: asked.strip()[: controls.LONGEST_QUESTION],
    }
    kept = {n: v for n, v in controls.address().items() if n not in extra}
    query = kept | {name: value for name, value in extra.items() if value}
    page, _, _ = str(st.context.url or "").partition("?")
    return f"{page}?{urlencode(query, safe=',')}"


def _choose(label: str, names: dict[str, str]) -> list[str]:
    return st.multiselect(label, list(names), format_func=lambda one: names[one] or one)
