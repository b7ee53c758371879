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
from cnn.training.recipe.run import Epoch, Run, State, Step
from cnn.training.recipe.told_loss import is_smoothed
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.store import Store
from ui.components.news import Parts, when_new
from ui.parts.comparison.of_run import add_to_comparison
from ui.parts.runs import elsewhere, figures, pace, room, runs
from ui.parts.runs.charts import (
    curves_look,
    show_curves,
    show_gradients,
    show_learning_rate,
    told_curves,
)
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
from ui.session.words import percent, plain

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
        parts = _told(run_ids) if _shows_curves() else None
        is_told = parts is not None and all(map(pace.is_under_way, _found(run_ids)))
        when_new("news_of_runs", look, parts, runs_when_old=not is_told)
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
    store = runs.store()
    show_curves(
        [_curve(store, run, epochs[run.id], name) for run, name in zip(found, names, strict=True)]
    )
    if len(ours) > 1:
        differing_settings(
            list(of_ours.values()), [[run] for run in ours], key="together_differing"
        )


def _told(run_ids: Sequence[str]) -> Parts | None:
    """What is told of a run in training without a run of the page: what it shows and its curves."""
    if len(run_ids) != 1:
        return None
    id, store, look = run_ids[0], runs.store(), curves_look()

    def now() -> dict[str, object]:
        run = store.look_up(id)
        if not isinstance(run, Seen) or not run.progress.step:
            return {}
        epochs = store.epochs([id])[id]
        told = figures.told(run, epochs) if isinstance(run, Run) else elsewhere.told(run, epochs)
        return told | told_curves([_curve(store, run, epochs)], look)

    return now


def _shows_curves() -> bool:
    return st.session_state.get(runs.TAB) in (None, runs.CURVES)


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
        show_curves([_curve(runs.store(), run, epochs)])

    of_training: dict[str, Callable[[], None]] = {
        runs.CURVES: of_curves,
        "Gradients": lambda: show_gradients(run),
        "Watch it learn": lambda: watch_it_learn(run),
        "Learning rate": lambda: show_learning_rate(run, _steps(runs.store(), run)),
    }
    views: dict[str, Callable[[], None]] = (of_training if _has_begun(run) else {}) | {
        "Facts": lambda: facts(run),
        "Take away": lambda: take_away(run, epochs),
    }
    tabs = st.tabs(list(views), key=runs.TAB, on_change="rerun")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def _curve(store: Store, run: Seen, epochs: Sequence[Epoch], name: str = "") -> Curve:
    name, steps = name or run.name, _steps(store, run)
    if isinstance(run, Elsewhere):
        return elsewhere.curve(name, run, epochs, steps)
    end, smoothed = epochs_trained(run), is_smoothed(run)
    is_plain = run.configuration.mixes_labels
    return Curve(name, run.epochs_wanted, steps, epochs, end, smoothed, is_plain)


def _steps(store: Store, run: Seen) -> list[Step]:
    return store.steps(run.id, LIVE_POINTS if run.is_live else POINTS)


def _one(run: Run, epochs: Sequence[Epoch]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        standing(run)
        controls(run, alone=True)
        add_to_comparison(run)
    origin(run)
    if said := caution(run):
        st.warning(said, icon=":material/history:")
    room.removed_from(run)
    figures.bar(run)
    if _has_begun(run):
        figures.figures(run, epochs)


def _has_begun(run: Run) -> bool:
    """Whether there is, or may be soon, anything to see of its training."""
    return run.is_live or run.state is State.FINISHED or bool(run.progress.step)


def _one_elsewhere(run: Elsewhere, epochs: Sequence[Epoch]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        elsewhere.mark()
        standing(run)
        elsewhere.controls(run)
    elsewhere.bar(run)
    elsewhere.figures(run, epochs)
    elsewhere.inside(run, epochs, _steps(runs.store(), run))


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
        figures.bar(run, f"{figures.BAR}_{place}")
    else:
        elsewhere.bar(run, f"{figures.BAR}_{place}")
