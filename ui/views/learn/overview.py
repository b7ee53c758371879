"""All lessons at a glance: what each answers, how far one is, and what to know before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress import Standing
from cnn.lessons.progress import file as progress_file
from cnn.lessons.progress.file import ProgressFileError
from cnn.lessons.words import linked
from ui.parts.lesson import address, last_steps, progress
from ui.parts.lesson.closing import closing
from ui.parts.lesson.frame import LESSON, about, go
from ui.session.brought import take
from ui.session.words import plain

BROUGHT, REFUSED = "progress_file", "progress_file_refused"


def lesson_list() -> None:
    """What is next, the progress, and a card for each lesson."""
    standing, lessons = progress.standing(), catalogue.lessons()
    done = [lesson for lesson in lessons if standing.is_done(lesson)]
    left = standing.left(lessons)
    count = len(done) + len(left)
    if left:
        st.markdown(frame_text("next_up", title=left[0].title, question=left[0].question))
    else:
        closing()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if left and st.button(
            frame_text("go_on" if done else "begin", number=left[0].number),
            type="primary",
            icon=":material/play_arrow:",
        ):
            go(left[0])
        _short_way(standing)
        _keep(standing, lessons)
        words = frame_text("count_done", done=len(done), count=count)
        st.progress(len(done) / count, text=words, width=240)
    st.caption(frame_text("short_about", count=len(catalogue.short_way())))
    progress.say_if_for_this_visit()
    with st.grid("auto", min_column_width=300):
        for lesson in lessons:
            _card(lesson, standing)


def _minutes(some: Sequence[Lesson]) -> int:
    return sum(lesson.minutes for lesson in some)


def _short_way(standing: Standing) -> None:
    """Begins the short way, or goes on with it where it was left; then comes its end."""
    way = catalogue.short_way()
    left = standing.left(way)
    is_new = len(left) == len(way)
    if not left:
        label = frame_text("next_own")
    elif is_new:
        label = frame_text("short_begin", minutes=_minutes(way) + catalogue.last_minutes())
    else:
        label = frame_text("short_go_on")
    if st.button(label, icon=":material/bolt:"):
        if left:
            st.switch_page(LESSON, query_params=address.on_short_way(left[0]))
        last_steps.begin()


def _card(lesson: Lesson, standing: Standing) -> None:
    with st.container(border=True, height="stretch", gap="small", key=f"card_{lesson.key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(about(lesson), width="content")
            if lesson.is_on_short_way:
                st.badge(frame_text("short_way"), icon=":material/bolt:", color="blue")
            if lesson.is_extra:
                st.badge(frame_text("extra_lesson"), icon=":material/add:", color="gray")
        st.markdown(f"**{lesson.title}**  \n{lesson.question}")
        st.space("stretch")
        is_done = standing.is_done(lesson)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            label = frame_text("open_again" if is_done else "open")
            if st.button(label, key=f"open_{lesson.key}", width="stretch"):
                go(lesson)
            if is_done:
                st.badge(frame_text("done"), icon=":material/check:", color="green")


def _keep(standing: Standing, lessons: tuple[Lesson, ...]) -> None:
    with st.popover(frame_text("my_progress"), icon=":material/save:"):
        if progress.is_kept():
            st.caption(frame_text("whose_progress"))
        st.download_button(
            frame_text("export"),
            progress_file.written(standing, lessons),
            "cnn-workbench-progress.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        st.file_uploader(
            frame_text("bring_back"),
            type="json",
            key=BROUGHT,
            max_upload_size=2,  # MB
            on_change=_bring_back,
        )
        if error := st.session_state.get(REFUSED):
            words = frame_text("not_brought_back", error=plain(error))
            st.error(words, icon=":material/error:")
        st.caption(frame_text("no_undo"))
        is_sure = st.checkbox(frame_text("is_sure"), key="reset_sure")
        st.button(
            frame_text("erase"),
            icon=":material/restart_alt:",
            disabled=not is_sure,
            on_click=_erase,
        )


def _bring_back() -> None:
    given = st.session_state[BROUGHT]
    st.session_state[REFUSED] = ""
    if given is None:
        return
    try:
        events = progress_file.read(take(given))
    except ProgressFileError as error:
        st.session_state[REFUSED] = str(error)
        return
    if progress.keep(events):
        words = frame_text("brought_back", count=f"{len(events):,}")
        st.toast(words, icon=":material/check:")


def _erase() -> None:
    progress.erase()
    st.session_state["reset_sure"] = False
    for key in [key for key in st.session_state if str(key).startswith("answer_")]:
        del st.session_state[key]


def know_before() -> None:
    """The mathematics a reader needs, with a pointer for each."""
    with st.expander(frame_text("know_before"), icon=":material/menu_book:"):
        for one in catalogue.overview()["before"]:
            st.markdown(f"**{one['name']}** · {linked(one['line'])}")
            st.latex(one["formula"])
            st.markdown(f"[{one['pointer']}]({one['address']})")


def when_to_use() -> None:
    """When to use a CNN at all."""
    use = catalogue.overview()["use"]
    with st.expander(frame_text("when_to_use"), icon=":material/alt_route:"):
        yes, no = st.columns(2)
        yes.markdown(frame_text("fits_where") + "\n\n" + _points(use["yes"]))
        no.markdown(frame_text("else_where") + "\n\n" + _points(use["no"]))


def _points(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
