"""Grids of a lesson that a person has edited: kept in the address, until they begin as others.

An edit is written as where it began and the values, so that it is dropped when another picture,
kernel or size is chosen.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.lessons.catalogue import frame_text
from cnn.lessons.patterns import grid_text, read_grids
from ui.parts.lesson import controls

BETWEEN = ":"


def kept(name: str, label: str, origin: str, first: Array) -> Array:
    """The grids `[rows, columns, grids]` as edited, or the first ones where nothing was."""

    def read(text: str) -> Array | None:
        began, _, values = text.partition(BETWEEN)
        rows, columns, count = first.shape
        return read_grids(values, (rows, columns, count)) if began == origin else None

    text = controls.held(
        name,
        "",
        lambda one: not one or read(one) is not None,
        label=label,
        says=lambda one: frame_text("as_below") if one else "",
    )
    found = read(text) if text else None
    return first if found is None else found


def keep(name: str, origin: str, values: Array, first: Array) -> None:
    """Keeps the grids as they now are; nothing where they are the first ones again."""
    same = np.array_equal(values, first)
    controls.put(**{name: "" if same else f"{origin}{BETWEEN}{grid_text(values)}"})


def revision(name: str, origin: str) -> int:
    """A number that grows whenever a picture begins with other values."""
    key = f"lesson_rev_{name}"
    rev, before = st.session_state.get(key, (0, origin))
    if before != origin:
        rev += 1
    st.session_state[key] = rev, origin
    return int(rev)
