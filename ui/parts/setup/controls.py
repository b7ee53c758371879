"""A run's state in a word and a sentence, and the buttons that go with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.heads import settled
from cnn.numbers import number
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import TRACEBACK, Run, State, Wish, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.workers.ray_cluster import WRONG
from cnn.training.workers.resuming import RESUMABLE
from ui.parts.runs import runs, waiting
from ui.parts.setup import network
from ui.parts.setup.continuing import can_resume, resume_button, train_on
from ui.parts.setup.setup import queue, use
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import plain

Colour = Literal["gray", "blue", "orange", "green", "red"]

BADGES: dict[State, tuple[Colour, str]] = {
    State.QUEUED: ("gray", ":material/hourglass_empty:"),
    State.RUNNING: ("blue", ":material/play_arrow:"),
    State.PAUSED: ("orange", ":material/pause:"),
    State.FINISHED: ("green", ":material/check:"),
    State.STOPPED: ("gray", ":material/stop:"),
    State.DIVERGED: ("red", ":material/trending_up:"),
    State.FAILED: ("red", ":material/error:"),
    State.INTERRUPTED: ("orange", ":material/power_off:"),
}


def standing(run: Run | Elsewhere) -> None:
    """The state as a badge, and what there is to say about it."""
    colour, icon = BADGES[run.state]
    st.badge(run.state.value, icon=icon, color=colour)
    if run.state is State.QUEUED:
        st.caption(waiting.held(run.id) or waiting_for())
    elif run.message:
        st.caption(plain(run.message))


def controls(run: Run, *, alone: bool = False) -> None:
    """What can be done with a run in its state; `alone` leaves to its findings what they say."""
    store = runs.store()
    if not runs.is_mine(run):
        return
    if run.is_live and (run.state is State.PAUSED or run.wish is Wish.PAUSE):
        _button("Resume", run, ":material/play_arrow:", lambda: store.want(run.id, Wish.RUN))
    elif run.is_live and run.wish is Wish.RUN and run.state is State.RUNNING:
        _button("Pause", run, ":material/pause:", lambda: store.want(run.id, Wish.PAUSE))
    if run.is_live:
        stopping = run.wish is Wish.STOP
        _button(
            "Stopping ..." if stopping else "Stop",
            run,
            ":material/stop:",
            lambda: store.want(run.id, Wish.STOP),
            disabled=stopping,
        )
    elif can_resume(run):
        resume_button(run)
    elif run.state in RESUMABLE:
        _button(
            "Train again",
            run,
            ":material/replay:",
            lambda: train(run.architecture, run.configuration, run.changes),
        )
    elif run.state is State.DIVERGED and not alone:
        rate = float(f"{run.configuration.peak_rate / 3:.2g}")
        calmer = replace(run.configuration, learning_rate=rate)
        _button(
            f"Train with {number(rate)}",
            run,
            ":material/replay:",
            lambda: train(run.architecture, calmer, run.changes),
        )
    elif alone:
        train_on(run)


def new_training(run: Run | None) -> None:
    """On from here: to its network, back to setting up with its settings, or with those left."""
    if run is not None and st.button("Open in Build", icon=":material/stacks:"):
        design.put(run.architecture)
        st.switch_page(PAGES / "build.py")
    with st.container(horizontal=True, width="content"):  # which wraps as one
        if run is not None and st.button("Use these settings", icon=":material/tune:"):
            use(replace(run.configuration, epochs=run.epochs_wanted, steps=0, seconds=0.0))
            network.choose(run.architecture)
            runs.show()
            st.rerun()
        if st.button("New training", icon=":material/add:"):
            runs.show()
            st.rerun()


def traceback_of(run: Run) -> str | None:
    """Where a failed run failed, for those who can read it."""
    kept = runs.store().file(run.id, TRACEBACK) if run.state is State.FAILED else None
    return kept.decode(errors="replace") if kept else None


def _button(
    label: str, run: Run, icon: str, act: Callable[[], None], *, disabled: bool = False
) -> None:
    st.button(label, icon=icon, key=f"{label}_{run.id}", on_click=act, disabled=disabled)


def train(
    architecture: Architecture, configuration: Configuration, changes: Sequence[str] = ()
) -> None:
    """Queues a training and shows it; to be called by a button."""
    for change in settled(architecture)[1]:
        st.toast(plain(change), icon=":material/tune:")
    try:
        runs.show_new(queue(architecture, configuration, changes))
    except ConfigurationError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def waiting_for() -> str:
    """What a queued run is waiting for."""
    workers = worker_states(runs.store())
    if WorkerState.READY in workers:
        ahead = runs.store().in_training()
        return (
            f"Waits for {ahead} other{'s' * (ahead != 1)} to end." if ahead else "Starts at once."
        )
    if WorkerState.DISPATCHING in workers:
        training = sum(state is WorkerState.ON_RAY for state in workers)
        others = f"where {training:,} {'run is' if training == 1 else 'runs are'} at work"
        return f"Waits for room on the Ray cluster, {others if training else 'or starts at once'}."
    if WorkerState.STARTING in workers:
        return "The worker is starting, which takes a few seconds the first time."
    if wrong := next((WRONG[state] for state in workers if state in WRONG), None):
        return wrong
    return "No worker is running. Start one in a terminal: `python -m cnn worker`"
