"""The transposed convolution of lesson 9: the gradient of a convolution; what evens it out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnn.insight.passes.kernel_gradient import numerical_gradients
from cnn.insight.passes.slide import spread_out
from cnn.lessons import larger_maps
from cnn.lessons.backpropagation import after, full_convolution
from cnn.lessons.larger_maps import ABOVE, KERNELS, MAPS
from cnn.network.errors import ArchitectureError

ABOVE_MAP = np.full((3, 3), 2, np.float32)
SIZES = [(k, s) for k in range(2, 6) for s in range(1, 4) if k >= s]


def layer(kernel: np.ndarray, stride: int) -> keras.layers.Layer:
    made = keras.layers.Conv2DTranspose(1, len(kernel), stride, "same", use_bias=False)
    made.build((None, None, None, 1))
    made.set_weights([kernel[..., None, None]])
    return made


def resizing(kernel: np.ndarray, stride: int) -> keras.Model:
    image = keras.Input((None, None, 1))
    convolution = keras.layers.Conv2D(1, len(kernel), padding="same", use_bias=False)
    made = keras.Model(image, convolution(keras.layers.UpSampling2D(stride)(image)))
    convolution.set_weights([kernel[..., None, None]])
    return made


@pytest.mark.parametrize("taken", [0, 7])
def test_with_the_kernel_of_above_it_is_the_gradient_of_the_input(taken: int):
    found, _ = after("ring", "sobel_x", 0.03, taken)
    by_nudging = numerical_gradients(found.input, found.kernel, found.target)[1]
    arriving = larger_maps.small_map(ABOVE, found.arriving)
    kernel = larger_maps.small_kernel(ABOVE, 3, found.kernel)

    made = spread_out(larger_maps.transposed(3, 1, "valid"), arriving, kernel[..., None, None])

    np.testing.assert_allclose(made.output[..., 0], by_nudging, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(made.output, full_convolution(found).output, atol=1e-5)
    assert larger_maps.difference_to(found.to_input, made) == pytest.approx(0, abs=1e-6)
    assert larger_maps.difference_to(found.to_kernel, made) is None


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), SIZES)
def test_the_gradient_of_any_convolution_by_its_input_is_this_with_the_same_kernel(
    size: int, stride: int, padding: str
):
    """TensorFlow differentiates Keras' convolution; the input is as large as what is spread."""
    random = np.random.default_rng(size * stride)
    kernel = random.normal(size=(size, size, 1, 1)).astype(np.float32)
    arriving = random.normal(size=(4, 4, 1)).astype(np.float32)
    made = spread_out(larger_maps.transposed(size, stride, padding), arriving, kernel)
    image = tf.constant(random.normal(size=(1, *made.output.shape)).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(image)
        output = keras.ops.conv(image, kernel, strides=stride, padding=padding)
        loss = tf.reduce_sum(output * arriving[None])

    assert output.shape == (1, 4, 4, 1)
    np.testing.assert_allclose(made.output, tape.gradient(loss, image)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("size", "stride"), SIZES)
@pytest.mark.parametrize("name", ["ones", "bilinear", "random"])
def test_what_becomes_of_a_smooth_map_and_of_an_even_one_is_as_in_keras(name, size, stride):
    kernel = larger_maps.small_kernel(name, size, ABOVE_MAP)
    hill = larger_maps.smooth_map()[None]
    pairs = (
        (larger_maps.smooth_transposed(kernel, stride), layer(kernel, stride)),
        (larger_maps.smooth_resized(kernel, stride), resizing(kernel, stride)),
    )
    for found, oracle in pairs:
        np.testing.assert_allclose(found.output, np.asarray(oracle(hill))[0], atol=1e-5)
        even = np.asarray(oracle(np.ones((1, 16, 16, 1), np.float32)))[0]
        inner = even[6 * stride : -6 * stride, 6 * stride : -6 * stride]
        assert found.least == pytest.approx(inner.min(), abs=1e-5)
        assert found.most == pytest.approx(inner.max(), abs=1e-5)
    assert pairs[1][0].is_even


def test_what_the_lesson_says_of_evenness():
    """Like weights are even where the kernel is a multiple of the stride; unlike ones need not be;
    bilinear ones of 3 and 2 make up for windows that are not.
    """

    def is_even(name: str, size: int, stride: int = 2) -> bool:
        kernel = larger_maps.small_kernel(name, size, ABOVE_MAP)
        return larger_maps.smooth_transposed(kernel, stride).is_even

    for size, stride in SIZES:
        assert is_even("ones", size, stride) == (size % stride == 0)
    assert not is_even("random", 4)
    assert is_even("bilinear", 3)
    assert not is_even("bilinear", 5)


@pytest.mark.parametrize(("size", "stride"), SIZES)
def test_how_many_windows_meet_away_from_the_border_is_what_keras_adds_of_ones(size, stride):
    ones = keras.layers.Conv2DTranspose(1, size, stride, use_bias=False, kernel_initializer="ones")
    away = slice(5 * stride, -5 * stride)
    inner = np.asarray(ones(np.ones((1, 12, 12, 1))))[0, away, away]

    meeting = larger_maps.transposed(size, stride, "valid").windows_meeting()

    assert meeting == (inner.min(), inner.max())


@pytest.mark.parametrize("size", [4, 5])
def test_bilinear_weights_do_what_bilinear_up_sampling_does(size: int):
    stride = (size + 1) // 2
    hill = larger_maps.smooth_map()[None]
    wanted = np.asarray(keras.layers.UpSampling2D(stride, interpolation="bilinear")(hill))[0]

    found = larger_maps.smooth_transposed(larger_maps.bilinear(size), stride).output

    inner = slice(stride, -stride)  # at the border one repeats the map's cells, the other has none
    np.testing.assert_allclose(found[inner, inner], wanted[inner, inner], atol=1e-5)


def test_the_kernels_and_the_maps_by_hand():
    assert larger_maps.bilinear(3).tolist() == [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]
    assert larger_maps.bilinear(2).tolist() == [[0.25, 0.25], [0.25, 0.25]]
    first, again = (larger_maps.small_kernel("random", 4, ABOVE_MAP) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert {larger_maps.small_map(name, ABOVE_MAP).shape for name in MAPS} == {(3, 3, 1)}
    assert larger_maps.small_map("dot", ABOVE_MAP)[..., 0].tolist() == [
        [0, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
    ]
    for name in set(KERNELS) - {ABOVE}:
        assert larger_maps.small_kernel(name, 5, ABOVE_MAP).shape == (5, 5)
    assert [larger_maps.next_multiple(k, 2) for k in (2, 3, 4, 5)] == [2, 4, 4, 6]


def test_windows_that_leave_gaps_are_refused():
    with pytest.raises(ArchitectureError, match="leave cells between the windows"):
        larger_maps.transposed(2, 3, "valid")
