"""A design set aside to compare with: the difference to what is on the bench, layer by layer."""

from __future__ import annotations

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.difference import MOST_PAIRS, Change, Pair, can_be_matched, difference
from cnn.network.errors import Path
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace, trace
from cnn.numbers import number
from ui.components.table import Cell, Column, TableRow, table
from ui.session.design import PINNED
from ui.session.words import pretty

INDENT = "\u2003"
SIGNS = {
    Change.SAME: ("same", "calm"),
    Change.MOVED_SIZES: ("other sizes", "calm"),
    Change.CHANGED: ("changed", "busy"),
    Change.ADDED: ("added", "good"),
    Change.REMOVED: ("removed", "bad"),
}
COLUMNS = (
    Column("pinned", "Pinned"),
    Column("now", "Now"),
    Column("change", "What is different"),
    Column("params", "Parameters", "The change; all lines add up to that of the whole", True),
)


def against_pinned(now: Trace) -> None:
    """Pins the design, or shows what has changed since one was pinned."""
    pinned: Architecture | None = st.session_state.get(PINNED)
    if now.fault is not None:
        st.caption("Correct the layers first: whole networks are compared.")
        return
    if pinned is None:
        st.caption("Pin this design, then change it: the difference appears here.")
        if st.button("Pin this design", icon=":material/keep:"):
            st.session_state[PINNED] = now.architecture
            st.rerun(scope="fragment")
        return
    before = trace(pinned)
    _sums(before, now)
    if pinned.fed != now.architecture.fed:
        st.caption(f"Pixels: {pinned.fed.text} → {now.architecture.fed.text}")
    if can_be_matched(before, now):
        _layer_by_layer(before, now)
    else:
        st.caption(
            f"{len(before.rows):,} layers and {len(now.rows):,} would take too long to match layer "
            f"by layer (at most {MOST_PAIRS:,} pairs). Pin a design of fewer layers."
        )
    if st.button("Pin this design instead", icon=":material/keep:"):
        st.session_state[PINNED] = now.architecture
        st.rerun(scope="fragment")


def _layer_by_layer(before: Trace, now: Trace) -> None:
    pairs = difference(before, now)
    only = st.toggle("Only what differs", value=True, key="only_differences")
    shown = [pair for pair in pairs if not only or pair.change is not Change.SAME]
    if shown:
        lines = [_line(place, pair) for place, pair in enumerate(shown)]
        table("Layer by layer, pinned and now", COLUMNS, lines, key="difference")
    else:
        st.caption("Layer by layer the same.")


def _sums(before: Trace, now: Trace) -> None:
    sums = [("Parameters", before.total_params, now.total_params)]
    if before.non_trainable_params or now.non_trainable_params:
        sums.append(("Of them trainable", before.trainable_params, now.trainable_params))
    sums.append(("MACs per image", before.total_macs, now.total_macs))
    with st.container(horizontal=True):
        for label, old, new in sums:
            change = f"×{number(new / old, 3)}" if old and new != old else None
            words = f"{old:,} → {new:,}"
            st.metric(f"{label}, pinned to now", words, change, "off", delta_arrow="off")


def _line(place: int, pair: Pair) -> TableRow:
    # Of an opened block the lines below it say where its parameters have changed.
    params = "" if pair.is_opened or not pair.params_change else f"{pair.params_change:+,}"
    sign, tone = SIGNS[pair.change]
    row = pair.after or pair.before
    return TableRow(
        str(place),
        row.title if row else "",
        {
            "pinned": _layer(pair.before),
            "now": _layer(pair.after),
            "change": Cell(sign, place, pretty(pair.words), tone),
            "params": Cell(params, pair.params_change),
        },
    )


def _layer(row: Row | None) -> Cell:
    """The layer and what it gives, set in where it stands inside a block."""
    if row is None:
        return Cell("—", "")
    set_in = INDENT * row.depth
    return Cell(
        f"{set_in}{row.title}",
        row.title,
        f"{set_in}{_inside(row.path)}{pretty(shape_text(row.output_shape))}",
    )


def _inside(path: Path) -> str:
    """In which part of a block a layer stands: `body`, `shortcut`, `branch 2`."""
    part = path[-2] if len(path) > 1 else ""
    if isinstance(part, int):
        return f"branch {part + 1}, "
    return f"{part}, " if part else ""
