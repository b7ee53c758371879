"""A live Plotly figure: new data change the lines and nothing else; zoom and legend stay.

Streamlit's own element is made anew whenever its figure changes, which is each poll of a training.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui.plot.script import script_path

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "live_plot",
    html='<div class="live-plot" role="img"></div>',
    css=(HERE / "plot.css").read_text(encoding="utf-8"),
    js=(HERE / "plot.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly puts its own styles into the document
)


def plot(figure: dict[str, Any], *, label: str, height: int, key: str) -> dict[str, Any] | None:
    """Shows a figure (`data`, `layout`); returns the point that was just clicked, if any.

    `label` says to a screen reader what is seen. Give `layout.uirevision` a value that stays the
    same for as long as zoom and hidden lines are to stay.
    """
    data = {"script": script_path(), "figure": figure, "label": label, "height": height}
    clicked = _mount(key=key, data=data, on_clicked_change=lambda: None).clicked
    return clicked if isinstance(clicked, dict) else None


def fetch_ahead() -> None:
    """Has the browser fetch Plotly's script, so that the first figure need not wait for it."""
    _mount(key="fetch_plotly_ahead", data={"script": script_path(), "figure": None})
