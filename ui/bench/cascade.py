"""The cascade: a real image going through the network as it stands."""

from __future__ import annotations

import streamlit as st

from cnn.data import DataError, Dataset, DatasetName, DatasetSpec, load
from cnn.insight.forward import forward
from cnn.insight.kernels import GALLERY, with_kernels
from cnn.insight.weights import random_weights
from cnn.network.keras_model import Weights
from cnn.network.trace import Trace
from cnn.pictures.strip import strip
from ui.strip import feature_strip

MOST_MACS = 200_000_000
MOST_PARAMS = 20_000_000
SOURCES = {
    "A digit": DatasetName.MNIST_SAMPLE,
    "A shape": DatasetName.SHAPES,
    "A small digit": DatasetName.DIGITS,
}


def cascade(trace: Trace, selected: str = "") -> str | None:
    """Feature maps under each layer, from fixed random weights or chosen kernels."""
    if trace.fault is not None:
        st.caption("The cascade shows whole networks: mend the stack first.")
        return None
    if trace.total_macs > MOST_MACS or trace.total_params > MOST_PARAMS:
        st.caption(
            f"{trace.total_macs:,} MACs and {trace.total_params:,} parameters are too many to "
            f"follow an image at every edit (at most {MOST_MACS:,} and {MOST_PARAMS:,}). "
            "Use a smaller network."
        )
        return None
    what, which, eyes = st.columns([2, 2, 3])
    source = what.selectbox("Image", list(SOURCES), key="cascade_source", persist_state="session")
    try:
        data = images(SOURCES[source], trace.architecture.input)
    except DataError as error:
        st.error(str(error), icon=":material/error:")
        return None
    place = which.slider("Number", 1, 60, 4, key="cascade_place", persist_state="session")
    chosen = eyes.multiselect(
        "Kernels of the first convolution",
        list(GALLERY),
        key="cascade_kernels",
        placeholder="random, but always the same",
        persist_state="session",
    )
    split = data.validation
    image = split.take([(place - 1) % len(split)]).images
    weights = _weights(trace, tuple(chosen))
    outputs = forward(trace.architecture, weights, image).outputs
    shown: str | None = feature_strip(
        strip(trace, image[0], outputs), selected=selected, key="cascade"
    )
    st.caption(
        "Nobody has trained this network: its weights are random, but always the same, so that "
        "what you see change is what you changed. Brightness is scaled for each map by itself."
    )
    return shown


@st.cache_resource(show_spinner=False, max_entries=12)
def images(name: DatasetName, input_shape: tuple[int, int, int]) -> Dataset:
    """A data set at an input's size, kept between reruns."""
    return load(DatasetSpec(name), input_shape)


def _weights(trace: Trace, kernels: tuple[str, ...]) -> Weights:
    return with_kernels(trace.architecture, random_weights(trace.architecture), kernels)
