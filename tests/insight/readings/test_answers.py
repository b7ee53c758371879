"""What a network answers, in shares and in words."""

import numpy as np
import pytest
from scipy.special import softmax

from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.answers import (
    answer,
    class_scores,
    in_words,
    shares,
    shares_in,
    shares_of,
)
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, build, set_weights
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layers,
    Residual,
)
from tests.network.outputs import outputs_of

MEAN = GlobalAveragePooling2D()
NAMES = tuple("0123456789")


def spread(**likely: float) -> np.ndarray:
    found = np.full(10, 0.0, np.float32)
    for name, share in likely.items():
        found[int(name[1:])] = share
    rest = 1 - found.sum()
    found[found == 0] = rest / (found == 0).sum()
    return found


@pytest.mark.parametrize(
    ("likely", "words"),
    [
        (spread(d7=0.95), "It is a 7."),
        (spread(d8=0.92), "It is an 8."),
        (spread(d4=0.7, d9=0.15), "Probably a 4."),
        (spread(d4=0.55, d9=0.4), "It is not sure: 4 or 9?"),
        (spread(d9=0.62, d4=0.3), "It is not sure: 9 or 4?"),
        (spread(d3=0.35, d5=0.33, d8=0.3), "It is not sure: 3, 5 or 8?"),
        (spread(d2=0.5), "It is not sure: perhaps a 2?"),
        (np.full(10, 0.1, np.float32), "It is not sure: 0 or 1?"),
    ],
)
def test_it_says_how_sure_it_is(likely: np.ndarray, words: str):
    assert in_words(answer(likely), NAMES) == words


def test_shares_are_the_softmax_even_of_huge_scores():
    scores = np.array([[1e4, 1e4 - 1, -1e4], [0, 0, 0]], np.float32)
    np.testing.assert_allclose(shares(scores), softmax(scores.astype(float), axis=1), atol=1e-6)


@pytest.mark.parametrize("end", [(Dense(10),), (Dense(10), Activation("softmax"))])
def test_scores_are_those_before_a_softmax(end: tuple[Dense, ...]):
    network = Architecture("ends", (3, 3, 1), (Flatten(), *end))
    weights = random_weights(network)
    images = np.random.default_rng(0).random((4, 3, 3, 1), np.float32)
    kernel, bias = weights["dense_1"]
    wanted = images.reshape(4, 9) @ kernel + bias

    np.testing.assert_allclose(class_scores(network, weights, images), wanted, atol=1e-5)
    if len(end) == 2:
        likely = predict(network, weights, images)
        np.testing.assert_allclose(shares(wanted), likely, atol=1e-5)


@pytest.mark.parametrize(
    "end",
    [
        (Dense(4, "softmax"),),
        (Dense(4, "softmax"), Dropout()),
        (Dense(4), Residual((Dense(4),), (), "softmax")),
        (Dense(4, "softmax"), Activation("softmax")),
        (Dense(4, "sigmoid"),),
        (Dense(4), Activation("sigmoid"), Dropout()),
    ],
)
def test_it_is_as_sure_as_keras_says_that_it_is(end: Layers):
    is_as_sure_as_keras(Architecture("ends", (3, 3, 1), (Flatten(), *end)))


@pytest.mark.parametrize(
    "end",
    [
        (Conv2D(4, 1, activation="softmax"), GlobalAveragePooling2D()),
        (Conv2D(4, 2), Activation("softmax"), AveragePooling2D(2), Flatten()),
        (Conv2D(4, 1, activation="softmax"), Dropout(), AveragePooling2D(2), MEAN, Dropout()),
        (Conv2D(4, 1, activation="sigmoid"), GlobalAveragePooling2D()),
    ],
)
def test_means_of_probabilities_are_probabilities(end: Layers):
    is_as_sure_as_keras(Architecture("means", (3, 3, 1), end))


def test_what_is_given_means_of_probabilities_is_never_without_a_score():
    network = Architecture("means", (3, 3, 1), (Conv2D(4, 1, activation="softmax"), MEAN))
    weights: Weights = {
        "conv2d_1": (np.array([[[[-900, 0, 0, 900]]]], np.float32), np.zeros(4, np.float32))
    }

    scores = class_scores(network, weights, np.ones((1, 3, 3, 1), np.float32))

    assert np.isfinite(scores).all()
    np.testing.assert_allclose(shares_of(network, scores), [[0, 0, 0, 1]], atol=1e-6)


def is_as_sure_as_keras(network: Architecture) -> None:
    weights = random_weights(network)
    images = 5 * np.random.default_rng(0).random((4, 3, 3, 1), np.float32)
    model = build(network)
    set_weights(model, network, weights)

    wanted = outputs_of(model, images)

    scores = class_scores(network, weights, images)
    np.testing.assert_allclose(shares_of(network, scores), wanted, atol=1e-6)
    output = predict(network, weights, images)
    np.testing.assert_allclose(shares_in(network, output), wanted, atol=1e-6)
