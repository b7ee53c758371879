"""Lesson 5: activation functions, their slopes, a map through them, and gradients over depth."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data import DatasetName
from cnn.lessons import activations
from cnn.lessons.lesson import Lesson
from cnn.numbers import fixed, number
from cnn.pictures.inside.maps import Scale, Tile, span
from cnn.pictures.inside.slopes import curve_figure, left_over_figure
from cnn.training.recipe.presets import FIRST
from ui.components.maps import linked_maps
from ui.components.plot import plot
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.parts.network.cascade import images
from ui.session import theme

WORDS = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
    "gelu": "GELU",
}
INPUTS = tuple(step / 4 for step in range(-16, 17))
HEIGHT = 290
CURVE, SLOPE = (-1.6, 3.2), (-0.25, 1.25)
"""What is seen of the curves, up and down."""
MOST_IMAGES = 40


def show(lesson: Lesson) -> None:
    """A function, a number through it, a feature map through it, and many layers of it."""
    st.markdown(explained(lesson, "lead"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        name = controls.choice(
            "function",
            lesson.text("function_label"),
            activations.NAMES,
            first="sigmoid",
            words=WORDS,
        )
        with st.container(width=340):
            x = controls.steps("x", lesson.text("x_label"), INPUTS, first=1.0)
    _curves(lesson, name, x)
    _feature_map(lesson, name)
    _over_depth(lesson, name, x)


def _curves(lesson: Lesson, name: str, x: float) -> None:
    value, slope = activations.at(name, x)
    axis, dark = activations.axis(), theme.is_dark()
    values = {WORDS[one]: activations.value(one, axis) for one in activations.NAMES}
    slopes = {WORDS[one]: activations.slope(one, axis) for one in activations.NAMES}
    shown = {"function": WORDS[name], "x": number(x)}
    left, right = st.container(key="halves_curves").columns(2, gap="medium")
    with left:
        said = lesson.text("value", **shown, value=_decimals(value))
        st.markdown(said)
        plot(
            curve_figure(axis, values, WORDS[name], (x, value), CURVE, dark=dark),
            label=said.replace("*", ""),
            height=HEIGHT,
            key="lesson_activations_curve",
        )
    with right:
        said = lesson.text("slope", **shown, slope=_decimals(slope))
        st.markdown(said)
        plot(
            curve_figure(axis, slopes, WORDS[name], (x, slope), SLOPE, dark=dark, legend=False),
            label=said.replace("*", ""),
            height=HEIGHT,
            key="lesson_activations_slope",
        )
    st.caption(explained(lesson, f"about_{name}"))


def _feature_map(lesson: Lesson, name: str) -> None:
    st.markdown(lesson.text("map_lead"))
    left, right = st.columns([3, 9], gap="large")
    with left:
        place = controls.slider("digit", lesson.text("digit_label"), 1, MOST_IMAGES, first=4)
        filters = activations.filters()
        which = controls.slider(
            "filter", lesson.text("filter_label"), 1, filters, first=5, shows_index=True
        )
    digits = images(DatasetName.MNIST_SAMPLE, None).validation
    image = digits.take([(place - 1) % len(digits)]).images[0]
    before = activations.before(image, which - 1)
    after, slope = activations.value(name, before), activations.slope(name, before)
    tiles = [
        Tile(before, lesson.text("before_title"), span(before)),
        Tile(after, lesson.text("after_title", function=WORDS[name]), span(after)),
        Tile(slope, lesson.text("slope_title"), span(slope), Scale.SIGNED, full=1.0),
    ]
    with right:
        linked_maps(tiles, key="lesson_activations_maps", chosen=(0, 12, 12), side=190)
    flat = int((np.abs(slope) < activations.FLAT).sum())
    st.markdown(
        explained(
            lesson,
            "map_numbers",
            function=WORDS[name],
            cells=before.size,
            below=int((before < 0).sum()),
            zero=int((after == 0).sum()),
            flat=flat,
        )
    )


@st.cache_data(show_spinner=False, max_entries=160)
def _measured(name: str, depth: int) -> list[float]:
    return activations.measured(name, depth)


def _over_depth(lesson: Lesson, name: str, x: float) -> None:
    st.markdown(lesson.text("depth_lead"))
    depth = controls.slider("depth", lesson.text("depth_label"), 2, activations.DEEPEST, first=10)
    products = {WORDS[one]: activations.left_over(one, x, depth - 1) for one in activations.NAMES}
    measured = _measured(name, depth)
    slope = abs(activations.at(name, x)[1])
    said = lesson.text(
        "product",
        slope=_decimals(slope),
        steps=depth - 1,
        product=number(products[WORDS[name]][-1], 3),
    )
    st.markdown(said)
    st.markdown(
        explained(
            lesson,
            "measured",
            depth=depth,
            units=activations.UNITS,
            function=WORDS[name],
            images=activations.MEASURED_ON,
            share=number(measured[-1], 3),
        )
    )
    plot(
        left_over_figure(products, measured, WORDS[name], dark=theme.is_dark()),
        label=said.replace("*", ""),
        height=330,
        key="lesson_activations_depth",
    )
    other = "relu" if name != "relu" else "sigmoid"
    ways_on(
        activations.deep_network(name, depth),
        FIRST,
        beside=[activations.deep_network(other, depth)],
    )


def _decimals(value: float) -> str:
    return fixed(value, 4)
