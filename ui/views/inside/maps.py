"""The tab of feature maps: the explorer, and how the chosen cell came to its value."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.insight.passes.forward import Activations
from cnn.insight.readings.cell import Cell, cell
from cnn.insight.readings.explanations import explain
from cnn.network.seen import seen_of_image
from cnn.network.trace import Row, Trace
from cnn.numbers import number
from cnn.pictures.inside.cell import cell_picture, channel_shown
from cnn.pictures.inside.explorer import explorer_parts
from cnn.pictures.inside.patch import patch_picture
from ui.components.picture import picked, picture
from ui.parts.network.purpose import purpose
from ui.session.kept import kept
from ui.session.words import facts_html
from ui.views.inside.address import AT, REV
from ui.views.inside.explorer import INPUT, Place, explorer, liveliest, read_place, told
from ui.views.inside.image import Looked
from ui.views.inside.subject import Subject

CELL, CHANNEL, TOLD = "inside_cell", "inside_channel", "inside_told"


def place_of(traced: Trace, found: Activations) -> Place:
    """The place looked at: what the browser told last, the address, or the liveliest cell."""
    state = st.session_state
    heard = told()
    if heard is not None and heard != state.get(TOLD):
        state[TOLD] = state[AT] = heard
    given = state.get(AT)
    place = read_place(given, traced)
    if place is None:  # another network, or a link without a cell: the browser has to be told
        wanted = given if isinstance(given, dict) else {}
        place = liveliest(traced, found, wanted.get("layer"), wanted.get("map", -1))
        state[AT] = asdict(place)
        state[REV] = state.get(REV, 0) + 1
    return place


def show_maps(
    subject: Subject,
    traced: Trace,
    found: Activations,
    looked: Looked,
    place: Place,
    names: tuple[str, ...],
) -> None:
    """The explorer, and below it the cell with its true numbers."""
    id = f"{subject.weights_key}-{looked.id}"
    parts = _parts(id, traced, looked.pixels, found, names)
    explorer(parts, place, id=id, rev=f"{st.session_state.get(REV, 0)}")
    rows = {row.name: row for row in traced.rows}
    if place.layer == INPUT:
        value = float(looked.pixels[place.row, place.column, place.map])
        st.markdown(
            f"**Pixel {place.row}, {place.column}** of the image has the value "
            f"**{number(value)}**, from 0 (black) to 1. {_fed(subject, looked, place)}"
            "Choose a layer to see what "
            "becomes of it."
        )
        return
    row = rows[place.layer]
    _cell_panel(subject, traced, found, looked, place, row)
    with st.expander(f"{row.title}: its sizes and what it costs", icon=":material/straighten:"):
        purpose(row.layer)
        st.html(facts_html(explain(row, traced)))


def _fed(subject: Subject, looked: Looked, place: Place) -> str:
    """What the network gets for a pixel, where that is another number."""
    feed = subject.architecture.fed
    if feed.is_usual:
        return ""
    pixel = feed.of(looked.pixels)[place.row, place.column]
    value = float(pixel[::-1][place.map] if feed.bgr else pixel[place.map])
    return f"The network gets **{_exact(value)}** for it. "


# The bytes of a few images: small beside the passes they are made of.
@kept(most=12)
def _parts(
    id: str, _traced: Trace, _image: Floats, _found: Activations, _names: tuple[str, ...]
) -> list[dict[str, Any]]:
    return explorer_parts(_traced, _image, _found.outputs, _names)


def _cell_panel(
    subject: Subject, traced: Trace, found: Activations, looked: Looked, place: Place, row: Row
) -> None:
    one = cell(traced, subject.weights, found, row.name, place.of(row))
    where = (
        f"feature {place.row}"
        if len(row.output_shape) == 1
        else f"map {place.map}, cell {place.row}, {place.column}"
    )
    st.markdown(f"## {row.title}, {where}: **{_exact(one.value)}**")
    left, right = st.columns([1, 4], gap="medium")
    with left:
        _seen(traced, row, looked, place)
    with right:
        st.markdown(one.sentence)
        if one.detail is not None:
            svg = cell_picture(one, channel_shown(one, _channel(row)))
            picture(svg, key=CELL, largest=1.2)
            if _has_channels(one):
                st.caption(
                    "Indigo is above zero, orange below. Click a bar to see the numbers of "
                    "another input channel."
                )


def _exact(value: float) -> str:
    return number(value, 5)


def _seen(traced: Trace, row: Row, looked: Looked, place: Place) -> None:
    """The image with a frame around all that the cell can see of it."""
    box = seen_of_image(traced, row, (place.row, place.column))
    picture(patch_picture(looked.pixels, box), key="inside_seen", largest=1.0)
    size = f"{box.bottom - box.top}×{box.right - box.left}"
    st.caption(f"What it sees of the image lies within the frame: {size} pixels.")


def _channel(row: Row) -> int | None:
    """The input channel that was clicked, as long as the layer is the same."""
    if match := re.fullmatch(r"channel:(\d{1,6})", picked(CELL) or ""):
        st.session_state[CHANNEL] = (row.name, int(match[1]))
    layer, channel = st.session_state.get(CHANNEL, ("", 0))
    return channel if layer == row.name else None


def _has_channels(one: Cell) -> bool:
    window = getattr(one.detail, "window", None)
    return window is not None and len(window.channels) > 1 and np.ndim(window.values) == 3
