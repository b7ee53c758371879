"""What is said before a training that may disappoint."""

from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GroupNormalization,
    Layers,
)
from cnn.training.forecast.advice import concerns
from cnn.training.recipe.configuration import Configuration


def network(*layers) -> Architecture:
    return Architecture("Some", (8, 8, 1), (Conv2D(2, 3), *layers, Flatten(), Dense(3)))


@pytest.mark.parametrize(("epochs", "speaks"), [(29, True), (30, False)])
def test_batch_norm_needs_three_over_one_minus_momentum_steps(epochs: int, speaks: bool):
    # 150 images in batches of 16 are 10 steps; 3 / (1 - 0.99) = 300 of them are 30 epochs.
    found = concerns(network(BatchNormalization(0.99)), Configuration(epochs=epochs), 150)

    assert bool(found) is speaks
    assert not speaks or "settle after about 300 steps; this training has 290" in found[0]


def test_a_network_without_batch_norm_needs_no_such_warning():
    assert concerns(network(), Configuration(epochs=1), 150) == ()


def test_a_batch_of_all_images_is_mentioned():
    (found,) = concerns(network(), Configuration(batch_size=256), 150)

    assert "A batch of 256 holds all 150 training images" in found


def deep(norm: Layers = (), channels: int = 3) -> Architecture:
    """Eight layers with weights."""
    stack = (Conv2D(2, 3, padding="same"), *norm) * 7
    return Architecture("Deep", (8, 8, channels), (*stack, Flatten(), Dense(3)))


def test_a_deep_network_without_normalization_is_told_that_the_usual_rate_may_be_too_high():
    (found,) = concerns(deep(), Configuration(epochs=100), 150)

    assert "8 layers with weights" in found
    assert "0.01 " in found
    assert "0.001 is safer" in found


@pytest.mark.parametrize(
    ("network", "settings"),
    [
        (deep((GroupNormalization(2),)), {}),
        (deep(channels=1), {}),
        (deep(), {"learning_rate": 0.001}),
        (deep(), {"schedule": "cosine"}),
        (network(), {}),
    ],
)
def test_others_are_not(network: Architecture, settings: dict[str, Any]):
    assert concerns(network, Configuration(epochs=100, **settings), 150) == ()


@pytest.mark.parametrize(
    ("head", "scores"),
    [
        ((Dense(10, "tanh"),), [1, *[-1] * 9]),
        ((Dense(10), Activation("hard_sigmoid")), [1, *[0] * 9]),
        ((Dense(10, "softmax"), Activation("softmax")), [1, *[0] * 9]),
    ],
)
def test_scores_that_cannot_lie_far_apart_are_mentioned_with_the_best_that_there_can_be(
    head: Layers, scores: list[int]
):
    best = softmax(scores)[0]
    architecture = Architecture("Some", (8, 8, 1), (Flatten(), *head))

    (found,) = concerns(architecture, Configuration(), 150)

    assert f"no answer can be surer than {100 * best:.1f} %" in found
    assert f"the loss cannot fall below {-np.log(best):.3f}." in found


@pytest.mark.parametrize("name", ["softmax", "relu", "softplus", None])
def test_scores_without_bounds_need_no_such_warning(name: str | None):
    architecture = Architecture("Some", (8, 8, 1), (Flatten(), Dense(10, name)))

    assert concerns(architecture, Configuration(), 150) == ()
