"""A design set aside to compare with: the difference to what is on the bench, layer by layer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.difference import Change, Pair, difference
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace, trace
from ui.words import pretty

KEY = "pinned_design"
SIGNS = {
    Change.SAME: "",
    Change.MOVED_SIZES: "other sizes",
    Change.CHANGED: "changed",
    Change.ADDED: "added",
    Change.REMOVED: "removed",
}


def against_pinned(now: Trace) -> None:
    """Pins the design, or shows what has changed since one was pinned."""
    pinned: Architecture | None = st.session_state.get(KEY)
    if now.fault is not None:
        st.caption("Mend the stack first: whole networks are compared.")
        return
    if pinned is None:
        st.caption("Pin this design, then change it: the difference appears here.")
        if st.button("Pin this design", icon=":material/keep:"):
            st.session_state[KEY] = now.architecture
            st.rerun(scope="fragment")
        return
    before = trace(pinned)
    _sums(before, now)
    pairs = difference(before, now)
    only = st.toggle("Only what differs", value=True, key="only_differences")
    shown = [pair for pair in pairs if not only or pair.change is not Change.SAME]
    if shown:
        st.dataframe(pd.DataFrame([_line(pair) for pair in shown]), hide_index=True)
    else:
        st.caption("Layer by layer the same.")
    if st.button("Pin this design instead", icon=":material/keep:"):
        st.session_state[KEY] = now.architecture
        st.rerun(scope="fragment")


def _sums(before: Trace, now: Trace) -> None:
    with st.container(horizontal=True):
        for label, old, new in (
            ("Parameters", before.total_params, now.total_params),
            ("MACs per image", before.total_macs, now.total_macs),
        ):
            change = f"×{new / old:.3g}" if old and new != old else None
            words = f"{old:,} → {new:,}"
            st.metric(f"{label}, pinned to now", words, change, "off", delta_arrow="off")


def _line(pair: Pair) -> dict[str, object]:
    return {
        "change": SIGNS[pair.change],
        "pinned": _layer(pair.before),
        "now": _layer(pair.after),
        "what": pretty(pair.words),
        "parameters": (pair.after.params if pair.after else 0)
        - (pair.before.params if pair.before else 0),
    }


def _layer(row: Row | None) -> str:
    return f"{row.title} · {pretty(shape_text(row.output_shape))}" if row else "—"
