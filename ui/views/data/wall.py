"""A wall of images, class by class, and how many each class has."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data.dataset import Sizes
from cnn.data.inspection import OfClass
from cnn.data.inspection_outside import Inspected
from cnn.numbers import fixed
from cnn.pictures.data.data_bars import class_bars
from cnn.pictures.kit.gallery import Tile, gallery
from ui.components.picture import picture
from ui.session import theme
from ui.session.words import percent, plain

ALL = -1
OF_EACH, STEP = 12, 60
TILE_PX, MEAN_PX = 56, 124
MOST_ROWS = 40
MOST_SIZES = 5
COLOURS = ("red", "green", "blue")


def wall(found: Inspected) -> None:
    """Some images of every class, or as many as one likes of one of them."""
    names = found.class_names
    chosen = st.selectbox(
        "Class",
        [ALL, *range(len(names))],
        format_func=lambda label: "all classes" if label == ALL else plain(names[label]),
        key="data_wall_class",
        width=260,
    )
    if chosen == ALL:
        for label in range(min(len(names), MOST_ROWS)):
            st.markdown(f"**{plain(names[label])}** · {_many(found, label)}")
            _tiles(found, label, OF_EACH)
        if len(names) > MOST_ROWS:
            st.caption(f"And {len(names) - MOST_ROWS:,} more classes: choose one above.")
        return
    there = int((found.wall.labels == chosen).sum())
    shown = min(int(st.session_state.get("data_wall_shown", STEP)), there)
    st.caption(f"{_many(found, chosen)}; the first {shown:,} are shown.")
    _tiles(found, chosen, shown)
    if shown < there:
        st.button(
            "Show more",
            icon=":material/expand_more:",
            on_click=lambda: st.session_state.update(data_wall_shown=shown + STEP),
        )


def _many(found: Inspected, label: int) -> str:
    counts = found.counts
    learned = counts["train"][label] + counts["validation"][label]
    return f"{learned:,} images to train and validate, {counts['test'][label]:,} to test"


def _tiles(found: Inspected, label: int, many: int) -> None:
    places = np.flatnonzero(found.wall.labels == label)[:many]
    name = found.class_names[label]
    tiles = [
        Tile(found.wall.pixels[place], f"{name}, image {number} of its class")
        for number, place in enumerate(places, start=1)
    ]
    st.html(gallery(tiles, size_px=TILE_PX))


def balance(found: Inspected) -> None:
    """How many images each class has, in which split, and what that means for guessing."""
    counts = found.counts
    picture(
        class_bars(found.class_names, counts, dark=theme.is_dark()), key="data_bars", largest=1.4
    )
    totals = [sum(each) for each in zip(*counts.values(), strict=True)]
    most, least = int(np.argmax(totals)), int(np.argmin(totals))
    validation = counts["validation"]
    largest = max(validation) / sum(validation)
    times = f"{fixed(totals[most] / totals[least], 1)} times" if totals[least] else "and none is"
    st.markdown(
        f"The largest class, {plain(found.class_names[most])}, has {totals[most]:,} images, "
        f"{times} as many as the smallest, {plain(found.class_names[least])} ({totals[least]:,}). "
        f"Who always names the largest class is right in {percent(largest)} of the validation "
        "images: a network has to do better."
    )


def in_common(found: Inspected) -> None:
    """The mean image of each class, and how bright its images are."""
    st.caption(
        "The mean of all images of a class to train and validate. What is sharp in it stands at "
        "the same place in most of them; a class whose mean can be told by its colour alone may "
        "be learned by that."
    )
    tiles = [
        Tile(
            found.found.means[label],
            f"The mean of {own.images:,} images of {found.class_names[label]}",
            found.class_names[label],
            _levels(own),
        )
        for label, own in enumerate(found.found.classes)
        if own.images
    ]
    st.html(gallery(tiles, size_px=MEAN_PX))
    if said := sizes_said(found.found.sizes):
        st.caption(f":material/aspect_ratio: {said}")
    st.caption("From 0 (black) to 1: the mean of an image's pixels, ± how far images differ in it.")


def _levels(own: OfClass) -> str:
    """How bright the images of a class are, and, where they have colours, each of these."""
    said = [f"brightness {fixed(own.brightness, 2)} ± {fixed(own.spread, 2)}"]
    if len(own.channels) == len(COLOURS):
        said += [
            f"{colour} {fixed(mean, 2)} ± {fixed(spread, 2)}"
            for colour, (mean, spread) in zip(COLOURS, own.channels, strict=True)
        ]
    return ", ".join(one.replace(" ", "\u00a0") for one in said)


def sizes_said(sizes: Sizes) -> str:
    """The sizes that pictures have, the most frequent first; nothing where none is known."""
    if not sizes:
        return ""
    total = sum(many for _, many in sizes)
    first = [
        f"{many:,} of {width}×{height}{'' if channels == 3 else ' in grey'}"
        for (height, width, channels), many in sizes[:MOST_SIZES]
    ]
    more = len(sizes) - MOST_SIZES
    rest = f", and {more:,} more sizes" if more > 0 else ""
    said = f"The {total:,} pictures as they were brought, width × height: {', '.join(first)}{rest}."
    if len(sizes) == 1:
        return said
    by_pixels = sorted((height * width, width, height) for (height, width, _), _ in sizes)
    (_, *small), (_, *large) = by_pixels[0], by_pixels[-1]
    shapes = [width / height for (height, width, _), _ in sizes]
    return (
        f"{said} From {small[0]}×{small[1]} to {large[0]}×{large[1]} pixels, "
        f"{fixed(min(shapes), 2)} to {fixed(max(shapes), 2)} times as wide as high: the more they "
        "differ, the more are stretched when they are fitted to a network."
    )
