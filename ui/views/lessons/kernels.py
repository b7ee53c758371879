"""Lesson 3: kernels of the gallery, or one's own, over an image; several maps side by side."""

from __future__ import annotations

import re

import numpy as np
import streamlit as st

from cnn.data import DatasetName, DatasetSpec
from cnn.insight.passes.operations import Array
from cnn.lessons import kernels
from cnn.lessons.lesson import Lesson
from cnn.numbers import fixed
from cnn.pictures.inside.maps import Kernel, Scale, Tile, largest, span
from cnn.training.recipe.configuration import Configuration
from ui.components.maps import Cell, linked_maps
from ui.parts.drawing.pad import pad
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.parts.network.cascade import images
from ui.parts.network.own_picture import own_picture

SOURCES = ("digit", "shape", "colour", "drawn", "upload")
CELL = r"\d-\d{1,2}-\d{1,2}"
OWN = ("drawn", "upload")
UPLOADED = (64, 64)
DIGIT = (28, 28, 1)
FIRST = ("Sobel x", "Sobel y", "edges", "blur")
FIRST_CELL = "1-11-13"
"""The map, the row and the column: at a stroke of the first digit."""
MOST = 6
MOST_IMAGES = 40
EXAMPLES = {"digit": (DatasetName.MNIST_SAMPLE, None), "shape": (DatasetName.SHAPES, (32, 32, 1))}
TRAINED_ON = {"digit": (DatasetName.MNIST_SAMPLE, 10), "shape": (DatasetName.SHAPES, 3)}
"""The data that come along for a kind of image, and their classes."""
MAPS, PARTS = "lesson_kernels_maps", "lesson_kernels_parts"


def show(lesson: Lesson) -> None:
    """The image, the kernels over it, and what each of them answers to."""
    st.markdown(explained(lesson, "lead"))
    names = controls.several(
        "kernels",
        lesson.text("kernels_label"),
        kernels.NAMES,
        first=FIRST,
        most=MOST,
        words={name: _titled(name) for name in kernels.NAMES},
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = controls.choice(
            "image",
            lesson.text("image_label"),
            SOURCES,
            words={name: lesson.text(f"image_{name}") for name in SOURCES},
        )
        if source in EXAMPLES:
            with st.container(width=200):
                place = controls.slider(
                    "place", lesson.text("place_label"), 1, MOST_IMAGES, first=4, shows_index=True
                )
        else:
            place = 1
        relu = controls.toggle("relu", lesson.text("relu_label"))
    beside = st.container()
    if source in OWN:
        own, beside = st.columns([4, 8], gap="large")
        with own:
            image = _own(lesson, source)
    else:
        image = _example(source, place)
    with beside:
        if image is None:
            st.caption(lesson.text(f"{source}_first"))
        else:
            _maps(lesson, source, image, names, relu)


def _maps(lesson: Lesson, source: str, image: Array, names: tuple[str, ...], relu: bool) -> None:
    """The feature maps of an image, the chosen one's numbers, and for colours its channels."""
    is_coloured = image.shape[2] == 3
    slices = "alike"
    if is_coloured:
        options = tuple(kernels.SLICES)
        slices = controls.choice(
            "slices",
            lesson.text("slices_label"),
            options,
            words={one: lesson.text(f"slices_{one.replace('-', '_')}") for one in options},
        )
    custom = _custom()
    chosen = [kernels.kernel_of(name, custom, image.shape[2], slices) for name in names]
    found = kernels.feature_maps(image, chosen, relu)
    cell = _cell(found)
    at = cell[0] - 1
    tiles = _tiles(lesson, image, names, chosen, found, custom, relu)
    linked_maps(tiles, key=MAPS, chosen=cell, on_cell=_pick, on_kernel=_edit, side=180)
    st.markdown(_numbers(lesson, names[at], found[at], chosen[at], relu))
    if is_coloured:
        _channels(lesson, source, names[at], image, chosen[at], cell)
    data = "digit" if source == "drawn" else source
    name, classes = TRAINED_ON.get(data, (None, 0))
    trained = Configuration(DatasetSpec(name), epochs=3) if name else None
    ways_on(kernels.network(image, len(names), relu), trained, classes=classes)


def _example(source: str, place: int) -> Array:
    """An image `[height, width, channels]` that comes along."""
    if source == "colour":
        return kernels.coloured_shapes()
    validation = images(*EXAMPLES[source]).validation
    found: Array = validation.take([(place - 1) % len(validation)]).images[0]
    return found


def _own(lesson: Lesson, source: str) -> Array | None:
    """What a person draws here or brings; None as long as there is nothing."""
    if source == "drawn":
        drawing = pad()
        return None if drawing.is_blank else drawing.image[..., None]
    above = st.container()
    grey = controls.toggle("grey", lesson.text("grey_label"))
    brought = own_picture((*UPLOADED, 1 if grey else 3), above)
    return None if brought is None else brought[0]


def _custom() -> tuple[float, ...]:
    """The nine weights of one's own kernel, as the address has them."""
    text = controls.held("custom", _text(kernels.IDENTITY), lambda value: bool(_read(value)))
    return _read(text)


def _read(text: str) -> tuple[float, ...]:
    parts = text.split("_")
    if len(parts) != 9 or not all(re.fullmatch(r"-?\d{1,3}(\.\d{1,6})?", one) for one in parts):
        return ()
    return tuple(float(one) for one in parts)


def _text(weights: tuple[float, ...]) -> str:
    return "_".join(f"{one:.4f}".rstrip("0").rstrip(".") for one in weights)


def _edit(weights: tuple[float, ...]) -> None:
    text = _text(weights)
    if _read(text):
        controls.put(custom=text)


def _cell(found: list[Array]) -> Cell:
    """The chosen cell, within these maps; the image is the map 0."""
    text = controls.held("cell", FIRST_CELL, lambda value: bool(re.fullmatch(CELL, value)))
    place, row, column = (int(part) for part in text.split("-"))
    height, width = found[0].shape[:2]
    return min(max(place, 1), len(found)), min(row, height - 1), min(column, width - 1)


def _pick(cell: Cell) -> None:
    place, row, column = cell
    if place == 0:  # a pixel is in the middle of what the cell before it sees
        place, row, column = 1, max(row - 1, 0), max(column - 1, 0)
    controls.put(cell=f"{place}-{row}-{column}")


def _tiles(
    lesson: Lesson,
    image: Array,
    names: tuple[str, ...],
    chosen: list[Array],
    found: list[Array],
    custom: tuple[float, ...],
    relu: bool,
) -> list[Tile]:
    height, width, channels = image.shape
    whole = lesson.text("image_note", height=height, width=width, channels=channels)
    tiles = [Tile(image, lesson.text("image_title"), whole, Scale.BRIGHTNESS)]
    for name, weights, values in zip(names, chosen, found, strict=True):
        tiles.append(
            Tile(
                values,
                _titled(name),
                lesson.text("map_note", span=span(values)),
                place=kernels.PLACE,
                kernel=Kernel(
                    weights,
                    relu=relu,
                    shown=kernels.plain_kernel(name, custom),
                    can_change=name == kernels.CUSTOM and not controls.is_locked("custom"),
                ),
            )
        )
    return tiles


def _titled(name: str) -> str:
    """A kernel's name as a title: `Sobel x` has its capital already, and one within stays."""
    return name[0].upper() + name[1:]


def _numbers(lesson: Lesson, name: str, found: Array, kernel: Array, relu: bool) -> str:
    """What the chosen kernel's weights add up to, and how its map is divided."""
    above, none, below = kernels.counts(found)
    values = {
        "kernel": _titled(name),
        "total": fixed(kernel.sum(), 2),
        "cells": found.size,
        "above": above,
        "none": none,
        "below": below,
    }
    return explained(lesson, "numbers_relu" if relu else "numbers", **values)


def _channels(
    lesson: Lesson, source: str, name: str, image: Array, kernel: Array, cell: Cell
) -> None:
    """A colour image: each channel with its slice of the kernel, and their sum."""
    st.markdown(explained(lesson, "colour_lead", kernel=_titled(name)))
    if source == "colour":
        st.markdown(explained(lesson, "colour_shapes"))
    parts = kernels.channel_maps(image, kernel)
    total = np.sum(parts, axis=0)
    full = largest([*parts, total])
    words = [lesson.text(f"channel_{one}") for one in ("red", "green", "blue")]
    tiles = []
    for place, (word, part) in enumerate(zip(words, parts, strict=True)):
        one = image[..., place : place + 1]
        weights = kernel[..., place : place + 1]
        tiles.append(Tile(one, word, "", Scale.BRIGHTNESS))
        tiles.append(
            Tile(
                part,
                lesson.text("part_title", channel=word),
                lesson.text("map_note", span=span(part)),
                full=full,
                place=kernels.PLACE,
                kernel=Kernel(weights, source=2 * place),
            )
        )
    tiles.append(Tile(image, lesson.text("image_title"), "", Scale.BRIGHTNESS))
    tiles.append(
        Tile(
            total,
            lesson.text("sum_title"),
            lesson.text("map_note", span=span(total)),
            full=full,
            place=kernels.PLACE,
            kernel=Kernel(kernel, source=6),
        )
    )
    linked_maps(tiles, key=PARTS, chosen=(7, *cell[1:]), rows=2, side=150)
