"""Lesson 7: a stack of one's own and what its cells see; then the filters of a trained network."""

from __future__ import annotations

import re

import streamlit as st

from cnn.data import load
from cnn.data.sets import DatasetName
from cnn.insight.passes.operations import Array
from cnn.lessons.lesson import Lesson
from cnn.lessons.receptive_field import (
    IMAGES,
    MOST_LAYERS,
    NAMES,
    PIECES,
    SHOWN_FILTERS,
    STRONGEST,
    architecture,
    codes,
    convolutions,
    excited,
    is_stack,
)
from cnn.network.trace import Trace, trace
from cnn.pictures.inside.exciting import exciting
from cnn.pictures.network.field_stack import field_stack
from cnn.training.recipe.presets import BRIEF
from ui.components.field import field_view
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on

FIRST = "c3-c3-m2-c3"
FIRST_IMAGE = 3
PLACE = re.compile(r"(-?[0-9]{1,2})-([0-9]{1,2})-([0-9]{1,2})")
"""A layer, a row and a column, as an address has them: `2-13-13`; `-1-0-0` is on the image."""


def show(lesson: Lesson) -> None:
    """The stack, its cells, its numbers; then what excites the filters of a trained network."""
    st.markdown(explained(lesson, "lead"))
    quick = {
        "two_small": "c3-c3",
        "vgg": "c3-c3-m2-c3-c3-m2-c3",
        "dilated": "c3-d3-d3",
        "strided": "s3-s3-c3",
    }
    controls.presets(
        lesson.text("presets"),
        {lesson.text(name): {"stack": stack, "cell": ""} for name, stack in quick.items()},
    )
    stack = controls.held("stack", FIRST, is_stack, label=lesson.text("stack_label"))
    traced = trace(architecture(stack))
    _pieces(lesson, stack)
    cell = controls.held(
        "cell", "", lambda text: _cell(text, traced) is not None, label=lesson.text("cell_label")
    )
    chosen = _cell(cell, traced)
    assert chosen is not None  # held gives what fits alone
    field_view(
        field_stack(traced, _image(), tuple(NAMES[code] for code in codes(stack))),
        chosen,
        locked=controls.is_locked("cell"),
        on_chosen=lambda *place: controls.put(cell="-".join(map(str, place))),
        key="lesson_receptive_field_stack",
    )
    st.markdown(_numbers(lesson, traced, stack))
    ways_on(traced.architecture, BRIEF, classes=10)
    st.header(lesson.text("patches_title"), anchor=False)
    _filters(lesson)


def _pieces(lesson: Lesson, stack: str) -> None:
    """A button for each layer that can be added, and one to take the last away."""
    locked = controls.is_locked("stack")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for code in PIECES:
            longer = f"{stack}-{code}"
            fits = is_stack(longer)
            is_full = len(codes(stack)) >= MOST_LAYERS
            why = lesson.text("full", most=MOST_LAYERS) if is_full else lesson.text("too_small")
            st.button(
                NAMES[code],
                icon=":material/add:",
                key=f"receptive_field_add_{code}",
                on_click=controls.put,
                kwargs={"stack": longer, "cell": ""},
                disabled=locked or not fits,
                help=None if fits else why,
            )
        shorter = "-".join(codes(stack)[:-1])
        st.button(
            lesson.text("remove"),
            icon=":material/backspace:",
            type="tertiary",
            on_click=controls.put,
            kwargs={"stack": shorter, "cell": ""},
            disabled=locked or not is_stack(shorter),
        )


def _cell(text: str, traced: Trace) -> tuple[int, int, int] | None:
    """The layer (-1 is the input's), row and column in a text; the last layer's middle if empty."""
    rows = traced.rows
    if not text:
        height, width = rows[-1].output_shape[:2]
        return len(rows) - 1, height // 2, width // 2
    found = PLACE.fullmatch(text)
    at, line, column = map(int, found.groups()) if found else (len(rows), 0, 0)
    if not -1 <= at < len(rows):
        return None
    shape = traced.architecture.input if at < 0 else rows[at].output_shape
    fits = 0 <= line < shape[0] and 0 <= column < shape[1]
    return (at, line, column) if fits else None


def _numbers(lesson: Lesson, traced: Trace, stack: str) -> str:
    """How field and jump come about, layer by layer, with the numbers put in."""
    names = ("table_layer", "table_map", "table_rule", "table_jump")
    lines = [" | ".join(explained(lesson, name) for name in names), "---|---|---|---"]
    size, jump = 1, 1.0
    for code, row in zip(codes(stack), traced.rows, strict=True):
        assert row.axes is not None  # a stack holds convolutions and poolings alone
        field, (axis, _) = row.receptive_field, row.axes
        width = axis.effective_kernel
        height, across = row.output_shape[:2]
        lines.append(
            f"{NAMES[code]} | {height}×{across} | {size} + ({width} − 1) · {jump} = "
            f"**{field.size[0]}** | {jump} · {axis.stride} = **{field.jump[0]}**"
        )
        size, jump = field.size[0], field.jump[0]
    plural = "" if jump == 1 else "s"
    said = lesson.text(
        "numbers", layer=NAMES[codes(stack)[-1]], size=size, jump=jump, plural=plural
    )
    return said + "\n\n" + "\n".join(lines)


@st.cache_resource(show_spinner=False)
def _image() -> Array:
    image: Array = load(DatasetName.MNIST_SAMPLE).test.images[FIRST_IMAGE]
    return image


def _filters(lesson: Lesson) -> None:
    st.markdown(explained(lesson, "patches", count=STRONGEST, images=IMAGES))
    rows = convolutions()
    places = tuple(range(1, len(rows) + 1))
    place = int(controls.steps("layer", lesson.text("layer_label"), places, first=1))
    found = excited(place - 1)
    about = lesson.text(
        "patches_about",
        place=place,
        size=found.row.receptive_field.size[0],
        filters=found.row.output_shape[2],
    )
    same = lesson.text("patches_same", same=f"{found.same(SHOWN_FILTERS):.1f}", count=STRONGEST)
    st.markdown(f"{about} {lesson.text(f'kinds_{(place + 1) // 2}')} {same}")
    st.html(exciting(found.patches, found.images.images, SHOWN_FILTERS))
