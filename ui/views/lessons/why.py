"""Lesson 1: the parameters of a dense layer against those of a convolution."""

from __future__ import annotations

import streamlit as st

from cnn.lessons.lesson import Lesson
from cnn.lessons.why import Compared
from cnn.network.trace import trace
from cnn.pictures.network.dense_or_convolution import dense_or_convolution
from cnn.training.recipe.presets import BRIEF
from ui.components.picture import picture
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on

MOST_MACS = 20_000_000
"""For one image: what is larger takes longer than a lesson to train on a small machine."""


def show(lesson: Lesson) -> None:
    """Sliders for the image and the layer, both layers' parameters as numbers and as bars."""
    st.markdown(explained(lesson, "lead"))
    quick = {
        "photo": {"size": 224, "channels": 3, "units": 64},
        "mnist_dense": {"size": 28, "channels": 1, "units": 128},
        "mnist_conv": {"size": 28, "channels": 1, "units": 32},
        "small": {"size": 16, "channels": 1, "units": 8},
    }
    controls.presets(
        lesson.text("presets"),
        {lesson.text(name): values | {"kernel": 3} for name, values in quick.items()},
    )
    left, right = st.container(key="halves").columns([4, 7], gap="large")
    with left:
        compared = Compared(
            size=controls.slider("size", lesson.text("size_label"), 8, 256, first=28),
            channels=int(
                controls.steps("channels", lesson.text("channels_label"), (1, 3, 16, 64), first=1)
            ),
            units=controls.slider("units", lesson.text("units_label"), 1, 256, first=32),
            kernel=int(
                controls.steps("kernel", lesson.text("kernel_label"), (1, 3, 5, 7, 11), first=3)
            ),
        )
    with right:
        picture(dense_or_convolution(compared), key="lesson_why_picture", largest=1.5, smallest=0.8)
        st.markdown(_numbers(lesson, compared))
    is_small = trace(compared.convolution).total_macs <= MOST_MACS
    trained = BRIEF if is_small and compared.channels in (1, 3) else None
    ways_on(compared.convolution, trained, classes=10)


def _numbers(lesson: Lesson, compared: Compared) -> str:
    values = {
        "inputs": f"{compared.inputs:,}",
        "height": compared.size,
        "width": compared.size,
        "channels": compared.channels,
        "units": compared.units,
        "kernel": compared.kernel,
    }
    dense, convolution = compared.dense_params, compared.convolution_params
    more = dense > convolution
    return "\n\n".join(
        (
            lesson.text("inputs", **values),
            explained(lesson, "dense", **values, total=f"{dense:,}"),
            explained(lesson, "conv", **values, total=f"{convolution:,}"),
            explained(lesson, "times_more", times=_times(dense / convolution))
            if more
            else explained(lesson, "times_fewer"),
        )
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}"
