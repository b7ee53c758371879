"""A network as a Keras model, its weights both ways, and every number checked against Keras.

The Keras layer that is called as a row (`conv2d_3`) holds the row's weights; layers that only help
it carry its name and what they do (`conv2d_3_padding`). Keras is imported by calling, not before.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import Architecture
from cnn.network.errors import Path
from cnn.network.keras.own_layers import OWN
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Container,
    Convolution,
    Layer,
    Layers,
    LayerScale,
    MaxPooling2D,
    PReLU,
    Residual,
    SelfAttention2D,
    StochasticDepth,
    rules,
)
from cnn.network.layers.merges import MERGES
from cnn.network.shapes import Shape, shape_text
from cnn.network.trace import Row, Trace, trace

if TYPE_CHECKING:
    import keras

Weights = dict[str, tuple[npt.NDArray[np.float32], ...]]
"""The arrays of each row that has any, by `row.name`, in the order of `row.weights`."""


class WeightsError(ValueError):
    """Weights that do not belong to the network: which, what was wanted, what came."""


def build(architecture: Architecture) -> keras.Model:
    """The Keras model of the network; its layers carry the names of the trace's rows."""
    import keras

    rows = {row.path: row for row in trace(architecture).rows}
    image = keras.Input(architecture.input, name="input")
    output = _Builder(rows, keras.layers).series(architecture.layers, (), image)
    # TensorFlow names scopes after the model, and refuses all but plain letters there.
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", architecture.name)
    return keras.Model(image, output, name=name if name[0].isalnum() else f"network{name}")


def by_place(weights: Weights) -> dict[str, npt.NDArray[np.float32]]:
    """Each array under its row and its place among the row's: `conv2d_1/0`."""
    return {f"{row}/{i}": one for row, arrays in weights.items() for i, one in enumerate(arrays)}


def output_name(row: Row) -> str:
    """The Keras layer that gives a row's output: the last of those the row was built as."""
    if isinstance(row.layer, SelfAttention2D):
        return f"{row.name}_map"
    if isinstance(row.layer, Residual) and row.layer.activation:
        return f"{row.name}_activation"
    return row.name


def weights_of(model: keras.Model, architecture: Architecture) -> Weights:
    """The model's weights, by the names of the trace's rows."""
    traced = trace(architecture)
    found = {row.name: tuple(layer.get_weights()) for row, layer in _holders(model, traced)}
    check_weights(found, traced)
    return found


def set_weights(model: keras.Model, architecture: Architecture, weights: Weights) -> None:
    """Puts weights into the model: all of them, or none where one does not fit."""
    traced = trace(architecture)
    holders = _holders(model, traced)
    check_weights({row.name: tuple(layer.weights) for row, layer in holders}, traced)
    check_weights(weights, traced)
    for row, layer in holders:
        layer.set_weights(list(weights[row.name]))
    settle(model)


def settle(model: keras.Model) -> None:
    """Has each Normalization compute with its weights as they are now: it keeps copies of them."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def differences(architecture: Architecture, model: keras.Model) -> tuple[str, ...]:
    """What Keras counts otherwise than the trace, a sentence each; empty where all agree."""
    traced = trace(architecture)
    layers = {layer.name: layer for layer in model.layers}
    found = []
    for row in traced.rows:
        missing = sorted({row.name, output_name(row)} - layers.keys())
        found += [f"{row.title}: the Keras model has no layer {name}." for name in missing]
        if not missing:
            found += _row_differences(row, layers[row.name], layers[output_name(row)])
    whole = (
        ("input", shape_text(architecture.input), shape_text(model.input_shape[1:])),
        ("output", shape_text(traced.output_shape), shape_text(model.output_shape[1:])),
        ("parameters", f"{traced.total_params:,}", f"{model.count_params():,}"),
    )
    return (*found, *_sentences("The network", whole))


def _row_differences(row: Row, holder: keras.Layer, last: keras.Layer) -> list[str]:
    trainable = sum(math.prod(weight.shape) for weight in holder.trainable_weights)
    wanted = [weight.shape for weight in row.weights]
    compared = (
        ("output", shape_text(row.output_shape), shape_text(last.output.shape[1:])),
        ("parameters", f"{row.params:,}", f"{holder.count_params():,}"),
        ("trainable parameters", f"{row.trainable_params:,}", f"{trainable:,}"),
        ("weights", _shapes(wanted), _shapes([tuple(weight.shape) for weight in holder.weights])),
    )
    return _sentences(row.title, compared)


def _sentences(where: str, compared: tuple[tuple[str, str, str], ...]) -> list[str]:
    return [
        f"{where}: {what} {ours} in the trace, {theirs} in Keras."
        for what, ours, theirs in compared
        if ours != theirs
    ]


def _shapes(shapes: list[Shape]) -> str:
    return ", ".join(map(shape_text, shapes)) or "none"


def _holders(model: keras.Model, traced: Trace) -> list[tuple[Row, keras.Layer]]:
    """Each row that has weights, with the Keras layer that holds them."""
    layers = {layer.name: layer for layer in model.layers}
    rows = [row for row in traced.rows if row.weights]
    for row in rows:
        if row.name not in layers:
            raise WeightsError(
                f"the Keras model {model.name} has no layer {row.name}. "
                "Use the model that build() makes of this network."
            )
    return [(row, layers[row.name]) for row in rows]


def check_weights(weights: Weights, traced: Trace) -> None:
    """Refuses weights that are not those of the trace's rows, name by name and shape by shape."""
    wanted = {row.name: [weight.shape for weight in row.weights] for row in traced.rows}
    for name in weights:
        if not wanted.get(name):
            network = traced.architecture.name
            raise WeightsError(f"the network {network} has no weights {name}. Leave them out.")
    for name, shapes in wanted.items():
        got = [tuple(array.shape) for array in weights.get(name, ())]
        if got != shapes:
            raise WeightsError(
                f"{name} needs weights of the shapes {_shapes(shapes)}, got {_shapes(got)}. "
                "Use weights of the same network."
            )


@dataclass(frozen=True, slots=True)
class _Builder:
    """The rows by their path, and the module `keras.layers`."""

    rows: dict[Path, Row]
    keras: Any

    def series(self, layers: Layers, path: Path, x: Any) -> Any:
        for index, layer in enumerate(layers):
            x = self._layer(layer, (*path, index), x)
        return x

    def _layer(self, layer: Layer, path: Path, x: Any) -> Any:
        name = self.rows[path].name
        if isinstance(layer, Container):
            ends = [self.series(held, path + part, x) for part, held in layer.series()]
            return self._merge(layer, ends, name)
        if isinstance(layer, Convolution | AveragePooling2D) and isinstance(layer.padding, int):
            if layer.padding:
                x = self.keras.ZeroPadding2D(layer.padding, name=f"{name}_padding")(x)
            return self._same_in_keras(layer, x, name, padding="valid")
        if isinstance(layer, MaxPooling2D) and isinstance(layer.padding, int):
            return self._padded_max(layer, layer.padding, x, name)
        if isinstance(layer, Activation):
            if layer.bends:
                bend = layer.max_value, layer.negative_slope, layer.threshold
                return self.keras.ReLU(*bend, name=name)(x)
            return self.keras.Activation(layer.activation, name=name)(x)
        if isinstance(layer, StochasticDepth):
            return self.keras.Dropout(layer.rate, (None, 1, 1, 1), name=name)(x)
        if isinstance(layer, LayerScale):
            return self._layer_scale(layer, x, name)
        if isinstance(layer, PReLU):
            axes = (1, 2) if layer.shared else None
            return self.keras.PReLU(shared_axes=axes, name=name)(x)
        if isinstance(layer, SelfAttention2D):
            return self._attention(layer, self.rows[path], x)
        if type(layer) in OWN:
            return OWN[type(layer)]()(name=name)(x)
        return self._same_in_keras(layer, x, name)

    def _layer_scale(self, layer: LayerScale, x: Any, name: str) -> Any:
        """Keras has no layer for it but this: a kernel of one cell for each channel."""
        start = {"class_name": "Constant", "config": {"value": layer.init_values}}
        fields = {"use_bias": False, "depthwise_initializer": start}
        return self.keras.DepthwiseConv2D(1, **fields, name=name)(x)

    def _attention(self, layer: SelfAttention2D, row: Row, x: Any) -> Any:
        """The map as a list of its cells, which look at each other, and as a map again."""
        height, width, channels = row.input_shape
        cells = self.keras.Reshape((height * width, channels), name=f"{row.name}_cells")(x)
        look = self.keras.MultiHeadAttention(
            layer.heads, layer.key_size, use_bias=layer.use_bias, name=row.name
        )
        return self.keras.Reshape(row.output_shape, name=output_name(row))(look(cells, cells))

    def _merge(self, layer: Container, ends: list[Any], name: str) -> Any:
        if layer.scale != 1:
            ends[0] = self.keras.Rescaling(layer.scale, name=f"{name}_scale")(ends[0])
        x = getattr(self.keras, MERGES[layer.merge].keras)(name=name)(ends)
        if isinstance(layer, Residual) and layer.activation:
            x = self.keras.Activation(layer.activation, name=f"{name}_activation")(x)
        return x

    def _padded_max(self, layer: MaxPooling2D, padding: int, x: Any, name: str) -> Any:
        """Max pooling pads with minus infinity, which Keras does for `same` alone.

        At stride 1 `same` pads (K - 1) / 2 on each side; the windows that a smaller padding does
        not have are cropped, and of the rest every S-th is kept.
        """
        if padding == 0:
            return self._same_in_keras(layer, x, name, padding="valid")
        cropping = tuple(size // 2 - padding for size in layer.pool_size)
        strided = layer.strides != (1, 1)
        windows = f"{name}_windows" if strided or any(cropping) else name
        x = self.keras.MaxPooling2D(layer.pool_size, 1, "same", name=windows)(x)
        if any(cropping):
            x = self.keras.Cropping2D(cropping, name=f"{name}_cropping" if strided else name)(x)
        if strided:
            x = self.keras.MaxPooling2D(1, layer.strides, name=name)(x)
        return x

    def _same_in_keras(self, layer: Layer, x: Any, name: str, **changed: Any) -> Any:
        """A layer that Keras calls the same, with fields of the same names and meanings."""
        fields = {field: getattr(layer, field) for field in rules(type(layer))}
        return getattr(self.keras, layer.kind)(**fields | changed, name=name)(x)
