"""The first page: what one can do here, on one screen."""

import streamlit as st

from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.pictures.diagram import diagram
from ui import design
from ui.picture import picture
from ui.shell import PAGES
from ui.training.history import latest
from ui.words import short

st.title("Build a CNN. See every number. Know why.", anchor=False)
st.markdown(
    "Stack layers and watch sizes, parameters and cost follow; train the network and its rivals "
    "under the same conditions; take the exact network away as Keras or PyTorch code."
)
with st.container(horizontal=True):
    st.page_link(PAGES / "learn.py", label="Learn", icon=":material/school:")
    st.page_link(PAGES / "build.py", label="Build a network", icon=":material/stacks:")
    st.page_link(PAGES / "train.py", label="Train it", icon=":material/model_training:")
    st.page_link(PAGES / "compare.py", label="Compare", icon=":material/compare_arrows:")
    st.page_link(PAGES / "draw.py", label="Draw a digit", icon=":material/draw:")
    st.page_link(PAGES / "inside.py", label="Look inside", icon=":material/visibility:")

now = design.current()
picture(diagram(design.traced(now)), key="home_network")

st.subheader("Start from a classic", anchor=False)
for column, id in zip(st.columns(len(CLASSICS)), CLASSICS, strict=True):
    one = entry(id)
    total = trace(one.architecture).total_params
    with column.container(border=True, height="stretch"):
        st.markdown(f"**{one.title}** · {one.year}")
        st.caption(one.idea)
        st.caption(f"{short(total)} parameters")
        if st.button("Open in Build", key=f"open_{id}", width="stretch"):
            design.put(one.architecture)
            st.switch_page(PAGES / "build.py")

latest(5)
