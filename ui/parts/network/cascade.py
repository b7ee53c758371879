"""The cascade: a real image going through the network as it stands."""

from __future__ import annotations

import streamlit as st

from cnn.data import DataError, Dataset, DatasetName, DatasetSpec, load
from cnn.data.dataset import Images
from cnn.data.fitting import check_shape, fit
from cnn.insight.passes import effort
from cnn.insight.passes.effort import EDIT_S, TooMuchError
from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.kernels import GALLERY, with_kernels
from cnn.network.trace import Trace
from cnn.pictures.inside.strip import strip
from cnn.training.recipe.run import Run
from ui.components.strip import feature_strip
from ui.parts.network.own_picture import own_picture
from ui.parts.network.trained import MOST_RUNS, choose_weights, prediction_html, trained_caption
from ui.session.kept import kept, turn
from ui.session.words import plain

OWN = "My own image"
SOURCES = {
    "A digit": DatasetName.MNIST_SAMPLE,
    "A shape": DatasetName.SHAPES,
    "A small digit": DatasetName.DIGITS,
}


def cascade(trace: Trace, selected: str = "") -> str | None:
    """Feature maps under each layer, from random weights, chosen kernels or a trained run."""
    if trace.fault is not None:
        st.caption("The cascade shows whole networks: correct the layers first.")
        return None
    asked = effort.of_weights(trace.architecture).then(effort.of_forward(trace.architecture))
    try:
        asked.check(_following(trace), EDIT_S)
    except TooMuchError as error:
        st.caption(plain(str(error)))
        return None
    what, which, eyes = st.columns([2, 2, 3], vertical_alignment="bottom")
    source = what.selectbox("Image", [*SOURCES, OWN], key="cascade_source", persist_state="session")
    chosen = eyes.multiselect(
        "Kernels of the first convolution",
        list(GALLERY),
        key="cascade_kernels",
        placeholder="as in the weights",
        persist_state="session",
    )
    if source == OWN:
        image, label = own_picture(trace.architecture.input, which), None
    else:
        with which:
            image, label = _example(SOURCES[source], trace.architecture.input)
    trained = choose_weights(trace.architecture)
    if image is None:
        return None
    with turn(asked):
        run, weights = trained or (None, random_weights(trace.architecture))
        weights = with_kernels(trace.architecture, weights, tuple(chosen))
        found = forward(trace.architecture, weights, image)
        output, parts = found.output[0].copy(), strip(trace, image[0], found.outputs)
        del found, weights
    if run is not None:
        st.html(prediction_html(run, output, label))
    shown: str | None = feature_strip(parts, selected=selected, key="cascade")
    st.caption(f"{_origin(run, bool(chosen))} Brightness is scaled for each map by itself.")
    return shown


def _following(trace: Trace) -> str:
    """What may be too much, with the figures that make it so."""
    return (
        f"To follow an image at every edit through {trace.total_params:,} parameters and "
        f"{trace.total_macs:,} MACs, whose layers give {trace.activation_bytes / 1e6:,.1f} MB,"
    )


def _example(name: DatasetName, size: tuple[int, int, int]) -> tuple[Images | None, str | None]:
    """An image of a data set, chosen by its place among the examples, and what it shows."""
    try:
        shape = check_shape(size)
        data = images(name, shape if name is DatasetName.SHAPES else None)
    except DataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None, None
    place = st.slider("Example", 0, 59, 3, key="cascade_place", persist_state="session")
    one = fit(data.validation.take([place % len(data.validation)]), shape)
    return one.images, data.class_names[one.labels[0]]


def _origin(run: Run | None, by_hand: bool) -> str:
    """Where the weights come from: what is seen must not be taken for something learned."""
    if run is None:
        return (
            f"Nobody has trained these weights: {'but for the kernels you chose, ' * by_hand}they "
            "are random, drawn from the same seed at each edit, so that those before the layer you "
            "change stay as they are. Finished trainings of this very network, among the latest "
            f"{MOST_RUNS} runs, can be chosen here."
        )
    replaced = (
        " The first convolution's kernels are replaced by yours, so this is not what was tested."
        if by_hand
        else ""
    )
    return trained_caption(run) + replaced


@kept()
def images(name: DatasetName, input_shape: tuple[int, int, int] | None) -> Dataset:
    """A small data set as it is, or drawn at an input's size; the one image shown is fitted."""
    return load(DatasetSpec(name), input_shape)
