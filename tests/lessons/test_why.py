"""The figures of lesson 1: published ones, and Keras' for any setting."""

import math

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.lessons.why import Compared
from cnn.pictures.network.dense_or_convolution import dense_or_convolution


@pytest.mark.parametrize(
    ("compared", "inputs", "dense_weights", "conv_weights"),
    [
        (Compared(28, 1, 128, 3), 784, 100_352, 1_152),
        (Compared(28, 1, 32, 3), 784, 25_088, 288),
        (Compared(16, 1, 8, 3), 256, 2_048, 72),
        (Compared(224, 3, 64, 3), 150_528, 9_633_792, 1_728),
    ],
)
def test_the_figures_that_are_quoted_everywhere(compared, inputs, dense_weights, conv_weights):
    assert compared.inputs == inputs
    assert compared.dense_params == dense_weights + compared.units
    assert compared.convolution_params == conv_weights + compared.units


def test_a_dense_layer_has_2056_and_a_convolution_80():
    assert Compared(16, 1, 8, 3).dense_params == 2_056
    assert Compared(16, 1, 8, 3).convolution_params == 80


@settings(max_examples=15, deadline=None)
@given(
    st.integers(8, 40), st.sampled_from((1, 3, 16)), st.integers(1, 40), st.sampled_from((1, 3, 5))
)
def test_keras_counts_the_same(size: int, channels: int, units: int, kernel: int):
    compared = Compared(size, channels, units, kernel)
    image = keras.Input((size, size, channels))
    dense = keras.Model(image, keras.layers.Dense(units)(keras.layers.Flatten()(image)))
    conv = keras.Model(image, keras.layers.Conv2D(units, kernel, padding="same")(image))
    assert compared.dense_params == dense.count_params()
    assert compared.convolution_params == conv.count_params()


def test_the_bars_are_as_long_as_the_numbers_have_zeros_so_that_only_what_grows_does():
    small, large = (dense_or_convolution(Compared(size, 1, 32, 3)) for size in (28, 200))
    assert 'aria-label="Dense 25,120 parameters, convolution 320 parameters"' in small
    assert f'width="{326 * math.log10(25_120) / 9.1:.1f}" height="26"' in small
    assert f'width="{326 * math.log10(1_280_032) / 9.1:.1f}" height="26"' in large
    for svg in (small, large):
        assert f'width="{326 * math.log10(320) / 9.1:.1f}" height="26"' in svg
        assert all(f">{mark}</text>" in svg for mark in ("1,000", "1 million", "1 billion"))


def test_the_longest_bar_of_the_lesson_has_room():
    largest = Compared(256, 64, 256, 11)
    assert math.log10(largest.dense_params) < 9.1


@given(
    st.integers(8, 256),
    st.sampled_from((1, 3, 64)),
    st.integers(1, 256),
    st.sampled_from((1, 3, 11)),
)
def test_a_kernel_is_drawn_as_large_as_it_is(size: int, channels: int, units: int, kernel: int):
    svg = dense_or_convolution(Compared(size, channels, units, kernel))
    side = min(size, 16)
    lit = svg.count('rx="1" fill="#6366f1"')
    assert lit == min(kernel, side) ** 2
    assert ("Drawn: 16×16" in svg) == (size > 16)
