"""Where a network looks for a class: three maps over an image, each with what it can say."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.insight.passes.effort import Effort
from cnn.insight.readings.look_effort import COVERED, of_where
from cnn.insight.regions.where import HeatMap, grad_cam, map_layers, occlusion, saliency
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.trace import trace
from cnn.pictures.inside.patch import heat_picture, patch_picture
from ui.components.picture import picture
from ui.session.kept import kept
from ui.session.words import plain

HONEST = {
    "Occlusion": "It shows what the answer cannot do without, square by square; parts that could "
    "stand in for each other look unimportant.",
    "Saliency": "It shows where a tiny change would move the score at once, which is not the same "
    "as what the answer rests on.",
    "Grad-CAM": "It is as coarse as that layer's maps, and shows only what speaks for the class.",
}

EMPTY = {
    "Occlusion": "Covering any one square changes nothing: the network answers the same without "
    "it.",
    "Saliency": "It is 0 everywhere: a tiny change of any one pixel does not move the score.",
    "Grad-CAM": "It is 0 everywhere: nothing in these maps speaks for this class.",
}


def check_effort(architecture: Architecture) -> None:
    """Raises `TooMuchError` where the maps would take more than a page may."""
    of_where(architecture).check(
        f"To see where it looks, which asks the network some {COVERED} times and follows it back "
        f"twice, each time over {trace(architecture).total_macs:,} MACs,"
    )


def _asks(
    key: str,
    image: str,
    place: int,
    layer: str | None,
    of: Architecture,
    weights: Weights,
    pixels: Floats,
) -> Effort:
    return of_where(of)


@kept(asks=_asks)
def maps_of_where(
    key: str,
    image: str,
    place: int,
    layer: str | None,
    _of: Architecture,
    _weights: Weights,
    _pixels: Floats,
) -> dict[str, HeatMap]:
    """Where the network looks for a class, three ways; Grad-CAM only where there are maps. `key`
    and `image` are what weights and pixels are known by.
    """
    network = _of, _weights, _pixels, place
    found = {"Occlusion": occlusion(*network), "Saliency": saliency(*network)}
    if map_layers(_of):
        found["Grad-CAM"] = grad_cam(*network, layer)
    return found


def show_maps(pixels: Floats, found: dict[str, HeatMap], place: int, name: str, key: str) -> None:
    """The image, and beside it where the network looks for the class of that place and name."""
    columns = st.container(key=f"quarters_{key}").columns(len(found) + 1, gap="medium")
    with columns[0]:
        st.markdown("**The image**")
        picture(patch_picture(pixels, None), key=f"{key}_where_image", largest=1.3)
        st.caption(
            "Indigo speaks for the class, orange against it; the fuller, the more. Each map has a "
            "scale of its own. On the network's own pixels, not smoothed, and in grey, so that "
            "every colour is of a map."
        )
    for column, (kind, one) in zip(columns[1:], found.items(), strict=True):
        with column:
            st.markdown(f"**{kind}**")
            about = f"{kind} for {name}"
            picture(heat_picture(pixels, one, about), key=f"{key}_{kind}", largest=1.3)
            how = one.how.replace(f"class {place}", name)
            st.caption(plain(f"{how} {HONEST[kind]}"))
            if not np.any(one.values):
                st.caption(EMPTY[kind])
