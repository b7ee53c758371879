"""Setting up a training: network, data, settings, what has to be changed, and the button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

import streamlit as st

from cnn.data import CATALOGUE, DatasetName, DatasetSpec
from cnn.data.catalogue import named_classes
from cnn.data.look import Look
from cnn.data.own.library import PREFIX
from cnn.data.sets import SETS
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.assignment import begun as own_seed
from cnn.lessons.challenges.goals import Goals
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.heads import settled
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.training.forecast import limits
from cnn.training.forecast.advice import concerns
from cnn.training.recipe.address import from_address, names, to_address
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.fitting import Fitted, image_changes, with_classes
from cnn.training.recipe.presets import FIRST, PRESETS, Preset
from cnn.training.recipe.run import LIVE
from cnn.training.recipe.start import StartError
from cnn.training.workers.queue import Wanted, put
from ui.components.plot import fetch_ahead
from ui.parts.lesson import assigned, challenge
from ui.parts.runs import runs
from ui.parts.runs.filters import NAMES as OF_LIST
from ui.parts.setup import data, expectation, network, proposal, start_from
from ui.parts.setup.augmented import augmented
from ui.parts.setup.settings import Settings
from ui.parts.setup.start_from import Chosen
from ui.session import design
from ui.session.person import own_folder
from ui.session.words import plain

SETTINGS = Settings("train")


def set_up() -> None:
    """From choosing to the button; pressing it shows the new run."""
    SETTINGS.begin_with(from_address(st.query_params.to_dict(), _usual(), own_folder()))
    fetch_ahead()
    top = st.container()
    _presets()
    is_own = str(st.session_state[SETTINGS.key("data")]).startswith(PREFIX)
    above = st.container()
    left, right = st.container(key="halves_setup").columns(2, border=True)
    with left:
        chosen = network.choose_network()
        if chosen is not None:
            with top:
                challenge.goals_shown(trace(chosen))
            network.look_at(chosen)
    with right:
        spec = data.choose_data(SETTINGS.key, on_change=_usual_epochs)
        look = (
            data.look_at(spec, chosen.input) if spec and chosen and _can_be_read(chosen) else None
        )
    if chosen is None or spec is None or look is None:
        return
    with st.container(border=True):
        configuration = SETTINGS.shown(spec, look.train_images)
        if configuration is None:
            return
        with above:
            is_first = not (
                proposal.offer(look, configuration, chosen, SETTINGS)
                if is_own
                else proposal.offer_colour(spec, chosen)
            )
        _keep_in_address(configuration)
        if configuration.is_augmented:
            augmented(look, configuration)
        fitted = _fitted(chosen, look, configuration)
        if fitted is None:
            return
        try:
            begun = start_from.choose(fitted.architecture, look.class_names, configuration.epochs)
        except StartError as error:
            words = str(error)
            st.error(plain(words[0].upper() + words[1:]), icon=":material/error:")
            return
        if begun:
            configuration = replace(configuration, start=begun.begun.start)
        _last_words(fitted, configuration, look.train_images)
    task = assigned.offered(
        *(fitted.architecture, configuration),
        use=lambda spec: SETTINGS.put(replace(configuration, dataset=spec)),
    )
    wanted = challenge.try_offered(fitted.architecture, configuration)
    with st.container(key="launch", horizontal=True, vertical_alignment="center"):
        _launch(fitted, look, configuration, wanted, begun, task, is_first=is_first)


def _usual() -> Configuration:
    """What is set where nothing else was."""
    return replace(FIRST, dataset=assigned.usual_data(FIRST))


def _presets() -> None:
    """Data and settings in one click; the network stays, unless one belongs to them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Begin with", width="content")
        for preset in PRESETS:
            st.button(
                preset.title,
                key=f"preset_{preset.title}",
                type="tertiary",
                icon=":material/bolt:",
                help=preset.hint,
                on_click=_begin_with,
                args=(preset,),
                width="content",
            )


def _begin_with(preset: Preset) -> None:
    use(preset.configuration)
    if preset.network:
        st.session_state[network.KEY] = preset.network


def begin_on_bench(classes: int) -> None:
    """Has the page begin with the network on the bench, and with data of so many classes.

    Data that have them are left as they were chosen; else those are taken whose images are nearest
    in size. Where none has so many classes, the network's head will be changed, and that be said.
    """
    network.choose_bench()
    SETTINGS.begin_with(_usual())
    counts = {str(name): len(named_classes(DatasetSpec(name)) or ()) for name in SETS}
    chosen = st.session_state[SETTINGS.key("data")]
    if counts.get(chosen, classes) == classes or classes not in counts.values():
        return
    height = design.current().input[0]
    st.session_state[SETTINGS.key("data")] = min(
        (name for name, count in counts.items() if count == classes),
        key=lambda name: abs(CATALOGUE[DatasetName(name)].image_shape[0] - height),
    )
    _usual_epochs()


def use(configuration: Configuration) -> None:
    """Puts the settings of a run into the widgets, for a training like it."""
    SETTINGS.put(configuration)
    start_from.begin_with(configuration.start)


def queue(
    architecture: Architecture,
    configuration: Configuration,
    changes: Sequence[str] = (),
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> str:
    """Puts a run into the queue and returns its id; raises where the queue is full.

    `changes` are what was changed to fit network and data to each other. What an earlier version
    trained with an end of another kind gets one that is trained now.
    """
    architecture, on_end = settled(architecture)
    limits.check_epochs(configuration)
    (run,) = put(runs.store(), [Wanted(architecture, configuration, (*changes, *on_end), files)])
    return run.id


def _last_words(fitted: Fitted, configuration: Configuration, train_images: int) -> None:
    """What will be changed, and what might go wrong."""
    if fitted.changes:
        st.info("  \n".join(fitted.changes), icon=":material/tune:")
    for concern in concerns(fitted.architecture, configuration, train_images):
        st.warning(concern, icon=":material/lightbulb:")


def _launch(
    fitted: Fitted,
    look: Look,
    configuration: Configuration,
    wanted: Goals | None,
    begun: Chosen | None,
    task: Assignment | None,
    *,
    is_first: bool,
) -> None:
    """How long it will take and the button, or why it cannot be trained; never out of sight.

    A training that is wanted as a try at a challenge is named for it. `is_first` is false where
    another button is the way to go first.
    """
    try:
        limits.check_size(fitted.architecture)
        limits.check_epochs(configuration)
        configuration.check_channels(fitted.architecture.input[2])
        expected = expectation.of(fitted.architecture, configuration, look.images)
    except ConfigurationError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    waiting = runs.store().count(LIVE)
    label = "Train" if not waiting else f"Train (after {waiting} other{'s' * (waiting > 1)})"
    kind: Literal["primary", "secondary"] = "primary" if is_first else "secondary"
    if st.button(label, type=kind, icon=":material/play_arrow:", key="train_button"):
        try:
            id = _queue_begun(fitted, look, configuration, begun, task)
        except (ConfigurationError, StartError) as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            if wanted:
                challenge.name_try(wanted, id)
            runs.show_new(id)
            st.rerun()
    expectation.show(expected)


def _queue_begun(
    fitted: Fitted,
    look: Look,
    configuration: Configuration,
    begun: Chosen | None,
    task: Assignment | None,
) -> str:
    """Puts it into the queue, with the weights that it begins with where those are not new; for an
    assignment, with a seed of its own.
    """
    if task:
        configuration = own_seed(configuration)
    if begun is None:
        return queue(fitted.architecture, configuration, fitted.changes, assigned.files(task))
    ready = begun.ready(fitted.architecture, look.class_names)
    configuration = replace(configuration, start=ready.start)
    return queue(fitted.architecture, configuration, fitted.changes, ready.files)


def _fitted(chosen: Architecture, look: Look, configuration: Configuration) -> Fitted | None:
    """The network with a head for the data; None, with the reason shown, where it takes none."""
    try:
        head, on_head = with_classes(chosen, len(look.class_names))
    except ArchitectureError as error:
        network.not_trained(chosen, str(error), len(look.class_names))
        return None
    name = configuration.dataset.name
    return Fitted(head, image_changes(name, look.brought_shape, chosen.input) + on_head)


def _can_be_read(chosen: Architecture) -> bool:
    if chosen.input[2] in (1, 3):
        return True
    network.not_trained(
        chosen,
        f"{chosen.name} reads {chosen.input[2]} channels; images have 1 (grey) or 3 (colour). "
        "Change the channels of its input.",
    )
    return False


def _usual_epochs() -> None:
    chosen = st.session_state[SETTINGS.key("data")]
    st.session_state[SETTINGS.key("epochs")] = data.usual_epochs(chosen)


def _keep_in_address(configuration: Configuration) -> None:
    """Network, data and changed settings, so that a refresh or a link finds them again."""
    wanted = to_address(configuration)
    chosen = st.session_state[network.KEY]
    if chosen in zoo():
        wanted[network.ADDRESS] = chosen
    elif code := st.query_params.get(design.ADDRESS):
        wanted[design.ADDRESS] = code
    ours = {*names(), network.ADDRESS, design.ADDRESS}
    if {name: value for name, value in st.query_params.items() if name in ours} != wanted:
        kept = {name: st.query_params[name] for name in OF_LIST.values() if name in st.query_params}
        st.query_params.from_dict(kept | wanted)
