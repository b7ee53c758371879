"""Where a network looks: saliency, Grad-CAM and occlusion, each a map over the input's pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.backward import ClassScore, TargetError, backward, is_softmax
from cnn.insight.passes.forward import held_images, predict
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.heads import end_activation
from cnn.network.keras.model import Weights
from cnn.network.layers import Convolution
from cnn.network.shapes import ReceptiveField, shape_text
from cnn.network.trace import Row, trace
from cnn.numbers import number

BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """A number for each pixel `[height, width]`, and in a sentence how it was made.

    `signed` maps have pixels that speak against the class, below zero.
    """

    values: Array
    how: str
    signed: bool = False


def saliency(
    architecture: Architecture, weights: Weights, image: npt.ArrayLike, place: int
) -> HeatMap:
    """How fast the class score moves with each pixel, the most of its channels.

    Simonyan, Vedaldi and Zisserman (2014), https://arxiv.org/abs/1312.6034.
    """
    found = backward(architecture, weights, np.asarray(image)[None], ClassScore(place))
    values = np.abs(found.input[0]).max(axis=-1)
    channels = ", the largest of its channels" if architecture.input[2] > 1 else ""
    return HeatMap(
        values,
        f"The size of the gradient of {score_words(architecture, place)} at each pixel{channels}.",
    )


def map_layers(architecture: Architecture) -> tuple[Row, ...]:
    """The convolutions that Grad-CAM can be made at: those whose cells lie apart in the image."""
    return tuple(
        row
        for row in trace(architecture).rows
        if isinstance(row.layer, Convolution) and row.receptive_field.jump != (0, 0)
    )


def grad_cam(
    architecture: Architecture,
    weights: Weights,
    image: npt.ArrayLike,
    place: int,
    layer: str | None = None,
) -> HeatMap:
    """The maps of a convolution (the last, or that row's), weighted by what they do to the score.

    Selvaraju et al. (2017), https://arxiv.org/abs/1610.02391; drawn over the image by where each
    cell's receptive field has its centre.
    """
    rows = map_layers(architecture)
    if layer is None and not rows:
        raise TargetError(
            "the network has no convolution whose map lies over the image, which Grad-CAM needs. "
            "Use saliency or occlusion."
        )
    row = rows[-1] if layer is None else next((one for one in rows if one.name == layer), None)
    if row is None:
        known = ", ".join(one.name for one in rows) or "none"
        raise TargetError(
            f"Grad-CAM cannot be made at {layer!r}. Use a convolution over the image: {known}."
        )
    found = backward(architecture, weights, np.asarray(image)[None], ClassScore(place))
    maps, gradient = found.activations[row.name][0], found.outputs[row.name][0]
    worth = gradient.mean(axis=(0, 1), dtype=np.float64)
    coarse = np.maximum(maps @ worth, 0)
    size = shape_text(maps.shape[:2]).replace("x", "×")
    return HeatMap(
        spread_over_image(coarse, row.receptive_field, architecture.input[:2]),
        f"The {maps.shape[2]} maps of {row.title} ({size} cells), each times the mean gradient of "
        f"{score_words(architecture, place)} there, added up; what is below 0 is cut off.",
    )


def occlusion(
    architecture: Architecture,
    weights: Weights,
    image: npt.ArrayLike,
    place: int,
    *,
    window: int | None = None,
    step: int | None = None,
) -> HeatMap:
    """How far the confidence in the class falls where a square covers the image.

    Zeiler and Fergus (2014), https://arxiv.org/abs/1311.2901. A pixel has the mean over all
    squares on it; they are filled with each channel's median, on a plain ground the ground.
    """
    x = np.asarray(image, np.float32)
    if len(trace(architecture).output_shape) != 1:
        raise TargetError("the network ends in a map, which has no class scores. Add a Dense.")
    height, width = architecture.input[:2]
    side = window or max(1, min(height, width) // 4)
    every = step or max(1, side // 2)
    tops, lefts = _starts(height, side, every), _starts(width, side, every)
    corners = [(top, left) for top in tops for left in lefts]
    fill = np.median(x, axis=(0, 1))
    before = _score(predict(architecture, weights, x[None]), place)[0]
    total, count = np.zeros((height, width)), np.zeros((height, width))
    together = held_images(architecture, BATCH)
    for start in range(0, len(corners), together):
        few = corners[start : start + together]
        covered = np.repeat(x[None], len(few), axis=0)
        for one, (top, left) in zip(covered, few, strict=True):
            one[top : top + side, left : left + side] = fill
        falls = before - _score(predict(architecture, weights, covered), place)
        for fall, (top, left) in zip(falls, few, strict=True):
            total[top : top + side, left : left + side] += fall
            count[top : top + side, left : left + side] += 1
    return HeatMap(
        (total / count).astype(np.float32),
        f"How far the {_measured(architecture)} class {place} falls from {number(before, 3)} when "
        f"a {side}×{side} square of each channel's median covers the image; mean of the squares "
        f"over a pixel, {len(corners):,} in all, {every} pixels apart.",
        signed=True,
    )


def spread_over_image(coarse: Array, field: ReceptiveField, size: tuple[int, ...]) -> Array:
    """A layer's cells over the pixels: linear between the centres of their receptive fields."""
    lines, columns = (
        _between(size[axis], coarse.shape[axis], field.offset[axis], field.jump[axis])
        for axis in (0, 1)
    )
    spread: Array = (lines @ coarse @ columns.T).astype(np.float32)
    return spread


def score_words(architecture: Architecture, place: int) -> str:
    """What `ClassScore` differentiates, in words."""
    if architecture.layers and is_softmax(architecture.layers[-1]):
        return f"the score of class {place} before the softmax"
    return f"the {_measured(architecture)} class {place}"


def _measured(architecture: Architecture) -> str:
    """What an output of the network is, in words."""
    return "confidence in" if end_activation(architecture) == "softmax" else "score of"


def _score(output: Array, place: int) -> Array:
    if not 0 <= place < output.shape[1]:
        raise TargetError(
            f"there is no class {place}: the network has {output.shape[1]}. "
            f"Use 0 to {output.shape[1] - 1}."
        )
    return output[:, place]


def _starts(size: int, side: int, every: int) -> list[int]:
    """Where squares begin; the last one ends at the border, whatever the step."""
    last = max(size - side, 0)
    return [*range(0, last, every), last]


def _between(size: int, cells: int, offset: float, jump: float) -> npt.NDArray[np.float64]:
    """For each pixel the share that each cell has in it; beyond the outer cells, all theirs."""
    pixels = np.arange(size)
    where = np.clip((pixels - offset) / jump, 0, cells - 1)
    low = np.floor(where).astype(int)
    high = np.minimum(low + 1, cells - 1)
    shares = np.zeros((size, cells))
    shares[pixels, low] += 1 - (where - low)
    shares[pixels, high] += where - low
    return shares
