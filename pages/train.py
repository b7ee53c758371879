"""Train: choose a network and data, press Train, and watch it learn."""

import streamlit as st

from cnn.network.trace import trace
from ui.parts.lesson import last_steps
from ui.parts.lesson.challenge import arrive, goals_shown
from ui.parts.lesson.way_back import way_back
from ui.parts.runs import runs
from ui.parts.runs.history import history
from ui.parts.runs.labels import edit, shown_labels
from ui.parts.runs.live import watch
from ui.parts.setup.controls import new_training
from ui.parts.setup.setup import set_up
from ui.session.words import plain

arrive()
shown = runs.shown()
alone = runs.store().get(shown[0]) if len(shown) == 1 else None

way_back(shown)
with st.container(horizontal=True, vertical_alignment="center"):
    st.title(plain(runs.title(alone)) if alone else "Train", anchor=False)
    # Of their own, so that of buttons that do not fit none stands on a line alone.
    with st.container(horizontal=True, width="content"):
        if alone:
            edit(alone, "page")
        if shown:
            new_training(alone)
if alone:
    shown_labels(alone)
    goals_shown(trace(alone.architecture), alone)
    last_steps.in_train(alone)
if shown:
    watch(shown)
else:
    set_up()
history()
