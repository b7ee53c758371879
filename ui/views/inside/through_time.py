"""The tab of the training: the same network at the snapshots that its run kept."""

from __future__ import annotations

import streamlit as st

from ui.parts.runs.watch_it_learn import watch_it_learn
from ui.views.inside.epoch import is_kept
from ui.views.inside.subject import Subject


def show_training(subject: Subject) -> None:
    """Kernels, maps and answers from before the first step to the end; nothing without a run."""
    if subject.run is None:
        st.caption(
            "Snapshots are kept by trainings on this machine: choose a run of yours to see how "
            "its kernels, maps and answers came about."
        )
        return
    st.caption(
        "The other views can be seen at a time of the training too: move the slider at the top."
        if is_kept(subject.run, subject.key)
        else "For the other views at a time of the training all weights of that time are needed. "
        "This run kept those of its end alone: it is too large, an older program trained it, or "
        "the others were removed to make room."
    )
    watch_it_learn(subject.run)
