"""A network as a value, and its JSON both ways.

Owns what a valid description is. Whether the layers fit each other is the trace's to say.
"""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any

from cnn.names import visible
from cnn.network import feed as feeds
from cnn.network.errors import ArchitectureError, Path, path_text, shown
from cnn.network.feed import Feed
from cnn.network.fields import MAX_DEPTH as MAX_DEPTH
from cnn.network.fields import MAX_FILTERS, MAX_SIDE, Whole
from cnn.network.layers import KINDS, Container, Layer, Layers, defaults, rules
from cnn.network.layers.containers import TOO_DEEP, Parallel, Series
from cnn.network.layers.pooling import Pooling
from cnn.network.shapes import MapShape

MAX_NAME = 120
MAX_LAYERS = 5_000

SHOWN: dict[str, Callable[[Architecture], str]] = {}
"""What a notebook shows of a network, as `svg` and `html`: put here by whoever draws, as pictures
are no matter of this room.
"""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A name, the input's `(height, width, channels)`, and the layers in order.

    `feed` is said only where it is another than the layers say; `fed` is what counts.
    """

    name: str
    input: MapShape
    layers: Layers
    feed: Feed | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _name(self.name))
        object.__setattr__(self, "input", _input(self.input))
        if not isinstance(self.layers, (list, tuple)):
            raise ArchitectureError(f"layers must be a list of layers, got {shown(self.layers)}.")
        object.__setattr__(self, "layers", Series().read(self.layers))
        if any(count >= MAX_LAYERS for count, _ in enumerate(walk(self.layers))):
            raise ArchitectureError(f"more than {MAX_LAYERS:,} layers. Use fewer.")
        if self.feed is not None:
            self.feed.check(self.input[2])
            if self.feed == feeds.derived(self.layers):
                object.__setattr__(self, "feed", None)

    @property
    def fed(self) -> Feed:
        """What the network is fed for an image."""
        return feeds.derived(self.layers) if self.feed is None else self.feed

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; what equals its default is left out."""
        return {
            "name": self.name,
            "input": list(self.input),
            "layers": layers_to_list(self.layers),
        } | ({} if self.feed is None else {"pixels": self.feed.text})

    def _repr_svg_(self) -> str | None:
        return SHOWN["svg"](self) if SHOWN else None

    def _repr_html_(self) -> str | None:
        return SHOWN["html"](self) if SHOWN else None

    def to_record(self) -> dict[str, Any]:
        """As a run is recorded: `pixels` stand there unless they are 0 to 1, whatever follows."""
        record = self.to_dict()
        record.pop("pixels", None)
        return record if self.fed.is_usual else record | {"pixels": self.fed.text}

    @classmethod
    def from_record(cls, data: Any) -> Architecture:
        """The network of a run's record, fed what it was trained on."""
        if isinstance(data, dict):
            data = {"pixels": feeds.USUAL.text} | data
        return cls.from_dict(data)

    def to_json(self, indent: int | None = None) -> str:
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    @classmethod
    def from_dict(cls, data: Any) -> Architecture:
        """The network that plain JSON values describe, or the error that names layer and field."""
        if not isinstance(data, dict):
            raise ArchitectureError(
                f'a network is an object with "name", "input" and "layers", got {shown(data)}.'
            )
        known = ("name", "input", "layers", "pixels")
        for key in data:
            if key not in known:
                raise ArchitectureError(f"unknown field {shown(key)}. {_did_you_mean(key, known)}")
        for key in ("input", "layers"):
            if key not in data:
                raise ArchitectureError(f'the field "{key}" is missing.')
        layers = layers_from_list(data["layers"])
        feed = feeds.read(data["pixels"]) if "pixels" in data else None
        return cls(data.get("name", "unnamed"), data["input"], layers, feed)

    @classmethod
    def from_json(cls, text: str | bytes) -> Architecture:
        """The network that a JSON text describes."""
        return cls.from_dict(read_json(text))


def read_json(text: str | bytes) -> Any:
    """What a JSON text holds, or the error that says why it holds nothing."""
    if not text.strip():
        raise ArchitectureError("there is no text in it, so no network either.")
    try:
        return json.loads(text)
    except RecursionError:
        raise ArchitectureError(TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise ArchitectureError(f"this is not JSON: {error}.") from None
    except UnicodeDecodeError:
        raise ArchitectureError("this is not a text file, so not JSON.") from None
    except ValueError:  # the one other thing json.loads refuses
        raise ArchitectureError("it holds a number with thousands of digits.") from None


def walk(layers: Layers, path: Path = ()) -> Iterator[tuple[Path, Layer]]:
    """Every layer with its path, in reading order: a container before what it holds."""
    for index, layer in enumerate(layers):
        here = (*path, index)
        yield here, layer
        if isinstance(layer, Container):
            for part, held in layer.series():
                yield from walk(held, here + part)


def series_at(layers: Layers, path: Path) -> tuple[Layers, int]:
    """The series in which the layer at a path stands, and its place there."""
    *parents, place = path
    while parents:
        held = layers[int(parents.pop(0))]
        assert isinstance(held, Container)
        for part, series in held.series():
            if tuple(parents[: len(part)]) == part:
                layers, parents = series, parents[len(part) :]
                break
    return layers, int(place)


def titles(layers: Layers) -> dict[Path, str]:
    """How messages and pictures call each layer: its kind and its number within the kind."""
    counts: Counter[str] = Counter()
    found = {}
    for path, layer in walk(layers):
        counts[layer.kind] += 1
        found[path] = f"{layer.kind} #{counts[layer.kind]}"
    return found


def layers_to_list(layers: Layers) -> list[dict[str, Any]]:
    return [layer_to_dict(layer) for layer in layers]


def layer_to_dict(layer: Layer) -> dict[str, Any]:
    """One layer as plain JSON values; what equals its default is left out."""
    written: dict[str, Any] = {"kind": layer.kind}
    usual = defaults(type(layer))
    if isinstance(layer, Pooling):
        usual["strides"] = layer.pool_size
    for name, rule in rules(type(layer)).items():
        value = getattr(layer, name)
        if name in usual and value == usual[name]:
            continue
        if isinstance(rule, Series):
            written[name] = layers_to_list(value)
        elif isinstance(rule, Parallel):
            written[name] = [layers_to_list(branch) for branch in value]
        else:
            written[name] = rule.write(value)
    return written


def layers_from_list(data: Any) -> Layers:
    """The layers that plain JSON values describe."""
    return _series(data, (), Counter())


def _series(data: Any, path: Path, numbers: Counter[str]) -> Layers:
    if not isinstance(data, list):
        raise ArchitectureError(f"must be a list of layers, got {shown(data)}.").at(
            path_text(path), path
        )
    return tuple(_layer(entry, (*path, index), numbers) for index, entry in enumerate(data))


def _layer(data: Any, path: Path, numbers: Counter[str]) -> Layer:
    if sum(isinstance(part, str) for part in path) > MAX_DEPTH:
        raise ArchitectureError(TOO_DEEP)
    kind = _kind(data, path)
    numbers[kind.__name__] += 1
    title = f"{kind.__name__} #{numbers[kind.__name__]}"
    known = tuple(rules(kind))
    try:
        for key in data:
            if key not in ("kind", *known):
                raise ArchitectureError(f"unknown field {shown(key)}. {_did_you_mean(key, known)}")
        values = {key: value for key, value in data.items() if key != "kind"}
        for field in fields(kind):
            if field.default is MISSING and field.name not in values:
                wanted = rules(kind)[field.name].wanted
                raise ArchitectureError(f"{field.name} is missing: it must be {wanted}.")
        for name, rule in rules(kind).items():
            if name in values:
                values[name] = _held(rule, values[name], (*path, name), numbers)
        return kind(**values)
    except ArchitectureError as error:
        raise error.at(title, path) from None


def _held(rule: Any, value: Any, path: Path, numbers: Counter[str]) -> Any:
    """A field's value, with the layers it holds read from their JSON."""
    if isinstance(rule, Series):
        return _series(value, path, numbers)
    if isinstance(rule, Parallel) and isinstance(value, list):
        return [_series(branch, (*path, i), numbers) for i, branch in enumerate(value)]
    return value


def _kind(data: Any, path: Path) -> type[Layer]:
    where = path_text(path)
    if not isinstance(data, dict):
        raise ArchitectureError(
            f'a layer is an object such as {{"kind": "Flatten"}}, got {shown(data)}.'
        ).at(where, path)
    name = data.get("kind")
    if isinstance(name, str) and name in KINDS:
        return KINDS[name]
    problem = f"unknown kind {shown(name)}" if "kind" in data else "the kind is missing"
    raise ArchitectureError(f"{problem}. {_did_you_mean(name, tuple(KINDS))}").at(where, path)


def _did_you_mean(word: Any, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word[:80], known, n=1) if isinstance(word, str) else ()
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known are: {', '.join(known)}." if known else "It has no fields."


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
        raise ArchitectureError(
            f"name must be a text of 1 to {MAX_NAME} characters, got {shown(name)}."
        )
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ArchitectureError(f"name holds broken characters: {shown(name)}.") from None
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in name):
        raise ArchitectureError(f"name must be a single line of text, got {shown(name)}.")
    seen = visible(name)
    return seen if seen.strip() else "unnamed"


def _input(shape: Any) -> MapShape:
    side, channels = Whole(1, MAX_SIDE), Whole(1, MAX_FILTERS)
    try:
        height, width, depth = shape if isinstance(shape, (list, tuple)) else ()
        return side.read(height), side.read(width), channels.read(depth)
    except ValueError:
        raise ArchitectureError(
            f"input must be [height, width, channels] with sides from 1 to {MAX_SIDE:,} and "
            f"1 to {MAX_FILTERS:,} channels, got {shown(shape)}."
        ) from None
