"""A link to an assignment: goals on data with their seed, until when, and what is asked beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import streamlit as st

from cnn.data import CATALOGUE, DatasetName, DatasetSpec
from cnn.data.sets import DRAWN, SETS
from cnn.lessons import catalogue
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import (
    DUE,
    LONGEST_TITLE,
    MOST_LESSONS,
    Assignment,
    AssignmentError,
)
from cnn.lessons.catalogue import frame_text
from cnn.lessons.challenges.goals import GoalError, Goals, is_data
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.link import decode
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from ui.parts.lesson import address as lesson_address
from ui.parts.lesson import assigned, challenge
from ui.parts.lesson.own_question import own_question
from ui.parts.lesson.prepare import show_link
from ui.parts.setup import network
from ui.parts.setup.drawings import choose_drawings, drawing_values
from ui.session import address, design
from ui.session.person import has_accounts
from ui.session.words import plain
from ui.views.desk.goal_rows import Row, bound, choose, goal_rows, rows_of, typed_goals

NAMES = (assigned.ADDRESS, design.ADDRESS, challenge.ADDRESS, lesson_address.ASK)
KEY, DRAFT = "assignment_link", "assignment_draft"
THEIRS, LINKED = "theirs", "linked"
A_WEEK = timedelta(days=7)
MIDNIGHT = time(23, 59)


@dataclass(slots=True)
class Draft:
    """An assignment as it is set; drawings are kept by their own controls."""

    title: str
    start: str
    data: str
    rows: list[Row]
    day: date | None
    hour: time
    lessons: list[str]
    question: str
    linked: Architecture | None = None


def assignment_link() -> None:
    """The form, its link, and what whoever opens it is shown."""
    there = address.arrived(KEY, NAMES)
    if there is not None or DRAFT not in st.session_state:
        st.session_state[DRAFT] = _opened(there or {})
        address.keep(KEY, there or {}, NAMES)
    st.fragment(_form)(st.session_state[DRAFT])


def left() -> dict[str, str]:
    """The address of the assignment as it was left; at first, one to begin with."""
    kept: dict[str, str] = st.session_state.get(f"{KEY}_left", {assigned.ADDRESS: _first().text})
    return kept


def _first() -> Assignment:
    own = catalogue.own_challenge()
    return Assignment(
        title=frame_text("assignment_link"),
        goals=own.goals,
        data=DatasetSpec(own.goals.data or DatasetName.MNIST_SAMPLE),
        due=_utc((assigned.now() + A_WEEK).date(), MIDNIGHT),
    )


def _opened(there: address.Address) -> Draft:
    """The assignment of a link; what cannot be read of it is said, and begins as usual."""
    wanted, start = _first(), None
    if text := address.last(there, assigned.ADDRESS):
        try:
            wanted = assignment.read(text)
        except AssignmentError as error:
            _warn("assignment_unreadable", error)
    try:
        start = decode(code) if (code := address.last(there, design.ADDRESS)) else None
    except ArchitectureError as error:
        _warn("challenge_net", error)
    in_zoo = (id for id in zoo() if entry(id).architecture == start)
    for name, value in drawing_values(wanted.data).items():
        st.session_state[_key(name)] = value
    due = datetime.fromtimestamp(wanted.due_at, assigned.zone()) if wanted.due_at else None
    return Draft(
        title=wanted.title,
        start=next(in_zoo, LINKED) if start else THEIRS,
        data=wanted.data.name.value,
        rows=rows_of(wanted.goals),
        day=due.date() if due else None,
        hour=due.time() if due else MIDNIGHT,
        lessons=[one for one in wanted.lessons if one in _lessons()],
        question=wanted.question,
        linked=start,
    )


def _form(draft: Draft) -> None:
    st.text_input(
        frame_text("assignment_title"),
        max_chars=LONGEST_TITLE,
        placeholder=frame_text("assignment_title_such_as"),
        **bound(draft, "title", "assignment_title"),
    )
    start, data = st.columns(2)
    with start:
        starts = (*zoo(), *([LINKED] if draft.linked else []), THEIRS)
        label = frame_text("begin_with")
        choose(draft, "start", starts, label, partial(_start_words, draft), "assignment_start")
    with data:
        names = tuple(one.value for one in SETS)
        choose(draft, "data", names, frame_text("assignment_data"), _data_words, "assignment_data")
        name = DatasetName(draft.data)
        spec = choose_drawings(name, _key) if name in DRAWN else DatasetSpec(name)
    goal_rows(draft.rows)
    _beside(draft)
    if spec is None:
        return
    try:
        wanted = Assignment(
            title=draft.title,
            goals=typed_goals(draft.rows),
            data=spec,
            due=_utc(draft.day, draft.hour) if draft.day else "",
            question=lesson_address.asked(draft.question),
            lessons=tuple(draft.lessons),
        )
        begins = _begins(draft)
        query = challenge.link(_shown_goals(wanted), begins, wanted.question)
    except (GoalError, ArchitectureError, AssignmentError) as error:
        words = str(error)
        st.warning(plain(words[0].upper() + words[1:]), icon=":material/error:")
        return
    query |= {assigned.ADDRESS: wanted.text}
    address.keep(KEY, query, NAMES)
    st.session_state[f"{KEY}_left"] = query
    st.markdown(f"**{frame_text('link')}**")
    show_link("build", query)
    st.header(frame_text("learner_gets"), anchor=False)
    own_question(wanted.question, is_answered_here=False)
    first = begins or entry(design.FIRST).architecture
    challenge.goals_at_first(_shown_goals(wanted), trace(first), wanted)
    st.markdown(f"**{plain(first.name)}**")
    network.look_at(first)
    st.caption(frame_text("assignment_back_here" if has_accounts() else "assignment_back"))


def _beside(draft: Draft) -> None:
    """Until when, and what is asked beside the network."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=200):
            st.date_input(
                frame_text("assignment_day"),
                format="YYYY-MM-DD",
                **bound(draft, "day", "assignment_day"),
            )
        with st.container(width=140):
            st.time_input(frame_text("assignment_time"), **bound(draft, "hour", "assignment_hour"))
    titles = {one.key: one.title for one in catalogue.lessons()}
    st.multiselect(
        frame_text("assignment_lessons"),
        _lessons(),
        format_func=titles.__getitem__,
        max_selections=MOST_LESSONS,
        **bound(draft, "lessons", "assignment_lessons"),
    )
    st.text_area(
        frame_text("own_question"),
        max_chars=lesson_address.LONGEST_QUESTION,
        placeholder=frame_text("own_note_such_as"),
        **bound(draft, "question", "assignment_question"),
    )


def _shown_goals(wanted: Assignment) -> Goals:
    """Its goals as a challenge has them, which names data only as they usually are."""
    named = Goals(wanted.goals.goals, wanted.data.name)
    return named if is_data(named, wanted.data) else wanted.goals


def _begins(draft: Draft) -> Architecture | None:
    if draft.start == LINKED:
        return draft.linked
    return None if draft.start == THEIRS else entry(draft.start).architecture


def _utc(day: date, hour: time) -> str:
    at = datetime.combine(day, hour, assigned.zone())
    return at.astimezone(UTC).strftime(DUE)


def _lessons() -> list[str]:
    return [one.key for one in catalogue.lessons()]


def _start_words(draft: Draft, id: str) -> str:
    if id == LINKED and draft.linked:
        return frame_text("begin_with_link", name=draft.linked.name)
    return frame_text("begin_with_theirs") if id == THEIRS else network.zoo_words(id)


def _data_words(id: str) -> str:
    return CATALOGUE[DatasetName(id)].title


def _key(name: str) -> str:
    return f"assignment_{name}"


def _warn(name: str, error: Exception) -> None:
    st.warning(frame_text(name, error=plain(str(error))), icon=":material/link_off:")
