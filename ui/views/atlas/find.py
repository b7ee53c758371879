"""What is looked for, the picture of accuracy against cost, and the list of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnn.network.atlas import Known, atlas, keras_version, sources
from cnn.network.atlas.asked import asked
from cnn.pictures.comparison.atlas_chart import COSTS, atlas_chart, best, with_accuracy
from ui.components.plot import plot
from ui.components.table import Cell, Column, TableRow, table
from ui.session import address, theme

CHOSEN, TEXT, COST, YEAR = "atlas_net", "atlas_text", "atlas_cost", "atlas_year"
ADDRESS = ("id", "net")
"""The second is how links began; it is Build's word too, which took it for one of its own."""
FIRST = "resnet-50"
HEIGHT = 480
EXAMPLE = "under 8 M parameters and 75 %"
COLUMNS = (
    Column("title", "Network"),
    Column("year", "Year", is_number=True),
    Column("top1", "Top-1 %", "Of ImageNet's validation images, as published", True),
    Column("params", "Parameters", is_number=True),
    Column("macs", "MACs", "For one image", True),
    Column("depth", "Depth", "Layers with a kernel on the longest way", True, is_minor=True),
    Column("field", "Field", "Pixels that one cell of the last map sees", True, is_minor=True),
)


def arrive() -> None:
    """Chooses the network that an address names."""
    if found := address.arrived("atlas", ADDRESS):
        _choose(address.last(found, "id") or address.last(found, "net"))
    st.session_state.setdefault(CHOSEN, FIRST)


def networks() -> list[Known]:
    """Those that fit what is typed, up to the year that is set."""
    everything = list(atlas().values())
    years = sorted({known.year for known in everything})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        text = st.text_input(
            "Find",
            placeholder=EXAMPLE,
            key=TEXT,
            max_chars=200,
            persist_state="session",
            width=360,
            help="Names, ideas, and limits: parameters, MACs, layers, pixels, %, since a year.",
        )
        st.segmented_control(
            "Against",
            list(COSTS),
            default="macs",
            format_func={"macs": "MACs", "params": "Parameters"}.__getitem__,
            required=True,
            key=COST,
            persist_state="session",
        )
        year = st.select_slider(
            "History up to", years, value=years[-1], key=YEAR, persist_state="session", width=280
        )
    question = asked(text or "")
    found = [known for known in everything if known.year <= year and question.fits(known)]
    if question.understood:
        st.caption(f"{question.understood}: {_counted(len(found))}.")
    return found


def _counted(count: int) -> str:
    return f"{count or 'no'} network{'' if count == 1 else 's'}"


def chart(found: Sequence[Known]) -> Known:
    """The picture; a click chooses a network."""
    cost = str(st.session_state[COST])
    figure = atlas_chart(
        list(atlas().values()),
        cost,
        year=int(st.session_state[YEAR]),
        lit={known.id for known in found},
        chosen=st.session_state[CHOSEN],
        dark=theme.is_dark(),
    )
    plot(
        figure,
        label=f"Top-1 accuracy on ImageNet against {COSTS[cost]}, a point for each network",
        height=HEIGHT,
        key="atlas_chart",
        on_click=_press,
    )
    st.markdown(
        f":small[Accuracies: {_said_of_sources()}. They were reached with other training recipes "
        "and other images to learn from beside ImageNet's, so a difference is not the "
        "architecture's alone; nothing of them is checked here. Everything else is counted, "
        f"parameters and MACs in Keras {keras_version()} too. The area of a point goes with its "
        "parameters; no other network is as accurate for less as those on the dotted stair.]"
    )
    address.keep("atlas", {"id": st.session_state[CHOSEN]}, ADDRESS)
    return atlas()[st.session_state[CHOSEN]]


def _said_of_sources() -> str:
    """Where the accuracies stand; after the first, of which networks they are."""
    first, *others = sources().values()
    said = [f"[{first.title}]({first.address}), read {first.read}"]
    for one in others:
        families = dict.fromkeys(
            known.family.title for known in atlas().values() if known.source == one
        )
        said.append(f"{', '.join(families)} from [{one.title}]({one.address}), read {one.read}")
    return "; ".join(said)


def _press(point: dict[str, Any]) -> None:
    _choose(point.get("customdata"))


def _choose(id: object) -> None:
    if isinstance(id, str) and id in atlas():
        st.session_state[CHOSEN] = id


def listed(found: Sequence[Known]) -> None:
    """All that were found, those without a published accuracy among them."""
    st.header("All of them" if len(found) == len(atlas()) else "Found", anchor=False)
    if not found:
        st.caption("Nothing fits: use fewer words, or wider limits.")
        return
    cost = str(st.session_state[COST])
    front = {known.id for known in best(found, cost)}
    rows = [_row(known, is_best=known.id in front) for known in found]
    table(
        "Published networks",
        COLUMNS,
        rows,
        key="atlas_table",
        current=[st.session_state[CHOSEN]],
        on_press=_choose,
        name_stays=True,
    )
    without = len(found) - len(with_accuracy(found))
    if without:
        st.caption(
            f"{without} of them {'has' if without == 1 else 'have'} no accuracy there, and no "
            "point in the picture."
        )


def _row(known: Known, *, is_best: bool) -> TableRow:
    return TableRow(
        known.id,
        known.title,
        {
            "title": Cell(known.title, note=known.family.title),
            "year": Cell(str(known.year), known.year),
            "top1": Cell(f"{known.top1}" if known.top1 else "—", known.top1, is_best=is_best),
            "params": Cell(f"{known.params:,}", known.params),
            "macs": Cell(f"{known.macs:,}", known.macs),
            "depth": Cell(f"{known.depth or '—'}", known.depth),
            "field": Cell(f"{known.field or '—'}", known.field),
        },
    )
