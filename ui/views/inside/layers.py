"""The tab of layers: figures of each over test images, warnings, and how its numbers spread."""

from __future__ import annotations

import streamlit as st

from cnn.insight.readings.layer_statistics import DEAD, Histogram, LayerStatistics
from cnn.numbers import number
from cnn.pictures.inside.histogram import histogram_picture
from ui.components.picture import picture
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.runs.measured import Images
from ui.session.words import percent
from ui.views.inside import measure
from ui.views.inside.subject import Subject

CHOSEN = "inside_layer"
COLUMNS = (
    Column("title", "Layer"),
    Column("mean", "Mean", "Of all it gives for these images", is_number=True),
    Column("sd", "Spread", "Standard deviation of all it gives", is_number=True),
    Column("zeros", "Zeros", "The share of its values that are 0", is_number=True),
    Column("dead", "Dead units", "Behind a ReLU, 0 for every one of these images", is_number=True),
    Column(
        "saturated", "Saturated", "The share of values where its activation is flat", is_number=True
    ),
)


def show_layers(subject: Subject, images: Images | str) -> None:
    """A row for each layer; the chosen one's histograms beside it."""
    if isinstance(images, str):
        st.caption("These figures are taken over test images, which this network has none of here.")
        return
    with st.spinner("Following test images through all layers ...", show_time=True):
        found = measure.statistics(subject.weights_key, subject, images)
    for one in found:
        for warning in one.warnings:
            st.warning(warning, icon=":material/warning:")
    names = [one.name for one in found]
    left, right = st.container(key="halves_layers").columns([3, 2], gap="large")
    key = f"{CHOSEN}_{subject.key}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]

    def press(name: str) -> None:
        st.session_state[key] = name

    with left:
        table(
            "Figures of each layer",
            COLUMNS,
            [_row(one) for one in found],
            key="inside_statistics",
            current=[st.session_state[key]],
            on_press=press,
            name_stays=True,
        )
        warned = any(one.warnings for one in found)
        st.caption(
            f"Over the first {measure.counted(found[0].images)}. Click a layer for its histograms."
            + ("" if warned else f" In none of them {DEAD:.0%} or more is dead or saturated.")
        )
    with right:
        _histograms(next(one for one in found if one.name == st.session_state[key]))


def _row(one: LayerStatistics) -> TableRow:
    dead = one.activity
    cells = {
        "title": Cell(one.title, tone="warn" if one.warnings else ""),
        "mean": Cell(_n(one.mean), one.mean),
        "sd": Cell(_n(one.sd), one.sd),
        "zeros": Cell(percent(one.zeros), one.zeros),
        "dead": Cell(
            f"{dead.dead:,} of {dead.units:,}" if dead else "–", dead.share if dead else None
        ),
        "saturated": Cell(percent(one.saturated) or "–", one.saturated),
    }
    return TableRow(one.name, one.title, cells)


def _histograms(one: LayerStatistics) -> None:
    st.markdown(f"**{one.title}**")
    shown: list[tuple[str, Histogram]] = [("what it gives", one.histogram), *one.weights]
    for place, (name, histogram) in enumerate(shown):
        st.caption(f"{name}: {sum(histogram.counts):,} numbers")
        picture(histogram_picture(histogram, name), key=f"inside_histogram_{place}", largest=1.3)
    if not one.weights:
        st.caption("It has no weights.")


def _n(value: float) -> str:
    return number(value, 3)
