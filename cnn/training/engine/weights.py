"""The weights that a run keeps: as a network takes them, and as a `.keras` file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from collections.abc import Iterable
from typing import IO, Any

import numpy as np

from cnn.network.keras.file import keras_file
from cnn.network.keras.model import Weights, WeightsError, by_place, check_weights
from cnn.network.trace import trace
from cnn.training.engine.channel import Channel
from cnn.training.engine.snapshots import weights_name
from cnn.training.recipe.run import MODEL, START, WEIGHTS, Run
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


def start_weights(channel: Channel, run: Run) -> Weights:
    """The weights that a run begins with in place of new ones, checked to be those it names."""
    start, content = run.configuration.start, channel.file(START)
    assert start
    if content is None:
        raise WeightsError(
            f"run {run.id} does not keep the weights of {start.origin} that it begins with. Choose "
            "them again in Start from, and train it anew."
        )
    weights = _read(io.BytesIO(content), f"the weights of {start.origin} that run {run.id} keeps")
    if digest(weights) != start.weights:
        raise WeightsError(
            f"the weights of {start.origin} that run {run.id} keeps are others than it began with: "
            f"their SHA-256 is {digest(weights)[:12]}, not {start.weights[:12]}. Train it anew."
        )
    return weights


def digest(weights: Weights) -> str:
    """The SHA-256 of all arrays, with their names, sizes and numbers."""
    found = hashlib.sha256()
    for name, array in sorted(by_place(weights).items()):
        found.update(f"{name} {array.shape}\n".encode())
        found.update(np.ascontiguousarray(array, "<f4").tobytes())
    return found.hexdigest()


def _weights(file: IO[bytes], run: Run, when: str = "") -> Weights:
    weights = _read(file, f"the weights of run {run.id}{when}")
    check_weights(weights, trace(run.architecture))
    return weights


def _read(file: IO[bytes], what: str) -> Weights:
    """The arrays of each row; `what` they are is said where they cannot be read."""
    try:
        return by_row(arrays_from_file(file))
    except (ValueError, TypeError) as error:
        raise WeightsError(f"{what} cannot be read: {error}. Train it again.") from error


def by_row(arrays: Iterable[tuple[str, np.typing.NDArray[Any]]]) -> Weights:
    """The arrays of each row, of arrays called by row and place; raises `ValueError` and
    `TypeError`.
    """
    found: dict[str, dict[int, np.typing.NDArray[np.float32]]] = {}
    for key, array in arrays:
        name, place = key.rsplit("/", 1)
        found.setdefault(name, {})[int(place)] = np.asarray(array, np.float32)
    return {
        name: tuple(array for _, array in sorted(numbered.items()))
        for name, numbered in found.items()
    }


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
