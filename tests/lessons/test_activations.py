"""Values, slopes and gradients of the lesson against Keras and against numerical derivatives."""

import numpy as np
import pytest

from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.weights import random_weights
from cnn.lessons import activations
from cnn.lessons.activations import MEASURED_ON, NAMES, at, deep_network, left_over, measured
from cnn.network.keras.model import build, set_weights
from cnn.network.layers import BatchNormalization
from cnn.network.trace import trace
from cnn.shipped import shipped

each_name = pytest.mark.parametrize("name", NAMES)


@each_name
def test_a_value_is_that_of_keras(name):
    import keras

    wanted = keras.ops.convert_to_numpy(keras.activations.get(name)(activations.axis()))
    np.testing.assert_allclose(activations.value(name, activations.axis()), wanted, atol=1e-6)


@each_name
def test_a_slope_is_the_numerical_derivative_away_from_the_bend(name):
    x = activations.axis()
    x = x[np.abs(x) > 0.02].astype(np.float64)
    step = 1e-2
    after, before = (activations.value(name, (x + by).astype(np.float32)) for by in (step, -step))
    wanted = (after.astype(np.float64) - before) / (2 * step)
    np.testing.assert_allclose(activations.slope(name, x.astype(np.float32)), wanted, atol=2e-4)


@pytest.mark.parametrize(
    ("name", "x", "value", "slope"),
    [
        ("relu", -1.0, 0, 0),
        ("relu", 0.0, 0, 0),
        ("leaky_relu", -2.0, -0.4, 0.2),
        ("sigmoid", 0.0, 0.5, 0.25),
        ("sigmoid", 1.0, 0.7310586, 0.1966119),
        ("tanh", 0.0, 0, 1),
        ("gelu", 0.0, 0, 0.5),
        ("gelu", 1.0, 0.8413447, 1.0833155),
    ],
)
def test_known_values_and_slopes(name, x, value, slope):
    assert at(name, x) == pytest.approx((value, slope), abs=1e-6)


def test_the_largest_slopes_are_those_the_lesson_names():
    fine = np.linspace(-6, 6, 120_001, dtype=np.float32)
    found = {name: float(activations.slope(name, fine).max()) for name in NAMES}
    assert found["sigmoid"] == pytest.approx(0.25)
    assert found["tanh"] == pytest.approx(1)
    assert found["gelu"] == pytest.approx(1.129, abs=5e-4)
    steepest = fine[activations.slope("gelu", fine).argmax()]
    assert steepest == pytest.approx(2**0.5, abs=5e-3)
    falling = fine[activations.slope("gelu", fine) < 0]
    assert falling.max() == pytest.approx(-0.75, abs=5e-3)


def test_ten_layers_of_sigmoid_leave_a_millionth_at_best():
    assert left_over("sigmoid", 0.0, 10)[-1] == pytest.approx(9.5367e-7, rel=1e-4)
    assert left_over("sigmoid", 0.0, 2) == pytest.approx([1, 0.25, 0.0625])
    assert left_over("relu", 1.0, 30)[-1] == 1
    assert left_over("relu", -1.0, 3) == [1, 0, 0, 0]


@each_name
def test_the_gradients_of_a_deep_network_are_those_of_keras(name):
    import keras
    import tensorflow as tf

    depth = 4
    architecture = deep_network(name, depth)
    model = build(architecture)
    set_weights(model, architecture, random_weights(architecture))
    digits = load_sample().learn.take(range(MEASURED_ON))
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    x = tf.reshape(tf.constant(digits.images), (MEASURED_ON, -1))
    outputs = []
    with tf.GradientTape() as tape:
        for layer in layers:
            x = layer(x)
            tape.watch(x)
            outputs.append(x)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(digits.labels, x))
    found = tape.gradient(loss, outputs[:-1])
    norms = [float(tf.norm(one)) for one in reversed(found)]

    wanted = [norm / norms[0] for norm in norms]
    assert len(wanted) == depth
    np.testing.assert_allclose(measured(name, depth), wanted, rtol=2e-4)


def test_measured_sigmoid_vanishes_and_relu_much_less():
    assert measured("sigmoid", 10)[-1] < 1e-4 < 1e-2 < measured("relu", 10)[-1]


def test_the_map_before_the_first_relu_is_convolution_and_normalisation_by_hand():
    network = shipped()
    image = load_sample().learn.images[0]
    (kernel,) = network.weights["conv2d_1"]
    gamma, beta, mean, variance = (
        one.astype(np.float64) for one in network.weights["batch_normalization_1"]
    )
    layer = trace(network.architecture).rows[1].layer
    assert isinstance(layer, BatchNormalization)
    epsilon = layer.epsilon
    channel, row, column = 4, 9, 11
    patch = image[row : row + 3, column : column + 3, 0].astype(np.float64)
    total = (patch * kernel[:, :, 0, channel]).sum()
    scaled = gamma[channel] * (total - mean[channel]) / np.sqrt(variance[channel] + epsilon)

    found = activations.before(image, channel)
    assert found.shape == (26, 26, 1)
    assert activations.filters() == 16
    assert found[row, column, 0] == pytest.approx(scaled + beta[channel], abs=1e-4)


def test_the_deep_network_has_its_layers():
    found = trace(deep_network("gelu", 3))
    hidden = (784 * 32 + 32) + 2 * (32 * 32 + 32)
    assert found.total_params == hidden + 32 * 10 + 10
