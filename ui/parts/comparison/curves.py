"""The curves of a comparison: over what, of which images, how smooth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.comparing.binned_curves import binned_curves
from cnn.comparing.comparison import Group, Plan
from cnn.comparing.mean_curves import (
    Axis,
    Sample,
    Stretch,
    mean_curve,
    per_epoch,
    samples_of,
    stretch_samples,
)
from cnn.pictures.comparison.bands import Band, bands
from cnn.pictures.training.curves import Figure, Metric
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Epoch
from ui.components.plot import plot
from ui.parts.comparison import elsewhere
from ui.parts.comparison.focus import alone
from ui.parts.runs import runs
from ui.session import theme
from ui.session.kept import kept

HEIGHT = 360
VALIDATION, TRAINING, STEPS = "validation", "training", "training, steps"
MEANS = (1, 2, 5, 10, 20, 50, 100)
MOST_POINTS = 400
HIGHEST = {Metric.ACCURACY: 1.0, Metric.LOSS: float("inf")}


def curves(
    plan: Plan,
    found: Sequence[Group],
    epochs: Mapping[str, Sequence[Epoch]],
    places: Mapping[str, int],
    others: Sequence[Elsewhere] = (),
) -> None:
    """Accuracy and loss side by side, under the controls that say what of them is drawn; `others`
    were trained elsewhere.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        on = st.segmented_control(
            "Measured on",
            [VALIDATION, TRAINING, STEPS],
            default=VALIDATION,
            required=True,
            key="compare_on",
            persist_state="session",
        )
        axis = Axis(
            st.selectbox(
                "Over",
                [axis.value for axis in Axis],
                key="compare_axis",
                persist_state="session",
                width=130,
                help="MACs are the multiply-accumulates of training steps: forward, for the "
                "gradients of the weights, and for those of the values between them. Validation "
                "is not counted.",
            )
        )
        length = _length(found) if on == STEPS else 0
        log_axis = st.toggle("Logarithmic axis", key="compare_log_x", persist_state="session")
        log = st.toggle("Logarithmic loss", key="compare_log", persist_state="session")
    steps = _stretches(found, length) if length else {}
    dark, chosen = theme.is_dark(), alone(places)

    def figure(metric: Metric) -> Figure:
        field = f"val_{metric}" if on == VALIDATION else str(metric)
        samples: dict[str, list[Sample]] = (
            {id: stretch_samples(curve, field) for id, curve in steps.items()}
            if length
            else samples_of([run for one in found for run in one.runs if run], epochs, field)
        )
        drawn = [
            Band(one.entrant.id, one.entrant.name, places[one.entrant.id], curve)
            for one in found
            if (curve := mean_curve(one, samples, axis, HIGHEST[metric]))
        ]
        drawn += elsewhere.bands(
            others,
            epochs,
            field,
            axis,
            length=length,
            taken=places.values(),
            highest=HIGHEST[metric],
        )
        return bands(
            metric,
            drawn,
            axis,
            dark=dark,
            epochs_wanted=plan.epochs,
            log=log and metric is Metric.LOSS,
            log_axis=log_axis,
            alone=chosen,
        )

    if length and not any(steps.values()) and not others:
        st.info(
            "Single steps were not kept of these runs: they come from a file.",
            icon=":material/show_chart:",
        )
        return
    left, right = st.container(key="halves_curves").columns(2)
    with left:
        plot(figure(Metric.ACCURACY), label=f"Accuracy, {on}", height=HEIGHT, key="compare_acc")
    with right:
        plot(figure(Metric.LOSS), label=f"Loss, {on}", height=HEIGHT, key="compare_loss")
    over_seeds = _over_seeds(axis) if plan.seeds > 1 else ""
    st.caption(
        f"{_said(on, length)}{over_seeds}. Click a name in the legend, or a row of the table, to "
        "see one network alone."
    )


def _said(on: str, length: int) -> str:
    if on == STEPS:
        many = f"the mean of {length} steps" if length > 1 else "one step"
        return f"Each point is {many}, measured on the batches before they were learnt from"
    if on == TRAINING:
        return "Each point is the mean over an epoch's steps, and stands in the middle of it"
    return (
        "Each point is measured on all validation images, at the end of an epoch or of the training"
    )


def _over_seeds(axis: Axis) -> str:
    said = (
        ", with one standard deviation over the seeds; the line is dotted where only n of them "
        "have come so far"
    )
    if axis is Axis.SECONDS:
        said += ". Means are of the same second: between its points each seed's curve is taken "
        said += "as straight"
    return said


def _length(found: Sequence[Group]) -> int:
    """How many steps make a point: as chosen, and more where there were too many to draw."""
    chosen = st.select_slider(
        "Mean of so many steps", MEANS, 10, key="compare_mean", persist_state="session", width=190
    )
    longest = max(
        (
            (per_epoch(run, Axis.STEPS) or 0) * run.epochs_wanted
            for group in found
            for run in group.runs
            if run
        ),
        default=0,
    )
    return max(int(chosen), -(-int(longest) // MOST_POINTS))


def _stretches(found: Sequence[Group], length: int) -> dict[str, list[Stretch]]:
    """Of runs that have ended, read once; of live ones, each time."""
    ended = tuple(run.id for group in found for run in group.finished)
    live = [run.id for group in found for run in group.live]
    return _of_ended(runs.store().url, ended, length) | binned_curves(runs.store(), live, length)


@kept(most=16)
def _of_ended(_url: str, ids: tuple[str, ...], length: int) -> dict[str, list[Stretch]]:
    return binned_curves(runs.store(), ids, length)
