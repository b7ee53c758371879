"""What goes with the pad: an example to try, words on an image that was brought, and the image at
rest, which is what slower views look at.
"""

from __future__ import annotations

import streamlit as st

from cnn.data import DatasetName, DatasetSpec, load
from cnn.data.dataset import Dataset, Images
from cnn.insight.readings.answers import article
from ui.parts.drawing.networks import SHIPPED, Named
from ui.parts.drawing.pad import Drawing, put
from ui.parts.runs import runs
from ui.session.pages import PAGES
from ui.session.words import plain

AT_REST = "draw_at_rest"
EXAMPLE = "draw_example"
STEP = 387
"""Steps through the test images so that neighbours differ; it has no factor of 1,000."""


def example() -> None:
    """A button that puts a test image on the pad, another one each time."""
    st.button(
        "Try a test image of MNIST",
        icon=":material/shuffle:",
        type="tertiary",
        on_click=_put_example,
        help="Images that no network here was trained on, from the MNIST sample.",
    )


def _put_example() -> None:
    test = _sample().test
    place = st.session_state[EXAMPLE] = (st.session_state.get(EXAMPLE, 0) + STEP) % len(test)
    name = str(test.labels[place])
    title = f"Test image {place} of the MNIST sample, {article(name)} {name}"
    put(test.pixels[place, :, :, 0], title)


@st.cache_resource(show_spinner=False)
def _sample() -> Dataset:
    return load(DatasetSpec(DatasetName.MNIST_SAMPLE))


def look_inside(network: Named) -> None:
    """A button that follows the drawing through a network, layer by layer."""
    if st.button("Look inside", icon=":material/visibility:", help="The maps on its way through."):
        run = {} if network.id == SHIPPED else {runs.ADDRESS: network.id}
        st.switch_page(PAGES / "inside.py", query_params={"image": "drawn", **run})


def said_of(drawing: Drawing) -> None:
    """Where an image on the pad is from, and what was done to it."""
    brought = drawing.brought
    if brought is None:
        return
    done = f": {'; '.join(brought.notes)}" if brought.notes else ""
    st.caption(plain(f"{brought.title}{done}."))


def settled(drawing: Drawing) -> Images | None:
    """The image as it was when the pen was last up; None where nothing is drawn."""
    if drawing.is_settled:
        st.session_state[AT_REST] = None if drawing.is_blank else drawing.image
    found: Images | None = st.session_state.get(AT_REST)
    return found
