"""Beside images: a network that fits them, or a trained body, where the chosen one sees less."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnn.data import CATALOGUE, DatasetSpec, title
from cnn.data.look import Look
from cnn.network.architecture import Architecture
from cnn.network.shapes import MapShape
from cnn.shipped import Body, body
from cnn.training.forecast import calibration
from cnn.training.forecast.estimate import measured_here
from cnn.training.forecast.proposal import Proposal, in_colour, propose
from cnn.training.recipe.configuration import Configuration, epochs_text
from cnn.training.recipe.start import SHIPPED, Start
from cnn.training.workers.starting import UNREAD
from ui.parts.runs import runs
from ui.parts.setup import expectation, network, start_from
from ui.parts.setup.settings import Settings
from ui.session import design
from ui.session.words import plain

TUNED_EPOCHS = 30
"""As many as `benchmarks/photos.py` fine-tunes with."""


def offer(
    found: Look, configuration: Configuration, chosen: Architecture, settings: Settings
) -> bool:
    """Says what the chosen network leaves of the images, and offers one that keeps more.

    Returns whether it did: then that is the way to go first.
    """
    done = measured_here(runs.store().latest(expectation.RUNS))
    proposal = propose(found, configuration, calibration.load(), done)
    if start_from.is_from_shipped() or not proposal.is_better_than(chosen):
        return False
    which = Body.SCENES if proposal.is_coloured else Body.DIGITS
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="proposal"):
        st.markdown(
            f"{_sees(chosen, proposal)} **{plain(proposal.architecture.name)}** fits them: "
            f"{proposal.expected.text} for {_training(proposal.configuration)}.",
            width="stretch",
        )
        st.button(
            "Use this network",
            type="primary",
            icon=":material/auto_awesome:",
            on_click=_use,
            args=(proposal, settings),
        )
        st.button(
            "Fine-tune a trained one",
            icon=":material/move_down:",
            on_click=_tune,
            args=(which, configuration, proposal.configuration.epochs, settings),
            help=f"{which.called}. {which.worth}",
        )
    return True


def offer_colour(spec: DatasetSpec, chosen: Architecture) -> bool:
    """Offers the chosen network in the size and colour of a data set that it would see in grey.

    Returns whether it did: then that is the way to go first.
    """
    wider = in_colour(chosen, CATALOGUE[spec.name].image_shape)
    if wider is None:
        return False
    height, width, _ = wider.input
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="proposal"):
        st.markdown(
            f":material/palette: The images of {title(spec)} are in colour; {plain(chosen.name)} "
            f"sees them {_words(chosen.input)}.",
            width="stretch",
        )
        st.button(
            f"See them in colour, {width}×{height}",
            type="primary",
            icon=":material/auto_awesome:",
            on_click=_design,
            args=(wider,),
        )
    return True


def _sees(chosen: Architecture, proposal: Proposal) -> str:
    now = f"{plain(chosen.name)} sees them {_words(chosen.input)}"
    if proposal.is_coloured and chosen.input[2] == 1:
        return f":material/palette: Your pictures are in colour; {now}."
    return f":material/photo_size_select_large: {now}, and they have more to show."


def _words(shape: MapShape) -> str:
    height, width, channels = shape
    return f"{'in grey' if channels == 1 else 'in colour'} at {width}×{height}"


def _training(configuration: Configuration) -> str:
    said = epochs_text(configuration.epochs)
    if configuration.is_augmented:
        said += ", each time with the images a little changed, as they are few"
    return said


def _use(proposal: Proposal, settings: Settings) -> None:
    _design(proposal.architecture)
    settings.put(proposal.configuration)


def _tune(which: Body, configuration: Configuration, epochs: int, settings: Settings) -> None:
    """The body that ships, with a new head: that first, then all at a tenth of the rate."""
    _design(body(which).architecture)
    own = replace(configuration, epochs=min(epochs, TUNED_EPOCHS), steps=0, seconds=0.0)
    settings.put(own)
    head_first = start_from.usual_head(own.epochs)
    start_from.begin_with(Start(UNREAD, file=f"{SHIPPED}{which}", head_first=head_first))


def _design(architecture: Architecture) -> None:
    design.put(architecture)
    st.session_state[network.PROPOSED] = design.current().layers
    network.choose_bench()
