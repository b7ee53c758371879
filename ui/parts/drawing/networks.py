"""The networks that read the pad: the one that ships, and any finished run on digits.

Look inside chooses among the finished runs too, and calls them the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import streamlit as st

from cnn.data import CATALOGUE
from cnn.data.picture.centring import SIDE
from cnn.insight.passes import effort
from cnn.insight.passes.effort import Effort, TooMuchError
from cnn.insight.passes.in_browser import NotInBrowserError, in_browser
from cnn.insight.readings.answers import scoring
from cnn.insight.readings.reading import DIGITS, Reader
from cnn.network.architecture import Architecture
from cnn.network.heads import end_activation
from cnn.network.keras.model import WeightsError
from cnn.network.trace import trace
from cnn.shipped import Card, shipped
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.naming import told_apart
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import StoreError
from ui.components.engine import offer, offer_shipped
from ui.parts.runs import runs
from ui.session.kept import kept, turn
from ui.session.words import percent, plain

KEY = "draw_networks"
SHIPPED = "shipped"
MOST = 4
MOST_RUNS = 200
LISTED_S = 5.0
STROKE_S = 1.0
IMAGE_BYTES = 4 * 28 * 28
CLASSES = 10
CHANNELS = (1, 3)
BROWSER_MACS = 6_000_000
"""What a browser does in a few milliseconds."""
LISTED_IN_BROWSER = 16


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A network that reads digits, what it is called, and what it was measured to do.

    `in_browser` is where the browser gets it, to answer by itself; nothing where it cannot.
    """

    id: str
    name: str
    about: str
    reader: Reader
    in_browser: str = ""


def choose_networks(in_turn: ExitStack) -> list[Named]:
    """A control for up to four networks; those whose weights can be had, in their order.

    Large ones wait for their turn before their weights are read; what `in_turn` ends gives it back.
    """
    offered = {run.id: run for run in digit_runs()}
    names = short_names(list(offered.values()))

    def said(id: str) -> str:
        run = offered.get(id)
        if run is None or run.result is None:
            return "The built-in network" if id == SHIPPED else "a run that is gone"
        return f"{names[id]} · {percent(run.result.test_accuracy)}"

    chosen = st.multiselect(
        "Networks that read it",
        [SHIPPED, *offered],
        default=[SHIPPED],
        format_func=said,
        max_selections=MOST,
        key=KEY,
        persist_state="session",
        placeholder="Choose a network",
        help="The built-in one, and what is finished of the latest "
        f"{MOST_RUNS} runs on MNIST, its sample or the small digits. Choose several to see where "
        "they disagree.",
    )
    found: list[Named] = []
    held = Effort()
    for id in chosen:
        try:
            if id != SHIPPED:
                held = _held_with(held, offered[id].architecture, in_turn)
            found.append(_shipped() if id == SHIPPED else _of_run(offered[id], names[id]))
        except (WeightsError, StoreError, TooMuchError) as error:
            st.error(plain(f"{said(id)}: {error}"), icon=":material/error:")
    return found


def _held_with(held: Effort, architecture: Architecture, in_turn: ExitStack) -> Effort:
    """What is held with one network more, which must leave time to read while one draws."""
    weights = replace(effort.of_weights(architecture), seconds=0.0)
    asked = held.then(weights).then(effort.of_predict(scoring(architecture)))
    asked.check(
        "to read each stroke with all networks that are chosen",
        STROKE_S,
        "Choose fewer networks, or smaller ones.",
    )
    in_turn.enter_context(turn(asked))
    return held.then(weights)


def asks(network: Named, images: int) -> Effort:
    """What it takes to have a network read so many images."""
    fitted = Effort(0, images * IMAGE_BYTES)
    return fitted.then(effort.of_predict(scoring(network.reader.architecture), images))


def those_in_time(networks: Sequence[Named], images: int) -> list[Named]:
    """The networks that read so many images within a click's time; of the others it is said."""
    found = []
    for network in networks:
        try:
            asks(network, images).check(f"{network.name}: to read {images} changed drawings")
            found.append(network)
        except TooMuchError as error:
            st.info(plain(str(error)), icon=":material/hourglass_empty:")
    return found


def short_names(found: list[Run]) -> dict[str, str]:
    """What each run is called, by its id: its network, and what tells it from others of that."""
    names: dict[str, str] = {}
    for name in dict.fromkeys(run.name for run in found):
        alike = [run for run in found if run.name == name]
        names |= dict(zip((run.id for run in alike), told_apart(alike), strict=True))
    return names


def finished_runs() -> list[Run]:
    """The finished runs with a test result, the newest first."""
    return [run for run, _ in _listed()]


def digit_runs() -> list[Run]:
    """Those of them on digits with an output for each."""
    return [run for run, reads_digits in _listed() if reads_digits]


def _listed() -> list[tuple[Run, bool]]:
    try:
        store = runs.opened()
        return _finished(store.url, store.person.id)
    except StoreError:  # the pages that are about runs say so; these work without
        return []


@st.cache_resource(show_spinner=False, ttl=LISTED_S)
def _finished(url: str, who: str) -> list[tuple[Run, bool]]:
    """Each with whether it reads digits; looked at now and then, for a store's `url`, since neither
    a stroke nor a click may wait for the list of runs.
    """
    return [
        (run, _reads_digits(run))
        for run in runs.opened().latest(MOST_RUNS)
        if run.state is State.FINISHED and run.result is not None
    ]


def _reads_digits(run: Run) -> bool:
    return (
        run.configuration.dataset.name in DIGITS
        and run.architecture.input[2] in CHANNELS
        and trace(run.architecture).output_shape == (CLASSES,)
    )


def _shipped() -> Named:
    found = shipped()
    reader = Reader(found.architecture, found.weights, found.card.configuration.dataset)
    about = about_card(found.card)
    return Named(SHIPPED, "The built-in network", about, reader, offer_shipped())


def about_card(card: Card) -> str:
    """What the shipped network learned from, and what it was measured to do."""
    return (
        f"Trained on {CATALOGUE[card.configuration.dataset.name].title}, "
        f"{card.images['train']:,} images. Reads {card.right:,} of {card.test_images:,} test "
        "images right."
    )


def _of_run(run: Run, name: str) -> Named:
    assert run.result is not None
    reader = _reader(runs.opened().url, run.id, run)
    about = (
        f"Trained on {CATALOGUE[run.configuration.dataset.name].title}, "
        f"{run.result.train_images:,} images. Reads {percent(run.result.test_accuracy)} of "
        f"{run.result.test_images:,} test images right. {reader.fitting}"
    )
    address = _in_browser(runs.opened().url, run.id, reader)
    return Named(run.id, name, about.strip(), reader, address)


@kept(asks=lambda url, id, run: effort.of_weights(run.architecture))
def _reader(url: str, id: str, _run: Run) -> Reader:
    """A run's network, kept between strokes; `url` and `id` are what it is known by."""
    weights = trained_weights(runs.opened(), _run)
    return Reader(_run.architecture, weights, _run.configuration.dataset)


@kept(most=LISTED_IN_BROWSER)
def _in_browser(url: str, id: str, _reader: Reader) -> str:
    """Where the browser gets a run's network, if it takes the pad's image as it is, answers in
    shares, and does so while a pen moves on.
    """
    architecture = _reader.architecture
    if (
        architecture.input != (SIDE, SIDE, 1)
        or _reader.is_cut
        or end_activation(architecture) != "softmax"
        or trace(architecture).total_macs > BROWSER_MACS
    ):
        return ""
    try:
        return offer(in_browser(architecture, _reader.weights))
    except NotInBrowserError:
        return ""
