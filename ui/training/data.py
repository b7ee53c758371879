"""Choosing a data set, with a look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from cnn.data import (
    CATALOGUE,
    DataError,
    DatasetName,
    DatasetSpec,
    Rejected,
    Split,
    library,
    load,
    title,
)
from cnn.data.dataset import FoundShape
from cnn.data.fitting import check_room, check_shape, fit
from cnn.data.summary import class_counts, pixel_histogram, seen_test_images, sizes_text
from cnn.network.shapes import shape_text
from cnn.pictures.data_bars import class_bars, pixel_bars
from cnn.pictures.samples import MOST_CLASSES, samples
from cnn.training.places import images_folder
from ui import theme
from ui.picture import picture
from ui.training import own_images
from ui.training.shapes import choose_shapes
from ui.words import percent, plain, pretty

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
OWN_EPOCHS = 10
EXAMPLES = 40
AGAINST_REPEATS = {
    DatasetName.SHAPES: " Larger images, or shapes that vary more, leave more to draw.",
    DatasetName.OWN_IMAGES: " Bring each image once.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a page keeps of a data set: its classes, its counts, and a few of its images."""

    class_names: tuple[str, ...]
    sizes: str
    counts: dict[str, tuple[int, ...]]
    few: Split
    origin: str
    rejected: tuple[Rejected, ...]
    pixels: tuple[tuple[float, ...], tuple[int, ...]]  # of the training images, as they were found
    found_shape: tuple[int, int, int]
    seen_test_images: int
    how_split: str
    """Of own images: what is used as what."""
    brought_shape: FoundShape
    """Of the images before they are fitted to any network, as far as they have it in common."""

    @property
    def train_images(self) -> int:
        return sum(self.counts["train"])

    @property
    def images(self) -> dict[str, int]:
        """The images of each split."""
        return {name: sum(split) for name, split in self.counts.items()}


def usual_epochs(id: str) -> int:
    """How many epochs are a good beginning for a data set."""
    return USUAL_EPOCHS[DatasetName(id)] if id in list(OFFERED) else OWN_EPOCHS


def choose_data(key: Callable[[str], str], *, on_change: Callable[[], None]) -> DatasetSpec | None:
    """A control with the data sets there are, and their settings, kept under the page's keys.

    None, with the reason shown, where the settings make no data set.
    """
    own = {one.id: one for one in library.kept(images_folder())}
    ids = [*OFFERED, *own]
    if st.session_state.get(key("data")) not in ids:  # its images were deleted
        st.session_state[key("data")] = DatasetName.MNIST_SAMPLE

    names = [one.name for one in own.values()]

    def words(id: str) -> str:
        if id in own:
            splits = own[id].spec.splits.replace("-", ", ") if names.count(own[id].name) > 1 else ""
            told_apart = f", split: {splits}" if splits else ""
            return f"{plain(own[id].name)} (yours{told_apart})"
        return CATALOGUE[DatasetName(id)].title

    id = st.segmented_control(
        "Data",
        ids,
        format_func=words,
        key=key("data"),
        required=True,
        persist_state="session",
        wrap=True,
        on_change=on_change,
    )

    def use(id: str) -> None:
        st.session_state[key("data")] = id
        on_change()

    with st.container(horizontal=True, gap="small"):
        own_images.offer(use)
        if id in own:
            own_images.deletion(own[id], lambda: use(DatasetName.MNIST_SAMPLE))
    if id in own:
        return own[id].spec
    if id == DatasetName.SHAPES:
        return choose_shapes(key)
    return DatasetSpec(DatasetName(id or OFFERED[0]))


def look(spec: DatasetSpec, input_shape: tuple[int, int, int]) -> Look | None:
    """Classes, counts and examples; None, with the reason shown, where the data cannot be had."""
    is_made_to_fit = spec.name in (DatasetName.SHAPES, DatasetName.OWN_IMAGES)
    with st.spinner(f"Loading {title(spec)} ...", show_time=True):
        found = _look(spec, input_shape if is_made_to_fit else None)
    if isinstance(found, Look):
        try:
            check_room(found.train_images + found.images["validation"], check_shape(input_shape))
            return replace(found, few=fit(found.few, input_shape))
        except DataError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
    st.error(plain(found), icon=":material/cloud_off:")
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
    examples, per_class, pixels = st.tabs(["Examples", "Images per class", "Pixel values"])
    with examples:
        picture(samples(found.few, found.class_names), key="samples", largest=1.0)
    with per_class:
        bars = class_bars(found.class_names, found.counts, dark=theme.is_dark())
        picture(bars, key="class_bars", largest=1.2)
    with pixels:
        bars = pixel_bars(*found.pixels, dark=theme.is_dark(), what="Pixels of training images")
        picture(bars, key="pixel_bars", largest=1.2)
        st.caption(_pixel_words(found))
    own_images.refused(found.rejected)
    height, width, channels = found.few.image_shape
    apart = "" if found.seen_test_images else "; none of them is also among the others"
    st.caption(
        f"{found.sizes} images of {height}×{width}×{channels}. Training images are learned from, "
        "validation images show after each epoch how well; the test images are looked at once in "
        f"each training, at its end{apart}."
    )
    split_said(found)
    repeats_said(found, spec.name)
    return found


def split_said(found: Look) -> None:
    """Which images of a person's own are used as what, before anything is trained on them."""
    if found.how_split:
        words = plain(found.how_split)
        st.caption(f":material/call_split: {words}")


def repeats_said(found: Look, name: DatasetName) -> None:
    """A warning where test images are among those that are learned from."""
    if found.seen_test_images:
        st.warning(
            f"{found.seen_test_images:,} of the {found.images['test']:,} test images also occur, "
            "pixel for pixel, among the training or validation images: a network may know them "
            "by heart. The result of a run counts the others on their own too."
            f"{AGAINST_REPEATS.get(name, '')}",
            icon=":material/content_copy:",
        )


def _pixel_words(found: Look) -> str:
    _, counts = found.pixels
    total = sum(counts)
    resized = "" if found.found_shape == found.few.image_shape else ", before they are resized"
    size = pretty(shape_text(found.found_shape))
    return (
        f"All {total:,} values of the {found.train_images:,} training images ({size}){resized}, "
        f"as float32 from 0 to 1: {percent(counts[0] / total)} in the darkest of {len(counts)} "
        f"bins, {percent(counts[-1] / total)} in the brightest. Counts on a log scale."
    )


# Reasons are kept as well: a download that failed is not tried again with every click.
@st.cache_resource(show_spinner=False, max_entries=24)
def _look(spec: DatasetSpec, input_shape: tuple[int, int, int] | None) -> Look | str:
    """A look at a data set, which is itself not kept: it may be large."""
    try:
        data = load(spec, input_shape)
    except DataError as error:
        return str(error)
    return Look(
        class_names=data.class_names,
        sizes=sizes_text(data),
        counts=class_counts(data),
        few=_few(data.train, len(data.class_names)),
        origin=data.origin,
        rejected=data.rejected,
        pixels=pixel_histogram(data.train),
        found_shape=data.image_shape,
        seen_test_images=int(seen_test_images(data).sum()),
        how_split=data.how_split,
        brought_shape=data.found_shape or CATALOGUE[DatasetName(data.name)].image_shape,
    )


def _few(split: Split, classes: int) -> Split:
    """Enough images of each class to show, in an array of their own."""
    places = [np.flatnonzero(split.labels == label)[:EXAMPLES] for label in range(classes)]
    return split.take(np.concatenate(places[:MOST_CLASSES]))
