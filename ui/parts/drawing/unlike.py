"""How unlike the digits that were learned a drawing is: where it stands, in words and on a scale.

The measure is one of the drawing, whoever reads it: for all networks that read digits.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from cnn.data.dataset import Images
from cnn.insight.readings.answers import Answer
from cnn.insight.readings.unlikeness import LAST
from cnn.shipped.unlike import unlike
from ui.session.words import percent

END = 2.5
"""The scale ends at so many times the line; what is further out stands at its end."""
BINS = 50


def distance(image: Images) -> float:
    """How far a drawing `[28, 28]` is from MNIST's digits."""
    return float(unlike().distances(image[None])[0])


def standing(far: float | None, found: Answer | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Where a drawing stands among digits, as the browser shows it; without one, the scale."""
    scale = {"heights": heights(), "line": 1 / END, "at": None, "beyond": False}
    if far is None or found is None:
        return scale | {"says": "How unlike MNIST's digits a drawing is shows here.", "then": ""}
    beyond = unlike().is_beyond(far)
    return scale | {
        "at": round(min(far / (END * unlike().card.line), 1.0), 4),
        "beyond": beyond,
        "says": warning(found, names) if beyond else "Like MNIST's digits.",
        "then": compared(far),
    }


def warning(found: Answer, names: tuple[str, ...]) -> str:
    """What a network's answer to a drawing that is no digit is worth."""
    still = f"says {names[found.label]}" if found.is_sure else "shares out 100\u202f% among them"
    return f"Unlike MNIST's digits: softmax has to choose among ten, so it still {still}."


def compared(far: float) -> str:
    """How many digits that were kept aside are as unlike those that were learned."""
    as_far, kept = unlike().as_far(far), unlike().card.kept_aside
    if as_far == 0:
        return f"None of {kept:,} digits kept aside is so unlike."
    verb = "is" if as_far == 1 else "are"
    return f"{as_far:,} of {kept:,} digits kept aside {verb} as unlike or more."


@cache
def heights() -> list[float]:
    """How many of the digits kept aside stand where on the scale; the most are 1."""
    ends = (0.0, END * unlike().card.line)
    counts, _ = np.histogram(unlike().kept, bins=BINS, range=ends)
    return [round(float(count), 3) for count in counts / counts.max()]


def how_measured() -> None:
    """A button that opens what the measure is, and how often it is right, all from its card."""
    with st.popover("What counts as unlike?", icon=":material/straighten:", type="tertiary"):
        st.markdown(explanation())


def explanation() -> str:
    """The measure in words, with a table of what it was measured to find."""
    card, maps = unlike().card, unlike().likeness.means.shape[1]
    rows = "\n".join(
        f"| {one.what} | {one.beyond:,} of {one.drawings:,} | {percent(one.share)} |"
        for one in (card.test, *card.kinds.values())
    )
    strokes, printed = (card.kinds[one] for one in ("look_alikes", "look_alike_glyphs"))
    return f"""Softmax shares out 100 % among ten digits, whatever is drawn: how sure a network is
does not tell whether there is a digit at all. So the drawing itself is measured: how far is it
from the digits of MNIST?

The built-in network answers to a drawing with {maps} maps in its last {LAST} convolutions. The
means of these maps are compared with those of {card.learned_from:,} training images, digit by
digit; the distance to the nearest digit counts (Mahalanobis' distance, as K. Lee et al. used it
in 2018, here with a covariance for each digit). On the scale stand {card.kept_aside:,} digits that
were kept aside, {percent(card.kept_share)} of them within the line. Nothing else chose the line.

| what was measured | beyond the line | |
|:--|--:|--:|
{rows}

So it finds most of what is no digit, not all of it: a drawing within the line need not be a
digit. What looks like one mostly stays within it, in strokes ({percent(strokes.share)} beyond)
more than in print ({percent(printed.share)}). A program drew the strokes, with fixed seeds;
people write more variously."""
