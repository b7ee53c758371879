"""What every network of a comparison is given alike: the choice, in words, and in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn.comparing import budget
from cnn.comparing.budget import COUNTED, Budget, Equal, macs_spent
from cnn.comparing.comparison import Entrant
from cnn.training.recipe.configuration import MOST_SECONDS, Configuration, ConfigurationError
from cnn.training.recipe.pace import steps_wanted
from ui.parts.setup.settings import Settings
from ui.session.address import Address, last
from ui.session.words import plain, short

ADDRESS, EQUAL, SECONDS, FORWARD = "budget", "equal", "seconds", "forward"
USUAL_SECONDS = 20.0
HELP = (
    "Epochs: each goes through the images as often, unless it stops early. Time: each has as many "
    "seconds, so a quick network gets further; how many steps that is may differ from one training "
    "to the next, even with the same seed. MACs: each computes as much there and back, to within "
    "half a step, so a small network gets more steps."
)
LABELS = {Equal.TRAINING_MACS: "MACs", Equal.FORWARD_MACS: "MACs, forward only"}


def begin(settings: Settings) -> None:
    """Gives the widgets that have no value yet their first one."""
    st.session_state.setdefault(settings.key(EQUAL), Equal.EPOCHS.value)
    st.session_state.setdefault(settings.key(SECONDS), USUAL_SECONDS)


def arrive(settings: Settings, address: Address) -> None:
    """Puts what an address says into the widgets."""
    try:
        equal, seconds = budget.read(last(address, ADDRESS, Equal.EPOCHS))
    except ConfigurationError:
        equal, seconds = Equal.EPOCHS, 0.0
    st.session_state[settings.key(EQUAL)] = equal.value
    st.session_state[settings.key(SECONDS)] = seconds or USUAL_SECONDS
    st.session_state[settings.key(FORWARD)] = equal is Equal.FORWARD_MACS


def choose_equal(settings: Settings, *, are_all_trained: bool) -> Equal:
    """The control: what is the same for all, or for all but runs that stand as they were trained.
    The count of earlier versions is there for the comparisons that were made by it.
    """
    by_forward = st.session_state.get(settings.key(FORWARD), False)
    chosen = st.segmented_control(
        "The same for all" if are_all_trained else "The same for all but runs as trained",
        [one.value for one in Equal if by_forward or one is not Equal.FORWARD_MACS],
        format_func=lambda value: LABELS.get(Equal(value), value),
        key=settings.key(EQUAL),
        required=True,
        help=HELP,
        persist_state="session",
    )
    return Equal(chosen or Equal.EPOCHS)


def choose_seconds(settings: Settings) -> None:
    """The seconds, where they take the place of the epochs."""
    st.number_input(
        "Seconds",
        1.0,
        MOST_SECONDS,
        key=settings.key(SECONDS),
        step=5.0,
        format="%g",
        help="Of training steps, for each training. Compiling and validation are not counted.",
        persist_state="session",
        width=118,
    )


def given(
    settings: Settings,
    equal: Equal,
    entrants: Sequence[Entrant],
    configuration: Configuration,
    train_images: int,
) -> tuple[Budget, list[Entrant]]:
    """The budget, and those who can be trained within it; of the others it is said why not."""
    seconds = float(st.session_state[settings.key(SECONDS)])
    trained = [one.architecture for one in entrants if one.run is None]
    if not trained:
        return Budget(), list(entrants)
    whole = budget.made(equal, seconds, trained[0], configuration, train_images)
    found, said = [], []
    for entrant in entrants:
        if entrant.run:
            found.append(entrant)
            continue
        try:
            own = budget.given(whole, entrant.architecture, configuration, train_images)
        except ConfigurationError as error:
            st.warning(plain(f"Left out: {error}"), icon=":material/block:")
            continue
        found.append(replace(entrant, configuration=own))
        if equal in COUNTED:
            steps = steps_wanted(own, train_images) or 0
            ended = replace(own, steps=steps)
            spent = macs_spent(equal, entrant.architecture, ended, train_images)
            said.append(f"{entrant.name} {steps:,} steps ({short(spent)} MACs)")
    if equal is not Equal.EPOCHS:
        first = plain(trained[0].name)
        words = budget.in_words(whole, configuration).replace("the first network", first)
        st.caption(f"Each is given {words}." + (plain(f" {', '.join(said)}.") if said else ""))
    return whole, found


def in_address(found: Budget) -> dict[str, str]:
    """What the address says of it; nothing of equal epochs."""
    return {} if found.equal is Equal.EPOCHS else {ADDRESS: budget.as_option(found)}
