"""Hostile names wherever Streamlit reads Markdown, each beside its letters."""

import streamlit as st

from tests.hostile.names import NAMES
from ui.session.words import plain

for place, name in enumerate(NAMES.values()):
    shown = plain(name)
    with st.container(key=f"name{place}"):
        st.markdown(shown)
        st.caption(shown)
        st.error(shown)
        st.checkbox(shown, key=f"box{place}")
        st.expander(shown)
        st.radio("Which", [shown], key=f"radio{place}")
