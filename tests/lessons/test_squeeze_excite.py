"""The gates of the network that ships, and its answers without some, computed once more by loops
over its bare weights.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.lessons import squeeze_excite
from cnn.lessons.equivariance import example
from cnn.lessons.squeeze_excite import Gates, closed_alone, cost, measured, weighed
from cnn.network.keras.model import build, set_weights
from cnn.network.trace import trace

TEST = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
EACH = pytest.mark.parametrize("place", [0, 3, 7, 11, 24])


Numbers = npt.NDArray[np.floating[Any]]


def of_layer(name: str) -> tuple[Numbers, Numbers]:
    kernel, bias = squeeze_excite.network().weights[name]
    return np.asarray(kernel, np.float64), np.asarray(bias, np.float64)


def convolved(x: Numbers, name: str) -> Numbers:
    """A 3x3 convolution with same padding and a ReLU, `[height, width, channels]`."""
    kernel, bias = of_layer(name)
    height, width, _ = x.shape
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    found = np.zeros((height, width, len(bias)))
    for row in range(height):
        for column in range(width):
            window = padded[row : row + 3, column : column + 3]
            found[row, column] = (window[..., None] * kernel).sum(axis=(0, 1, 2)) + bias
    return np.maximum(found, 0)


def pooled(x: Numbers) -> Numbers:
    found: Numbers = np.max([x[i::2, j::2] for i in (0, 1) for j in (0, 1)], axis=0)
    return found


def maps(image: Numbers) -> Numbers:
    x = np.asarray(image, np.float64)[..., None]
    return convolved(pooled(convolved(x, "conv2d_1")), "conv2d_2")


def gates_of(x: Numbers) -> Numbers:
    (first, b), (second, c) = of_layer("conv2d_3"), of_layer("conv2d_4")
    hidden = np.maximum(x.mean(axis=(0, 1)) @ first[0, 0] + b, 0)
    gates: Numbers = 1 / (1 + np.exp(-(hidden @ second[0, 0] + c)))
    return gates


def shares_of(x: Numbers) -> Numbers:
    kernel, bias = of_layer("dense_1")
    grown = np.exp(pooled(x).mean(axis=(0, 1)) @ kernel + bias)
    shares: Numbers = grown / grown.sum()
    return shares


@EACH
def test_maps_gates_and_shares_are_those_of_loops_over_the_weights(place):
    image = example(place)[0]
    found = weighed(image)
    before = maps(image)
    np.testing.assert_allclose(found.before, before, atol=1e-4)
    np.testing.assert_allclose(found.gates, gates_of(before), atol=1e-5)
    np.testing.assert_allclose(found.after, before * gates_of(before), atol=1e-4)
    np.testing.assert_allclose(found.shares, shares_of(before * gates_of(before)), atol=1e-4)
    assert found.said == shares_of(before * gates_of(before)).argmax()


@pytest.mark.parametrize("share", [0.0, 1.0, 0.37])
@EACH
def test_a_gate_that_is_held_changes_that_channel_alone(place, share):
    image, channel = example(place)[0], 13
    found = weighed(image, {channel: share})
    before = maps(image)
    gates = gates_of(before)
    gates[channel] = share
    np.testing.assert_allclose(found.gates, gates, atol=1e-5)
    np.testing.assert_allclose(found.shares, shares_of(before * gates), atol=1e-4)


def test_each_channel_is_closed_alone():
    image = example(3)[0]
    before = maps(image)
    gates = gates_of(before)
    said = shares_of(before * gates).argmax()
    wanted = []
    for channel in range(32):
        left = gates.copy()
        left[channel] = 0
        wanted.append(shares_of(before * left)[said])
    np.testing.assert_allclose(closed_alone(image), wanted, atol=1e-4)


def test_what_is_measured_is_what_keras_gives_with_its_gates_put_in_by_hand():
    import keras

    one = squeeze_excite.network()
    model = build(one.architecture)
    set_weights(model, one.architecture, one.weights)
    conv = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    inner = keras.Model(model.inputs, [conv[1].output, conv[3].output])
    before, gates = (np.asarray(part) for part in inner.predict(TEST.images, verbose=0))
    gates = gates.reshape(len(TEST), -1)
    found = measured()
    assert found.images == len(TEST) == 1_000
    for digit in range(10):
        wanted = gates[TEST.labels == digit].mean(axis=0)
        np.testing.assert_allclose(found.gates[digit], wanted, atol=1e-4)

    kernel, bias = of_layer("dense_1")
    peaks = np.stack([pooled(one).mean(axis=(0, 1)) for one in before])  # gates are not below 0

    def right(by: Numbers) -> int:
        return int((((peaks * by) @ kernel + bias).argmax(axis=1) == TEST.labels).sum())

    wanted = (right(gates), right(gates.mean(axis=0)), right(np.ones(32)))
    counted = tuple(found.right[one] for one in (Gates.OWN, Gates.MEAN, Gates.OPEN))
    assert np.abs(np.subtract(counted, wanted)).max() <= 1  # two shares may be as good as equal


def test_the_network_leans_on_gates_that_the_image_decides():
    right = measured().right
    assert right[Gates.OWN] > right[Gates.MEAN] + 100
    assert right[Gates.MEAN] > right[Gates.OPEN] + 100


def test_what_the_block_costs_is_counted_by_hand():
    found = cost()
    assert found.params == (32 * 8 + 8) + (8 * 32 + 32)
    assert found.macs == 32 * 8 + 8 * 32
    assert found.products == 14 * 14 * 32
    assert found.all_params == (9 * 16 + 16) + (9 * 16 * 32 + 32) + found.params + (32 * 10 + 10)
    convolutions = 28 * 28 * 9 * 16 + 14 * 14 * 9 * 16 * 32
    assert found.all_macs == convolutions + found.macs + 32 * 10


def test_the_network_beside_it_lacks_the_block_and_nothing_else():
    plain, whole = squeeze_excite.without_block().card, squeeze_excite.network().card
    assert plain.configuration == whole.configuration
    assert plain.data_fingerprint == whole.data_fingerprint
    assert plain.architecture.input == whole.architecture.input
    layers = plain.architecture.layers
    assert [one.kind for one in whole.architecture.layers if one not in layers] == ["Branches"]
    assert trace(plain.architecture).total_params == cost().all_params - cost().params
