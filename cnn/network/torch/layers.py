"""Which PyTorch modules a layer becomes, with their arguments and the arrays they carry over.

Owns every difference between Keras and PyTorch: order of axes, padding, definitions, limits.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from cnn.network import layers as kinds
from cnn.network.errors import Path
from cnn.network.fields import Pair
from cnn.network.layers import (
    Activation,
    Container,
    GlobalPooling,
    Layer,
    Layers,
    Normalizing,
    Pooling,
    SlidingConvolution,
)
from cnn.network.layers.merges import MERGES
from cnn.network.scripts.code import number, pair
from cnn.network.shapes import Axis, Shape
from cnn.network.torch.modules import ACTIVATIONS, Array, Carried, Module, Modules, Part, sequential
from cnn.network.torch.per_channel import layer_scale, prelu, standardized
from cnn.network.torch.resizing import cropping, cut_off, transposed, up_sampling
from cnn.network.trace import Row

Rows = dict[Path, Row]


def modules(row: Row, rows: Rows) -> Modules:
    """The modules of one layer, that of its activation among them."""
    layer = row.layer
    if isinstance(layer, Container):
        return (_container(row, layer, rows),)
    found = MODULES[type(layer)](row, layer)
    name = layer.activation
    if name is None or isinstance(layer, Activation):
        return found
    return *found, _activation(row.path, name)


def _activation(path: Path, name: str) -> Module:
    call, *args = ACTIVATIONS[name]
    return Module(path, call, tuple(args))


def flatten(row: Row) -> Module:
    """Keras lays out all channels of a pixel together; where that matters, so must PyTorch."""
    *pixels, channels = row.input_shape
    matters = channels > 1 and max(pixels, default=1) > 1
    return Module(row.path, "ChannelsLastFlatten" if matters else "nn.Flatten")


def _container(row: Row, layer: Container, rows: Rows) -> Module:
    held = [
        _series(layers, row.path + part, row, rows, _behind(row, place, shape))
        for place, ((part, layers), shape) in enumerate(
            zip(layer.series(), row.merged_shapes, strict=True)
        )
    ]
    if not isinstance(layer, kinds.Residual):
        parts = tuple(Part(f"branches.{index}", module) for index, module in enumerate(held))
        return Module(row.path, MERGES[layer.merge].keras, parts=parts)
    parts = (Part("body", held[0]),)
    if layer.shortcut:
        parts += (Part("shortcut", held[1], "shortcut="),)
    if layer.activation:
        parts += (Part("activation", _activation(row.path, layer.activation), "activation="),)
    return Module(row.path, "Residual", parts=parts)


def _behind(row: Row, place: int, shape: Shape) -> Modules:
    """What a series needs before it is joined: the scale of the first, and the map of 1x1 that a
    vector is among maps.
    """
    layer = row.layer
    if isinstance(layer, Container) and layer.scale != 1 and not place:
        return (Module(row.path, "Rescale", (number(layer.scale),)),)
    if len(shape) == len(row.output_shape):
        return ()
    return (Module(row.path, "nn.Unflatten", ("1", f"({shape[0]}, 1, 1)")),)


def _series(layers: Layers, path: Path, holder: Row, rows: Rows, behind: Modules) -> Module:
    """Layers one after the other, and what stands behind them, as one module."""
    each = (modules(rows[*path, index], rows) for index, _ in enumerate(layers))
    found = (*(module for some in each for module in some), *behind)
    if not found:
        return Module(holder.path, "nn.Identity")
    return found[0] if len(found) == 1 else sequential(holder.path, found)


def _convolution(row: Row, layer: SlidingConvolution) -> Modules:
    channels, out = row.input_shape[2], row.output_shape[2]
    bias = () if layer.use_bias else ("bias=False",)
    carried = (Carried("bias", "bias"),) if layer.use_bias else ()
    padding, args = _window(row, layer.kernel_size, layer.strides)
    if layer.dilation_rate != (1, 1):
        args += (f"dilation={pair(layer.dilation_rate)}",)
    if isinstance(layer, kinds.Conv2D):
        groups = (f"groups={layer.groups}",) if layer.groups > 1 else ()
        args = (str(channels), str(out), *args, *groups, *bias)
        kernel = Carried("weight", "kernel", _kernel)
        return *padding, Module(row.path, "nn.Conv2d", args, (kernel, *carried))
    assert isinstance(layer, (kinds.DepthwiseConv2D, kinds.SeparableConv2D))
    between = channels * layer.depth_multiplier
    groups = (f"groups={channels}",) if channels > 1 else ()
    args = (str(channels), str(between), *args, *groups)
    if isinstance(layer, kinds.DepthwiseConv2D):
        kernel = Carried("weight", "kernel", _depthwise_kernel)
        return *padding, Module(row.path, "nn.Conv2d", (*args, *bias), (kernel, *carried))
    depthwise = Carried("weight", "depthwise_kernel", _depthwise_kernel)
    pointwise = Carried("weight", "pointwise_kernel", _kernel)
    return (
        *padding,
        Module(row.path, "nn.Conv2d", (*args, "bias=False"), (depthwise,)),
        Module(row.path, "nn.Conv2d", (str(between), str(out), "1", *bias), (pointwise, *carried)),
    )


def _window(row: Row, size: Pair, strides: Pair) -> tuple[Modules, tuple[str, ...]]:
    """The zeros to put around the map first, and the arguments of a sliding kernel.

    PyTorch's own padding is the same on both sides; that of `same` often is not.
    """
    assert row.axes is not None
    height, width = row.axes
    stride = (f"stride={pair(strides)}",) if strides != (1, 1) else ()
    args = (pair(size), *stride)
    if height.before != height.after or width.before != width.after:
        sides = (width.before, width.after, height.before, height.after)
        note = '"same" pads more at the end'
        return (Module(row.path, "nn.ZeroPad2d", (str(sides),), note=note),), args
    padding = (height.before, width.before)
    return (), (*args, f"padding={pair(padding)}") if any(padding) else args


def _pooling(row: Row, layer: Pooling) -> Modules:
    """Pooling; PyTorch pads by half a window at most, the same on both sides."""
    assert row.axes is not None
    average = isinstance(layer, kinds.AveragePooling2D)
    call = "nn.AvgPool2d" if average else "nn.MaxPool2d"
    stride = (f"stride={pair(layer.strides)}",) if layer.strides != layer.pool_size else ()
    args = (pair(layer.pool_size), *stride)
    if isinstance(layer.padding, int) and layer.padding > min(layer.pool_size) // 2:
        zeros = Module(row.path, "nn.ZeroPad2d", (str(layer.padding),))
        return zeros, Module(row.path, call, args)
    (top, first_row), (left, first_column) = map(_pool_padding, row.axes)
    if top or left:
        args += (f"padding={pair((top, left))}",)
    if any(axis.after > axis.before and axis.stride > 1 for axis in row.axes):
        args += ("ceil_mode=True",)
    if average and layer.padding == "same" and (top or left):
        args += ("count_include_pad=False",)
    pool = Module(row.path, call, args)
    if not first_row and not first_column:
        return (pool,)
    return pool, cut_off(row, (-first_column, 0, -first_row, 0), '"same" starts one later')


def _pool_padding(axis: Axis) -> tuple[int, int]:
    """PyTorch's padding for an axis, and how many outputs too many it gives at the start.

    One pixel more at the end than at the start: with strides, `ceil_mode` finds it; without,
    both sides get it and the first output goes.
    """
    if axis.after > axis.before and axis.stride == 1:
        return axis.after, 1
    return axis.before, 0


def _normalization(row: Row, layer: Normalizing) -> Modules:
    is_map = len(row.input_shape) == 3
    args = [str(row.input_shape[-1])]
    if isinstance(layer, kinds.GroupNormalization):
        args.insert(0, str(layer.groups))
    if layer.epsilon != 1e-5:
        args.append(f"eps={number(layer.epsilon)}")
    carried = [Carried("weight", "gamma")] if layer.scale else []
    carried += [Carried("bias", "beta")] if layer.center else []
    if isinstance(layer, kinds.LayerNormalization):
        call, neither = ("LayerNorm2d" if is_map else "nn.LayerNorm"), "elementwise_affine=False"
    elif isinstance(layer, kinds.GroupNormalization):
        call, neither = "nn.GroupNorm", "affine=False"
    else:
        assert isinstance(layer, kinds.BatchNormalization)
        call, neither = ("nn.BatchNorm2d" if is_map else "nn.BatchNorm1d"), "affine=False"
        carried.append(Carried("running_mean", "moving_mean"))
        carried.append(Carried("running_var", "moving_variance"))
        momentum = float(f"{1 - layer.momentum:.12g}")
        args += [f"momentum={momentum}"] if momentum != 0.1 else []
    if layer.scale != layer.center:
        missing = '"bias"' if layer.scale else '"weight"'
        call, args = "without", [missing, f"{call}({', '.join(args)})"]
    elif not layer.scale:
        args.append(neither)
    return (Module(row.path, call, tuple(args), tuple(carried)),)


def _dense(row: Row, layer: kinds.Dense) -> Modules:
    bias = () if layer.use_bias else ("bias=False",)
    carried = (Carried("bias", "bias"),) if layer.use_bias else ()
    args = (str(row.input_shape[0]), str(layer.units), *bias)
    kernel = Carried("weight", "kernel", lambda array: array.T)
    return (Module(row.path, "nn.Linear", args, (kernel, *carried)),)


def _global_pooling(row: Row, layer: GlobalPooling) -> Modules:
    average = isinstance(layer, kinds.GlobalAveragePooling2D)
    pool = Module(row.path, f"nn.Adaptive{'Avg' if average else 'Max'}Pool2d", ("1",))
    return (pool,) if layer.keepdims else (pool, Module(row.path, "nn.Flatten"))


def _zero_padding(row: Row, layer: kinds.ZeroPadding2D) -> Modules:
    (top, bottom), (left, right) = layer.padding
    one = len({top, bottom, left, right}) == 1
    args = (str(top if one else (left, right, top, bottom)),)
    return (Module(row.path, "nn.ZeroPad2d", args),)


def _dropping(call: str) -> Callable[[Row, Any], Modules]:
    return lambda row, layer: (Module(row.path, call, (number(layer.rate),)),)


def _rescaling(row: Row, layer: kinds.Rescaling) -> Modules:
    offset = (number(layer.offset),) if layer.offset else ()
    return (Module(row.path, "Rescale", (number(layer.scale), *offset)),)


def _attention(row: Row, layer: kinds.SelfAttention2D) -> Modules:
    bias = () if layer.use_bias else ("bias=False",)
    args = (str(row.input_shape[2]), str(layer.heads), str(layer.key_size), *bias)
    carried = []
    for name in ("query", "key", "value", "output"):
        inputs = 2 if name == "output" else 1  # axes of the kernel: heads by key size, or channels
        carried.append(Carried(f"{name}.weight", f"{name}_kernel", _linear(inputs)))
        if layer.use_bias:
            carried.append(Carried(f"{name}.bias", f"{name}_bias", lambda array: array.reshape(-1)))
    return (Module(row.path, "SelfAttention", args, tuple(carried)),)


def _linear(inputs: int) -> Callable[[Array], Array]:
    """(*inputs, *outputs) -> (outputs, inputs)."""
    return lambda array: array.reshape(prod(array.shape[:inputs]), -1).T


def _position_embedding(row: Row, layer: kinds.PositionEmbedding) -> Modules:
    height, width, channels = map(str, row.input_shape)
    carried = Carried("embedding", "embedding", lambda array: array.transpose(2, 0, 1))
    return (Module(row.path, "PositionEmbedding", (channels, height, width), (carried,)),)


def _activation_layer(row: Row, layer: Activation) -> Modules:
    if layer.bends:
        return (_bent_relu(row.path, layer),)
    return (_activation(row.path, layer.activation),)


def _bent_relu(path: Path, layer: Activation) -> Module:
    bends = {
        name: value
        for name, usual in (("negative_slope", 0.0), ("max_value", None), ("threshold", 0.0))
        if (value := getattr(layer, name)) != usual
    }
    if bends.keys() == {"negative_slope"}:
        return Module(path, "nn.LeakyReLU", (number(layer.negative_slope),))
    if bends == {"max_value": 6.0}:
        return Module(path, "nn.ReLU6")
    args = tuple(f"{name}={number(value)}" for name, value in bends.items())
    return Module(path, "BentReLU", args)


def _kernel(array: Array) -> Array:
    """(height, width, in, out) -> (out, in, height, width)."""
    return array.transpose(3, 2, 0, 1)


def _depthwise_kernel(array: Array) -> Array:
    """(height, width, in, multiplier) -> (in * multiplier, 1, height, width)."""
    height, width, channels, multiplier = array.shape
    return array.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)


MODULES: dict[type[Layer], Callable[[Row, Any], Modules]] = {
    kinds.Conv2D: _convolution,
    kinds.DepthwiseConv2D: _convolution,
    kinds.SeparableConv2D: _convolution,
    kinds.Conv2DTranspose: transposed,
    kinds.MaxPooling2D: _pooling,
    kinds.AveragePooling2D: _pooling,
    kinds.GlobalAveragePooling2D: _global_pooling,
    kinds.GlobalMaxPooling2D: _global_pooling,
    kinds.UpSampling2D: up_sampling,
    kinds.ZeroPadding2D: _zero_padding,
    kinds.Cropping2D: cropping,
    kinds.BatchNormalization: _normalization,
    kinds.LayerNormalization: _normalization,
    kinds.GroupNormalization: _normalization,
    kinds.Normalization: standardized,
    kinds.LayerScale: layer_scale,
    Activation: _activation_layer,
    kinds.PReLU: prelu,
    kinds.Dropout: _dropping("nn.Dropout"),
    kinds.SpatialDropout2D: _dropping("nn.Dropout2d"),
    kinds.StochasticDepth: _dropping("StochasticDepth"),
    kinds.Rescaling: _rescaling,
    kinds.SelfAttention2D: _attention,
    kinds.PositionEmbedding: _position_embedding,
    kinds.Flatten: lambda row, _: (flatten(row),),
    kinds.Dense: _dense,
}
"""What each kind becomes, without its activation; containers are put together by `modules`."""
