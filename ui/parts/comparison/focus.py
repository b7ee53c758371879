"""The one network of a comparison that is looked at alone, wherever on the page it was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

KEY = "compare_alone"


def alone(ids: Iterable[str]) -> str | None:
    """The network that is looked at alone, where it is one of these."""
    chosen = st.session_state.get(KEY)
    return chosen if chosen in set(ids) else None


def press(id: str) -> None:
    """Looks at a network alone, or at all again where it was so already."""
    st.session_state[KEY] = None if st.session_state.get(KEY) == id else id


def press_point(point: dict[str, Any]) -> None:
    """The same for a point of a figure, which says whose it is."""
    whose = point.get("customdata")
    if isinstance(whose, str):
        press(whose)
