"""The depth experiment: plain against residual networks, their accuracy and their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnn.comparing.comparison import Group, Plan
from cnn.comparing.depth import (
    Member,
    Moment,
    asked,
    findings,
    gradient_profile,
    members,
    of_gradients,
    what_differs,
)
from cnn.comparing.same_data import differences
from cnn.comparing.standings import Outcome, table
from cnn.comparing.unshown import beside
from cnn.network.deep_networks import DEPTHS, Way
from cnn.pictures.comparison.result_curve import Series, result_curve
from cnn.pictures.training.gradient_profile import Profile, profile_figure
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import GradientNorms
from cnn.training.store import archive
from cnn.training.store.archive import Shipped
from ui.components.plot import plot
from ui.parts.comparison.table import chosen_target, compared
from ui.parts.comparison.verdict import judged
from ui.parts.runs import runs
from ui.parts.setup.settings import Settings
from ui.session import theme
from ui.session.kept import kept
from ui.session.words import plain
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep
from ui.views.experiments.live import (
    WORDS,
    Epochs,
    choose_outcome,
    follow,
    open_in_compare,
    open_in_train,
    points,
)

ID = "depth"
SETTINGS = Settings("depth")
CHOSEN, NORMS = SETTINGS.key("depths"), SETTINGS.key("norms")
OFFERED = (*DEPTHS[:3], 26, *DEPTHS[3:], 44, 56)
NORM_WORDS = {"yes": "with", "no": "without"}
HEIGHT = 340
PLACES = {Way.PLAIN: 1, Way.RESIDUAL: 0}


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    depths = [depth for depth in OFFERED if str(depth) in address.get("depth", [])]
    norms = [norm for norm in NORM_WORDS if norm in address.get("norm", [])]
    st.session_state[CHOSEN] = depths or list(DEPTHS)
    st.session_state[NORMS] = norms or ["yes"]
    conditions.arrive(SETTINGS, FIRST, address)


def show() -> None:
    """The tab."""
    conditions.begin(SETTINGS, FIRST)
    st.session_state.setdefault(CHOSEN, list(DEPTHS))
    st.session_state.setdefault(NORMS, ["yes"])
    st.markdown(
        "Two networks of each depth, in three stages of 8, 16 and 32 filters: the residual one "
        "adds each block's input to its output, the plain one does not. "
        + what_differs(members(_chosen(CHOSEN), [norm == "yes" for norm in _chosen(NORMS)]))
    )
    seeds = archive.shipped_seeds(Shipped.DEPTH)
    st.button(
        f"Show the results that come along: depths {DEPTHS[0]} to {DEPTHS[-1]}, {seeds} seeds",
        icon=":material/inventory_2:",
        type="tertiary",
        on_click=_show_shipped,
        key="depth_shipped",
    )
    with st.container(border=True):
        depths, norms = _choose()
        chosen = conditions.conditions(SETTINGS)
        if chosen is None:
            return
        keep(ID, {"depth": list(map(str, depths)), "norm": norms} | chosen.to_address())
        if not depths or not norms:
            st.info("Choose at least one depth, with or without batch norm.")
            return
        own = members(depths, [norm == "yes" for norm in norms])
        entrants = tuple(chosen.entrant(member.id, member.network()) for member in own)
        plans = conditions.trainable(
            [Plan((one,), chosen.configuration, chosen.seeds) for one in entrants], chosen
        )
    by_id = {member.id: member for member in own}
    whole = Plan(entrants, chosen.configuration, chosen.seeds)

    def results(found: list[Group], epochs: Epochs) -> None:
        others = beside(runs.store(), whole, found)
        _results({by_id[group.entrant.id]: group for group in found}, others, epochs)
        with st.container(horizontal=True):
            open_in_compare(whole)
            open_in_train(found)

    if plans:
        follow(plans, results)


def _show_shipped() -> None:
    """Puts the runs that ship into the store, and chooses what they are found by."""
    archive.take_in_shipped(runs.store(), Shipped.DEPTH)
    st.session_state[CHOSEN], st.session_state[NORMS] = list(DEPTHS), ["yes"]
    conditions.arrive(SETTINGS, FIRST, {}, archive.shipped_seeds(Shipped.DEPTH))


def _chosen(key: str) -> list[Any]:
    return list(st.session_state[key] or [])


def _choose() -> tuple[list[int], list[str]]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        depths = st.pills(
            "Depths: layers with a kernel, 6n + 2",
            OFFERED,
            selection_mode="multi",
            key=CHOSEN,
            persist_state="session",
        )
        norms = st.pills(
            "Batch norm",
            list(NORM_WORDS),
            format_func=NORM_WORDS.__getitem__,
            selection_mode="multi",
            key=NORMS,
            persist_state="session",
        )
    return sorted(depths), list(norms)


def _results(found: dict[Member, Group], others: Sequence[Group], epochs: Epochs) -> None:
    groups = list(found.values())
    told = judged(groups, others, asked(found, others))
    rows = table(groups, epochs, chosen_target())
    st.header("What was measured", anchor=False)
    _said_of_shipped(found)
    for sentence in findings(dict(zip(found, rows, strict=True)), told):
        st.markdown(plain(sentence))
    left, right = st.container(key="halves").columns(2, gap="large")
    with left:
        outcome = choose_outcome("depth_outcome", Outcome.TEST)
        series = [
            Series(
                kind,
                PLACES[own[0][0].way],
                points([(member.depth, group) for member, group in own], epochs, outcome),
                is_dashed=not own[0][0].batch_norm,
            )
            for kind, own in _by_kind(found).items()
        ]
        figure = result_curve(
            series,
            sorted({member.depth for member in found}),
            over="depth",
            what=WORDS[outcome].lower(),
            dark=theme.is_dark(),
            is_share=outcome is not Outcome.SECONDS,
        )
        label = f"{WORDS[outcome]} against depth"
        plot(figure, label=label, height=HEIGHT, key="depth_curve")
        _said_of_images(found)
    with right:
        _gradients(found)
    places = {member.id: PLACES[member.way] for member in found}
    compared(rows, places, differences(groups), told)


def _said_of_shipped(found: dict[Member, Group]) -> None:
    """Which of the runs were not trained here: their times are another machine's."""
    all_runs = [run for group in found.values() for run in group.finished]
    shipped = [run for run in all_runs if archive.ELSEWHERE in run.environment]
    if shipped:
        st.caption(
            f"{len(shipped)} of the {len(all_runs)} runs come with the program, which trained them "
            f"on a machine with {shipped[0].environment.get('processors')} processors that was "
            "busy with other work: read their times as no more than an order."
        )


def _by_kind(found: dict[Member, Group]) -> dict[str, list[tuple[Member, Group]]]:
    kinds: dict[str, list[tuple[Member, Group]]] = {}
    for member, group in found.items():
        kinds.setdefault(member.kind, []).append((member, group))
    return kinds


def _said_of_images(found: dict[Member, Group]) -> None:
    runs_done = [run for group in found.values() for run in group.finished if run.result]
    result = runs_done[0].result
    assert result
    st.caption(
        f"Validation on {result.validation_images:,} images, the best of all epochs; test once, on "
        f"{result.test_images:,}. Faint dots are single seeds, bars one standard deviation."
    )


def _gradients(found: dict[Member, Group]) -> None:
    """The profile of the networks of one depth over each other."""
    depths = sorted({member.depth for member, group in found.items() if group.finished})
    key, usual = "depth_gradients_of", "depth_gradients_usual"
    # The deepest may still be trained; a choice by hand stays.
    held = st.session_state.get(key)
    if held not in depths or held == st.session_state.get(usual):
        st.session_state[key] = st.session_state[usual] = depths[-1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.segmented_control(
            "Gradients at depth", depths, key=key, required=True, persist_state="session"
        )
        moment = Moment(
            st.segmented_control(
                "Measured",
                list(Moment),
                default=Moment.FIRST,
                format_func=lambda moment: str(moment.value).capitalize(),
                key="depth_moment",
                required=True,
                persist_state="session",
                help="Training measures gradients at every so many steps: the first of those, or "
                "the median of all.",
            )
            or Moment.FIRST
        )
    own = {member: group for member, group in found.items() if member.depth == depth}
    kept = {member: _measured(group) for member, group in own.items()}
    profiles = [
        Profile(
            member.kind,
            PLACES[member.way],
            tuple(gradient_profile(group.entrant.architecture, kept[member], moment)),
            is_dashed=not member.batch_norm,
        )
        for member, group in own.items()
        if any(kept[member])
    ]
    if not profiles:
        st.caption("No run of this depth kept gradient norms.")
        return
    label = f"Gradient norm of each layer at depth {depth}"
    figure = profile_figure(profiles, dark=theme.is_dark())
    plot(figure, label=label, height=HEIGHT, key="depth_gradients")
    for profile in profiles:
        st.caption(plain(of_gradients(profile.name, profile.norms)))
    step = min(norms[0].step for runs_kept in kept.values() for norms in runs_kept if norms)
    when = f"at step {step:,}" if moment is Moment.FIRST else "the median over all measured steps"
    st.caption(
        f"The L2 norm of the gradient of each layer's weights, {when}; over seeds the geometric "
        "mean. A layer with more weights has a larger norm by itself, so compare the curves layer "
        "by layer."
    )


def _measured(group: Group) -> list[Sequence[GradientNorms]]:
    return [_gradients_of(runs.store().url, run.id, run.finished_at) for run in group.finished]


# By the end of the run: one that is taken up again has others.
@kept(most=200)
def _gradients_of(_url: str, run_id: str, finished_at: float | None) -> list[GradientNorms]:
    return runs.store().gradients(run_id)
