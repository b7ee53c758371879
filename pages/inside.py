"""Look inside: a network and an image, every map and number on the way, and where it errs."""

import streamlit as st

from ui.inside import address
from ui.inside.views import WORDS, looking

address.arrive(WORDS)
st.title("Look inside", anchor=False)
st.fragment(looking)()
