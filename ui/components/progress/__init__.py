"""How far something is: a bar, with words above it. What it shows may be told while the page does
not run (`ui/components/news`).
"""

from __future__ import annotations

from typing import Any

from ui.components.component import component

HTML = '<p class="said"></p><div class="track" role="progressbar"><div class="done"></div></div>'

_mount = component("progress", html=HTML)


def progress(share: float, text: str, *, key: str) -> None:
    """Shows a share from 0 to 1."""
    _mount(key=key, data={"key": key, "shown": told(share, text)})


def told(share: float, text: str) -> dict[str, Any]:
    """What the bar is told to show."""
    return {"share": share, "text": text}
