"""Who of a class has handed in an assignment, and all of it as one file to verify."""

from __future__ import annotations

import time

import streamlit as st

from cnn.lessons.assignments import handed_in
from cnn.lessons.assignments.handed_in import Assigned
from cnn.lessons.classroom import Classroom
from cnn.people.person import Person
from cnn.pictures.kit.label import shortened
from ui.components.save import save_file
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.lesson import assigned
from ui.parts.runs import runs
from ui.session.pages import PAGES
from ui.session.words import ago, plain

CHOSEN, MOST_NAME = "class_assignment", 24
VERIFY = "Unpack it, and do each again: `python -m cnn verify FOLDER --gradebook grades.csv`."
COLUMNS = (
    Column("name", "Who"),
    Column("trainings", "Trainings", "For this assignment", is_number=True, is_minor=True),
    Column("at", "Handed in", is_number=True),
)


def hand_ins(found: Classroom) -> None:
    """One assignment of those that somebody trained for."""
    if not found.assigned:
        st.info(
            "Nobody trained for an assignment yet. *Teacher's desk* makes one.",
            icon=":material/assignment:",
        )
        return
    chosen = _chosen(found.assigned)
    people = [one.person for one in found.learners]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_in_short(chosen, len(people)), width="stretch")
        if chosen.handed_in:
            store, names = runs.opened(), {one.id: one.name for one in people}
            save_file(
                f"Save all {len(chosen.handed_in)}" if len(chosen.handed_in) > 1 else "Save it",
                "hand-ins.zip",
                lambda into: handed_in.save_all(store, chosen, names, into),
            )
    if chosen.handed_in:
        st.caption(VERIFY)
    began = [one for one in people if chosen.of(one.id).trainings]
    rows = [_row(chosen, one) for one in began]
    picked = table("Hand-ins", COLUMNS, rows, key="class_hand_ins", can_open=True)
    if others := [plain(one.name) for one in people if one not in began]:
        st.caption(f"Nothing yet: {', '.join(others)}.")
    if picked.opened:
        work = chosen.of(picked.opened)
        run_id = work.run_id or work.trainings[0]
        st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: run_id})


def _chosen(there: tuple[Assigned, ...]) -> Assigned:
    by_id = {one.assignment.id: one for one in there}
    if len(by_id) == 1:
        return there[0]
    chosen: str = st.selectbox(
        "Assignment",
        list(by_id),
        format_func=lambda id: by_id[id].assignment.title,
        key=CHOSEN,
        width=300,
    )
    return by_id[chosen]


def _in_short(chosen: Assigned, learners: int) -> str:
    late = sum(map(chosen.is_late, chosen.handed_in))
    said = (
        f"**{plain(chosen.assignment.title)}**",
        f"{len(chosen.handed_in)} of {learners} handed in",
        f"{late} late" if late else "",
        assigned.due_words(chosen.assignment),
    )
    return " · ".join(filter(None, said))


def _row(chosen: Assigned, one: Person) -> TableRow:
    work = chosen.of(one.id)
    said = ago(time.time() - work.at) if work.run_id else "not yet"
    is_late = chosen.is_late(work)
    cells = {
        "name": Cell(shortened(one.name, MOST_NAME)),
        "trainings": Cell(str(len(work.trainings)), len(work.trainings)),
        "at": Cell(
            f"{said}, late" if is_late else said,
            -work.at,
            tone="warn" if is_late else "good" if work.run_id else "",
        ),
    }
    return TableRow(one.id, one.name, cells)
