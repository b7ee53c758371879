"""Saved designs on the Build page: keeping the design on the bench, and opening one kept before."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.errors import ArchitectureError
from cnn.network.trace import trace
from cnn.training.store import designs
from cnn.training.store.designs import Saved, UnreadableDesign
from cnn.training.store.store import StoreError
from ui.parts.runs import runs
from ui.session import design
from ui.session.words import ago, plain, short

MENU = "start_from"
"""Whether the menu of all one can start from is open, in the session."""


def save() -> None:
    """A button that keeps the design by its name; another of that name is never lost unasked."""
    if st.button(
        "Save",
        icon=":material/bookmark_add:",
        width="stretch",
        help="Keeps this design under its name; find it again under Start from …",
    ):
        now = design.traced(design.current())
        if now.fault is None:
            _keep(now.architecture)
        else:
            st.toast(
                "Not saved. Correct the layers first: only whole networks are saved.",
                icon=":material/error:",
            )


def _keep(architecture: Architecture) -> None:
    try:
        store = runs.opened()
        there = designs.find(store, architecture.name)
        if there is None:
            designs.save(store, architecture)
        elif isinstance(there, UnreadableDesign) or there.architecture != architecture:
            _ask(architecture, designs.free_name(store, architecture.name))
            return
    except (StoreError, ArchitectureError) as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    st.toast(f"Saved as {plain(architecture.name)}", icon=":material/bookmark_added:")


@st.dialog("A design of this name is there already")
def _ask(architecture: Architecture, free: str) -> None:
    st.text(f"Another design is saved as {architecture.name}. Replace it, or keep both?")
    with st.container(horizontal=True):
        if st.button("Replace it", icon=":material/sync:"):
            _save_and_close(architecture)
        if st.button("Keep both", type="primary", icon=":material/library_add:"):
            _save_and_close(replace(architecture, name=free))
    st.caption("Keeping both gives this one the name")
    st.text(free)


def _save_and_close(architecture: Architecture) -> None:
    try:
        designs.save(runs.opened(), architecture)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    design.change(name=architecture.name)
    st.rerun()


def saved_designs() -> None:
    """The designs that were saved, each to open or to delete."""
    try:
        found = designs.latest(runs.opened())
    except (StoreError, ArchitectureError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not found:
        st.caption("Nothing saved yet. The Save button keeps your design by its name.")
    for one in found:
        _one(one)


def _one(one: Saved | UnreadableDesign) -> None:
    name, gone = st.columns([6, 1], vertical_alignment="center")
    gone.button(
        "",
        key=f"unsave_{one.name}",
        icon=":material/delete:",
        help=f"Delete {plain(one.name)}",
        type="tertiary",
        on_click=_delete,
        args=(one.name,),
    )
    if isinstance(one, UnreadableDesign):
        name.warning(plain(f"{one.words[0].upper()}{one.words[1:]}"), icon=":material/history:")
        return
    label = f"{plain(one.name)} · {_params(one.architecture)}"
    name.button(
        label,
        key=f"saved_{one.name}",
        help=f"Saved {ago(time.time() - one.saved_at)}",
        width="stretch",
        on_click=open_design,
        args=(one.architecture,),
    )


def open_design(architecture: Architecture) -> None:
    """Puts a network on the bench and closes the menu that it was chosen from.

    To be called by a button as it is clicked: a button in a menu that is closed a moment later is
    not there any more when the page runs.
    """
    design.put(architecture)
    st.session_state[MENU] = False


def _delete(name: str) -> None:
    try:
        designs.remove(runs.opened(), name)
    except StoreError as error:
        st.toast(plain(str(error)), icon=":material/error:")


@remembered()
def _params(architecture: Architecture) -> str:
    return short(trace(architecture).total_params)
