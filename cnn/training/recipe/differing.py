"""In which settings runs differ: of network, data, training, versions and machine. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from cnn.data import DatasetName, title
from cnn.network.architecture import Architecture, walk
from cnn.network.caching import remembered
from cnn.network.layers import Container, Layer
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.numbers import exact, number
from cnn.training.recipe.fitting import as_said_now
from cnn.training.recipe.run import Run

Values = dict[tuple["Part", str], str]
UNKNOWN = ""
LENGTHS = ("epochs", "steps", "seconds")
"""Settings of which one is in force, which says how long a training is."""


class Part(StrEnum):
    """What of a run a setting belongs to."""

    NETWORK = "network"
    DATA = "data"
    TRAINING = "training"
    MADE_WITH = "versions and machine"


@dataclass(frozen=True, slots=True)
class Differing:
    """A setting and its value in each group of runs, in words; empty where it is not known."""

    part: Part
    name: str
    values: tuple[str, ...]


def differing(groups: Sequence[Sequence[Run]], ignored: Sequence[str] = ()) -> list[Differing]:
    """The settings in which these groups of runs differ, or the runs of one of them.

    What no run says, or only some say and those alike, is no difference. Networks of the same kinds
    of layers are compared field by field, others by what they are made of.
    """
    field_by_field = len({_kinds(run.architecture) for group in groups for run in group}) == 1
    told = [[_settings(run, field_by_field) for run in group] for group in groups]
    counted = {own.get((Part.NETWORK, "layers")) for group in told for own in group}
    if not field_by_field and len(counted) == 1:  # no count tells them apart
        for runs, group in zip(groups, told, strict=True):
            for run, own in zip(runs, group, strict=True):
                own[Part.NETWORK, "order of the layers"] = _order(run.architecture)
    keys = dict.fromkeys(key for group in told for values in group for key in values)
    ordered = sorted(keys, key=lambda key: list(Part).index(key[0]))
    return [
        Differing(*key, tuple(_together(group, key) for group in told))
        for key in ordered
        if key[1] not in ignored
        and len({said for group in told for one in group if (said := one.get(key, UNKNOWN))}) > 1
    ]


def _order(architecture: Architecture) -> str:
    """Its layers in turn, those within a block with their place: `Residual, body 0 Conv2D`."""
    return ", ".join(
        f"{' '.join(map(str, path[1:]))} {layer.kind}".strip()
        for path, layer in walk(architecture.layers)
    )


def _together(group: Sequence[Values], key: tuple[Part, str]) -> str:
    """The values in one group, each once."""
    return "; ".join(dict.fromkeys(filter(None, (one.get(key, UNKNOWN) for one in group))))


def _settings(run: Run, field_by_field: bool) -> Values:
    return {
        **{(Part.NETWORK, name): said for name, said in _network(run.architecture, field_by_field)},
        (Part.NETWORK, "changed to fit"): " ".join(map(as_said_now, run.changes)),
        **{(Part.DATA, name): said for name, said in _data(run)},
        **{(Part.TRAINING, name): said for name, said in _training(run)},
        **{(Part.MADE_WITH, name): _text(value) for name, value in sorted(run.environment.items())},
    }


@remembered()
def _network(architecture: Architecture, field_by_field: bool) -> tuple[tuple[str, str], ...]:
    """Kept, as the runs of all seeds have the same network."""
    return tuple(_network_settings(architecture, field_by_field))


def _network_settings(
    architecture: Architecture, field_by_field: bool
) -> Iterator[tuple[str, str]]:
    traced = trace(architecture)
    yield "input", shape_text(architecture.input)
    yield "pixels", architecture.fed.text
    yield "parameters", f"{traced.total_params:,}"
    yield "MACs per image", f"{traced.total_macs:,}"
    if not field_by_field:
        counts = Counter(layer.kind for _, layer in walk(architecture.layers))
        yield "layers", ", ".join(f"{count} {kind}" for kind, count in counts.items())
        return
    for row in traced.rows:
        for name, value in _fields(row.layer):
            yield f"{row.name} {_words(name)}", value


def _fields(layer: Layer) -> Iterator[tuple[str, str]]:
    """The fields of one layer, without the layers that a container holds."""
    held = {part[0] for part, _ in layer.series()} if isinstance(layer, Container) else set()
    for one in fields(layer):
        if one.name not in held:
            yield one.name, _text(getattr(layer, one.name))


def _data(run: Run) -> Iterator[tuple[str, str]]:
    spec = run.configuration.dataset
    yield "data set", title(spec)
    yield "seed of the data", str(spec.seed)
    yield "share for validation", number(spec.validation_fraction, 4)
    if spec.name is DatasetName.OWN_IMAGES:
        yield "the file's own splits", spec.splits.replace("-", ", ") or "none read"
        yield "read as", spec.reading or "usual"
    if drawn := spec.drawn_as:
        for one in fields(drawn):
            yield f"{spec.name}: {_words(one.name)}", _text(getattr(drawn, one.name))
    for split, count in run.images.items():
        yield f"{split} images", f"{count:,}"
    yield "fingerprint of all pixels and labels", run.data_fingerprint[:12]


def _training(run: Run) -> Iterator[tuple[str, str]]:
    own = run.configuration
    yield "length", own.length
    for name, value in own.in_use(run.images.get("train")).items():
        if name in LENGTHS:
            continue
        yield _words(name), UNKNOWN if name == "batch_size" and value is None else _text(value)
    yield "begun with", run.begun_with or "new weights"
    start = own.start
    yield "frozen layers", str(start.freeze) if start and start.freeze else "none"
    yield "epochs of the head alone", str(start.head_first if start else 0)


def _kinds(architecture: Architecture) -> tuple[Any, ...]:
    return tuple((path, layer.kind) for path, layer in walk(architecture.layers))


def _text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return exact(value)
        case (int(), int()):
            return f"{value[0]}x{value[1]}"
        case tuple() | list():
            return ", ".join(map(_text, value))
        case _:
            return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")
