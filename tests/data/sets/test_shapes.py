"""Drawings: inside the image, black and white, in equal numbers, and the same for one seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.data.errors import DataError
from cnn.data.sets.shape_options import CLASSIC, Shape, ShapeOptions
from cnn.data.sets.shapes import draw

ALL = tuple(Shape)
STILL = ShapeOptions(kinds=ALL, rotation=0, position=0, scale=(1, 1), samples=36, test_samples=6)


@st.composite
def any_options(draw_value) -> ShapeOptions:
    kinds = draw_value(st.lists(st.sampled_from(ALL), min_size=2, unique=True))
    smallest = draw_value(st.floats(0.2, 1))
    outlined = not {Shape.CIRCLE, Shape.RING} <= set(kinds)
    return ShapeOptions(
        kinds=tuple(kinds),
        samples=6 * len(kinds),
        test_samples=draw_value(st.integers(len(kinds), 10)),
        thickness=draw_value(st.integers(0, 8)) if outlined else 0,
        rotation=draw_value(st.floats(0, 180)),
        position=draw_value(st.floats(0, 1)),
        scale=(smallest, draw_value(st.floats(smallest, 1))),
    )


@settings(max_examples=20)
@given(options=any_options(), height=st.integers(8, 64), width=st.integers(8, 64))
def test_every_drawing_is_whole_black_and_white_and_leaves_the_border_free(options, height, width):
    for split in draw(options, height, width, seed=1):
        images = split.images[..., 0]

        assert images.shape[1:] == (height, width)
        assert set(np.unique(images)) == {0.0, 1.0}
        assert images.any(axis=(1, 2)).all()
        inner = images[:, 1:-1, 1:-1]
        assert inner.sum() == images.sum()


@settings(max_examples=20)
@given(options=any_options(), seed=st.integers(0, 2**32 - 1))
def test_one_seed_draws_the_same_twice_and_the_classes_in_equal_numbers(options, seed):
    for once, again in zip(draw(options, 12, 12, seed), draw(options, 12, 12, seed), strict=True):
        np.testing.assert_array_equal(once.pixels, again.pixels)
        np.testing.assert_array_equal(once.labels, again.labels)
        counts = np.bincount(once.labels, minlength=len(options.kinds))
        assert counts.max() - counts.min() <= 1


def test_another_seed_draws_others():
    assert (draw(CLASSIC, 16, 16, 0)[0].pixels != draw(CLASSIC, 16, 16, 1)[0].pixels).any()


def test_the_classic_lesson_is_180_drawings_and_300_others():
    learn, test = draw(CLASSIC, 16, 16, seed=0)

    assert learn.pixels.shape == (180, 16, 16, 1)
    assert np.bincount(learn.labels).tolist() == [60, 60, 60]
    assert np.bincount(test.labels).tolist() == [100, 100, 100]


@pytest.mark.parametrize("seed", range(3))
def test_no_drawing_of_the_classic_lesson_comes_twice(seed):
    learn, test = draw(CLASSIC, 16, 16, seed)

    assert len({image.tobytes() for split in (learn, test) for image in split.pixels}) == 480


@pytest.mark.parametrize(
    ("shape", "share"),
    [
        (Shape.CIRCLE, np.pi / 4),
        (Shape.SQUARE, 1),
        (Shape.TRIANGLE, np.sqrt(3) / 4),
        (Shape.CROSS, 2 * 0.34 - 0.34**2),  # two bars, and where they meet counted once
        (Shape.STAR, 5 * 0.48 / 1.15 * np.sin(np.pi / 5) / (2 * np.sin(2 * np.pi / 5)) ** 2),
        (Shape.RING, np.pi / 4 * (1 - 0.55**2)),
    ],
)
def test_a_shape_covers_the_area_of_its_formula(shape, share):
    learn, _ = draw(STILL, 64, 64, seed=0)
    drawn = learn.pixels[learn.labels == ALL.index(shape)] // 255

    assert (drawn == drawn[0]).all()
    assert drawn[0].sum() / 62**2 == pytest.approx(share, rel=0.05)  # of the square around it


def test_a_5x5_square_is_drawn_pixel_by_pixel():
    options = ShapeOptions(
        kinds=(Shape.SQUARE, Shape.RING), rotation=0, position=0, scale=(0.5, 0.5)
    )
    learn, _ = draw(options, 10, 10, seed=0)
    drawn = learn.images[learn.labels == 0][0, :, :, 0]

    expected = np.zeros((10, 10))
    expected[2:8, 2:8] = 1  # pixels whose centres, 2.5 to 7.5, lie within 5 +- 2.5
    np.testing.assert_array_equal(drawn, expected)


def test_thickness_leaves_the_outline_and_zero_fills():
    def area(thickness: int) -> int:
        options = ShapeOptions(rotation=0, position=0, scale=(1, 1), thickness=thickness)
        learn, _ = draw(options, 18, 18, seed=0)
        return int(learn.images[learn.labels == 1][0].sum())

    assert area(0) == 16 * 16
    assert area(1) == 16 * 16 - 14 * 14
    assert area(2) == 16 * 16 - 12 * 12
    assert area(8) == 16 * 16


def test_noise_disturbs_every_image_and_keeps_0_to_1():
    learn, _ = draw(ShapeOptions(noise=0.2), 16, 16, seed=0)
    still, _ = draw(CLASSIC, 16, 16, seed=0)
    difference = (learn.images - still.images)[(learn.images > 0) & (learn.images < 1)]

    assert learn.images.min() == 0
    assert learn.images.max() == 1
    assert all(len(np.unique(image)) > 2 for image in learn.pixels)
    # Half of the normal distribution is cut off at 0 or 1; the other half has this mean.
    assert np.abs(difference).mean() == pytest.approx(0.2 * np.sqrt(2 / np.pi), rel=0.02)


@pytest.mark.parametrize("size", [(7, 16), (16, 65)])
def test_sizes_beyond_8_to_64_are_refused(size):
    with pytest.raises(DataError, match=rf"8 to 64 pixels high and wide, not {size[0]}x{size[1]}"):
        draw(CLASSIC, size[0], size[1], seed=0)
