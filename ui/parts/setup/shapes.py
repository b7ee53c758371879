"""What is drawn and how hard it is made, as widgets behind one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import streamlit as st

from cnn.data import DataError, DatasetName, DatasetSpec, Shape, ShapeOptions
from cnn.data.sets.shape_options import CLASSIC, HARD, MAX_DRAWINGS
from cnn.data.spec import LARGEST_SEED
from ui.session.words import plain

SEED = "drawing_seed"
Key = Callable[[str], str]


def shape_values(spec: DatasetSpec) -> dict[str, Any]:
    """The value of each widget for the drawings of a spec."""
    values = {one.name: getattr(spec.shapes, one.name) for one in fields(ShapeOptions)}
    is_drawn = spec.name is DatasetName.SHAPES
    return values | {"kinds": list(spec.shapes.kinds), SEED: spec.seed if is_drawn else 0}


def choose_shapes(key: Key) -> DatasetSpec | None:
    """The widgets, and what they describe; None, with the reason shown, where that cannot be."""
    with st.expander("Harder shapes", icon=":material/shapes:"):
        with st.container(horizontal=True):
            st.button("Classic lesson", on_click=_put, args=(key, CLASSIC), width="content")
            st.button("All six, turned, in noise", on_click=_put, args=(key, HARD), width="content")
        _widgets(key)
    values: dict[str, Any] = {
        one.name: st.session_state[key(one.name)] for one in fields(ShapeOptions)
    }
    values["kinds"] = tuple(kind for kind in Shape if kind in values["kinds"])  # one order for all
    try:
        return DatasetSpec(seed=st.session_state[key(SEED)], shapes=ShapeOptions(**values))
    except DataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _widgets(key: Key) -> None:
    st.pills(
        "Classes",
        list(Shape),
        selection_mode="multi",
        key=key("kinds"),
        format_func=str,
        help="Each kind is a class; the network gets one output for each.",
        persist_state="session",
        wrap=True,
    )
    with st.container(horizontal=True):
        _number(key, "samples", "Drawings", 12, MAX_DRAWINGS, 60, "To train and validate.")
        _number(key, "test_samples", "Test drawings", 2, MAX_DRAWINGS, 60, "Of another seed.")
        _number(key, SEED, "Drawing seed", 0, LARGEST_SEED, 1, "Another seed, other drawings.")
    left, right = st.columns(2, gap="medium")
    with left:
        _slider(key, "noise", "Noise", 0.0, 0.5, 0.05, "Standard deviation, of 0 to 1.")
        _slider(key, "rotation", "Rotation, degrees", 0.0, 180.0, 5.0, "At most, either way.")
        _slider(key, "scale", "Size, share of the image", 0.2, 1.0, 0.05, "Smallest and largest.")
    with right:
        _slider(key, "thickness", "Outline, px", 0, 8, 1, "0 fills the shapes.")
        _slider(key, "position", "Moved off the centre", 0.0, 1.0, 0.1, "Share of the free room.")


def _number(key: Key, name: str, label: str, low: int, high: int, step: int, hint: str) -> None:
    st.number_input(
        *(label, low, high),
        key=key(name),
        step=step,
        help=hint,
        persist_state="session",
        width=128,
    )


def _slider(
    key: Key, name: str, label: str, low: float, high: float, step: float, hint: str
) -> None:
    st.slider(
        *(label, low, high),
        key=key(name),
        step=step,
        format="%g",
        help=hint,
        persist_state="session",
    )


def _put(key: Key, options: ShapeOptions) -> None:
    for name, value in shape_values(DatasetSpec(shapes=options)).items():
        st.session_state[key(name)] = value
