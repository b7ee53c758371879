"""A live Plotly figure: new data change the lines and nothing else; zoom and legend stay.

Streamlit's own element is made anew whenever its figure changes, which is each poll of a training.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components.component import component
from ui.components.plotly_script import script_path

# Plotly puts its own styles into the document
_mount = component(
    "plot", html='<div class="live-plot"></div>', state=("clicked",), isolate_styles=False
)


def plot(
    figure: dict[str, Any],
    *,
    label: str,
    height: int,
    key: str,
    on_click: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any] | None:
    """Shows a figure (`data`, `layout`); returns the point that was just clicked, if any.

    `label` says to a screen reader what is seen. Give `layout.uirevision` a value that stays the
    same for as long as zoom and hidden lines are to stay. `on_click` hears of a point before the
    page runs again.
    """

    def heard() -> None:
        point = st.session_state[key].clicked
        if on_click is not None and isinstance(point, dict):
            on_click(point)

    data = {"key": key, "script": script_path(), "label": label, "height": height} | told(figure)
    clicked = _mount(key=key, data=data, clicked=heard).clicked
    return clicked if isinstance(clicked, dict) else None


def told(figure: dict[str, Any]) -> dict[str, Any]:
    """What a plot is told to show while the page does not run (`ui/components/news`)."""
    return {"figure": figure | {"data": [_selectable(trace) for trace in figure["data"]]}}


def _selectable(trace: dict[str, Any]) -> dict[str, Any]:
    """The trace with an identity that may stand in a CSS selector: Plotly writes it into one when
    the line goes, and a dot or a quote in a network's name would break it.
    """
    if "uid" not in trace:
        return trace
    safe = re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):06x}", trace["uid"])
    return trace | {"uid": safe}


def fetch_ahead() -> None:
    """Has the browser fetch Plotly's script, so that the first figure need not wait for it."""
    _mount(key="fetch_plotly_ahead", data={"script": script_path(), "figure": None})
