"""The comparison that ships: five networks on all of MNIST, ready to be read."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.comparison import Entrant, Plan
from cnn.network.zoo import zoo
from cnn.training.recipe.run import Run
from cnn.training.store import archive
from ui.parts.runs import runs

ADDRESS, OPEN = "open", "shipped"


def is_open() -> bool:
    """Whether the address asks for it."""
    return st.query_params.get(ADDRESS) == OPEN


def offer() -> None:
    """A way to it from one's own comparison."""
    if st.button(
        "Open the ready-made comparison of five networks",
        icon=":material/inventory_2:",
        type="tertiary",
    ):
        st.query_params.from_dict({ADDRESS: OPEN})
        st.rerun()


def plan() -> Plan:
    """What it compares; its runs are put into the store where they are not there yet."""
    store = runs.store()
    ids_there = archive.take_in_shipped(store)
    found = [run for id in ids_there if (run := store.get(id))]
    if not found:
        runs.readable(ids_there[0])  # which says what is wrong with it, and with all of them
        st.stop()
    configuration = found[0].configuration
    seeds = {run.configuration.seed for run in found}
    networks = dict.fromkeys(run.architecture for run in found)
    ids = {one.architecture: id for id, one in zoo().items()}
    entrants = tuple(Entrant(ids[one], one) for one in networks)
    _told(found, len(seeds))
    return Plan(entrants, configuration, len(seeds))


def _told(found: list[Run], seeds: int) -> None:
    first = found[0]
    images = first.images
    with st.container(border=True):
        st.markdown("**Five networks on all of MNIST**")
        st.caption(
            f"Each trained {seeds} times (seeds 0 to {seeds - 1}) by this program on "
            f"{images['train']:,} images for {first.configuration.epochs} epochs, "
            f"{images['validation']:,} kept for validation, and tested once on {images['test']:,}. "
            f"The times are of a machine with {first.environment.get('processors')} processors "
            "that was busy with other work: read them as no more than an order. "
            f"The {len(found)} runs are in the archive of your list of runs, behind Filter."
        )
        if st.button("To your own comparison", icon=":material/arrow_back:"):
            st.query_params.clear()
            st.rerun()
