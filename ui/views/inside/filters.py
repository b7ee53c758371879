"""The tab of filters: the kernels as pictures, what excites one, and how like kernels by hand."""

from __future__ import annotations

import re

import numpy as np
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.readings.likeness import BY_HAND, LikenessError, by_chance, likeness
from cnn.insight.readings.look_effort import of_kernels
from cnn.network.layers import (
    Conv2D,
    Conv2DTranspose,
    Convolution,
    DepthwiseConv2D,
    SeparableConv2D,
)
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace
from cnn.numbers import number
from cnn.pictures.inside.likeness import MOST, likeness_picture
from cnn.pictures.inside.snapshots import MOST_CHANNELS, MOST_TILES, kernels_picture
from cnn.pictures.kit.gallery import Tile, gallery
from ui.components.picture import picked, picture
from ui.parts.runs.measured import Images
from ui.session.kept import turn
from ui.session.words import plain
from ui.views.inside import measure
from ui.views.inside.subject import Subject

LAYER, CHOSEN = "inside_filters_of", "inside_filter"


def show_filters(subject: Subject, traced: Trace, images: Images | str) -> None:
    """The kernels of a convolution, one of them in full, and the learned beside the known."""
    rows = {row.name: row for row in traced.rows if isinstance(row.layer, Convolution)}
    if not rows:
        st.caption("This network has no convolution, so it has no kernels to look at.")
        return
    first = next(iter(rows.values()))
    name = st.selectbox(
        "Convolution",
        list(rows),
        format_func=lambda name: _words(rows[name]),
        key=f"{LAYER}_{subject.key}",
        width=340,
    )
    row = rows[name]
    against_hand_made = row is first and isinstance(row.layer, Conv2D)
    asked = of_kernels(row, against_hand_made=against_hand_made)
    asked.check(f"To show the kernels of {row.title}, {row.weights[0].count:,} numbers,")
    with turn(asked):
        _kernels_of(subject, row, images)
    if against_hand_made:
        with turn(asked):
            _against_hand_made(row, subject.weights[row.name][0])


def _kernels_of(subject: Subject, row: Row, images: Images | str) -> None:
    kernels = shown_kernels(row, subject.weights[row.name][0])
    left, right = st.container(key="halves_filters").columns(2, gap="large")
    with left:
        chosen = _choose(subject, row, kernels)
    with right:
        _one(subject, row, kernels, chosen, images)


def shown_kernels(row: Row, kernel: Array) -> Array:
    """`[height, width, channels, filters]`; those that read one channel each have one."""
    if isinstance(row.layer, DepthwiseConv2D | SeparableConv2D):
        return kernel.reshape(*kernel.shape[:2], 1, -1)
    if isinstance(row.layer, Conv2DTranspose):
        return kernel.swapaxes(2, 3)
    return kernel


def _words(row: Row) -> str:
    size = shape_text(row.layer.kernel_size) if isinstance(row.layer, Convolution) else ""
    return f"{row.title} · {row.output_shape[-1]} filters of {size}".replace("x", "×")


def _choose(subject: Subject, row: Row, kernels: Array) -> int:
    """The kernels of the layer; the one that was clicked."""
    count, channels = kernels.shape[3], kernels.shape[2]
    key = f"inside_kernels_{subject.key}_{row.name}"
    state = st.session_state.setdefault(CHOSEN, {})
    if found := re.fullmatch(r"[0-9]{1,5}", picked(key) or ""):
        state[key] = int(found[0])
    chosen: int = min(state.get(key, 0), count - 1)
    st.markdown("**Kernels**")
    picture(kernels_picture(kernels, chosen=chosen), key=key, largest=1.15)
    said = "Indigo is above zero, orange below. Click a kernel."
    if channels > MOST_CHANNELS:
        said += f" Of its {channels} input channels the first {MOST_CHANNELS}, one below the other."
    if count > MOST_TILES:
        said += f" The first {MOST_TILES} of {count}."
    if isinstance(row.layer, SeparableConv2D):
        said += " These are the depthwise kernels; the pointwise ones mix what they find."
    st.caption(said)
    return chosen


def _one(subject: Subject, row: Row, kernels: Array, chosen: int, images: Images | str) -> None:
    """One filter in full: each of its channels, and the patches that excite it most."""
    st.markdown(f"**Filter {chosen}**")
    if kernels.shape[2] > 1:
        each = np.ascontiguousarray(kernels[..., chosen])[:, :, None, :]
        picture(kernels_picture(each), key="inside_one_kernel", largest=1.0)
        st.caption("Its kernel for each input channel.")
    if isinstance(images, str) or isinstance(row.layer, SeparableConv2D):
        return
    with st.spinner("Looking for what excites these filters ...", show_time=True):
        found, count = measure.patches(subject.weights_key, row.name, subject, images)
    tiles = [
        Tile(
            patch.crop(images.test.pixels),
            f"Test image {patch.image}, cell {patch.cell}",
            number(patch.activation, 3),
            f"image {patch.image}",
        )
        for patch in found[chosen]
    ]
    st.html(gallery(tiles, size_px=62))
    st.caption(
        f"The patches among {measure.counted(count)} that filter {chosen} answers most strongly, "
        "at most one of each image, with its answer before any later layer."
    )


def _against_hand_made(row: Row, kernels: Array) -> None:
    st.header("Learned against made by hand", anchor=False)
    try:
        found = likeness(kernels)
    except LikenessError as error:
        st.caption(plain(str(error)))
        return
    size = kernels.shape[:2]
    best = np.abs(found).max(axis=1)
    picture(likeness_picture(kernels, found), key="inside_likeness", largest=1.0)
    many = f" The {MOST} most alike of {len(found)}." if len(found) > MOST else ""
    st.caption(
        f"Pearson's correlation of each kernel of {row.title} with {', '.join(BY_HAND[:-1])} and "
        f"{BY_HAND[-1]}; −1 is the negative, which finds the same thing with the sign "
        f"turned.{many} The best match of a kernel has |r| = {best.mean():.2f} on average; of "
        f"random numbers of this size it is {by_chance(*size):.2f}, so only what is well above "
        "that is a likeness."
    )
