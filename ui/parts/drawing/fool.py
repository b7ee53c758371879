"""Fooling a network: the image moved, turned, thickened, inverted and made noisy, and the answers
to that; and what becomes of the answer at every shift.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import streamlit as st

from cnn.data.dataset import Images
from cnn.insight.passes.effort import Effort
from cnn.insight.readings.answers import article
from cnn.insight.readings.disturbance import REACH, Disturbance, all_shifts, disturbed
from cnn.pictures.inside.evidence import shift_map
from cnn.pictures.kit.inline import pixels_uri
from ui.components.picture import picked, picture
from ui.parts.drawing.answers import NAMES, answers
from ui.parts.drawing.networks import Named, asks, those_in_time
from ui.session.kept import kept
from ui.session.words import plain

RIGHT, DOWN, TURN, THICK, NOISE, INVERT = (
    f"draw_fool_{name}" for name in ("right", "down", "turn", "thick", "noise", "invert")
)
STILL = {RIGHT: 0, DOWN: 0, TURN: 0, THICK: 0, NOISE: 0.0, INVERT: False}
SEEN_PX = 5
MAP = "draw_shifts"
ASKED = (2 * REACH + 1) ** 2


def fool(networks: Sequence[Named], image: Images) -> None:
    """The sliders, what they make of the image, the answers to it, and the map of all shifts."""
    _move_to_picked(networks)
    one = len(networks) == 1
    beside_each_other = st.container(key="halves_fooled")
    left, middle, *right = beside_each_other.columns([4, 4, 5] if one else [4, 9], gap="medium")
    with left:
        changed = disturbed(image, _sliders())
        _shown(changed)
    with middle:
        answers(networks, changed, label="Answers to the changed image", key="draw_fooled")
    beside = right if one else st.columns(len(networks), gap="medium")
    with beside[0]:
        in_time = those_in_time(networks, ASKED)
    for network, column in zip(in_time, beside, strict=False):
        with column:
            _every_shift(network, image)
    st.caption(
        "The fuller the colour, the surer the network is of that digit; where it takes the drawing "
        "for another, that stands in the cell. Click a cell to move the drawing there. What is "
        "pushed over the edge is gone."
    )


def _shown(image: Images) -> None:
    # Within the page, as a slider that moves on would take away a file the browser still fetches.
    width = SEEN_PX * image.shape[1]
    st.html(
        f'<img src="{pixels_uri(image[..., None])}" alt="The changed drawing" width="{width}" '
        'style="image-rendering:pixelated">'
    )
    st.caption("What a network sees now")


def _sliders() -> Disturbance:
    one, two = st.columns(2)
    slide = [partial(side.slider, persist_state="session") for side in (one, two)]
    slide[0]("Move right", -REACH, REACH, key=RIGHT, format="%d px")
    slide[1]("Move down", -REACH, REACH, key=DOWN, format="%d px")
    slide[0]("Turn", -180, 180, key=TURN, step=5, format="%d°")
    slide[1]("Thicker", -2, 3, key=THICK, help="Each step adds or takes a pixel on every side.")
    slide[0]("Noise", 0.0, 0.8, key=NOISE, step=0.05, help="The spread of what is added.")
    with two:
        st.toggle("Dark on bright", key=INVERT, persist_state="session")
        st.button("As it was", icon=":material/restart_alt:", on_click=_still)
    state = st.session_state
    return Disturbance(
        state[RIGHT], state[DOWN], float(state[TURN]), state[THICK], state[NOISE], state[INVERT]
    )


def _still() -> None:
    st.session_state.update(STILL)


def _move_to_picked(networks: Sequence[Named]) -> None:
    """Sets the sliders to the cell of a map that was just clicked, before they are shown."""
    for key, value in STILL.items():
        st.session_state.setdefault(key, value)
    for network in networks:
        if place := read_shift(picked(f"{MAP}_{network.id}")):
            st.session_state[RIGHT], st.session_state[DOWN] = place


def read_shift(cell: str | None) -> tuple[int, int] | None:
    """The shift that a cell of the map stands for; None for anything else."""
    found = re.fullmatch(r"(-?\d{1,2}),(-?\d{1,2})", cell or "")
    if found is None:
        return None
    right, down = (int(part) for part in found.groups())
    return (right, down) if max(abs(right), abs(down)) <= REACH else None


def _asks(id: str, content: bytes, network: Named, image: Images) -> Effort:
    return asks(network, ASKED)


@kept(asks=_asks, most=16)
def _at_all_shifts(id: str, content: bytes, _network: Named, _image: Images) -> Images:
    """The shares `[down, right, classes]`, found once for a network and an image."""
    moved = all_shifts(_image)
    likely = _network.reader.shares(moved.reshape(-1, *_image.shape))
    return likely.reshape(*moved.shape[:2], len(NAMES))


def _every_shift(network: Named, image: Images) -> None:
    """The answer to the drawing as it is, at each of 225 shifts; a click sets the shift."""
    likely = _at_all_shifts(network.id, image.tobytes(), network, image)
    many = likely.shape[0] * likely.shape[1]
    label = int(likely[REACH, REACH].argmax())
    kept = int((likely.argmax(axis=2) == label).sum())
    st.markdown(
        f"{plain(network.name)}: moved by up to {REACH} pixels each way, the drawing is still "
        f"taken for {article(NAMES[label])} **{NAMES[label]}** at **{kept} of {many}** places."
    )
    at = (st.session_state[RIGHT], st.session_state[DOWN])
    picture(shift_map(likely, label, NAMES, at), key=f"{MAP}_{network.id}", largest=1.1)
