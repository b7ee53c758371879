"""What is said before a training that may disappoint."""

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization, Conv2D, Dense, Flatten
from cnn.training.advice import concerns
from cnn.training.configuration import Configuration


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
