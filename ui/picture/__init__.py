"""An SVG picture on a page: scaled to fit, hovered, and clicked to select one of its parts."""

from __future__ import annotations

from pathlib import Path

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
    result = _mount(key=key, data=data, on_picked_change=lambda: None)
    picked = result.picked
    return picked if isinstance(picked, str) and len(picked) < 500 else None
