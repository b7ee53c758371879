"""Runs as they are trained: how far they are, what can be done about them, and a look inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.comparing.mean_curves import epochs_trained
from cnn.pictures.training import curves
from cnn.pictures.training.curves import Curve
from cnn.training.recipe.earlier import caution
from cnn.training.recipe.elsewhere import MARK, Elsewhere
from cnn.training.recipe.naming import told_apart
from cnn.training.recipe.pace import images_of_epoch
from cnn.training.recipe.run import Epoch, Run, State, Step
from cnn.training.recipe.told_loss import is_smoothed
from cnn.training.recipe.unreadable import Unreadable
from ui.components.news import when_new
from ui.parts.comparison.of_run import add_to_comparison
from ui.parts.runs import elsewhere, pace, room, runs, waiting
from ui.parts.runs.charts import show_curves, show_gradients, show_learning_rate
from ui.parts.runs.differing import differing_settings
from ui.parts.runs.facts import facts, failure
from ui.parts.runs.pace import Seen
from ui.parts.runs.results import results
from ui.parts.runs.take_away import take_away
from ui.parts.runs.try_photo import try_photo, way_to_it
from ui.parts.runs.watch_it_learn import watch_it_learn
from ui.parts.runs.why import findings, summary, why
from ui.parts.setup.continuing import origin
from ui.parts.setup.controls import controls, standing
from ui.session import dialog, theme
from ui.session.words import duration, percent, plain

LIVE_POINTS, POINTS = 400, 1_000
"""How many steps are drawn, extremes always among them: more once a run is over."""


def watch(run_ids: Sequence[str]) -> None:
    """Shows runs; while one is live, all of it is shown anew, in its first seconds more often."""
    found = _found(run_ids)
    look_up = runs.store().look_up
    others = [id for id in run_ids if id not in {run.id for run in found}]
    unreadable = [one for id in others if isinstance(one := look_up(id), Unreadable)]
    for one in unreadable:
        runs.say(one)
    if len(others) > len(unreadable):
        st.warning("A run of this address is not there any more.", icon=":material/delete:")
    for run in found:
        _left_out(run)
    if found:
        is_live = any(run.is_live for run in found)
        above = st.empty()
        st.fragment(_watched)([run.id for run in found], is_live=is_live)
        if len(found) == 1 and not is_live and isinstance(found[0], Run):
            ended(found[0], above)


def _left_out(run: Seen) -> None:
    """Says what of a run is damaged, and so not in what is shown of it."""
    if said := runs.store().left_out(run.id):
        more = f" (and {len(said) - 1:,} more)" * (len(said) > 1)
        st.warning(
            plain(f"What is damaged of this run is left out: {said[0]}{more}. ")
            + "`python -m cnn store check` names all of it.",
            icon=":material/broken_image:",
        )


def _found(run_ids: Sequence[str]) -> list[Seen]:
    look_up = runs.store().look_up
    return [run for id in run_ids if isinstance(run := look_up(id), Run | Elsewhere)]


def _watched(run_ids: Sequence[str], *, is_live: bool) -> None:
    if is_live:
        look = pace.news_of(runs.store(), run_ids)
        when_new("news_of_runs", look, pace.every_s(_found(run_ids)))
    found = _found(run_ids)
    is_asked_for = len(found) == len(run_ids) and set(run_ids) <= set(runs.shown())
    has_turned = any(run.is_live for run in found) != is_live
    if not is_asked_for or (has_turned and not dialog.is_open()):
        st.rerun()  # once more, and whole
    epochs = runs.store().epochs(run_ids)
    if len(found) == 1:
        run = found[0]
        if isinstance(run, Run):
            _one(run, epochs[run.id])
            _inside(run, epochs[run.id])
        else:
            _one_elsewhere(run, epochs[run.id])
        return
    ours = [run for run in found if isinstance(run, Run)]
    of_ours = dict(zip([run.id for run in ours], told_apart(ours), strict=True))
    names = [of_ours.get(run.id, f"{run.name}, {MARK}") for run in found]
    for place, (run, name) in enumerate(zip(found, names, strict=True)):
        with st.container(border=True):
            _one_of_several(run, epochs[run.id], name, place)
    show_curves([_curve(name, run, epochs[run.id]) for run, name in zip(found, names, strict=True)])
    if len(ours) > 1:
        differing_settings(
            list(of_ours.values()), [[run] for run in ours], key="together_differing"
        )


def ended(run: Run, above: DeltaGenerator) -> None:
    """What there is to see of a run once nothing of it changes any more; in a few words `above`."""
    failure(run)
    found = findings(run)
    with above.container():
        summary(run, found)
        way_to_it(run)
    why(run, found)
    try_photo(run)
    results(run)


def _inside(run: Run, epochs: Sequence[Epoch]) -> None:
    """A tab for each way to look at the run; only the one in view is paid for, at every poll."""

    def of_curves() -> None:
        show_curves([_curve(run.name, run, epochs)])

    views: dict[str, Callable[[], None]] = {
        runs.CURVES: of_curves,
        "Gradients": lambda: show_gradients(run),
        "Watch it learn": lambda: watch_it_learn(run),
        "Learning rate": lambda: show_learning_rate(run, _steps(run)),
        "Facts": lambda: facts(run),
        "Take away": lambda: take_away(run, epochs),
    }
    tabs = st.tabs(list(views), key=runs.TAB, on_change="rerun")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def _curve(name: str, run: Seen, epochs: Sequence[Epoch]) -> Curve:
    if isinstance(run, Elsewhere):
        return elsewhere.curve(name, run, epochs, _steps(run))
    end, smoothed = epochs_trained(run), is_smoothed(run)
    is_plain = run.configuration.mixes_labels
    return Curve(name, run.epochs_wanted, _steps(run), epochs, end, smoothed, is_plain)


def _steps(run: Seen) -> list[Step]:
    return runs.store().steps(run.id, LIVE_POINTS if run.is_live else POINTS)


def _one(run: Run, epochs: Sequence[Epoch]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        standing(run)
        controls(run, alone=True)
        add_to_comparison(run)
    origin(run)
    if said := caution(run):
        st.warning(said, icon=":material/history:")
    room.removed_from(run)
    bar(run)
    figures(run, epochs)


def _one_elsewhere(run: Elsewhere, epochs: Sequence[Epoch]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        elsewhere.mark()
        standing(run)
        elsewhere.controls(run)
    elsewhere.bar(run)
    elsewhere.figures(run, epochs)
    elsewhere.inside(run, epochs, _steps(run))


def _one_of_several(run: Seen, epochs: Sequence[Epoch], name: str, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        own = curves.colour(place, dark=theme.is_dark())
        st.html(f'<b><span style="color:{own}">●</span> {escape(name)}</b>', width="content")
        standing(run)
        last = epochs[-1].val_accuracy if epochs else None
        if isinstance(run, Elsewhere):
            last = last if run.told.val_accuracy else None
        said = [f"validation {percent(last)}"] if last is not None else []
        if isinstance(run, Run) and run.result:
            said.append(f"test {percent(run.result.test_accuracy)}")
        st.caption(" · ".join(said))
        if isinstance(run, Run):
            controls(run)
        else:
            elsewhere.controls(run)
    if isinstance(run, Run):
        bar(run)
    else:
        elsewhere.bar(run)


def bar(run: Run) -> None:
    """How far a live run is."""
    if run.is_live:
        st.progress(run.progress.share, text=_progress_text(run))


def _progress_text(run: Run) -> str:
    now = run.progress
    if run.state is State.QUEUED and now.step:
        return f"Goes on in epoch {now.epoch:,} of {run.epochs_wanted:,}"
    if not now.step:
        return now.phase.capitalize() or waiting.place(run.id)
    if run.state is State.PAUSED:  # no speed, no time left: nothing runs
        return f"{runs.epoch_text(run)} · step {now.step:,} of {now.steps:,}"
    parts = [
        runs.epoch_text(run),
        f"step {now.step:,} of {now.steps:,}",
        f"{now.images_per_s:,.0f} images/s" if now.images_per_s else "",
        f"about {duration(now.seconds_left)} left" if now.seconds_left is not None else "",
    ]
    doing = "" if now.phase == "training" else f" · {now.phase}"
    return " · ".join(filter(None, parts)) + doing


def _how_often(run: Run) -> str:
    """Only what has a result can be trained on: its test images were looked at for that one."""
    return "again" if run.continues else "once"


def figures(run: Run, epochs: Sequence[Epoch]) -> None:
    """The figures, each with the number of images it was measured on."""
    last = epochs[-1] if epochs else None
    best = max((epoch.val_accuracy for epoch in epochs), default=None)
    result, sizes = run.result, run.images
    with st.container(horizontal=True, gap="medium"):
        if result:
            used = f"{result.test_images:,} images, used {_how_often(run)}, after training"
            st.metric("Test accuracy", percent(result.test_accuracy), delta_description=used)
        st.metric(
            "Validation accuracy",
            percent(last.val_accuracy) if last else "–",
            delta_description=_on(sizes.get("validation"), best),
        )
        st.metric(
            "Training accuracy",
            percent(last.accuracy) if last else "–",
            delta_description=_on(_trained_on(run, last), None, _which(run)),
        )
        seconds = result.seconds if result else run.progress.seconds
        st.metric("Training time", duration(seconds), help=_compiling(run))
        speed = result.images_per_s if result else run.progress.images_per_s
        st.metric("Images per second", f"{speed:,.0f}" if speed else "–")


def _trained_on(run: Run, last: Epoch | None) -> int | None:
    """On how many images the last training accuracy was measured: a last epoch may be cut short."""
    images = run.images.get("train")
    if not images or last is None:
        return images
    steps = (run.result.steps if run.result else None) or run.progress.step or None
    return images_of_epoch(run.configuration, images, last.epoch, steps)


def _compiling(run: Run) -> str | None:
    """Why a comparison gives another time for the same training."""
    compiling_s = run.checkpoint.compiling_s if run.checkpoint else 0.0
    if not compiling_s:
        return None
    return (
        f"Steps and validation, and {duration(compiling_s)} in which the network was compiled. "
        "Curves and comparisons leave compiling out, as a training after another one of the same "
        "network may do without."
    )


def _which(run: Run) -> str:
    """Images of training are measured as they are where mixtures of them are learned from."""
    return "plain images" if run.configuration.mixes_labels else "images"


def _on(images: int | None, best: float | None, which: str = "images") -> str | None:
    """On how many images a figure was measured, and how good it has been."""
    if images is None:
        return None
    return f"{images:,} {which}" + (f", best {percent(best)}" if best is not None else "")
