"""The model card of the network that ships: what it learned from, what it gets wrong."""

from __future__ import annotations

from collections import Counter

import numpy as np
import streamlit as st

from cnn.diagnose.evaluation import wilson_interval
from cnn.insight.readings.explanations import Fact
from cnn.network.trace import Trace, trace
from cnn.numbers import exact, number
from cnn.pictures.training.confusion import confusion_figure
from cnn.shipped import Card, shipped
from ui.components.plot import plot
from ui.parts.drawing.answers import NAMES
from ui.session import design, theme
from ui.session.pages import PAGES
from ui.session.words import duration, facts_html, interval


def model_card() -> None:
    """The card, and the way to build on the network."""
    card = shipped().card
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.html(facts_html(card_facts(card)))
        if st.button("Open it in Build", icon=":material/stacks:"):
            design.put(card.architecture)
            st.switch_page(PAGES / "build.py")
    with right:
        st.caption(
            f"All {card.test_images:,} test images: rows are the truth, columns its answers."
        )
        plot(
            confusion_figure(np.array(card.confusion), NAMES, dark=theme.is_dark()),
            label="Confusion matrix of the built-in network",
            height=400,
            key="draw_card_confusion",
        )


def card_facts(card: Card) -> list[Fact]:
    """The card as terms and what they are."""
    traced, settings = trace(card.architecture), card.configuration
    bounds = wilson_interval(card.right, card.test_images)
    return [
        Fact(
            "Test images right",
            f"{card.right:,} of {card.test_images:,}",
            f"95 % interval {interval(bounds)}; computed with its weights as they come along",
        ),
        Fact(
            "Network",
            f"{traced.params_text}, {traced.total_macs:,} MACs",
            f"{len(traced.rows)} layers: {_kinds(traced)}",
        ),
        Fact(
            "Learned from",
            f"MNIST, {card.images['train']:,} images",
            f"{card.images['validation']:,} others to watch over it",
        ),
        Fact(
            "How",
            f"{settings.epochs} epochs, {settings.optimizer}, {settings.schedule}",
            f"rate {number(settings.peak_rate)}, batch {settings.batch_size}, "
            f"seed {settings.seed}; images moved by up to {exact(settings.shift * 100)} %, "
            f"turned by {exact(settings.rotation)}°, "
            f"zoomed by {exact(settings.zoom * 100)} %",
        ),
        Fact("Took", duration(card.seconds), f"on {card.environment['processors']} processors"),
        Fact(
            "Data, SHA-256",
            f"{card.data_fingerprint[:16]}…",
            "of all pixels, labels and class names",
        ),
        Fact("Weights, SHA-256", f"{card.weights_sha256[:16]}…", "of the file digits.npz"),
    ]


def _kinds(traced: Trace) -> str:
    """How many layers there are of each kind: `6 Conv2D, 1 Dense`."""
    counts = Counter(row.kind for row in traced.rows)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
