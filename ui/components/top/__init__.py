"""Brings the reader to the top of a page that shows something else by the same address.

Streamlit leaves the page scrolled where it was, as it does for any other run of the same script.
"""

from __future__ import annotations

import streamlit as st

_mount = st.components.v2.component(
    "to_top",
    js="""
let last = null;
export default function ({ data }) {
  if (last !== null && last !== data.now) {
    const up = () => document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    up();
    requestAnimationFrame(() => requestAnimationFrame(up)); // what is still being laid out moves it
  }
  last = data.now;
}
""",
)


def to_top(now: str) -> None:
    """Scrolls to the top whenever `now` is another than it was."""
    _mount(key="to_top", data={"now": now})
