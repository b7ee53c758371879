"""Choosing a data set, with a look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetName, DatasetSpec, Split, load
from cnn.data.fitting import fit
from cnn.data.summary import class_counts, sizes_text
from cnn.pictures.samples import MOST_CLASSES, samples
from ui.picture import picture

OFFERED = (
    DatasetName.SHAPES,
    DatasetName.DIGITS,
    DatasetName.MNIST_SAMPLE,
    DatasetName.MNIST,
    DatasetName.FASHION_MNIST,
)
USUAL_EPOCHS = {
    DatasetName.SHAPES: 20,
    DatasetName.DIGITS: 15,
    DatasetName.MNIST_SAMPLE: 5,
    DatasetName.MNIST: 1,
    DatasetName.FASHION_MNIST: 3,
}
EXAMPLES = 40


@dataclass(frozen=True, slots=True)
class Look:
    """What a page keeps of a data set: its classes, its counts, and a few of its images."""

    class_names: tuple[str, ...]
    sizes: str
    counts: dict[str, tuple[int, ...]]
    few: Split
    origin: str

    @property
    def train_images(self) -> int:
        return sum(self.counts["train"])


def choose_data(key: str, *, on_change: Callable[[], None] | None = None) -> DatasetSpec:
    """A control with the data sets there are; the choice is kept under `key`."""
    name = st.segmented_control(
        "Data",
        OFFERED,
        format_func=lambda name: CATALOGUE[name].title,
        key=key,
        required=True,
        persist_state="session",
        wrap=True,
        on_change=on_change or "rerun",
    )
    return DatasetSpec(name if name in OFFERED else OFFERED[0])


def look(spec: DatasetSpec, input_shape: tuple[int, int, int]) -> Look | None:
    """Classes, counts and examples; None, with the reason shown, where the data cannot be had."""
    with st.spinner(f"Loading {CATALOGUE[spec.name].title} ...", show_time=True):
        found = _look(spec, input_shape)
    if isinstance(found, Look):
        return found
    st.error(found, icon=":material/cloud_off:")
    if st.button("Try again", icon=":material/refresh:"):
        _look.clear()
        st.rerun()
    return None


def look_at(spec: DatasetSpec, input_shape: tuple[int, int, int]) -> Look | None:
    """Shows what the data set is, examples of each class, and how it is split."""
    st.caption(CATALOGUE[spec.name].description)
    found = look(spec, input_shape)
    if found is None:
        return None
    picture(samples(found.few, found.class_names), key="samples", largest=1.0)
    height, width, channels = found.few.image_shape
    st.caption(
        f"{found.sizes} images of {height}×{width}×{channels}. The test images are looked at "
        "once, at the end."
    )
    return found


# Reasons are kept as well: a download that failed is not tried again with every click.
@st.cache_resource(show_spinner=False, max_entries=24)
def _look(spec: DatasetSpec, input_shape: tuple[int, int, int]) -> Look | str:
    """A look at a data set, which is itself not kept: it may be large."""
    drawn = spec.name is DatasetName.SHAPES
    try:
        data = load(spec, input_shape if drawn else None)
        few = fit(_few(data.train, len(data.class_names)), input_shape)
    except DataError as error:
        return str(error)
    return Look(data.class_names, sizes_text(data), class_counts(data), few, data.origin)


def _few(split: Split, classes: int) -> Split:
    """Enough images of each class to show, in an array of their own."""
    places = [np.flatnonzero(split.labels == label)[:EXAMPLES] for label in range(classes)]
    return split.take(np.concatenate(places[:MOST_CLASSES]))
