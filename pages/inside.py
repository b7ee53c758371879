"""Look inside: a network and an image, every map and number on the way, and where it errs."""

import streamlit as st

from ui.views.inside import address
from ui.views.inside.views import WORDS, looking

address.arrive(WORDS)
st.title("Look inside", anchor=False)
st.fragment(looking)()
