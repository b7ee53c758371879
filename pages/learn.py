"""Learn: the lessons, how far one is with them, and what to know before."""

import streamlit as st

from ui.learn.challenge import challenge_list
from ui.learn.overview import know_before, lesson_list

st.title("Learn", anchor=False)
st.markdown(
    "Short lessons one can touch. Every number in them comes from the code that the rest of this "
    "program is made of, and every network opens in Build."
)
lesson_list()
challenge_list()
know_before()
