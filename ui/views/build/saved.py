"""Saved designs on the Build page: keeping the one on the bench, opening one kept or shared."""

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
from ui.session.address import this_page
from ui.session.person import has_accounts, may_share, whose_name
from ui.session.words import ago, plain, short

MENU = "start_from"
"""Whether the menu of all one can start from is open, in the session."""
BY, NAME = "by", "design"
"""What the link to a shared design says: whose it is, and what it is called."""
FROM = "design_from"
"""Whose design was opened by a link, and as which of this session, in the session."""


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


def arrive_shared() -> None:
    """Opens the design that a link names in place of holding it, and says whose it is."""
    if has_accounts() and BY in st.query_params and NAME in st.query_params:
        _open_shared(st.query_params.pop(BY), st.query_params.pop(NAME))
    rev, whose = st.session_state.get(FROM, (0, ""))
    if rev == design.current().rev:
        st.caption(f"A design by {plain(whose)}.")


def _open_shared(owner: str, name: str) -> None:
    try:
        found = designs.of_somebody(runs.opened(), owner, name)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if isinstance(found, Saved):
        st.query_params.pop(design.ADDRESS, None)
        design.put(found.architecture)
        st.session_state[FROM] = design.current().rev, whose_name(owner)
    elif found:
        st.warning(plain(found.sentence), icon=":material/history:")
    else:
        st.error(
            "This design is not shared with you, or is gone. Ask whoever sent you the link.",
            icon=":material/link_off:",
        )


def _one(one: Saved | UnreadableDesign) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if isinstance(one, UnreadableDesign):
            st.warning(plain(one.sentence), icon=":material/history:")
        else:
            st.button(
                f"{plain(one.name)} · {_params(one.architecture)}",
                key=f"saved_{one.name}",
                help=f"Saved {ago(time.time() - one.saved_at)}",
                width="stretch",
                on_click=open_design,
                args=(one.architecture,),
            )
            if may_share():
                _sharing(one)
        st.button(
            "",
            key=f"unsave_{one.name}",
            icon=":material/delete:",
            help=f"Delete {plain(one.name)}",
            type="tertiary",
            on_click=_delete,
            args=(one.name,),
        )
    if isinstance(one, Saved) and one.is_shared and may_share():
        st.code(this_page([(BY, one.owner), (NAME, one.name)]), language=None, wrap_lines=True)


def _sharing(one: Saved) -> None:
    st.button(
        "",
        key=f"share_{one.name}",
        icon=":material/group_off:" if one.is_shared else ":material/group:",
        help=f"{'Share no longer' if one.is_shared else 'Share in class'}: {plain(one.name)}",
        type="tertiary",
        on_click=_share,
        args=(one,),
    )


def _share(one: Saved) -> None:
    try:
        designs.share(runs.opened(), one, is_shared=not one.is_shared)
    except StoreError as error:
        st.toast(plain(str(error)), icon=":material/error:")


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
