"""A network's file of somebody's, read in a process of its own: see `cnn.child_process`.

A `.keras` file of a few thousand bytes may hold a description that takes half a gigabyte.
"""

from __future__ import annotations

from typing import IO

from cnn.child_process import Answer, Arrays, Values, ask, said_as
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import Weights, WeightsError, by_place
from cnn.network.keras.read import Imported
from cnn.network.shapes import MapShape
from cnn.network.source import MAX_SHOWN, read_file, read_trained

LONGEST_S = 60.0
MEMORY_BYTES = 2_500_000_000


def read_file_outside(name: str, content: bytes, size: MapShape | None = None) -> Imported:
    """As `cnn.network.source.read_file`."""
    request = {"name": name[-MAX_SHOWN:], "size": size}
    found = _ask("network file", request, content, ArchitectureError, "this file")
    return _imported(found.values)


def network_file_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`read_file_outside`, as it is carried out outside."""
    return _as_plain(read_file(request["name"], file.read(), _size(request))), {}


def read_trained_outside(
    file: IO[bytes] | bytes,
    size: MapShape | None = None,
    name: str = ".keras",
    design: Architecture | None = None,
) -> tuple[Imported, Weights]:
    """As `read_trained`, large weights mapped from disk; every error is a `WeightsError`."""
    said = design.to_json() if design else ""
    request = {"size": size, "name": name[-MAX_SHOWN:], "design": said}
    found = _ask("trained file", request, file, WeightsError, "this file")
    weights = {
        row: tuple(found.arrays[f"{row}/{place}"] for place in range(count))
        for row, count in found.values["arrays"].items()
    }
    return _imported(found.values), weights


def trained_file_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`read_trained_outside`, as it is carried out outside."""
    said = request["design"]
    design = Architecture.from_json(said) if said else None
    imported, weights = read_trained(file.read(), _size(request), request["name"], design)
    counts = {row: len(arrays) for row, arrays in weights.items()}
    return _as_plain(imported) | {"arrays": counts}, by_place(weights)


def _ask(
    task: str, request: Values, file: IO[bytes] | bytes, kind: type[ValueError], what: str
) -> Answer:
    with said_as(kind, lambda error: f"{what} cannot be read: {error}. Use a smaller model."):
        return ask(task, request, file, seconds=LONGEST_S, memory_bytes=MEMORY_BYTES)


def _size(request: Values) -> MapShape | None:
    size = request["size"]
    return None if size is None else (size[0], size[1], size[2])


def _as_plain(imported: Imported) -> Values:
    values = {name: getattr(imported, name) for name in Imported.__dataclass_fields__}
    return values | {"architecture": imported.architecture.to_json()}


def _imported(values: Values) -> Imported:
    return Imported(
        Architecture.from_json(values["architecture"]),
        tuple(values["notes"]),
        values["layer_names"],
        values["says_pixels"],
        values["normalizes"],
    )
