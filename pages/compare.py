"""Compare: networks under the same conditions, their curves together, and a table of it all."""

import streamlit as st

from ui.compare import shipped
from ui.compare.choice import choose
from ui.compare.results import results
from ui.learn import last_steps
from ui.shell import PAGES

st.title("Compare", anchor=False)
last_steps.in_compare()
if shipped.is_open():
    results(shipped.plan())
else:
    with st.container(border=True):
        plan = choose()
    with st.container(key="ways", horizontal=True, vertical_alignment="center"):
        shipped.offer()
        st.page_link(
            PAGES / "experiments.py",
            label="One thing changed at a time: Experiments",
            icon=":material/science:",
        )
    if plan is not None:
        results(plan)
