"""The weights in a `.keras` file, for the rows of the network that was read from it.

Data only: nothing in the file is run, no TensorFlow is needed, and no other file is opened,
whatever a link in this one says. Every size is checked before its numbers are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import read_json
from cnn.network.errors import shown
from cnn.network.keras.arrays import adapted, array, content, group_at, opened, paths
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.keras.read import Imported, config_json, read_keras_config, with_said_pixels
from cnn.network.keras.zipped import AGAIN, Source
from cnn.network.layers import SelfAttention2D, Weight
from cnn.network.shapes import MapShape
from cnn.network.trace import Row, trace

PROJECTIONS = ("query_dense", "key_dense", "value_dense", "output_dense")
"""Where in a MultiHeadAttention Keras puts its arrays, a kernel and perhaps a bias each."""


def read_keras_model(source: Source, size: MapShape | None = None) -> tuple[Imported, Weights]:
    """The network in a `.keras` file, given as its path or its content, and its trained weights.

    `size` stands in for sizes of the input that the file leaves open.
    """
    description = config_json(source)
    learned = partial(adapted, source, description)
    imported = with_said_pixels(read_keras_config(description, size, learned), source)
    places = dict(paths(read_json(description), "", "layers"))
    return imported, _weights(content(source), imported, places)


def _weights(file: bytes, imported: Imported, places: dict[str, str]) -> Weights:
    rows = [row for row in trace(imported.architecture).rows if row.weights]
    with opened(file) as arrays:
        names = imported.layer_names
        return {row.name: _arrays(arrays, row, names[row.name], places) for row in rows}


def _arrays(
    file: Any, row: Row, layer: str, places: dict[str, str]
) -> tuple[npt.NDArray[np.float32], ...]:
    """A row's arrays, refused unless they are those of its layer, all of them and no more."""
    where, path = f"layer {shown(layer)} ({row.title})", places.get(layer, "")
    group = group_at(file, path, where)
    written = group.attrs.get("name")
    own = layer.rpartition("/")[2]
    if isinstance(written, str) and written != own:
        raise WeightsError(
            f"{where}: the weights there are of a layer {shown(written)}. The description and the "
            f"weights are of different models. {AGAIN}"
        )
    if not isinstance(row.layer, SelfAttention2D):
        return _all_of(group, row.weights, where)
    each = len(row.weights) // len(PROJECTIONS)
    found = [
        _all_of(
            group_at(file, f"{path}/{name}", where), row.weights[i * each : (i + 1) * each], where
        )
        for i, name in enumerate(PROJECTIONS)
    ]
    return tuple(one for arrays in found for one in arrays)


def _all_of(
    group: Any, weights: Sequence[Weight], where: str
) -> tuple[npt.NDArray[np.float32], ...]:
    if len(group) != len(weights):
        raise WeightsError(
            f"{where}: needs {len(weights)} arrays, but the file has {len(group)}. {AGAIN}"
        )
    return tuple(array(group, str(place), weight, where) for place, weight in enumerate(weights))
