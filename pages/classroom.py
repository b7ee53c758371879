"""Class: who is where in the lessons, what is hard, and what is in training, for a teacher."""

import streamlit as st

from ui.session.person import somebody
from ui.views.classroom.overview import class_page

st.title("Class", anchor=False)
if somebody().is_teacher:
    class_page()
else:
    st.info("This page is for teachers.", icon=":material/lock:")
