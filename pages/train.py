"""Train: choose a network and data, press Train, and watch it learn."""

import streamlit as st

from cnn.network.trace import trace
from ui.learn import last_steps
from ui.learn.challenge import arrive, goals_shown
from ui.training import runs
from ui.training.controls import new_training
from ui.training.history import history
from ui.training.labels import edit, shown_labels
from ui.training.live import watch
from ui.training.setup import set_up
from ui.words import plain

arrive()
shown = runs.shown()
alone = runs.store().get(shown[0]) if len(shown) == 1 else None

with st.container(horizontal=True, vertical_alignment="center"):
    st.title(plain(runs.title(alone)) if alone else "Train", anchor=False)
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
