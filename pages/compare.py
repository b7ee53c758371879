"""Compare: networks under the same conditions, their curves together, and a table of it all."""

import streamlit as st

from ui.compare.choice import choose
from ui.compare.results import results

st.title("Compare", anchor=False)
with st.container(border=True):
    plan = choose()
if plan is not None:
    results(plan)
