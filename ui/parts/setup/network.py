"""Choosing the network to train: the one on the bench, or one of the zoo."""

from __future__ import annotations

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.keras.read import WITHOUT_WEIGHTS
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from cnn.pictures.network.diagram import diagram
from cnn.training.recipe.fitting import is_fitted, with_end
from ui.components.picture import picture
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import plain, short, short_params

BENCH = "bench"
ADDRESS = "network"
KEY = "train_network"
PROPOSED = "train_proposed"
"""The layers that were proposed for a person's images and taken, in the session."""


def choose_network() -> Architecture | None:
    """A network that can be traced, or None with the reason shown."""
    from_address = st.query_params.get(ADDRESS)
    st.session_state.setdefault(KEY, from_address if from_address in zoo() else BENCH)
    on_bench = design.current()
    yours = _bench_words(on_bench)
    chosen = st.selectbox(
        "Network",
        [BENCH, *zoo()],
        key=KEY,
        format_func=lambda id: yours if id == BENCH else zoo_words(id),
        persist_state="session",
    )
    if chosen != BENCH:
        return entry(chosen).architecture
    traced = design.traced(on_bench)
    design.keep_in_address(traced)
    if traced.fault is not None:
        not_trained(traced.architecture, f"Your design is not whole yet. {traced.fault}")
        return None
    return traced.architecture


def _bench_words(on_bench: design.Design) -> str:
    """The network on the bench in a choice, and whose it is."""
    if st.session_state.get(PROPOSED) == on_bench.layers:
        return f"{on_bench.name} (proposed for your images)"
    return f"{on_bench.name} ({'your design' if on_bench.is_own else 'open in Build'})"


def not_trained(chosen: Architecture, why: str, classes: int = 0) -> None:
    """Why a network is not trained, and the ways on: Build, and an end where that is missing."""
    st.error(plain(why), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        whole = with_end(chosen, classes) if classes else None
        if whole:
            st.button(
                "Finish it for me",
                type="primary",
                icon=":material/auto_fix_high:",
                help=f"Puts {plain(_added(chosen, whole))} at its end, one output for each class.",
                on_click=_finish,
                args=(whole,),
            )
        st.page_link(PAGES / "build.py", label="Open in Build", icon=":material/stacks:")


def _added(chosen: Architecture, whole: Architecture) -> str:
    return ", then ".join(f"a {layer.kind}" for layer in whole.layers[len(chosen.layers) :])


def _finish(whole: Architecture) -> None:
    design.put(whole)
    choose_bench()


def choose_bench() -> None:
    """Has the page begin with the network on the bench."""
    st.session_state[KEY] = BENCH


def choose(architecture: Architecture) -> None:
    """Has the page begin with this network: as it is in the zoo or on the bench, else put there."""
    for id, one in zoo().items():
        if one.architecture.name == architecture.name and is_fitted(one.architecture, architecture):
            st.session_state[KEY] = id
            return
    on_bench = design.traced(design.current())
    if on_bench.fault is not None or not is_fitted(on_bench.architecture, architecture):
        design.put(architecture)
    choose_bench()


def look_at(architecture: Architecture) -> None:
    """The network's picture and its numbers in a line."""
    traced = trace(architecture)
    picture(diagram(traced), key="train_network_picture", largest=1.0, smallest=0.8)
    height, width, channels = architecture.input
    st.caption(
        f"{short_params(traced)} · {short(traced.total_macs)} MACs per image · "
        f"input {height}×{width}×{channels}"
        + ("" if architecture.fed.is_usual else f" · pixels {architecture.fed.words}")
    )
    if st.session_state.get(design.FROM_FILE) == architecture.layers:
        st.caption(f"{WITHOUT_WEIGHTS} To begin with them, choose the file in Start from, below.")


def zoo_words(id: str) -> str:
    """A network of the zoo in a choice: its title and its parameters."""
    one = entry(id)
    return f"{one.title} · {short(trace(one.architecture).total_params)} parameters"
