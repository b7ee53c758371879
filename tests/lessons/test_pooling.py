"""What pooling saves, against Keras and a count by hand."""

import pytest

from cnn.lessons.pooling import saving
from cnn.network.keras.model import build
from cnn.network.layers import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from cnn.network.zoo import entry


def test_with_max_pooling_it_is_the_simple_cnn_of_the_zoo():
    found = saving(MaxPooling2D(2)).with_pools

    assert found.architecture.layers == entry("simple-cnn").architecture.layers
    assert found.total_params == 20_490


def test_the_multiplications_by_hand():
    found = saving(MaxPooling2D(2))

    first = 28 * 28 * 16 * 9
    assert found.with_pools.total_macs == first + 14 * 14 * 32 * 9 * 16 + 7 * 7 * 32 * 10
    assert found.without.total_macs == first + 28 * 28 * 32 * 9 * 16 + 28 * 28 * 32 * 10
    assert found.times == pytest.approx(3_976_448 / 1_031_744)


@pytest.mark.parametrize(
    "pool", [MaxPooling2D(3, strides=1), AveragePooling2D(2), GlobalAveragePooling2D()]
)
def test_both_networks_have_the_parameters_that_keras_counts(pool):
    found = saving(pool)

    for traced in (found.with_pools, found.without):
        assert traced.total_params == build(traced.architecture).count_params()
