"""The first page: what one can do here, on one screen."""

import streamlit as st

from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.pictures.network.diagram import diagram
from ui.components.picture import picture
from ui.parts.runs.history import latest
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import plain, short_params

st.title("Build a CNN. See its numbers. Know why.", anchor=False)
st.markdown(
    "A convolutional neural network (CNN) learns to read images. Stack its layers and watch sizes, "
    "parameters and cost follow; train it and its rivals under the same conditions; take the exact "
    "network away as Keras or PyTorch code."
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("New here? Begin with a lesson", type="primary", icon=":material/school:"):
        st.switch_page(PAGES / "learn.py")
    if st.button("Build a network", icon=":material/stacks:"):
        st.switch_page(PAGES / "build.py")
    st.page_link(PAGES / "train.py", label="Train it", icon=":material/model_training:")
    st.page_link(PAGES / "compare.py", label="Compare", icon=":material/compare_arrows:")
    st.page_link(PAGES / "draw.py", label="Draw a digit", icon=":material/draw:")
    st.page_link(PAGES / "inside.py", label="Look inside", icon=":material/visibility:")

now = design.current()
traced = design.traced(now)
picture(diagram(traced), key="home_network")
st.caption(
    f"{plain(now.name)}, as it stands in Build: {short_params(traced)}. "
    "Each block is what one layer gives to the next."
)

st.header("Start from a classic", anchor=False)
columns = st.container(key="classics").columns(len(CLASSICS))
for column, id in zip(columns, CLASSICS, strict=True):
    one = entry(id)
    with column.container(border=True, height="stretch", vertical_alignment="distribute"):
        with st.container():
            st.markdown(f"**{one.title}** · {one.year}")
            st.caption(one.idea)
            st.caption(short_params(trace(one.architecture)))
        if st.button("Open in Build", key=f"open_{id}", width="stretch"):
            design.put(one.architecture)
            st.switch_page(PAGES / "build.py")

latest(5)
