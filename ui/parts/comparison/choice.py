"""Choosing what is compared: networks, data, conditions, seeds. The address holds all of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import streamlit as st

from cnn.comparing.budget import Budget, Equal
from cnn.comparing.comparison import MOST_LAYERS, MOST_SEEDS, Entrant, Plan
from cnn.data import CATALOGUE
from cnn.data.look import Look
from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.errors import ArchitectureError
from cnn.network.link import decode, encode
from cnn.network.zoo import CLASSICS, entry, zoo
from cnn.training.forecast import limits
from cnn.training.recipe.address import from_address, to_address
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.fitting import image_changes, is_fitted, with_classes
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import LIVE, Run, State
from cnn.training.store import designs, run_list
from cnn.training.store.designs import Saved
from cnn.training.store.run_list import Filter
from ui.parts.comparison import elsewhere, kept
from ui.parts.comparison.budget import (
    arrive,
    begin,
    choose_equal,
    choose_seconds,
    given,
    in_address,
)
from ui.parts.comparison.progress import expected
from ui.parts.runs import runs
from ui.parts.setup import data
from ui.parts.setup.settings import Settings
from ui.session import design
from ui.session.address import arrived, keep, whole
from ui.session.person import own_folder
from ui.session.words import plain

NETWORKS, SEEDS = "with", "seeds"
ADDRESSES = "compare_addresses"
BY_HAND = "compare_by_hand"
"""Whether somebody has chosen the networks: else they are those that the page begins with."""
BESIDE = "lenet-5"
"""What a network is set beside where nothing was chosen."""
MOST_NETWORKS = 12
MOST_OFFERED = 30
"""Of the saved designs, and of the latest finished runs."""
SETTINGS = Settings("compare")


def choose() -> Plan | None:
    """The comparison as it is chosen; None, with the reason shown, where there is none."""
    _begin()
    _leave_out_what_is_too_much()
    names = {id: _called(id) for id in offered(st.session_state[SETTINGS.key("networks")])}
    ids = st.multiselect(
        "Networks",
        list(names),
        key=SETTINGS.key("networks"),
        format_func=names.__getitem__,
        max_selections=MOST_NETWORKS,
        placeholder="Choose two or more",
        on_change=_by_hand,
        persist_state="session",
    )
    spec = data.choose_data(SETTINGS.key, on_change=_usual_epochs)
    if spec is None:
        return None
    look = data.look(spec, CATALOGUE[spec.name].image_shape)
    if look is None:
        return None
    data.split_said(look)
    data.repeats_said(look, spec.name)
    equal = choose_equal(SETTINGS, are_all_trained=not any(map(kept.is_run, ids)))
    configuration = SETTINGS.shown(
        spec,
        look.train_images,
        with_seeds=MOST_SEEDS,
        in_place_of_epochs=(lambda: choose_seconds(SETTINGS)) if equal is Equal.TIME else None,
    )
    if configuration is None:
        return None
    seeds = int(st.session_state[SETTINGS.key(SEEDS)])
    entrants, budget = _entrants(ids, look, configuration), Budget()
    if entrants:
        budget, entrants = given(SETTINGS, equal, entrants, configuration, look.train_images)
    _keep_in_address(ids, configuration, seeds, budget)
    if not entrants:
        st.info("Choose the networks to compare.", icon=":material/arrow_upward:")
        return None
    if as_trained := [one for one in entrants if one.run]:
        kept.said(as_trained)
    plan = Plan(tuple(entrants), configuration, seeds, budget)
    expected([plan], lambda _: look.images)
    return plan


def add(architecture: Architecture) -> None:
    """Adds a network to those that were chosen, or sets it beside one where none were; raises
    where there are too many already.
    """
    st.session_state[SETTINGS.key("networks")] = _with(id_of(architecture))


def add_run(run: Run) -> None:
    """Adds a run likewise, and takes its conditions: with its network, where they find it again,
    else as it was trained.
    """
    under = kept.conditions([run])
    is_found = kept.is_found(run, under)
    chosen = _with(_unfitted(run.architecture) if is_found else kept.id_of(run))
    seeds = int(st.session_state.get(SETTINGS.key(SEEDS), 1))
    put([], under, max(seeds, run.configuration.seed + 1) if is_found else seeds)
    st.session_state[SETTINGS.key("networks")] = chosen


def _with(code: str) -> list[str]:
    chosen = list(st.session_state.get(SETTINGS.key("networks"), CLASSICS))
    if chosen == list(CLASSICS) and code != BESIDE and not st.session_state.get(BY_HAND):
        chosen = [BESIDE]
    if code in chosen:
        return chosen
    if len(chosen) >= MOST_NETWORKS:
        raise ArchitectureError(
            f"{len(chosen)} networks are in the comparison already, and at most {MOST_NETWORKS} "
            "can be. Take one out on the page Compare."
        )
    return [*chosen, code]


def put(networks: Sequence[Architecture], configuration: Configuration, seeds: int) -> None:
    """Has the page begin with this comparison, in place of what was chosen on it."""
    st.session_state[SETTINGS.key("networks")] = [id_of(one) for one in networks[:MOST_NETWORKS]]
    st.session_state[SETTINGS.key(SEEDS)] = seeds
    _by_hand()
    SETTINGS.put(configuration)
    arrive(SETTINGS, {})


def put_runs(chosen: Sequence[Run | Elsewhere]) -> None:
    """Has the page begin with these runs: with their networks, where the conditions of the first
    find them again, else with the runs as they were trained.
    """
    ours = [run for run in chosen if isinstance(run, Run)]
    under = kept.conditions(ours)
    found = [run for run in ours if kept.is_found(run, under)]
    seeds = max((run.configuration.seed for run in found), default=0) + 1
    ids = [
        _unfitted(run.architecture) if isinstance(run, Run) and run in found else kept.id_of(run)
        for run in chosen
    ]
    put([], under, seeds)
    st.session_state[SETTINGS.key("networks")] = list(dict.fromkeys(ids))[:MOST_NETWORKS]


def elsewhere_chosen() -> list[str]:
    """The runs among what is chosen that another program trained."""
    ids = [kept.run_id(id) for id in st.session_state[SETTINGS.key("networks")] if kept.is_run(id)]
    return [one.id for one in elsewhere.found(ids)]


def id_of(architecture: Architecture) -> str:
    """Its id in the zoo, or its link's code; raises where it is too large for one."""
    ids = {one.architecture: id for id, one in zoo().items()}
    return ids.get(architecture) or encode(architecture)


def _begin() -> None:
    """Takes the values from an address that somebody opened; else those there are, or the first."""
    if given := arrived(ADDRESSES):
        asked = given.get(NETWORKS, ())[:MOST_NETWORKS]
        named = [id for id in asked if _is_too_large(id) or kept.is_run(id) or architecture_of(id)]
        st.session_state[SETTINGS.key("networks")] = named or list(CLASSICS)
        st.session_state[SETTINGS.key(SEEDS)] = whole(given, SEEDS, 1, 1, MOST_SEEDS)
        flat = {name: values[-1] for name, values in given.items() if values}
        SETTINGS.put(from_address(flat, FIRST, own_folder()))
        arrive(SETTINGS, given)
    begin(SETTINGS)
    SETTINGS.begin_with(FIRST)
    st.session_state.setdefault(SETTINGS.key("networks"), list(CLASSICS))
    st.session_state.setdefault(SETTINGS.key(SEEDS), 1)


def _leave_out_what_is_too_much() -> None:
    """Networks of more layers than the page can work out in time, before any of them is read."""
    key = SETTINGS.key("networks")
    taken, left_out, layers = [], 0, 0
    for id in st.session_state[key]:
        if layers + _layers(id) > MOST_LAYERS:
            left_out += 1
            continue
        layers += _layers(id)
        taken.append(id)
    if left_out:
        st.session_state[key] = taken
        st.warning(
            f"Left out: {left_out:,} of the networks, as all together would have more than the "
            f"{MOST_LAYERS:,} layers that are compared at once. Choose fewer, or smaller ones.",
            icon=":material/block:",
        )


def _is_too_large(id: str) -> bool:
    return _layers(id) > MOST_LAYERS


def _layers(id: str) -> int:
    """How many layers a link's code holds, about, without reading it: those of the zoo are few."""
    return 0 if id in zoo() else id.count("-")


def offered(chosen: Sequence[str]) -> list[str]:
    """The zoo, the network on the bench, the designs that were saved, the networks of the latest
    finished runs, and whatever others are chosen already.
    """
    own = [id for id in chosen if id not in zoo()]
    on_bench = design.traced(design.current())
    if on_bench.fault is None and on_bench.architecture not in _zoo_architectures():
        with contextlib.suppress(ArchitectureError):  # too large for an address
            own.append(encode(on_bench.architecture))
    store = runs.store()
    saved = designs.latest(store, MOST_OFFERED)
    finished = run_list.page(store, Filter(states=(State.FINISHED,)), MOST_OFFERED)
    whole = [one.architecture for one in (*saved, *finished) if isinstance(one, (Saved, Run))]
    for architecture in whole:
        with contextlib.suppress(ArchitectureError):
            own.append(_unfitted(architecture))
    return [*zoo(), *(id for id in dict.fromkeys(own) if id not in zoo())]


@remembered()
def _unfitted(architecture: Architecture) -> str:
    """Its id; one of the zoo that was fitted to its data is still the one of the zoo."""
    for id, one in zoo().items():
        if one.architecture.name == architecture.name and is_fitted(one.architecture, architecture):
            return id
    return id_of(architecture)


def _zoo_architectures() -> list[Architecture]:
    return [one.architecture for one in zoo().values()]


@remembered()
def architecture_of(id: str) -> Architecture | None:
    """The network of a zoo id or of a link's code."""
    try:
        return entry(id).architecture if id in zoo() else decode(id)
    except ArchitectureError:
        return None


def _called(id: str) -> str:
    return kept.name_of(id) if kept.is_run(id) else name_of(id)


def name_of(id: str) -> str:
    """What a network is called in a list."""
    found = architecture_of(id)
    name = found.name if found else id[:20]
    return name if id in zoo() else f"{name} (yours)"


def _entrants(ids: list[str], look: Look, configuration: Configuration) -> list[Entrant]:
    """The networks fitted to the data; one that cannot be trained is left out, and said so."""
    found, changes = [], {}
    name = configuration.dataset.name
    busy = runs.store().count(LIVE) > 0
    for id in ids:
        if kept.is_run(id):
            if one := kept.entrant(id):
                found.append(one)
            elif not elsewhere.found([kept.run_id(id)]):
                kept.said_missing(id)
            continue
        architecture = architecture_of(id)
        if architecture is None:
            continue
        try:
            fitted, on_head = with_classes(architecture, len(look.class_names))
            limits.check(fitted, configuration, look.images, busy=busy)
        except (ArchitectureError, ConfigurationError) as error:
            st.warning(plain(f"Left out: {error}"), icon=":material/block:")
            continue
        on_images = image_changes(name, look.brought_shape, architecture.input)
        said = on_images + on_head
        if said:
            changes[architecture.name] = " ".join(said)
        found.append(Entrant(id, fitted, said))
    if changes:
        with st.expander(f"What is changed to fit the data ({len(changes)})"):
            for who, what in changes.items():
                st.markdown(f"**{plain(who)}**: {plain(what)}")
    return found


def _by_hand() -> None:
    st.session_state[BY_HAND] = True


def _usual_epochs() -> None:
    chosen = st.session_state[SETTINGS.key("data")]
    st.session_state[SETTINGS.key("epochs")] = data.usual_epochs(chosen)


def _keep_in_address(
    ids: list[str], configuration: Configuration, seeds: int, budget: Budget
) -> None:
    wanted: dict[str, str | list[str]] = {
        NETWORKS: ids,
        SEEDS: str(seeds),
        **to_address(configuration),
        **in_address(budget),
    }
    wanted.pop("seed", None)
    keep(ADDRESSES, wanted)
