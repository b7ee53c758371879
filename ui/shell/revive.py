"""Has a page that died or is locked out reload itself: all that it showed is in its address and in
the store.

Where Streamlit's own script fails, it takes everything off the page and leaves it white, whatever
the reason. A watch that does not belong to the page sees that, and loads it anew, at most once a
minute; a page that dies sooner again waits for that with a sentence. A page that is cut off asks
now and then whether it may come in at all, and makes way for what the gate says where it may not.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "revive", js=Path(__file__).with_name("revive.js").read_text(encoding="utf-8")
)


def watch() -> None:
    """Sets the watch, which stays once it is set."""
    _mount(key="revive")
