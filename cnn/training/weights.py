"""The weights that a run keeps, as a network takes them."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from cnn.network.keras_model import Weights, WeightsError, check_weights
from cnn.network.trace import trace
from cnn.training.run import WEIGHTS, Run
from cnn.training.store import Store


def trained_weights(store: Store, run: Run) -> Weights:
    """The run's weights as after its last epoch, checked to be those of its network."""
    content = store.file(run.id, WEIGHTS)
    if content is None:
        raise WeightsError(f"run {run.id} keeps no weights. Train it again.")
    found: dict[str, dict[int, np.typing.NDArray[np.float32]]] = {}
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            for key in arrays:
                name, place = key.rsplit("/", 1)
                found.setdefault(name, {})[int(place)] = np.asarray(arrays[key], np.float32)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"the weights of run {run.id} cannot be read: {error}. Train it again."
        ) from error
    weights = {
        name: tuple(array for _, array in sorted(numbered.items()))
        for name, numbered in found.items()
    }
    check_weights(weights, trace(run.architecture))
    return weights
