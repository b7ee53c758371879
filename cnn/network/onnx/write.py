"""A network with its weights as an ONNX file, which needs nothing of this program to run.

Channels stand before height and width, as ONNX has its operators and PyTorch its images: so nothing
is turned round at the border, and every program finds what it expects. The input is called
`image_nchw`, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import IO

from cnn.network.architecture import Architecture
from cnn.network.errors import Path
from cnn.network.keras.model import Weights, check_weights
from cnn.network.layers import Container, Layers
from cnn.network.onnx.activations import activated
from cnn.network.onnx.kinds import WRITES, idle
from cnn.network.onnx.messages import Model, Op, Tensor, written
from cnn.network.onnx.sheet import Place, Sheet, scalar, sizes
from cnn.network.shapes import Shape
from cnn.network.trace import Row, trace
from cnn.version import VERSION

INPUT, OUTPUT = "image_nchw", "output"
PIXELS, CLASSES = "pixels", "class_names"
"""What the file says beside the graph: the range it is fed, and what its outputs are called."""


def write_onnx(
    architecture: Architecture, weights: Weights, into: IO[bytes], class_names: Sequence[str] = ()
) -> None:
    """Writes the file; raises `WeightsError` for weights of another network."""
    for piece in written(onnx_model(architecture, weights, class_names)):
        into.write(piece)


def onnx_model(
    architecture: Architecture, weights: Weights, class_names: Sequence[str] = ()
) -> Model:
    """The network as a graph."""
    seen = trace(architecture)
    if seen.fault is not None:
        raise seen.fault
    check_weights(weights, seen)
    writer = _Writer({row.path: row for row in seen.rows}, weights, Sheet())
    end = writer.series(architecture.layers, (), INPUT)
    sheet = writer.sheet
    facts = {PIXELS: architecture.fed.text, "layout": "NCHW"}
    facts |= {CLASSES: json.dumps(list(class_names), ensure_ascii=False)} if class_names else {}
    return Model(
        architecture.name,
        _with_output(sheet.ops, end),
        sheet.arrays,
        (Tensor(INPUT, ("N", *channels_first(architecture.input))),),
        (Tensor(OUTPUT, ("N", *channels_first(seen.output_shape))),),
        facts,
        producer=("CNN Workbench", VERSION),
        words=f"Images as (N, channels, height, width), pixels {architecture.fed.words}.",
    )


def channels_first(shape: Shape) -> Shape:
    return shape[-1:] + shape[:-1]


def _with_output(ops: Sequence[Op], end: str) -> list[Op]:
    """The operators, of which the last gives the output under its name."""
    if end == INPUT:
        return [*ops, Op("Identity", (INPUT,), (OUTPUT,), OUTPUT)]
    return [replace(op, outputs=(OUTPUT,)) if op.outputs == (end,) else op for op in ops]


@dataclass(frozen=True, slots=True)
class _Writer:
    """The rows by their path, and what is being written."""

    rows: dict[Path, Row]
    weights: Weights
    sheet: Sheet

    def series(self, layers: Layers, path: Path, x: str) -> str:
        """Writes layers one after the other, and gives the name of what the last one gives."""
        for index, _ in enumerate(layers):
            x = self._layer(self.rows[*path, index], x)
        return x

    def _layer(self, row: Row, x: str) -> str:
        held = self.weights.get(row.name, ())
        arrays = {weight.name: array for weight, array in zip(row.weights, held, strict=True)}
        place = Place(row, arrays, self.sheet)
        if isinstance(row.layer, Container):
            ends = [self.series(layers, row.path + part, x) for part, layers in row.layer.series()]
            return activated(place, self._merged(place, row.layer, ends))
        if row.layer.is_idle:
            return idle(place, x)
        return activated(place, WRITES[type(row.layer)](place, x))

    def _merged(self, place: Place, layer: Container, ends: list[str]) -> str:
        if layer.scale != 1:
            ends[0] = place.op("Mul", ends[0], scalar(layer.scale))
        for index, shape in enumerate(place.row.merged_shapes):
            if len(shape) < len(place.row.output_shape):  # a vector among maps is one of 1x1
                ends[index] = place.op("Reshape", ends[index], sizes(0, shape[0], 1, 1))
        return MERGING[layer.merge](place, ends)


def _each_in_turn(kind: str) -> Callable[[Place, list[str]], str]:
    """An operator of two, for any number of ends."""

    def merge(place: Place, ends: list[str]) -> str:
        found, *others = ends
        for other in others:
            found = place.op(kind, found, other)
        return found

    return merge


MERGING: dict[str, Callable[[Place, list[str]], str]] = {
    "concatenate": lambda place, ends: place.op("Concat", *ends, axis=1),
    "add": _each_in_turn("Add"),
    "multiply": _each_in_turn("Mul"),
    "maximum": lambda place, ends: place.op("Max", *ends),
    "average": lambda place, ends: place.op("Mean", *ends),
    "subtract": _each_in_turn("Sub"),
}
"""What joins the ends of a container's series, by the word of its merge."""
