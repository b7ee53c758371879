"""The weights in a `.keras` file, for the rows of the network that was read from it.

Data only: nothing in the file is run, no TensorFlow is needed, and no other file is opened,
whatever a link in this one says. Every size is checked before its numbers are read.
"""

from __future__ import annotations

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
from cnn.network.trace import Row, trace


def read_keras_model(source: Source) -> tuple[Imported, Weights]:
    """The network in a `.keras` file, given as its path or its content, and its trained weights."""
    description = config_json(source)
    learned = partial(adapted, source, description)
    imported = with_said_pixels(read_keras_config(description, adapted=learned), source)
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
    where = f"layer {shown(layer)} ({row.title})"
    group = group_at(file, places.get(layer, ""), where)
    written = group.attrs.get("name")
    own = layer.rpartition("/")[2]
    if isinstance(written, str) and written != own:
        raise WeightsError(
            f"{where}: the weights there are of a layer {shown(written)}. The description and the "
            f"weights are of different models. {AGAIN}"
        )
    if len(group) != len(row.weights):
        raise WeightsError(
            f"{where}: needs {len(row.weights)} arrays, but the file has {len(group)}. {AGAIN}"
        )
    return tuple(
        array(group, str(place), weight, where) for place, weight in enumerate(row.weights)
    )
