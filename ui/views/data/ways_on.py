"""Where one goes on with the data set that is shown."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.sweep import Field
from cnn.data import DatasetSpec
from cnn.training.recipe.data_address import data_to_address
from ui.session.pages import PAGES

WAYS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("train.py", "Train on it", ":material/model_training:", {}),
    ("experiments.py", "Which labels look wrong?", ":material/rule:", {"tab": "labels"}),
    (
        "experiments.py",
        "Would more images help?",
        ":material/add_photo_alternate:",
        {"tab": "sweep", "field": Field.IMAGES.value},
    ),
    (
        "experiments.py",
        "Would trained weights help?",
        ":material/move_down:",
        {"tab": "transfer"},
    ),
)


def ways_on(spec: DatasetSpec) -> None:
    """The pages that take these images."""
    images = data_to_address(spec)
    with st.container(horizontal=True):
        for page, label, icon, query in WAYS:
            st.page_link(PAGES / page, label=label, icon=icon, query_params=query | images)
