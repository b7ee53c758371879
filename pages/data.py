"""Data: what is in a data set, before anything is trained on it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnn.data.inspection_outside import Inspected
from ui.views.data import change, choice, twins, wall, ways_on

st.title("Data", anchor=False)
st.markdown("What is in a data set: look at the images before a network does.")
choice.arrive()
change.take_made()
spec = choice.choose()
found = choice.look_into(spec) if spec else None
if spec and found:
    ways_on.ways_on(spec)
    shown: dict[str, Callable[[Inspected], None]] = {
        "Images": wall.wall,
        "Balance": wall.balance,
        "In common": wall.in_common,
        "Twice": twins.repeats,
        "Nearly alike": twins.alike,
        "Change": partial(change.change, spec),
    }
    for tab, part in zip(
        st.tabs(list(shown), key="data_tab", on_change="rerun"), shown.values(), strict=True
    ):
        if tab.open:
            with tab:
                part(found)
