"""What is worth knowing before a training starts: sentences, none of which forbids anything."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cnn.network.architecture import Architecture, walk
from cnn.network.heads import bounding, from_scores, surest
from cnn.network.layers import BatchNormalization, Dense
from cnn.network.layers.convolution import Convolution
from cnn.network.layers.pointwise import Normalizing
from cnn.numbers import exact, number
from cnn.training.recipe.configuration import Configuration, calm_rate
from cnn.training.recipe.pace import steps_wanted

MOST_SURE = 0.99
"""Where no answer can be surer than that, it is worth saying."""

DEEP = 8
"""AlexNet-lite has so many layers with weights, no normalization, and learned nothing of scenes at
the usual rate; at a tenth it did. LeNet-5, which has five, learns at the usual one.
"""


def concerns(
    architecture: Architecture, configuration: Configuration, train_images: int
) -> tuple[str, ...]:
    """What may go wrong with a network and a configuration that are both valid."""
    batch = configuration.batch_size_for(train_images)
    steps = steps_wanted(configuration, train_images)
    found = []
    momentum, needed = settling(architecture)
    if steps is not None and steps < needed:
        found.append(
            f"Batch normalization keeps moving averages with a momentum of {exact(momentum)}, "
            f"which settle after about {needed:,} steps; this training has {steps:,}. Validation "
            "will look worse than it is. Train more epochs, or use smaller batches or a "
            "lower momentum."
        )
    if batch > train_images:
        found.append(
            f"A batch of {batch:,} holds all {train_images:,} training images, so that an epoch "
            "is one step. Use a smaller batch to take more."
        )
    return (*found, *_on_rate(architecture, configuration), *_on_bounds(from_scores(architecture)))


def _on_rate(architecture: Architecture, configuration: Configuration) -> Iterator[str]:
    """That the rate may be too high for a deep network whose values nothing keeps in range."""
    layers = [layer for _, layer in walk(architecture.layers)]
    weighing = sum(isinstance(layer, (Convolution, Dense)) for layer in layers)
    if weighing < DEEP or any(isinstance(layer, Normalizing) for layer in layers):
        return
    rate, calm = configuration.peak_rate, calm_rate(configuration.optimizer)
    if architecture.input[2] == 3 and rate > 2 * calm:
        yield (
            f"{weighing} layers with weights, and no normalization between them: at a "
            f"learning rate of {number(rate)} such a network may learn nothing from images in "
            f"colour. {number(calm)} is safer."
        )


def _on_bounds(scoring: Architecture) -> Iterator[str]:
    """What an activation makes impossible that keeps the scores close to each other."""
    most = surest(scoring)
    if most < MOST_SURE:
        yield (
            f"The scores of the classes come from a {bounding(scoring)}, which keeps them "
            f"close to each other: no answer can be surer than {100 * most:.1f} %, and the loss "
            f"cannot fall below {-math.log(most):.3f}. Leave that activation out."
        )


def settling(architecture: Architecture) -> tuple[float, int]:
    """The highest momentum of its batch normalizations, and the steps their averages need to
    settle; none where there is no batch normalization.
    """
    momenta = [
        layer.momentum
        for _, layer in walk(architecture.layers)
        if isinstance(layer, BatchNormalization)
    ]
    highest = max(momenta, default=0.0)
    return highest, math.ceil(3 / (1 - min(highest, 0.9999))) if momenta else 0
