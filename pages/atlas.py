"""Atlas: published networks by accuracy, cost and year, each opened with a click."""

import streamlit as st

from ui.views.atlas import card, find

st.title("Atlas", anchor=False)
st.markdown(
    "The networks that made history, as exact designs: what each cost, how well it did, and what "
    "was new."
)
find.arrive()
found = find.networks()
chosen = find.chart(found)
card.card(chosen)
find.listed(found)
