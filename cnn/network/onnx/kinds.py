"""Every kind of layer as operators of ONNX, without its activation.

Channels stand before height and width there; what a window sees, and what is padded, is the
trace's to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnn.network import layers as kinds
from cnn.network.layers import Layer, Normalizing, Pooling, SlidingConvolution
from cnn.network.layers.normalization import LEAST_SD
from cnn.network.onnx.messages import Array, Attribute
from cnn.network.onnx.sheet import Place, scalar, sizes

TO_LAST, TO_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)
"""Where the axes of a batch of maps go, for channels to come last, and first again."""

Write = Callable[[Place, str], str]


def _bias(place: Place) -> tuple[Array, ...]:
    return (place.arrays["bias"],) if place.layer.use_bias else ()


def _window(place: Place) -> dict[str, Attribute]:
    layer: SlidingConvolution = place.layer
    return {
        "kernel_shape": layer.kernel_size,
        "strides": layer.strides,
        "dilations": layer.dilation_rate,
        "pads": _pads(place),
    }


def _pads(place: Place) -> tuple[int, ...]:
    assert place.row.axes
    rows, columns = place.row.axes
    return rows.before, columns.before, rows.after, columns.after


def _kernel(array: Array) -> Array:
    """(height, width, in, out) -> (out, in, height, width)."""
    return array.transpose(3, 2, 0, 1)


def _depthwise_kernel(array: Array) -> Array:
    """(height, width, in, multiplier) -> (in * multiplier, 1, height, width)."""
    height, width, channels, multiplier = array.shape
    return array.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)


def _conv(place: Place, x: str) -> str:
    kernel = _kernel(place.arrays["kernel"])
    return place.op("Conv", x, kernel, *_bias(place), **_window(place), group=place.layer.groups)


def _depthwise(place: Place, x: str) -> str:
    kernel, channels = _depthwise_kernel(place.arrays["kernel"]), place.row.input_shape[2]
    return place.op("Conv", x, kernel, *_bias(place), **_window(place), group=channels)


def _separable(place: Place, x: str) -> str:
    kernel = _depthwise_kernel(place.arrays["depthwise_kernel"])
    between = place.op("Conv", x, kernel, **_window(place), group=place.row.input_shape[2])
    return place.op("Conv", between, _kernel(place.arrays["pointwise_kernel"]), *_bias(place))


def _transposed(place: Place, x: str) -> str:
    layer: kinds.Conv2DTranspose = place.layer
    rows, columns = layer.spread(place.row.input_shape)
    return place.op(
        "ConvTranspose",
        x,
        _kernel(place.arrays["kernel"]),  # (height, width, out, in) -> (in, out, height, width)
        *_bias(place),
        kernel_shape=layer.kernel_size,
        strides=layer.strides,
        pads=(rows.before, columns.before, rows.after, columns.after),
    )


def _dense(place: Place, x: str) -> str:
    return place.op("Gemm", x, place.arrays["kernel"], *_bias(place))


def _pooling(kind: str) -> Write:
    def write(place: Place, x: str) -> str:
        layer: Pooling = place.layer
        pads = _pads(place)
        counted: dict[str, Attribute] = {}
        if kind == "AveragePool":
            counted = {"count_include_pad": int(layer.padding != "same")}
            if any(axis.has_blanks for axis in place.row.axes or ()):  # more than ONNX may pad
                x, pads = _padded(place, x, pads), (0, 0, 0, 0)
        return place.op(
            kind, x, kernel_shape=layer.pool_size, strides=layer.strides, pads=pads, **counted
        )

    return write


def _padded(place: Place, x: str, pads: tuple[int, ...]) -> str:
    top, left, bottom, right = pads
    return place.op("Pad", x, sizes(0, 0, top, left, 0, 0, bottom, right))


def _global_pooling(kind: str) -> Write:
    def write(place: Place, x: str) -> str:
        pooled = place.op(kind, x)
        return pooled if place.layer.keepdims else place.op("Flatten", pooled)

    return write


def _zero_padding(place: Place, x: str) -> str:
    (top, bottom), (left, right) = place.layer.padding
    return _padded(place, x, (top, left, bottom, right))


def _cropping(place: Place, x: str) -> str:
    (top, bottom), (left, right) = place.layer.cropping
    height, width, _ = place.row.input_shape
    ends = height - bottom, width - right
    return place.op("Slice", x, sizes(top, left), sizes(*ends), sizes(2, 3))


def _up_sampling(place: Place, x: str) -> str:
    layer: kinds.UpSampling2D = place.layer
    scales = np.array((1, 1, *layer.size), np.float32)
    if layer.is_linear:
        how: dict[str, Attribute] = {"coordinate_transformation_mode": "half_pixel"}
    else:
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    mode = "linear" if layer.is_linear else "nearest"
    return place.op("Resize", x, "", scales, mode=mode, **how)


def _affine(place: Place) -> tuple[Array, Array]:
    """Gamma and beta, or what leaves all as it is."""
    channels = place.row.input_shape[-1]
    ones, zeros = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    return place.arrays.get("gamma", ones), place.arrays.get("beta", zeros)


def _batch_norm(place: Place, x: str) -> str:
    layer: kinds.BatchNormalization = place.layer
    arrays = *_affine(place), place.arrays["moving_mean"], place.arrays["moving_variance"]
    about = {"epsilon": layer.epsilon, "momentum": layer.momentum}
    return place.op("BatchNormalization", x, *arrays, **about)


def _layer_norm(place: Place, x: str) -> str:
    x = place.op("Transpose", x, perm=TO_LAST) if place.is_map else x
    normed = place.op("LayerNormalization", x, *_affine(place), epsilon=place.layer.epsilon)
    return place.op("Transpose", normed, perm=TO_FIRST) if place.is_map else normed


def _group_norm(place: Place, x: str) -> str:
    """Each group as one channel of its own, whose mean and variance are an image's."""
    layer: Normalizing = place.layer
    groups: int = place.layer.groups
    ones, zeros = np.ones(groups, np.float32), np.zeros(groups, np.float32)
    grouped = place.op("Reshape", x, sizes(0, groups, -1))
    normed = place.op("InstanceNormalization", grouped, ones, zeros, epsilon=layer.epsilon)
    found = place.op("Reshape", normed, sizes(0, *_channels_first(place)))
    if layer.scale:
        found = place.op("Mul", found, _each_channel(place, place.arrays["gamma"]))
    return (
        place.op("Add", found, _each_channel(place, place.arrays["beta"]))
        if layer.center
        else found
    )


def _channels_first(place: Place) -> tuple[int, ...]:
    *cells, channels = place.row.input_shape
    return channels, *cells


def _each_channel(place: Place, array: Array) -> Array:
    """A number for each channel, or one for all, as it meets a batch."""
    many = array.reshape(-1)
    if many.size == 1:
        return many.reshape(())
    return many.reshape(-1, 1, 1) if place.is_map else many


def _normalization(place: Place, x: str) -> str:
    layer: kinds.Normalization = place.layer
    mean = np.asarray(place.arrays.get("mean", layer.mean), np.float32)
    variance = np.asarray(place.arrays.get("variance", layer.variance), np.float32)
    sd = np.maximum(np.sqrt(variance), np.float32(LEAST_SD))
    centred = place.op("Sub", x, _each_channel(place, mean))
    return place.op("Div", centred, _each_channel(place, sd))


def _rescaling(place: Place, x: str) -> str:
    layer: kinds.Rescaling = place.layer
    scaled = place.op("Mul", x, scalar(layer.scale))
    return place.op("Add", scaled, scalar(layer.offset)) if layer.offset else scaled


def _prelu(place: Place, x: str) -> str:
    alpha = place.arrays["alpha"]
    return place.op("PRelu", x, alpha.transpose(2, 0, 1) if place.is_map else alpha)


def _position(place: Place, x: str) -> str:
    return place.op("Add", x, place.arrays["embedding"].transpose(2, 0, 1))


def _attention(place: Place, x: str) -> str:
    """The map as a list of its cells, which look at each other, and as a map again."""
    layer: kinds.SelfAttention2D = place.layer
    heads, key_size, arrays = layer.heads, layer.key_size, place.arrays
    height, width, channels = place.row.input_shape
    flat = place.op("Reshape", x, sizes(0, channels, height * width))
    cells = place.op("Transpose", flat, perm=(0, 2, 1))

    def projected(of: str, name: str, outputs: int) -> str:
        kernel = arrays[f"{name}_kernel"].reshape(-1, outputs)
        found = place.op("MatMul", of, kernel)
        bias = arrays.get(f"{name}_bias")
        return found if bias is None else place.op("Add", found, bias.reshape(-1))

    def split(name: str, perm: tuple[int, ...]) -> str:
        made = projected(cells, name, heads * key_size)
        apart = place.op("Reshape", made, sizes(0, height * width, heads, key_size))
        return place.op("Transpose", apart, perm=perm)

    query, value = split("query", (0, 2, 1, 3)), split("value", (0, 2, 1, 3))
    looked = place.op("MatMul", query, split("key", (0, 2, 3, 1)))
    shares = place.op("Softmax", place.op("Mul", looked, scalar(key_size**-0.5)), axis=3)
    gathered = place.op("Transpose", place.op("MatMul", shares, value), perm=(0, 2, 1, 3))
    together = place.op("Reshape", gathered, sizes(0, height * width, heads * key_size))
    found = place.op("Transpose", projected(together, "output", channels), perm=(0, 2, 1))
    return place.op("Reshape", found, sizes(0, channels, height, width))


def _flatten(place: Place, x: str) -> str:
    """Row by row, all channels of a pixel together, as it is here and in Keras."""
    *cells, channels = place.row.input_shape
    if channels > 1 and math.prod(cells) > 1:
        x = place.op("Transpose", x, perm=TO_LAST)
    return place.op("Flatten", x)


def idle(place: Place, x: str) -> str:
    """What acts in training alone, of which ONNX knows a plain dropout and no other."""
    if isinstance(place.layer, kinds.Dropout):
        return place.op("Dropout", x, scalar(place.layer.rate))
    return x


WRITES: dict[type[Layer], Write] = {
    kinds.Conv2D: _conv,
    kinds.DepthwiseConv2D: _depthwise,
    kinds.SeparableConv2D: _separable,
    kinds.Conv2DTranspose: _transposed,
    kinds.MaxPooling2D: _pooling("MaxPool"),
    kinds.AveragePooling2D: _pooling("AveragePool"),
    kinds.GlobalAveragePooling2D: _global_pooling("GlobalAveragePool"),
    kinds.GlobalMaxPooling2D: _global_pooling("GlobalMaxPool"),
    kinds.UpSampling2D: _up_sampling,
    kinds.ZeroPadding2D: _zero_padding,
    kinds.Cropping2D: _cropping,
    kinds.BatchNormalization: _batch_norm,
    kinds.LayerNormalization: _layer_norm,
    kinds.GroupNormalization: _group_norm,
    kinds.Normalization: _normalization,
    kinds.LayerScale: lambda place, x: place.op(
        "Mul", x, _each_channel(place, place.arrays["gamma"])
    ),
    kinds.Activation: lambda place, x: x,
    kinds.PReLU: _prelu,
    kinds.Rescaling: _rescaling,
    kinds.SelfAttention2D: _attention,
    kinds.PositionEmbedding: _position,
    kinds.Flatten: _flatten,
    kinds.Dense: _dense,
}
"""What each kind becomes that acts after training, too."""
