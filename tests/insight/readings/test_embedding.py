"""Points of images: scikit-learn's PCA is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.embedding import hidden_features, principal_components
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.zoo import entry

LENET = entry("lenet-5").architecture


@given(st.integers(3, 40), st.integers(3, 30), st.integers(1, 3), st.integers(0, 1_000))
def test_the_points_are_those_of_scikit_learn(images, features, directions, seed):
    from sklearn.decomposition import PCA

    random = np.random.default_rng(seed)
    values = random.normal(size=(images, features)) * np.linspace(1, 9, features)
    directions = min(directions, images - 1)
    oracle = PCA(directions, svd_solver="full").fit(values)
    wanted = oracle.transform(values)

    found = principal_components(values, directions)

    for direction in range(directions):
        mine, theirs = found.points[:, direction], wanted[:, direction]
        np.testing.assert_allclose(mine * np.sign(mine @ theirs), theirs, atol=1e-8)
    np.testing.assert_allclose(found.shares, oracle.explained_variance_ratio_, atol=1e-12)


def test_a_direction_points_where_its_largest_feature_grows():
    values = np.array([[0, 0], [1, -3], [2, -6]], float)

    for sign in (1, -1):
        found = principal_components(sign * values, 1)
        assert np.all(np.diff(found.points[:, 0]) * np.diff(sign * values[:, 1]) > 0)
    assert found.shares == (1.0,)


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (3, 0), (5, 1)])
def test_directions_that_are_missing_are_zeros(shape):
    found = principal_components(np.arange(np.prod(shape), dtype=float).reshape(shape), 2)

    assert found.points.shape == (shape[0], 2)
    assert not found.points[:, 1].any()
    assert found.shares[1] == 0
    assert np.isfinite(found.points).all()


def test_the_features_are_what_the_last_dense_layer_is_given(monkeypatch):
    weights = random_weights(LENET)
    images = np.random.default_rng(0).random((7, *LENET.input)).astype(np.float32)
    passed = forward(LENET, weights, images)
    last = list(passed.outputs)[-1]

    found = hidden_features(LENET, weights, images)
    monkeypatch.setattr("cnn.insight.passes.forward.BATCH_NUMBERS", 1)
    one_by_one = hidden_features(LENET, weights, images)

    np.testing.assert_array_equal(found, passed.inputs[last])
    np.testing.assert_allclose(one_by_one, found, atol=1e-5)
    assert hidden_features(LENET, weights, images[:0]).shape == (0, found.shape[1])


def test_without_a_dense_layer_it_is_what_the_network_gives():
    network = Architecture("Maps", (4, 4, 1), (Conv2D(2, 3),))
    deep = Architecture("Deep", (4, 4, 1), (Flatten(), Dense(3), Dense(2)))
    images = np.random.default_rng(0).random((3, 4, 4, 1)).astype(np.float32)

    assert hidden_features(network, random_weights(network), images).shape == (3, 8)
    assert hidden_features(deep, random_weights(deep), images).shape == (3, 3)
