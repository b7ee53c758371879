"""The measured gradients: Keras finds the same, and what is kept is what is measured again."""

import numpy as np
import pytest

from cnn.data import load
from cnn.lessons.residual import (
    CASES,
    DEPTHS,
    FILTERS,
    IMAGES,
    SEEDS,
    Start,
    fresh_weights,
    kept,
    measured,
    median_at,
    network,
)
from cnn.network.keras.model import build, set_weights
from cnn.network.trace import trace


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("skips", [False, True])
def test_a_network_has_as_many_layers_as_it_says_and_skips_add_none(depth, skips):
    traced = trace(network(depth, skips))
    assert traced.depth == depth
    assert traced.total_params == trace(network(depth, not skips)).total_params


@pytest.mark.parametrize("start", Start)
def test_with_and_without_skips_the_first_weights_are_the_same(start):
    plain = fresh_weights(network(20, False), start, 3)
    skips = fresh_weights(network(20, True), start, 3)
    assert plain.keys() == skips.keys()
    for name, arrays in plain.items():
        for one, other in zip(arrays, skips[name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_hes_kernels_have_the_variance_2_by_fan_in():
    kernel = fresh_weights(network(32, False), Start.HE, 0)["conv2d_9"][0]
    assert kernel.var() == pytest.approx(2 / (9 * FILTERS), rel=0.1)
    kernel = fresh_weights(network(32, False), Start.GLOROT, 0)["conv2d_9"][0]
    assert kernel.var() == pytest.approx(1 / (9 * FILTERS), rel=0.1)


@pytest.mark.parametrize("skips", [False, True])
@pytest.mark.parametrize("start", Start)
def test_keras_finds_the_same_gradients_and_loss(skips, start):
    import keras
    import tensorflow as tf

    architecture = network(8, skips)
    model = build(architecture)
    set_weights(model, architecture, fresh_weights(architecture, start, 0))
    train = load("digits").train.take(np.arange(IMAGES))
    with tf.GradientTape() as tape:
        shares = model(train.images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(train.labels, shares))
    kernels = [weight for weight in model.trainable_weights if weight.name == "kernel"]
    norms = [float(tf.norm(g)) for g in tape.gradient(loss, [k.value for k in kernels])]
    found = kept(8, skips, start)[0]
    assert found.loss == pytest.approx(float(loss), rel=1e-3)
    np.testing.assert_allclose(found.at, norms, rtol=1e-3)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_kept_is_measured_again(case):
    depth, skips, start = case
    assert len(kept(*case)) == len(SEEDS)
    assert all(len(one.at) == depth for one in kept(*case))
    seed = SEEDS[DEPTHS.index(depth) + skips]
    again, there = measured(depth, skips, start, seed), kept(*case)[seed]
    assert there.loss == pytest.approx(again.loss, rel=1e-3)
    np.testing.assert_allclose(there.at, again.at, rtol=1e-2)


def test_the_lessons_words_are_borne_out_by_the_measurement():
    first = {
        (depth, skips, start): median_at(kept(depth, skips, start))[0]
        for depth, skips, start in CASES
    }
    glorot = Start.GLOROT
    assert first[8, False, glorot] > 1_000 * first[32, False, glorot]  # it falls
    assert first[8, True, glorot] < first[32, True, glorot]  # nothing like that happens
    for start in Start:
        assert all(first[depth, True, start] > first[depth, False, start] for depth in DEPTHS)
    assert first[8, False, Start.HE] < 100 * first[32, False, Start.HE]  # He helps the plain stack
    assert all(one.loss > 10 for one in kept(32, True, Start.HE))


def test_a_median_is_taken_layer_by_layer():
    found = kept(8, False, Start.GLOROT)
    expected = np.median([one.at for one in found], axis=0)
    np.testing.assert_allclose(median_at(found), expected)
