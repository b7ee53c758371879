"""A forward pass without TensorFlow: what every layer of a network makes of some images.

Owns the walk through the layers, as after training: dropout does nothing, batch normalisation uses
its moving statistics. What one layer does to its input is in `layer_passes`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.activations import Function, activation_function
from cnn.insight.passes.layer_passes import At, pass_of
from cnn.insight.passes.merge_passes import merged
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.errors import Path
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.layers import Axes, Container, Layer, Layers
from cnn.network.shapes import Shape, element_count, shape_text
from cnn.network.trace import Row, trace

# Measured: images whose activations fill about so many numbers are fastest together.
BATCH_NUMBERS = 1 << 21

HELD_NUMBERS = 1 << 22
"""Of what every layer gives, about so many numbers are held at once."""


class ImagesError(ValueError):
    """Images that do not fit the network: what it takes, what came, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """What each layer got and gave, under its `row.name` and in the trace's order.

    Maps are `[images, height, width, channels]`, vectors `[images, features]`. `linear` holds the
    values before the layer's own activation, where they were asked for.
    """

    output: Array
    outputs: dict[str, Array]
    inputs: dict[str, Array]
    linear: dict[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.outputs[name]


def forward(
    architecture: Architecture,
    weights: Weights,
    images: npt.ArrayLike,
    *,
    keep_linear: bool = False,
) -> Activations:
    """The output of every layer, containers included, for images `[N, height, width, channels]`.

    Images are from 0 to 1, red first: what the network is fed is made of them here.
    Weights of layers that the network does not have are ignored, so the first layers of a trained
    network run with the weights of all.
    """
    steps = steps_of(architecture)
    way = _Way(weights, keep_linear, {}, {}, {})
    output = way.follow(steps, architecture.fed.of(_batch(images, architecture.input)))
    return Activations(output, way.outputs, way.inputs, way.linear if keep_linear else {})


def predict(
    architecture: Architecture,
    weights: Weights,
    images: npt.ArrayLike,
    *,
    batch_size: int | None = None,
) -> Array:
    """The last output alone, for any number of images; a batch's activations fit in the cache."""
    batch = _batch(images, architecture.input)
    size = batch_size or fitting_images(architecture)
    parts = [
        forward(architecture, weights, batch[start : start + size]).output
        for start in range(0, max(1, len(batch)), size)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Step:
    """A row with everything worked out that a pass needs, and the steps it holds."""

    name: str
    title: str
    layer: Layer
    axes: Axes | None
    shapes: tuple[Shape, ...]
    activation: Function | None
    series: tuple[tuple[Step, ...], ...]


@remembered()
def steps_of(architecture: Architecture) -> tuple[Step, ...]:
    """The steps of a pass, in order; what a container holds is in its own step."""
    rows = {row.path: row for row in trace(architecture).rows}
    return _series(architecture.layers, (), rows)


def _series(layers: Layers, path: Path, rows: dict[Path, Row]) -> tuple[Step, ...]:
    return tuple(_step(rows[(*path, index)], rows) for index in range(len(layers)))


def _step(row: Row, rows: dict[Path, Row]) -> Step:
    layer = row.layer
    held = layer.series() if isinstance(layer, Container) else ()
    return Step(
        row.name,
        row.title,
        layer,
        row.axes,
        tuple(weight.shape for weight in row.weights),
        activation_function(layer),
        tuple(_series(layers, row.path + part, rows) for part, layers in held),
    )


def fitting_images(architecture: Architecture) -> int:
    """How many images are fastest together, which holds the memory down too."""
    return max(1, BATCH_NUMBERS // _numbers(architecture))


def held_images(architecture: Architecture, most: int) -> int:
    """How many images, at most so many, pass together where all that every layer gives is used."""
    return max(1, min(most, HELD_NUMBERS // _numbers(architecture)))


@remembered()
def _numbers(architecture: Architecture) -> int:
    """How many numbers the input and all outputs are for one image."""
    rows = trace(architecture).rows
    return element_count(architecture.input) + sum(element_count(row.output_shape) for row in rows)


def _batch(images: npt.ArrayLike, shape: Shape) -> Array:
    batch = np.asarray(images, np.float32)
    if batch.ndim == 4 and batch.shape[1:] == shape:
        return batch
    hint = "Resize the images, or change the network's input."
    if batch.shape == shape:
        hint = "Give a single image as images[None]."
    elif shape[2] == 1 and batch.shape[-2:] == shape[:2]:
        hint = "Add the channel axis with images[..., None]."
    raise ImagesError(
        f"images must be [N, {', '.join(map(str, shape))}], got {list(batch.shape)}. {hint}"
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """What was found so far, on the way through the network."""

    weights: Weights
    keep_linear: bool
    outputs: dict[str, Array]
    inputs: dict[str, Array]
    linear: dict[str, Array]

    def follow(self, steps: tuple[Step, ...], x: Array) -> Array:
        for step in steps:
            x = self.through(step, x)
        return x

    def through(self, step: Step, x: Array) -> Array:
        name = step.name
        for values in (self.inputs, self.outputs, self.linear):
            values[name] = x  # so that a container's place is before what it holds
        if isinstance(step.layer, Container):
            ends = [self.follow(series, x) for series in step.series]
            found = merged(step.layer, ends)
        else:
            at = At(step.layer, step.axes, self._arrays(step), x)
            found = pass_of(step.layer).forward(at)
        self.linear[name] = found
        if step.activation is not None:
            mine = found is not x and not self.keep_linear
            found = step.activation(found, found if mine else None)
        self.outputs[name] = found
        return found

    def _arrays(self, step: Step) -> tuple[Array, ...]:
        """The layer's weights, refused unless they are what the trace says."""
        if not step.shapes:
            return ()
        arrays = tuple(np.asarray(array, np.float32) for array in self.weights.get(step.name, ()))
        found = tuple(array.shape for array in arrays)
        if found != step.shapes:
            texts = [", ".join(map(shape_text, shapes)) for shapes in (step.shapes, found)]
            raise WeightsError(
                f"{step.title}: needs weights {texts[0]} under {step.name!r}, "
                f"got {texts[1] or 'none'}. Use this network's weights, or random_weights()."
            )
        return arrays
