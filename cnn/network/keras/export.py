"""A network as a Keras script, as a person would write it by hand.

What equals Keras' own default is left out: the fields have Keras' words, order and defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import Path
from cnn.network.keras.own_layers import classes_text, registered_name
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Container,
    Convolution,
    Layer,
    Layers,
    LayerScale,
    MaxPooling2D,
    Pooling,
    PReLU,
    Residual,
    SelfAttention2D,
    StochasticDepth,
    ZeroPadding2D,
    defaults,
    rules,
)
from cnn.network.layers.merges import MERGES
from cnn.network.scripts.code import (
    WIDTH,
    Code,
    Line,
    call,
    docstring_text,
    model_name,
    number,
    pair,
    plain,
)
from cnn.network.scripts.feed import feed_words, numpy_function
from cnn.network.shapes import Shape, shape_text
from cnn.network.trace import Row, trace

BY_PLACE = ("pool_size", "rate", "size", "cropping")
"""Fields written though they have a default: Keras asks for them, or a reader does."""

Names = frozenset[str]


def keras_code(architecture: Architecture) -> Code:
    """The script that builds the network: `keras.Sequential` where it is a plain stack."""
    params = trace(architecture).params_text
    imports = "import keras\nfrom keras import layers" if architecture.layers else "import keras"
    feed, prepared = architecture.fed, ""
    if not feed.is_usual:
        imports = imports.replace("import keras", "import keras\nimport numpy as np", 1)
        prepared = f"{numpy_function(feed)}\n\n"
    classes = classes_text(architecture)
    prepared += f"{classes}\n\n\n" if classes else ""
    head = f"""\
\"""{docstring_text(architecture.name)} in Keras.

Input: {shape_text(architecture.input)}, pixels {feed_words(feed)}.
Exactly {params}.
\"""

{imports}


{prepared}"""
    tail = """

if __name__ == "__main__":
    build_model().summary()"""
    return Code((*plain(head)[:-1], *keras_function(architecture).lines, *plain(tail)))


def keras_function(architecture: Architecture, *, named: bool = False) -> Code:
    """The function `build_model` alone; it needs `keras`, its `layers`, and `classes_text`.

    Layers that have weights are `named` as the rows of the trace where they are to be found by it.
    """
    branching = (Container, SelfAttention2D)
    stack = architecture.layers and not any(isinstance(x, branching) for x in architecture.layers)
    made = _sequential(architecture, named) if stack else _functional(architecture, named)
    return Code((Line("def build_model():"), *made))


def _sequential(architecture: Architecture, named: bool) -> list[Line]:
    lines = [
        *plain("    return keras.Sequential(\n        ["),
        Line(f"            keras.Input(shape={architecture.input}),"),
    ]
    for index, row in enumerate(trace(architecture).rows):
        for step in _row_steps(row, named):
            lines += step.note_lines(12, (index,))
            lines += call(step.called, step.args, ",", indent=12, path=(index,))
    name = model_name(architecture.name)
    return [*lines, *plain(f'        ],\n        name="{name}",\n    )')]


def _functional(architecture: Architecture, named: bool) -> list[Line]:
    first = Line(f"    inputs = keras.Input(shape={architecture.input})")
    script = _Script({row.path: row for row in trace(architecture).rows}, [first], named)
    outputs = script.series(architecture.layers, (), "inputs", "x", frozenset())
    name = model_name(architecture.name)
    args = ("inputs", outputs, f'name="{name}"')
    return [*script.lines, *call("    return keras.Model", args)]


@dataclass(frozen=True, slots=True)
class _Step:
    """One Keras layer of those that make up a layer of ours, and what it is there for."""

    kind: str
    args: tuple[str, ...]
    note: str = ""
    inputs: int = 1
    """How often it is given what comes before it."""

    @property
    def called(self) -> str:
        return self.kind if registered_name(self.kind) else f"layers.{self.kind}"

    def note_lines(self, indent: int, path: Path) -> tuple[Line, ...]:
        return (Line(f"{' ' * indent}# {self.note}", path),) if self.note else ()


def _row_steps(row: Row, named: bool) -> tuple[_Step, ...]:
    """The Keras layers of a row, the one that holds its weights by the row's name if `named`."""
    steps = _steps(row.layer, row.input_shape)
    if not (named and row.weights):
        return steps
    place = 1 if isinstance(row.layer, SelfAttention2D) else len(steps) - 1
    holder = replace(steps[place], args=(*steps[place].args, f'name="{row.name}"'))
    return (*steps[:place], holder, *steps[place + 1 :])


def _steps(layer: Layer, shape: Shape) -> tuple[_Step, ...]:
    if isinstance(layer, Activation) and layer.bends:
        return (_Step("ReLU", _arguments(layer)[1:]),)
    if isinstance(layer, StochasticDepth):
        return (_Step("Dropout", (number(layer.rate), "noise_shape=(None, 1, 1, 1)")),)
    if isinstance(layer, LayerScale):
        start = f"depthwise_initializer=keras.initializers.Constant({number(layer.init_values)})"
        return (_Step("DepthwiseConv2D", ("1", "use_bias=False", start), "LayerScale"),)
    if isinstance(layer, PReLU):
        return (_Step("PReLU", ("shared_axes=(1, 2)",) if layer.shared else ()),)
    if isinstance(layer, SelfAttention2D):
        return _attention(layer, shape)
    padding = getattr(layer, "padding", None)
    if type(padding) is not int or padding == 0:
        return (_Step(layer.kind, _arguments(layer)),)
    if isinstance(layer, MaxPooling2D):
        return _padded_max_pooling(layer, padding)
    assert isinstance(layer, (Convolution, AveragePooling2D))
    unpadded = replace(layer, padding="valid")
    return _Step("ZeroPadding2D", (str(padding),)), _Step(layer.kind, _arguments(unpadded))


def _attention(layer: SelfAttention2D, shape: Shape) -> tuple[_Step, ...]:
    """The cells as a list, which Keras has look at itself, and as the map again."""
    height, width, channels = shape
    sizes = (f"num_heads={layer.heads}", f"key_dim={layer.key_size}")
    bias = () if layer.use_bias else ("use_bias=False",)
    return (
        _Step("Reshape", (str((height * width, channels)),)),
        _Step("MultiHeadAttention", (*sizes, *bias), inputs=2),
        _Step("Reshape", (str(shape),)),
    )


def _padded_max_pooling(layer: MaxPooling2D, padding: int) -> tuple[_Step, ...]:
    """Keras can only pad by zeros, which would win where all inputs are negative."""
    margin = (layer.pool_size[0] // 2 - padding, layer.pool_size[1] // 2 - padding)
    own = _Step("MaxPooling2D", _arguments(replace(layer, padding="valid")))
    note = f"{own.kind}({', '.join(own.args)}) with padding={padding} by minus infinity"
    window = (pair(layer.pool_size), "strides=1", 'padding="same"')
    steps = [_Step("MaxPooling2D", window, note)]
    if any(margin):
        steps.append(_Step("Cropping2D", (pair(margin),)))
    if max(layer.strides) > 1:
        steps.append(_Step("MaxPooling2D", ("1", f"strides={pair(layer.strides)}")))
    return tuple(steps)


def _arguments(layer: Layer) -> tuple[str, ...]:
    """What a Keras layer is called with: what must be given by place, the rest by name."""
    usual = defaults(type(layer))
    if isinstance(layer, Pooling):
        usual["strides"] = layer.pool_size
    args = []
    for name, rule in rules(type(layer)).items():
        value = getattr(layer, name)
        if name not in usual or name in BY_PLACE or isinstance(layer, ZeroPadding2D):
            args.append(_literal(rule.write(value)))
        elif value != usual[name] and (name, value) != ("padding", 0):
            args.append(f"{name}={_literal(rule.write(value))}")
    return tuple(args)


def _literal(value: Any) -> str:
    """A plain JSON value as Python."""
    if isinstance(value, list):
        return f"({', '.join(map(_literal, value))})"
    if isinstance(value, str):
        return f'"{value}"'
    return number(value) if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class _Script:
    """The lines of a functional model so far. `taken` are the variables still needed."""

    rows: dict[Path, Row]
    lines: list[Line]
    named: bool

    def series(self, layers: Layers, path: Path, source: str, target: str, taken: Names) -> str:
        """Writes the layers, from one variable into another; the one that holds the result."""
        for index, layer in enumerate(layers):
            here = (*path, index)
            if isinstance(layer, Residual):
                self.residual(layer, here, source, target, taken)
            elif isinstance(layer, Branches):
                self.branches(layer, here, source, target, taken)
            else:
                self.layer(layer, here, source, target)
            source = target
        return source

    def layer(self, layer: Layer, path: Path, source: str, target: str) -> None:
        row = replace(self.rows[path], layer=layer)
        for step in _row_steps(row, self.named):
            head = f"{target} = {step.called}"
            self.lines.extend(step.note_lines(4, path))
            given = ", ".join([source] * step.inputs)
            self.lines.extend(call(head, step.args, f"({given})", indent=4, path=path))
            source = target

    def residual(self, layer: Residual, path: Path, source: str, target: str, taken: Names) -> None:
        self.begin(path)
        shortcut = _free("shortcut", taken)
        start = source
        if (layer.body or layer.scale != 1) and source == target:
            self.lines.append(Line(f"    {shortcut} = {source}", path))
            start = shortcut
        taken |= {shortcut}
        body = self.series(layer.body, (*path, "body"), source, target, taken)
        beside = self.series(layer.shortcut, (*path, "shortcut"), start, shortcut, taken)
        if layer.scale != 1:
            head, scale = f"{target} = layers.Rescaling", (number(layer.scale),)
            self.lines.extend(call(head, scale, f"({body})", indent=4, path=path))
            body = target
        self.merge(layer, (body, beside), target, path)
        if layer.activation:
            self.layer(Activation(layer.activation), path, target, target)
        self.end(path)

    def branches(self, layer: Branches, path: Path, source: str, target: str, taken: Names) -> None:
        self.begin(path)
        names = _branch_names(layer, source, target, taken)
        taken |= frozenset(names)
        ends = [
            self.series(branch, (*path, "branches", index), source, names[index], taken)
            for index, branch in enumerate(layer.branches)
        ]
        self.merge(layer, ends, target, path)
        self.end(path)

    def merge(self, layer: Container, parts: Sequence[str], target: str, path: Path) -> None:
        head = f"{target} = layers.{MERGES[layer.merge].keras}()"
        lines = call(head, (f"[{', '.join(parts)}]",), indent=4, path=path)
        if any(len(line.text) > WIDTH for line in lines):
            texts = [f"    {head}(", "        [", *(f"            {part}," for part in parts)]
            lines = tuple(Line(text, path) for text in (*texts, "        ]", "    )"))
        self.lines.extend(lines)

    def begin(self, path: Path) -> None:
        """Sets a block of the main line apart, under its name."""
        if len(path) == 1:
            blank = [Line()] if self.lines[-1].text else []
            self.lines.extend([*blank, Line(f"    # {self.rows[path].title}", path)])

    def end(self, path: Path) -> None:
        if len(path) == 1:
            self.lines.append(Line())


def _free(name: str, taken: Names) -> str:
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name}_{count}"
    return free


def _branch_names(layer: Branches, source: str, target: str, taken: Names) -> list[str]:
    """A variable for each branch; branches inside branches are called after those."""
    stem = "branch"
    if any(name.startswith(stem) for name in taken):
        stem = target if stem in target else f"{target}_{stem}"
    if sum(map(bool, layer.branches)) == 1 and stem == "branch" and stem not in taken:
        return [stem for _ in layer.branches]
    return [f"{stem}_{number}" for number, _ in enumerate(layer.branches, 1)]
