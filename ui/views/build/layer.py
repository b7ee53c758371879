"""The chosen layer: its numbers in words, and what it sees of the input."""

from __future__ import annotations

import streamlit as st

from cnn.insight.readings.explanations import explain
from cnn.network.advice import advice
from cnn.network.trace import Row, Trace
from cnn.pictures.network.receptive_field import field_picture
from ui.components.picture import picture
from ui.parts.network.purpose import purpose
from ui.session.words import facts_html


def layer_panel(trace: Trace, row: Row | None) -> None:
    """Everything about one layer; without one, what to do to see it."""
    if row is None:
        st.caption("Choose a layer in the stack or in the picture to see its numbers.")
        return
    st.header(row.title, anchor=False)
    purpose(row.layer)
    for remark in advice(trace):
        if remark.path == row.path:
            text = remark.text[:1].upper() + remark.text[1:]
            st.warning(text, icon=":material/lightbulb:")
    st.html(facts_html(explain(row, trace)))
    picture(field_picture(row, trace.architecture.input), key="seen", largest=1.0)
