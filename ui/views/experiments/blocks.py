"""Two ways to build one block: their numbers side by side, and both trained in a click."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnn.comparing.comparison import Plan
from cnn.network.beside import Line, beside
from cnn.network.block_pairs import FEWEST_CHANNELS, PAIRS, BlockPair
from cnn.network.trace import Trace, trace
from cnn.training.recipe.presets import FIRST
from ui.parts.comparison.choice import id_of
from ui.parts.comparison.results import results
from ui.parts.network.side_by_side import numbers, pictures
from ui.parts.setup.settings import Settings
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep, last, whole

ID = "blocks"
SETTINGS = Settings("blocks")
PAIR, CHANNELS = SETTINGS.key("pair"), SETTINGS.key("channels")
OFFERED_CHANNELS = (FEWEST_CHANNELS, 8, 16, 32, 64)
USUAL_CHANNELS = 16
WHERE = ("of them in convolutions", "of them in dense layers")
COUNTED = ("Parameters", "MACs for one image")


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    pair, channels = last(address, "pair"), whole(address, "channels", USUAL_CHANNELS, 1, 64)
    st.session_state[PAIR] = pair if pair in PAIRS else next(iter(PAIRS))
    st.session_state[CHANNELS] = channels if channels in OFFERED_CHANNELS else USUAL_CHANNELS
    conditions.arrive(SETTINGS, FIRST, address)


def show() -> None:
    """The tab."""
    conditions.begin(SETTINGS, FIRST)
    st.session_state.setdefault(PAIR, next(iter(PAIRS)))
    st.session_state.setdefault(CHANNELS, USUAL_CHANNELS)
    pair, channels = _choose()
    titles = pair.sides[0].title, pair.sides[1].title
    blocks = _traces(pair, channels)
    numbers(f"{pair.title}, in numbers", titles, _lines(pair, channels, blocks), "blocks_numbers")
    st.caption(
        f"C is {channels} channels, on maps of {blocks[0].architecture.input[0]}×"
        f"{blocks[0].architecture.input[1]}. Weights are those of the kernels; parameters count "
        "biases and batch norm as well."
    )
    pictures(titles, blocks, "blocks_picture")
    st.header("Which learns better?", anchor=False)
    st.caption(
        "Two small networks for 28×28 images that differ in this block alone: a strided stem, the "
        + (
            "convolution, pooling, then the head."
            if pair.is_head
            else "block, pooling, the block again, then a global average."
        )
    )
    with st.container(border=True):
        chosen = conditions.conditions(SETTINGS)
        if chosen is None:
            return
        address = {"pair": pair.id, "channels": str(channels)} | chosen.to_address()
        keep(ID, address)
        networks = [pair.network(side, channels) for side in pair.sides]
        entrants = tuple(chosen.entrant(id_of(one), one) for one in networks)
        plans = conditions.trainable([Plan(entrants, chosen.configuration, chosen.seeds)], chosen)
    for plan in plans:
        results(plan, "both")


def _choose() -> tuple[BlockPair, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        id = st.segmented_control(
            "Two ways to build it",
            list(PAIRS),
            format_func=lambda id: PAIRS[id].title,
            key=PAIR,
            required=True,
            persist_state="session",
            wrap=True,
        )
        channels = st.segmented_control(
            "Channels C",
            OFFERED_CHANNELS,
            key=CHANNELS,
            required=True,
            persist_state="session",
        )
    pair = PAIRS[str(id)]
    st.markdown(pair.question)
    return pair, int(channels or USUAL_CHANNELS)


def _traces(pair: BlockPair, channels: int) -> tuple[Trace, Trace]:
    first, second = (trace(pair.block(side, channels)) for side in pair.sides)
    return first, second


def _lines(pair: BlockPair, channels: int, blocks: tuple[Trace, Trace]) -> list[Line]:
    """The piece alone, the weights of its kernels first, and then the networks around it."""
    kernels = [
        sum(weight.count for row in one.rows for weight in row.weights if len(weight.shape) > 1)
        for one in blocks
    ]
    around = beside(*(trace(pair.network(side, channels)) for side in pair.sides))
    first, second = (
        f"{side.formula} = {count:,}" for side, count in zip(pair.sides, kernels, strict=True)
    )
    return [
        Line("Weights", first, second, kernels[1] / kernels[0]),
        *(line for line in beside(*blocks) if line.what not in WHERE),
        *(
            replace(line, what=f"{line.what}, whole network")
            for line in around
            if line.what in COUNTED
        ),
    ]
