"""Dialogs, and whether one is open: what shows the whole page anew by itself would close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

OPEN = "dialog_is_open"


def open_dialog(title: str, inside: Callable[..., None], *given: Any, **look: Any) -> None:
    """Opens a dialog; what was held back meanwhile comes with the page once it is closed."""
    st.session_state[OPEN] = True
    st.dialog(title, on_dismiss="rerun", **look)(inside)(*given)


def is_open() -> bool:
    """Whether a dialog is open now; only a part of a page that runs by itself can be asked so."""
    return bool(st.session_state.get(OPEN))


def none_is_open() -> None:
    """For the beginning of a whole page, which shows no dialog until one is opened anew."""
    st.session_state.pop(OPEN, None)
