"""The tab of the training: the same network at the snapshots that its run kept."""

from __future__ import annotations

import streamlit as st

from cnn.network.zoo import entry
from cnn.training.recipe.presets import BRIEF
from ui.parts.drawing.networks import finished_runs
from ui.parts.runs import runs
from ui.parts.runs.watch_it_learn import watch_it_learn
from ui.parts.setup import network
from ui.parts.setup.setup import use
from ui.session.pages import PAGES
from ui.session.words import plain
from ui.views.inside.epoch import is_kept
from ui.views.inside.subject import KEY, Subject

SMALL = entry("lenet-5")
LOOKED_THROUGH = 20


def show_training(subject: Subject) -> None:
    """Kernels, maps and answers from before the first step to the end; nothing without a run."""
    if subject.run is None:
        st.caption(
            "Snapshots are kept by trainings on this machine: choose a run of yours to see how "
            "its kernels, maps and answers came about."
        )
        _ways_on()
        return
    st.caption(
        "The other views can be seen at a time of the training too: move the slider at the top."
        if is_kept(subject.run, subject.key)
        else "For the other views at a time of the training all weights of that time are needed. "
        "This run kept those of its end alone: it is too large, an older program trained it, or "
        "the others were removed to make room."
    )
    watch_it_learn(subject.run)


def _ways_on() -> None:
    """To the newest run that kept snapshots, and to a small training that will."""
    with st.container(horizontal=True):
        latest = finished_runs()[:LOOKED_THROUGH]
        if run := next((run for run in latest if runs.opened().snapshots(run.id)), None):
            st.button(
                f"Show {plain(run.name)}, the latest that kept some",
                icon=":material/history:",
                on_click=_choose,
                args=(run.id,),
            )
        if st.button(f"Train {SMALL.title} and watch it", icon=":material/model_training:"):
            network.choose(SMALL.architecture)
            use(BRIEF)
            st.switch_page(PAGES / "train.py")


def _choose(run_id: str) -> None:
    st.session_state[KEY] = run_id
