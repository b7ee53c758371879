"""The originals beside the lite versions that train here: what was kept, what was cut."""

from __future__ import annotations

import streamlit as st

from cnn.network.beside import beside
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, Entry, entry
from cnn.training.recipe.presets import FIRST
from ui.parts.comparison import choice
from ui.parts.network import known
from ui.parts.network.side_by_side import numbers, pictures
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import pretty
from ui.views.experiments.address import Address, keep, last

ID = "originals"
CLASSIC = "originals_classic"


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    id = last(address, "network")
    st.session_state[CLASSIC] = id if id in CLASSICS else CLASSICS[0]


def show() -> None:
    """The tab."""
    st.session_state.setdefault(CLASSIC, CLASSICS[0])
    id = str(
        st.segmented_control(
            "Classic",
            CLASSICS,
            format_func=lambda id: entry(id).title,
            key=CLASSIC,
            required=True,
            persist_state="session",
        )
    )
    keep(ID, {"network": id})
    lite = entry(id)
    original = original_of(lite)
    st.markdown(pretty(lite.idea))
    st.caption(lite.citation)
    titles = original.title, lite.title
    traces = trace(original.architecture), trace(lite.architecture)
    numbers(
        f"{titles[0]} and {titles[1]}, in numbers", titles, beside(*traces), "originals_numbers"
    )
    if original.variant_of:
        st.caption(
            "The network of 1998 chose by a table which maps a filter sees, which none of the "
            "layers here does, and its subsampling had weights of its own. Beside it stands the "
            "nearest there is. With that table it had 60,000 trainable parameters: 156 + 12 + "
            "1,516 + 32 + 48,120 + 10,164, layer by layer from C1 to F6."
        )
    left, right = st.columns(2, gap="large")
    with left:
        known.kept(lite)
    with right:
        known.cut(lite)
    pictures(titles, traces, "originals_picture", are_wide=True)
    with st.container(horizontal=True):
        if st.button(f"Open {lite.title} in Build", icon=":material/stacks:"):
            design.put(lite.architecture)
            st.switch_page(PAGES / "build.py")
        if st.button("Train the four classics in Compare", icon=":material/compare_arrows:"):
            choice.put([entry(one).architecture for one in CLASSICS], FIRST, 1)
            st.switch_page(PAGES / "compare.py")


def original_of(lite: Entry) -> Entry:
    """The network a lite version was made from; of LeNet-5, its historic variant."""
    return entry(lite.original or "lenet-5-1998")
