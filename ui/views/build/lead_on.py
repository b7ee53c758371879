"""From the bench to training and comparing; the design stays where it is."""

from __future__ import annotations

import streamlit as st

from cnn.network.errors import ArchitectureError
from cnn.network.trace import Trace
from cnn.training.forecast.limits import check_size
from cnn.training.recipe.configuration import ConfigurationError
from ui.components.mark import keras_mark
from ui.parts.comparison import choice
from ui.parts.setup import setup
from ui.session.pages import PAGES
from ui.session.words import plain


def lead_on(trace: Trace) -> None:
    """Whether Keras agrees, and the ways on: train this, or compare it."""
    reason = _why_not(trace)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        keras_mark(trace)
        with st.container(horizontal=True, width="content", gap="small"):  # which wraps as one
            _ways(trace, reason)


def _ways(trace: Trace, reason: str | None) -> None:
    if st.button(
        "Train this",
        icon=":material/model_training:",
        type="primary",
        disabled=bool(reason),
        help=reason,
    ):
        setup.begin_on_bench(int(trace.output_shape[-1]))
        st.switch_page(PAGES / "train.py")
    if st.button(
        "Add to comparison",
        icon=":material/compare_arrows:",
        disabled=bool(reason),
        help=reason,
    ):
        try:
            choice.add(trace.architecture)
        except ArchitectureError as error:
            st.toast(plain(str(error)), icon=":material/error:")
        else:
            st.switch_page(PAGES / "compare.py")


def _why_not(trace: Trace) -> str | None:
    """Why the design cannot be trained here; None where it can."""
    if trace.fault is not None or not trace.rows:
        return "Correct the layers first: only whole networks are trained."
    try:
        check_size(trace.architecture)
    except ConfigurationError as error:
        return plain(str(error))
    return None
