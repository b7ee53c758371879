"""Batch normalization in one operation, against Keras' own layer."""

from typing import Any

import numpy as np
import pytest

from cnn.training.engine.environment import environment
from cnn.training.engine.fused import FUSED, fuse


def layer_in_a_model(shape: tuple[int, ...], **own: bool) -> Any:
    import keras

    normalization = keras.layers.BatchNormalization(momentum=0.8, name="it", **own)
    model = keras.Sequential([keras.Input(shape), normalization])
    rng = np.random.default_rng(1)
    for variable in normalization.variables:
        variable.assign(rng.uniform(0.5, 2.0, variable.shape).astype(np.float32))
    return model


def fused(model: Any) -> Any:
    import keras
    import tensorflow as tf

    fuse(model, tf, keras)
    return model


def step(model: Any, images: Any) -> list[Any]:
    """What it gives, every gradient of an uneven loss, and its state after it."""
    import tensorflow as tf

    images = tf.constant(images)
    weights = np.random.default_rng(2).normal(size=images.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(images)
        output = model(images, training=True)
        loss = tf.reduce_sum(output * weights + 0.1 * output**3)
    gradients = tape.gradient(loss, [images, *model.trainable_variables])
    return [one.numpy() for one in (output, *gradients)] + list(model.get_weights())


@pytest.mark.parametrize("shape", [(8, 6, 6, 3), (64, 5, 7, 1), (2, 1, 1, 4), (3, 28, 28, 16)])
def test_output_gradients_and_moving_averages_are_those_of_keras(shape: tuple[int, ...]):
    images = np.random.default_rng(0).normal(0.3, 2.0, shape).astype(np.float32)
    wanted = step(layer_in_a_model(shape[1:]), images)
    found = step(fused(layer_in_a_model(shape[1:])), images)
    for ours, keras in zip(found, wanted, strict=True):
        scale = np.abs(keras).max()
        np.testing.assert_allclose(ours, keras, rtol=1e-4, atol=1e-5 * max(scale, 1.0))


@pytest.mark.parametrize("without", ["center", "scale"])
def test_so_they_are_where_a_layer_does_not_rescale_all(without: str):
    images = np.random.default_rng(0).normal(0.3, 2.0, (8, 6, 6, 3)).astype(np.float32)
    wanted = step(layer_in_a_model((6, 6, 3), **{without: False}), images)
    found = step(fused(layer_in_a_model((6, 6, 3), **{without: False})), images)
    for ours, keras in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, keras, rtol=1e-4, atol=1e-5 * max(np.abs(keras).max(), 1))


def test_a_batch_of_a_single_value_keeps_a_variance_of_zero():
    model = fused(layer_in_a_model((1, 1, 2)))
    before = model.get_layer("it").moving_variance.numpy()
    model(np.full((1, 1, 1, 2), 3.0, np.float32), training=True)
    after = model.get_layer("it").moving_variance.numpy()
    np.testing.assert_allclose(after, 0.8 * before, rtol=1e-6)


def test_a_batch_normalization_of_numbers_stays_with_keras():
    images = np.random.default_rng(0).normal(size=(16, 5)).astype(np.float32)
    wanted, found = (
        step(layer_in_a_model((5,)), images),
        step(fused(layer_in_a_model((5,))), images),
    )
    assert all((ours == keras).all() for ours, keras in zip(found, wanted, strict=True))


def test_a_network_that_is_used_and_not_trained_gives_keras_own_numbers():
    images = np.random.default_rng(0).normal(size=(4, 6, 6, 3)).astype(np.float32)
    wanted, found = layer_in_a_model((6, 6, 3)), fused(layer_in_a_model((6, 6, 3)))
    assert (found(images).numpy() == wanted(images).numpy()).all()


def test_a_run_notes_that_it_was_trained_so():
    assert environment(64)["batch_norm"] == FUSED
