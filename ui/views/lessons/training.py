"""Lesson 0: one weight is trained on five walks: a guess, its loss, a step, and again."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn.lessons import training
from cnn.lessons.lesson import Lesson
from cnn.lessons.training import MOST_STEPS
from cnn.numbers import exact, number
from cnn.pictures.training.one_weight import guess_figure, loss_figure
from ui.components.plot import plot
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import theme
from ui.session.words import percent

STARTS = tuple(step / 2 for step in range(17))
RATES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45)
MANY = 10
HEIGHT = 270
BETWEEN = ":"
KEY = "lesson_training"


def show(lesson: Lesson) -> None:
    """A weight to move or to let step, the guess it makes, and its place on the loss."""
    st.markdown(explained(lesson, "lead"))
    rate, path = _controls(lesson)
    w = path[-1]
    line = training.written(w, rate)
    shown = {"w": line.w, "loss": number(training.loss(w)), "rate": exact(rate)}
    slope = line.gradient
    dark = theme.is_dark()
    left, right = st.columns(2, gap="medium", vertical_alignment="top")
    with left:
        st.markdown(explained(lesson, "guess", **shown))
        _figure(guess_figure(w, dark=dark), lesson.text("guess", **shown), "guess")
    with right:
        st.markdown(explained(lesson, "loss", **shown))
        said = f"{lesson.text('loss', **shown)} {lesson.text('gradient', gradient=slope)}"
        _figure(loss_figure(path, dark=dark), said, "loss")
    st.markdown(explained(lesson, "gradient", gradient=slope))
    st.markdown(explained(lesson, "next", **shown, gradient=_in_brackets(slope), after=line.after))
    st.markdown(_pace(lesson, rate))
    ways_on(training.network())


def _controls(lesson: Lesson) -> tuple[float, tuple[float, ...]]:
    """The rate and the weights so far, the first one in front; another first weight begins anew."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=260):
            start = controls.steps("w", lesson.text("w_label"), STARTS, first=1.0)
        with st.container(width=260):
            rate = controls.steps("rate", lesson.text("rate_label"), RATES, first=0.1)
        held = controls.held("taken", "", _is_taken, label=lesson.text("taken_label"))
        began, _, count = held.partition(BETWEEN)
        path = training.path(start, rate, int(count) if began == exact(start) else 0)
        with st.container(horizontal=True, width="content"):  # which wraps as one
            for add, words, icon in (
                (1, lesson.text("step"), ":material/arrow_downward:"),
                (MANY, lesson.text("steps", count=MANY), ":material/keyboard_double_arrow_down:"),
            ):
                _button(words, icon, path, start, add)
            _button(lesson.text("again"), ":material/restart_alt:", path, start, 0)
    return rate, path


def _button(words: str, icon: str, path: tuple[float, ...], start: float, add: int) -> None:
    """Takes so many steps more; none at all forgets those that were taken."""
    taken = len(path) - 1
    is_over = taken >= MOST_STEPS or training.loss(path[-1]) > training.TOO_FAR
    wanted = min(taken + add, MOST_STEPS)
    st.button(
        words,
        icon=icon,
        key=f"{KEY}_add_{add}",
        type="primary" if add == 1 else "secondary",
        on_click=partial(controls.put, taken=f"{exact(start)}{BETWEEN}{wanted}" if add else ""),
        disabled=(is_over if add else not taken) or controls.is_locked("taken"),
    )


def _is_taken(text: str) -> bool:
    _, _, count = text.partition(BETWEEN)
    return not text or (count.isascii() and count.isdigit() and int(count) <= MOST_STEPS)


def _figure(figure: dict[str, object], said: str, name: str) -> None:
    plot(figure, label=said.replace("*", ""), height=HEIGHT, key=f"{KEY}_{name}")


def _pace(lesson: Lesson, rate: float) -> str:
    left = training.left_over(rate)
    words = lesson.text("nearer" if left >= 0 else "across", share=percent(abs(left), 0))
    return f"{words} {lesson.text('away')}" if abs(left) > 1 else words


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("−") else text
