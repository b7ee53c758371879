"""Experiments: one thing changed at a time, and what comes of it."""

import streamlit as st

from ui.session.pages import PAGES
from ui.views.experiments import blocks, depth, label_check, originals, sweep, transfer
from ui.views.experiments.address import TAB, arrived, last

TABS = {
    "Blocks": blocks,
    "Original and lite": originals,
    "Depth": depth,
    "Sweep": sweep,
    "Transfer": transfer,
    "Labels": label_check,
}
OPEN, LAST = "experiments_tab", "experiments_last_tab"

st.title("Experiments", anchor=False)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(
        "Change one thing at a time, and measure what comes of it; only what is missing is trained."
    )
    st.page_link(
        PAGES / "compare.py", label="Compare whole networks", icon=":material/compare_arrows:"
    )
if address := arrived():
    for title, part in TABS.items():
        if last(address, TAB, blocks.ID) == part.ID:
            part.arrive(address)
            st.session_state[OPEN] = title
# A tab is forgotten with its page; the one that was open is opened again.
st.session_state.setdefault(OPEN, st.session_state.get(LAST, next(iter(TABS))))
for tab, part in zip(st.tabs(list(TABS), key=OPEN, on_change="rerun"), TABS.values(), strict=True):
    if tab.open:
        with tab:
            part.show()
st.session_state[LAST] = st.session_state[OPEN]
