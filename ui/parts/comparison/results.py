"""How far a comparison is, and under it all that comes of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.comparing.comparison import Group, Plan, groups
from cnn.comparing.in_short import in_short
from cnn.comparing.same_data import differences
from cnn.comparing.standings import table
from cnn.comparing.unshown import beside
from cnn.pictures.comparison.bands import places
from ui.components.news import when_new
from ui.components.plot import fetch_ahead
from ui.parts.comparison import elsewhere
from ui.parts.comparison.costs import costs
from ui.parts.comparison.curves import curves
from ui.parts.comparison.progress import left_out, progress
from ui.parts.comparison.sharing import sharing
from ui.parts.comparison.table import chosen_target, compared
from ui.parts.comparison.take_away import take_away
from ui.parts.comparison.verdict import judged, verdict
from ui.parts.runs import pace, runs
from ui.parts.runs.differing import differing_settings
from ui.session import dialog
from ui.session.words import plain

SAME_FOR_ALL = ("seed",)
"""Differs within each network, and not between them."""


def results(plan: Plan, every: str = "all", elsewhere_ids: Sequence[str] = ()) -> None:
    """All that comes of a plan, shown anew while any of its runs is live.

    `every` is what its button calls them: `all`, or `both`; those of `elsewhere_ids` were trained
    by another program, and are seen beside them.
    """
    left_out([plan])
    live = _is_live(plan, elsewhere_ids)
    st.fragment(_results)(plan, live, every, elsewhere_ids)


def _is_live(plan: Plan, elsewhere_ids: Sequence[str]) -> bool:
    others = elsewhere.found(elsewhere_ids)
    return any(group.live for group in _groups(plan)) or any(one.is_live for one in others)


def _groups(plan: Plan) -> list[Group]:
    return groups(plan, runs.store().find(plan.recipes()))


def _results(plan: Plan, was_live: bool, every: str, elsewhere_ids: Sequence[str]) -> None:
    if was_live:
        look = pace.news_of_recipes(runs.store(), plan.recipes(), elsewhere_ids)
        when_new("news_of_comparison", look)
    found, not_ours = _groups(plan), elsewhere.found(elsewhere_ids)
    if was_live and not _is_live(plan, elsewhere_ids) and not dialog.is_open():
        st.rerun()
    ids = [run.id for group in found for run in group.runs if run]
    epochs = runs.store().epochs([*ids, *(one.id for one in not_ours)])
    fetch_ahead()
    progress([plan], [found], every)
    sharing(found)
    own = places([one.id for one in plan.entrants])
    target = chosen_target()
    rows = table(found, epochs, target)
    apart = differences(found)
    others = beside(runs.store(), plan, found)
    told = judged(found, others)
    if said := in_short(rows, told):
        st.info(plain(said), icon=":material/balance:")
    if any(epochs.values()):
        curves(plan, found, epochs, own, not_ours)
    compared(rows, own, apart, told)
    elsewhere.shown(not_ours, epochs)
    if any(run for group in found for run in group.runs):
        differing_settings(
            [group.entrant.name for group in found],
            [[run for run in group.runs if run] for group in found],
            key="compare_differing",
            ignored=SAME_FOR_ALL,
        )
    costs(rows, own, apart)
    verdict(rows, told)
    take_away(plan, found, others, target)
