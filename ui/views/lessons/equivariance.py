"""Lesson 8: a digit is moved; what of it moves along, what stays, and how sure the answer is."""

from __future__ import annotations

import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import article
from cnn.insight.readings.disturbance import REACH
from cnn.lessons import equivariance
from cnn.lessons.equivariance import Stage
from cnn.lessons.lesson import Lesson
from cnn.network.seen import Place
from cnn.numbers import exact
from cnn.pictures.inside.evidence import shift_map
from cnn.pictures.inside.maps import Scale, Tile, largest
from cnn.pictures.training.shifts import distance_figure
from cnn.shipped import shipped
from cnn.training.recipe.presets import FIRST
from ui.components.maps import linked_maps
from ui.components.picture import picked, picture
from ui.components.plot import plot
from ui.parts.drawing.answers import NAMES, certainty
from ui.parts.drawing.fool import read_shift
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import theme
from ui.session.words import percent

MAP = "lesson_equivariance_shifts"
MOST_IMAGES = 40
FILTERS = 16
MEASURED_ON = 100
NAMES_OF_STAGES = ("image", "conv", "pool_one", "pool_two")


def show(lesson: Lesson) -> None:
    """The shift, the map of all shifts, the network's maps before and after, what is measured."""
    _take_clicked()
    st.markdown(explained(lesson, "lead"))
    left, right = st.container(key="halves").columns([5, 5], gap="large")
    with left:
        place = controls.slider(
            "digit", lesson.text("digit_label"), 1, MOST_IMAGES, first=3, shows_index=True
        )
        across = controls.slider("right", lesson.text("right_label"), -REACH, REACH, first=2)
        down = controls.slider("down", lesson.text("down_label"), -REACH, REACH, first=0)
        which = controls.slider(
            "filter", lesson.text("filter_label"), 1, FILTERS, first=5, shows_index=True
        )
    image, number, name = equivariance.example(place)
    found = _everywhere(image.tobytes(), image)
    with left:
        _answer(lesson, found, number, name, across, down)
    with right:
        _every_shift(lesson, found, across, down)
    stages = equivariance.stages(image, across, down)
    st.markdown(explained(lesson, "maps_lead"))
    linked_maps(
        _tiles(lesson, stages, which - 1, (down, across)),
        key="lesson_equivariance_maps",
        chosen=(2, *equivariance.strongest(stages[1], which - 1)),
        rows=2,
        side=180,
    )
    st.markdown(_table(lesson, stages))
    st.markdown(explained(lesson, "table_note"))
    _measure(lesson)
    st.caption(explained(lesson, "train_note"))
    ways_on(shipped().architecture, FIRST)


def _take_clicked() -> None:
    """Sets the shift to the cell of the map that was just clicked, before the sliders are drawn."""
    if place := read_shift(picked(MAP)):
        controls.put(right=place[0], down=place[1])


@st.cache_resource(show_spinner=False, max_entries=64)
def _everywhere(content: bytes, _image: Array) -> Array:
    return equivariance.likely_everywhere(_image)


def _answer(lesson: Lesson, found: Array, number: int, name: str, across: int, down: int) -> None:
    here = found[REACH + down, REACH + across]
    said = int(here.argmax())
    st.markdown(
        lesson.text(
            "answer",
            number=number,
            article=article(name),
            digit=name,
            said=NAMES[said],
            sure=certainty(float(here[said])),
            rest=certainty(float(found[REACH, REACH, said])),
        )
    )


def _every_shift(lesson: Lesson, found: Array, across: int, down: int) -> None:
    label = int(found[REACH, REACH].argmax())
    kept = int((found.argmax(axis=2) == label).sum())
    many = found.shape[0] * found.shape[1]
    st.markdown(
        lesson.text(
            "shifts",
            reach=REACH,
            article=article(NAMES[label]),
            digit=NAMES[label],
            kept=kept,
            many=many,
            mean=percent(float(found[..., label].mean())),
        )
    )
    picture(shift_map(found, label, NAMES, (across, down)), key=MAP, largest=1.15)
    st.caption(lesson.text("shifts_note", digit=NAMES[label]))


def _tiles(lesson: Lesson, stages: list[Stage], which: int, moved: tuple[int, int]) -> list[Tile]:
    """Each stage's map where the digit was, and below it the one of the moved digit."""
    tiles = []
    for word, stage in zip(NAMES_OF_STAGES, stages, strict=True):
        row = stage.row
        at = 0 if row is None else which
        rest, after = stage.rest[..., at : at + 1], stage.shifted[..., at : at + 1]
        scale = Scale.BRIGHTNESS if row is None else Scale.SIGNED
        full = largest([rest, after])
        title = lesson.text(word)
        size = f"{rest.shape[0]}×{rest.shape[1]}"
        places = [Place(moved=by) if row is None else Place.of(row, by) for by in ((0, 0), moved)]
        tiles.append(Tile(rest, title, size, scale, full, places[0]))
        tiles.append(
            Tile(
                after, lesson.text("moved", stage=title), _by(lesson, stage), scale, full, places[1]
            )
        )
    return tiles


def _by(lesson: Lesson, stage: Stage) -> str:
    """How far the pattern moved there: `1.5 cells right, 2 cells down`."""
    right, down = stage.moved
    words = (("right", "left", right), ("down", "up", down))
    parts = [
        lesson.text(
            "cell" if abs(by) == 1 else "cells",
            many=exact(abs(by)),
            way=lesson.text(ahead if by > 0 else back),
        )
        for ahead, back, by in words
        if by
    ]
    return ", ".join(parts) or lesson.text("stays")


def _table(lesson: Lesson, stages: list[Stage]) -> str:
    """A line for each stage: how far it moved, how alike it is, what is left once moved back."""
    lines = [lesson.text("table_head"), "|---|---|---|---|"]
    for word, stage in zip(NAMES_OF_STAGES, stages, strict=True):
        rest = stage.left_over
        back = lesson.text("not_whole") if rest is None else f"{rest:.4f}"
        lines.append(
            f"| {lesson.text(word)} | {_by(lesson, stage)} | **{percent(stage.alike)}** | {back} |"
        )
    return "\n".join(lines)


@st.cache_resource(show_spinner="Reading moved images")
def _by_distance(count: int) -> list[tuple[int, int]]:
    return equivariance.right_by_distance(count)


def _measure(lesson: Lesson) -> None:
    if not controls.toggle("measure", lesson.text("measure_label", images=MEASURED_ON)):
        return
    found = _by_distance(MEASURED_ON)
    shares = {distance: hits / many for distance, (hits, many) in enumerate(found)}
    said = lesson.text(
        "measured",
        images=MEASURED_ON,
        **{f"at_{distance}": percent(shares[distance]) for distance in (0, 2, 4, 7)},
    )
    st.markdown(said)
    plot(
        distance_figure(found, dark=theme.is_dark()),
        label=said.replace("*", ""),
        height=280,
        key="lesson_equivariance_distance",
    )
