"""All lessons at a glance: what each answers, how far one is, and what to know before."""

from __future__ import annotations

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.certificate import certificate
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress import Standing, to_json
from ui.learn import progress
from ui.learn.frame import about, go


def lesson_list() -> None:
    """The progress, the way on, and a card for each lesson."""
    standing, lessons = progress.standing(), catalogue.lessons()
    done = [lesson for lesson in lessons if standing.is_done(lesson)]
    left = [lesson for lesson in lessons if lesson not in done]
    minutes = sum(lesson.minutes for lesson in left)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        share = len(done) / len(lessons)
        words = f"{len(done)} of {len(lessons)} lessons done" + (
            f" · about {minutes} minutes left" if left else ""
        )
        st.progress(share, text=words, width=360)
        if left and st.button(
            f"Go on with lesson {left[0].number}" if done else "Begin with lesson 1",
            type="primary",
            icon=":material/play_arrow:",
        ):
            go(left[0])
        _keep(standing, lessons)
    with st.grid("auto", min_column_width=300):
        for lesson in lessons:
            _card(lesson, standing)
    if not left:
        _certificate(standing)


def _card(lesson: Lesson, standing: Standing) -> None:
    with st.container(border=True, height="stretch", gap="small", key=f"card_{lesson.key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(about(lesson), width="content")
            if standing.is_done(lesson):
                st.badge("done", icon=":material/check:", color="green")
        st.markdown(f"**{lesson.title}**  \n{lesson.question}")
        st.space("stretch")
        label = "Open again" if standing.is_done(lesson) else "Open"
        if st.button(label, key=f"open_{lesson.key}", width="stretch"):
            go(lesson)


def _keep(standing: Standing, lessons: tuple[Lesson, ...]) -> None:
    with st.popover("My progress", icon=":material/save:"):
        st.download_button(
            "Export as JSON",
            to_json(standing, lessons),
            "cnn-workbench-progress.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption("Forgetting it cannot be undone.")
        is_sure = st.checkbox("I want to begin from nothing", key="reset_sure")
        st.button(
            "Forget my progress",
            icon=":material/restart_alt:",
            disabled=not is_sure,
            on_click=_reset,
        )


def _reset() -> None:
    progress.reset()
    st.session_state["reset_sure"] = False
    for key in [key for key in st.session_state if str(key).startswith("answer_")]:
        del st.session_state[key]


def _certificate(standing: Standing) -> None:
    with st.container(border=True, key="certificate"):
        st.markdown("**All lessons done.** Here is a certificate to print.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Your name", max_chars=80, key="certificate_name", width=320)
            st.download_button(
                "Certificate (HTML)",
                certificate(name or "", standing, catalogue.lessons()),
                "cnn-workbench-certificate.html",
                "text/html",
                icon=":material/workspace_premium:",
                disabled=not (name or "").strip(),
                on_click="ignore",
            )


def know_before() -> None:
    """The mathematics a reader needs, with a pointer for each; and when to use a CNN at all."""
    words = catalogue.overview()
    with st.expander("What to know before: four ideas", icon=":material/menu_book:"):
        for one in words["before"]:
            st.markdown(f"**{one['name']}** · {one['line']}")
            st.latex(one["formula"])
            st.markdown(f"[{one['pointer']}]({one['address']})")
    with st.expander("When to use a CNN, and when not", icon=":material/alt_route:"):
        yes, no = st.columns(2)
        yes.markdown("**A CNN fits where**\n\n" + _points(words["use"]["yes"]))
        no.markdown("**Something else is better where**\n\n" + _points(words["use"]["no"]))


def _points(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
