"""Runs as they are trained: how far they are, what can be done about them, and their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from cnn.pictures import curves
from cnn.pictures.curves import Curve, Figure, Line, Look, Metric
from cnn.training.naming import told_apart
from cnn.training.run import Epoch, Run, Step
from ui import theme
from ui.plot import plot
from ui.training import runs
from ui.training.controls import controls, standing
from ui.training.facts import facts
from ui.training.results import results
from ui.training.why import why
from ui.words import duration, percent

POLL_S = 0.5
HEIGHT = 330
LINES = tuple(Line)


def watch(run_ids: Sequence[str]) -> None:
    """Shows runs; while one of them is live, all of it is shown anew twice a second."""
    found = _found(run_ids)
    if len(found) < len(run_ids):
        st.warning("A run of this address is not there any more.", icon=":material/delete:")
    if found:
        live = any(run.is_live for run in found)
        st.fragment(run_every=POLL_S if live else None)(_watched)([run.id for run in found], live)
        if len(found) == 1 and not live:
            ended(found[0])


def _found(run_ids: Sequence[str]) -> list[Run]:
    return [run for id in run_ids if (run := runs.store().get(id))]


def _watched(run_ids: Sequence[str], was_live: bool) -> None:
    found = _found(run_ids)
    if len(found) < len(run_ids) or (was_live and not any(run.is_live for run in found)):
        st.rerun()  # once more, and whole: without it the page would go on asking
    epochs = runs.store().epochs(run_ids)
    names = told_apart(found)
    if len(found) == 1:
        _one(found[0], epochs[found[0].id])
    else:
        for place, (run, name) in enumerate(zip(found, names, strict=True)):
            with st.container(border=True):
                _one_of_several(run, epochs[run.id], name, place)
    steps = {run.id: runs.store().steps(run.id) for run in found}
    _curves(found, names, steps, epochs)
    if len(found) == 1 and was_live:
        facts(found[0])


def ended(run: Run) -> None:
    """What there is to see of a run once nothing of it changes any more."""
    why(run)
    results(run)
    facts(run)


def _one(run: Run, epochs: Sequence[Epoch]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        standing(run)
        controls(run, alone=True)
    _bar(run)
    _figures(run, epochs)


def _one_of_several(run: Run, epochs: Sequence[Epoch], name: str, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        own = curves.colour(place, dark=theme.is_dark())
        st.html(f'<b><span style="color:{own}">●</span> {escape(name)}</b>', width="content")
        standing(run)
        last = epochs[-1].val_accuracy if epochs else None
        said = [f"validation {percent(last)}"] if last is not None else []
        if run.result:
            said.append(f"test {percent(run.result.test_accuracy)}")
        st.caption(" · ".join(said))
        controls(run)
    _bar(run)


def _bar(run: Run) -> None:
    if run.is_live:
        st.progress(run.progress.share, text=_progress_text(run))


def _progress_text(run: Run) -> str:
    now = run.progress
    if not now.step:
        return now.phase.capitalize() or "Waiting"
    parts = [
        f"Epoch {now.epoch} of {run.configuration.epochs}",
        f"step {now.step:,} of {now.steps:,}",
        f"{now.images_per_s:,.0f} images/s" if now.images_per_s else "",
        f"about {duration(now.seconds_left)} left" if now.seconds_left is not None else "",
    ]
    doing = "" if now.phase == "training" else f" · {now.phase}"
    return " · ".join(filter(None, parts)) + doing


def _figures(run: Run, epochs: Sequence[Epoch]) -> None:
    """The figures, each with the number of images it was measured on."""
    last = epochs[-1] if epochs else None
    best = max((epoch.val_accuracy for epoch in epochs), default=None)
    result, sizes = run.result, run.images
    with st.container(horizontal=True, gap="medium"):
        if result:
            st.metric(
                "Test accuracy",
                percent(result.test_accuracy),
                delta_description=f"{result.test_images:,} images, looked at once",
            )
        st.metric(
            "Validation accuracy",
            percent(last.val_accuracy) if last else "–",
            delta_description=_on(sizes.get("validation"), best),
        )
        st.metric(
            "Training accuracy",
            percent(last.accuracy) if last else "–",
            delta_description=_on(sizes.get("train"), None),
        )
        st.metric("Training time", duration(result.seconds if result else run.progress.seconds))
        speed = result.images_per_s if result else run.progress.images_per_s
        st.metric("Images per second", f"{speed:,.0f}" if speed else "–")


def _on(images: int | None, best: float | None) -> str | None:
    """On how many images a figure was measured, and how good it has been."""
    if images is None:
        return None
    return f"{images:,} images" + (f", best {percent(best)}" if best is not None else "")


def _curves(
    found: Sequence[Run],
    names: Sequence[str],
    steps: dict[str, list[Step]],
    epochs: dict[str, list[Epoch]],
) -> None:
    dark = theme.is_dark()
    together = [
        Curve(name, run.configuration.epochs, steps[run.id], epochs[run.id])
        for run, name in zip(found, names, strict=True)
    ]
    log = st.session_state.get("train_log", False)
    look = Look(
        dark=dark,
        smoothing=float(st.session_state.get("train_smoothing", 0.0)),
        shown=frozenset(st.session_state.get("train_lines") or LINES),
    )

    def figure(metric: Metric) -> Figure:
        view = replace(look, log=log and metric is Metric.LOSS)
        if len(together) == 1:
            return curves.one_run(metric, together[0], view)
        return curves.several_runs(metric, together, view)

    left, right = st.columns(2)
    with left:
        plot(figure(Metric.LOSS), label="Loss over the epochs", height=HEIGHT, key="loss")
    with right:
        plot(figure(Metric.ACCURACY), label="Accuracy over the epochs", height=HEIGHT, key="acc")
    _looks()
    if len(found) == 1:
        with st.expander("Learning rate"):
            rate = curves.learning_rate(together[0].steps, together[0].epochs_wanted, dark=dark)
            plot(rate, label="Learning rate over the epochs", height=200, key="rate")


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
