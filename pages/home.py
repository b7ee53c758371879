"""The first page: a network that reads while one draws, and the ways on."""

import streamlit as st

from ui.views.home.live import live_network

st.title("Build a CNN. See its numbers. Know why.", anchor=False)
st.markdown(
    "A convolutional neural network (CNN) learns to read images. Stack its layers and watch sizes, "
    "parameters and cost follow; train it and its rivals under the same conditions; take the exact "
    "network away as Keras or PyTorch code."
)
live_network()

# Read once the picture is on its way: together they take as long as all that stands before.
from ui.parts.runs.history import latest  # noqa: E402
from ui.shell.start.first import wait_for_picture  # noqa: E402
from ui.views.home.ways_on import classics, doors  # noqa: E402

wait_for_picture()
doors()
classics()
latest(5)
