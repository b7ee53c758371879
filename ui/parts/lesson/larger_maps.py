"""The transposed convolution of lesson 9: a map made larger, and what a smooth one shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from cnn.insight.passes.kernel_gradient import Descent
from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Spreading, one_layer, spread_out
from cnn.lessons import larger_maps as made
from cnn.lessons.larger_maps import ABOVE, KERNELS, MAPS, Smooth
from cnn.lessons.lesson import Lesson
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Conv2DTranspose
from cnn.network.seen import Place
from cnn.numbers import number
from cnn.pictures.inside.maps import Tile
from ui.components.grids import Labels, edited
from ui.components.grids.spread import grid_spread
from ui.components.maps import linked_maps
from ui.parts.lesson import controls, edits
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import plain, pretty

ANCHOR = "larger-maps"
GRIDS = "lesson_transposed_grids"
PADDINGS = ("valid", "same")
SLIDER_PX = 142


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the controls say; the layer may refuse it."""

    map: str
    kernel: str
    size: int
    stride: int
    padding: str

    @property
    def kernel_origin(self) -> str:
        """Where edits of the kernel began."""
        return f"{self.kernel}-{self.size}"


def larger_maps(lesson: Lesson, found: Descent) -> None:
    """The operation with its controls, and beside it what helps where it makes a checkerboard."""
    st.header(lesson.text("larger_heading"), anchor=ANCHOR)
    st.markdown(explained(lesson, "larger_lead"))
    _presets(lesson)
    chosen = _controls(lesson, len(found.kernel))
    maps = made.small_map(chosen.map, found.arriving)
    kernels = made.small_kernel(chosen.kernel, chosen.size, found.kernel)[..., None]
    image = edits.kept("x", lesson.text("larger_input"), chosen.map, maps)
    kernel = edits.kept("k", lesson.text("larger_kernel"), chosen.kernel_origin, kernels)
    try:
        layer = made.transposed(chosen.size, chosen.stride, chosen.padding)
        spreading = spread_out(layer, image, kernel[..., None])
    except ArchitectureError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    output = lesson.text("larger_output")
    grid_spread(
        spreading,
        key=GRIDS,
        labels=Labels(lesson.text("larger_input"), lesson.text("larger_kernel"), output),
        counts=lesson.text("larger_counts"),
        rev=edits.revision("transposed", f"{chosen.map} {chosen.kernel_origin}"),
        edits_input=chosen.map != ABOVE and not controls.is_locked("x"),
        edits_kernel=chosen.kernel != ABOVE and not controls.is_locked("k"),
        on_edit=partial(_take, spreading, chosen, maps, kernels),
    )
    _said(lesson, chosen, layer, spreading, found)
    is_edited = not np.array_equal(kernel, kernels)
    if controls.toggle("smooth", lesson.text("smooth_label")):
        _smooth(lesson, chosen, kernel[..., 0], "edited" if is_edited else chosen.kernel)
    ways_on(one_layer(layer, image), key="lesson_transposed_ways")


def _presets(lesson: Lesson) -> None:
    ones: dict[str, Any] = {"input": "ones", "kernel": "ones", "stride": 2, "padding": "valid"}
    quick = {
        "try_uneven": ones | {"size": 3},
        "try_even": ones | {"size": 4},
        "try_dot": ones | {"input": "dot", "kernel": "bilinear", "size": 4},
        "try_gradient": ones | {"input": ABOVE, "kernel": ABOVE, "stride": 1},
    }
    controls.presets(
        lesson.text("presets"), {lesson.text(name): values for name, values in quick.items()}
    )


def _controls(lesson: Lesson, above: int) -> Chosen:
    def slider(name: str, low: int, high: int, first: int) -> int:
        with st.container(width=SLIDER_PX):
            return controls.slider(name, lesson.text(f"{name}_label"), low, high, first=first)

    def choice(name: str, words: dict[str, str]) -> str:
        with st.container(width="content"):
            return controls.choice(name, lesson.text(f"{name}_label"), tuple(words), words=words)

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        name = choice("input", {one: lesson.text(f"input_{one}") for one in MAPS})
        kernel = choice("kernel", {one: lesson.text(f"kernel_{one}") for one in KERNELS})
        size = above if kernel == ABOVE else slider("size", 2, 5, 3)
        stride = slider("stride", 1, 3, 2)
        padding = choice("padding", {one: one for one in PADDINGS})
    return Chosen(name, kernel, size, stride, padding)


def _take(spreading: Spreading, chosen: Chosen, maps: Array, kernels: Array) -> None:
    """Keeps what was edited."""
    edit = edited(GRIDS, spreading)
    if edit is None or edit.kernel is None:
        return
    edits.keep("x", chosen.map, edit.input, maps)
    edits.keep("k", chosen.kernel_origin, edit.kernel[..., 0], kernels)


def _said(
    lesson: Lesson, chosen: Chosen, layer: Conv2DTranspose, spreading: Spreading, found: Descent
) -> None:
    """The size, how many windows meet, and where it is the gradient of above."""
    size, stride = chosen.size, chosen.stride
    least, most = layer.windows_meeting()
    values = {"size": size, "stride": stride, "least": least, "most": most}
    formula = pretty(spreading.axes[0].formula).replace(" - ", " − ")
    lines = [
        lesson.text("larger_size", formula=formula),
        explained(lesson, "counts_even" if least == most else "counts_uneven", **values),
    ]
    is_gradient = (chosen.map, chosen.kernel, stride) == (ABOVE, ABOVE, 1)
    difference = made.difference_to(found.to_input, spreading)
    if is_gradient and difference is not None:
        lines.append(lesson.text("is_gradient", difference=number(difference, 1)))
    st.markdown(" ".join(lines))


def _smooth(lesson: Lesson, chosen: Chosen, kernel: Array, kind: str) -> None:
    """A smooth map through the layer, through one whose kernel fits, and through a resizing one."""
    stride = chosen.stride
    own = made.smooth_transposed(kernel, stride)
    tiles = [_tile(lesson, _title(lesson, chosen.size, kind, stride), own)]
    even = made.next_multiple(chosen.size, stride)
    if even != chosen.size and chosen.kernel != ABOVE:
        fitting = made.small_kernel(chosen.kernel, even, kernel)
        title = _title(lesson, even, chosen.kernel, stride)
        tiles.append(_tile(lesson, title, made.smooth_transposed(fitting, stride)))
    title = lesson.text("resized_title", size=chosen.size)
    tiles.append(_tile(lesson, title, made.smooth_resized(kernel, stride)))
    middle = (stride - 1) / 2
    place = Place((stride, stride), (stride, stride), (middle, middle))
    hill = made.smooth_map()
    title = lesson.text("smooth_title")
    size = "{}×{}".format(*hill.shape)
    linked_maps([Tile(hill, title, size, place=place), *tiles], key="lesson_transposed_smooth")
    st.markdown(explained(lesson, "smooth_note"))
    if own.is_even and even != chosen.size:
        st.markdown(lesson.text("evened"))


def _title(lesson: Lesson, size: int, kind: str, stride: int) -> str:
    name = lesson.text(f"kernel_{kind}")
    return lesson.text("transposed_title", size=size, kernel=name, stride=stride)


def _tile(lesson: Lesson, title: str, found: Smooth) -> Tile:
    if found.is_even:
        note = lesson.text("flat_stays", value=number(found.most))
    else:
        values = {"least": number(found.least), "most": number(found.most)}
        note = lesson.text("flat_differs", **values)
    return Tile(found.output, title, note)
