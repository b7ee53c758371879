"""Keras' JSON as one flat graph of layers: submodels inlined, every layer called exactly once.

Nothing in the JSON is run, and Keras is not needed. Keras 2 and Keras 3 write the same facts in
different places. What a layer's options mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.origin import check_origin
from cnn.network.layers import Layer

MODELS = ("Sequential", "Functional", "Model")
PIPELINE = "Pipeline"
"""A layer that is a series of layers."""

ATTENTION = "MultiHeadAttention"
LOOKS_ELSEWHERE = "here a map looks at itself alone. Call it as layer(x, x), with one x for both."
ARRAYS = ("__tensor__", "__numpy__")
WITHOUT = (
    "As preprocess_input does that, save the model without it, and say how its pixels are fed: "
    "--pixels caffe for ResNet50 or VGG16, --pixels torch for DenseNet, the same words on a page."
)
MAX_CONNECTIONS = 2 * MAX_LAYERS
WITH_NUMBERS = ("ops.Add", "ops.Subtract", "ops.Multiply", "ops.TrueDivide", "ops.Divide")
READABLE = (
    "Only Sequential and functional models can be read; what a subclass of Model does is code."
)


@dataclass(frozen=True, slots=True)
class Node:
    """One Keras layer, or what is read like one, in its place: its name (after those of its
    submodels), class and options.

    The class of an operation such as `a + b` is written `ops.Add`.
    """

    name: str
    kind: str
    options: dict[str, Any]
    inputs: tuple[int, ...] = ()
    training: bool | None = None
    """What the model fixes the layer to, as in `layer(x, training=False)`."""
    keras_2: bool = False
    """Whether Keras 2 wrote it, where some words have another meaning."""
    numbers: tuple[float | None, ...] = ()
    """What `x + 3.0` and the like are called with, None being the layer; empty without a number."""
    made: Layer | None = None
    """What it is here, where whoever read it knows that already."""

    @property
    def title(self) -> str:
        """How messages call it."""
        kind = self.kind if self.kind.replace(".", "").isidentifier() else shown(self.kind)
        return f"layer {shown(self.name)} ({kind[:60]})"

    def error(self, problem: str) -> ArchitectureError:
        return ArchitectureError(problem, where=self.title)

    def blamed(self, error: ArchitectureError) -> ArchitectureError:
        """The error with this layer's name, unless it has named a layer already."""
        return error if error.where else self.error(error.problem)


def read_nodes(data: Any) -> tuple[list[Node], int]:
    """The layers of a model, inputs first, and which of them is the output; the first is the input.

    `data` is what `model.to_json()`, `model.get_config()` or `config.json` hold.
    """
    if isinstance(data, dict) and "class_name" not in data and "layers" in data:
        kind = "Functional" if "input_layers" in data else "Sequential"
        data = {"class_name": kind, "config": data}
    reader = _Reader()
    model = reader.entry(data)
    if model.kind not in MODELS:
        raise model.error(f"this is not a model. {READABLE}")
    output = reader.model(model, "", None, 0)
    version = data.get("keras_version")
    keras_2 = isinstance(version, str) and version.startswith(("1.", "2."))
    keras_2 |= any("batch_input_shape" in node.options for node in reader.nodes)
    return [replace(node, keras_2=keras_2) for node in reader.nodes], output


@dataclass(slots=True)
class _Reader:
    """The layers found so far."""

    nodes: list[Node] = field(default_factory=list)
    entries: int = 0
    connections: int = 0

    def entry(self, data: Any, prefix: str = "") -> Node:
        """A layer or a model as its JSON object describes it, not yet connected."""
        self.entries += 1
        if self.entries > MAX_LAYERS:
            raise ArchitectureError(f"more than {MAX_LAYERS:,} layers. Use a smaller model.")
        if not isinstance(data, dict) or not isinstance(data.get("class_name"), str):
            raise ArchitectureError(
                f"a Keras layer is an object with class_name and config, got {shown(data)}."
            )
        kind, options = data["class_name"], data.get("config")
        if isinstance(options, list):  # a Sequential model of the first Keras versions
            options = {"layers": options}
        if not isinstance(options, dict):
            raise ArchitectureError(f"the config of a {shown(kind)} is missing: {shown(options)}.")
        name = data.get("name", options.get("name", kind.lower()))
        if not isinstance(name, str):
            raise ArchitectureError(f"a layer's name must be a text, got {shown(name)}.")
        node = Node(prefix + name, _kind(kind, data.get("module")), options)
        check_origin(node.kind, data, node.error)
        return node

    def model(self, model: Node, prefix: str, feed: int | None, depth: int) -> int:
        """Adds a model's layers, fed by a node or by the model's own input; returns its output."""
        if depth > MAX_DEPTH:
            raise ArchitectureError(f"models are nested deeper than {MAX_DEPTH} levels.")
        layers = model.options.get("layers")
        if not isinstance(layers, list):
            raise model.error(f"it has no list of layers. {READABLE}")
        if model.kind in ("Sequential", PIPELINE):
            return self._sequential(model, layers, prefix, feed, depth)
        return self._functional(model, layers, prefix, feed, depth)

    def _sequential(
        self, model: Node, layers: list[Any], prefix: str, feed: int | None, depth: int
    ) -> int:
        for place, data in enumerate(layers):
            node = self.entry(data, prefix)
            if node.kind == "InputLayer":
                if place:
                    raise node.error("an input stands behind other layers. Remove it.")
                feed = self._add(node) if feed is None else feed
                continue
            if feed is None and node.kind not in MODELS:
                written = node.options.get("batch_input_shape")  # Keras 2
                shape = model.options.get("build_input_shape", written)
                feed = self._add(Node(f"{prefix}input", "InputLayer", {"batch_shape": shape}))
            feed = self._layer(node, () if feed is None else (feed,), depth)
        if feed is None:
            raise model.error("it has no layers and no input. Let it begin with an Input.")
        return feed

    def _functional(
        self, model: Node, layers: list[Any], prefix: str, feed: int | None, depth: int
    ) -> int:
        found: dict[str, Node] = {}
        sources: dict[str, tuple[str, ...]] = {}
        for data in layers:
            node = self.entry(data, prefix)
            name = node.name.removeprefix(prefix)
            if name in found:
                raise node.error("two layers have this name. Rename one of them.")
            sources[name], found[name] = self._call(node, data.get("inbound_nodes", []))
        start, end = _only(model, "input", found), _only(model, "output", found)
        if found[start].kind != "InputLayer":
            raise found[start].error(
                "it is the model's input, but not an Input. Put one before it."
            )
        places: dict[str, int] = {}
        for name in _inputs_first(model, found, sources):
            if name == start:
                places[name] = self._add(found[name]) if feed is None else feed
            elif sources[name]:
                inputs = tuple(places[source] for source in sources[name])
                places[name] = self._layer(found[name], inputs, depth)
            else:
                raise found[name].error("nothing feeds it. Let all layers follow one input.")
        return places[end]

    def _layer(self, node: Node, inputs: tuple[int, ...], depth: int) -> int:
        if node.kind not in (*MODELS, PIPELINE):
            return self._add(replace(node, inputs=inputs))
        if len(inputs) > 1:
            raise node.error(
                f"it has {len(inputs)} inputs, but a network here has one. Use a model with one."
            )
        first = len(self.nodes)
        output = self.model(node, f"{node.name}/", inputs[0] if inputs else None, depth + 1)
        if node.training is not None:
            self.nodes[first:] = [
                replace(inner, training=node.training) for inner in self.nodes[first:]
            ]
        return output

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _call(self, node: Node, calls: Any) -> tuple[tuple[str, ...], Node]:
        """The names of the layers that feed a layer, and the layer with what else it is given."""
        if not isinstance(calls, list):
            raise node.error(f"its inbound_nodes must be a list, got {shown(calls)}.")
        if not calls:
            return (), node
        if len(calls) > 1:
            raise node.error(
                f"it is shared: it is called {len(calls)} times, each time with the same weights. "
                "Here each layer stands in one place: give every place a layer of its own."
            )
        (call,) = calls
        named: dict[str, Any] = {}
        sources = []
        if isinstance(call, dict):  # Keras 3
            named = dict(call["kwargs"]) if isinstance(call.get("kwargs"), dict) else {}
            words = ("query", "value", "key") if node.kind == ATTENTION else ("inputs",)
            given = [call.get("args"), *(named.pop(word, None) for word in words)]
        else:  # Keras 2
            given = call
        items = list(_leaves(given))
        numbers = _numbers(node, items)
        for place, item in enumerate(items):
            if isinstance(item, list) and len(item) == 4 and isinstance(item[3], dict):
                named |= item[3]
            if not numbers or numbers[place] is None:
                sources.append(_source(node, item))
        self.connections += len(sources)
        if self.connections > MAX_CONNECTIONS:
            raise ArchitectureError(f"more than {MAX_CONNECTIONS:,} connections between layers.")
        training = named.pop("training", None)
        for name, value in named.items():
            if value is not False and any(True for _ in _leaves(value)):  # a `mask` may be empty
                raise node.error(f"it is called with {shown(name)}: {shown(value)}. Remove that.")
        if node.kind == ATTENTION:
            if len(sources) < 2 or len(set(sources)) > 1:
                raise node.error(LOOKS_ELSEWHERE)
            sources = sources[:1]
        training = training if isinstance(training, bool) else None
        return tuple(sources), replace(node, training=training, numbers=numbers)


def _numbers(node: Node, items: list[Any]) -> tuple[float | None, ...]:
    """What an operation is called with, where that is one number and one layer."""
    found = tuple(item if type(item) in (int, float) else None for item in items)
    is_one = len(found) == 2 and found.count(None) == 1
    return found if is_one and node.kind in WITH_NUMBERS else ()


def _kind(kind: str, module: Any) -> str:
    if isinstance(module, str) and module.startswith("keras.src.ops."):
        return f"ops.{kind}"
    return kind


def _leaves(value: Any) -> Iterator[Any]:
    """What lists and objects hold in the end, in order; a reference to a layer counts as one."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, list) and not _is_reference(item):
            todo += reversed(item)
        elif isinstance(item, dict) and "class_name" not in item:
            todo += reversed(item.values())
        elif item is not None:
            yield item


def _is_reference(item: Any) -> bool:
    """Whether this is `["conv2d", 0, 0]`, or the same with the arguments of the call behind it."""
    return (
        isinstance(item, list)
        and len(item) in (3, 4)
        and isinstance(item[0], str)
        and isinstance(item[1], int)
        and isinstance(item[2], int)
    )


def _source(node: Node, item: Any) -> str:
    """The name of the layer whose output a value of a call is."""
    if isinstance(item, dict) and item.get("class_name") == "__keras_tensor__":
        config = item.get("config")
        item = config.get("keras_history") if isinstance(config, dict) else None
    if not _is_reference(item):
        if node.kind == "ops.GetItem":
            raise node.error(f"it takes a part of its input, or turns it round. {WITHOUT}")
        if isinstance(item, dict) and item.get("class_name") in ARRAYS:
            raise node.error(f"it is called with an array of numbers. {WITHOUT}")
        raise node.error(f"it is called with {shown(item)}, not with the output of a layer.")
    if item[2]:
        raise node.error(f"it uses output {item[2] + 1} of {shown(item[0])}; use the first.")
    name: str = item[0]
    return name


def _only(model: Node, what: str, found: dict[str, Node]) -> str:
    """The name of the model's only input or output layer."""
    names = [_source(model, item) for item in _leaves(model.options.get(f"{what}_layers"))]
    if len(names) != 1:
        named = f" ({', '.join(map(shown, names[:3]))}{' ...' * (len(names) > 3)})" if names else ""
        raise model.error(
            f"it has {len(names)} {what}s{named}, but a network here has one. Use a model with one."
        )
    if names[0] not in found:
        raise model.error(f"its {what} {shown(names[0])} is not among its layers.")
    return names[0]


def _inputs_first(
    model: Node, found: dict[str, Node], sources: dict[str, tuple[str, ...]]
) -> list[str]:
    for name, feeds in sources.items():
        for feed in feeds:
            if feed not in found:
                raise found[name].error(f"it follows {shown(feed)}, which is not in the model.")
    try:
        return list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        raise model.error(f"its layers go round in a circle: {shown(error.args[1])}.") from None
