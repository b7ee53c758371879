"""Lesson 13: channels, the gates that an image opens for them, and the answer without one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import article
from cnn.lessons import squeeze_excite
from cnn.lessons.equivariance import example
from cnn.lessons.lesson import Lesson
from cnn.lessons.squeeze_excite import Gates, Measured, Weighed
from cnn.numbers import fixed
from cnn.pictures.inside import gates as pictures
from cnn.pictures.inside.gates import Heat
from ui.components.picture import picked, picture
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import percent

MAPS, MAP_OF_GATES = "lesson_squeeze_excite_maps", "lesson_squeeze_excite_gates"
LAST_IMAGE = 39
OWN, CLOSED, OPEN = "own", "closed", "open"
HELD = {CLOSED: 0.0, OPEN: 1.0}
NAMED = 3
"""Channels that are named on each side."""


def show(lesson: Lesson) -> None:
    """The digit and the gate, the answer, all channels, what is measured, what it costs."""
    _take_clicked()
    channels = squeeze_excite.channels()
    st.markdown(explained(lesson, "lead", channels=channels))
    with st.grid("auto", min_column_width=400, gap="large"):
        left, right = st.container(), st.container()
    with left:
        place = controls.slider("digit", lesson.text("digit_label"), 0, LAST_IMAGE, first=3)
        channel = controls.slider(
            "channel", lesson.text("channel_label"), 0, channels - 1, first=13
        )
        words = {one: lesson.text(f"gate_{one}") for one in (OWN, CLOSED, OPEN)}
        gate = controls.choice("gate", lesson.text("gate_label"), tuple(words), words=words)
    image, number, digit = example(place)
    own = squeeze_excite.weighed(image)
    now = squeeze_excite.weighed(image, {channel: HELD[gate]}) if gate in HELD else own
    with left:
        _answer(lesson, own, now, channel, gate, number, digit)
        _alone(lesson, own, image)
    with right:
        words_of_shares = [certainty(float(share)) for share in now.shares]
        bars = pictures.shares(image[..., None], now.shares, own.shares, NAMES, words_of_shares)
        picture(bars, key="lesson_squeeze_excite_shares", largest=1.3)
        st.caption(lesson.text("bars_note"))
    _channels(lesson, now, channel)
    with st.spinner(lesson.text("reading")):
        measured = squeeze_excite.measured()
    _by_digit(lesson, measured, int(digit), channel)
    _is_needed(lesson, measured)
    _about(lesson)
    card = squeeze_excite.network().card
    beside = (squeeze_excite.without_block().architecture,)
    ways_on(card.architecture, card.configuration, beside=beside)


def _take_clicked() -> None:
    """Chooses the channel that was just clicked, before the controls are drawn."""
    for key in (MAPS, MAP_OF_GATES):
        clicked = picked(key) or ""
        if clicked.isascii() and clicked.isdigit() and int(clicked) < squeeze_excite.channels():
            controls.put(channel=int(clicked))


@st.cache_resource(show_spinner=False, max_entries=64)
def _closed_alone(content: bytes, _image: Array) -> Array:
    return squeeze_excite.closed_alone(_image)


def _answer(
    lesson: Lesson,
    own: Weighed,
    now: Weighed,
    channel: int,
    gate: str,
    number: int,
    digit: str,
) -> None:
    said = lesson.text(
        "answer",
        number=number,
        article=article(digit),
        digit=digit,
        said=NAMES[own.said],
        sure=certainty(float(own.shares[own.said])),
        channel=channel,
        gate=fixed(own.gates[channel], 2),
    )
    if gate in HELD:
        changed = lesson.text(
            "changed",
            channel=channel,
            how=lesson.text(f"how_{gate}"),
            said=NAMES[now.said],
            was=NAMES[own.said],
            share=certainty(float(now.shares[own.said])),
        )
        said = f"{said} {changed}"
    st.markdown(said)


def _alone(lesson: Lesson, own: Weighed, image: Array) -> None:
    """The channel without which the answer loses most, and a button that closes it."""
    found = _closed_alone(image.tobytes(), image)
    channel = int(found.argmin())
    st.markdown(
        explained(
            lesson,
            "alone",
            channels=len(found),
            channel=channel,
            said=NAMES[own.said],
            sure=certainty(float(own.shares[own.said])),
            share=certainty(float(found[channel])),
            gate=fixed(own.gates[channel], 2),
        )
    )
    controls.preset(lesson.text("close_it"), channel=channel, gate=CLOSED)


def _channels(lesson: Lesson, now: Weighed, channel: int) -> None:
    st.markdown(explained(lesson, "maps_lead", channels=len(now.gates)))
    order = list(range(len(now.gates)))
    if controls.toggle("sort", lesson.text("sort_label")):
        order.sort(key=lambda one: -now.gates[one])
    wide, narrow = (pictures.channels(now, order, channel, narrow=one) for one in (False, True))
    picture(wide, key=MAPS, largest=1.3, narrow=narrow)
    st.caption(explained(lesson, "maps_note"))


def _by_digit(lesson: Lesson, measured: Measured, digit: int, channel: int) -> None:
    st.markdown(explained(lesson, "heat_lead", images=f"{measured.images:,}"))
    words = {one.value: lesson.text(f"heat_{one}") for one in Heat}
    heat = Heat(controls.choice("heat", lesson.text("heat_label"), tuple(words), words=words))
    wide, narrow = (
        pictures.gate_map(
            measured.gates, NAMES, heat, digit=digit, chosen=channel, narrow=is_narrow
        )
        for is_narrow in (False, True)
    )
    picture(wide, key=MAP_OF_GATES, largest=1.3, narrow=narrow)
    st.caption(explained(lesson, f"heat_note_{heat}"))
    apart = measured.gates[digit] - measured.gates.mean(axis=0)
    order = np.argsort(apart, kind="stable").tolist()
    chosen = int(np.ptp(measured.gates, axis=0).argmax())
    of_one = measured.gates[:, chosen]
    st.markdown(
        lesson.text(
            "heat_digit",
            article=article(NAMES[digit]),
            digit=NAMES[digit],
            above=_listed(order[: -NAMED - 1 : -1]),
            below=_listed(order[:NAMED]),
            channel=chosen,
            high=fixed(of_one.max(), 2),
            of_high=_a_digit(int(of_one.argmax())),
            low=fixed(of_one.min(), 2),
            of_low=_a_digit(int(of_one.argmin())),
        )
    )


def _listed(some: Iterable[int]) -> str:
    return ", ".join(f"**{one}**" for one in some)


def _a_digit(digit: int) -> str:
    return f"{article(NAMES[digit])} {NAMES[digit]}"


def _is_needed(lesson: Lesson, measured: Measured) -> None:
    """How many images are read right as each decides, with mean gates, and with open ones."""
    st.markdown(explained(lesson, "measured_lead", images=f"{measured.images:,}"))
    lines = [lesson.text("table_head"), "|---|---|---|"]
    for gates in Gates:
        right = measured.right[gates]
        accuracy = percent(right / measured.images)
        lines.append(f"| {lesson.text(gates)} | {right:,} | **{accuracy}** |")
    st.markdown("\n".join(lines))
    card, plain = squeeze_excite.network().card, squeeze_excite.without_block().card
    st.markdown(
        explained(
            lesson,
            "measured_note",
            test=f"{card.test_images:,}",
            right=f"{card.right:,}",
            plain=f"{plain.right:,}",
        )
    )


def _about(lesson: Lesson) -> None:
    """What the block costs, how well the network was measured to do, and who has used the block."""
    cost, card = squeeze_excite.cost(), squeeze_excite.network().card
    costs = explained(
        lesson,
        "cost",
        params=f"{cost.params:,}",
        all_params=f"{cost.all_params:,}",
        macs=f"{cost.macs:,}",
        all_macs=f"{cost.all_macs:,}",
        products=f"{cost.products:,}",
    )
    trained = explained(
        lesson,
        "card",
        train=f"{card.images['train']:,}",
        accuracy=percent(card.test_accuracy),
    )
    st.markdown(costs)
    st.markdown(f"{trained} {explained(lesson, 'since')}")
