"""Everything about one cell of one layer's output: what it was made of, with the true numbers.

Values only, ready to be shown. What the numbers are is the forward pass's to say; the parts of the
sum (products, windows, shares) are worked out here from the same inputs and weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import Activations
from cnn.insight.passes.layer_passes import Arrays
from cnn.insight.passes.operations import Array
from cnn.insight.readings.cell_sentences import sentence
from cnn.network import layers as kinds
from cnn.network.keras.model import Weights
from cnn.network.layers import Axes
from cnn.network.shapes import Spread, shape_text
from cnn.network.trace import Row, Trace

Place = tuple[int, ...]
"""Row, column and channel of a map's cell; the feature of a vector."""

TOP = 8


class PlaceError(ValueError):
    """A cell that the layer does not have: what it has."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What a window sees of a layer's input: `values` `[height, width, channels]`, padding filled.

    `lines` and `columns` are its positions in the input; those in the padding lie outside of it,
    and are not `inside`.
    """

    lines: tuple[int, ...]
    columns: tuple[int, ...]
    channels: tuple[int, ...]
    values: Array
    inside: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """A cell of a convolution: window times kernel, number by number, summed, plus the bias.

    Of a transposed one, which `is_spread`, the window are the cells that reach it, each with its
    weights of the kernel.
    """

    window: Window
    kernel: Array
    products: Array
    total: float
    bias: float | None
    is_spread: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """A cell of a separable convolution: the sums of its depthwise kernels, mixed.

    `depthwise`, `[height, width, channels, multiplier]`, are the products of the window with the
    depthwise kernels; `between` are their sums, in the order of the pointwise `kernel`.
    """

    window: Window
    depthwise_kernel: Array
    depthwise: Array
    between: Array
    kernel: Array
    products: Array
    total: float
    bias: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A cell of a pooling: its window, and the position in the input of what won in a maximum."""

    window: Window
    winner: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One input feature's part in a dense unit's sum: its value times its weight."""

    feature: int
    value: float
    weight: float
    product: float


@dataclass(frozen=True, slots=True)
class Contributions:
    """A dense unit: the features that moved its sum most, either way, and all of the others."""

    largest: tuple[Contribution, ...]
    rest: float
    rest_count: int
    total: float
    bias: float | None


Detail = Products | Mixed | Pooled | Contributions


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell of a layer's output: its value, before and after the activation, and its making."""

    name: str
    title: str
    place: Place
    value: float
    linear: float
    activation: str | None
    detail: Detail | None
    sentence: str


def cell(
    traced: Trace,
    weights: Weights,
    found: Activations,
    name: str,
    place: Place,
    image: int = 0,
    top: int = TOP,
) -> Cell:
    """The cell at a place of a row's output for one image; `found` must keep the linear values."""
    row = next((one for one in traced.rows if one.name == name), None)
    if row is None:
        raise PlaceError(f"the network has no layer {name!r}. Use a row's name.")
    _check(row, found, place, image)
    at = (image, *place)
    return Cell(
        name,
        row.title,
        place,
        float(found.outputs[name][at]),
        float(found.linear[name][at]),
        row.layer.activation,
        _detail(row, weights.get(name, ()), found.inputs[name][image], place, top),
        sentence(row, traced, weights.get(name, ()), found, place, image),
    )


def _check(row: Row, found: Activations, place: Place, image: int) -> None:
    if row.name not in found.linear:
        raise PlaceError("the forward pass kept no linear values. Use keep_linear=True.")
    shape = row.output_shape
    fits = len(place) == len(shape) and all(
        0 <= one < size for one, size in zip(place, shape, strict=True)
    )
    images = len(found.outputs[row.name])
    if not fits or not 0 <= image < images:
        raise PlaceError(
            f"{row.title} gives {shape_text(shape)} for each of {images} images; there is no cell "
            f"{place} of image {image}. Count from 0."
        )


def _detail(row: Row, arrays: Arrays, x: Array, place: Place, top: int) -> Detail | None:
    layer, axes = row.layer, row.axes
    if isinstance(layer, kinds.Dense):
        return _contributions(x, arrays, layer.use_bias, place[0], top)
    if isinstance(layer, kinds.GlobalPooling):
        lines, columns = tuple(range(x.shape[0])), tuple(range(x.shape[1]))
        whole = _window(x, lines, columns, (place[-1],))
        return _pooled(whole, isinstance(layer, kinds.GlobalMaxPooling2D))
    if isinstance(layer, kinds.Conv2DTranspose):
        return _reaching(layer, arrays, x, place)
    if axes is None:
        return None
    lines, columns = (_positions(axes, side, place[side]) for side in (0, 1))
    if isinstance(layer, kinds.Pooling):
        largest = isinstance(layer, kinds.MaxPooling2D)
        fill = -np.inf if largest else 0.0
        return _pooled(_window(x, lines, columns, (place[2],), fill), largest)
    if not isinstance(layer, kinds.Convolution):
        return None
    bias = float(arrays[-1][place[2]]) if layer.use_bias else None
    if isinstance(layer, kinds.SeparableConv2D):
        whole = _window(x, lines, columns, tuple(range(x.shape[2])))
        return _mixed(whole, arrays, place[2], bias)
    if isinstance(layer, kinds.DepthwiseConv2D):
        first, copy = divmod(place[2], layer.depth_multiplier)
        depth, kernel = 1, arrays[0][:, :, first : first + 1, copy]
    else:
        assert isinstance(layer, kinds.Conv2D)
        depth, kernel = x.shape[2] // layer.groups, arrays[0][..., place[2]]
        first = place[2] // (layer.filters // layer.groups) * depth
    window = _window(x, lines, columns, tuple(range(first, first + depth)))
    products = window.values * kernel
    return Products(window, kernel, products, _sum(products), bias)


def _reaching(layer: kinds.Conv2DTranspose, arrays: Arrays, x: Array, place: Place) -> Products:
    rows, columns = layer.spread(x.shape)
    (lines, down), (pixels, across) = _sources(rows, place[0]), _sources(columns, place[1])
    window = _window(x, lines, pixels, tuple(range(x.shape[2])))
    kernel = arrays[0][np.ix_(down, across)][:, :, place[2]]
    products = window.values * kernel
    bias = float(arrays[1][place[2]]) if layer.use_bias else None
    return Products(window, kernel, products, _sum(products), bias, is_spread=True)


def _sources(spread: Spread, place: int) -> tuple[tuple[int, ...], list[int]]:
    """The positions in the input that are spread over this one, and their places of the kernel."""
    first, last = spread.inputs(place)
    positions = tuple(range(first, last + 1))
    return positions, [place + spread.before - one * spread.stride for one in positions]


def _positions(axes: Axes, side: int, place: int) -> tuple[int, ...]:
    """The positions in the input that the window has for this line or column of the output."""
    axis = axes[side]
    start = place * axis.stride - axis.before
    return tuple(start + i * axis.dilation for i in range(axis.kernel))


def _window(
    x: Array,
    lines: tuple[int, ...],
    columns: tuple[int, ...],
    channels: tuple[int, ...],
    fill: float = 0.0,
) -> Window:
    height, width = x.shape[:2]
    down, across = np.array(lines), np.array(columns)
    inside = ((down >= 0) & (down < height))[:, None] & ((across >= 0) & (across < width))
    wanted = x[..., channels[0] : channels[-1] + 1]
    near = wanted[np.clip(down, 0, height - 1)[:, None], np.clip(across, 0, width - 1)]
    kept = np.where(inside[..., None], near, np.float32(fill))
    return Window(lines, columns, channels, kept, inside)


def _pooled(window: Window, largest: bool) -> Pooled:
    if not largest:
        return Pooled(window, None)
    line, column = divmod(int(window.values[..., 0].argmax()), len(window.columns))
    return Pooled(window, (window.lines[line], window.columns[column]))


def _mixed(window: Window, arrays: Arrays, filter_: int, bias: float | None) -> Mixed:
    products = window.values[..., None] * arrays[0]
    between = products.sum(axis=(0, 1), dtype=np.float64).reshape(-1).astype(np.float32)
    kernel = arrays[1][0, 0, :, filter_]
    mixed = between * kernel
    return Mixed(window, arrays[0], products, between, kernel, mixed, _sum(mixed), bias)


def _contributions(x: Array, arrays: Arrays, has_bias: bool, unit: int, top: int) -> Contributions:
    products = x * arrays[0][:, unit]
    order = np.argsort(-np.abs(products), kind="stable")
    largest = tuple(
        Contribution(int(i), float(x[i]), float(arrays[0][i, unit]), float(products[i]))
        for i in order[:top]
    )
    rest = products[order[top:]]
    bias = float(arrays[1][unit]) if has_bias else None
    return Contributions(largest, _sum(rest), len(rest), _sum(products), bias)


def _sum(values: Array) -> float:
    return float(values.sum(dtype=np.float64))
