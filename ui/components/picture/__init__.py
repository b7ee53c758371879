"""An SVG picture on a page: scaled to fit, hovered, and clicked to select one of its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "picture",
    html='<div class="frame"><div class="picture"></div></div><div class="tip" hidden></div>',
    css=(HERE / "picture.css").read_text(encoding="utf-8"),
    js=(HERE / "picture.js").read_text(encoding="utf-8"),
)


def picture(svg: str, *, key: str, largest: float = 1.15, narrow: str = "") -> str | None:
    """Shows an SVG text; returns the `data-path` of the part that was just clicked.

    `narrow` is shown in its place where there is no more room than on a phone.
    """
    data = {"svg": svg, "narrow": narrow, "largest": largest}
    return _read(_mount(key=key, data=data, on_picked_change=lambda: None).picked)


def picked(key: str) -> str | None:
    """The part that was clicked last in the picture of that key, known before it is shown again."""
    shown = st.session_state.get(key)
    return _read(shown.get("picked") if shown else None)


def _read(sent: Any) -> str | None:
    """A `data-path` as the browser sends it, which may send anything."""
    return sent if isinstance(sent, str) and len(sent) < 500 else None
