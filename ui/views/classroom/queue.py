"""What becomes of the runs of a class that wait: paused, cleared, or first for an hour."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn.people import class_queue
from cnn.training.store.store import Store
from ui.parts.runs import runs
from ui.session.words import clock

EACH = "Runs of its learners alone. What is in training goes on."


def queue(name: str, waiting: int) -> None:
    """How the queue of a class stands, and a teacher's verbs on it."""
    found = class_queue.look(runs.store(), name)
    with st.container(horizontal=True, vertical_alignment="center"):
        _standing(found)
        if found.is_paused:
            _button("Let the queue go on", "play_arrow", class_queue.let_go, name)
        else:
            _button("Pause the queue", "pause", class_queue.pause, name, EACH)
        if found.first_until:
            _button("End the hour", "timer_off", class_queue.end_hour, name)
        else:
            said = "Runs of this class are begun before those of others, for an hour from now."
            _button("First for an hour", "timer", class_queue.put_first, name, said)
        many = f"{waiting} run{'s' * (waiting != 1)}"
        with st.popover("Clear the queue", icon=":material/delete_sweep:", disabled=not waiting):
            st.markdown(f"{many} stop before they begin. Whose they are may resume them.")
            st.button(
                f"Clear {many}",
                type="primary",
                key="class_clear",
                on_click=_clear,
                args=(name,),
            )


def _standing(found: class_queue.ClassQueue) -> None:
    if found.is_paused:
        st.badge("paused", icon=":material/pause:", color="orange")
    if found.first_until:
        st.badge(f"first until {clock(found.first_until)}", icon=":material/timer:", color="blue")


def _button(
    label: str, icon: str, act: Callable[[Store, str], None], name: str, about: str | None = None
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"class_{act.__name__}",
        help=about,
        on_click=_act,
        args=(act, name),
    )


def _act(act: Callable[[Store, str], None], name: str) -> None:
    act(runs.store(), name)


def _clear(name: str) -> None:
    count = class_queue.clear(runs.store(), name)
    st.toast(f"{count} stopped.", icon=":material/delete_sweep:")
