"""One network of the atlas: its idea, its numbers, the block it is made of, and what was before."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.atlas import Known, design, step_to
from cnn.network.atlas.steps import in_numbers, times
from cnn.network.beside import beside
from cnn.network.blocks import BLOCKS, Block
from cnn.network.difference import can_be_matched
from cnn.network.layers.repeats import Stretch, main_block
from cnn.network.trace import Trace, trace
from cnn.network.zoo import entry
from cnn.pictures.network.diagram import diagram
from ui.components.picture import picture
from ui.parts.network.side_by_side import numbers
from ui.session import design as bench
from ui.session.pages import PAGES
from ui.session.words import plain, pretty

CHANNELS = 32
"""Those of the map that a block of the palette is shown behind."""

NO_DESIGN = (
    "Its branches cross each other, so that it is no design here: no series and parallel parts "
    "describe it. What is counted is Keras' own."
)


def card(known: Known) -> None:
    """Everything of one network; where it is a design, it opens in Build."""
    with st.container(border=True, key="atlas_card"):
        st.header(f"{known.title} · {known.year}", anchor=False)
        st.markdown(pretty(plain(known.idea)))
        st.caption(plain(known.family.citation))
        _amounts(known)
        if known.note:
            st.caption(plain(known.note))
        if not known.is_design:
            st.caption(NO_DESIGN)
            return
        found = trace(design(known.id))
        _ways(known, found.architecture)
        _block(known, found)
        if before := step_to(known):
            _step(before, known, found)


def _amounts(known: Known) -> None:
    with st.container(horizontal=True):
        if known.top1 is not None:
            both = known.top5 is not None
            st.metric(
                "Top-1, top-5 on ImageNet" if both else "Top-1 on ImageNet",
                f"{known.top1} %, {known.top5} %" if both else f"{known.top1} %",
                help=f"As published: {known.source.address}, read {known.source.read}.",
            )
        st.metric("Parameters", f"{known.params:,}")
        st.metric("MACs for one image", f"{known.macs:,}")
        if known.is_design:
            st.metric("Depth", known.depth, help="Layers with a kernel on the longest way.")
            st.metric(
                "One cell of the last map sees",
                pretty(f"{known.field}x{known.field}"),
                help=f"Pixels of the input, which has {pretty(f'{known.side}x{known.side}')}.",
            )


def _ways(known: Known, architecture: Architecture) -> None:
    with st.container(horizontal=True):
        if st.button("Open in Build", icon=":material/stacks:", type="primary"):
            bench.put(architecture)
            st.switch_page(PAGES / "build.py")
        if known.lite is not None:
            lite = entry(known.lite)
            if st.button(
                f"Its version that trains here: {lite.title}", icon=":material/model_training:"
            ):
                bench.put(lite.architecture)
                st.switch_page(PAGES / "build.py")


def _block(known: Known, found: Trace) -> None:
    """The part that comes again and again, drawn by itself."""
    layers = found.architecture.layers
    block = main_block(layers) or Stretch(0, len(layers), 1)
    first = next(row for row in found.rows if row.path == (block.start,))
    height, width, channels = first.input_shape
    times = f": {block.times} times this" if block.times > 1 else ""
    st.markdown(f"**What it is made of**{times}")
    part = Architecture("Block", (height, width, channels), layers[block.start :][: block.length])
    picture(diagram(trace(part)), key=f"atlas_block_{known.id}", largest=1.0)


def _step(before: Known, known: Known, found: Trace) -> None:
    """What changed against the network that it was made from."""
    was = trace(design(before.id))
    st.markdown(f"**The step from {before.title}** ({before.year})")
    if known.step is None:
        st.markdown(plain(in_numbers(was, found)))
    else:
        st.markdown(pretty(plain(known.step.says)))
        if known.step.block:
            _in_palette(BLOCKS[known.step.block], found.architecture)
    st.markdown(plain(_kinds(was, found)))
    lines = beside(was, found)
    label = f"{before.title} and {known.title}, in numbers"
    numbers(label, (before.title, known.title), lines, f"atlas_step_{known.id}")
    if can_be_matched(was, found) and st.button(
        "See it layer by layer in Build", icon=":material/difference:"
    ):
        bench.put_beside(was.architecture, found.architecture)
        st.switch_page(PAGES / "build.py")


def _in_palette(block: Block, architecture: Architecture) -> None:
    """The block that made the step as the palette has it, and how often it is in the network."""
    layers = block.layers(CHANNELS)
    count = times(layers, architecture.layers)
    more = times(layers, architecture.layers, any_shortcut=True) - count
    found = f"In the palette of Build: **{block.title}**. It stands here {_often(count)}"
    found += f", and {_often(more)} with a projection as its shortcut." if more else "."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(found if count else f"Nearest in the palette of Build: **{block.title}**.")
        if st.button(f"Open {block.title} in Build", icon=":material/extension:"):
            bench.put(Architecture(block.title, (28, 28, CHANNELS), layers))
            st.switch_page(PAGES / "build.py")


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _kinds(was: Trace, now: Trace) -> str:
    """Which kinds of layers are new, and which are gone."""
    before, after = (Counter(row.kind for row in one.rows) for one in (was, now))
    said = [
        f"{what}: {', '.join(f'{kind} ({_often(here[kind])})' for kind in sorted(only))}."
        for what, here, only in (
            ("New", after, after.keys() - before.keys()),
            ("Gone", before, before.keys() - after.keys()),
        )
        if only
    ]
    return " ".join(said) or "The same kinds of layers, in other numbers."
