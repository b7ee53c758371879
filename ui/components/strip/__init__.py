"""A strip of feature maps, every layer's for one image; hovering a cell shows what it sees."""

from __future__ import annotations

from typing import Any

from ui.components.component import component, read_path

_mount = component(
    "strip",
    html='<div class="strip" role="list"></div><output class="said" aria-live="polite"></output>',
    state=("picked",),
)


def feature_strip(parts: list[dict[str, Any]], *, selected: str = "", key: str) -> str | None:
    """Draws what `pictures.inside.strip` made; returns the path of a layer just clicked."""
    data = {"parts": parts, "selected": selected}
    return read_path(_mount(key=key, data=data).picked)
