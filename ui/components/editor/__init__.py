"""The stack editor: one component in which layers are put together, in the browser at once.

The script owns the list between revisions. Each edit is shown at once and sent; Python reads it,
traces it and gives notes back, which the script asks for at `asks` beforehand: the page takes its
time. A new `rev` from Python replaces the list, as one step of undo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from cnn.network.architecture import layers_to_list
from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError
from cnn.network.shapes import Shape
from ui.components.component import component
from ui.components.editor.notes import Note, notes_of
from ui.components.editor.value import Ask, EditorValue, LayerDict, read_value

__all__ = ["EditorValue", "Note", "edited", "notes_of", "stack_editor"]

# The state is not called "value": Streamlit 1.67 takes a lone state of that name apart, and then
# finds no callback for it.
_editor = component("editor", state=("stack",))


def stack_editor(
    *,
    layers: Sequence[LayerDict],
    rev: int,
    input_shape: Shape,
    notes: Mapping[str, Note],
    selected: str | None = None,
    key: str,
    asks: Mapping[str, str] | None = None,
    on_change: Callable[[], None] | None = None,
) -> EditorValue | None:
    """Shows the layers for editing, each with its note; returns what the user made of this `rev`.

    `on_change` runs before the page does whenever the user edits or chooses; there, `edited(key)`
    is the new value, to be kept as it is. Raise `rev` only to put other layers in place of the
    user's. `selected` may choose a layer, by its path; None leaves the user's choice. `asks` has
    the address that gives notes, and what else is to be sent there.
    """
    value = edited(key)
    mine = value if value is not None and value.rev == rev else None
    if mine is not None and list(mine.layers) != list(layers):
        mine = None  # the notes are of other layers, so they must not pass for this edit's
    _editor(
        key=key,
        data={
            "key": key,
            "rev": rev,
            "edit": mine.edit if mine else None,
            "layers": list(layers),
            "input": list(input_shape),
            "notes": {path: note.to_dict() for path, note in notes.items()},
            "selected": selected,
            "asks": dict(asks or {}),
            "answers": [_answer(ask) for ask in mine.asks] if mine else [],
        },
        stack=on_change,
    )
    return mine


def edited(key: str) -> EditorValue | None:
    """What the user has last made of the stack, or None before the first edit."""
    state = st.session_state.get(key)
    sent = state.get("stack") if isinstance(state, Mapping) else None
    last = st.session_state.get(f"{key}_read")
    if last is None or last[0] != sent:  # asked before the page runs and while it does
        last = st.session_state[f"{key}_read"] = sent, read_value(sent)
    value: EditorValue | None = last[1]
    return value


def _answer(ask: Ask) -> dict[str, Any]:
    """A block's layers, or why there are none."""
    try:
        layers = BLOCKS[ask.block].layers(ask.channels)
    except ArchitectureError as error:
        return {"id": ask.id, "layers": [], "problem": str(error)}
    return {"id": ask.id, "layers": layers_to_list(layers), "problem": ""}
