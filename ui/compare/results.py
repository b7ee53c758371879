"""How far a comparison is, and under it all that comes of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.network.zoo import CLASSICS, zoo
from cnn.pictures.curves import COLOURS
from cnn.training import limits
from cnn.training.comparison import Group, Plan, colours, groups, missing
from cnn.training.configuration import ConfigurationError
from cnn.training.run import State, Wish
from cnn.training.same_data import differences
from cnn.training.standings import table
from ui.compare.costs import costs
from ui.compare.curves import curves
from ui.compare.table import chosen_target, compared
from ui.compare.take_away import take_away
from ui.compare.verdict import verdict
from ui.plot import fetch_ahead
from ui.training import runs
from ui.training.controls import waiting_for
from ui.training.differing import differing_settings
from ui.words import plain

POLL_S = 0.7
SAME_FOR_ALL = ("seed",)
"""Differs within each network, and not between them."""


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
    epochs = runs.store().epochs([run.id for group in found for run in group.runs if run])
    fetch_ahead()
    _progress(plan, found)
    places = colours([one.id for one in plan.entrants], _known(), COLOURS)
    if any(epochs.values()):
        curves(plan, found, epochs, places)
    target = chosen_target()
    rows = table(found, epochs, target)
    compared(rows, places, differences(found))
    if any(run for group in found for run in group.runs):
        differing_settings(
            [group.entrant.name for group in found],
            [[run for run in group.runs if run] for group in found],
            key="compare_differing",
            ignored=SAME_FOR_ALL,
        )
    costs(rows, places)
    verdict(rows)
    take_away(plan, found, epochs, target)


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
            f" · {plain(run.architecture.name)}, seed {run.configuration.seed}: "
            f"{runs.epoch_text(run).lower()}"
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
        store.add(entrant.architecture, configuration, changes=entrant.changes)
    st.rerun()
