"""Which pixels a network is fed: a control for a design and for a file that was opened."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.network import feed as feeds
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.feed import NAMED, Feed
from cnn.network.trace import Trace
from ui.session import design
from ui.session.words import plain

HELP = (
    "What becomes of the bytes of an image before the first layer. Choose, or write it out, such "
    "as `0..1 mean 0.13 sd 0.31` or `0..255 mean 103.9,116.8,123.7 BGR`."
)
ASKED = "Choose which pixels it was trained on"
LABELS = {one.text: name for name, one in NAMED.items()}
EXPLAINED = {
    "torch": "torch · 0 to 1, less each channel's mean, by its sd",
    "caffe": "caffe · 0 to 255, blue first, less each channel's mean",
}


def pixels(trace: Trace) -> None:
    """What the design on the bench is fed, to be changed, and whether its layers agree."""
    now = trace.architecture
    said = feeds.derived(now.layers)
    chosen = choose_pixels(now.fed, now.input[2], key="pixels")
    if chosen is not None and chosen != now.fed:
        design.change(feed=None if chosen == said else chosen)
        st.rerun()
    if now.feed is not None and not said.is_usual:
        st.caption(f"Its rescaling is meant for pixels {said.words}.")
    elif not said.is_usual:
        st.caption(f"Its rescaling says so: pixels {said.words}.")


def choose_pixels(
    now: Feed, channels: int | None, *, key: str, label: str = "Pixels", before: str = ""
) -> Feed | None:
    """The chosen feed; None, and why, where what was written is none for so many channels.

    `before` is what stands in the help before how a feed is written.
    """
    texts = list(dict.fromkeys([now.text, *(one.text for one in fitting(channels))]))
    text = st.selectbox(
        label,
        texts,
        format_func=label_of,
        key=f"{key}_{now.text}_{channels}",
        accept_new_options=True,
        filter_mode="contains",
        help=before + HELP,
    )
    return _read(text or now.text, channels)


def ask_pixels(
    offered: Sequence[Feed], channels: int, *, key: str, label: str, before: str
) -> Feed | None:
    """The feed that was chosen; None until one is, as none is more likely than another."""
    text = st.selectbox(
        label,
        [one.text for one in offered],
        index=None,
        placeholder=ASKED,
        format_func=label_of,
        key=key,
        accept_new_options=True,
        filter_mode="contains",
        persist_state="session",
        help=before + HELP,
    )
    return None if text is None else _read(text, channels)


def _read(text: str, channels: int | None) -> Feed | None:
    try:
        feed = feeds.read(text)
        if channels is not None:
            feed.check(channels)
    except ArchitectureError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return feed


def fitting(channels: int | None) -> list[Feed]:
    """The usual feeds that images of so many channels can have; all, where it is not known."""
    return [one for one in NAMED.values() if channels is None or len(one.mean) in (0, channels)]


def label_of(text: str) -> str:
    """A feed as the control lists it."""
    name = LABELS.get(text)
    if name in EXPLAINED:
        return EXPLAINED[name]
    return text if name is None else name.replace("..", " to ").replace("-", "−")


def said_of(architecture: Architecture) -> str:
    """Which pixels a network is fed, as a sentence; nothing of 0 to 1, as everywhere here."""
    return "" if architecture.fed.is_usual else f"Fed pixels {architecture.fed.words}."
