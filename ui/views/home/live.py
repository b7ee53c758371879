"""The network that ships, alive on the first page: which stages of it are shown, and what it is."""

from __future__ import annotations

import streamlit as st

from cnn.data.sets.mnist import MNIST
from cnn.network.trace import trace
from cnn.pictures.page.stages import stages
from cnn.shipped import Card, shipped
from ui.components.engine import offer_shipped
from ui.components.flow import flow
from ui.session.pages import PAGES
from ui.session.words import percent


def live_network() -> None:
    """The pad, the network behind it, and in a line what it is and where there is more of it."""
    card = shipped().card
    flow(offer_shipped(), stages(trace(card.architecture)), MNIST.class_names, key="home_flow")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="home_more"):
        st.caption(what_it_is(card), width=660)
        with st.container(horizontal=True, width="content", gap="medium"):
            st.page_link(PAGES / "draw.py", label="Why? Fool it", icon=":material/draw:")
            st.page_link(PAGES / "inside.py", label="Look inside", icon=":material/visibility:")


def what_it_is(card: Card) -> str:
    """What was learned from what, and how well, as its card has it."""
    return (
        f"A real network, trained on {card.images['train']:,} digits of MNIST: of MNIST's "
        f"{card.test_images:,} test images it reads {card.right:,} right "
        f"({percent(card.test_accuracy, 2)}). It runs in your browser; nothing you draw is sent. "
        "It knows digits alone: whatever else is drawn, it has to choose one."
    )
