"""What pooling saves, against Keras and a count by hand."""

from itertools import product

import numpy as np
import pytest

from cnn.insight.passes.slide import Pooling, pooled
from cnn.insight.readings.disturbance import shifted
from cnn.lessons.patterns import picture
from cnn.lessons.pooling import largest, saving
from cnn.network.keras.model import build
from cnn.network.layers import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from cnn.network.zoo import entry
from ui.views.lessons.pooling import NAMES


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


WINDOWS = list(product((2, 3, 4), (1, 2, 3, 4)))
LOCAL: list[Pooling] = [MaxPooling2D(window, strides=stride) for window, stride in WINDOWS]
LOCAL += [AveragePooling2D(window, strides=stride) for window, stride in WINDOWS]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_left_is_the_largest_of_the_output_at_every_setting(name):
    settings = product(range(5, 13), (0, 1, 4), zip(LOCAL, WINDOWS * 2, strict=True))
    for size, right, (pool, (window, stride)) in settings:
        image = shifted(picture(name, size), right, 0)
        found, output = largest(pool, image), pooled(pool, image).output
        assert output.max() == (found.max if isinstance(pool, MaxPooling2D) else found.mean)
        starts = range(0, size - window + 1, stride)
        windows = [image[y : y + window, x : x + window] for y in starts for x in starts]
        assert found.max == max(one.max() for one in windows) <= found.input == image.max()
        assert found.mean == pytest.approx(max(one.mean() for one in windows), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pool", [GlobalMaxPooling2D(), GlobalAveragePooling2D()])
def test_a_global_pooling_leaves_the_largest_and_the_mean_of_the_map(name, pool):
    image = picture(name, 8)
    found = largest(pool, image)
    assert found.max == found.input == image.max()
    assert found.mean == pytest.approx(np.mean(image))


def test_the_largest_number_in_a_border_that_no_window_reads_is_not_left():
    found = largest(MaxPooling2D(3, strides=2), picture("numbers", 8))
    assert (found.input, found.max) == (6, 5)
