"""The charts of a training: its curves, its learning rate, the gradients of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn.pictures.training import curves
from cnn.pictures.training.curves import Curve, Figure, Line, Look, Metric
from cnn.pictures.training.gradients import by_layer, gradient_figure
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run, Step
from ui.components.plot import plot, told
from ui.parts.runs import runs
from ui.session import theme

HEIGHT = 330
LOSS, ACCURACY = "loss", "acc"
LINES = tuple(Line)
MANY = " From the first layer, indigo, to the last, orange; point at a line for its name."


def show_curves(together: Sequence[Curve]) -> None:
    """Loss and accuracy of one run, or of several over each other."""
    figures = _curve_figures(together, curves_look())
    left, right = st.container(key="halves_curves").columns(2)
    with left:
        plot(figures[LOSS], label="Loss over the epochs", height=HEIGHT, key=LOSS)
    with right:
        plot(figures[ACCURACY], label="Accuracy over the epochs", height=HEIGHT, key=ACCURACY)
    _looks()


def told_curves(together: Sequence[Curve], look: Look) -> dict[str, object]:
    """What both show of runs in training, by their keys."""
    return {key: told(figure) for key, figure in _curve_figures(together, look).items()}


def curves_look() -> Look:
    """How whoever is here wants them drawn."""
    return Look(
        dark=theme.is_dark(),
        smoothing=float(st.session_state.get("train_smoothing", 0.0)),
        shown=frozenset(st.session_state.get("train_lines") or LINES),
        log=bool(st.session_state.get("train_log")),
    )


def _curve_figures(together: Sequence[Curve], look: Look) -> dict[str, Figure]:
    def figure(metric: Metric) -> Figure:
        view = replace(look, log=look.log and metric is Metric.LOSS)
        if len(together) == 1:
            return curves.one_run(metric, together[0], view)
        return curves.several_runs(metric, together, view)

    return {LOSS: figure(Metric.LOSS), ACCURACY: figure(Metric.ACCURACY)}


def show_learning_rate(run: Run | Elsewhere, steps: Sequence[Step]) -> None:
    """The learning rate that each step was made with."""
    if not steps:
        st.caption("Comes with the first step.")
        return
    rate = curves.learning_rate(steps, run.epochs_wanted, dark=theme.is_dark())
    plot(rate, label="Learning rate over the epochs", height=HEIGHT, key="rate")


def show_gradients(run: Run) -> None:
    """How large the gradient of each layer is, as the training goes on."""
    measured = runs.store().gradients(run.id)
    if not measured:
        st.caption(
            "Measured at every so many steps, the first of which is still to come."
            if run.is_live
            else "This run kept no gradient norms: it has too few steps, an older program trained "
            "it, or they were removed to make room."
        )
        return
    layers = by_layer(measured)
    figure = gradient_figure(layers, dark=theme.is_dark())
    plot(figure, label="Gradient norms over the steps", height=HEIGHT, key="gradients")
    st.caption(
        f"The L2 norm of the gradient of each layer's weights, measured on {len(measured):,} "
        "batches. Norms that shrink from the last layer to the first are vanishing gradients; "
        "norms that climb and climb are exploding ones."
        + (MANY if len(layers) > curves.COLOURS else "")
    )


def _looks() -> None:
    """How the curves are drawn; nothing here changes what was measured."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.pills(
            "Lines",
            LINES,
            selection_mode="multi",
            default=LINES,
            format_func=lambda line: f"per {line}",
            key="train_lines",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.slider(
            "Smoothing of the steps",
            0.0,
            0.99,
            step=0.01,
            key="train_smoothing",
            help="An exponential moving average over the points drawn, without the pull to its "
            "start. What was measured stays behind it, pale.",
            persist_state="session",
            width=220,
        )
        st.toggle("Logarithmic loss", key="train_log", persist_state="session")
