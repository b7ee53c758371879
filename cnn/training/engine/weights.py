"""The weights that a run keeps: as a network takes them, and as a `.keras` file."""

from __future__ import annotations

import contextlib
import io
import tempfile
from typing import IO

import numpy as np

from cnn.network.keras.file import keras_file
from cnn.network.keras.model import Weights, WeightsError, check_weights
from cnn.network.trace import trace
from cnn.training.engine.channel import Channel
from cnn.training.engine.snapshots import weights_name
from cnn.training.recipe.run import MODEL, WEIGHTS, Run
from cnn.training.store.arrays import arrays_from_file
from cnn.training.store.store import Store

MOST_MODEL_BYTES = 200_000_000
"""Of a network with more in its weights, no `.keras` file is kept."""


def trained_weights(store: Store, run: Run, epoch: int | None = None) -> Weights:
    """The run's weights as they were tested, or after an epoch, checked to be of its network."""
    when = "" if epoch is None else f" of epoch {epoch}"
    with tempfile.TemporaryFile(prefix="cnn-weights-") as file:
        name = WEIGHTS if epoch is None else weights_name(epoch)
        if store.copy_file(run.id, name, file) is None:
            raise WeightsError(f"run {run.id} keeps no weights{when}. Train it again.")
        file.seek(0)
        return _weights(file, run, when)


def _weights(file: IO[bytes], run: Run, when: str = "") -> Weights:
    found: dict[str, dict[int, np.typing.NDArray[np.float32]]] = {}
    try:
        for key, array in arrays_from_file(file):
            name, place = key.rsplit("/", 1)
            found.setdefault(name, {})[int(place)] = np.asarray(array, np.float32)
    except (ValueError, TypeError) as error:
        raise WeightsError(
            f"the weights of run {run.id}{when} cannot be read: {error}. Train it again."
        ) from error
    weights = {
        name: tuple(array for _, array in sorted(numbered.items()))
        for name, numbered in found.items()
    }
    check_weights(weights, trace(run.architecture))
    return weights


def keep_model(channel: Channel, run: Run) -> None:
    """Keeps the network with the weights that the run keeps as a `.keras` file, if there are any.

    For the process that trains: it needs Keras. What the file holds is safe already, so a disk
    with no room for it fails no training.
    """
    content = channel.file(WEIGHTS)
    if content is None:  # stopped within its first epoch
        return
    try:
        weights = _weights(io.BytesIO(content), run)
    except WeightsError:
        return
    if sum(array.nbytes for arrays in weights.values() for array in arrays) <= MOST_MODEL_BYTES:
        with contextlib.suppress(OSError):
            channel.keep_files({MODEL: keras_file(run.architecture, weights)})
