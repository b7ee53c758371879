"""Lesson 4: a pooling window cell by cell, what a shift leaves, and what pooling saves."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Pooling, Slide, pooled, same_values
from cnn.insight.readings.disturbance import shifted
from cnn.lessons.lesson import Lesson
from cnn.lessons.patterns import PICTURES, picture
from cnn.lessons.pooling import largest, saving
from cnn.network.errors import ArchitectureError
from cnn.network.layers import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from cnn.numbers import number
from cnn.training.recipe.presets import FIRST
from ui.components.figures import Figure, figures
from ui.components.grids import edited, grid_pair
from ui.parts.lesson import controls, edits
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import percent, plain, short

PICTURE = "lesson_pooling_grids"
KINDS = ("max", "average", "global_max", "global_average")
NAMES = ("numbers", "ring", "cross", "edge", "diagonal", "dot", "worked")
PIXELS = (0, 1, 2, 3, 4, 5)


def show(lesson: Lesson) -> None:
    """The window over the grid, the picture moved, and the network with and without it."""
    st.markdown(lesson.text("lead"))
    _presets(lesson)
    pool, origin, first, (down, right) = _controls(lesson)
    image = edits.kept("x", lesson.text("input_edit"), origin, first)
    moved = shifted(image, right, down)
    try:
        before, slide = pooled(pool, image), pooled(pool, moved)
    except ArchitectureError as error:
        st.warning(lesson.text("wrong", error=plain(str(error))), icon=":material/error:")
        return
    is_moved = bool(down or right)
    grid_pair(
        slide,
        key=PICTURE,
        rev=edits.revision("pooling", f"{origin} {down} {right}"),
        edits_input=not controls.is_locked("x") and not is_moved,
        pixels_cycle=PIXELS,
        kept=same_values(before.output, slide.output) if is_moved else None,
        on_edit=partial(_take, slide, origin, first),
    )
    st.markdown(_size(lesson, slide))
    st.markdown(f"## {lesson.text('shift_heading')}")
    st.markdown(_shift(lesson, before, slide, down, right))
    _largest(lesson, pool, moved)
    _saving(lesson, pool)
    ways_on(saving(pool).with_pools.architecture, FIRST)


def _presets(lesson: Lesson) -> None:
    first: dict[str, Any] = {
        "kind": "max",
        "window": 2,
        "stride": 2,
        "picture": "numbers",
        "size": 8,
    }
    first |= {"down": 0, "right": 0}
    quick: dict[str, dict[str, Any]] = {
        "try_worked": {},
        "try_shift": {"picture": "ring", "right": 1},
        "try_two": {"picture": "ring", "right": 2},
        "try_overlap": {"window": 3, "size": 9},
        "try_global": {"kind": "global_average", "picture": "ring", "right": 1},
    }
    controls.presets(
        lesson.text("presets"), {lesson.text(name): first | one for name, one in quick.items()}
    )


def _controls(lesson: Lesson) -> tuple[Pooling, str, Array, tuple[int, int]]:
    kinds = {one: lesson.text(f"kind_{one}") for one in KINDS}
    names = {one: lesson.text(f"picture_{one}") for one in NAMES}
    line = st.container(horizontal=True, gap="medium")
    with line.container(width=400):
        kind = controls.choice("kind", lesson.text("kind_label"), KINDS, words=kinds)
        window = stride = 2
        if not kind.startswith("global"):
            with st.container(horizontal=True, gap="medium"):
                window = controls.slider("window", lesson.text("window_label"), 2, 4, first=2)
                stride = controls.slider("stride", lesson.text("stride_label"), 1, 4, first=2)
    with line.container(width=230):
        name = controls.choice("picture", lesson.text("picture_label"), NAMES, words=names)
        size = controls.slider("size", lesson.text("size_label"), 5, 12, first=8)
    with line.container(width=230):
        right = controls.slider("right", lesson.text("right_label"), 0, 4, first=0)
        down = controls.slider("down", lesson.text("down_label"), 0, 4, first=0)
    assert name in PICTURES
    return pool_of(kind, window, stride), f"{name}-{size}", picture(name, size), (down, right)


def pool_of(kind: str, window: int, stride: int) -> Pooling:
    """The layer that the controls describe; a global one has neither window nor stride."""
    match kind:
        case "max":
            return MaxPooling2D(window, strides=stride)
        case "average":
            return AveragePooling2D(window, strides=stride)
        case "global_max":
            return GlobalMaxPooling2D()
    return GlobalAveragePooling2D()


def _take(slide: Slide, origin: str, first: Array) -> None:
    edit = edited(PICTURE, slide)
    if edit is not None:
        edits.keep("x", origin, edit.input, first)


def _size(lesson: Lesson, slide: Slide) -> str:
    height, width = slide.output.shape[:2]
    rows = slide.axes[0]
    text = lesson.text(
        "size",
        input=f"{slide.input.shape[0]}×{slide.input.shape[1]}",
        output=f"{height}×{width}",
        before=slide.input.size,
        after=slide.output.size,
        times=number(slide.input.size / slide.output.size, 3),
    )
    if rows.dropped:
        return f"{text} {lesson.text('dropped', room=rows.room, stride=rows.stride)}"
    return f"{text} {lesson.text('whole')}" if slide.output.size == 1 else text


def _shift(lesson: Lesson, before: Slide, after: Slide, down: int, right: int) -> str:
    if not (down or right):
        return lesson.text("shift_none")
    kept, inputs = (
        same_values(one, other)
        for one, other in ((before.output, after.output), (before.input, after.input))
    )
    if down and right:
        moved = lesson.text("moved_both", down=down, right=right)
    elif down:
        moved = lesson.text("moved_down", count=down)
    else:
        moved = lesson.text("moved_right", count=right)
    text = lesson.text(
        "shift",
        moved=moved,
        kept=int(kept.sum()),
        cells=kept.size,
        share=percent(float(kept.mean())),
        input_kept=int(inputs.sum()),
        input_cells=inputs.size,
        input_share=percent(float(inputs.mean())),
    )
    everything = bool(kept.all()) and not bool(inputs.all())
    return f"{text} {lesson.text('shift_all')}" if everything else text


def _largest(lesson: Lesson, pool: Pooling, image: Array) -> None:
    found = largest(pool, image)
    st.markdown(f"## {lesson.text('largest_heading')}")
    unread = f" {lesson.text('unread')}" if found.max < found.input else ""
    values = {name: number(getattr(found, name), 3) for name in ("input", "max", "mean")}
    st.markdown(explained(lesson, "largest", **values, unread=unread))


def _saving(lesson: Lesson, pool: Pooling) -> None:
    found = saving(pool)
    is_local = isinstance(pool, MaxPooling2D | AveragePooling2D)
    st.markdown(f"## {lesson.text('saving_heading')}")
    st.markdown(explained(lesson, "saving_local" if is_local else "saving_global"))
    with_pools, without = found.with_pools, found.without
    shown = (
        ("macs_with", short(with_pools.total_macs)),
        ("macs_without", short(without.total_macs)),
        ("params_with", f"{with_pools.total_params:,}"),
        ("params_without", f"{without.total_params:,}"),
    )
    figures([Figure(lesson.text(name), text) for name, text in shown], key="lesson_pooling_figures")
    second = [
        [row for row in one.rows if row.kind == "Conv2D"][-1] for one in (with_pools, without)
    ]
    st.markdown(
        lesson.text(
            "saving",
            times=number(found.times, 3),
            second_with=f"{second[0].macs:,}",
            second_without=f"{second[1].macs:,}",
            dense_with=f"{with_pools.rows[-1].macs:,}",
            dense_without=f"{without.rows[-1].macs:,}",
        )
    )
