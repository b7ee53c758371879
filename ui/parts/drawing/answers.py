"""The answers to an image, a card for each network: a digit, a sentence, ten moving bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnn.data.dataset import Images
from cnn.data.sets.mnist import MNIST
from cnn.insight.readings.answers import RATHER, answer, in_words
from ui.components.answers import answer_cards
from ui.parts.drawing.networks import Named
from ui.parts.drawing.unlike import distance, standing
from ui.session.words import percent

NAMES = MNIST.class_names


def answers(
    networks: Sequence[Named],
    image: Images | None,
    *,
    answered: int = 0,
    measured: bool = False,
    label: str,
    key: str,
) -> list[Images]:
    """Shows what each network makes of an image, or that there is none; returns their shares.

    With `measured`, the image is the pad's: each says how unlike MNIST's digits it is, too, and
    answers in the browser while one draws, where it can.
    """
    found = [] if image is None else [one.reader.shares(image[None])[0] for one in networks]
    far = distance(image) if image is not None and measured else None
    cards = [
        answer_card(one, likely, is_told=measured, far=far)
        for one, likely in zip(networks, found or [None] * len(networks), strict=True)
    ]
    answer_cards(cards, answered=answered, label=label, key=key)
    return found


def answer_card(
    network: Named, likely: Images | None, *, is_told: bool = False, far: float | None = None
) -> dict[str, Any]:
    """One network's answer as the browser shows it; where `is_told`, with how far off it is."""
    found = None if likely is None else answer(likely)
    unlike = standing(far, found, NAMES) if is_told else None
    about = {
        "name": network.name,
        "note": network.about,
        "unlike": unlike,
        "network": network.in_browser if is_told else "",
    }
    if likely is None or found is None:
        empty = [[name, 0.0, ""] for name in NAMES]
        return about | {
            "tone": "none",
            "digit": "?",
            "says": "Nothing drawn yet.",
            "then": "Draw a digit, and it answers while you draw.",
            "best": -1,
            "bars": empty,
        }
    is_beyond = unlike is not None and unlike["beyond"]
    says = f"It has to choose: {NAMES[found.label]}." if found.is_sure else in_words(found, NAMES)
    return about | {
        "tone": "sure" if found.is_sure and not is_beyond else "unsure",
        "digit": NAMES[found.label] if found.share >= 0.5 else "?",
        "says": says if is_beyond else in_words(found, NAMES),
        "then": how_sure(likely, NAMES),
        "best": found.label,
        "bars": [
            [name, round(float(share), 4), certainty(float(share))]
            for name, share in zip(NAMES, likely, strict=True)
        ],
    }


def said_of(likely: Images, names: Sequence[str]) -> tuple[str, str]:
    """The answer to one image in words, and how sure it is: `It is a 7.`; of a class that is a
    word `Lanterns, 97.1 % sure.`, and what is next.
    """
    found = answer(likely)
    name = names[found.label]
    sure, then = _sure_then(likely, names)
    if len(name) > 1 and found.share >= RATHER:
        return f"{name[0].upper()}{name[1:]}, {sure}.", then
    return in_words(found, names), f"{sure}, {then}"


def how_sure(likely: Images, names: Sequence[str]) -> str:
    """The shares of the likeliest class and of the next: `97.1 % sure, then 9 with 2.0 %`."""
    return ", ".join(_sure_then(likely, names))


def _sure_then(likely: Images, names: Sequence[str]) -> tuple[str, str]:
    first, second = (int(place) for place in np.argsort(-likely, kind="stable")[:2])
    sure = f"{certainty(float(likely[first]))} sure"
    return sure, f"then {names[second]} with {certainty(float(likely[second]))}"


def certainty(share: float) -> str:
    """A share that never reads as all or nothing, which it is not."""
    if share > 0.9995:
        return f">\u00a0{percent(0.999)}"
    return f"<\u00a0{percent(0.001)}" if share < 0.0005 else percent(share)
