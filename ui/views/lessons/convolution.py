"""Lesson 2: a kernel slides over a grid one can edit; every number says where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Slide, convolved, one_layer
from cnn.lessons.convolution import size_formula, size_notes
from cnn.lessons.lesson import Lesson
from cnn.lessons.patterns import KERNELS, PICTURES, kernels, picture
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Conv2D
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.pictures.network.groups import groups
from ui.components.grids import edited, grid_pair
from ui.components.picture import picture as svg_picture
from ui.parts.lesson import controls, edits
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import theme
from ui.session.words import plain, pretty

PICTURE = "lesson_convolution_grids"
SLIDER_PX = 142
PADDINGS = ("0", "1", "2", "same")
GROUPED, GROUPS = 8, ("1", "2", "4", "8")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the controls say; `layer` may refuse it."""

    picture: str
    kernel: str
    flipped: bool
    padding: str
    stride: int
    dilation: int
    size: int
    kernel_size: int
    channels: int
    filters: int

    @property
    def image_origin(self) -> str:
        """Where edits of the input began."""
        return f"{self.picture}-{self.size}-{self.channels}"

    @property
    def kernel_origin(self) -> str:
        """Where edits of the kernels began."""
        return f"{self.kernel}-{self.kernel_size}-{self.channels}-{self.filters}"

    def image(self) -> Array:
        """The picture before any edit."""
        return picture(self.picture, self.size, self.channels)

    def kernels(self) -> Array:
        """The kernels before any edit."""
        return kernels(self.kernel, self.kernel_size, self.channels, self.filters)

    def bias(self) -> Array:
        """The biases before any edit, as a grid each."""
        return np.zeros((1, 1, self.filters), np.float32)

    def layer(self) -> Conv2D:
        """The layer, or an `ArchitectureError` where the settings do not go together."""
        return Conv2D(
            self.filters,
            self.kernel_size,
            strides=self.stride,
            padding=self.padding if self.padding == "same" else int(self.padding),
            dilation_rate=self.dilation,
        )


def show(lesson: Lesson) -> None:
    """The grids, what slides over them, and the size that comes out."""
    st.markdown(explained(lesson, "lead"))
    _presets(lesson)
    chosen = _controls(lesson)
    first = chosen.kernels()
    image = edits.kept("x", lesson.text("input_edit"), chosen.image_origin, chosen.image())
    kernel = edits.kept("k", lesson.text("kernel_edit"), chosen.kernel_origin, _stacked(first))
    bias = edits.kept("b", lesson.text("bias_edit"), f"{chosen.filters}", chosen.bias())
    try:
        layer = chosen.layer()
        weights = kernel.reshape(first.shape), bias.reshape(-1)
        slide = convolved(layer, image, *weights, flipped=chosen.flipped)
    except ArchitectureError as error:
        st.warning(lesson.text("wrong", error=plain(str(error))), icon=":material/error:")
        return
    grid_pair(
        slide,
        key=PICTURE,
        rev=edits.revision("convolution", f"{chosen.image_origin} {chosen.kernel_origin}"),
        edits_input=not controls.is_locked("x"),
        edits_kernel=not controls.is_locked("k"),
        on_edit=partial(_take, slide, chosen),
    )
    _size(lesson, slide, layer)
    ways_on(one_layer(layer, image))
    _groups(lesson)


def _presets(lesson: Lesson) -> None:
    plain_slide: dict[str, Any] = {
        "stride": 1,
        "padding": "0",
        "dilation": 1,
        "kernel_size": 3,
        "flip": False,
    }
    one = {"channels": 1, "filters": 1}
    first = plain_slide | one | {"picture": "worked", "size": 5, "kernel": "x"}
    quick: dict[str, dict[str, Any]] = {
        "try_worked": {},
        "try_same": {"padding": "same"},
        "try_floor": {"size": 8, "stride": 2},
        "try_dilated": {"size": 7, "dilation": 2},
        "try_channels": {"channels": 3, "filters": 2},
        "try_flip": {"picture": "dot", "size": 7, "kernel": "emboss", "flip": True},
    }
    controls.presets(
        lesson.text("presets"), {lesson.text(name): first | one for name, one in quick.items()}
    )


def _controls(lesson: Lesson) -> Choice:
    def slider(name: str, low: int, high: int, first: int) -> int:
        with st.container(width=SLIDER_PX):
            return controls.slider(name, lesson.text(f"{name}_label"), low, high, first=first)

    pictures, kernel_names = tuple(PICTURES), tuple(KERNELS)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.container(width=SLIDER_PX):
            names = {one: lesson.text(f"picture_{one}") for one in pictures}
            kind = controls.choice("picture", lesson.text("picture_label"), pictures, words=names)
        with st.container(width=SLIDER_PX):
            names = {one: lesson.text(f"kernel_{one}") for one in kernel_names}
            kernel = controls.choice(
                "kernel", lesson.text("kernel_label"), kernel_names, words=names
            )
        with st.container(width="content"):
            names = {one: lesson.text(f"padding_{one}") for one in PADDINGS}
            padding = controls.choice(
                "padding", lesson.text("padding_label"), PADDINGS, words=names
            )
        stride, dilation = slider("stride", 1, 3, 1), slider("dilation", 1, 3, 1)
        size, kernel_size = slider("size", 5, 12, 5), slider("kernel_size", 1, 5, 3)
        channels, filters = slider("channels", 1, 3, 1), slider("filters", 1, 3, 1)
        with st.container(width="content"):
            flipped = controls.toggle("flip", lesson.text("flipped_label"))
    return Choice(
        kind, kernel, flipped, padding, stride, dilation, size, kernel_size, channels, filters
    )


def _take(slide: Slide, chosen: Choice) -> None:
    """Keeps what was edited."""
    edit = edited(PICTURE, slide)
    if edit is None or edit.kernel is None or edit.bias is None:
        return
    edits.keep("x", chosen.image_origin, edit.input, chosen.image())
    edits.keep("k", chosen.kernel_origin, _stacked(edit.kernel), _stacked(chosen.kernels()))
    edits.keep("b", f"{chosen.filters}", edit.bias.reshape(1, 1, -1), chosen.bias())


def _stacked(kernel: Array) -> Array:
    """All kernels as grids behind one another."""
    return kernel.reshape(*kernel.shape[:2], -1)


def _size(lesson: Lesson, slide: Slide, layer: Conv2D) -> None:
    traced = trace(one_layer(layer, slide.input))
    row = traced.rows[0]
    weights, biases = row.weights
    st.markdown(f"## {lesson.text('size_heading')}")
    st.latex(size_formula(slide.axes[0]))
    lines = size_notes(slide.axes[0], lesson.text)
    if slide.input.shape[2] > 1:
        lines.append(explained(lesson, "channels_note", channels=slide.input.shape[2]))
    if layer.filters > 1:
        lines.append(explained(lesson, "filters_note", filters=layer.filters))
    if slide.flipped:
        lines.append(_turned(lesson, slide, layer))
    lines.append(
        explained(
            lesson,
            "shape",
            input=pretty(shape_text(row.input_shape)),
            output=pretty(shape_text(row.output_shape)),
            weights=pretty(" x ".join(map(str, weights.shape))),
            biases=lesson.text(
                "bias_one" if biases.count == 1 else "bias_many", count=biases.count
            ),
            params=row.params,
        )
    )
    st.markdown("\n\n".join(lines))


def _groups(lesson: Lesson) -> None:
    """Which channels a filter reads where they are split, and what that saves."""
    st.header(lesson.text("groups_heading"), anchor=False)
    st.markdown(explained(lesson, "groups_lead"))
    many = int(controls.choice("groups", lesson.text("groups_label"), GROUPS))
    layers = [Conv2D(GROUPED, 3, padding="same", groups=one, use_bias=False) for one in (many, 1)]
    networks = [Architecture("Grouped", (16, 16, GROUPED), (layer,)) for layer in layers]
    (row,), (whole,) = (trace(network).rows for network in networks)
    values = {
        "filters": GROUPED,
        "groups": many,
        "each": GROUPED // many,
        "channels": GROUPED,
        "formula": pretty(layers[0].param_formula(row.input_shape)),
        "params": f"{row.params:,}",
        "macs": f"{row.macs:,}",
        "size": pretty(shape_text(row.output_shape[:2])),
        "whole": f"{whole.params:,}",
    }
    words = lesson.text("groups_inputs"), lesson.text("groups_outputs")
    about = lesson.text("groups_about", **values)
    drawn = groups(layers[0], GROUPED, words, about, dark=theme.is_dark())
    halves = st.container(key="halves")
    left, right = halves.columns([2, 3], gap="large", vertical_alignment="center")
    with left:
        svg_picture(drawn, key="lesson_convolution_groups", largest=1.0)
    with right:
        st.markdown(explained(lesson, "groups_said", **values))
        st.markdown(explained(lesson, "groups_after"))
        ways_on(
            Architecture("Grouped", (16, 16, GROUPED), tuple(layers[:1])), key="lesson_grouped_ways"
        )


def _turned(lesson: Lesson, slide: Slide, layer: Conv2D) -> str:
    assert slide.kernel is not None
    assert slide.bias is not None
    straight = convolved(layer, slide.input, slide.kernel, slide.bias).output
    changed = int((~np.isclose(straight, slide.output, atol=1e-5)).sum())
    if not changed:
        is_same = np.array_equal(slide.kernel, slide.kernel[::-1, ::-1])
        return lesson.text("flipped_same" if is_same else "flipped_equal")
    return lesson.text("flipped_differs", changed=changed, cells=straight.size)
