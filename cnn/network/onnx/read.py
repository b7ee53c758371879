"""A network from an ONNX file, read as data: its layers, and the arrays that they take along.

Nothing in the file is run. What PyTorch's and Keras' exporters write is understood, where layers
here say it; every other operator is refused by its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from graphlib import CycleError, TopologicalSorter

from cnn.network import feed as feeds
from cnn.network.architecture import MAX_LAYERS
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.model import Weights
from cnn.network.keras.read import Imported, imported_from
from cnn.network.keras.read_front import asked_for
from cnn.network.keras.read_graph import Node
from cnn.network.keras.read_options import Notes
from cnn.network.layers import Activation, GlobalAveragePooling2D, GlobalMaxPooling2D
from cnn.network.onnx import read_features, read_merges, read_shapes, read_values, read_windows
from cnn.network.onnx.flow import Form, Reading, Value
from cnn.network.onnx.folds import folded
from cnn.network.onnx.messages import TYPES, Model, Op
from cnn.network.onnx.parse import Elsewhere, parsed
from cnn.network.onnx.write import PIXELS
from cnn.network.shapes import MapShape
from cnn.network.trace import trace

OWN_DOMAINS = ("", "ai.onnx")
Read = Callable[[Reading, Op], None]


def read_onnx_model(
    content: bytes | memoryview, size: MapShape | None = None, elsewhere: Elsewhere | None = None
) -> tuple[Imported, Weights]:
    """The network in an ONNX file's content, and its weights.

    `size` stands in for sizes of the input that the file leaves open; `elsewhere` reads the bytes
    of files that lie beside it.
    """
    model = parsed(content, elsewhere)
    reading, output = _read(model, size)
    nodes, place = _used(reading, output.node)
    notes = Notes()
    if output.order is not None:
        notes.others.append(
            "Its output is laid out row by row here, all channels of a cell together."
        )
    found = imported_from(nodes, place, model.name, notes)
    said = model.facts.get(PIXELS, "")
    if said:
        architecture = replace(found.architecture, feed=feeds.read(said))
        found = replace(found, architecture=architecture, says_pixels=True, normalizes=False)
    rows = [row for row in trace(found.architecture).rows if row.weights]
    return found, {row.name: reading.arrays[found.layer_names[row.name]] for row in rows}


def _read(model: Model, size: MapShape | None) -> tuple[Reading, Value]:
    """All that leads to the output, in an order in which each comes after what it takes."""
    name, start, image = _input(model, size)
    if len(model.outputs) != 1:
        raise ArchitectureError(
            f"the model has {len(model.outputs)} outputs, but a network here has one. Use a model "
            "with one."
        )
    output = model.outputs[0].name
    ops = _needed(model, output)
    uses = Counter(key for op in ops for key in op.inputs)
    uses[output] += 1
    reading = Reading(model.opset, dict(model.arrays), uses)
    reading.values[name] = start
    reading.nodes.append(image)
    for op in ops:
        _follow(reading, op)
        if len(reading.nodes) > MAX_LAYERS:
            raise ArchitectureError(f"more than {MAX_LAYERS:,} layers. Use a smaller model.")
    found = reading.values.get(output)
    if found is None or found.form not in (Form.FIRST, Form.LAST, Form.FLAT):
        raise ArchitectureError(
            f"the output {shown(output)} is not made of the input. Export the model again."
        )
    return reading, found


def _follow(reading: Reading, op: Op) -> None:
    if op.domain not in OWN_DOMAINS:
        raise op.error(f"it belongs to {shown(op.domain)}, not to ONNX itself. Export without it.")
    if not op.outputs or not op.outputs[0]:
        raise op.error("it gives nothing. Export the model again.")
    flows = any(name in reading.values for name in op.inputs)
    if not flows:
        given = [reading.given(op, place) for place, name in enumerate(op.inputs) if name]
        found = folded(op, [one for one in given if one is not None])
        reading.constants[op.outputs[0]] = found
        return
    if op.kind not in READS:
        raise op.error(f"there is no such operator here. Known are {', '.join(sorted(READS))}.")
    try:
        READS[op.kind](reading, op)
    except ArchitectureError as error:
        raise error if error.where else op.error(error.problem) from None
    except (ValueError, LookupError, OverflowError):  # an array of another size than the others
        raise op.error("its arrays and numbers do not fit together. Export it again.") from None


def _input(model: Model, size: MapShape | None) -> tuple[str, Value, Node]:
    """The model's only input: its name, what flows from it, and its node."""
    inputs = [one for one in model.inputs if one.name not in model.arrays]
    if len(inputs) != 1:
        raise ArchitectureError(
            f"the model has {len(inputs)} inputs, but a network here has one. Use a model with one."
        )
    (given,) = inputs
    node = Node(given.name, "InputLayer", {})
    if len(given.sizes) != 4:
        raise node.error(
            f"it has {len(given.sizes)} axes, but a network here begins with images, which have "
            "four: how many, channels, height and width."
        )
    if given.kind not in TYPES:
        raise node.error("it takes no numbers. A network here reads the pixels of an image.")
    batch, *sizes = (one if isinstance(one, int) and one > 0 else None for one in given.sizes)
    form = Form.LAST if _is_last(model, given.name) else Form.FIRST
    ours = sizes if form is Form.LAST else [*sizes[1:], sizes[0]]
    if size is not None:
        ours = [other if one is None else one for one, other in zip(ours, size, strict=True)]
    if any(one is None for one in ours):
        raise node.error(
            f"the input is {shown(tuple(given.sizes))}, but every size must be known. "
            f"{asked_for(tuple(ours))}"
        )
    shape = tuple(one or 1 for one in ours)
    first = None if batch is None else int(batch)
    start = Node(given.name, "InputLayer", {"batch_shape": [first, *shape]})
    return given.name, Value(0, shape, form), start


def _is_last(model: Model, name: str) -> bool:
    """Whether channels come last in the input: where it is turned to have them first."""
    behind: dict[str, list[Op]] = {}
    for op in model.ops:
        for key in op.inputs:
            behind.setdefault(key, []).append(op)
    todo, seen = [name], {name}
    while todo:
        for op in behind.get(todo.pop(), ()):
            if op.kind == "Transpose":
                return op.attributes.get("perm") == read_shapes.TO_FIRST
            if op.kind == "Reshape" and _puts_last_first(model, op, name):
                return True
            if op.kind in ("Conv", "MaxPool", "AveragePool", "Flatten", "Gemm", "Reshape"):
                return False
            fresh = [one for one in op.outputs if one not in seen]
            seen.update(fresh)
            todo += fresh
    return False


def _puts_last_first(model: Model, op: Op, name: str) -> bool:
    """Whether a Reshape makes N x 1 x H x W of N x H x W x 1, as tf2onnx turns those."""
    sizes = next(one.sizes for one in model.inputs if one.name == name)
    target = model.arrays.get(op.inputs[1]) if len(op.inputs) > 1 else None
    if target is None or target.size != 4 or len(sizes) != 4:
        return False
    wanted = tuple(map(int, target.reshape(-1)[1:]))
    return wanted[0] == sizes[3] == 1 and (sizes[1], sizes[2]) == wanted[1:]


def _needed(model: Model, output: str) -> list[Op]:
    """The operators that the output is made by, each behind those that it takes from."""
    makers: dict[str, int] = {}
    for place, op in enumerate(model.ops):
        for name in filter(None, op.outputs):
            if name in makers:
                raise op.error(f"{shown(name)} is given by two nodes. Export the model again.")
            makers[name] = place
    todo = [makers[output]] if output in makers else []
    sources: dict[int, set[int]] = {}
    while todo:
        place = todo.pop()
        if place in sources:
            continue
        sources[place] = {makers[name] for name in model.ops[place].inputs if name in makers}
        todo += sources[place]
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        circle = [model.ops[place].called for place in error.args[1][:4]]
        raise ArchitectureError(
            f"its nodes go round in a circle: {', '.join(map(shown, circle))}."
        ) from None
    return [model.ops[place] for place in order]


def _used(reading: Reading, output: int) -> tuple[list[Node], int]:
    """The nodes that lead to the output, and its place among them."""
    kept, todo = {0}, [output]
    while todo:
        place = todo.pop()
        if place not in kept:
            kept.add(place)
            todo += reading.nodes[place].inputs
    places = {old: new for new, old in enumerate(sorted(kept))}
    nodes = [
        replace(reading.nodes[old], inputs=tuple(places[one] for one in reading.nodes[old].inputs))
        for old in sorted(kept)
    ]
    return nodes, places[output]


def _activations(words: Iterable[tuple[str, str]]) -> dict[str, Read]:
    return {
        kind: partial(
            lambda reading, op, layer: read_values.activation(reading, op, layer), layer=layer
        )
        for kind, layer in ((kind, Activation(word)) for kind, word in words)
    }


def _same(reading: Reading, op: Op) -> None:
    reading.put(op, reading.value(op))


READS: dict[str, Read] = {
    "Conv": read_windows.conv,
    "ConvTranspose": read_windows.transposed,
    "MaxPool": read_windows.max_pool,
    "AveragePool": read_windows.average_pool,
    "GlobalAveragePool": partial(read_windows.global_pool, kind=GlobalAveragePooling2D),
    "GlobalMaxPool": partial(read_windows.global_pool, kind=GlobalMaxPooling2D),
    "ReduceMean": partial(read_windows.reduced, kind=GlobalAveragePooling2D),
    "ReduceMax": partial(read_windows.reduced, kind=GlobalMaxPooling2D),
    "Pad": read_windows.pad,
    "Slice": read_windows.cut,
    "Resize": read_windows.resize,
    "Upsample": read_windows.resize,
    "Gemm": read_features.gemm,
    "MatMul": read_features.matmul,
    "BatchNormalization": read_features.batch_norm,
    "LayerNormalization": read_features.layer_norm,
    "InstanceNormalization": read_features.instance_norm,
    "GroupNormalization": read_features.group_norm,
    "Flatten": read_shapes.flatten,
    "Reshape": read_shapes.reshape,
    "Squeeze": read_shapes.squeeze,
    "Unsqueeze": read_shapes.unsqueeze,
    "Transpose": read_shapes.transpose,
    "Shape": read_shapes.shape,
    "Identity": _same,
    "Cast": read_values.cast,
    "Dropout": read_values.dropout,
    **_activations(
        (
            ("Relu", "relu"),
            ("Sigmoid", "sigmoid"),
            ("Tanh", "tanh"),
            ("Softplus", "softplus"),
            ("Softsign", "softsign"),
            ("HardSwish", "hard_silu"),
            ("Swish", "silu"),
        )
    ),
    "LeakyRelu": read_values.leaky,
    "ThresholdedRelu": read_values.thresholded,
    "Elu": read_values.elu,
    "Selu": read_values.selu,
    "Gelu": read_values.gelu,
    "HardSigmoid": read_values.hard_sigmoid,
    "Softmax": read_values.softmax,
    "Clip": read_values.clip,
    "PRelu": read_values.prelu,
    "Mish": read_merges.mish,
    "Greater": read_merges.greater,
    "Where": read_merges.where,
    "Erf": read_merges.erf,
    "Div": read_merges.merged,
    "Min": read_merges.merged,
    **dict.fromkeys(read_merges.MERGES, read_merges.merged),
}
"""What each operator becomes, where an image's values flow into it."""
