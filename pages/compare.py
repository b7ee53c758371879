"""Compare: networks under the same conditions, their curves together, and a table of it all."""

import streamlit as st

from ui.compare import shipped
from ui.compare.choice import choose
from ui.compare.results import results

st.title("Compare", anchor=False)
if shipped.is_open():
    results(shipped.plan())
else:
    with st.container(border=True):
        plan = choose()
    shipped.offer()
    if plan is not None:
        results(plan)
