"""An experiment of several plans: its progress and what comes of it, while its runs are live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cnn.comparing.comparison import Group, Plan, groups
from cnn.comparing.standings import Outcome, outcomes
from cnn.pictures.comparison.result_curve import Measured
from cnn.training.recipe.run import Epoch
from ui.components.news import when_new
from ui.components.plot import fetch_ahead
from ui.parts.comparison import choice
from ui.parts.comparison.progress import left_out, progress
from ui.parts.runs import pace, runs
from ui.session import dialog
from ui.session.pages import PAGES

Epochs = Mapping[str, Sequence[Epoch]]
WORDS = {
    Outcome.VALIDATION: "Validation accuracy",
    Outcome.TEST: "Test accuracy",
    Outcome.SECONDS: "Seconds of training",
}


def follow(plans: Sequence[Plan], show: Callable[[list[Group], Epochs], None]) -> None:
    """The progress of all plans, and below it what `show` makes of their groups."""
    left_out(plans)
    live = any(group.live for own in _found(plans) for group in own)
    st.fragment(_follow)(plans, show, live)


def _follow(
    plans: Sequence[Plan], show: Callable[[list[Group], Epochs], None], was_live: bool
) -> None:
    if was_live:
        recipes = [recipe for plan in plans for recipe in plan.recipes()]
        when_new("news_of_experiment", pace.news_of_recipes(runs.store(), recipes))
    found = _found(plans)
    together = [group for own in found for group in own]
    if was_live and not any(group.live for group in together) and not dialog.is_open():
        st.rerun()
    fetch_ahead()
    progress(plans, found)
    if any(group.finished for group in together):
        show(together, runs.store().epochs([run.id for one in together for run in one.finished]))


def _found(plans: Sequence[Plan]) -> list[list[Group]]:
    there = runs.store().find([recipe for plan in plans for recipe in plan.recipes()])
    return [groups(plan, there) for plan in plans]


def choose_outcome(key: str, usual: Outcome) -> Outcome:
    """Which result is drawn."""
    return Outcome(
        st.segmented_control(
            "Result",
            list(Outcome),
            default=usual,
            format_func=WORDS.__getitem__,
            key=key,
            required=True,
            persist_state="session",
            wrap=True,
        )
        or usual
    )


def points(
    found: Sequence[tuple[float, Group]], epochs: Epochs, outcome: Outcome
) -> tuple[Measured, ...]:
    """What the groups of these values came to; those without a finished run have no point."""
    return tuple(
        Measured(value, results)
        for value, group in found
        if (results := outcomes(group, epochs, outcome))
    )


def open_in_compare(plan: Plan) -> None:
    """The way to all that Compare shows of the same runs, its report included."""
    if len(plan.entrants) > choice.MOST_NETWORKS:
        return
    if st.button("Open in Compare", icon=":material/compare_arrows:"):
        networks = [one.architecture for one in plan.entrants]
        choice.put(networks, plan.configuration, plan.seeds)
        st.switch_page(PAGES / "compare.py")


def open_in_train(found: Sequence[Group]) -> None:
    """The way to the curves of single runs."""
    ids = [run.id for group in found for run in group.finished][: runs.MOST_SHOWN]
    if st.button("Curves of the runs", icon=":material/show_chart:"):
        st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: ids})
