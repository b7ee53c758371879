"""Teacher's desk: makes a link to a lesson as it is to begin, or to a challenge."""

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.views.desk.challenge_form import challenge_link
from ui.views.desk.kind import LESSON, chosen_kind
from ui.views.desk.lesson_form import lesson_link

st.title("Teacher's desk", anchor=False)
st.markdown(frame_text("desk"))
if chosen_kind() == LESSON:
    lesson_link()
else:
    challenge_link()
