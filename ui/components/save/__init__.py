"""What one saves: a picture as SVG, and as PNG, which the reader's own browser draws of it; and a
file of any size.
"""

from __future__ import annotations

import streamlit as st

from ui.components.component import component
from ui.session.offers import Make, offer

_mount = component("save")


def save_picture(svg: str, *, stem: str, key: str) -> None:
    """Offers a standalone SVG text as files that begin with `stem`, after a look at it."""
    _mount(key=key, data={"svg": svg, "stem": stem})


def save_file(label: str, name: str, make: Make, *, icon: str = ":material/download:") -> None:
    """A button that saves a file, which is made when it is pressed; looking at it costs nothing."""
    st.link_button(label, offer(name, make), icon=icon)
