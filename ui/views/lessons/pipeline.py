"""Lesson 6: a digit goes through a trained network, stage by stage, in the browser."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnn.insight.passes.forward import predict
from cnn.lessons.lesson import Lesson
from cnn.lessons.pipeline import SHOWN, Followed, Size, followed
from cnn.network.trace import trace
from cnn.pictures.inside.stages import stages
from ui.components.stages import stages_view
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import percent

FIRST = 4


def show(lesson: Lesson) -> None:
    """The digit chosen, the stages with their numbers, and what the network is."""
    st.markdown(explained(lesson, "lead"))
    which, number, wrong = st.columns([3, 4, 3], vertical_alignment="bottom", gap="medium")
    with which:
        words = {
            Size.SMALL.value: lesson.text("size_small"),
            Size.LARGE.value: lesson.text("size_large"),
        }
        size = Size(controls.choice("size", lesson.text("size_label"), tuple(words), words=words))
    one = followed(size)
    with number:
        place = controls.slider(
            "place", lesson.text("place_label"), 1, SHOWN, first=FIRST, shows_index=True
        )
    with wrong:
        if one.misread:
            controls.preset(lesson.text("misread"), place=one.misread[0] + 1)
    found = _stages(size, place - 1)
    st.markdown(_answer(lesson, one, found[1], place - 1))
    stage = controls.held("stage", "0", _is_stage, label=lesson.text("stage_label"))
    cell = controls.held("cell", "", _is_cell, label=lesson.text("cell_label"))
    stages_view(
        found[0],
        NAMES,
        stage=int(stage),
        cell=cell,
        locked=controls.is_locked("stage"),
        on_rest=_put,
        key=f"lesson_pipeline_{size}",
    )
    st.markdown(_network(lesson, one))
    card = one.shipped.card
    ways_on(card.architecture, card.configuration)


def _put(stage: int, cell: str) -> None:
    if _is_stage(str(stage)) and _is_cell(cell):
        controls.put(stage=str(stage), cell=cell)


def _is_stage(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2


def _is_cell(text: str) -> bool:
    parts = text.split("-")
    return text == "" or (
        len(parts) in (1, 3) and all(p.isascii() and p.isdigit() and len(p) <= 4 for p in parts)
    )


@st.cache_data(show_spinner=False, max_entries=16)
def _stages(size: Size, place: int) -> tuple[list[dict[str, Any]], float]:
    """What the browser shows of one image, and the share of the class it is taken for."""
    one = followed(size)
    shipped, image = one.shipped, one.images.images[place]
    share = predict(shipped.architecture, shipped.weights, image[None]).max()
    return stages(shipped.architecture, shipped.weights, image), float(share)


def _answer(lesson: Lesson, one: Followed, share: float, place: int) -> str:
    answer, truth = one.answers[place], int(one.images.labels[place])
    name = "answer_right" if answer == truth else "answer_wrong"
    return lesson.text(name, answer=answer, truth=truth, share=certainty(share))


def _network(lesson: Lesson, one: Followed) -> str:
    card = one.shipped.card
    traced = trace(card.architecture)
    parts = " + ".join(f"{row.params:,} ({row.kind})" for row in traced.rows if row.params)
    total = lesson.text(
        "total", network=card.architecture.name, params=traced.params_text, parts=parts
    )
    tested = explained(
        lesson,
        "tested",
        train=f"{card.images['train']:,}",
        right=f"{card.right:,}",
        test=f"{card.test_images:,}",
        accuracy=percent(card.test_accuracy),
    )
    return f"{total} {tested}"
