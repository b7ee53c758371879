"""A network's stages, stepped through, played and scrubbed; hovering a cell shows its numbers.

All of it happens in the browser. What is chosen, the stage and the cell, is told to Python where
it comes to rest, so that an address can hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components.component import component

_mount = component("stages", state=("rest",))


def stages_view(
    stages: list[dict[str, Any]],
    classes: tuple[str, ...],
    *,
    stage: int,
    cell: str,
    locked: bool,
    on_rest: Callable[[int, str], None],
    key: str,
) -> None:
    """Shows what `cnn.pictures.inside.stages.stages` made; `on_rest` hears the stage and the cell.

    `stage` and `cell` (`row-column-map`, or empty for the strongest) are where it begins.
    """

    def heard() -> None:
        rest = st.session_state[key].rest
        if isinstance(rest, dict):
            at, place = rest.get("stage"), rest.get("cell")
            if isinstance(at, int) and isinstance(place, str):
                on_rest(at, place)

    data = {"stages": stages, "classes": classes, "stage": stage, "cell": cell, "locked": locked}
    _mount(key=key, data=data, rest=heard)
