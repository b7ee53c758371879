"""A picture to take away: as SVG, and as PNG, which the reader's own browser draws of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.session.assets import script

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "save_picture",
    html='<div class="save"></div>',
    css=(HERE / "save.css").read_text(encoding="utf-8"),
    js=script("save", (HERE / "save.js").read_text(encoding="utf-8")),
)


def save_picture(svg: str, *, stem: str, key: str) -> None:
    """Offers a standalone SVG text as files that begin with `stem`, after a look at it."""
    _mount(key=key, data={"svg": svg, "stem": stem})
