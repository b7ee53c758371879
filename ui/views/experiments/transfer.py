"""Does it pay to start from trained weights? Three ways to begin, with more and more images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn.comparing.comparison import Group, Plan
from cnn.comparing.same_data import differences
from cnn.comparing.standings import Outcome, table
from cnn.data import DataError
from cnn.data import title as data_title
from cnn.diagnose import learning_curve
from cnn.diagnose.transfer_pays import SHARES, Member, Way, asked, findings, members, plan_of
from cnn.insight.passes import effort
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import WeightsError
from cnn.numbers import exact
from cnn.pictures.comparison.result_curve import Series, result_curve
from cnn.shipped import Body
from cnn.shipped.starts import IDS, shipped_parent
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import Run
from cnn.training.recipe.start import SHIPPED, StartError
from cnn.training.workers import starting
from cnn.training.workers.starting import Beginning, Parent
from ui.components.plot import plot
from ui.parts.comparison.table import chosen_target, compared
from ui.parts.comparison.verdict import judged
from ui.parts.drawing.networks import finished_runs, short_names
from ui.parts.runs import runs
from ui.parts.setup.settings import Settings
from ui.session import theme
from ui.session.kept import kept
from ui.session.words import percent, plain
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep, last
from ui.views.experiments.live import WORDS, Epochs, choose_outcome, follow, open_in_train, points

ID = "transfer"
SETTINGS = Settings("transfer")
PARENT, CHOSEN = SETTINGS.key("parent"), SETTINGS.key("shares")
USUAL, USUAL_SHARES = f"{SHIPPED}{Body.SCENES}", (1.0,)
PLACES = {Way.NEW: 7, Way.FROZEN: 2, Way.TUNED: 0}
HEIGHT = 360


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    st.session_state[PARENT] = last(address, "parent", USUAL)
    wanted = set(address.get("share", map(exact, USUAL_SHARES)))
    st.session_state[CHOSEN] = [one for one in SHARES if exact(one) in wanted] or [1.0]
    conditions.arrive(SETTINGS, FIRST, address)


def show() -> None:
    """The tab."""
    conditions.begin(SETTINGS, FIRST)
    st.session_state.setdefault(PARENT, USUAL)
    st.session_state.setdefault(CHOSEN, list(USUAL_SHARES))
    st.markdown(
        "Does it pay to start from a trained network? The same network learns your images with new "
        "weights, with a body that stays as it is and a new head, and fine-tuned: the head first, "
        "then everything at a tenth of the rate."
    )
    with st.container(border=True):
        id, shares = _choose()
        chosen = conditions.conditions(SETTINGS)
        if chosen is None:
            return
        own: dict[str, str | list[str]] = {"parent": id, "share": list(map(exact, shares))}
        keep(ID, own | chosen.to_address())
        if not shares:
            st.info("Choose at least one share of the images.", icon=":material/arrow_upward:")
            return
        found = _plans(id, shares, chosen)
        plans = conditions.trainable(list(found.values()), chosen) if found else []
    if not plans or len(plans) < len(found):
        return
    by_id = {member.id: member for member in found}

    def results(groups: list[Group], epochs: Epochs) -> None:
        _results({by_id[group.entrant.id]: group for group in groups}, epochs)
        open_in_train(groups)

    follow(plans, results)


def _choose() -> tuple[str, list[float]]:
    offered = {run.id: run for run in finished_runs()}
    names = short_names(list(offered.values()))
    ids = [*IDS, *offered]

    def said(id: str) -> str:
        if id in IDS:
            return f"{IDS[id].called} (ships)"
        run = offered.get(id)
        if run is None or run.result is None:
            return f"run {id}"
        where = data_title(run.configuration.dataset)
        return f"{names[id]} · {where} · {percent(run.result.test_accuracy)}"

    if st.session_state[PARENT] not in ids:
        st.session_state[PARENT] = USUAL
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        id = st.selectbox(
            "Weights to start from",
            ids,
            format_func=said,
            key=PARENT,
            persist_state="session",
            width=420,
        )
        shares = st.pills(
            "Share of the images to train",
            SHARES,
            selection_mode="multi",
            format_func=lambda share: f"{exact(100 * share)} %",
            key=CHOSEN,
            persist_state="session",
        )
    if id in IDS:
        st.caption(plain(IDS[id].worth))
    return str(id), sorted(shares)


def _plans(id: str, shares: Sequence[float], chosen: conditions.Conditions) -> dict[Member, Plan]:
    """The trainings of every member; none, with the reason shown, where they cannot be."""
    try:
        parent = _parent(id)
        entrant = chosen.entrant(id, parent.architecture)
        begun = _begun(id, entrant.architecture, chosen.look.class_names)
        for note in begun.notes:
            st.caption(plain(note))
        images, seeds = chosen.look.counts["train"], chosen.seeds
        return {
            member: _with_files(
                plan_of(member, entrant, chosen.configuration, begun.start, images, seeds), begun
            )
            for member in members(shares)
        }
    except (ArchitectureError, ConfigurationError, DataError, StartError, WeightsError) as error:
        words = str(error)
        st.error(plain(words[:1].upper() + words[1:]), icon=":material/error:")
        return {}


def _with_files(plan: Plan, begun: Beginning) -> Plan:
    (own,) = plan.entrants
    return replace(plan, entrants=(replace(own, files=begun.files),))


def _parent(id: str) -> Parent:
    if id in IDS:
        return shipped_parent(id)
    run = runs.store().get(id)
    if run is None:
        raise StartError(f"there is no run {id!r} to begin with. It may be deleted.")
    return _of_run(runs.store().url, id, run.finished_at, run)


# By the end of the run too: one that is taken up again ends once more, with other weights.
@kept(most=2, asks=lambda url, id, finished_at, run: effort.of_weights(run.architecture))
def _of_run(url: str, id: str, finished_at: float | None, _run: Run) -> Parent:
    return starting.of_run(runs.store(), id)


def _asks(id: str, architecture: Architecture, classes: tuple[str, ...]) -> effort.Effort:
    return effort.of_weights(architecture)


@kept(most=4, asks=_asks)
def _begun(id: str, architecture: Architecture, classes: tuple[str, ...]) -> Beginning:
    return starting.begin(_parent(id), architecture, classes)


def _results(found: dict[Member, Group], epochs: Epochs) -> None:
    groups = list(found.values())
    told = judged(groups, (), asked(found))
    rows = table(groups, epochs, chosen_target())
    st.header("What was measured", anchor=False)
    for sentence in findings(dict(zip(found, rows, strict=True)), told):
        st.markdown(plain(sentence))
    shares = sorted({member.share for member in found})
    if len(shares) > 1:
        _curves(found, epochs, shares)
    places = {member.id: PLACES[member.way] for member in found}
    compared(rows, places, differences(groups), told)


def _curves(found: dict[Member, Group], epochs: Epochs, shares: Sequence[float]) -> None:
    outcome = choose_outcome("transfer_outcome", Outcome.TEST)
    series = [
        Series(
            way.value,
            PLACES[way],
            points(
                [(one.share, group) for one, group in found.items() if one.way is way],
                epochs,
                outcome,
            ),
        )
        for way in Way
    ]
    figure = result_curve(
        series,
        shares,
        over="share of the images to train",
        what=WORDS[outcome].lower(),
        dark=theme.is_dark(),
        is_share=outcome is not Outcome.SECONDS,
    )
    plot(
        figure,
        label=f"{WORDS[outcome]} against the share of images",
        height=HEIGHT,
        key="transfer_curve",
    )
    for way in Way:
        groups = [group for one, group in found.items() if one.way is way]
        if said := learning_curve.in_words(learning_curve.trained(groups)):
            st.caption(plain(f"{way.value.capitalize()}: {' '.join(said)}"))
