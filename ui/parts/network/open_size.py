"""The input of a Keras file that leaves its size open: asked for beside the file, where it is."""

from __future__ import annotations

import streamlit as st

from cnn.network.keras.read_front import LEFT_OPEN
from cnn.network.shapes import MapShape
from cnn.network.source import input_shape

LABEL = "Size of the input"


def typed_size(file: str) -> str:
    """What has been typed for the file of this key."""
    return str(st.session_state.get(_key(file), ""))


def size_of(file: str) -> MapShape | None:
    """The same as a size; raises `ArchitectureError` where it is none."""
    text = typed_size(file)
    return input_shape(text) if text else None


def ask_size(file: str, why: str = "") -> None:
    """A field for the size, where the reason says that it is open, or once it was typed."""
    if not typed_size(file) and LEFT_OPEN not in why:
        return
    st.text_input(
        LABEL,
        placeholder="height × width × channels",
        key=_key(file),
        max_chars=40,
        persist_state="session",
        help="Such as 28×28×1. What the file says of its input stays.",
    )


def _key(file: str) -> str:
    return f"open_size_{file}"
