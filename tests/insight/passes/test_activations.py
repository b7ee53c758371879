"""The formulas in 64 bits are the oracle here; that Keras means the same is checked in the forward
pass.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest

from cnn.insight.passes.activations import FUNCTIONS, activation_function, bent_relu, erfc
from cnn.network.fields import ACTIVATIONS
from cnn.network.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D, Residual

SELU = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
FORMULAS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: SELU[0] * (x if x > 0 else SELU[1] * math.expm1(x)),
    "gelu": lambda x: x * math.erfc(-x / math.sqrt(2)) / 2,
    "silu": lambda x: x / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "hard_silu": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "tanh": math.tanh,
}
VALUES = np.concatenate([np.linspace(-9, 9, 2_001), [0.0, -3.0, 3.0, 6.0, -30.0, 30.0]]).astype(
    np.float32
)

each_name = pytest.mark.parametrize("name", ACTIVATIONS)


def test_every_activation_of_the_vocabulary_is_there():
    assert tuple(FUNCTIONS) == ACTIVATIONS
    assert {*FORMULAS, "softmax"} == set(ACTIVATIONS)


@pytest.mark.parametrize("name", FORMULAS)
def test_an_activation_is_its_formula(name):
    wanted = [FORMULAS[name](float(value)) for value in VALUES]

    found = FUNCTIONS[name](VALUES, None)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=3e-6, atol=3e-7)


def test_softmax_is_its_formula_over_the_last_axis():
    maps = np.array([[[[1, 2, 3], [-1, -1, -1]]]], np.float32)
    total = math.exp(1) + math.exp(2) + math.exp(3)

    found = FUNCTIONS["softmax"](maps, None)

    wanted = [[[[math.exp(x) / total for x in (1, 2, 3)], [1 / 3] * 3]]]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


@each_name
def test_an_activation_stands_values_of_any_size_without_a_warning(name):
    for size in (1e2, 1e10, 1e38):
        ends = FUNCTIONS[name](np.array([[-size, size / 2]], np.float32), None)

        assert np.isfinite(ends).all()
        if name in FORMULAS and name not in ("linear", "leaky_relu", "elu", "selu", "softsign"):
            assert ends[0, 0] == pytest.approx(-1.0 if name == "tanh" else 0.0, abs=1e-30)


@each_name
def test_an_activation_may_overwrite_its_input_but_only_where_it_is_told_to(name):
    values = VALUES.reshape(9, -1).copy()
    wanted = FUNCTIONS[name](values, None)

    np.testing.assert_array_equal(values, VALUES.reshape(9, -1))
    np.testing.assert_array_equal(FUNCTIONS[name](values, values), wanted)


def test_erfc_is_exact_to_seven_digits_down_to_its_tail():
    values = np.linspace(-6, 20, 10_001)
    wanted = [math.erfc(value) for value in values]

    np.testing.assert_allclose(erfc(values), wanted, rtol=1.3e-7)


@pytest.mark.parametrize(
    ("options", "wanted"),  # of -2, 0, 0.5, 1 and 9
    [
        ((0.0, None, 0.0), [0, 0, 0.5, 1, 9]),
        ((0.1, None, 0.0), [-0.2, 0, 0.5, 1, 9]),
        ((2.0, None, 0.0), [-4, 0, 0.5, 1, 9]),
        ((0.0, 6.0, 0.0), [0, 0, 0.5, 1, 6]),
        ((0.0, None, 0.5), [0, 0, 0, 1, 9]),  # what is at the threshold is not above it
        ((0.1, None, 1.0), [-0.3, -0.1, -0.05, 0, 9]),  # the slope starts at the threshold
        ((0.1, 4.0, 0.5), [-0.25, -0.05, 0, 1, 4]),
    ],
)
def test_a_bent_relu_by_hand(options, wanted):
    values = np.array([-2, 0, 0.5, 1, 9], np.float32)

    np.testing.assert_allclose(bent_relu(*options)(values, None), wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "applies"),
    [
        (Conv2D(1, 1), None),
        (Conv2D(1, 1, activation="relu"), FUNCTIONS["relu"]),
        (Dense(1, "softmax"), FUNCTIONS["softmax"]),
        (Residual((), activation="elu"), FUNCTIONS["elu"]),
        (Activation("gelu"), FUNCTIONS["gelu"]),
        (Flatten(), None),
        (MaxPooling2D(), None),
    ],
)
def test_what_a_layer_applies_last(layer, applies):
    assert activation_function(layer) is applies
