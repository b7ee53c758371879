"""Keeps the keyboard on the page where what had the focus goes away: by a link to another page, or
by a button that is there no more. The focus would begin anew at the top of the window. Code that
scrolls takes the focus too.
"""

from __future__ import annotations

from ui.components.component import component

_mount = component("focus")


def focus_kept() -> None:
    """Has the page itself take a focus that a press of a key has lost; put up once."""
    _mount(key="focus", data={})
