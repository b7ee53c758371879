"""How long a network takes for one image: the forward pass of the pages, on this machine.

In NumPy, one image at a time, with random weights: which they are changes nothing of the work.
Other libraries and accelerators need other times.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

import numpy as np

from cnn.insight.passes.effort import Effort, of_predict, of_weights
from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.caching import remembered

ROUNDS, FEWEST_ROUNDS, LONGEST_S = 15, 3, 0.5
SLOWEST_S = 0.5


def is_measured(architecture: Architecture) -> bool:
    """Whether an image passes in so little time and memory that it can be done again and again."""
    return asked(architecture).fits(SLOWEST_S)


def asked(architecture: Architecture) -> Effort:
    """What a single pass asks for, its weights included."""
    weights = replace(of_weights(architecture), seconds=0.0)
    return weights.then(of_predict(architecture))


@remembered()
def answer_ms(architecture: Architecture) -> float:
    """The median over several rounds, in milliseconds; measured once in a process."""
    weights = random_weights(architecture)
    image = np.random.default_rng(0).random((1, *architecture.input), np.float32)
    predict(architecture, weights, image)
    took: list[float] = []
    while len(took) < FEWEST_ROUNDS or (len(took) < ROUNDS and sum(took) < LONGEST_S):
        began = time.perf_counter()
        predict(architecture, weights, image)
        took.append(time.perf_counter() - began)
    return 1_000 * statistics.median(took)
