"""Keras' gradient tape is the oracle, for every kind and option; and small moves of the numbers."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.insight.passes import gradients
from cnn.insight.passes.backward import ClassScore, Loss, TargetError, Weighted, backward
from cnn.insight.passes.forward import forward
from cnn.network.architecture import Architecture, walk
from cnn.network.keras.model import Weights, build, output_name, set_weights
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.network.export_cases import CASES, INPUT, random_images
from tests.network.export_cases import random_weights as lively_weights
from tests.network.strategies import architectures

Array = npt.NDArray[np.float32]
Exact = npt.NDArray[np.float64]


SMALL = ("simple-cnn", "lenet-5", "lenet-5-1998", "resnet-lite", "inception-lite", "mobilenet-lite")


def network(*layers, shape: tuple[int, int, int] = INPUT) -> Architecture:
    return Architecture("test", shape, layers)


def factors_for(architecture: Architecture, images: Array, seed: int = 0) -> Array:
    shape = (len(images), *trace(architecture).output_shape)
    return np.random.default_rng((seed, 1)).normal(size=shape).astype(np.float32)


def can_be_exact(architecture: Architecture) -> bool:
    """TensorFlow knows depthwise steps that differ by axis in 32 bits alone."""
    return not any(
        isinstance(layer, DepthwiseConv2D | SeparableConv2D)
        and layer.strides[0] != layer.strides[1]
        for _, layer in walk(architecture.layers)
    )


@contextmanager
def keras_of(dtype: str) -> Iterator[None]:
    """Models built here compute so; in 32 bits, what a normalisation cancels leaves noise."""
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


def keras_gradients(
    architecture: Architecture, weights: Weights, images: Array, factors: Array
) -> tuple[Array, dict[str, Array], dict[str, list[Array]]]:
    """Of the sum of outputs times factors: at the input, at every row's output, of all weights.

    Where a layer hands on its input as it is, Keras has one tensor for both, and the gradient there
    is that of either: those rows are left out.
    """
    import keras
    import tensorflow as tf

    dtype = "float64" if can_be_exact(architecture) else "float32"
    with keras_of(dtype):
        model = build(architecture)
    set_weights(model, architecture, weights)
    rows = trace(architecture).rows
    outputs = {row.name: model.get_layer(output_name(row)).output for row in rows}
    whole = keras.Model(model.input, {"": model.output, **outputs})
    x = tf.constant(images, dtype)
    arrays = {row.name: model.get_layer(row.name).weights for row in rows if row.weights}
    with tf.GradientTape() as tape:
        tape.watch(x)
        for held in arrays.values():
            for array in held:
                tape.watch(array.value)
        for row in rows:
            if isinstance(row.layer, Normalization):  # it computes with copies of its weights
                model.get_layer(row.name).finalize_state()
        found = whole(architecture.fed.of(x), training=False)
        total = tf.reduce_sum(found.pop("") * factors)
    tensors = Counter(id(values) for values in (x, *found.values()))
    found = {name: values for name, values in found.items() if tensors[id(values)] == 1}
    held = {name: [array.value for array in one] for name, one in arrays.items()}
    values = tape.gradient(
        total, (x, found, held), unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return tf.nest.map_structure(np.asarray, values)  # type: ignore[no-any-return]


def assert_close(
    found: Array, wanted: Array, tolerance: float, where: str, least: float = 1e-3
) -> None:
    assert found.dtype == np.float32, where
    assert found.shape == wanted.shape, where
    size = max(float(np.abs(wanted).max(initial=0)), least)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * size, err_msg=where)


def assert_agrees_with_keras(
    architecture: Architecture,
    images: Array,
    tolerance: float,
    seed: int = 0,
    cancelling: float = 0.0,
) -> None:
    """Within a tolerance of the largest gradient of the same array.

    Where gradients cancel, as in a normalisation of two channels, 32 bits leave noise of what was
    cancelled: what is below the `cancelling` share of the network's largest gradient is held
    against that instead.
    """
    weights = lively_weights(architecture, seed)
    factors = factors_for(architecture, images, seed)
    to_input, to_outputs, to_weights = keras_gradients(architecture, weights, images, factors)
    arrays = (to_input, *to_outputs.values())
    largest = max(float(np.abs(array).max()) for array in arrays)
    least = max(1e-3, cancelling * largest)

    found = backward(architecture, weights, images, Weighted(factors))

    assert (
        list(found.outputs) == list(found.linear) == [row.name for row in trace(architecture).rows]
    )
    assert_close(found.input, to_input, tolerance, "input", least)
    for name, wanted in to_outputs.items():
        assert_close(found.outputs[name], wanted, tolerance, name, least)
    assert found.weights.keys() == to_weights.keys()
    for row in trace(architecture).rows:
        held = to_weights.get(row.name, [])
        for weight, mine, theirs in zip(
            row.weights, found.weights.get(row.name, ()), held, strict=True
        ):
            assert_close(mine, theirs, tolerance, f"{row.name}/{weight.name}", least)


@pytest.mark.parametrize("case", [name for name in CASES if CASES[name].layers])
def test_every_kind_and_option_agrees_with_keras(case):
    assert_agrees_with_keras(CASES[case], random_images(CASES[case]), 1e-4)


def assert_agrees_for_one_of_four(check: Callable[[int], None], seed: int = 0) -> None:
    """Where the input of a ReLU is 0 but for rounding, or two values that a maximum is taken of are
    equal but for rounding, ours in 32 bits and Keras' in 64 may take different sides: which images
    have such a place differs from processor to processor, and one of four has none.
    """
    for turn in range(4):
        try:
            check(seed + turn)
        except AssertionError:
            if turn == 3:
                raise
        else:
            return


@pytest.mark.parametrize("name", SMALL)
def test_the_networks_of_the_zoo_agree_with_keras(name):
    architecture = entry(name).architecture

    def check(seed: int) -> None:
        images = np.random.default_rng(seed).random((2, *architecture.input), np.float32)
        assert_agrees_with_keras(architecture, images, 1e-3)

    assert_agrees_for_one_of_four(check)


def has_values_apart(architecture: Architecture) -> bool:
    """Not so behind layer norm of one or two channels: all are 0, or 1 and -1, but for rounding."""
    return not any(
        row.kind == "LayerNormalization" and row.output_shape[-1] <= 2
        for row in trace(architecture).rows
    )


@settings(max_examples=settings().max_examples // 2)
@given(architectures().filter(has_values_apart), st.integers(0, 10_000))
def test_random_networks_agree_with_keras(architecture, seed):
    def check(seed: int) -> None:
        images = random_images(architecture, seed)
        assert_agrees_with_keras(architecture, images, 1e-3, seed, 0.1)

    assert_agrees_for_one_of_four(check, seed)


TINY = network(
    Residual((Conv2D(3, 2, padding="same", activation="tanh"),), (Conv2D(3, 1),), "softplus"),
    BatchNormalization(),
    Branches(
        (
            (DepthwiseConv2D(3, padding=1),),
            (AveragePooling2D(3, 1, "same"), SeparableConv2D(2, 2, padding="same")),
        )
    ),
    LayerNormalization(),
    MaxPooling2D(3, 2, 1),
    Flatten(),
    Dense(4, "softmax"),
    shape=(5, 4, 2),
)


LOOKING = network(
    PositionEmbedding(),
    SelfAttention2D(2, 3),
    GlobalAveragePooling2D(),
    Dense(4, "softmax"),
    shape=(3, 4, 2),
)


@pytest.mark.parametrize("tiny", [TINY, LOOKING], ids=["kernels", "attention"])
def test_small_moves_of_the_weights_move_the_loss_as_the_gradient_says(tiny: Architecture):
    weights, images = lively_weights(tiny), random_images(tiny) / 3
    labels = (0, 3, 1)

    found = backward(tiny, weights, images, Loss(labels))

    assert np.isclose(found.value, cross_entropy(tiny, weights, images, labels), rtol=1e-5)
    random = np.random.default_rng(0)
    for name, arrays in weights.items():
        for place, array in enumerate(arrays):
            direction = random.normal(size=array.shape).astype(np.float32)
            direction /= np.linalg.norm(direction)
            ends = []
            for step in (0.01, -0.01):
                moved = list(arrays)
                moved[place] = array + np.float32(step) * direction
                ends.append(cross_entropy(tiny, {**weights, name: tuple(moved)}, images, labels))
            wanted = (ends[0] - ends[1]) / 0.02
            mine = float((found.weights[name][place] * direction).sum())
            assert mine == pytest.approx(wanted, abs=2e-3), f"{name}/{place}"


def test_small_moves_of_a_pixel_move_the_score_before_the_softmax_as_the_gradient_says():
    weights, images = lively_weights(TINY), random_images(TINY)[:1] / 3

    found = backward(TINY, weights, images, ClassScore(2))

    for place in np.ndindex(images.shape):
        ends = []
        for step in (0.01, -0.01):
            moved = images.copy()
            moved[place] += step
            passed = forward(TINY, weights, moved, keep_linear=True)
            ends.append(float(passed.linear["dense_1"][0, 2]))
        assert found.input[place] == pytest.approx((ends[0] - ends[1]) / 0.02, abs=5e-3)


def cross_entropy(
    architecture: Architecture, weights: Weights, images: Array, labels: tuple[int, ...]
) -> float:
    output = forward(architecture, weights, images).output.astype(np.float64)
    return float(np.mean([-np.log(output[i, label]) for i, label in enumerate(labels)]))


@pytest.mark.parametrize("last", ["softmax", None])
def test_the_loss_is_the_one_keras_trains_with(last):
    import keras
    import tensorflow as tf

    architecture = network(Flatten(), Dense(5, last))
    weights, images = lively_weights(architecture), random_images(architecture)
    model = build(architecture)
    set_weights(model, architecture, weights)
    measure = keras.losses.SparseCategoricalCrossentropy(from_logits=last is None)
    with tf.GradientTape() as tape:
        loss = measure(tf.constant([4, 0, 2]), model(images))
    wanted = [np.asarray(one) for one in tape.gradient(loss, model.trainable_variables)]

    found = backward(architecture, weights, images, Loss((4, 0, 2)))

    assert found.value == pytest.approx(float(loss), rel=1e-5)
    for mine, theirs in zip(found.weights["dense_1"], wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-6)


def test_a_loss_of_a_sure_mistake_stays_a_number():
    architecture = network(Flatten(), Dense(2, "softmax"), shape=(1, 1, 1))
    weights: Weights = {"dense_1": (np.array([[900, -900]], np.float32), np.zeros(2, np.float32))}

    found = backward(architecture, weights, np.ones((1, 1, 1, 1)), Loss((1,)))

    assert found.value == 1800
    assert found.linear["dense_1"].tolist() == [[1, -1]]


@pytest.mark.parametrize(
    "head", [(Dense(4, "softmax"),), (Dense(4), Activation("softmax")), (Dense(4),)]
)
def test_the_score_of_a_class_is_the_one_before_the_softmax(head):
    architecture = network(Flatten(), *head)
    weights, images = lively_weights(architecture), random_images(architecture)
    kernel, bias = weights["dense_1"]
    scores = images.reshape(3, -1) @ kernel + bias

    found = backward(architecture, weights, images, ClassScore(1))

    assert found.value == pytest.approx(float(scores[:, 1].sum()), rel=1e-5)
    wanted = np.broadcast_to(kernel[:, 1], (3, len(kernel)))
    np.testing.assert_array_equal(found.input.reshape(3, -1), wanted)
    assert ("dense_1" in found.outputs) == (head[0].activation is None)
    assert "activation_1" not in found.outputs
    assert list(found.linear)[:2] == ["flatten_1", "dense_1"]


def test_the_score_behind_the_softmax_moves_as_the_shares_do():
    architecture = network(Flatten(), Dense(3, "softmax"))
    weights, images = lively_weights(architecture), random_images(architecture)
    shares = forward(architecture, weights, images).output

    found = backward(architecture, weights, images, ClassScore(0, before_softmax=False))

    wanted = shares[:, :1] * (np.eye(3)[0] - shares)  # p0 * (1 - p0), -p0 * p1, -p0 * p2
    np.testing.assert_allclose(found.linear["dense_1"], wanted, atol=1e-6)
    assert found.value == pytest.approx(float(shares[:, 0].sum()))


@given(architectures())
def test_images_do_not_meet(architecture):
    weights, images = lively_weights(architecture), random_images(architecture)
    factors = factors_for(architecture, images)

    together = backward(architecture, weights, images, Weighted(factors))

    for place, image in enumerate(images):
        alone = backward(architecture, weights, image[None], Weighted(factors[place : place + 1]))
        size = max(1.0, float(np.abs(alone.input).max()))
        np.testing.assert_allclose(together.input[place], alone.input[0], atol=1e-3 * size)


@given(architectures())
def test_images_and_weights_stay_as_they_were(architecture):
    weights, images = lively_weights(architecture), random_images(architecture)

    backward(architecture, weights, images, Weighted(factors_for(architecture, images)))

    np.testing.assert_array_equal(images, random_images(architecture))
    for name, arrays in lively_weights(architecture).items():
        for found, wanted in zip(weights[name], arrays, strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("most", [1, 700, 5_000])
def test_tables_of_any_size_give_the_same(monkeypatch, most):
    architecture = network(Conv2D(3, 3, padding="same"), Conv2D(2, 2, groups=1))
    weights, images = lively_weights(architecture), random_images(architecture)
    target = Weighted(factors_for(architecture, images))
    wanted = backward(architecture, weights, images, target)
    monkeypatch.setattr(gradients, "TABLE_NUMBERS", most)

    found = backward(architecture, weights, images, target)

    np.testing.assert_allclose(found.input, wanted.input, atol=1e-5)
    np.testing.assert_allclose(
        found.weights["conv2d_1"][0], wanted.weights["conv2d_1"][0], atol=1e-3
    )


def test_equal_values_of_a_window_give_everything_to_the_first():
    architecture = network(MaxPooling2D(2), shape=(2, 2, 1))

    found = backward(
        architecture, {}, np.ones((1, 2, 2, 1)), Weighted(np.ones((1, 1, 1, 1), np.float32))
    )

    assert found.input.ravel().tolist() == [1, 0, 0, 0]


def test_no_layers_hand_the_factors_to_the_images():
    images = random_images(network())

    found = backward(network(), {}, images, Weighted(images))

    np.testing.assert_array_equal(found.input, images)
    assert found.outputs == found.weights == {}


@pytest.mark.parametrize(
    ("layers", "target", "message"),
    [
        ((Flatten(), Dense(3)), ClassScore(3), "no class 3: the network has 3. Use 0 to 2"),
        ((Flatten(), Dense(3)), ClassScore(-1), "no class -1"),
        ((Flatten(), Dense(3)), Loss((0, 1)), "3 images and 2 labels. Give each image its label"),
        ((Flatten(), Dense(3)), Loss((0, 1, 7)), "no class 7"),
        ((Conv2D(2, 3),), ClassScore(0), "ends in a 7x6x2 map, which has no class scores"),
        ((), Loss((0, 0, 0)), "ends in a 9x8x4 map"),
        (
            (GlobalAveragePooling2D(), Dropout()),
            Weighted(np.ones((3, 2), np.float32)),
            r"the output is \[3, 4\], but the factors are \[3, 2\]",
        ),
    ],
)
def test_what_cannot_be_differentiated_is_refused(layers, target, message):
    architecture = network(*layers)

    with pytest.raises(TargetError, match=message):
        backward(architecture, lively_weights(architecture), random_images(architecture), target)


def test_a_backward_pass_needs_no_tensorflow():
    code = """
import sys
from cnn.insight.passes import gradients
from cnn.insight.passes.backward import ClassScore, backward
from cnn.insight.passes.weights import random_weights

from cnn.network.zoo import entry
import numpy as np
lenet = entry("lenet-5").architecture
backward(lenet, random_weights(lenet), np.zeros((1, 28, 28, 1)), ClassScore(0))
print(*{"keras", "tensorflow", "scipy"} & sys.modules.keys())
"""
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""
