"""A class as it is now, shown anew every few seconds: learners, hard questions, runs."""

from __future__ import annotations

import time
from collections import Counter

import streamlit as st

from cnn.lessons import classroom
from cnn.lessons.catalogue import find, whole_way
from cnn.lessons.classroom import Classroom, Hard, Learner
from cnn.people import accounts
from cnn.pictures.kit.label import shortened
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run, State
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.runs import runs
from ui.parts.runs.history import TONES
from ui.session.pages import PAGES
from ui.session.words import ago, percent
from ui.views.classroom.hand_ins import hand_ins
from ui.views.classroom.people import people
from ui.views.classroom.queue import queue

POLL_S = 5.0
MOST_HARD = 10
MOST_LETTERS, MOST_NAME = 160, 24
NO_CLASS = "No class"
STATES = classroom.WATCHED
LEARNERS = (
    Column("name", "Who"),
    Column("done", "Lessons done", is_number=True, is_minor=True),
    Column("last", "Last at"),
    Column("right", "Right", "Questions whose answer was found", is_number=True, is_minor=True),
    Column(
        "wrong",
        "Wrong first",
        "Questions whose first answer was wrong",
        is_number=True,
        is_minor=True,
    ),
    Column("runs", "Runs", "What waits, is in training, or went wrong"),
)
HARD = (
    Column("question", "Question"),
    Column("wrong", "Wrong first", is_number=True, is_minor=True),
    Column("said", "Most say", is_minor=True),
)
RUNS = (
    Column("who", "Who"),
    Column("name", "Run"),
    Column("state", "State"),
    Column("since", "Queued", is_number=True, is_minor=True),
)


def class_page() -> None:
    """Which class, how it stands, and who is in it."""
    name = _chosen()
    if name is None:
        st.info(
            "You have no class. Whoever runs this server gives you one: "
            "`python -m cnn people change NAME --class CLASS`.",
            icon=":material/group_add:",
        )
        return
    tabs = ["Now", "Hand-ins", "People"]
    now, handed, everybody = st.tabs(tabs, key="class_tab", on_change="rerun")
    for tab, show in ((now, _now), (handed, _handed_in)):
        if tab.open:
            with tab:
                st.fragment(run_every=POLL_S)(show)(name)
    if everybody.open:
        with everybody:
            people(name)


def _chosen() -> str | None:
    """The class that is looked at; None for a teacher who has none."""
    store = runs.store()
    names = classroom.class_names(store)
    others = {one.person.class_name for one in accounts.everybody(store)}
    names += sorted(others.difference(names)) if store.person.sees_all else []
    own = store.person.class_name
    if len(names) < 2:
        return names[0] if names else own or None
    chosen: str = st.selectbox("Class", names, format_func=lambda one: one or NO_CLASS, width=300)
    return chosen


def _now(name: str) -> None:
    found = classroom.look(runs.store(), name)
    if not found.learners:
        st.info(
            "No learner is in this class yet. Add some at *People*.", icon=":material/group_add:"
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_in_short(found), width="stretch")
        st.download_button(
            "Save as CSV",
            classroom.class_csv(found),
            "class.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="class_csv",
        )
    queue(name, sum(one.runs.get(State.QUEUED, 0) for one in found.learners))
    table("Learners", LEARNERS, [_learner(one) for one in found.learners], key="class_learners")
    if found.hard:
        st.header("Hardest questions", anchor=False)
        lines = [_hard(one) for one in found.hard[:MOST_HARD]]
        table("Hardest questions", HARD, lines, key="class_hard")
    if found.runs:
        st.header("Runs", anchor=False)
        lines = [_run(found, one) for one in found.runs]
        picked = table("Runs", RUNS, lines, key="class_runs", can_open=True)
        if picked.opened:
            st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: picked.opened})


def _handed_in(name: str) -> None:
    hand_ins(classroom.look(runs.store(), name))


def _in_short(found: Classroom) -> str:
    learners = len(found.learners)
    states = Counter[State]()
    for one in found.learners:
        states.update(one.runs)
    counted = (f"{states[state]} {state}" for state in STATES if states[state])
    return " · ".join((f"{learners} learner{'s' * (learners != 1)}", *counted))


def _learner(one: Learner) -> TableRow:
    last = one.last
    states = [f"{count} {state}" for state in STATES if (count := one.runs.get(state))]
    wrong = one.runs.get(State.INTERRUPTED, 0) + one.runs.get(State.FAILED, 0)
    cells = {
        "name": Cell(shortened(one.person.name, MOST_NAME)),
        "done": Cell(f"{one.done} of {len(whole_way())}", one.done),
        "last": Cell(
            find(last.lesson).title if last else "",
            -last.at if last else 0.0,
            ago(time.time() - last.at) if last else "",
        ),
        "right": Cell(str(one.right), one.right),
        "wrong": Cell(str(one.wrong_at_first), one.wrong_at_first),
        "runs": Cell(", ".join(states), sum(one.runs.values()), tone="warn" if wrong else ""),
    }
    return TableRow(one.person.id, one.person.name, cells)


def _hard(one: Hard) -> TableRow:
    share = one.wrong / one.tried
    counted = f"{one.wrong} of {one.tried} wrong first"
    cells = {
        "question": Cell(_cut(one.check.question), note=f"{one.lesson.title}: {counted}"),
        "wrong": Cell(percent(share, 0), share),
        "said": Cell(_cut(one.said)),
    }
    return TableRow(f"{one.lesson.key}-{one.check.key}", one.check.question, cells)


def _run(found: Classroom, one: Run | Elsewhere) -> TableRow:
    who = found.name_of(one.owner)
    is_busy = one.state is State.RUNNING and one.progress.steps
    cells = {
        "who": Cell(shortened(who, MOST_NAME)),
        "name": Cell(runs.title(one)),
        "state": Cell(
            f"{one.progress.share:.0%}" if is_busy else one.state.value,
            one.state.value,
            _cut(one.message) if one.state is State.FAILED else "",
            TONES.get(one.state, "calm"),
        ),
        "since": Cell(ago(time.time() - one.created_at), one.created_at),
    }
    return TableRow(one.id, f"{runs.title(one)} by {who}", cells)


def _cut(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= MOST_LETTERS else f"{one[:MOST_LETTERS].rstrip()} ..."
