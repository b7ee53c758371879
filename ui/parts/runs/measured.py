"""What was measured of a finished run: its predictions, and the very images they were made for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetSpec, is_here, title
from cnn.data.in_child_process import for_tests
from cnn.data.look import Tested
from cnn.diagnose.evaluation import Predictions, PredictionsError
from cnn.insight.passes import effort
from cnn.insight.passes.effort import Effort, TooMuchError, most_images
from cnn.insight.passes.forward import ImagesError
from cnn.insight.readings.dead_units import LayerActivity, layer_activity
from cnn.insight.readings.look_effort import of_activity
from cnn.network.keras.model import WeightsError
from cnn.network.trace import trace
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.run import PREDICTIONS, Run
from ui.parts.runs import runs
from ui.session.kept import kept

FETCH = "fetch_images"
LOOK_S = 5.0
"""What a forward pass over the validation images may take here."""

Images = Tested


def predictions(run: Run) -> Predictions | str | None:
    """The kept predictions, or why they cannot be read; None where none were made."""
    found = _predictions(runs.store().url, run.id, run.finished_at)
    classes = trace(run.architecture).output_shape[-1]
    if isinstance(found, Predictions) and found.classes != classes:
        return (
            f"The kept predictions are of {found.classes:,} classes, and the network has "
            f"{classes:,}. Train the run again."
        )
    return found


def activity(run: Run, found: Images) -> tuple[LayerActivity, ...]:
    """How many units behind a ReLU never fire, on a few validation images; nothing without
    weights.
    """
    return _activity(runs.store().url, run.id, run.finished_at, run, found)


def _asks_activity(
    url: str, run_id: str, finished_at: float | None, run: Run, found: Images
) -> Effort:
    of = run.architecture
    return effort.of_weights(of).then(of_activity(of, len(found.validation)))


# By the end of the run: one that is taken up again ends once more, with other weights.
@kept(asks=_asks_activity)
def _activity(
    url: str, run_id: str, finished_at: float | None, _run: Run, _found: Images
) -> tuple[LayerActivity, ...]:
    held, many = effort.of_weights(_run.architecture), len(_found.validation)
    try:
        few = most_images(
            lambda count: held.then(of_activity(_run.architecture, count)), many, "", LOOK_S
        )
        pixels = _found.validation.take(np.arange(few)).images
        weights = trained_weights(runs.store(), _run)
        return layer_activity(_run.architecture, weights, pixels)
    except (WeightsError, ImagesError, TooMuchError):
        return ()


@kept()
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
@kept(most=6)
def _images(spec: DatasetSpec, input_shape: tuple[int, int, int], wanted: str) -> Images | str:
    try:
        found = for_tests(spec, input_shape)
    except DataError as error:
        return str(error)
    if found.fingerprint != wanted:
        return (
            f"The data is not what it was: its fingerprint is {found.fingerprint[:8]}, this run "
            f"was trained and tested on {wanted[:8] or 'data without one'}."
        )
    return found
