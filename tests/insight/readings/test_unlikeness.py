"""How unlike an image is, against SciPy's Mahalanobis distance and Keras' own means of maps."""

import numpy as np
from scipy.spatial.distance import mahalanobis

from cnn.data import DatasetSpec, load
from cnn.data.sets import DatasetName
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.unlikeness import LAST, SHRINKAGE, learned, map_means
from cnn.network.architecture import Architecture
from cnn.network.feed import read
from cnn.network.keras.model import build, set_weights
from cnn.network.layers import Activation, Conv2D, Dense, Flatten
from cnn.shipped import shipped


def test_a_distance_is_scipys_to_the_nearest_class():
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(3, 6, 6))
    labels = np.repeat(np.arange(3), (40, 90, 60)).astype(np.int64)
    rows = np.stack([rng.normal(size=6) @ mix[at] + 3 * at for at in labels])
    shared = sum((labels == at).mean() * np.cov(rows[labels == at].T, bias=True) for at in range(3))
    inverses = [
        np.linalg.inv(
            (1 - SHRINKAGE) * np.cov(rows[labels == at].T, bias=True) + SHRINKAGE * shared
        )
        for at in range(3)
    ]
    others = rng.normal(size=(20, 6)) * 6
    wanted = [
        min(mahalanobis(row, rows[labels == at].mean(axis=0), inverses[at]) for at in range(3))
        for row in others
    ]
    np.testing.assert_allclose(learned(rows, labels).distances(others), wanted, rtol=1e-9)


def test_the_mean_of_a_class_is_at_no_distance_from_it():
    rng = np.random.default_rng(1)
    rows, labels = rng.normal(size=(200, 4)), np.arange(200) % 2
    found = learned(rows, labels)
    np.testing.assert_allclose(found.distances(found.means), 0, atol=1e-12)


def test_the_means_of_maps_are_of_the_pixels_that_the_network_is_fed():
    from keras import Model

    layers = (Conv2D(4, 3), Activation("tanh"), Flatten(), Dense(3, "softmax"))
    fed = Architecture("Fed", (8, 8, 3), layers, read("caffe"))
    weights = random_weights(fed, seed=1)
    images = np.random.default_rng(2).random((5, 8, 8, 3)).astype(np.float32)
    model = build(fed)
    set_weights(model, fed, weights)
    tanh = next(one for one in model.layers if type(one).__name__ == "Activation")
    # What keras.applications calls caffe: 0 to 255, blue first, less the means of ImageNet.
    caffe = images[..., ::-1] * 255 - np.array([103.939, 116.779, 123.68], np.float32)
    maps = Model(model.inputs, tanh.output).predict(caffe, verbose=0)
    np.testing.assert_allclose(map_means(fed, weights, images), maps.mean(axis=(1, 2)), atol=1e-4)


def test_the_means_of_maps_are_those_of_keras():
    from keras import Model

    found = shipped()
    images = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test.take(range(12)).images
    model = build(found.architecture)
    set_weights(model, found.architecture, found.weights)
    layers = [one for one in model.layers if type(one).__name__ == "Activation"][-LAST:]
    outputs = Model(model.inputs, [one.output for one in layers]).predict(images, verbose=0)
    wanted = np.concatenate([maps.mean(axis=(1, 2)) for maps in outputs], axis=1)
    ours = map_means(found.architecture, found.weights, images)
    np.testing.assert_allclose(ours, wanted, atol=1e-5)
