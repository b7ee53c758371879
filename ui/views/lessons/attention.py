"""Lesson 14: the cell one points at looks at all others; what that gathers, costs and is worth."""

from __future__ import annotations

import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.lessons import attention
from cnn.lessons.attention import Position
from cnn.lessons.attention.measured import measured
from cnn.lessons.lesson import Lesson
from cnn.network.layers import PositionEmbedding
from cnn.network.link import encode
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.numbers import fixed, number
from cnn.pictures.network.attention_cost import cost_figure
from ui.components.plot import plot
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.lesson import controls
from ui.parts.lesson.attention_looks import looked, to_look_at
from ui.parts.lesson.attention_steps import cell_by_cell
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import design, theme
from ui.session.pages import PAGES
from ui.session.words import percent

KEY = "lesson_attention"
SIDES = range(2, 29)
GUESSES = ("attention", "convolution", "same")
CLOSE = 20
"""So many test images apart are no difference to speak of, with one training each."""


def show(lesson: Lesson) -> None:
    """Where cells look; one cell by hand; places; cost; worth; and what shares do not show."""
    cells = attention.cells()
    st.markdown(explained(lesson, "lead", cells=cells))
    image, told, beside = to_look_at(lesson)
    with beside:
        one_share = "" if image is None else looked(lesson, image, told, key=KEY)
    _seen(lesson)
    st.header(lesson.text("hand_title"), anchor=False)
    cell_by_cell(lesson, key=f"{KEY}_steps")
    st.markdown(one_share)
    st.header(lesson.text("place_title"), anchor=False)
    _places(lesson)
    st.header(lesson.text("cost_title"), anchor=False)
    _costs(lesson)
    st.header(lesson.text("worth_title"), anchor=False)
    _worth(lesson)
    st.header(lesson.text("reasons_title"), anchor=False)
    _reasons(lesson, image)


def _seen(lesson: Lesson) -> None:
    """What a convolution sees, and how much of all shares go beyond that."""
    found = measured()
    heads = [
        lesson.text("of_head", head=one, share=percent(share))
        for one, share in enumerate(found.outside)
    ]
    mean = sum(found.outside) / len(found.outside)
    st.markdown(
        explained(
            lesson,
            "sees",
            layers=attention.layers_of_convolution(),
            images=f"{found.images:,}",
            outside=percent(mean),
            even=percent(float(1 - attention.near().mean())),
            heads=", ".join(heads),
        )
    )


def _places(lesson: Lesson) -> None:
    """How many images are read right with and without positions, and with patches shuffled."""
    rows = trace(attention.network().architecture).rows
    place = next(row for row in rows if isinstance(row.layer, PositionEmbedding))
    values = {"channels": place.output_shape[-1], "cells": attention.cells()}
    st.markdown(explained(lesson, "place_lead", count=f"{place.params:,}", **values))
    found = measured()
    lines = [lesson.text("place_head"), "|---|---|---|"]
    for position in Position:
        both = (percent(right / found.images) for right in found.right[position])
        lines.append(f"| {lesson.text(f'place_{position}')} | {' | '.join(both)} |")
    st.markdown("\n".join(lines))
    st.markdown(explained(lesson, "place_note", images=f"{found.images:,}"))


def _costs(lesson: Lesson) -> None:
    side = controls.slider(
        "side",
        lesson.text("side_label"),
        SIDES[0],
        SIDES[-1],
        first=attention.grid()[0],
    )
    here, twice = attention.cost(side), attention.cost(2 * side)
    left, right = st.columns([4, 5], gap="large")
    with left:
        st.markdown(
            explained(
                lesson,
                "cost",
                cells=here.cells,
                attention=f"{here.attention:,}",
                pairs=f"{here.pairs:,}",
                width=attention.layer().heads * attention.layer().key_size,
                convolution=f"{here.convolution:,}",
            )
        )
        st.markdown(
            explained(
                lesson,
                "cost_twice",
                convolution_times=number(twice.convolution / here.convolution),
                pairs_times=number(twice.pairs / here.pairs),
            )
        )
        st.markdown(explained(lesson, "cost_pixels"))
    with right:
        names = tuple(lesson.text(f"cost_{one}") for one in ("attention", "pairs", "convolution"))
        every = [attention.cost(one) for one in SIDES]
        plot(
            cost_figure(every, here, (names[0], names[1], names[2]), dark=theme.is_dark()),
            label=", ".join(names),
            height=300,
            key=f"{KEY}_cost",
        )


def _worth(lesson: Lesson) -> None:
    """A guess first; then how many images either network reads right."""
    one, other = attention.network().card, attention.with_convolution().card
    train, test = f"{one.images['train']:,}", f"{one.test_images:,}"
    st.markdown(explained(lesson, "worth_question", train=train, test=test))
    words = {
        "attention": lesson.text("guess_attention"),
        "convolution": lesson.text("guess_convolution"),
        "same": lesson.text("guess_same", close=CLOSE),
    }
    guess = controls.held(
        "guess",
        "",
        ("", *GUESSES).__contains__,
        label=lesson.text("guess_label"),
        says=lambda text: words.get(text, ""),
    )
    with st.container(horizontal=True, gap="small"):
        for name, text in words.items():
            st.button(
                text,
                key=f"{KEY}_guess_{name}",
                type="primary" if name == guess else "secondary",
                on_click=controls.put,
                kwargs={"guess": name},
                disabled=controls.is_locked("guess"),
            )
    if not guess and not controls.is_locked("guess"):
        return
    lines = [lesson.text("worth_head"), "|---|---|---|---|"]
    for name, card in (("worth_attention", one), ("worth_convolution", other)):
        found = trace(card.architecture)
        lines.append(
            f"| {lesson.text(name)} | {found.total_params:,} | {found.total_macs:,} "
            f"| **{card.right:,}** |"
        )
    st.markdown("\n".join(lines))
    more, epochs = other.right - one.right, one.configuration.epochs
    told = explained(lesson, "worth_note", more=f"{more:,}", train=train, epochs=epochs)
    st.markdown(f"{lesson.text('guessed', guess=words[guess])} {told}" if guess else told)


def _reasons(lesson: Lesson, image: Array | None) -> None:
    """What was measured of shares and answers, the same for this image, and the ways on."""
    found = measured()
    st.markdown(
        explained(
            lesson,
            "reasons",
            images=f"{found.images:,}",
            blank_shares=percent(sum(found.to_blank) / len(found.to_blank)),
            cells=attention.cells(),
            even=f"{found.even:,}",
            agree=f"{found.agree:,}",
            few=f"{found.few:,}",
            lost_looked=fixed(100 * found.lost_looked, 1),
            lost_any=fixed(100 * found.lost_any, 1),
            lost_needed=fixed(100 * found.lost_needed, 1),
        )
    )
    if image is not None:
        _here(lesson, image)
    vit = entry("vit-lite").architecture
    st.markdown(explained(lesson, "since"))
    st.page_link(
        PAGES / "build.py",
        label=vit.name,
        icon=":material/stacks:",
        query_params={design.ADDRESS: encode(vit)},
    )
    card = attention.network().card
    others = (attention.with_convolution(), attention.without_position())
    ways_on(card.architecture, card.configuration, beside=[one.architecture for one in others])


@st.cache_resource(show_spinner=False, max_entries=64)
def _needed(content: bytes, _image: Array) -> Array:
    return attention.needed(_image)


def _here(lesson: Lesson, image: Array) -> None:
    """The cell of an image that is looked at most, and the one that its answer needs most."""
    own, needed = attention.looked(image), _needed(image.tobytes(), image)
    _, width = attention.grid()
    most, least = attention.looked_at_most(image, own.weights), int(needed.argmin())
    st.markdown(
        lesson.text(
            "here",
            row=most // width,
            column=most % width,
            said=NAMES[own.said],
            sure=certainty(float(own.shares[own.said])),
            share=certainty(float(needed[most])),
            most_row=least // width,
            most_column=least % width,
            most_share=certainty(float(needed[least])),
        )
    )
