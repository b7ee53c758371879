"""Choosing what is compared: networks, data, conditions, seeds. The address holds all of it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence

import streamlit as st

from cnn.data import CATALOGUE, DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.link import decode, encode
from cnn.network.zoo import CLASSICS, entry, zoo
from cnn.training import limits
from cnn.training.address import from_address, to_address
from cnn.training.budget import Budget, Equal
from cnn.training.comparison import MOST_SEEDS, Entrant, Plan
from cnn.training.configuration import Configuration, ConfigurationError
from cnn.training.fitting import image_changes, with_classes
from cnn.training.run import LIVE
from ui import design
from ui.compare.budget import begin, choose_equal, choose_seconds, given, in_address
from ui.training import data, expectation, runs
from ui.training.settings import Settings

NETWORKS, SEEDS = "with", "seeds"
MOST_NETWORKS = 12
SETTINGS = Settings("compare")
FIRST = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)


def choose() -> Plan | None:
    """The comparison as it is chosen; None, with the reason shown, where there is none."""
    _begin()
    ids = st.multiselect(
        "Networks",
        offered(st.session_state[SETTINGS.key("networks")]),
        key=SETTINGS.key("networks"),
        format_func=name_of,
        max_selections=MOST_NETWORKS,
        placeholder="Choose two or more",
        persist_state="session",
    )
    spec = data.choose_data(SETTINGS.key, on_change=_usual_epochs)
    if spec is None:
        return None
    look = data.look(spec, CATALOGUE[spec.name].image_shape)
    if look is None:
        return None
    equal = choose_equal(SETTINGS)
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
    trainings = [(one.architecture, one.configuration or configuration) for one in entrants]
    many = len(trainings) * seeds
    expectation.show(
        expectation.of_all(trainings, look.images, seeds),
        "" if many == 1 else f"All {many} trainings, one after the other: ",
    )
    return Plan(tuple(entrants), configuration, seeds, budget)


def add(architecture: Architecture) -> None:
    """Adds a network to those that are compared; raises where there are too many already."""
    key = SETTINGS.key("networks")
    chosen = list(st.session_state.get(key, CLASSICS))
    code = id_of(architecture)
    if code in chosen:
        return
    if len(chosen) >= MOST_NETWORKS:
        raise ArchitectureError(
            f"{len(chosen)} networks are in the comparison already, and at most {MOST_NETWORKS} "
            "can be. Take one out on the page Compare."
        )
    st.session_state[key] = [*chosen, code]


def put(networks: Sequence[Architecture], configuration: Configuration, seeds: int) -> None:
    """Has the page begin with this comparison, in place of what was chosen on it."""
    st.session_state[SETTINGS.key("networks")] = [id_of(one) for one in networks[:MOST_NETWORKS]]
    st.session_state[SETTINGS.key(SEEDS)] = seeds
    SETTINGS.put(configuration)


def id_of(architecture: Architecture) -> str:
    """Its id in the zoo, or its link's code; raises where it is too large for one."""
    ids = {one.architecture: id for id, one in zoo().items()}
    return ids.get(architecture) or encode(architecture)


def _begin() -> None:
    """Takes the first values from the address, or the four classics."""
    begin(SETTINGS)
    SETTINGS.begin_with(from_address(st.query_params.to_dict(), FIRST))
    named = [id for id in st.query_params.get_all(NETWORKS) if architecture_of(id)]
    st.session_state.setdefault(SETTINGS.key("networks"), named[:MOST_NETWORKS] or list(CLASSICS))
    seeds = st.query_params.get(SEEDS, "1")
    wanted = int(seeds) if seeds.isdecimal() else 1
    st.session_state.setdefault(SETTINGS.key(SEEDS), min(max(wanted, 1), MOST_SEEDS))


def offered(chosen: Sequence[str]) -> list[str]:
    """The zoo, the network on the bench, and whatever own designs are chosen already."""
    own = [id for id in chosen if id not in zoo()]
    on_bench = design.traced(design.current())
    if on_bench.fault is None and on_bench.architecture not in _zoo_architectures():
        with contextlib.suppress(ArchitectureError):  # too large for an address
            own.append(encode(on_bench.architecture))
    return [*zoo(), *dict.fromkeys(own)]


def _zoo_architectures() -> list[Architecture]:
    return [one.architecture for one in zoo().values()]


@functools.lru_cache(maxsize=256)
def architecture_of(id: str) -> Architecture | None:
    """The network of a zoo id or of a link's code."""
    try:
        return entry(id).architecture if id in zoo() else decode(id)
    except ArchitectureError:
        return None


def name_of(id: str) -> str:
    """What a network is called in a list."""
    found = architecture_of(id)
    name = found.name if found else id[:20]
    return name if id in zoo() else f"{name} (yours)"


def _entrants(ids: list[str], look: data.Look, configuration: Configuration) -> list[Entrant]:
    """The networks fitted to the data; one that cannot be trained is left out, and said so."""
    found, changes = [], {}
    name = configuration.dataset.name
    busy = runs.store().count(LIVE) > 0
    for id in ids:
        architecture = architecture_of(id)
        if architecture is None:
            continue
        try:
            fitted, on_head = with_classes(architecture, len(look.class_names))
            limits.check(fitted, configuration, look.images, busy=busy)
        except (ArchitectureError, ConfigurationError) as error:
            st.warning(f"Left out: {error}", icon=":material/block:")
            continue
        on_images = image_changes(name, CATALOGUE[name].image_shape, architecture.input)
        said = on_images + on_head
        if said:
            changes[architecture.name] = " ".join(said)
        found.append(Entrant(id, fitted, said))
    if changes:
        with st.expander(f"What is changed to fit the data ({len(changes)})"):
            for who, what in changes.items():
                st.markdown(f"**{who}**: {what}")
    return found


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
    there = {name: st.query_params.get_all(name) for name in st.query_params}
    if there != {
        name: value if isinstance(value, list) else [value] for name, value in wanted.items()
    }:
        st.query_params.from_dict(wanted)
