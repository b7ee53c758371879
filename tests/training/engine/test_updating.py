"""All weights updated as one vector: held against Keras, variable by variable, to the last bit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.training.engine import updating
from cnn.training.engine.tensorflow import import_tensorflow
from cnn.training.engine.updating import Updating
from cnn.training.recipe.configuration import Configuration, Optimizer

SHAPES = st.lists(
    st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple), min_size=1, max_size=5
)
STEPS = 3


def made(optimizer: Optimizer, weight_decay: float, momentum: float = 0.9) -> Any:
    import keras

    called, given = Configuration(
        optimizer=optimizer, weight_decay=weight_decay, momentum=momentum
    ).optimizer_call
    return getattr(keras.optimizers, called)(**given)


def variables(shapes: list[tuple[int, ...]], seed: int) -> list[Any]:
    import keras

    rng = np.random.default_rng(seed)
    return [keras.Variable(rng.normal(size=shape).astype(np.float32)) for shape in shapes]


@pytest.mark.parametrize("small", [updating.SMALL, 12, 0], ids=["together", "some", "each"])
@pytest.mark.parametrize("optimizer", list(Optimizer))
@given(
    shapes=SHAPES,
    seed=st.integers(0, 2**32 - 1),
    decay=st.sampled_from([0.0, 0.01]),
    momentum=st.sampled_from([0.0, 0.9]),
    scale=st.sampled_from([1e-6, 1.0, 1e4]),
)
@settings(max_examples=3)
def test_weights_and_state_are_those_of_keras_to_the_last_bit(
    optimizer: Optimizer,
    small: int,
    shapes: list[tuple[int, ...]],
    seed: int,
    decay: float,
    momentum: float,
    scale: float,
):
    tf = import_tensorflow()
    import keras

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updating, "SMALL", small)
        ours, its = variables(shapes, seed), variables(shapes, seed)
        own = Updating(tf, keras, made(optimizer, decay, momentum), ours)
        other = made(optimizer, decay, momentum)
        other.build(its)
        rng = np.random.default_rng(seed)
        for step in range(STEPS):
            gradients = [
                tf.constant((scale * rng.normal(size=one)).astype(np.float32)) for one in shapes
            ]
            for each in (own.optimizer, other):
                each.learning_rate.assign(0.1 / (step + 1))
            own.begin()
            own.apply(gradients)
            other.apply(gradients, its)

    for mine, theirs in zip(ours, its, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    for array, variable in zip(own.state, other.variables, strict=True):
        np.testing.assert_array_equal(array, variable.numpy())


@pytest.mark.parametrize("small", [updating.SMALL, 6, 0], ids=["together", "some", "each"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_what_keras_kept_is_gone_on_from_and_forgotten(
    optimizer: Optimizer, momentum: float, small: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(updating, "SMALL", small)
    tf = import_tensorflow()
    import keras

    shapes = [(3, 2), (2,), (4, 1, 3)]
    its = variables(shapes, 0)
    other = made(optimizer, 0.0, momentum)
    other.build(its)
    other.apply([tf.ones(shape) for shape in shapes], its)
    own = Updating(tf, keras, made(optimizer, 0.0, momentum), variables(shapes, 0))

    own.restore([one.numpy() for one in other.variables])

    for array, variable in zip(own.state, other.variables, strict=True):
        np.testing.assert_array_equal(array, variable.numpy())
    own.forget()
    assert all(not array.any() for array in (own.state[0], *own.state[2:]))


def test_weights_that_were_set_meanwhile_are_those_that_are_changed():
    tf = import_tensorflow()
    import keras

    ours = variables([(2, 2), (3,)], 0)
    own = Updating(tf, keras, made(Optimizer.SGD, 0.0), ours)
    own.optimizer.learning_rate.assign(0.5)
    for one in ours:
        one.assign(tf.fill(one.shape, 7.0))

    own.begin()
    own.apply([tf.ones(one.shape) for one in ours])

    assert all((one.numpy() == 6.5).all() for one in ours)
