"""Teacher's desk: makes a link to a lesson as it is to begin, to a challenge or an assignment."""

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.views.desk.assignment_form import assignment_link
from ui.views.desk.challenge_form import challenge_link
from ui.views.desk.kind import ASSIGNMENT, CHALLENGE, LESSON, chosen_kind
from ui.views.desk.lesson_form import lesson_link

st.title("Teacher's desk", anchor=False)
st.markdown(frame_text("desk"))
FORMS = {LESSON: lesson_link, CHALLENGE: challenge_link, ASSIGNMENT: assignment_link}
FORMS[chosen_kind()]()
