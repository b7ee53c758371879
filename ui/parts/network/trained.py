"""Weights for the cascade: random ones, or those of a run that trained exactly this network."""

from __future__ import annotations

import time
from html import escape

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE
from cnn.data.dataset import Images
from cnn.insight.passes import effort
from cnn.insight.readings.answers import shares_in
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, WeightsError
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.naming import told_apart
from cnn.training.recipe.run import Run, State
from cnn.training.store.class_names import class_names
from cnn.training.store.store import StoreError
from ui.parts.runs import runs
from ui.session.kept import kept
from ui.session.words import percent, plain

KEY = "cascade_weights"
RANDOM = "random"
MOST_RUNS = 200
NEXT_BEST = 2

_STYLE = """
<style>
.says {margin: 0; font-size: .95rem; line-height: 1.5; overflow-wrap: anywhere}
.says b {font-size: 1.25rem; margin: 0 .15rem}
.says small {opacity: .7; font-size: .85rem; margin-left: .6rem}
</style>
"""


def fitting_runs(architecture: Architecture) -> list[Run]:
    """The finished runs of these very layers on this very input and pixels, the newest first."""
    try:
        found = runs.opened().latest(MOST_RUNS)
    except StoreError:  # the pages that are about runs say so; this one works without
        return []
    wanted = (architecture.input, architecture.layers, architecture.fed)
    return [
        run
        for run in found
        if run.state is State.FINISHED
        and run.result is not None
        and (run.architecture.input, run.architecture.layers, run.architecture.fed) == wanted
    ]


def choose_weights(architecture: Architecture) -> tuple[Run, Weights] | None:
    """A control where there is a choice: the run that was chosen with its weights, or None."""
    fitting = {run.id: run for run in fitting_runs(architecture)}
    if not fitting:
        return None
    names = dict(zip(fitting, told_apart(list(fitting.values())), strict=True))

    def said(id: str) -> str:
        run = fitting.get(id)
        if run is None or run.result is None:
            return "random, from the same seed"
        right = percent(run.result.test_accuracy)
        return f"{names[id]} · {right} of {run.result.test_images:,} test images right"

    chosen = st.selectbox(
        "Weights", [RANDOM, *fitting], format_func=said, key=KEY, persist_state="session"
    )
    if chosen not in fitting:
        return None
    try:
        return fitting[chosen], _weights(runs.opened().url, chosen, fitting[chosen])
    except (WeightsError, StoreError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


@kept(asks=lambda url, id, run: effort.of_weights(run.architecture))
def _weights(url: str, id: str, _run: Run) -> Weights:
    """A run's weights, kept between edits; `url` and `id` are what they are known by."""
    return trained_weights(runs.opened(), _run)


def trained_caption(run: Run) -> str:
    """Where trained weights come from, and what they were measured to do."""
    assert run.result is not None
    ended = time.strftime("%d %B %Y, %H:%M", time.localtime(run.finished_at or run.created_at))
    return (
        f"Weights of the run that ended on {ended}, trained on "
        f"{CATALOGUE[run.configuration.dataset.name].title}: "
        f"{percent(run.result.test_accuracy)} of {run.result.test_images:,} test images right."
    )


def prediction_html(run: Run, output: Images, label: str | None) -> str:
    """What a trained network says to one image, the most likely classes first."""
    likely = probabilities(run.architecture, output)
    names = class_names(runs.opened(), run)
    order = [int(place) for place in np.argsort(-likely, kind="stable")[: NEXT_BEST + 1]]
    named = [(names[i], float(likely[i])) for i in order]
    (best, share), others = named[0], named[1:]
    then = ", ".join(f"{escape(name)} ({_sure(part)})" for name, part in others)
    known = f"<small>the label says {escape(label)}</small>" if label in names and label else ""
    return (
        f'{_STYLE}<p class="says">The network says <b>{escape(best)}</b> ({_sure(share)})'
        f"<small>then {then}</small>{known}</p>"
    )


def _sure(share: float) -> str:
    """A confidence, which is never quite all or nothing, as it would read if rounded."""
    if share > 0.9995:
        return f"more than {percent(0.999)}"
    return f"less than {percent(0.001)}" if share < 0.0005 else percent(share)


def probabilities(architecture: Architecture, output: Images) -> Images:
    """How sure a network is of each class, by what it gives for one image."""
    return shares_in(architecture, output)
