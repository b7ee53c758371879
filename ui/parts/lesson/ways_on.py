"""From a lesson to the workbench: the exact network it talks about, opened, trained, compared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.network.architecture import Architecture
from cnn.network.heads import finished
from cnn.network.link import encode
from cnn.training.recipe.configuration import Configuration
from ui.parts.comparison import choice
from ui.parts.setup import network, setup
from ui.session import design
from ui.session.pages import PAGES


def ways_on(
    architecture: Architecture,
    configuration: Configuration | None = None,
    *,
    beside: Sequence[Architecture] = (),
    seeds: int = 1,
    classes: int = 0,
    key: str = "ways_on",
) -> None:
    """Links to the network in Build, to its training, and to a comparison with others beside it.

    `configuration` is what it is trained with; without one, there is no way to Train. Layers that
    give no answer yet are trained with a head for so many `classes`.
    """
    trained = finished(architecture, classes) if classes else architecture
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=key):
        st.page_link(
            PAGES / "build.py",
            label=frame_text("open_in_build"),
            icon=":material/stacks:",
            query_params={design.ADDRESS: encode(architecture)},
            help=None,
        )
        if configuration is not None:
            if st.button(
                frame_text("train_it"),
                icon=":material/model_training:",
                key=f"{key}_train",
                help=frame_text("train_it_with_head") if trained != architecture else None,
            ):
                train(trained, configuration)
            if beside and st.button(
                frame_text("compare"), icon=":material/compare_arrows:", key=f"{key}_compare"
            ):
                compare([architecture, *beside], configuration, seeds)


def train(architecture: Architecture, configuration: Configuration) -> None:
    """Goes to Train with this network and these settings, ready to begin."""
    design.put(architecture)
    network.choose_bench()
    setup.use(configuration)
    st.switch_page(PAGES / "train.py")


def compare(
    architectures: Sequence[Architecture], configuration: Configuration, seeds: int = 1
) -> None:
    """Goes to Compare with these networks and these conditions, ready to begin."""
    choice.put(architectures, configuration, seeds)
    st.switch_page(PAGES / "compare.py")
