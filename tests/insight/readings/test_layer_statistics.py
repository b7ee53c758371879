"""The figures of layers, against NumPy on all outputs at once; layers made dead or saturated."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from cnn.insight.passes.forward import forward
from cnn.insight.readings.dead_units import layer_activity
from cnn.insight.readings.layer_statistics import BINS, histogram, layer_statistics
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation, Conv2D, Dense, Flatten, Rescaling
from cnn.network.trace import trace
from tests.network.export_cases import random_weights
from tests.network.strategies import architectures

Array = npt.NDArray[np.float32]

BOUNDS = {"tanh": (-0.99, 0.99), "sigmoid": (0.01, 0.99), "hard_sigmoid": (0.0, 1.0)}


def some_images(architecture: Architecture, count: int = 60) -> Array:
    shape = (count, *architecture.input)
    return np.random.default_rng(0).normal(0, 2, shape).astype(np.float32)


@settings(max_examples=settings().max_examples // 2)
@given(architectures())
def test_the_figures_are_those_of_all_outputs_at_once(architecture):
    weights, images = random_weights(architecture), some_images(architecture)
    outputs = forward(architecture, weights, images).outputs
    alive = {one.name: one for one in layer_activity(architecture, weights, images)}

    found = layer_statistics(architecture, weights, images)

    rows = trace(architecture).rows
    assert [one.name for one in found] == [row.name for row in rows]
    for row, one in zip(rows, found, strict=True):
        values = outputs[row.name].astype(np.float64)
        size = max(1.0, float(np.abs(values).max()))
        assert one.images == 60
        assert one.mean == pytest.approx(values.mean(), abs=1e-4 * size)
        assert one.sd == pytest.approx(values.std(), abs=1e-4 * size)
        assert one.low == pytest.approx(values.min(), abs=1e-4 * size)
        assert one.high == pytest.approx(values.max(), abs=1e-4 * size)
        assert one.zeros == pytest.approx((values == 0).mean(), abs=0.02)
        bounds = BOUNDS.get(getattr(row.layer, "activation", None) or "")
        assert (one.saturated is None) == (bounds is None)
        if bounds:
            low, high = np.float32(bounds[0]), np.float32(bounds[1])
            flat = (outputs[row.name] <= low) | (outputs[row.name] >= high)
            assert one.saturated == pytest.approx(flat.mean(), abs=0.02)
        assert one.activity == alive.get(row.name)
        assert sum(one.histogram.counts) == values.size
        assert len(one.histogram.counts) == BINS
        assert [name for name, _ in one.weights] == [weight.name for weight in row.weights]
        for (_, bars), array in zip(one.weights, weights.get(row.name, ()), strict=True):
            assert sum(bars.counts) == array.size
            assert (bars.low, bars.high) == (array.min(), array.max())


def test_a_histogram_by_hand():
    found = histogram(np.array([0, 1, 1, 2, 3.9, 4]), bins=4)

    assert (found.low, found.high, found.counts) == (0, 4, (1, 2, 1, 2))
    assert histogram(np.array([7.0, 7.0]), bins=3).counts == (0, 2, 0)
    assert histogram(np.array([np.nan, 1.0, 3.0, np.inf]), bins=2).counts == (1, 1)
    assert histogram(np.zeros(0), bins=2).counts == (0, 0)


def test_a_spread_about_a_large_mean_keeps_its_digits():
    network = Architecture("Far", (4, 4, 1), (Rescaling(0.5, 4096.0),))
    images = np.random.default_rng(0).integers(0, 2, (60, 4, 4, 1)).astype(np.float32)

    (found,) = layer_statistics(network, {}, images)

    assert found.mean == pytest.approx(4096 + images.mean() / 2)
    assert found.sd == pytest.approx(images.astype(np.float64).std() / 2)


def warnings(layer: Conv2D | Dense, bias: float, scale: float = 0.0) -> tuple[str, ...]:
    network = Architecture("One", (2, 2, 1), (Flatten(), layer))
    kernel = np.full((4, 5), scale, np.float32)
    weights: Weights = {"dense_1": (kernel, np.full(5, bias, np.float32))}
    return layer_statistics(network, weights, some_images(network))[-1].warnings


def test_dead_saturated_constant_and_endless_layers_are_warned_of():
    dead = warnings(Dense(5, "relu"), -99.0, 1.0)
    flat = warnings(Dense(5, "tanh"), 0.0, 100.0)
    constant = warnings(Dense(5), 2.0)
    endless = warnings(Dense(5), np.inf)

    assert dead[1] == (
        "5 of 5 units of Dense #1 gave 0 for each of 60 images: they are dead, and learn "
        "nothing from these."
    )
    assert len(flat) == 1
    assert flat[0].endswith(
        "of what Dense #1 gives lies where its tanh is flat: it is saturated, and hardly any "
        "gradient passes it."
    )
    assert constant == (
        "Dense #1 gives 2 everywhere, for each of these images: nothing of them passes it.",
    )
    assert endless == ("Dense #1 gives numbers that are not finite. Train with a smaller rate.",)


def test_a_healthy_layer_is_not_warned_of():
    network = Architecture(
        "Well", (6, 6, 1), (Conv2D(4, 3, activation="relu"), Activation("tanh"), Flatten())
    )

    found = layer_statistics(network, random_weights(network), some_images(network) / np.float32(4))

    assert [one.warnings for one in found] == [(), (), ()]
    assert found[0].activity
    assert found[0].activity.dead == 0


def test_no_images_say_nothing():
    network = Architecture("None", (2, 2, 1), (Flatten(),))

    assert layer_statistics(network, {}, np.zeros((0, 2, 2, 1), np.float32)) == ()
