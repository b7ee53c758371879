"""Random networks for property tests: valid by construction, small, and of every kind.

A layer is drawn for the shape it stands behind, so nothing has to be thrown away; branches are
brought to one shape by a last layer that fits (`_bridge`).
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.fields import ACTIVATIONS
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    Layers,
    LayerScale,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.layers.merges import MERGES
from cnn.network.shapes import Shape, element_count

Draw = Callable[[st.SearchStrategy[Any]], Any]

MAX_SIDE = 20
MAX_FILTERS = 8
MAX_KERNEL = 5
MAX_PADDING = 2
MAX_CELLS = 100

some_filters = st.integers(1, MAX_FILTERS)
maybe_activation = st.one_of(st.none(), st.sampled_from(ACTIVATIONS))
flags = st.booleans()


some_channels = st.integers(1, 4)


@st.composite
def architectures(
    draw: Draw,
    max_layers: int = 5,
    max_depth: int = 2,
    min_side: int = 1,
    channels: st.SearchStrategy[int] = some_channels,
) -> Architecture:
    """A valid network of every kind of layer, with containers up to `max_depth` deep."""
    side = st.integers(min_side, MAX_SIDE)
    shape = draw(side), draw(side), draw(channels)
    layers, _ = _series(draw, shape, max_layers, max_depth, may_flatten=True)
    return Architecture("random", shape, _kept_from_the_feed(layers))


def _kept_from_the_feed(layers: Layers) -> Layers:
    """A Normalization that stands first, or behind rescalings, is none of the layers in Keras."""
    behind = next((layer for layer in layers if not isinstance(layer, Rescaling)), None)
    return (Dropout(0.2), *layers) if isinstance(behind, Normalization) else layers


@st.composite
def layers_for(draw: Draw, shape: Shape) -> Layer:
    """A layer that can stand behind this shape and holds no others."""
    return _leaf(draw, shape, may_flatten=True)


@st.composite
def convolutions_for(draw: Draw, shape: Shape) -> Layer:
    """A convolution of any kind that can stand behind a map of this shape."""
    return draw(st.sampled_from((_conv, _depthwise, _separable)))(draw, shape)  # type: ignore[no-any-return]


@st.composite
def resizings_for(draw: Draw, shape: Shape) -> Layer:
    """An up-sampling, transposed convolution or cropping that can stand behind such a map."""
    return draw(st.sampled_from((_up_sampling, _transposed, _cropping)))(draw, shape)  # type: ignore[no-any-return]


@st.composite
def poolings_for(draw: Draw, shape: Shape) -> Layer:
    """A max or average pooling that can stand behind a map of this shape."""
    return draw(st.sampled_from((_max_pool, _average_pool)))(draw, shape)  # type: ignore[no-any-return]


def _series(
    draw: Draw, shape: Shape, max_layers: int, depth: int, may_flatten: bool, least: int = 1
) -> tuple[Layers, Shape]:
    layers: list[Layer] = []
    for _ in range(draw(st.integers(least, max_layers))):
        if depth and draw(st.integers(0, 4)) == 4:
            layer, shape = _container(draw, shape, max_layers, depth, may_flatten)
        else:
            layer = _leaf(draw, shape, may_flatten)
            shape = layer.output_shape(shape)
        layers.append(layer)
    return tuple(layers), shape


def _container(
    draw: Draw, shape: Shape, max_layers: int, depth: int, may_flatten: bool
) -> tuple[Layer, Shape]:
    may_flatten = may_flatten and draw(st.integers(0, 3)) == 3
    few = max(max_layers - 2, 1)
    first, target = _series(draw, shape, few, depth - 1, may_flatten, least=0)
    kind = draw(st.sampled_from(("residual", *MERGES, "multiply")))
    count = 1 if kind in ("residual", "subtract") else draw(st.integers(1, 2))
    others = []
    shapes = [target]
    for _ in range(count):
        branch, end = _series(draw, shape, few, depth - 1, may_flatten and len(target) == 1, 0)
        goal = (*target[:-1], draw(some_filters)) if kind == "concatenate" else target
        if kind == "multiply":
            goal = draw(st.sampled_from(_repeatable(target)))
        if kind != "concatenate" or end[:-1] != target[:-1] or len(end) != len(target):
            branch, end = (*branch, *_bridge(draw, end, goal)), goal
        others.append(branch)
        shapes.append(end)
    if kind == "residual":
        body, shortcut = (first, others[0]) if draw(flags) else (others[0], first)
        scale = draw(st.sampled_from((1.0, 1.0, 0.2, -1.5)))
        return Residual(body, shortcut, draw(maybe_activation), scale), target
    branches = Branches(tuple(draw(st.permutations((first, *others)))), kind)
    return branches, branches.merged_shape(shapes)


def _repeatable(target: Shape) -> list[Shape]:
    """What may be multiplied with this shape, itself first."""
    if len(target) == 1:
        return [target, (1,)]
    height, width, channels = target
    narrow = [(1, 1, channels), (height, width, 1), (1, width, channels), (1, 1, 1)]
    return [target, (channels,), *narrow]


def _bridge(draw: Draw, shape: Shape, goal: Shape) -> Layers:
    """Layers that make the goal of a shape; none where nothing is to be done."""
    if shape == goal:
        return ()
    if len(goal) == 1:
        layers: Layers = ()
        if len(shape) == 3:
            kind = draw(st.sampled_from((Flatten, GlobalAveragePooling2D, GlobalMaxPooling2D)))
            layers = (kind(),)
            shape = layers[0].output_shape(shape)
        return layers if shape == goal else (*layers, Dense(goal[0]))
    filters = goal[2]
    strides = tuple(-(-shape[i] // goal[i]) for i in (0, 1))
    if all(-(-shape[i] // strides[i]) == goal[i] for i in (0, 1)) and draw(flags):
        return (Conv2D(filters, 1, strides=strides, padding="same"),)  # type: ignore[arg-type]
    added = [max(goal[i] - shape[i], 0) for i in (0, 1)]
    layers = ()
    if any(added):
        sides = tuple((each // 2, each - each // 2) for each in added)
        layers = (ZeroPadding2D(sides),)  # type: ignore[arg-type]
    kernel = tuple(shape[i] + added[i] - goal[i] + 1 for i in (0, 1))
    return (*layers, Conv2D(filters, kernel))  # type: ignore[arg-type]


def _leaf(draw: Draw, shape: Shape, may_flatten: bool) -> Layer:
    if len(shape) == 1:
        kind = draw(st.sampled_from((*_ANYWHERE, _dense, _dense, _dense)))
    elif may_flatten and draw(st.integers(0, 6)) == 6:
        kind = draw(st.sampled_from((_flatten, _global_average, _global_max)))
    else:
        kind = draw(st.sampled_from((*_ANYWHERE, *_ON_MAPS, *_ON_MAPS)))
    layer: Layer = kind(draw, shape)
    return layer


def _pair(draw: Draw, low: int, highs: tuple[int, int]) -> tuple[int, int]:
    """Height and width: equal where they can be in half of the cases."""
    first = draw(st.integers(low, highs[0]))
    if low <= first <= highs[1] and draw(flags):
        return first, first
    return first, draw(st.integers(low, highs[1]))


def _window(draw: Draw, shape: Shape) -> dict[str, Any]:
    """Kernel, strides or dilation, and padding that fit the map."""
    padding = draw(st.one_of(st.sampled_from(("valid", "same")), st.integers(0, MAX_PADDING)))
    strides, dilation = (1, 1), (1, 1)
    if draw(st.integers(0, 2)) == 2:
        dilation = _pair(draw, 1, (3, 3))
    else:
        strides = _pair(draw, 1, (3, 3))
    each = padding if isinstance(padding, int) else 0
    fitting = tuple(
        MAX_KERNEL
        if padding == "same"
        else min((shape[i] + 2 * each - 1) // dilation[i] + 1, MAX_KERNEL)
        for i in (0, 1)
    )
    kernel = _pair(draw, 1, (fitting[0], fitting[1]))
    return {
        "kernel_size": kernel,
        "strides": strides,
        "padding": padding,
        "dilation_rate": dilation,
        "activation": draw(maybe_activation),
        "use_bias": draw(flags),
    }


def _depthwise_window(draw: Draw, shape: Shape) -> dict[str, Any]:
    """The window, and how many kernels a channel has.

    Several kernels on a single channel get equal strides: with others, and one column of outputs,
    TensorFlow 2.21 takes the strides of the rows for the columns too (naive loops show it).
    """
    window, channels = _window(draw, shape), shape[2]
    rows, columns = window["strides"]
    may_have_two = channels <= MAX_FILTERS and (channels > 1 or rows == columns)
    return window | {"depth_multiplier": draw(st.integers(1, 2)) if may_have_two else 1}


def _conv(draw: Draw, shape: Shape) -> Layer:
    groups = draw(st.sampled_from([1, 1, *(g for g in (2, 3, 4) if shape[2] % g == 0)]))
    filters = groups * draw(st.integers(1, MAX_FILTERS // groups))
    return Conv2D(filters, groups=groups, **_window(draw, shape))


def _depthwise(draw: Draw, shape: Shape) -> Layer:
    return DepthwiseConv2D(**_depthwise_window(draw, shape))


def _separable(draw: Draw, shape: Shape) -> Layer:
    return SeparableConv2D(draw(some_filters), **_depthwise_window(draw, shape))


def _max_pool(draw: Draw, shape: Shape) -> Layer:
    padding = draw(st.one_of(st.sampled_from(("valid", "same")), st.integers(0, MAX_PADDING)))
    if isinstance(padding, int) and padding:
        fitting = [min(shape[i] + 2 * padding, MAX_KERNEL + 2) for i in (0, 1)]
        size = tuple(draw(st.sampled_from(range(2 * padding + 1, most + 1, 2))) for most in fitting)
    else:
        size = _pool_size(draw, shape, padding)
    return MaxPooling2D(size, draw(_steps), padding)


def _average_pool(draw: Draw, shape: Shape) -> Layer:
    padding = draw(st.one_of(st.sampled_from(("valid", "same")), st.integers(0, MAX_PADDING)))
    return AveragePooling2D(_pool_size(draw, shape, padding), draw(_steps), padding)


def _pool_size(draw: Draw, shape: Shape, padding: int | str) -> tuple[int, int]:
    each = padding if isinstance(padding, int) else 0
    most = [4 if padding == "same" else min(shape[i] + 2 * each, 4) for i in (0, 1)]
    return _pair(draw, 1, (most[0], most[1]))


_steps = st.one_of(st.none(), st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))


def _zeros(draw: Draw, shape: Shape) -> Layer:
    sides = st.integers(0, MAX_PADDING if max(shape[:2]) <= MAX_SIDE else 0)
    return ZeroPadding2D(((draw(sides), draw(sides)), (draw(sides), draw(sides))))


def _growth(shape: Shape) -> tuple[int, int]:
    """How many times as large it may get, so that it stays small."""
    height, width = (max(min(3, 2 * MAX_SIDE // size), 1) for size in shape[:2])
    return height, width


def _up_sampling(draw: Draw, shape: Shape) -> Layer:
    interpolation = draw(st.sampled_from(("nearest", "bilinear")))
    return UpSampling2D(_pair(draw, 1, _growth(shape)), interpolation)


def _transposed(draw: Draw, shape: Shape) -> Layer:
    steps = _pair(draw, 1, _growth(shape))
    kernel = steps[0] + draw(st.integers(0, 2)), steps[1] + draw(st.integers(0, 2))
    padding = draw(st.sampled_from(("valid", "same")))
    activation, use_bias = draw(maybe_activation), draw(flags)
    return Conv2DTranspose(draw(some_filters), kernel, steps, padding, activation, use_bias)


def _cropping(draw: Draw, shape: Shape) -> Layer:
    sides = []
    for size in shape[:2]:
        before = draw(st.integers(0, min(MAX_PADDING, size - 1)))
        sides.append((before, draw(st.integers(0, min(MAX_PADDING, size - 1 - before)))))
    return Cropping2D((sides[0], sides[1]))


def _spatial_dropout(draw: Draw, shape: Shape) -> Layer:
    return SpatialDropout2D(draw(st.sampled_from((0.0, 0.25, 0.5))))


def _self_attention(draw: Draw, shape: Shape) -> Layer:
    """On small maps: of 400 cells there would be 160,000 shares."""
    if shape[0] * shape[1] > MAX_CELLS:
        return _position_embedding(draw, shape)
    return SelfAttention2D(draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(flags))


def _position_embedding(draw: Draw, shape: Shape) -> Layer:
    return PositionEmbedding()


def _flatten(draw: Draw, shape: Shape) -> Layer:
    return Flatten()


def _global_average(draw: Draw, shape: Shape) -> Layer:
    return GlobalAveragePooling2D(draw(flags))


def _global_max(draw: Draw, shape: Shape) -> Layer:
    return GlobalMaxPooling2D(draw(flags))


def _dense(draw: Draw, shape: Shape) -> Layer:
    return Dense(draw(some_filters), draw(maybe_activation), draw(flags))


def _activation(draw: Draw, shape: Shape) -> Layer:
    return Activation(draw(st.sampled_from(ACTIVATIONS)))


def _bent_relu(draw: Draw, shape: Shape) -> Layer:
    return Activation(
        "relu",
        draw(st.sampled_from((0.0, 0.1, 0.3))),
        draw(st.sampled_from((None, 2.0, 6.0))),
        draw(st.sampled_from((0.0, 0.5))),
    )


def _batch_norm(draw: Draw, shape: Shape) -> Layer:
    momentum, epsilon = draw(st.sampled_from(((0.99, 1e-3), (0.9, 1e-5), (0.0, 1e-2))))
    return BatchNormalization(momentum, epsilon, draw(flags), draw(flags))


def _layer_norm(draw: Draw, shape: Shape) -> Layer:
    return LayerNormalization(draw(st.sampled_from((1e-3, 1e-6))), draw(flags), draw(flags))


def _group_norm(draw: Draw, shape: Shape) -> Layer:
    groups = [
        count
        for count in range(1, MAX_FILTERS + 1)
        if shape[-1] % count == 0 and element_count(shape) > count
    ]
    return GroupNormalization(
        draw(st.sampled_from(groups or [1])),
        draw(st.sampled_from((1e-3, 1e-2))),
        draw(flags),
        draw(flags),
    )


def _normalization(draw: Draw, shape: Shape) -> Layer:
    if shape[-1] > MAX_FILTERS or draw(flags):
        return draw(st.sampled_from((Normalization(), Normalization(0.5, 0.25))))  # type: ignore[no-any-return]
    return Normalization(
        tuple(draw(st.sampled_from((0.0, 0.485, -2.0))) for _ in range(shape[-1])),
        tuple(draw(st.sampled_from((0.052, 1.0, 4.0))) for _ in range(shape[-1])),
    )


def _prelu(draw: Draw, shape: Shape) -> Layer:
    return PReLU(len(shape) == 3 and draw(flags))


def _layer_scale(draw: Draw, shape: Shape) -> Layer:
    return LayerScale(draw(st.sampled_from((1e-6, 0.1, 1.0))))


def _stochastic_depth(draw: Draw, shape: Shape) -> Layer:
    return StochasticDepth(draw(st.sampled_from((0.0, 0.25, 0.5))))


def _dropout(draw: Draw, shape: Shape) -> Layer:
    return Dropout(draw(st.sampled_from((0.0, 0.2, 0.5))))


def _rescaling(draw: Draw, shape: Shape) -> Layer:
    return Rescaling(
        draw(st.sampled_from((1 / 255, 0.5, -2.0))), draw(st.sampled_from((0.0, -1.0)))
    )


_ANYWHERE = (
    *(_activation, _bent_relu, _batch_norm, _layer_norm, _dropout, _rescaling),
    *(_group_norm, _normalization, _prelu),
)
_ON_MAPS = (
    *(_conv, _conv, _depthwise, _separable, _max_pool, _average_pool),
    *(_zeros, _spatial_dropout, _up_sampling, _transposed, _cropping),
    *(_stochastic_depth, _layer_scale, _self_attention, _position_embedding),
)
