"""Wakes TensorFlow before the first run asks for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.kept_machines import tidy
from cnn.training.engine.machine import Machine
from cnn.training.engine.tensorflow import import_tensorflow, is_ours, parts_of, stand_side_by_side
from cnn.training.recipe.configuration import Configuration


def warm_up(is_waited_for: Callable[[], bool] = lambda: False) -> None:
    """Trains and evaluates a tiny network once, so that the first run finds TensorFlow awake; one
    that is waiting by then has its turn at once.
    """
    import_tensorflow()
    if is_ours():
        stand_side_by_side()
    if is_waited_for():
        return
    layers = (Conv2D(2, 3, activation="relu"), Flatten(), Dense(2))
    noise = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 1), np.uint8)
    split = Split(noise, np.array([0, 1, 0, 1]))
    network = Architecture("Warm-up", (8, 8, 1), layers)
    machine = Machine(network, Configuration(), split, parts=parts_of(2))
    order = np.arange(4, dtype=np.int32)
    machine.first_step(Chunk(order, 0, 1, 2, np.full(1, 1e-3, np.float32)))
    machine.steps(Chunk(order, 0, 2, 2, np.full(2, 1e-3, np.float32)))
    machine.evaluate(split, lambda: None)
    del machine
    tidy()
