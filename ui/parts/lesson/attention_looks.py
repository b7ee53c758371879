"""The image that a lesson looks at, where its cells look, and what the network makes of it."""

from __future__ import annotations

import re
from math import sqrt

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import article
from cnn.lessons import attention
from cnn.lessons.attention import Looked, Position
from cnn.lessons.equivariance import example
from cnn.lessons.lesson import Lesson
from cnn.numbers import fixed, number
from cnn.pictures.inside.gates import shares as bars_of
from cnn.pictures.inside.looks import looks
from ui.components.looks import MEAN, looks_view
from ui.components.picture import picture
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.drawing.pad import pad
from ui.parts.lesson import controls

LAST_IMAGE = 39
DIGIT, DRAWN = "digit", "drawn"
PLACE = re.compile(r"[0-9]-[0-9]")
MEAN_OF_ALL = "mean"


def to_look_at(lesson: Lesson) -> tuple[Array | None, str, DeltaGenerator]:
    """The image, how its answer is told, and where what is made of it goes: beside what one draws
    on. No image as long as nothing is drawn.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        words = {one: lesson.text(f"image_{one}") for one in (DIGIT, DRAWN)}
        source = controls.choice("image", lesson.text("image_label"), tuple(words), words=words)
        if source == DIGIT:
            with st.container(width=260):
                place = controls.slider("digit", lesson.text("digit_label"), 0, LAST_IMAGE, first=3)
    if source == DRAWN:
        own, beside = st.columns([4, 8], gap="large")
        with own:
            drawing = pad()
        if drawing.is_blank:
            beside.caption(lesson.text("drawn_first"))
            return None, "", beside
        return drawing.image, lesson.words["answer_drawn"], beside
    image, known, digit = example(place)
    values = {"number": known, "article": article(digit), "digit": digit}
    told = lesson.text("answer", **values, said="{said}", sure="{sure}")
    return image, told, st.container()


def looked(lesson: Lesson, image: Array, told: str, *, key: str) -> str:
    """The heat maps, and beside them the answer and what may change it; one share in words."""
    with st.grid("auto", min_column_width=400, gap="large"):
        left, right = st.container(), st.container()
    with right:
        has_places = controls.toggle("position", lesson.text("position_label"), first=True)
        is_shuffled = controls.toggle("shuffle", lesson.text("shuffle_label"))
    position = Position.OWN if has_places else Position.OFF
    own = attention.looked(image)
    shown = attention.shuffled(image) if is_shuffled else image
    is_own = has_places and not is_shuffled
    now = own if is_own else attention.looked(shown, position)
    row, column = map(int, _chosen_cell(lesson).split("-"))
    head = _chosen_head(lesson)
    with left:
        st.caption(lesson.text("map_note"))
        names = [lesson.text("mean")]
        names += [lesson.text("head", head=one) for one in range(attention.layer().heads)]
        looks_view(
            looks(shown, now.weights, attention.grid()),
            names,
            cell=(row, column),
            head=head,
            locked={"cell": controls.is_locked("cell"), "head": controls.is_locked("head")},
            on_cell=lambda *place: controls.put(cell="-".join(map(str, place))),
            on_head=lambda one: controls.put(head=_head_text(one)),
            key=f"{key}_looks",
        )
    with right:
        st.markdown(_answer(lesson, told, own, None if is_own else now))
        words = [certainty(float(share)) for share in now.shares]
        bars = bars_of(shown[..., None], now.shares, own.shares, NAMES, words)
        picture(bars, key=f"{key}_shares", largest=1.2)
        st.caption(lesson.text("bars_note"))
    return _real(lesson, shown, now, (row, column), max(head, 0), position)


def _chosen_cell(lesson: Lesson) -> str:
    """The row and the column of the cell that looks while none is pointed at: `3-3`."""
    height, width = attention.grid()

    def fits(text: str) -> bool:
        if not PLACE.fullmatch(text):
            return False
        row, column = map(int, text.split("-"))
        return row < height and column < width

    first = f"{height // 2}-{width // 2}"
    return controls.held("cell", first, fits, label=lesson.text("cell_label"))


def _chosen_head(lesson: Lesson) -> int:
    heads = {_head_text(one): one for one in range(MEAN, attention.layer().heads)}
    return heads[
        controls.held("head", MEAN_OF_ALL, heads.__contains__, label=lesson.text("head_label"))
    ]


def _head_text(head: int) -> str:
    return MEAN_OF_ALL if head == MEAN else str(head)


def _answer(lesson: Lesson, told: str, own: Looked, changed: Looked | None) -> str:
    """The answer to the image as it is, and to what was made of it or of the network."""
    said = told.format(said=NAMES[own.said], sure=certainty(float(own.shares[own.said])))
    if changed is None:
        return said
    share = certainty(float(changed.shares[own.said]))
    more = lesson.text("changed", said=NAMES[changed.said], was=NAMES[own.said], share=share)
    return f"{said} {more}"


def _real(
    lesson: Lesson,
    image: Array,
    now: Looked,
    place: tuple[int, int],
    head: int,
    position: Position,
) -> str:
    """The chosen cell looks at the one that it looks at most, by a head, in numbers."""
    _, width = attention.grid()
    cell = place[0] * width + place[1]
    other = int(now.weights[head, cell].argmax())
    found = attention.worked(image, head, cell, other, position)
    return lesson.text(
        "real",
        head=head,
        size=attention.layer().key_size,
        row=place[0],
        column=place[1],
        to_row=other // width,
        to_column=other % width,
        product=number(found.product),
        divided=number(found.divided),
        root=number(sqrt(attention.layer().key_size)),
        cells=attention.cells(),
        share=fixed(found.share, 3),
    )
