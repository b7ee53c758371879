"""The weights that a cell has for all cells, over the image, by each head and by their mean;
hovering a cell asks no server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ui.components.component import component

MEAN = -1
"""In place of a head: the mean of all."""

_mount = component(
    "looks",
    html='<div class="room"><section class="looks"><div class="large"><div class="frame"></div>'
    '<div class="ramp"><span>0</span><i></i><span class="most"></span></div></div>'
    '<div class="heads"></div><output class="said" aria-live="polite"></output></section></div>',
    state=("cell", "head"),
)


def looks_view(
    look: dict[str, Any],
    names: Sequence[str],
    *,
    cell: tuple[int, int],
    head: int,
    locked: dict[str, bool],
    on_cell: Callable[[int, int], None],
    on_head: Callable[[int], None],
    key: str,
) -> None:
    """Shows what `pictures.inside.looks` made, with a cell and a head chosen; `names` are those of
    the mean and of each head.

    The two functions hear of what was chosen, before the page runs again; what is `locked`, by
    `cell` and `head`, stays.
    """
    height, width = look["size"]

    def cell_heard() -> None:
        found = st.session_state[key].cell
        if isinstance(found, list) and len(found) == 2 and all(type(one) is int for one in found):
            row, column = found
            if 0 <= row < height and 0 <= column < width:
                on_cell(row, column)

    def head_heard() -> None:
        found = st.session_state[key].head
        if type(found) is int and MEAN <= found < len(names) + MEAN:
            on_head(found)

    data = {"look": look, "names": list(names), "cell": list(cell), "head": head, "locked": locked}
    _mount(key=key, data=data, cell=cell_heard, head=head_heard)
