"""Train: choose a network and data, press Train, and watch it learn."""

import streamlit as st

from cnn.network.trace import trace
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run
from ui.components.top import to_top
from ui.parts.lesson import last_steps
from ui.parts.lesson.challenge import arrive, goals_shown
from ui.parts.lesson.handing_in import hand_in
from ui.parts.lesson.way_back import way_back
from ui.parts.runs import runs
from ui.parts.runs.elsewhere import open_design
from ui.parts.runs.history import history
from ui.parts.runs.labels import edit, shown_labels
from ui.parts.runs.live import watch
from ui.parts.setup.controls import new_training
from ui.parts.setup.setup import set_up
from ui.session.words import plain

arrive()
shown = runs.shown()
alone = runs.seen(shown[0]) if len(shown) == 1 else None
ours = alone if isinstance(alone, Run) else None

way_back(shown)
with st.container(
    key="head_of_run" if shown else None, horizontal=True, vertical_alignment="center"
):
    st.title(plain(runs.title(alone)) if alone else "Train", anchor=False)
    # Of their own, so that of buttons that do not fit none stands on a line alone.
    with st.container(horizontal=True, width="content"):
        if alone:
            edit(alone, "page")
        if shown:
            if isinstance(alone, Elsewhere):
                open_design(alone)
            new_training(ours)
if alone:
    shown_labels(alone)
if ours:
    goals_shown(trace(ours.architecture), ours)
    hand_in(ours)
    last_steps.in_train(ours)
if shown:
    watch(shown)
else:
    with st.container(key="setting_up"):
        set_up()
history()
to_top(" ".join(shown))
