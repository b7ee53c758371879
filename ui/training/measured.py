"""What was measured of a finished run: its predictions, and the very images they were made for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetSpec, Split, fingerprint, is_here, load, title
from cnn.data.summary import class_counts
from cnn.insight.dead_units import LayerActivity, layer_activity
from cnn.insight.forward import ImagesError
from cnn.network.keras_model import WeightsError
from cnn.network.trace import trace
from cnn.training.evaluation import Predictions, PredictionsError
from cnn.training.run import PREDICTIONS, Run
from cnn.training.weights import trained_weights
from ui.training import runs

FETCH = "fetch_images"
VALIDATION = 200
FEWEST = 20
MOST_MACS = 4_000_000_000
"""What a forward pass over these images may cost here: a second or two."""


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """The test images a run was measured on, a few validation images, and the classes."""

    class_names: tuple[str, ...]
    test: Split
    validation: Split
    validation_counts: tuple[int, ...] = ()
    """Of each class, all validation images and not the few that are kept here."""


def predictions(run: Run) -> Predictions | str | None:
    """The kept predictions, or why they cannot be read; None where none were made."""
    return _predictions(runs.store().url, run.id, run.finished_at)


def activity(run: Run, found: Images) -> tuple[LayerActivity, ...]:
    """How many units behind a ReLU never fire, on a few validation images; nothing without
    weights.
    """
    return _activity(runs.store().url, run.id, run.finished_at, run, found)


# By the end of the run: one that is taken up again ends once more, with other weights.
@st.cache_resource(show_spinner=False, max_entries=32)
def _activity(
    url: str, run_id: str, finished_at: float | None, _run: Run, _found: Images
) -> tuple[LayerActivity, ...]:
    few = max(FEWEST, min(VALIDATION, MOST_MACS // max(trace(_run.architecture).total_macs, 1)))
    pixels = _found.validation.take(np.arange(min(few, len(_found.validation)))).images
    try:
        weights = trained_weights(runs.store(), _run)
        return layer_activity(_run.architecture, weights, pixels)
    except (WeightsError, ImagesError):
        return ()


@st.cache_resource(show_spinner=False, max_entries=16)
def _predictions(url: str, run_id: str, finished_at: float | None) -> Predictions | str | None:
    content = runs.store().file(run_id, PREDICTIONS)
    if content is None:
        return None
    try:
        return Predictions.from_bytes(content)
    except PredictionsError as error:
        return str(error)


def images(run: Run) -> Images | str:
    """The images of the run, or why they cannot be shown: never others in their place."""
    spec = run.configuration.dataset
    if must_be_fetched(spec):
        return f"{title(spec)} is not on this machine yet; look again, and it is downloaded."
    with st.spinner(f"Loading {CATALOGUE[spec.name].title} ...", show_time=True):
        return _images(spec, run.architecture.input, run.data_fingerprint)


def must_be_fetched(spec: DatasetSpec) -> bool:
    """Whether a download is needed that nobody has asked for: it may take long, or never end."""
    return not (is_here(spec) or st.session_state.get(FETCH))


def look_again() -> None:
    """Forgets images and reasons, so that they are looked for once more, and fetched if need be."""
    st.session_state[FETCH] = True
    _images.clear()


# By the fingerprint, so that what was found once stays right for this run. Reasons are kept as
# well: a download that failed is not tried again with every click.
@st.cache_resource(show_spinner=False, max_entries=6)
def _images(spec: DatasetSpec, input_shape: tuple[int, int, int], wanted: str) -> Images | str:
    try:
        data = load(spec, input_shape)
    except DataError as error:
        return str(error)
    found = fingerprint(data)
    if found != wanted:
        return (
            f"The data is not what it was: its fingerprint is {found[:8]}, this run was trained "
            f"and tested on {wanted[:8] or 'data without one'}."
        )
    few = data.validation.take(np.arange(min(VALIDATION, len(data.validation))))
    counts = class_counts(data)["validation"]
    return Images(data.class_names, _own(data.test), few, counts)


def _own(split: Split) -> Split:
    """The split in an array of its own, so that the rest of the data need not be kept."""
    return split.take(np.arange(len(split)))
