"""What is looked at, in the address: a link opens the same network, image, tab, map and cell.

A drawing or a file is no part of an address: it says that there was one, and the page asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.parts.drawing.networks import SHIPPED
from ui.parts.runs.runs import ADDRESS
from ui.views.inside import epoch, image, subject
from ui.views.inside.explorer import Place
from ui.views.inside.subject import KEY, Subject

AT, REV, WRITTEN, TAB = "inside_at", "inside_rev", "inside_written", "inside_tab"
NAMES = (ADDRESS, "epoch", "tab", "image", "layer", "map", "cell")
SOURCES = {"drawn": image.DRAWN, "file": image.OWN}

Address = dict[str, str]


def arrive(tabs: Mapping[str, str]) -> None:
    """Takes over what the link says that the page was reached by, where it is another.

    `tabs` are their labels by their words in an address. For whole runs of the page: while clicks
    are on their way, the address is behind them.
    """
    given = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    if not given or given in st.session_state.get(WRITTEN, ()):
        return
    state = st.session_state
    state[WRITTEN] = [given]  # once: it may lead to nothing, and another network be chosen then
    state[KEY] = given.get(ADDRESS) or SHIPPED
    state[subject.LOST] = state[KEY] == subject.FILE and subject.KEPT not in state
    state[epoch.WANTED] = given.get("epoch", "")[:6]
    if given.get("tab") in tabs:
        state[TAB] = tabs[given["tab"]]
    state[AT] = read_at(given)
    state[REV] = state.get(REV, 0) + 1
    which = given.get("image", "")
    state[image.SOURCE] = SOURCES.get(which, image.TEST)
    state[image.LOST] = SOURCES.get(which)
    if found := re.fullmatch(r"test:(\d{1,6})", which):
        state[image.WANTED] = int(found[1])


def read_at(given: Address) -> dict[str, Any] | None:
    """The place that an address names, still to be checked against the network."""
    cell = re.fullmatch(r"(\d{1,6})(?:,(\d{1,6}))?", given.get("cell", ""))
    number = given.get("map", "0")
    if "layer" not in given or not re.fullmatch(r"\d{1,6}", number):
        return None
    at: dict[str, Any] = {"layer": given["layer"], "map": int(number)}
    if cell:
        at |= {"row": int(cell[1]), "column": int(cell[2] or 0)}
    return at


def keep(looked_into: Subject, place: Place, tabs: Mapping[str, str]) -> None:
    """Writes what is looked at into the address."""
    written = {"layer": place.layer, "map": str(place.map), "cell": f"{place.row},{place.column}"}
    source = st.session_state.get(image.SOURCE)
    if source == image.TEST:
        written["image"] = f"test:{st.session_state.get(image.PLACE, 0)}"
    else:
        written["image"] = next(word for word, one in SOURCES.items() if one == source)
    if looked_into.id != SHIPPED:
        written[ADDRESS] = looked_into.id
    if looked_into.epoch is not None:
        written["epoch"] = str(looked_into.epoch)
    open_tab = st.session_state.get(TAB)
    word = next((word for word, label in tabs.items() if label == open_tab), "")
    if word not in ("", next(iter(tabs))):  # what opens anyhow is not said
        written["tab"] = word
    before: list[Address] = st.session_state.get(WRITTEN, [])
    if written not in before[:1]:
        # The last two: a run that a click cuts short may leave the older one in the address.
        st.session_state[WRITTEN] = [written, *before[:1]]
        for name in NAMES:
            if name not in written and name in st.query_params:
                del st.query_params[name]
        st.query_params.update(written)
