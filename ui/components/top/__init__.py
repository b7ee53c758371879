"""Brings the reader to the top of a page that shows something else by the same address, or to the
part of it that the address names.

Streamlit leaves the page scrolled where it was, as it does for any other run of the same script;
and to a part it scrolls once in a session, while what is above may still be missing.
"""

from __future__ import annotations

from ui.components.component import component

_mount = component("top")


def to_top(now: str) -> None:
    """Scrolls to the top, or to the named part, whenever `now` is another than it was."""
    _mount(key="to_top", data={"now": now})
