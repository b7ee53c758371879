"""Learn: the lessons, how far one is with them, and what to know before."""

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.parts.lesson.challenge_cards import challenge_list
from ui.views.learn.overview import know_before, lesson_list, when_to_use

st.title("Learn", anchor=False)
st.markdown(frame_text("learn"))
know_before()
lesson_list()
challenge_list()
when_to_use()
