"""A network as a PyTorch module, as a person would write it by hand, and its weights.

With the weights of a Keras model carried over by `torch_state`, the module gives the same outputs.
Fresh weights are PyTorch's own, and in training its batch norm keeps the unbiased variance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from cnn.network.architecture import Architecture
from cnn.network.errors import Path, shown
from cnn.network.heads import averaged, end_activation
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.layers import (
    Flatten,
    GlobalAveragePooling2D,
    GlobalPooling,
    Normalization,
    Weight,
)
from cnn.network.scripts.code import WIDTH, Code, Line, call, class_name, docstring_text, plain
from cnn.network.scripts.feed import feed_words, torch_function
from cnn.network.shapes import Shape
from cnn.network.torch.layers import flatten, modules
from cnn.network.torch.modules import HELPERS, Array, Carried, Module, Modules, sequential
from cnn.network.trace import Row, Trace, trace


def torch_code(architecture: Architecture, weights_file: str = "") -> Code:
    """The script with the module's class, and the helper classes it needs; with a function that
    makes the trained network, where its weights lie beside the script in a `weights_file`.
    """
    seen = trace(architecture)
    name = class_name(architecture.name, HELPERS)
    made = tuple(_plan(seen).lines())
    calls = set(re.findall(r"(?<![\w.])\w+(?=\()", Code(made).text))
    helpers = "".join(f"\n\n{HELPERS[helper]}\n" for helper in HELPERS if helper in calls)
    feed = architecture.fed
    helpers += "" if feed.is_usual else f"\n\n{torch_function(feed)}"
    head = plain(f"{_head(seen, weights_file)}\n{helpers}\n\nclass {name}(nn.Module):")
    if not weights_file:
        return Code((*head, *made, *plain(_tail(seen, f"{name}().eval()"))))
    trained = plain(_trained(name, weights_file))
    return Code((*head, *made, *trained, *plain(_tail(seen, "trained()"))))


def torch_state(architecture: Architecture, weights: Weights) -> dict[str, Array]:
    """A Keras model's weights as the state dict of the PyTorch module, in NumPy.

    `model.load_state_dict({key: torch.from_numpy(array) for key, array in state.items()})`
    """
    seen = trace(architecture)
    rows = {row.path: row for row in seen.rows}
    state = {}
    for attribute, root in _plan(seen).held:
        for key, module in root.walk(f"{attribute}."):
            if module.carried:
                named = _named(rows[module.path], weights)
            for array in module.carried:
                laid_out = array.layout(named[array.weight])
                state[key + array.key] = np.asarray(laid_out, order="C")
    return state


def torch_weights(architecture: Architecture, state: Mapping[str, Array]) -> Weights:
    """The other way round: the weights that a state dict of the module holds, all of them.

    What counts batches in PyTorch's batch norm is left out; every other key has to be the module's.
    """
    seen = trace(architecture)
    rows = {row.path: row for row in seen.rows}
    wanted = {
        key + array.key: (rows[module.path], array)
        for attribute, root in _plan(seen).held
        for key, module in root.walk(f"{attribute}.")
        for array in module.carried
    }
    counters = {key for key in state if key.endswith("num_batches_tracked")}
    for names, what in ((wanted.keys() - state.keys(), "lack"), (state.keys() - wanted, "hold")):
        if odd := sorted(names - counters):
            more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
            raise WeightsError(
                f"these weights {what} {shown(odd[0])}{more}, unlike the module of "
                f"{architecture.name}. Use weights of the same network."
            )
    found: dict[str, dict[str, Array]] = {row.name: {} for row in seen.rows if row.weights}
    for key, (row, array) in wanted.items():
        weight = next(one for one in row.weights if one.name == array.weight)
        found[row.name][weight.name] = _laid_back(key, array, weight, state[key])
    return {
        row.name: tuple(found[row.name][weight.name] for weight in row.weights)
        for row in seen.rows
        if row.weights
    }


def _laid_back(key: str, carried: Carried, weight: Weight, array: Array) -> Array:
    """An array of the module as it is laid out here: each number goes back where it comes from."""
    places = carried.layout(np.arange(weight.count).reshape(weight.shape))
    if places.shape != array.shape:
        raise WeightsError(
            f"{shown(key)} is of the shape {array.shape}, but the module has {places.shape}. Use "
            "weights of the same network."
        )
    found = np.empty(weight.count, np.float32)
    found[places.reshape(-1)] = array.reshape(-1)
    return found.reshape(weight.shape)


def _named(row: Row, weights: Weights) -> dict[str, Array]:
    """The arrays of one layer by the name of the weight."""
    given = weights.get(row.name, ())
    wanted, got = [weight.shape for weight in row.weights], [array.shape for array in given]
    if got != wanted:
        raise WeightsError(
            f"{row.name} needs weights of the shapes {wanted}, got {got}. "
            "Use weights of the same network."
        )
    return {weight.name: array for weight, array in zip(row.weights, given, strict=True)}


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the forward pass: what becomes of x, and why."""

    expression: str
    path: Path | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the class holds, each under its attribute, and what its forward pass does."""

    held: tuple[tuple[str, Module], ...]
    steps: tuple[_Step, ...]

    def lines(self) -> Iterator[Line]:
        if self.held:
            yield from plain("    def __init__(self):\n        super().__init__()")
        for attribute, module in self.held:
            yield from _written(module, 8, f"self.{attribute} = ", "")
        yield from plain(("\n" if self.held else "") + "    def forward(self, x):")
        for step in self.steps[:-1]:
            note = f"  # {step.note}" if step.note else ""
            yield Line(f"        x = {step.expression}{note}", step.path)
        last = self.steps[-1]
        yield Line(f"        return {last.expression}", last.path)


def _plan(seen: Trace) -> _Plan:
    """Features and classifier, where the map becomes a vector in between; else all in one."""
    rows = {row.path: row for row in seen.rows}
    top = [row for row in seen.rows if len(row.path) == 1]
    found = [modules(row, rows) for row in top]
    cut = next((index for index, row in enumerate(top) if _makes_vector(row)), None)
    if cut is None:
        held = _held("layers", found)
        return _Plan(held, _calls(held) or (_Step("x"),))
    features, classifier = _held("features", found[:cut]), _held("classifier", found[cut + 1 :])
    steps = (*_calls(features), _bridge(top[cut]), *_calls(classifier))
    return _Plan((*features, *classifier), steps)


Held = tuple[tuple[str, Module], ...]


def _held(attribute: str, found: Sequence[Modules]) -> Held:
    every = tuple(module for each in found for module in each)
    return ((attribute, sequential((), every)),) if every else ()


def _calls(held: Held) -> tuple[_Step, ...]:
    return tuple(_Step(f"self.{attribute}(x)") for attribute, _ in held)


def _makes_vector(row: Row) -> bool:
    alone = isinstance(row.layer, (Flatten, GlobalPooling))
    return alone and len(row.input_shape) > len(row.output_shape)


def _bridge(row: Row) -> _Step:
    """The step from map to vector, written as PyTorch code does in `forward`."""
    if isinstance(row.layer, GlobalPooling):
        average = isinstance(row.layer, GlobalAveragePooling2D)
        return _Step(f"x.{'mean' if average else 'amax'}(dim=(2, 3))", row.path)
    if flatten(row).call == "nn.Flatten":
        return _Step("x.flatten(1)", row.path)
    return _Step("x.permute(0, 2, 3, 1).flatten(1)", row.path, "channels last, as Keras does")


def _written(module: Module, indent: int, before: str = "", after: str = ",") -> Iterator[Line]:
    """The module as it is made, and inside it those that it holds."""
    path, pad = module.path or None, " " * indent
    if not module.parts:
        lines = call(before + module.call, module.args, after, indent=indent, path=path)
        noted = f"{lines[-1].text}  # {module.note}"
        fits = module.note and len(lines) == 1 and len(noted) <= WIDTH
        yield from (Line(noted, path),) if fits else lines
        return
    yield Line(f"{pad}{before}{module.call}(", path)
    for part in module.parts:
        yield from _written(part.module, indent + 4, part.keyword)
    yield Line(f"{pad}){after}", path)


def _head(seen: Trace, weights_file: str) -> str:
    facts = [
        f"Input: {_batch(seen.architecture.input)}, float32 pixels "
        f"{feed_words(seen.architecture.fed)}. Exactly {seen.total_params:,} parameters."
    ]
    if seen.non_trainable_params:
        adapted = any(isinstance(row.layer, Normalization) and row.weights for row in seen.rows)
        what = "statistics that are not trained" if adapted else "batch norm's running statistics"
        facts.append(
            f"{seen.non_trainable_params:,} of them are {what}, which PyTorch calls buffers."
        )
    facts.append(f"Output: {_batch(seen.output_shape)}.")
    if averaged(seen.architecture) is not None:
        facts[-1] = f"Output: {_batch(seen.output_shape)}, means of probabilities."
    elif end_activation(seen.architecture) == "softmax":
        facts[-1] = f"Output: {_batch(seen.output_shape)}, probabilities after a softmax."
        facts.append(
            "To train: nn.NLLLoss on their logarithm, or nn.CrossEntropyLoss without nn.Softmax."
        )
    imports, _ = LOADS[PurePath(weights_file).suffix] if weights_file else ("", "")
    return "\n".join(
        (
            f'"""{docstring_text(seen.architecture.name)} in PyTorch.',
            "",
            *facts,
            '"""',
            "",
            *(("import pathlib", "", imports) if weights_file else ("import torch",)),
            "from torch import nn",
        )
    )


LOADS = {
    ".npz": (
        "import numpy as np\nimport torch",
        "with np.load(path) as kept:\n"
        "        model.load_state_dict({k: torch.from_numpy(v) for k, v in kept.items()})",
    ),
    ".safetensors": (
        "import torch\nfrom safetensors.torch import load_file",
        "model.load_state_dict(load_file(path))",
    ),
    ".pt": ("import torch", "model.load_state_dict(torch.load(path, weights_only=True))"),
}
"""What a script imports to load a file of weights, and how it does."""


def _trained(name: str, weights_file: str) -> str:
    _, load = LOADS[PurePath(weights_file).suffix]
    return f"""

def trained():
    \"\"\"The network with its trained weights, which lie beside this script.\"\"\"
    path = pathlib.Path(__file__).with_name("{weights_file}")
    model = {name}()
    {load}
    return model.eval()"""


def _tail(seen: Trace, made_by: str) -> str:
    image = ", ".join(map(str, _channels_first(seen.architecture.input)))
    drawn = f"torch.rand(1, {image})"
    if not seen.architecture.fed.is_usual:
        drawn = f"prepare(torch.randint(0, 256, (1, {image})))"
    count = "sum(p.numel() for p in model.parameters())"
    if seen.non_trainable_params:
        count = "sum(t.numel() for t in model.state_dict().values() if t.is_floating_point())"
    return f"""

if __name__ == "__main__":
    model = {made_by}
    image = {drawn}
    count = {count}
    print(f"{{count:,}} parameters: {{tuple(image.shape)}} -> {{tuple(model(image).shape)}}")"""


def _batch(shape: Shape) -> str:
    """A batch as PyTorch lays it out: `(N, 1, 28, 28)`."""
    return f"(N, {', '.join(map(str, _channels_first(shape)))})"


def _channels_first(shape: Shape) -> Shape:
    return shape[-1:] + shape[:-1]
