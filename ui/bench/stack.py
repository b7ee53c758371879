"""The stack of layers on the Build page, and which layer is chosen."""

from __future__ import annotations

import streamlit as st

from cnn.network.errors import path_text
from cnn.network.trace import Row, Trace
from ui import design
from ui.editor import edited, notes_of, stack_editor

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
        on_change=_take_edit,
    )


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
