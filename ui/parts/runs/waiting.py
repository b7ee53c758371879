"""What is said of a run that waits: its place, in about what time it begins, and who holds it."""

from __future__ import annotations

import streamlit as st

from cnn.settings import store_url
from cnn.training.forecast.estimate import round_time
from cnn.training.forecast.wait import wait_s
from ui.parts.runs import runs
from ui.session.words import clock

LEAST_S = 2.0
"""Who waits for less is told no time."""


def place(run_id: str) -> str:
    """How many are before it, when it begins as far as that is known, and why."""
    found = runs.store().place(run_id)
    if found is None or found.is_paused:
        return "Waiting"
    said = [f"{len(found.ahead):,} before it"] if found.ahead else []
    seconds = _seconds(store_url(), found.ahead)
    if seconds is not None and seconds >= LEAST_S:
        said.append(f"about {round_time(seconds)}")
    parts = ["Waiting", ", ".join(said)]
    if found.first_until:
        parts.append(f"the class goes first until {clock(found.first_until)}")
    return " · ".join(filter(None, parts))


def held(run_id: str) -> str:
    """Who keeps a run from being begun; nothing where nobody does."""
    found = runs.store().place(run_id)
    if found is None or not found.is_paused:
        return ""
    return "Paused by the teacher, with all runs of the class that wait."


@st.cache_data(show_spinner=False, ttl=5, max_entries=1_000)
def _seconds(url: str, ahead: tuple[str, ...]) -> float | None:
    """By the store, which is in the key; looked up anew every few seconds."""
    return wait_s(runs.store(), ahead)
