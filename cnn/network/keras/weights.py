"""The weights in a `.keras` file, for the rows of the network that was read from it.

Data only: nothing in the file is run, no TensorFlow is needed, and no other file is opened,
whatever a link in this one says. Every size is checked before its numbers are read.
"""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import read_json
from cnn.network.errors import shown
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.keras.read import (
    BROKEN_ZIP,
    Imported,
    config_json,
    read_keras_config,
    with_said_pixels,
)
from cnn.network.keras.read_graph import MODELS
from cnn.network.layers import Weight
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, trace

MEMBER = "model.weights.h5"
MAX_WEIGHTS_BYTES = 500_000_000
"""Enough for 30 million parameters with Adam's two numbers beside each."""

MIN_CHUNK = 1 << 20
"""A packed block that unpacks to more numbers than this and than its array has is a trap."""

_AGAIN = "Save the model again with model.save('name.keras')."
_PLAIN_FILTERS = {1, 2}
"""HDF5's own gzip and shuffle; any other way to pack needs code from elsewhere."""


def read_keras_model(source: str | os.PathLike[str] | bytes) -> tuple[Imported, Weights]:
    """The network in a `.keras` file, given as its path or its content, and its trained weights."""
    description = config_json(source)
    imported = with_said_pixels(read_keras_config(description), source)
    paths = dict(_paths(read_json(description), "", "layers"))
    return imported, _weights(_member(source), imported, paths)


def _weights(content: bytes, imported: Imported, paths: dict[str, str]) -> Weights:
    import h5py

    rows = [row for row in trace(imported.architecture).rows if row.weights]
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            names = imported.layer_names
            return {row.name: _arrays(file, row, names[row.name], paths) for row in rows}
    except WeightsError:
        raise
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, OverflowError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(f"{MEMBER} cannot be read ({shown(why, 120)}). {_AGAIN}") from None


def _member(source: str | os.PathLike[str] | bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            entries = [entry for entry in file.infolist() if entry.filename == MEMBER]
            if len(entries) != 1:
                raise WeightsError(
                    f"this .keras file holds {len(entries)} files {MEMBER}, not one. {_AGAIN}"
                )
            (entry,) = entries
            if entry.file_size > MAX_WEIGHTS_BYTES:
                raise WeightsError(
                    f"{MEMBER} says it has {entry.file_size:,} bytes; at most "
                    f"{MAX_WEIGHTS_BYTES:,} are read. Use a smaller model."
                )
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(f"{MEMBER} is packed in a way that Keras does not use")
            with file.open(entry) as packed:
                # Reading stops at the size that was just checked, whatever is packed behind it.
                return packed.read()
    except WeightsError:
        raise
    except OSError as error:
        raise WeightsError(f"the file cannot be read: {error.strerror or error}.") from None
    except BROKEN_ZIP as error:
        raise WeightsError(f"this is not a .keras file ({error}). {_AGAIN}") from None


def _paths(model: dict[str, Any], prefix: str, inside: str) -> Iterator[tuple[str, str]]:
    """Each layer's name (in a submodel `submodel/layer`), and where Keras 3 puts its arrays.

    That is not under its name but under its class, counted: `conv2d`, `conv2d_1`.
    """
    config = model.get("config", model)
    layers = config if isinstance(config, list) else config.get("layers", [])
    seen: Counter[str] = Counter()
    for data in layers:
        kind = data["class_name"]
        options = data.get("config", {})
        name = prefix + str(data.get("name") or options.get("name") or kind.lower())
        word = _keras_snake_case(kind)
        path = f"{inside}/{word}_{seen[word]}" if seen[word] else f"{inside}/{word}"
        seen[word] += 1
        if kind in MODELS:
            yield from _paths(data, f"{name}/", f"{path}/layers")
        else:
            yield name, path


def _keras_snake_case(kind: str) -> str:
    """As Keras writes it in this file: `MaxPooling2D` -> `max_pooling2d`."""
    word = re.sub(r"\W+", "", kind)
    word = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", word)
    return re.sub("([a-z])([A-Z])", r"\1_\2", word).lower()


def _arrays(
    file: Any, row: Row, layer: str, paths: dict[str, str]
) -> tuple[npt.NDArray[np.float32], ...]:
    """A row's arrays, refused unless they are those of its layer, all of them and no more."""
    where = f"layer {shown(layer)} ({row.title})"
    group = _group(file, paths.get(layer, ""), where)
    written = group.attrs.get("name")
    own = layer.rpartition("/")[2]
    if isinstance(written, str) and written != own:
        raise WeightsError(
            f"{where}: the weights there are of a layer {shown(written)}. The description and the "
            f"weights are of different models. {_AGAIN}"
        )
    if len(group) != len(row.weights):
        raise WeightsError(
            f"{where}: needs {len(row.weights)} arrays, but the file has {len(group)}. {_AGAIN}"
        )
    return tuple(
        _array(group, str(place), weight, where) for place, weight in enumerate(row.weights)
    )


def _group(file: Any, path: str, where: str) -> Any:
    """The group a path leads to, by hard links alone: others may lead out of the file."""
    import h5py

    group = file
    for part in (*path.split("/"), "vars"):
        if not isinstance(group, h5py.Group) or not _is_here(group, part):
            raise WeightsError(f"{where}: its weights are missing. {_AGAIN}")
        group = group[part]
    if not isinstance(group, h5py.Group):
        raise WeightsError(f"{where}: its weights are missing. {_AGAIN}")
    return group


def _is_here(group: Any, name: str) -> bool:
    import h5py

    return name in group and isinstance(group.get(name, getlink=True), h5py.HardLink)


def _array(group: Any, name: str, weight: Weight, where: str) -> npt.NDArray[np.float32]:
    import h5py

    if not _is_here(group, name) or not isinstance(group[name], h5py.Dataset):
        raise WeightsError(f"{where}: the array {weight.name} is missing. {_AGAIN}")
    found = group[name]
    if found.shape != weight.shape:
        shape = "nothing" if found.shape is None else shape_text(found.shape) or "one number"
        raise WeightsError(
            f"{where}: {weight.name} should be {shape_text(weight.shape)}, but the file has "
            f"{shape}. The description and the weights are of different models."
        )
    if found.dtype.kind != "f" or found.dtype.itemsize > 8 or "dtype" in found.attrs:
        raise WeightsError(
            f"{where}: {weight.name} is of the type {shown(str(found.dtype))}, but weights are "
            "read as 16, 32 or 64 bit numbers. Save the model with float32 weights."
        )
    plan = found.id.get_create_plist()
    filters = {plan.get_filter(i)[0] for i in range(plan.get_nfilters())}
    unpacked = math.prod(found.chunks or ())
    is_odd = found.external or found.is_virtual or unpacked > max(weight.count, MIN_CHUNK)
    if is_odd or filters - _PLAIN_FILTERS:
        raise WeightsError(
            f"{where}: {weight.name} does not lie in the file as Keras puts it there. {_AGAIN}"
        )
    with np.errstate(over="ignore"):
        read = np.asarray(found[()], np.float32)
    if not np.isfinite(read).all():
        raise WeightsError(
            f"{where}: {weight.name} holds numbers that are not finite, as training that diverged "
            "leaves them. Train the model again with a lower learning rate."
        )
    return read
