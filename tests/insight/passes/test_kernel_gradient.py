"""The shown gradients against Keras' tape, against nudged numbers, and against SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from cnn.insight.passes.kernel_gradient import (
    descend,
    network_of,
    numerical_bias_gradient,
    numerical_gradients,
)
from cnn.network.keras.model import build, set_weights


def case(seed: int, side: int = 5, size: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    out = side - size + 1
    return tuple(random.normal(size=(n, n)).astype(np.float32) for n in (side, size, out))  # type: ignore[return-value]


@given(st.integers(0, 10**6), st.integers(4, 6), st.integers(1, 4))
def test_the_gradients_agree_with_nudged_numbers(seed, side, size):
    image, kernel, target = case(seed, side, size)

    found = descend(image, kernel, target, 0.01)
    to_kernel, to_input = numerical_gradients(image, kernel, target)

    np.testing.assert_allclose(found.to_kernel, to_kernel, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(found.to_input, to_input, rtol=1e-3, atol=1e-3)


def test_the_gradients_and_the_step_agree_with_keras():
    import keras
    import tensorflow as tf

    image, kernel, target = case(3)
    found = descend(image, kernel, target, 0.02)
    architecture = network_of(image, kernel)
    model = build(architecture)
    set_weights(model, architecture, {"conv2d_1": (kernel[:, :, None, None],)})
    x = tf.constant(image[None, :, :, None])
    weight = model.trainable_variables[0]
    with tf.GradientTape() as tape:
        tape.watch(x)
        difference = model(x) - target[None, :, :, None]
        loss = tf.reduce_sum(difference**2) / 2
    to_kernel, to_input = tape.gradient(loss, (weight.value, x))
    keras.optimizers.SGD(0.02).apply([to_kernel], [weight])

    assert found.loss == pytest.approx(float(loss), rel=1e-5)
    np.testing.assert_allclose(found.to_kernel, to_kernel[:, :, 0, 0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.to_input, to_input[0, :, :, 0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.stepped, weight.numpy()[:, :, 0, 0], rtol=1e-5, atol=1e-6)
    after = float(tf.reduce_sum((model(x) - target[None, :, :, None]) ** 2) / 2)
    assert found.loss_after == pytest.approx(after, rel=1e-4)


def test_the_gradient_of_a_bias_agrees_with_keras_and_with_nudging():
    import keras
    import tensorflow as tf

    image, kernel, target = case(6)
    found = descend(image, kernel, target, 0.02)
    layer = keras.layers.Conv2D(1, 3)
    layer.build((None, 5, 5, 1))
    layer.set_weights([kernel[:, :, None, None], np.zeros(1)])
    with tf.GradientTape() as tape:
        difference = layer(image[None, :, :, None]) - target[None, :, :, None]
        loss = tf.reduce_sum(difference**2) / 2
    (to_bias,) = tape.gradient(loss, [layer.bias.value])

    assert found.to_bias == pytest.approx(float(to_bias[0]), rel=1e-5)
    assert numerical_bias_gradient(image, kernel, target) == pytest.approx(found.to_bias, rel=1e-4)


def test_the_contributions_of_all_places_add_up_to_the_gradient():
    image, kernel, target = case(4)

    found = descend(image, kernel, target, 0.01)

    for place, (y, x) in enumerate(np.ndindex(3, 3)):
        patch = image[y : y + 3, x : x + 3]
        np.testing.assert_allclose(found.contributions[place], patch * found.arriving[y, x])
    np.testing.assert_allclose(found.running[-1], found.to_kernel, rtol=1e-4, atol=1e-5)


def test_both_gradients_are_convolutions():
    image, kernel, target = case(5)

    found = descend(image, kernel, target, 0.01)

    np.testing.assert_allclose(
        found.to_kernel, correlate2d(image, found.arriving, mode="valid"), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(
        found.to_input, convolve2d(found.arriving, kernel, mode="full"), rtol=1e-4, atol=1e-5
    )


def test_the_output_and_loss_by_hand():
    image = np.array([[1, 2], [3, 4]], np.float32)
    kernel = np.array([[2]], np.float32)
    target = np.array([[2, 4], [6, 7]], np.float32)

    found = descend(image, kernel, target, 0.1)

    # The output is 2, 4, 6, 8, so only the last cell is off, by 1: the loss is 1/2, its gradient 4,
    # and the weight goes to 2 - 0.1 * 4 = 1.6.
    assert found.loss == 0.5
    assert found.to_kernel.tolist() == [[4]]
    assert found.to_input.tolist() == [[0, 0], [0, 2]]
    assert found.stepped.tolist() == [[pytest.approx(1.6)]]
    # Then the output is 1.6, 3.2, 4.8, 6.4: (0.16 + 0.64 + 1.44 + 0.36) / 2.
    assert found.loss_after == pytest.approx(1.3)
