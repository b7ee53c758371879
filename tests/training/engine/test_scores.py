from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import log_softmax, softmax

from cnn.training.engine.scores import judged, probabilities

SCORES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 20), st.integers(2, 12)),
    elements=st.floats(-1e4, 1e4, width=32),
)


@given(scores=SCORES, chance=st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_loss_accuracy_and_probabilities_are_scipys_however_large_the_scores(
    scores: npt.NDArray[np.float32], chance: int
):
    images, classes = scores.shape
    labels = np.asarray(np.random.default_rng(chance).integers(0, classes, images))
    exact = scores.astype(np.float64)

    loss, accuracy, found = judged(scores, labels)

    assert loss == pytest.approx(-log_softmax(exact, axis=1)[np.arange(images), labels].mean())
    assert accuracy == np.mean(scores.argmax(axis=1) == labels)
    np.testing.assert_allclose(found, softmax(exact, axis=1), atol=1e-6)
    np.testing.assert_allclose(probabilities(scores), found, atol=1e-6)


def test_keras_finds_the_same_loss():
    import keras

    scores = np.random.default_rng(1).normal(0, 8, (50, 10)).astype(np.float32)
    labels = np.arange(50) % 10
    wanted = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, scores)
    assert judged(scores, labels)[0] == pytest.approx(float(wanted), rel=1e-5)


def test_scores_stay_as_they_were():
    scores = np.array([[1.0, 2.0]])
    judged(scores, np.array([0]))
    assert scores.tolist() == [[1.0, 2.0]]
