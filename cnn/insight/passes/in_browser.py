"""A network as a browser runs it: plain steps, and the numbers that they take one after the other.

`ui/components/engine/` reads the bytes and runs them. Owns which networks can go there, and what
their layers are in those steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from cnn.insight.passes.attention import projections
from cnn.insight.passes.forward import Step, steps_of
from cnn.insight.passes.layer_passes import affine, statistics
from cnn.insight.passes.operations import Array
from cnn.insight.passes.resizing import shares
from cnn.network import layers as kinds
from cnn.network.architecture import Architecture
from cnn.network.feed import Feed
from cnn.network.keras.model import Weights
from cnn.network.layers import Axes, Container, Layer, Spreads
from cnn.network.layers.merges import MERGES
from cnn.network.shapes import Axis, Shape, Spread, axis
from cnn.network.trace import trace

ACTIVATIONS = (
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "softsign",
    "sigmoid",
    "hard_sigmoid",
    "hard_silu",
    "tanh",
    "softmax",
)
"""Those that the browser has, beside none."""

HEAD_BYTES = 4


class NotInBrowserError(ValueError):
    """A network with something in it that the browser does not run."""


def in_browser(architecture: Architecture, weights: Weights) -> bytes:
    """The network as the browser reads it; raises `NotInBrowserError` where it cannot run there.

    First how long the head is, as four bytes, then the head, JSON: the shape of an image, the steps
    and which of them gives what a layer does. Then all numbers as 32 bits, the smallest byte first.
    """
    way = _Way(weights, [architecture.input])
    way.follow(steps_of(architecture), way.feed(architecture.fed))
    head = json.dumps({"input": architecture.input, "steps": way.steps, "layers": way.layers})
    written = head.encode()
    written += b" " * (-len(written) % HEAD_BYTES)  # so that the numbers stand where they may
    numbers = b"".join(one.tobytes() for one in way.numbers)
    return len(written).to_bytes(HEAD_BYTES, "little") + written + numbers


def check_in_browser(architecture: Architecture) -> None:
    """Raises `NotInBrowserError` where a network cannot run there, whatever its weights are."""
    nothing = np.zeros((), np.float32)
    weights = {
        row.name: tuple(np.broadcast_to(nothing, one.shape) for one in row.weights)
        for row in trace(architecture).rows
        if row.weights
    }
    way = _Way(weights, [architecture.input])
    way.follow(steps_of(architecture), way.feed(architecture.fed))


@dataclass(frozen=True, slots=True)
class _Way:
    """The steps so far. What each gives is named by its number; the image is number 0."""

    weights: Weights
    shapes: list[Shape]
    steps: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[Array] = field(default_factory=list)
    layers: dict[str, int] = field(default_factory=dict)

    def feed(self, feed: Feed) -> int:
        """What makes of pixels from 0 to 1 what the network is fed."""
        if feed.is_usual:
            return 0
        channels = self.shapes[0][-1]
        place = 0
        if feed.bgr:
            turned = np.eye(channels, dtype=np.float32)[::-1]
            place = _pointwise(self, place, turned, None)
        black, white = feed.of(np.repeat([[0.0], [1.0]], channels, axis=1))
        return self.put("affine", self.shapes[0], (place,), (white - black, black))

    def follow(self, steps: Sequence[Step], at: int) -> int:
        for step in steps:
            self.layers[step.name] = at  # so that a container's place is before what it holds
            at = self.layers[step.name] = self.through(step, at)
        return at

    def through(self, step: Step, at: int) -> int:
        layer = step.layer
        if isinstance(layer, Container):
            ends = [self.follow(series, at) for series in step.series]
            if layer.scale != 1:
                ends[0] = self.rescaled(ends[0], layer.scale)
            shape = MERGES[layer.merge].shape([self.shapes[end] for end in ends])
            return self.put(layer.merge, shape, tuple(ends), activation=_activation(layer))
        if layer.is_idle:
            return at
        if type(layer) not in PUTS:
            raise NotInBrowserError(f"it has a {layer.kind}")
        return PUTS[type(layer)](self, _At(layer, step.axes, at, self.weights.get(step.name, ())))

    def rescaled(self, place: int, scale: Any, offset: Any = 0.0) -> int:
        """Each channel times a number, plus another."""
        shape = self.shapes[place]
        numbers = [np.broadcast_to(one, shape[-1:]) for one in (scale, offset)]
        return self.put("affine", shape, (place,), numbers)

    def put(
        self,
        kind: str,
        shape: Shape,
        of: tuple[int, ...],
        numbers: Sequence[Any] = (),
        **told: Any,
    ) -> int:
        self.steps.append({"kind": kind, "of": of, "shape": shape, **told})
        self.numbers.extend(np.asarray(one, "<f4") for one in numbers)
        self.shapes.append(shape)
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class _At:
    """A layer with its axes and its arrays, and the number of what goes in."""

    layer: Any
    axes: Axes | None
    place: int
    arrays: Sequence[Array]

    def shape(self, way: _Way) -> Shape:
        found: Shape = self.layer.output_shape(way.shapes[self.place])
        return found


def _activation(layer: Layer) -> str | None:
    name = layer.activation
    if name not in (None, "linear", *ACTIVATIONS):
        raise NotInBrowserError(f"it has the activation {name}")
    return None if name == "linear" else name


def _window(axes: Axes | Spreads | None) -> dict[str, Any]:
    assert axes is not None  # of a layer that slides or spreads
    rows, columns = axes
    return {"rows": _axis(rows), "columns": _axis(columns)}


def _axis(one: Axis | Spread) -> dict[str, int]:
    padding = one.padding if isinstance(one, Axis) else 0
    return asdict(one) | {"padded": one.size + padding, "output": one.output}


def _bias(at: _At, channels: int) -> Array:
    return at.arrays[-1] if at.layer.use_bias else np.zeros(channels, np.float32)


def _convolution(way: _Way, at: _At) -> int:
    shape, layer = at.shape(way), at.layer
    is_depthwise = isinstance(layer, kinds.DepthwiseConv2D)
    return way.put(
        "convolution",
        shape,
        (at.place,),
        (at.arrays[0], _bias(at, shape[2])),
        groups=way.shapes[at.place][2] if is_depthwise else layer.groups,
        activation=_activation(layer),
        **_window(at.axes),
    )


def _separable(way: _Way, at: _At) -> int:
    height, width, filters = at.shape(way)
    channels = way.shapes[at.place][2]
    between = channels * at.layer.depth_multiplier
    place = way.put(
        "convolution",
        (height, width, between),
        (at.place,),
        (at.arrays[0], np.zeros(between, np.float32)),
        groups=channels,
        **_window(at.axes),
    )
    return _pointwise(
        way, place, at.arrays[1], _bias(at, filters), activation=_activation(at.layer)
    )


def _pointwise(way: _Way, place: int, kernel: Array, bias: Array | None, **told: Any) -> int:
    """A convolution of 1x1; the last axis of its kernel is the filters."""
    height, width, channels = way.shapes[place]
    filters = kernel.size // channels
    return way.put(
        "convolution",
        (height, width, filters),
        (place,),
        (kernel, np.zeros(filters, np.float32) if bias is None else bias),
        groups=1,
        **told,
        **_window((axis(height, 1, 1), axis(width, 1, 1))),
    )


def _transposed(way: _Way, at: _At) -> int:
    shape = at.shape(way)
    numbers = (at.arrays[0], _bias(at, shape[2]))
    window = _window(at.layer.along(way.shapes[at.place]))
    activation = _activation(at.layer)
    return way.put("transposed", shape, (at.place,), numbers, activation=activation, **window)


def _up_sampling(way: _Way, at: _At) -> int:
    each = [shares(factor, linear=at.layer.is_linear) for factor in at.layer.size]
    return way.put("upsampling", at.shape(way), (at.place,), shares=each)


def _cropping(way: _Way, at: _At) -> int:
    window = _window(at.layer.along(way.shapes[at.place]))
    return way.put("cropping", at.shape(way), (at.place,), **window)


def _attention(way: _Way, at: _At) -> int:
    """Queries, keys and values as maps of their own, what is gathered by them, and the output."""
    *before, output = projections(at.arrays)
    looks = tuple(_pointwise(way, at.place, *one) for one in before)
    gathered = way.put("attention", way.shapes[looks[0]], looks, heads=at.layer.heads)
    return _pointwise(way, gathered, *output)


def _position_embedding(way: _Way, at: _At) -> int:
    return way.put("embedding", at.shape(way), (at.place,), (at.arrays[0],))


def _layer_norm(way: _Way, at: _At) -> int:
    numbers = _scale_and_shift(way, at)
    return way.put("normalize", at.shape(way), (at.place,), numbers, epsilon=at.layer.epsilon)


def _group_norm(way: _Way, at: _At) -> int:
    told = {"groups": at.layer.groups, "epsilon": at.layer.epsilon}
    return way.put("grouped", at.shape(way), (at.place,), _scale_and_shift(way, at), **told)


def _scale_and_shift(way: _Way, at: _At) -> list[Array]:
    """Gamma and beta for each channel, those that the layer has not among them."""
    channels = way.shapes[at.place][-1]
    given = zip(affine(at.layer, at.arrays), (1.0, 0.0), strict=True)
    return [np.full(channels, usual, "<f4") if one is None else one for one, usual in given]


def _pooling(way: _Way, at: _At) -> int:
    layer = at.layer
    is_mean = isinstance(layer, kinds.AveragePooling2D)
    # Zeros of a whole-number padding count as pixels, those of `same` do not.
    many = layer.pool_size[0] * layer.pool_size[1] if layer.padding != "same" else 0
    return way.put(
        "pooling",
        at.shape(way),
        (at.place,),
        mean=is_mean,
        many=many,
        **_window(at.axes),
    )


def _global_pooling(way: _Way, at: _At) -> int:
    height, width, _ = way.shapes[at.place]
    return way.put(
        "pooling",
        at.shape(way),
        (at.place,),
        mean=isinstance(at.layer, kinds.GlobalAveragePooling2D),
        many=0,
        **_window((axis(height, height, 1), axis(width, width, 1))),
    )


def _dense(way: _Way, at: _At) -> int:
    shape, activation = at.shape(way), _activation(at.layer)
    numbers = (at.arrays[0], _bias(at, shape[-1]))
    return way.put("dense", shape, (at.place,), numbers, activation=activation)


def _batch_norm(way: _Way, at: _At) -> int:
    gamma, beta = affine(at.layer, at.arrays)
    mean, variance = (array.astype(np.float64) for array in at.arrays[-2:])
    scale = (1 if gamma is None else gamma) / np.sqrt(variance + at.layer.epsilon)
    shift = (0 if beta is None else beta) - mean * scale
    return way.put("affine", at.shape(way), (at.place,), (scale, shift))


def _rescaling(way: _Way, at: _At) -> int:
    return way.rescaled(at.place, at.layer.scale, at.layer.offset)


def _normalization(way: _Way, at: _At) -> int:
    mean, sd = statistics(at.layer, at.arrays)
    return way.rescaled(at.place, 1 / sd, -mean / sd)


def _layer_scale(way: _Way, at: _At) -> int:
    return way.rescaled(at.place, at.arrays[0].reshape(-1))


def _prelu(way: _Way, at: _At) -> int:
    return way.put("prelu", at.shape(way), (at.place,), at.arrays, many=at.arrays[0].size)


def _padding(way: _Way, at: _At) -> int:
    return way.put("padding", at.shape(way), (at.place,), **_window(at.axes))


def _activated(way: _Way, at: _At) -> int:
    layer = at.layer
    if not layer.bends:
        return _copy(way, at)
    told = {"slope": layer.negative_slope, "ceiling": layer.max_value, "threshold": layer.threshold}
    return way.put("bent", at.shape(way), (at.place,), **told)


def _copy(way: _Way, at: _At) -> int:
    """An activation by itself, or a new shape for the same numbers."""
    return way.put("copy", at.shape(way), (at.place,), activation=_activation(at.layer))


PUTS: dict[type[Layer], Callable[[_Way, _At], int]] = {
    kinds.Conv2D: _convolution,
    kinds.DepthwiseConv2D: _convolution,
    kinds.SeparableConv2D: _separable,
    kinds.Conv2DTranspose: _transposed,
    kinds.MaxPooling2D: _pooling,
    kinds.AveragePooling2D: _pooling,
    kinds.GlobalAveragePooling2D: _global_pooling,
    kinds.GlobalMaxPooling2D: _global_pooling,
    kinds.UpSampling2D: _up_sampling,
    kinds.ZeroPadding2D: _padding,
    kinds.Cropping2D: _cropping,
    kinds.BatchNormalization: _batch_norm,
    kinds.Normalization: _normalization,
    kinds.LayerScale: _layer_scale,
    kinds.Activation: _activated,
    kinds.PReLU: _prelu,
    kinds.LayerNormalization: _layer_norm,
    kinds.GroupNormalization: _group_norm,
    kinds.Rescaling: _rescaling,
    kinds.SelfAttention2D: _attention,
    kinds.PositionEmbedding: _position_embedding,
    kinds.Flatten: _copy,
    kinds.Dense: _dense,
}
"""How a kind becomes steps, and the number of what it gives; others do not run in the browser."""
