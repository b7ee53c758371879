"""A `.keras` file of somebody's, read in a process of its own: see `cnn.outside`."""

from __future__ import annotations

from typing import IO

from cnn.network.architecture import Architecture
from cnn.network.keras_import import Imported
from cnn.network.keras_model import Weights, WeightsError
from cnn.network.keras_weights import read_keras_model
from cnn.outside import Arrays, OutsideError, Values, ask

LONGEST_S = 60.0
MEMORY_BYTES = 2_500_000_000


def read_keras_outside(file: IO[bytes]) -> tuple[Imported, Weights]:
    """As `read_keras_model`; large weights are mapped, and take up no memory until they are used.

    Raises `WeightsError`, also in place of an `ArchitectureError`.
    """
    try:
        found = ask("keras file", {}, file, seconds=LONGEST_S, memory_bytes=MEMORY_BYTES)
    except OutsideError as error:
        words = str(error)
        if not error.is_refusal:
            words = f"this .keras file cannot be read: {error}. Use a smaller model."
        raise WeightsError(words) from None
    values = found.values
    imported = Imported(
        Architecture.from_json(values["architecture"]),
        tuple(values["notes"]),
        values["layer_names"],
        values["says_pixels"],
    )
    weights = {
        row: tuple(found.arrays[f"{row}/{place}"] for place in range(count))
        for row, count in values["arrays"].items()
    }
    return imported, weights


def keras_file_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`read_keras_outside`, as it is carried out outside."""
    imported, weights = read_keras_model(file.read())
    values = {
        "architecture": imported.architecture.to_json(),
        "notes": imported.notes,
        "layer_names": imported.layer_names,
        "says_pixels": imported.says_pixels,
        "arrays": {row: len(arrays) for row, arrays in weights.items()},
    }
    arrays = {
        f"{row}/{place}": array
        for row, arrays in weights.items()
        for place, array in enumerate(arrays)
    }
    return values, arrays
