"""The tab of where a network looks: three maps over the image, each with what it can say."""

from __future__ import annotations

import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.insight.regions.where import map_layers
from ui.parts.network.where import check_effort, maps_of_where, show_maps
from ui.session.words import percent, plain
from ui.views.inside.image import Looked
from ui.views.inside.subject import Subject

CLASS, LAYER = "inside_where_class", "inside_where_layer"
LIKELIEST = "the likeliest"


def show_where(
    subject: Subject, looked: Looked, likely: Floats | None, names: tuple[str, ...]
) -> None:
    """The image, and beside it where the network looks for the class that is asked about."""
    if likely is None or len(likely) != len(names):
        st.caption("This network gives no class scores, so there is no class to look for.")
        return
    check_effort(subject.architecture)
    rows = {row.name: row for row in map_layers(subject.architecture)}
    with st.container(horizontal=True, gap="medium"):
        chosen = st.selectbox(
            "What speaks for the class",
            [LIKELIEST, *range(len(names))],
            format_func=lambda one: LIKELIEST if one == LIKELIEST else names[one],
            key=f"{CLASS}_{subject.key}",
            width=220,
        )
        layer = None
        if rows:
            layer = st.selectbox(
                "Grad-CAM at",
                list(rows),
                index=len(rows) - 1,
                format_func=lambda name: rows[name].title,
                key=f"{LAYER}_{subject.key}",
                width=220,
            )
    place = int(likely.argmax()) if chosen == LIKELIEST else int(chosen)
    network = subject.architecture, subject.weights
    found = maps_of_where(subject.weights_key, looked.id, place, layer, *network, looked.pixels)
    name = names[place]
    st.markdown(f"Maps for **{plain(name)}**, which the network gives {_sure(likely[place])}.")
    show_maps(looked.pixels, found, place, name, "inside")


def _sure(share: float) -> str:
    """As the answer above says it: never quite all where it is not."""
    return percent(float(share)) if share < 0.9995 else f"> {percent(0.999)}"
