"""The tab of where a network looks: three maps over the image, each with what it can say."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.insight.readings.look_effort import COVERED, of_where
from cnn.insight.regions.where import map_layers
from cnn.network.trace import Trace
from cnn.pictures.inside.patch import heat_picture, patch_picture
from ui.components.picture import picture
from ui.session.words import percent, plain
from ui.views.inside import measure
from ui.views.inside.image import Looked
from ui.views.inside.subject import Subject

CLASS, LAYER = "inside_where_class", "inside_where_layer"
LIKELIEST = "the likeliest"
HONEST = {
    "Occlusion": "It shows what the answer cannot do without, square by square; parts that could "
    "stand in for each other look unimportant.",
    "Saliency": "It shows where a tiny change would move the score at once, which is not the same "
    "as what the answer rests on.",
    "Grad-CAM": "It is as coarse as that layer's maps, and shows only what speaks for the class.",
}


def show_where(
    subject: Subject, traced: Trace, looked: Looked, likely: Floats | None, names: tuple[str, ...]
) -> None:
    """The image, and beside it where the network looks for the class that is asked about."""
    if likely is None or len(likely) != len(names):
        st.caption("This network gives no class scores, so there is no class to look for.")
        return
    of_where(subject.architecture).check(
        f"To see where it looks, which asks the network some {COVERED} times and follows it back "
        f"twice, each time over {traced.total_macs:,} MACs,"
    )
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
    found = measure.maps_of_where(
        subject.weights_key, looked.id, place, layer, subject, looked.pixels
    )
    name = names[place]
    st.markdown(f"Maps for **{plain(name)}**, which the network gives {_sure(likely[place])}.")
    columns = st.columns(len(found) + 1, gap="medium")
    with columns[0]:
        st.markdown("**The image**")
        picture(patch_picture(looked.pixels, None), key="inside_where_image", largest=1.3)
        st.caption(
            "Indigo speaks for the class, orange against it; the fuller, the more. Each map has a "
            "scale of its own. On the network's own pixels, not smoothed."
        )
    for column, (kind, one) in zip(columns[1:], found.items(), strict=True):
        with column:
            st.markdown(f"**{kind}**")
            about = f"{kind} for {name}"
            picture(heat_picture(looked.pixels, one, about), key=f"inside_{kind}", largest=1.3)
            how = one.how.replace(f"class {place}", name)
            st.caption(plain(f"{how} {HONEST[kind]}"))
            if not np.any(one.values):
                st.caption("It is 0 everywhere: nothing in these maps speaks for this class.")


def _sure(share: float) -> str:
    """As the answer above says it: never quite all where it is not."""
    return percent(float(share)) if share < 0.9995 else f"> {percent(0.999)}"
