"""Pictures, kernels, and the text of a grid in a link."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnn.lessons.catalogue import find
from cnn.lessons.patterns import KERNELS, PICTURES, grid_text, kernels, picture, read_grids

ARABIC_ONE = "\N{ARABIC-INDIC DIGIT ONE}"

values = st.one_of(st.integers(0, 9), st.integers(-99, 99), st.floats(-999, 999, width=32))


@st.composite
def grids(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)))
    cells = draw(st.lists(values, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return np.array(cells, np.float32).reshape(shape)


@example(np.full((1, 1, 1), -0.0, np.float32))
@given(grids())
def test_a_grid_comes_back_from_its_text(grid):
    found = read_grids(grid_text(grid), grid.shape)

    np.testing.assert_array_equal(found, grid)


def test_a_grid_of_digits_is_written_plainly():
    assert grid_text(picture("worked", 5)) == "10100_01101_00110_10011_01011"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "101",
        "10_0",
        "10_01_11",
        "10_01__10_01",
        "1x_01",
        "nan,1,_0,0,",
        "1e9,0,_0,0,",
        "1,0_0,1",
        ARABIC_ONE + "0_01",
    ],
)
def test_a_text_of_another_shape_or_of_no_numbers_is_refused(text):
    assert read_grids(text, (2, 2, 1)) is None


@given(st.text(max_size=30))
def test_no_text_is_too_strange(text):
    found = read_grids(text, (2, 2, 1))

    assert found is None or found.shape == (2, 2, 1)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", range(5, 13))
def test_every_picture_has_every_size(name, size):
    found = picture(name, size, channels=3)

    assert found.shape == (size, size, 3)
    assert found[..., 0].any()


@pytest.mark.parametrize("lesson", ["convolution", "pooling"])
def test_the_picture_of_numbers_is_called_by_its_largest_one(lesson):
    called = find(lesson).words["picture_numbers"]
    highest = max(picture("numbers", size).max() for size in range(5, 13))
    assert called == f"numbers up to {highest:.0f}"


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_stands_in_the_middle_of_a_larger_window(name):
    found = kernels(name, 5)[:, :, 0, 0]

    np.testing.assert_array_equal(found[1:4, 1:4], KERNELS[name])
    assert np.count_nonzero(found) == np.count_nonzero(KERNELS[name])


def test_every_filter_and_channel_has_a_kernel_of_its_own():
    found = kernels("x", 3, channels=2, filters=2)

    np.testing.assert_array_equal(found[..., 0, 0], KERNELS["x"])
    np.testing.assert_array_equal(found[..., 1, 0], KERNELS["sobel_x"])
    np.testing.assert_array_equal(found[..., 0, 1], KERNELS["sobel_x"])
