"""Choosing a data set, with a look at it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetName, DatasetSpec, Split, title
from cnn.data.fitting import check_room, check_shape, fit, image_text
from cnn.data.in_child_process import look_at as look_at_data
from cnn.data.look import Look, few_of
from cnn.data.own import library
from cnn.data.portion import Portion
from cnn.data.sets import DRAWN, SETS
from cnn.pictures.data.data_bars import class_bars, pixel_bars
from cnn.pictures.data.samples import first_of, samples
from cnn.pictures.kit.label import shortened
from ui.components.picture import picture
from ui.parts.setup import own_images
from ui.parts.setup.drawings import choose_drawings
from ui.session import theme
from ui.session.kept import kept
from ui.session.person import own_folder
from ui.session.words import percent, plain

LARGEST_SHOWN = 96
MOST_LETTERS = 22
MOST_NAMED = 5


def usual_epochs(id: str) -> int:
    """How many epochs are a good beginning for a data set."""
    name = DatasetName(id) if id in list(SETS) else DatasetName.OWN_IMAGES
    return CATALOGUE[name].usual_epochs


def choose_data(key: Callable[[str], str], *, on_change: Callable[[], None]) -> DatasetSpec | None:
    """A control with the data sets there are, and their settings, kept under the page's keys.

    None, with the reason shown, where the settings make no data set.
    """
    spec = _choose(key, on_change)
    text = st.session_state.get(key("portion"))
    if spec is None or not text:
        return spec
    portion = Portion.read(text)  # put there by a run, or by an address that was read

    def use_all() -> None:
        st.session_state[key("portion")] = ""
        on_change()

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/filter_list: {plain(portion.words)}", width="content")
        st.button("Use all images", type="tertiary", on_click=use_all)
    return replace(spec, portion=portion)


def _choose(key: Callable[[str], str], on_change: Callable[[], None]) -> DatasetSpec | None:
    own = {one.id: one for one in library.kept(own_folder())}
    ids = [*SETS, *own]
    if st.session_state.get(key("data")) not in ids:  # its images were deleted
        st.session_state[key("data")] = DatasetName.MNIST_SAMPLE

    names = [one.name for one in own.values()]
    called = _short_names({id: one.name for id, one in own.items()})

    def words(id: str) -> str:
        if id in own:
            spec, is_alone = own[id].spec, names.count(own[id].name) < 2
            splits = f", split: {spec.splits.replace('-', ', ')}" if spec.splits else ""
            read = f", read as {plain(spec.reading)}" if spec.reading else ""
            told_apart = "" if is_alone else f"{splits}{read}"
            return f"{plain(called[id])} (yours{told_apart})"
        return CATALOGUE[DatasetName(id)].title

    id = st.pills(
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
        if called[id] != own[id].name:
            st.caption(f":material/photo_library: {plain(own[id].name)}")
        return own[id].spec
    name = DatasetName(id or next(iter(SETS)))
    return choose_drawings(name, key) if name in DRAWN else DatasetSpec(name)


def _short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names that fit into a row of choices; one that no other is then mistaken for."""
    cut = {id: shortened(name, MOST_LETTERS) for id, name in names.items()}
    taken = Counter(cut.values())
    return {id: one if taken[one] == 1 else names[id] for id, one in cut.items()}


def look(spec: DatasetSpec, input_shape: tuple[int, int, int]) -> Look | None:
    """Classes, counts and examples; None, with the reason shown, where the data cannot be had."""
    with st.spinner(f"Loading {title(spec)} ...", show_time=True):
        found = _look(spec, input_shape if CATALOGUE[spec.name].is_made_to_fit else None)
    if isinstance(found, Look):
        try:
            check_room(found.train_images + found.images["validation"], check_shape(input_shape))
            few = few_of(found.few, len(found.class_names), math.prod(input_shape))
            return replace(found, few=fit(few, input_shape))
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
        picture(samples(_small(found.few), found.class_names), key="samples", largest=1.0)
        st.caption(_first_words(found))
    with per_class:
        bars = class_bars(found.class_names, found.counts, dark=theme.is_dark())
        picture(bars, key="class_bars", largest=1.2)
    with pixels:
        bars = pixel_bars(*found.pixels, dark=theme.is_dark(), what="Pixels of training images")
        picture(bars, key="pixel_bars", largest=1.2)
        st.caption(_pixel_words(found))
    own_images.refused(found.rejected, found.all_rejected)
    height, width, channels = found.few.image_shape
    apart = "" if found.seen_test_images else "; none of them is also among the others"
    st.caption(
        f"{found.sizes} images of {height}×{width}×{channels}. Training images are learned from, "
        "validation images show after each epoch how well; the test images are used once, "
        f"after training{apart}."
    )
    split_said(found)
    repeats_said(found, spec.name)
    return found


def _small(few: Split) -> Split:
    """No larger than an example is shown, on a screen with two pixels for one."""
    height, width, channels = few.image_shape
    over = max(height, width) / LARGEST_SHOWN
    if over <= 1:
        return few
    return fit(few, (max(1, round(height / over)), max(1, round(width / over)), channels))


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
            f"{CATALOGUE[name].against_repeats}",
            icon=":material/content_copy:",
        )


def _first_words(found: Look) -> str:
    """That there are more than are shown."""
    names, counts = found.class_names, found.counts["train"]
    first = min(first_of(len(names)), int(np.bincount(found.few.labels).max()))
    if len(names) > MOST_NAMED:
        return f"The first {first} of each class, of {found.train_images:,} training images in all."
    more = [
        f"{count - first:,} more of {plain(name)}"
        for name, count in zip(names, counts, strict=True)
        if count > first
    ]
    return f"The first {first} of each class; and {', '.join(more)}." if more else ""


def _pixel_words(found: Look) -> str:
    _, counts = found.pixels
    total = sum(counts)
    resized = "" if found.found_shape == found.few.image_shape else ", before they are resized"
    size = image_text(found.found_shape)
    return (
        f"All {total:,} values of the {found.train_images:,} training images ({size}){resized}, "
        f"as float32 from 0 to 1: {percent(counts[0] / total)} in the darkest of {len(counts)} "
        f"bins, {percent(counts[-1] / total)} in the brightest. Counts on a log scale."
    )


# Reasons are kept as well: a download that failed is not tried again with every click.
@kept(most=24)
def _look(spec: DatasetSpec, input_shape: tuple[int, int, int] | None) -> Look | str:
    """A look at a data set, which is itself not kept: it may be large."""
    try:
        return look_at_data(spec, input_shape)
    except DataError as error:
        return str(error)
