"""What a thoughtful colleague would say of a network that works, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnn.network.architecture import Architecture, series_at
from cnn.network.errors import Path
from cnn.network.feed import derived
from cnn.network.heads import SHARES, bounding, end, end_activation, settled, surest
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2DTranspose,
    Convolution,
    Dense,
    Flatten,
    Layer,
    Layers,
    LayerScale,
    Normalization,
    Normalizing,
    Pooling,
    PReLU,
    Rescaling,
    Residual,
    ZeroPadding2D,
)
from cnn.network.shapes import axis, shape_text
from cnn.network.trace import Row, Trace

DENSE_SHARE = 0.9
IDLE_BIAS = "its bias has no effect, because the batch norm after it subtracts the mean."
ON_EACH_VALUE = (Activation, LayerScale, Normalization, Normalizing, PReLU, Rescaling)
FAR_LARGER = 1.5
"""A kernel of 3 on a map of 2 is nothing to speak of."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark about one layer: what was noticed, what would help, and what that would save."""

    path: Path
    title: str
    text: str
    saves: int = 0
    """The parameters; several remarks that differ in nothing else are said as one (`said`)."""


def advice(trace: Trace) -> tuple[Advice, ...]:
    """All remarks on a network, in the order of its layers."""
    # Once for all: a link may have thousands of dense layers.
    whole = _Whole(trace.total_params, sum(row.params > 0 for row in trace.rows))
    return tuple(one for row in trace.rows for one in _advice_on(row, trace, whole))


@dataclass(frozen=True, slots=True)
class _Whole:
    """The network's parameters, and how many of its layers have any."""

    params: int
    with_params: int


def said(remarks: Sequence[Advice]) -> tuple[str, ...]:
    """The remarks as lines: one that is made of many layers is one line, with their count."""
    alike: dict[str, list[Advice]] = {}
    for one in remarks:
        alike.setdefault(IDLE_BIAS if one.saves else one.text, []).append(one)
    return tuple(_together(text, group) for text, group in alike.items())


def _together(text: str, group: list[Advice]) -> str:
    total = sum(one.saves for one in group)
    saves = f" {_saving(total, ' in all' * (len(group) > 1))}" if total else ""
    if len(group) == 1:
        return f"{group[0].title}: {text}{saves}"
    first, *middle, last = (one.title for one in group)
    named = f"{first} and {last}" if not middle else f"from {first} to {last}"
    return f"{len(group)} layers, {named}, each: {text}{saves}"


def _saving(parameters: int, of: str = "") -> str:
    return f"use_bias=False saves {parameters:,} parameters{of}."


def _advice_on(row: Row, trace: Trace, whole: _Whole) -> Iterator[Advice]:
    for text in _remarks(row, trace, whole):
        yield Advice(row.path, row.title, text)
    if _has_idle_bias(row, trace.architecture.layers):
        saves = row.output_shape[-1]
        yield Advice(row.path, row.title, f"{IDLE_BIAS} {_saving(saves)}", saves)
    if trace.fault is None and row.path == (len(trace.architecture.layers) - 1,):
        for text in _on_end(row, trace):
            yield Advice(row.path, row.title, text)


def _remarks(row: Row, trace: Trace, whole: _Whole) -> Iterator[str]:
    match row.layer:
        case Residual(body=body) if _ends_in_relu(body):
            yield (
                "its body ends in a ReLU, so it can only add to the shortcut, never take away "
                "from it. Leave that ReLU out and set the activation of the block, which comes "
                "after the sum."
            )
        case Branches(merge=Residual.merge, branches=branches) if () in branches and any(
            _ends_in_relu(branch) for branch in branches
        ):
            yield (
                "a branch ends in a ReLU before it is added to the unchanged input, so it can "
                "never take anything away. Leave that ReLU out and put one after the sum."
            )
        case Rescaling() if _is_fed_otherwise(row, trace):
            wanted, fed = derived(trace.architecture.layers), trace.architecture.fed
            yield (
                f"it is meant for pixels {wanted.words}, but the network is fed those "
                f"{fed.words}. Set its pixels to {wanted.text}, or remove it."
            )
        case Dense():
            yield from _on_dense(row, trace, whole)
        case Conv2DTranspose() as layer:
            yield from _on_transposed(layer)
        case Convolution():
            yield from _on_convolution(row)
        case Pooling():
            yield from _on_pooling(row, trace.architecture.layers)


def _is_fed_otherwise(row: Row, trace: Trace) -> bool:
    """Whether this is the first rescaling, and the network is fed other pixels than it is for."""
    whole = trace.architecture
    first = next(one for one in trace.rows if isinstance(one.layer, Rescaling))
    return row is first and whole.feed is not None and not derived(whole.layers).is_usual


def _on_dense(row: Row, trace: Trace, whole: _Whole) -> Iterator[str]:
    share = row.params / whole.params
    dense_alone = whole.with_params == 1
    if trace.fault is None and share > DENSE_SHARE and not dense_alone:
        said = f"{share:.1%}" if share < 0.9995 else "more than 99.9%"
        way_out = (
            "Pool more before it, or use GlobalAveragePooling2D instead of Flatten."
            if _reads_a_flattened_map(row, trace)
            else "Give it fewer units, or fewer values to read."
        )
        yield f"it holds {said} of all {trace.total_params:,} parameters. {way_out}"


def _reads_a_flattened_map(row: Row, trace: Trace) -> bool:
    before = trace.rows[: trace.rows.index(row)]
    return any(
        isinstance(one.layer, Flatten)
        and one.output_shape == row.input_shape
        and len(one.input_shape) == 3
        and one.input_shape[:2] != (1, 1)
        for one in before
    )


def _on_convolution(row: Row) -> Iterator[str]:
    assert isinstance(row.layer, Convolution)
    height, width = row.layer.kernel_size
    if row.input_shape[:2] == (1, 1) and (height, width) != (1, 1):
        yield (
            f"on a 1x1 map at most one of the {height * width} cells of a {height}x{width} kernel "
            "meets a value, the others meet padding. Pool less before it, or use kernel_size=1."
        )
    elif height > FAR_LARGER * row.input_shape[0] or width > FAR_LARGER * row.input_shape[1]:
        yield (
            f"a {height}x{width} kernel is larger than its input, "
            f"{shape_text(row.input_shape[:2])}: everywhere a part of it meets only padding. Use "
            "a smaller one."
        )


def _on_transposed(layer: Conv2DTranspose) -> Iterator[str]:
    """Odena et al. (2016), https://distill.pub/2016/deconv-checkerboard/."""
    sizes, steps = layer.kernel_size, layer.strides
    if any(size % step for size, step in zip(sizes, steps, strict=True)):
        yield (
            f"its kernel, {shape_text(sizes)}, is no multiple of its strides, {shape_text(steps)}: "
            "some cells get more products than their neighbours, which can show as a checkerboard. "
            "Use a kernel that is a multiple of the strides, or UpSampling2D and a Conv2D."
        )


def _on_pooling(row: Row, layers: Layers) -> Iterator[str]:
    assert isinstance(row.layer, Pooling)
    rows, columns = row.layer.axes(row.input_shape)
    below, beside = _zeros_at_the_end(row.path, layers)
    lost = [
        f"{count} {what}{'s' if count > 1 else ''} at the {where}"
        for count, what, where in (
            (rows.dropped - below, "row", "bottom"),
            (columns.dropped - beside, "column", "right"),
        )
        if count > 0
    ]
    if lost:
        same = (axis(a.size, a.kernel, a.stride, padding="same") for a in (rows, columns))
        remedy = (
            "strides that are no larger than the window"
            if any(along.dropped for along in same)
            else 'padding="same"'
        )
        yield f"its window never reaches {' and '.join(lost)}. Use {remedy} to keep the border."


def _zeros_at_the_end(path: Path, layers: Layers) -> tuple[int, int]:
    """The rows at the bottom and the columns at the right of what a layer is fed that hold nothing
    of the image: zeros of a ZeroPadding2D, as far as nothing between has spread them.
    """
    rows = columns = 0
    for layer in _layers_before(path, layers):
        if isinstance(layer, ZeroPadding2D):
            rows, columns = rows + layer.padding[0][1], columns + layer.padding[1][1]
        elif not (layer.is_idle or isinstance(layer, ON_EACH_VALUE)):
            break
    return rows, columns


def _layers_before(path: Path, layers: Layers) -> Iterator[Layer]:
    """Those whose output comes to a layer, the nearest first; into a container it comes from the
    one before that.
    """
    while path:
        series, place = series_at(layers, path)
        yield from reversed(series[:place])
        names = [i for i, part in enumerate(path) if isinstance(part, str)]
        path = path[: names[-1]] if names else ()


def _on_end(row: Row, trace: Trace) -> Iterator[str]:
    _, changes = settled(trace.architecture)
    if changes:
        yield f"the end of the network is not trained as it stands. {' '.join(changes)}"
    elif len(row.output_shape) != 1:
        yield (
            "the network ends in a map, not in class scores. "
            "Add a GlobalAveragePooling2D or a Flatten, then a Dense with one unit per class."
        )
    elif _gives_a_whole_map(trace.architecture):
        yield (
            "the network ends in all values of its last map, not in class scores. Add a Dense with "
            "one unit per class."
        )
    elif row.output_shape == (1,) and end_activation(trace.architecture) is None:
        yield "one output tells no classes apart. Give the last layer one unit per class."
    elif end_activation(trace.architecture) not in SHARES:
        remedy = (
            'Set activation="softmax"'
            if isinstance(row.layer, Dense | Activation)
            else "Add an Activation with softmax"
        )
        most = surest(trace.architecture)
        if most < 1:
            yield (
                "no softmax at the end: the outputs are read as scores, and come from a "
                f"{bounding(trace.architecture)}, which keeps them so close to each other that no "
                f"answer can be surer than {100 * most:.1f} %. Leave that activation out. {remedy}."
            )
            return
        yield (
            "no softmax at the end: the outputs are scores, not probabilities. "
            f"{remedy}; training works either way, from the scores."
        )


def _gives_a_whole_map(architecture: Architecture) -> bool:
    place = end(architecture)
    return place is not None and isinstance(architecture.layers[place], Flatten)


def _ends_in_relu(layers: Layers) -> bool:
    """Whether a ReLU has the last word, one without a slope for what is negative."""
    match layers:
        case (*_, Activation(negative_slope=slope)) if slope > 0:
            return False
        case (*_, last):
            return last.activation in ("relu", "relu6")
    return False


def _has_idle_bias(row: Row, layers: Layers) -> bool:
    layer = row.layer
    if not isinstance(layer, (Convolution, Dense)) or not layer.use_bias:
        return False
    if layer.activation is not None:
        return False
    series, place = series_at(layers, row.path)
    return isinstance(dict(enumerate(series)).get(place + 1), BatchNormalization)
