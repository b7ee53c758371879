"""An SVG picture on a page: scaled to fit, hovered, and clicked to select one of its parts."""

from __future__ import annotations

import streamlit as st

from ui.components.component import component, read_path

_mount = component("picture", state=("picked",))


def picture(
    svg: str, *, key: str, largest: float = 1.15, smallest: float = 0.86, narrow: str = ""
) -> str | None:
    """Shows an SVG text; returns the `data-path` of the part that was just clicked.

    What would have to be smaller than `smallest` to fit scrolls in its frame. `narrow` is shown in
    its place where there is no more room than on a phone.
    """
    data = {"svg": svg, "narrow": narrow, "largest": largest, "smallest": smallest}
    return read_path(_mount(key=key, data=data).picked)


def picked(key: str) -> str | None:
    """The part that was clicked last in the picture of that key, known before it is shown again."""
    shown = st.session_state.get(key)
    return read_path(shown.get("picked") if shown else None)
