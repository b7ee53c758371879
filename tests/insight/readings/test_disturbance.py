"""Moving, turning and thickening, against SciPy's own and against what must come back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from cnn.insight.readings.disturbance import (
    Disturbance,
    all_shifts,
    disturbed,
    shifted,
    thickened,
    turned,
)

IMAGE = np.random.default_rng(3).random((28, 28), np.float32)
FRAMED = np.pad(np.random.default_rng(4).random((14, 14), np.float32), 7)


@given(st.integers(-30, 30), st.integers(-30, 30))
def test_a_shift_is_scipys(right: int, down: int):
    wanted = ndimage.shift(IMAGE, (down, right), order=0)
    np.testing.assert_array_equal(shifted(IMAGE, right, down), wanted)


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_a_shift_moves_every_channel_and_brings_zeros(right: int, down: int):
    image = IMAGE[:10, :8].reshape(5, 8, 2)[:, :4]

    found = shifted(image, right, down)

    for y, x in np.ndindex(5, 4):
        row, column = y - down, x - right
        inside = 0 <= row < 5 and 0 <= column < 4
        np.testing.assert_array_equal(found[y, x], image[row, column] if inside else [0, 0])


@given(st.integers(-200, 200))
def test_a_turn_is_scipys_the_other_way_round(degrees: int):
    # Within the frame: at the very edge SciPy does not mix with what is outside.
    wanted = ndimage.rotate(FRAMED, -degrees, reshape=False, order=1)
    np.testing.assert_allclose(turned(FRAMED, degrees), wanted, atol=2e-5)


def test_a_quarter_turn_is_clockwise():
    np.testing.assert_allclose(turned(IMAGE, 90), np.rot90(IMAGE, -1), atol=1e-5)


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 3])
def test_thickness_is_grey_dilation_and_erosion_by_a_cross(steps: int):
    cross = ndimage.generate_binary_structure(2, 1)
    wanted = FRAMED
    for _ in range(abs(steps)):
        grow = ndimage.grey_dilation if steps > 0 else ndimage.grey_erosion
        wanted = grow(wanted, footprint=cross, mode="constant", cval=0.0)
    np.testing.assert_array_equal(thickened(FRAMED, steps), wanted)


def test_all_shifts_hold_each_shift_in_its_place():
    found = all_shifts(IMAGE)
    assert found.shape == (15, 15, 28, 28)
    np.testing.assert_array_equal(found[7, 7], IMAGE)
    np.testing.assert_array_equal(found[0, 14], shifted(IMAGE, 7, -7))
    np.testing.assert_array_equal(found[9, 7], shifted(IMAGE, 0, 2))


def test_nothing_done_changes_nothing():
    np.testing.assert_array_equal(disturbed(IMAGE, Disturbance()), IMAGE)


@given(
    st.builds(
        Disturbance,
        right=st.integers(-7, 7),
        down=st.integers(-7, 7),
        degrees=st.floats(-180, 180),
        thicker=st.integers(-2, 3),
        noise=st.floats(0, 0.8),
        inverted=st.booleans(),
    )
)
def test_whatever_is_done_it_stays_an_image_and_is_the_same_again(how: Disturbance):
    found = disturbed(IMAGE, how)
    assert found.dtype == np.float32
    assert found.min() >= -1e-6
    assert found.max() <= 1 + 1e-6
    np.testing.assert_array_equal(found, disturbed(IMAGE, how))


def test_inverted_is_dark_on_bright():
    np.testing.assert_allclose(disturbed(IMAGE, Disturbance(inverted=True)), 1 - IMAGE)
