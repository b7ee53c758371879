"""A stack of layers in which a cell lights all that it sees; hovering asks no server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components.component import component

_mount = component(
    "field",
    html='<section class="field"><div class="maps" role="list"></div>'
    '<output class="said" aria-live="polite"></output></section>',
    state=("cell",),
)


def field_view(
    stack: dict[str, Any],
    chosen: tuple[int, int, int],
    *,
    locked: bool,
    on_chosen: Callable[[int, int, int], None],
    key: str,
) -> None:
    """Shows what `pictures.network.field_stack` made, with a cell chosen (layer, row, column).

    `on_chosen` hears of the cell that was clicked, before the page runs again.
    """

    def heard() -> None:
        cell = st.session_state[key].cell
        if isinstance(cell, list) and len(cell) == 3 and all(isinstance(n, int) for n in cell):
            on_chosen(*cell)

    data = {"stack": stack, "chosen": list(chosen), "locked": locked}
    _mount(key=key, data=data, cell=heard)
