"""Beyond classification: other questions that the same layers answer, and what can be built."""

import streamlit as st

from cnn.lessons import catalogue
from ui.views.beyond.topics import topics

st.title(catalogue.beyond()["title"], anchor=False)
st.markdown(catalogue.beyond()["lead"])
topics()
