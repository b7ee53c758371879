"""The assignment that is on: what a link brought, which trainings are for it, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from cnn.data import DatasetSpec, described, title
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment, AssignmentError
from cnn.lessons.catalogue import frame_text, lessons
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress import Standing
from cnn.network.architecture import Architecture
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import ASSIGNMENT
from ui.parts.lesson import address
from ui.parts.runs import runs
from ui.session.pages import PAGES
from ui.session.words import plain, size_bytes

ADDRESS, KEY, RUN = assignment.NAME, "assignment_on", "assignment_run"


def arrive() -> None:
    """Takes up the assignment of the address, or puts the one that is on into it."""
    found, kept = st.query_params.get(ADDRESS, ""), str(st.session_state.get(KEY, ""))
    if found:
        st.session_state[KEY] = found
    elif kept:
        st.query_params[ADDRESS] = kept


def leave() -> None:
    """There is none any more."""
    st.session_state.pop(KEY, None)
    st.query_params.pop(ADDRESS, None)


def current() -> Assignment | None:
    """The assignment that is on, if one is; one that cannot be read is said, and left."""
    text = str(st.session_state.get(KEY, ""))
    if not text:
        return None
    try:
        return assignment.read(text)
    except AssignmentError as error:
        words = frame_text("assignment_unreadable", error=plain(str(error)))
        st.warning(words, icon=":material/link_off:")
        leave()
        return None


def usual_data(usual: Configuration) -> DatasetSpec:
    """The data to begin with: those of the assignment, where one is on."""
    wanted = current()
    return wanted.data if wanted else usual.dataset


def offered(
    architecture: Architecture, configuration: Configuration, use: Callable[[DatasetSpec], None]
) -> Assignment | None:
    """Says whether the training to come is for the assignment that is on, and what it keeps; it,
    or None. `use` puts its data in place of others.
    """
    wanted = current()
    if wanted is None:
        return None
    title = plain(wanted.title)
    if said := assignment.why_not(wanted, architecture, configuration):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = frame_text("assignment_not", title=title, why=plain(said))
            st.caption(f":material/assignment_late: {words}", width="content")
            if configuration.dataset != wanted.data:
                label = frame_text("assignment_use_data")
                st.button(label, type="tertiary", on_click=use, args=(wanted.data,))
        return None
    words = frame_text(
        "assignment_for",
        title=title,
        count=f"{configuration.epochs + 1:,}",
        size=size_bytes(assignment.kept_bytes(architecture, configuration)),
    )
    st.caption(f":material/assignment: {words}", help=frame_text("assignment_for_why"))
    return wanted


def its_lessons(wanted: Assignment, standing: Standing, run_id: str = "") -> None:
    """Each lesson whose questions are handed in, too: how many are answered, and the way there;
    from the run that is handed in, it leads back to that.
    """
    st.session_state[RUN] = run_id
    for lesson in (one for one in lessons() if one.key in wanted.lessons):
        right = sum(standing.is_answered(lesson, check) for check in lesson.checks)
        st.page_link(
            PAGES / "lesson.py",
            label=frame_text(
                "hand_in_lesson", title=lesson.title, right=right, count=len(lesson.checks)
            ),
            icon=":material/school:",
            query_params=address.left(lesson),
        )


def way_back(lesson: Lesson) -> None:
    """From a lesson that the assignment asks for, back to its network or the run to hand in."""
    wanted, run_id = current(), st.session_state.get(RUN)
    if wanted and lesson.key in wanted.lessons:
        st.page_link(
            PAGES / ("train.py" if run_id else "build.py"),
            label=frame_text("assignment_way_back", title=plain(wanted.title)),
            icon=":material/flag:",
            query_params={runs.ADDRESS: run_id} if run_id else None,
        )


def files(wanted: Assignment | None) -> Mapping[str, bytes]:
    """What a run keeps from its beginning that is for an assignment."""
    return {ASSIGNMENT: wanted.text.encode()} if wanted else {}


def due_words(wanted: Assignment) -> str:
    """Until when it is due, by the clock of whoever reads it; nothing where it never is."""
    if wanted.due_at is None:
        return ""
    return frame_text("assignment_due", time=time_words(wanted.due_at))


def time_words(at: float) -> str:
    """A moment, by the clock of whoever reads it."""
    return f"{datetime.fromtimestamp(at, zone()):%Y-%m-%d %H:%M}"


def zone() -> ZoneInfo:
    """Where the browser's clock is."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def in_words(wanted: Assignment) -> str:
    """What it is on, and until when."""
    data = wanted.data
    on = described(data).replace(data.name.value, title(data), 1)
    return " · ".join(filter(None, (on, due_words(wanted))))


def now() -> datetime:
    """This moment, by the browser's clock."""
    return datetime.now(UTC).astimezone(zone())
