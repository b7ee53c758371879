"""What the looks into a network ask for, each over so many images; see `effort`."""

from __future__ import annotations

from cnn.insight.passes.effort import Effort, of_backward, of_forward, of_predict
from cnn.insight.passes.forward import held_images
from cnn.insight.readings.dead_units import BATCH
from cnn.insight.readings.embedding import features_of
from cnn.insight.readings.layer_statistics import MOST_KEPT
from cnn.network.architecture import Architecture
from cnn.network.shapes import element_count
from cnn.network.trace import FLOAT_BYTES, Row, trace

DOUBLE_BYTES = 8
COVERED = 64
"""About so many times occlusion asks."""

FLOAT64_S = 30e-9
"""For each number whose mean and spread are taken in 64 bits."""


def of_activity(architecture: Architecture, images: int) -> Effort:
    """Which units fire, or where each answers most: all that every layer gives, batch by batch."""
    few = held_images(architecture, min(BATCH, max(images, 1)))
    batch = of_forward(architecture, few)
    pixels = images * FLOAT_BYTES * element_count(architecture.input)
    return Effort(0, batch.peak_bytes + 2 * pixels, batch.seconds * images / few)


def of_statistics(architecture: Architecture, images: int) -> Effort:
    """Every layer's figures: in 64 bits, and twice where not all is held."""
    once = of_activity(architecture, images)
    outputs = [element_count(row.output_shape) for row in trace(architecture).rows]
    few = held_images(architecture, min(BATCH, max(images, 1)))
    exact = 4 * DOUBLE_BYTES * few * max(outputs, default=0)
    held = images * sum(outputs)
    kept = FLOAT_BYTES * held if held <= MOST_KEPT else 0
    twice = 1 if held <= MOST_KEPT else 2
    seconds = twice * once.seconds + FLOAT64_S * held
    return Effort(0, once.peak_bytes + kept + exact, seconds)


def of_kernels(row: Row, *, against_hand_made: bool) -> Effort:
    """A convolution's kernels as pictures; those of the first are held against known ones, too."""
    kernels = row.weights[0]
    filters = kernels.count // max(1, kernels.shape[2])
    exact = 4 * DOUBLE_BYTES * filters if against_hand_made else 0
    return Effort(0, 2 * FLOAT_BYTES * kernels.count + exact, 4 * FLOAT64_S * filters)


def of_embedding(architecture: Architecture, images: int) -> Effort:
    """The features of all images, and their directions, in 64 bits."""
    asked = of_predict(architecture, images)
    features = images * features_of(architecture)
    pixels = images * FLOAT_BYTES * element_count(architecture.input)
    exact = (2 * FLOAT_BYTES + 4 * DOUBLE_BYTES) * features
    seconds = asked.seconds + 1e-9 * features * images
    return Effort(0, max(asked.peak_bytes, exact) + 2 * pixels, seconds)


def of_where(architecture: Architecture) -> Effort:
    """Where it looks, three ways: asked with covers over the image, and twice there and back."""
    covered = of_activity(architecture, COVERED)
    back = of_backward(architecture).again(2)
    peak = max(covered.peak_bytes, back.peak_bytes)
    return Effort(0, peak, covered.seconds + back.seconds)
