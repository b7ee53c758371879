"""A strip of feature maps, every layer's for one image; hovering a cell shows what it sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui.session.assets import script

HERE = Path(__file__).parent
MAPS = (HERE / "maps.js").read_text(encoding="utf-8")
"""What scripts that draw feature maps begin with."""

_mount = st.components.v2.component(
    "feature_strip",
    html='<div class="strip" role="list"></div><output class="said" aria-live="polite"></output>',
    css=(HERE / "strip.css").read_text(encoding="utf-8"),
    js=script("strip", f"{MAPS}\n{(HERE / 'strip.js').read_text(encoding='utf-8')}"),
)


def feature_strip(parts: list[dict[str, Any]], *, selected: str = "", key: str) -> str | None:
    """Draws what `pictures.inside.strip` made; returns the path of a layer just clicked."""
    data = {"parts": parts, "selected": selected}
    picked = _mount(key=key, data=data, on_picked_change=lambda: None).picked
    return picked if isinstance(picked, str) and len(picked) < 500 else None
