"""A link to a challenge: its goals, what is to be trained on, and the network to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from cnn.data import CATALOGUE, DatasetName
from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.challenges import goals, tries
from cnn.lessons.challenges.goals import GoalError, Goals
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.link import decode
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from ui.parts.lesson import address as lesson_address
from ui.parts.lesson import challenge
from ui.parts.lesson.own_question import own_question
from ui.parts.lesson.prepare import show_link
from ui.parts.setup import network
from ui.session import address, design
from ui.session.words import plain
from ui.views.desk.goal_rows import Row, bound, choose, goal_rows, rows_of, typed_goals

NAMES = (design.ADDRESS, challenge.ADDRESS, lesson_address.ASK)
KEY, DRAFT = "challenge_link", "challenge_draft"
THEIRS, YOURS, LINKED = "theirs", "yours", "linked"
ANY = "any"


@dataclass(slots=True)
class Draft:
    """A challenge as it is set; `linked` is a network that a link brought."""

    start: str
    data: str
    rows: list[Row]
    linked: Architecture | None = None
    question: str = ""


def challenge_link() -> None:
    """The form, its link, and the goals as Build shows them to whoever opens it."""
    there = address.arrived(KEY, NAMES)
    if there is not None or DRAFT not in st.session_state:
        st.session_state[DRAFT] = _opened(there or {})
        address.keep(KEY, there or {}, NAMES)
    st.fragment(_form)(st.session_state[DRAFT])


def left() -> dict[str, str]:
    """The address of the challenge as it was left; at first, one to begin with."""
    own = catalogue.own_challenge()
    kept: dict[str, str] = st.session_state.get(f"{KEY}_left", challenge.link(own.goals, own.start))
    return kept


def _opened(there: address.Address) -> Draft:
    """The challenge of a link; what cannot be read of it is said, and begins as usual."""
    own = catalogue.own_challenge()
    code, text, question = (address.last(there, name) for name in NAMES)
    wanted, start = own.goals, own.start if code or not text else None
    try:
        wanted = goals.read(text) if text else wanted
    except GoalError as error:
        words = frame_text("challenge_unreadable", error=plain(str(error)))
        st.warning(words, icon=":material/link_off:")
    try:
        start = decode(code) if code else start
    except ArchitectureError as error:
        words = frame_text("challenge_net", error=plain(str(error)))
        st.warning(words, icon=":material/link_off:")
    in_zoo = (id for id in zoo() if entry(id).architecture == start)
    rows = rows_of(wanted)
    begin_with = next(in_zoo, LINKED) if start else THEIRS
    return Draft(begin_with, wanted.data or ANY, rows, start, lesson_address.asked(question))


def _form(draft: Draft) -> None:
    start, data = st.columns(2)
    with start:
        label = frame_text("begin_with")
        choose(draft, "start", _starts(draft), label, partial(_start_words, draft), "start")
    with data:
        choices = (ANY, *DatasetName)
        choose(draft, "data", choices, frame_text("train_on"), _data_words, "data")
    goal_rows(draft.rows)
    st.text_area(
        frame_text("own_question"),
        max_chars=lesson_address.LONGEST_QUESTION,
        placeholder=frame_text("own_note_such_as"),
        **bound(draft, "question", "question"),
    )
    question = lesson_address.asked(draft.question)
    try:
        wanted, begins = _wanted(draft), _begins(draft)
        query = challenge.link(wanted, begins, question)
    except (GoalError, ArchitectureError) as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    address.keep(KEY, query, NAMES)
    st.session_state[f"{KEY}_left"] = query
    st.markdown(f"**{frame_text('link')}**")
    show_link("build", query)
    _preview(wanted, begins or entry(design.FIRST).architecture, question)


def _preview(wanted: Goals, start: Architecture, question: str) -> None:
    st.header(frame_text("learner_gets"), anchor=False)
    traced = trace(start)
    if not wanted.need_training and tries.passed(goals.judged(wanted, traced)):
        words = frame_text("already_passed", name=plain(start.name))
        st.warning(words, icon=":material/flag:")
    own_question(question)
    challenge.goals_at_first(wanted, traced)
    st.markdown(f"**{plain(start.name)}**")
    network.look_at(start)


def _wanted(draft: Draft) -> Goals:
    return typed_goals(draft.rows, None if draft.data == ANY else DatasetName(draft.data))


def _begins(draft: Draft) -> Architecture | None:
    if draft.start == YOURS:
        traced = design.traced(design.current())
        if traced.fault is not None:
            raise traced.fault
        return traced.architecture
    if draft.start == LINKED:
        return draft.linked
    return None if draft.start == THEIRS else entry(draft.start).architecture


def _starts(draft: Draft) -> tuple[str, ...]:
    return (*zoo(), YOURS, *([LINKED] if draft.linked else []), THEIRS)


def _start_words(draft: Draft, id: str) -> str:
    if id == YOURS:
        return frame_text("begin_with_yours", name=design.current().name)
    if id == LINKED and draft.linked:
        return frame_text("begin_with_link", name=draft.linked.name)
    return frame_text("begin_with_theirs") if id == THEIRS else network.zoo_words(id)


def _data_words(id: str) -> str:
    return frame_text("train_on_any") if id == ANY else CATALOGUE[DatasetName(id)].title
