"""The stack of layers on the Build page, and which layer is chosen."""

from __future__ import annotations

import streamlit as st

from cnn.network.errors import Path, path_text
from cnn.network.heads import finished
from cnn.network.trace import Row, Trace
from ui.components.editor import edited, notes_of, stack_editor
from ui.session import design
from ui.session.assets import NOTES, address
from ui.session.ticket import ticket

CHOSEN = "chosen_layer"
EDITOR = "stack"


def stack(trace: Trace) -> None:
    """The editor; what is done in it is on the bench before the page runs."""
    now = design.current()
    stack_editor(
        layers=now.layers,
        rev=now.rev,
        input_shape=now.input,
        notes=notes_of(trace),
        selected=st.session_state.get(CHOSEN),
        key=EDITOR,
        asks={
            "address": address(NOTES),
            "ticket": ticket(),
            "pixels": now.feed.text if now.feed else "",
        },
        on_change=_take_edit,
    )


def step() -> tuple[int, int]:
    """Counts the changes to the stack as undo does: all that is typed into one field is one."""
    now, value = design.current(), edited(EDITOR)
    return now.rev, value.step if value and value.rev == now.rev else 0


def shut(trace: Trace) -> frozenset[Path]:
    """The containers that are collapsed in the stack as it is now."""
    value = edited(EDITOR)
    paths = value.shut if value and value.rev == design.current().rev else ()
    return frozenset(row.path for row in trace.rows if path_text(row.path) in paths)


def finish(trace: Trace) -> None:
    """Offers the head that is missing, for as many classes as are wanted."""
    if trace.fault is not None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        classes = st.number_input(
            "Classes", 2, 1_000, 10, key="finish_classes", width=110, persist_state="session"
        )
        done = finished(trace.architecture, classes)
        if st.button(
            "Finish it for me",
            icon=":material/auto_fix_high:",
            disabled=done == trace.architecture,
            help="Adds what turns the stack into a classifier: flattening and a softmax.",
        ):
            design.put(done)
            st.rerun(scope="fragment")


def _take_edit() -> None:
    value = edited(EDITOR)
    if value is not None and value.rev == design.current().rev:
        design.change(layers=value.layers)
        st.session_state[CHOSEN] = value.selected


def chosen_row(trace: Trace) -> Row | None:
    """The layer that is chosen in the stack or in a picture; else the first."""
    chosen = st.session_state.get(CHOSEN)
    rows = {path_text(row.path): row for row in trace.rows}
    if chosen in rows:
        return rows[chosen]
    return trace.rows[0] if trace.rows else None


def choose(path: str | None) -> None:
    """Chooses the layer that was just clicked in a picture, and shows the page anew."""
    if path:
        st.session_state[CHOSEN] = path
        st.rerun(scope="fragment")
