"""Finished runs of any network, and pictures, for `legal_requests`: made in another process."""

from __future__ import annotations

import functools
from contextlib import closing

from cnn.data import DatasetName, DatasetSpec, fingerprint, load
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.settings import store_url
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import MODEL, WEIGHTS, Epoch, Result, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.hostile.files import LARGE_IMAGES


def trained(network: Architecture) -> str:
    """A finished run of the network in the store, its weights random, and on data as they are."""
    weights = {
        f"{name}/{place}": array
        for name, arrays in random_weights(network).items()
        for place, array in enumerate(arrays)
    }
    with closing(Store(store_url())) as store:
        run = store.add(network, Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE)), worker="me")
        kept = arrays_to_bytes(weights)
        # A `.keras` file is a zip of that size, too, and to write it takes Keras a minute.
        store.keep_files(run.id, {WEIGHTS: kept, MODEL: kept})
        store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.5, 2.0))
        images = {"train": 5_000, "validation": 1_000, "test": 1_000}
        store.freeze(run.id, fingerprint_at(network.input), images, {})
        result = Result(0.1, 0.9, 1_000, 5_000, 1_000, 1.0, 1.0)
        store.finish(run.id, State.FINISHED, result=result)
    return run.id


@functools.cache
def fingerprint_at(shape: tuple[int, int, int]) -> str:
    """That of the data at an input's size; made up where nobody would load as much."""
    if shape[0] * shape[1] * shape[2] > 257 * 257 * 3 or max(shape) > 512:
        return "0" * 64
    return fingerprint(load(DatasetSpec(DatasetName.MNIST_SAMPLE), shape))


def remove(run_id: str) -> None:
    """Takes a run out of the store again."""
    with closing(Store(store_url())) as store:
        store.remove(run_id)


def large_picture(name: str) -> bytes:
    """The file of one with as many pixels as may be."""
    return LARGE_IMAGES[name]()
