"""Lesson 9: how a shared kernel learns: its gradient place by place, the input's, and one step; and
what that of the input is besides, a transposed convolution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from cnn.insight.passes.kernel_gradient import (
    Descent,
    network_of,
    numerical_bias_gradient,
    numerical_gradients,
)
from cnn.lessons.backpropagation import after, as_convolution, full_convolution
from cnn.lessons.lesson import Lesson
from cnn.lessons.patterns import KERNELS
from cnn.numbers import number
from ui.components.figures import Figure, figures
from ui.components.grids import Grid, Labels, grid_pair, grid_row
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.gradient_steps import place_by_place
from ui.parts.lesson.larger_maps import larger_maps
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import percent

NAMES = ("worked", "edge", "cross", "diagonal", "ring", "dot", "stripes")
VIEWS = ("kernel", "slide", "input", "step")
RATES = (0.003, 0.01, 0.03, 0.1)
KEY = "lesson_backpropagation"
CONVOLVED_WITH = "\N{ASTERISK OPERATOR}"


def show(lesson: Lesson) -> None:
    """The loss, and one of four looks at what follows from it."""
    st.markdown(explained(lesson, "lead"))
    _presets(lesson)
    found, wanted, view, taken = _controls(lesson)
    _loss(lesson, found)
    match view:
        case "kernel":
            st.markdown(explained(lesson, "kernel_note", count=found.arriving.size))
            place_by_place(lesson, found, key=f"{KEY}_places")
            _checked(lesson, "checked_kernel", found.to_kernel, _numerical(found)[0])
            _bias(lesson, found)
        case "slide":
            st.markdown(explained(lesson, "slide_note", count=found.arriving.size))
            names = Labels(
                lesson.text("input_grid"), lesson.text("slide_kernel"), lesson.text("to_kernel")
            )
            grid_pair(as_convolution(found), key=f"{KEY}_slide", labels=names)
        case "input":
            _input(lesson, found)
        case "step":
            _step(lesson, found, wanted, taken)
    ways_on(network_of(found.input, found.kernel))
    larger_maps(lesson, found)


def _presets(lesson: Lesson) -> None:
    first: dict[str, Any] = {"picture": "worked", "wanted": "sobel_x", "rate": 0.03, "taken": 0}
    quick = {
        "try_first": first,
        "try_later": first | {"taken": 30, "view": "step"},
        "try_fast": first | {"rate": 0.1, "taken": 4, "view": "step"},
    }
    controls.presets(
        lesson.text("presets"), {lesson.text(name): values for name, values in quick.items()}
    )


def _controls(lesson: Lesson) -> tuple[Descent, str, str, int]:
    names = {one: lesson.text(f"picture_{one}") for one in NAMES}
    wanted_names = tuple(KERNELS)
    words = {one: lesson.text(f"kernel_{one}") for one in wanted_names}
    what, how, many = st.columns(3, gap="medium")
    with what, st.container(horizontal=True, gap="small"):
        name = controls.choice("picture", lesson.text("picture_label"), NAMES, words=names)
        wanted = controls.choice(
            "wanted", lesson.text("wanted_label"), wanted_names, first="sobel_x", words=words
        )
    with how:
        rate = controls.steps("rate", lesson.text("rate_label"), RATES, first=0.03)
    with many:
        taken = controls.slider("taken", lesson.text("taken_label"), 0, 30, first=0)
    views = {one: lesson.text(f"view_{one}") for one in VIEWS}
    view = controls.choice("view", lesson.text("view_label"), VIEWS, words=views)
    found, done = after(name, wanted, rate, taken)
    if done < taken:
        st.warning(lesson.text("ran_away", count=done + 1), icon=":material/trending_up:")
    return found, wanted, view, done


def _loss(lesson: Lesson, found: Descent) -> None:
    grid_row(
        [
            Grid("input", lesson.text("input_grid"), found.input),
            Grid("kernel", lesson.text("kernel_now"), found.kernel, sign=CONVOLVED_WITH),
            Grid("output", lesson.text("output"), found.output, sign="="),
            Grid("target", lesson.text("target"), found.target, sign="−"),
            Grid("arriving", lesson.text("arriving"), found.arriving, sign="="),
        ],
        key=f"{KEY}_loss",
    )
    st.markdown(lesson.text("loss", loss=number(found.loss, 6)))


def _bias(lesson: Lesson, found: Descent) -> None:
    nudged = numerical_bias_gradient(found.input, found.kernel, found.target)
    values = {"gradient": number(found.to_bias), "nudged": number(nudged)}
    st.markdown(explained(lesson, "bias_note", **values))


def _input(lesson: Lesson, found: Descent) -> None:
    slide = full_convolution(found)
    st.markdown(explained(lesson, "input_note", frame=slide.axes[0].before))
    names = Labels(
        lesson.text("arriving_short"), lesson.text("kernel_now"), lesson.text("to_input")
    )
    grid_pair(slide, key=f"{KEY}_input", labels=names)
    numerical = _numerical(found)[1]
    grid_row(
        [
            Grid("back", lesson.text("by_backpropagation"), found.to_input),
            Grid("nudged", lesson.text("nudged"), numerical.astype(np.float32), sign="≈"),
        ],
        key=f"{KEY}_input_check",
    )
    _checked(lesson, "checked_input", found.to_input, numerical)


def _step(lesson: Lesson, found: Descent, wanted: str, taken: int) -> None:
    st.markdown(explained(lesson, "step_note", rate=number(found.rate)))
    scaled = np.float32(found.rate) * found.to_kernel
    grid_row(
        [
            Grid("kernel", lesson.text("kernel_now"), found.kernel),
            Grid("scaled", lesson.text("scaled"), scaled, sign="−"),
            Grid("new", lesson.text("new_kernel"), found.stepped, sign="="),
            Grid("wanted", lesson.text("wanted_kernel"), KERNELS[wanted], sign="→"),
        ],
        key=f"{KEY}_step",
    )
    st.markdown(explained(lesson, "bias_step", stepped=number(-found.rate * found.to_bias)))
    losses, button = st.columns([4, 3], vertical_alignment="center")
    with losses:
        shown = (
            Figure(lesson.text("loss_before"), number(found.loss)),
            Figure(lesson.text("loss_after"), number(found.loss_after)),
        )
        figures(shown, key=f"{KEY}_losses")
    with button:
        st.button(
            lesson.text("take"),
            icon=":material/arrow_downward:",
            key=f"{KEY}_take",
            on_click=controls.put,
            kwargs={"taken": taken + 1},
            disabled=taken >= 30 or controls.is_locked("taken"),
        )
    if found.loss_after > found.loss:
        st.markdown(lesson.text("rises"))
    elif found.loss > 0:
        st.markdown(lesson.text("falls", share=percent(found.loss_after / found.loss)))


def _numerical(found: Descent) -> tuple[np.ndarray, np.ndarray]:
    return numerical_gradients(found.input, found.kernel, found.target)


def _checked(lesson: Lesson, name: str, back: np.ndarray, numerical: np.ndarray) -> None:
    difference = float(np.abs(back - numerical).max())
    st.markdown(lesson.text(name, difference=number(difference, 1)))
