"""How far a comparison is, its curves, and its table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.network.zoo import CLASSICS, zoo
from cnn.pictures import curves
from cnn.pictures.curves import Band, Figure, Metric
from cnn.training import limits
from cnn.training.comparison import (
    Group,
    Plan,
    colours,
    groups,
    mean_curve,
    missing,
    table,
)
from cnn.training.configuration import ConfigurationError
from cnn.training.run import Epoch, State, Wish
from ui import theme
from ui.compare.table import compared
from ui.plot import fetch_ahead, plot
from ui.training import runs
from ui.training.controls import waiting_for

POLL_S = 0.7
HEIGHT = 360


def results(plan: Plan) -> None:
    """All that comes of a plan, shown anew while any of its runs is live."""
    live = any(group.live for group in _groups(plan))
    st.fragment(run_every=POLL_S if live else None)(_results)(plan, live)


def _groups(plan: Plan) -> list[Group]:
    return groups(plan, runs.store().find(plan.recipes()))


def _results(plan: Plan, was_live: bool) -> None:
    found = _groups(plan)
    if was_live and not any(group.live for group in found):
        st.rerun()
    ids = [run.id for group in found for run in group.runs if run]
    epochs = runs.store().epochs(ids)
    fetch_ahead()
    _progress(plan, found)
    places = colours([one.id for one in plan.entrants], _known(), curves.COLOURS)
    if any(epochs.values()):
        _curves(plan, found, epochs, places)
    compared(table(found, epochs), places)


def _known() -> list[str]:
    return [*CLASSICS, *(id for id in zoo() if id not in CLASSICS)]


def _progress(plan: Plan, found: Sequence[Group]) -> None:
    """One bar over all runs, what is under way, and the button for what is missing."""
    all_runs = [run for group in found for run in group.runs]
    to_train = missing(plan, found)
    live = [run for group in found for run in group.live]
    done = sum(1.0 for run in all_runs if run and not run.is_live and run.state is State.FINISHED)
    share = (done + sum(run.progress.share for run in live)) / len(all_runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if to_train:
            many = f"the {len(to_train)} missing" if len(to_train) < len(all_runs) else "all"
            label = f"Train {many}" if len(all_runs) > 1 else "Train"
            if st.button(label, type="primary", icon=":material/play_arrow:"):
                _queue(plan, found)
        if live and st.button("Stop all", icon=":material/stop:"):
            for run in live:
                runs.store().want(run.id, Wish.STOP)
        if live or done:
            st.progress(min(share, 1.0), text=_progress_text(found, int(done), len(all_runs)))
        elif to_train:
            st.caption(
                f"{len(to_train)} trainings, one after the other, each under the same conditions."
            )


def _progress_text(found: Sequence[Group], done: int, wanted: int) -> str:
    said = f"{done} of {wanted} trainings finished"
    busy = [run for group in found for run in group.live if run.state is not State.QUEUED]
    for run in busy:
        said += (
            f" · {run.name}, seed {run.configuration.seed}: epoch {max(run.progress.epoch, 1)} of "
            f"{run.configuration.epochs}"
        )
    if not busy and any(group.live for group in found):
        said += f" · {waiting_for()}"
    return said


def _queue(plan: Plan, found: Sequence[Group]) -> None:
    store = runs.store()
    to_train = missing(plan, found)
    try:
        limits.check_queue(store.count([State.QUEUED]), len(to_train))
    except ConfigurationError as error:
        st.error(str(error), icon=":material/error:")
        return
    for entrant, configuration in to_train:
        store.add(entrant.architecture, configuration)
    st.rerun()


def _curves(
    plan: Plan,
    found: Sequence[Group],
    epochs: dict[str, list[Epoch]],
    places: dict[str, int],
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        on = st.segmented_control(
            "Measured on",
            ["validation", "training"],
            default="validation",
            required=True,
            key="compare_on",
            label_visibility="collapsed",
        )
        log = st.toggle("Logarithmic loss", key="compare_log", persist_state="session")
    prefix = "" if on == "training" else "val_"
    wanted = plan.configuration.epochs
    dark = theme.is_dark()

    def figure(metric: Metric) -> Figure:
        bands = [
            Band(
                group.entrant.name,
                places[group.entrant.id],
                curve.epochs,
                curve.mean,
                curve.low,
                curve.high,
                curve.trainings,
            )
            for group in found
            if (curve := mean_curve(group, epochs, f"{prefix}{metric}"))
        ]
        return curves.bands(metric, bands, wanted, dark=dark, log=log and metric is Metric.LOSS)

    left, right = st.columns(2)
    with left:
        plot(figure(Metric.ACCURACY), label=f"Accuracy, {on}", height=HEIGHT, key="compare_acc")
    with right:
        plot(figure(Metric.LOSS), label=f"Loss, {on}", height=HEIGHT, key="compare_loss")
