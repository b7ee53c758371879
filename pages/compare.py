"""Compare: networks under the same conditions, their curves together, and a table of it all."""

import streamlit as st

from ui.parts.comparison.choice import choose, elsewhere_chosen
from ui.parts.comparison.results import results
from ui.parts.lesson import last_steps
from ui.session.pages import PAGES
from ui.views.compare import shipped

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
        results(plan, elsewhere_ids=elsewhere_chosen())
