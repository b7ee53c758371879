"""What one layer asks for in a pass through a network: numbers of 32 bits, and seconds.

Upper bounds for the numbers, from how `layer_passes` computes; a test holds them against what NumPy
takes. The seconds were measured on one core, and are about right.
"""

from __future__ import annotations

from math import prod

from cnn.insight.passes.attention import SHARES_AT_ONCE
from cnn.insight.passes.layer_passes import pass_of
from cnn.insight.passes.merge_passes import MERGINGS
from cnn.insight.passes.operations import BLOCK_NUMBERS, DEPTHWISE_NUMBERS
from cnn.network import layers as kinds
from cnn.network.layers import Activation, Axes, Container
from cnn.network.shapes import element_count
from cnn.network.trace import Row

BESIDE_ACTIVATION = {"linear": 0, "relu": 0, "relu6": 1, "tanh": 0, "gelu": 16}
"""How many arrays of its size an activation fills on the way; others `MORE`."""

MORE = 4
BESIDE_SLOPE = {"linear": 0, "gelu": 16}
MORE_SLOPE = 7

# Nanoseconds: of a multiply-accumulate in a matrix product, and of one of a channel by itself; of a
# number laid out for a product, of one pooled, of one that a layer passes on, and of a share of
# attention.
PRODUCT, APART, LAID_OUT, POOLED, PASSED, SHARED = 0.3, 4.0, 1.5, 3.0, 3.0, 3.0
LARGE_PATCH, LAID_OUT_FAR = 1 << 19, 4.5
"""A patch of more numbers is in no cache."""

ACTIVATION = {"linear": 0.0, "relu": 1.0, "relu6": 4.0, "gelu": 200.0, "softplus": 50.0}
OTHER_ACTIVATION = 25.0
NS = 1e-9

BACK = 4.0
"""How much longer the way back takes than the way there."""

FOUND_S = 20 * NS
"""For a weight that is drawn, or read from the store."""


def _passes_on(row: Row) -> bool:
    """Whether what it gives is what it got, in another shape at most."""
    return row.layer.is_idle or isinstance(row.layer, kinds.Flatten)


def held(row: Row, keep_linear: bool) -> int:
    """The numbers of one image that are kept of a row."""
    if _passes_on(row):
        return 0
    output = element_count(row.output_shape)
    bends = row.layer.activation not in (None, "linear") and not isinstance(row.layer, Activation)
    return output * (2 if keep_linear and bends else 1)


def beside(row: Row, images: int) -> int:
    """The most numbers that a row needs for these images, beside its input and what is kept."""
    output = element_count(row.output_shape)
    name = row.layer.activation
    bent = 0 if name is None else BESIDE_ACTIVATION.get(name, MORE)
    if isinstance(row.layer, Activation) and row.layer.bends:
        bent = MORE
    if row.axes is not None:
        work = _sliding(row, row.axes, images)
    elif isinstance(row.layer, Container):
        work = images * output
    elif isinstance(row.layer, kinds.SelfAttention2D):
        work = 4 * _looking(row, row.layer) + _shared(row, row.layer) + output
    else:
        work = int(pass_of(row.layer).beside * images * output)
    return max(work, bent * images * output)


def _sliding(row: Row, axes: Axes, images: int) -> int:
    lines, columns = axes
    output, channels = element_count(row.output_shape), row.input_shape[-1]
    frame = _framed(axes) * channels if lines.padding or columns.padding else 0
    match row.layer:
        case kinds.ZeroPadding2D():
            return 0
        case kinds.Conv2D(groups=1):
            return images * frame + _table(row, images)
        case kinds.Conv2D() if row.layer.groups < channels:
            return images * (frame + output) + _table(row, images)
        case kinds.Conv2D() | kinds.DepthwiseConv2D():
            return images * frame + _apart(row, axes, images, output)
        case kinds.SeparableConv2D():
            between = lines.output * columns.output * channels * row.layer.depth_multiplier
            return images * (frame + between) + _apart(row, axes, images, between)
        case kinds.Pooling():
            return images * (frame + 2 * _across(row, axes) + 2 * output)
    raise NotImplementedError(f"{row.kind} has no effort yet.")


def _looking(row: Row, layer: kinds.SelfAttention2D) -> int:
    """The queries of one image, as many as its keys and its values."""
    return prod(row.input_shape[:2]) * layer.heads * layer.key_size


def _shared(row: Row, layer: kinds.SelfAttention2D) -> int:
    """The shares that are held at once, and their sums."""
    one_cell = layer.heads * prod(row.input_shape[:2])
    shares = min(layer.shares(row.input_shape), max(SHARES_AT_ONCE, one_cell))
    return shares + 2 * one_cell


def _across(row: Row, axes: Axes) -> int:
    """What is pooled along the lines alone."""
    lines, columns = axes
    return lines.output * (columns.size + columns.padding) * row.input_shape[-1]


def _lays_out(layer: kinds.Conv2D, channels: int) -> bool:
    """Whether its patches are laid out for a product, and not one channel taken by itself."""
    return layer.groups == 1 or layer.groups < channels


def _table(row: Row, images: int) -> int:
    """The patches that are laid out at once for a product."""
    patch = row.weights[0].count // max(row.output_shape[-1], 1)
    cells = prod(row.output_shape[:2]) * images
    return max(min(BLOCK_NUMBERS, patch * cells), patch)


def _apart(row: Row, axes: Axes, images: int, output: int) -> int:
    """Shifted copies of a map, its weights along a whole line, the map once for each copy."""
    lines, columns = axes
    across = output // max(lines.output, 1)
    few = max(1, min(images, DEPTHWISE_NUMBERS // max(output, 1)))
    repeated = _framed(axes) * output // max(lines.output * columns.output, 1)
    shifted = (lines.size + lines.padding) * across
    again = images * repeated if repeated > _framed(axes) * row.input_shape[-1] else 0
    return again + lines.kernel * columns.kernel * across + few * (2 * shifted + output)


def _framed(axes: Axes) -> int:
    return prod(axis.size + axis.padding for axis in axes)


def gradients_held(row: Row) -> int:
    """The numbers of one image that are kept of a row on the way back."""
    if _passes_on(row):
        return 0
    axes = row.axes
    before = element_count(row.input_shape)
    if axes is not None:
        before = _framed(axes) * row.input_shape[-1]
    before += _shares(row)
    bends = row.layer.activation not in (None, "linear")
    return before + (element_count(row.output_shape) if bends else 0)


def _shares(row: Row) -> int:
    """The numbers of one image that flow back to a container's series, where they are new."""
    if not isinstance(row.layer, Container):
        return 0
    is_shared = MERGINGS[row.layer.merge].is_shared
    new = (0 if is_shared else len(row.merged_shapes)) + (row.layer.scale != 1)
    return new * element_count(row.output_shape)


def beside_gradient(row: Row) -> int:
    """The most numbers that a row needs for one image on the way back, beside what is kept."""
    output, before = element_count(row.output_shape), element_count(row.input_shape)
    name = row.layer.activation
    work = 0 if name is None else BESIDE_SLOPE.get(name, MORE_SLOPE) * output
    axes = row.axes
    if isinstance(row.layer, Container):
        work += 2 * before + (_shares(row) and 2 * output)
    elif isinstance(row.layer, kinds.SelfAttention2D):
        work += 12 * _looking(row, row.layer) + 3 * _shared(row, row.layer) + row.params
    elif axes is None:
        work += pass_of(row.layer).beside_back * output
    else:
        framed = _framed(axes) * row.input_shape[-1]
        window = prod(axis.kernel for axis in axes)
        cells = prod(axis.output for axis in axes)
        match row.layer:
            case kinds.MaxPooling2D():
                work += 2 * framed + output * (2 * window + 6)
            case kinds.Conv2D() if _lays_out(row.layer, row.input_shape[-1]):
                patch = row.weights[0].count // max(row.output_shape[-1], 1)
                work += 2 * framed + 2 * cells * patch + 2 * output + row.params
            case kinds.SeparableConv2D():
                between = cells * row.input_shape[-1] * row.layer.depth_multiplier
                work += beside(row, 1) + 2 * framed + 6 * between + row.params
            case _:
                work += 2 * framed + 4 * output + row.params
    return work + 2 * before


def seconds(row: Row) -> float:
    """About so long for one image."""
    output = element_count(row.output_shape)
    name = row.layer.activation
    took = 0.0 if name is None else ACTIVATION.get(name, OTHER_ACTIVATION) * output
    took += PASSED * output
    axes = row.axes
    match row.layer:
        case kinds.Conv2D() if _lays_out(row.layer, row.input_shape[-1]):
            laid_out = row.macs / max(row.output_shape[-1] // row.layer.groups, 1)
            patch = row.weights[0].count // max(row.output_shape[-1], 1)
            each = LAID_OUT_FAR if patch > LARGE_PATCH else LAID_OUT
            took += PRODUCT * row.macs + each * laid_out
        case kinds.Convolution() if axes is not None:
            took += APART * row.macs
        case kinds.Pooling() if axes is not None:
            lines, columns = axes
            took += POOLED * (lines.kernel * _across(row, axes) + columns.kernel * output)
        case kinds.SelfAttention2D() as layer:
            took += PRODUCT * row.macs + SHARED * layer.shares(row.input_shape)
        case layer if axes is None and not isinstance(layer, Container):
            took += PRODUCT * row.macs + pass_of(layer).nanoseconds * output
    return took * NS
