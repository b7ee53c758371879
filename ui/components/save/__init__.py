"""A picture to take away: as SVG, and as PNG, which the reader's own browser draws of it."""

from __future__ import annotations

from ui.components.component import component

_mount = component("save")


def save_picture(svg: str, *, stem: str, key: str) -> None:
    """Offers a standalone SVG text as files that begin with `stem`, after a look at it."""
    _mount(key=key, data={"svg": svg, "stem": stem})
