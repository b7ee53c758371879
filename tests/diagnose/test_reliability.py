"""Confidence against accuracy: by hand, by a loop over the images, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.reliability import reliability


def predictions(scores: list[list[float]], labels: list[int]) -> Predictions:
    table = np.asarray(scores, np.float32).reshape(len(scores), -1 if scores else 2)
    return Predictions(table, np.asarray(labels, np.int64))


def drawn(images: int, classes: int, seed: int) -> Predictions:
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.full(classes, 0.4), images).astype(np.float32)
    return Predictions(scores, random.integers(0, classes, images))


def test_a_diagram_by_hand():
    scores = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]]

    found = reliability(predictions(scores, [0, 1, 1, 1]), bins=2)

    low, high = found.bins
    assert (low.images, low.accuracy, low.confidence) == (0, None, None)
    assert (high.images, high.right, high.accuracy) == (4, 3, 0.75)
    assert high.confidence == pytest.approx((0.9 + 0.8 + 0.7 + 0.55) / 4)
    assert found.error == pytest.approx(0.75 - 0.7375, abs=1e-6)
    assert found.overconfidence == pytest.approx(0.7375 - 0.75, abs=1e-6)


@given(st.integers(1, 60), st.integers(2, 6), st.integers(1, 15), st.integers(0, 1_000))
def test_the_error_is_that_of_a_loop_over_the_bins(images, classes, bins, seed):
    given_ = drawn(images, classes, seed)
    confidence = [max(map(float, row)) for row in given_.scores]
    right = [int(p == label) for p, label in zip(given_.predicted, given_.labels, strict=True)]
    error = 0.0
    for place in range(bins):
        inside = [i for i, c in enumerate(confidence) if place / bins < c <= (place + 1) / bins]
        if inside:
            sure = sum(confidence[i] for i in inside) / len(inside)
            hit = sum(right[i] for i in inside) / len(inside)
            error += len(inside) / images * abs(sure - hit)

    found = reliability(given_, bins)

    assert found.error == pytest.approx(error, abs=1e-6)
    assert sum(one.images for one in found.bins) == found.images == images
    assert found.overconfidence == pytest.approx(
        sum(confidence) / images - sum(right) / images, abs=1e-6
    )


def test_the_bins_are_those_of_scikit_learn():
    from sklearn.calibration import calibration_curve

    given_ = drawn(500, 4, 0)
    right = given_.predicted == given_.labels
    accuracy, confidence = calibration_curve(right, given_.scores.max(axis=1), n_bins=10)

    found = [one for one in reliability(given_, 10).bins if one.images]

    assert [one.accuracy for one in found] == pytest.approx(accuracy)
    assert [one.confidence for one in found] == pytest.approx(confidence, rel=1e-6)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_the_ends_belong_to_the_outer_bins(score):
    found = reliability(predictions([[score, score]], [0]), bins=5)

    assert [one.images for one in found.bins] == (
        [1, 0, 0, 0, 0] if score == 0 else [0, 0, 0, 0, 1]
    )


def test_no_images_have_no_error():
    found = reliability(predictions([], []))

    assert (found.images, found.error, found.overconfidence) == (0, None, None)
    assert all(one.accuracy is None for one in found.bins)
