"""The case of the lesson: it learns, it runs away, and both gradients are pictures of slides."""

import numpy as np
import pytest

from cnn.insight.passes.kernel_gradient import descend, numerical_gradients
from cnn.lessons.backpropagation import START, TOO_FAR, after, as_convolution, full_convolution
from cnn.lessons.patterns import KERNELS


@pytest.mark.parametrize("taken", [0, 7])
def test_both_pictures_show_the_gradients_of_the_backward_pass(taken):
    found, _ = after("worked", "sobel_x", 0.03, taken)
    to_kernel, to_input = numerical_gradients(found.input, found.kernel, found.target)

    for picture, gradient in (
        (as_convolution(found), to_kernel),
        (full_convolution(found), to_input),
    ):
        np.testing.assert_allclose(picture.output[..., 0], gradient, rtol=1e-4, atol=1e-4)


def test_the_first_view_by_hand():
    found, taken = after("worked", "sobel_x", 0.03, 0)

    assert taken == 0
    np.testing.assert_array_equal(found.kernel, START)
    # The upper left target: the window 101/011/001 times Sobel x is -1 + 1 + 2 + 1 = 3; the output
    # is half of its diagonal, 1 + 1 + 1.
    assert found.target[0, 0] == 3
    assert found.output[0, 0] == 1.5
    assert found.arriving[0, 0] == -1.5
    assert found.loss == 15.25


def test_the_kernel_comes_nearer_to_the_one_to_be_learned():
    distances = [
        np.abs(after("ring", "sobel_x", 0.03, taken)[0].kernel - KERNELS["sobel_x"]).sum()
        for taken in (0, 10, 30)
    ]

    assert distances[0] > distances[1] > distances[2]


def test_a_rate_too_large_is_stopped_before_the_numbers_burst():
    found, taken = after("edge", "x", 0.1, 30)

    assert taken < 30
    assert found.loss <= TOO_FAR < found.loss_after
    assert np.isfinite(found.stepped).all()


def test_the_wanted_kernel_has_no_loss():
    found, _ = after("worked", "blur", 0.03, 0)

    assert descend(found.input, KERNELS["blur"], found.target, 0.03).loss == pytest.approx(0)
