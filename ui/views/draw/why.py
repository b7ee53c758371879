"""Why a network answers as it does: the ink that speaks for the answer and against it."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import streamlit as st

from cnn.data.dataset import Images
from cnn.data.picture.centring import SIDE
from cnn.insight.passes.effort import Effort
from cnn.insight.readings.answers import shares_of
from cnn.insight.regions.occlusion import Cover, Evidence, covers, evidence
from cnn.pictures.inside.evidence import evidence_picture
from ui.components.picture import picture
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.drawing.networks import Named, asks, those_in_time
from ui.session.kept import kept
from ui.session.words import plain

NEXT = "the next likeliest"
RIVAL = "draw_rival"
ASKED = len(covers(SIDE, SIDE)) + 1


def why(networks: Sequence[Named], image: Images) -> None:
    """The drawing with its evidence for each network, and the strongest of it in numbers."""
    networks = those_in_time(networks, ASKED)
    if not networks:
        return
    if len(networks) == 1:
        left, right = st.container(key="halves_why").columns([5, 7], gap="medium")
        with right:
            chosen = _rival()
        found = _found(networks[0], image, chosen)
        with left:
            _picture(networks[0], image, found)
        with right:
            st.markdown("\n".join(f"- {line}" for line in sentences(found)))
            st.caption(_how(found))
        return
    chosen = _rival()
    for network, column in zip(networks, st.columns(len(networks), gap="medium"), strict=True):
        with column:
            found = _found(network, image, chosen)
            st.markdown(f"**{plain(network.name)}**: {NAMES[found.label]}")
            _picture(network, image, found)
            st.markdown("\n".join(f"- {line}" for line in sentences(found)))
    st.caption(_how(found))


def _rival() -> str | None:
    return st.segmented_control(
        "Why this digit and not …",
        [NEXT, *NAMES],
        default=NEXT,
        key=RIVAL,
        persist_state="session",
    )


def _found(network: Named, image: Images, chosen: str | None) -> Evidence:
    found = _evidence(network.id, image.tobytes(), network, image, None)
    if chosen in NAMES and NAMES.index(chosen) != found.label:
        rival = NAMES.index(chosen)
        found = _evidence(network.id, image.tobytes(), network, image, rival)
    return found


def _picture(network: Named, image: Images, found: Evidence) -> None:
    key = f"draw_evidence_{network.id}"
    picture(evidence_picture(image, found, NAMES), key=key, largest=1.3)


def _how(found: Evidence) -> str:
    return (
        f"A network is asked again {len(found.covers)} times, each time with another part of the "
        "drawing erased (a square of 5×5 pixels). The colour of a pixel is the mean change of the "
        "log odds over all the squares that held it."
    )


def _asks(id: str, content: bytes, network: Named, image: Images, rival: int | None) -> Effort:
    return asks(network, ASKED)


@kept(asks=_asks, most=16)
def _evidence(
    id: str, content: bytes, _network: Named, _image: Images, rival: int | None
) -> Evidence:
    """Found once for a network and an image, as the page runs with each move of the pen."""
    reader = _network.reader
    sure = functools.partial(shares_of, reader.architecture)
    return evidence(reader.scores, _image, rival=rival, sure=sure)


def sentences(found: Evidence) -> list[str]:
    """The evidence in words, with what was measured."""
    name, rival = NAMES[found.label], NAMES[found.rival]
    lines = [
        f":blue[**Indigo**] ink speaks for **{name}** rather than **{rival}**, "
        f":orange[**orange**] ink for **{rival}** rather than **{name}**; grey, covered alone, "
        "changes nothing."
    ]
    if best := found.strongest_for:
        lines.append(f"Without the ink in the indigo frame, {_change(name, found.share, best)}.")
    if worst := found.strongest_against:
        lines.append(f"Without the ink in the orange frame, {_change(name, found.share, worst)}.")
    else:
        lines.append(f"No part of the drawing speaks against {name}.")
    return lines


def _change(name: str, before: float, cover: Cover) -> str:
    if abs(before - cover.share) < 0.0005:
        odds = "odds" if cover.effect > 0 else "odds against"
        return (
            f"it is as sure of {name} as before ({certainty(cover.share)}), though the {odds} "
            f"shrink by a factor of {math.exp(abs(cover.effect)):,.1f}"
        )
    verb = "falls" if cover.share < before else "rises"
    return f"{name} {verb} from {certainty(before)} to {certainty(cover.share)}"
