"""Words: what each word of the trade says, and the lesson that shows it."""

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.views.words.word_list import word_list

st.title("Words", anchor=False)
st.markdown(frame_text("words"))
word_list()
