"""The page from top to bottom: choose a network and an image, then look at it in six ways."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.data.dataset import Images as Floats
from cnn.insight.passes.effort import TooMuchError
from cnn.insight.passes.forward import ImagesError
from cnn.insight.readings.answers import answer
from cnn.network.keras.model import WeightsError
from cnn.network.trace import trace
from cnn.pictures.kit.inline import pixels_uri
from cnn.pictures.kit.palette import WRONG
from ui.parts.drawing.answers import how_sure
from ui.parts.drawing.answers import said_of as answer_said
from ui.parts.runs.measured import Images
from ui.session import theme
from ui.session.words import plain
from ui.views.inside import address, measure
from ui.views.inside.errs import show_errors
from ui.views.inside.filters import show_filters
from ui.views.inside.image import Looked, choose_image, images_of, said_of
from ui.views.inside.layers import show_layers
from ui.views.inside.maps import place_of, show_maps
from ui.views.inside.subject import Subject, choose_subject
from ui.views.inside.through_time import show_training
from ui.views.inside.where import show_where

MAPS, FILTERS, LAYERS, WHERE, CONFUSES, TIME = (
    "Feature maps",
    "Filters",
    "Layers",
    "Where it looks",
    "What it confuses",
    "Through training",
)
WORDS = {
    "maps": MAPS,
    "filters": FILTERS,
    "layers": LAYERS,
    "where": WHERE,
    "errors": CONFUSES,
    "training": TIME,
}
"""The tabs, in their order, by their words in an address."""


def looking() -> None:
    """All of the page that a click changes."""
    with ExitStack() as in_turn:
        left, right = st.columns([4, 7], gap="large")
        with left:
            subject = choose_subject(in_turn)
            if subject is not None:
                st.caption(plain(subject.about))
        if subject is not None:
            _look_at(subject, right)


def _look_at(subject: Subject, right: DeltaGenerator) -> None:
    traced = trace(subject.architecture)
    images = images_of(subject)
    with right:
        looked = choose_image(subject, images)
    if looked is None:
        return
    try:
        found = measure.activations(subject.weights_key, looked.id, subject, looked.pixels)
    except (ImagesError, WeightsError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    place = place_of(traced, found)
    address.keep(subject, place, WORDS)
    likely = measure.likely(subject, found)
    names = images.class_names if isinstance(images, Images) else subject.class_names
    with right:
        _says(looked, likely, names)
    views: dict[str, Callable[[], None]] = {
        MAPS: lambda: show_maps(subject, traced, found, looked, place, names),
        FILTERS: lambda: show_filters(subject, traced, images),
        LAYERS: lambda: show_layers(subject, images),
        WHERE: lambda: show_where(subject, looked, likely, names),
        CONFUSES: lambda: show_errors(subject, images),
        TIME: lambda: show_training(subject),
    }
    tabs = st.tabs(list(views), key=address.TAB, on_change="rerun")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                try:
                    show()
                except TooMuchError as error:
                    st.info(plain(str(error)), icon=":material/hourglass_empty:")


def _says(looked: Looked, likely: Floats | None, names: tuple[str, ...]) -> None:
    """The image, what it is, and what the network takes it for."""
    said, note, wrong = "What it gives are no scores of classes that have a name here.", "", ""
    if likely is not None and len(likely) == len(names) > 1:
        (said, note), given = answer_said(likely, names), answer(likely).label
        if looked.label == given:
            note += "; the label says so too"
        elif looked.label is not None:
            said, note = f"It says {names[given]}.", how_sure(likely, names)
            wrong = f" Wrong: the label says {names[looked.label]}."
    st.html(
        f'{_STYLE}<div class="says"><img src="{pixels_uri(looked.pixels)}" alt=""><p><b>'
        f'{escape(said)}<em style="color:{WRONG[theme.is_dark()]}">{escape(wrong)}</em></b>'
        f"<small>{escape(note)}</small><small>{escape(said_of(looked))}</small></p></div>"
    )


_STYLE = """
<style>
.says {display: flex; gap: .9rem; align-items: center}
.says img {width: 68px; height: 68px; object-fit: contain; image-rendering: pixelated;
           border-radius: 5px; outline: 1px solid rgb(128 128 128 / .3)}
.says p {margin: 0; min-width: 0; overflow-wrap: anywhere; line-height: 1.4}
.says b {font-size: 1.15rem; font-weight: 600}
.says em {font-style: normal}
.says small {display: block; opacity: .75; font-size: .86rem}
</style>
"""
