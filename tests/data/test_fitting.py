"""Images come out in the network's shape: resized by Pillow, grey or colour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnn.data.dataset import Split
from cnn.data.errors import DataError
from cnn.data.fitting import check_room, check_shape, fit, fit_image


def split(pixels: np.ndarray) -> Split:
    return Split(pixels.astype(np.uint8), np.arange(len(pixels)))


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape)


def test_images_that_fit_are_returned_untouched():
    fitting = split(noise(3, 4, 5, 1))

    assert fit(fitting, (4, 5, 1)) is fitting


def test_a_grey_image_has_three_equal_channels_in_colour():
    fitted = fit(split(noise(2, 4, 4, 1)), (4, 4, 3))

    assert fitted.image_shape == (4, 4, 3)
    assert (fitted.pixels == fitted.pixels[..., :1]).all()


@pytest.mark.parametrize(
    ("colour", "grey"),
    [((255, 255, 255), 255), ((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29)],
)
def test_colours_become_grey_by_their_brightness(colour, grey):
    """ITU-R 601: 0.299 red + 0.587 green + 0.114 blue."""
    fitted = fit(split(np.full((1, 4, 4, 3), colour)), (4, 4, 1))

    assert abs(int(fitted.pixels[0, 0, 0, 0]) - grey) <= 1


def test_halving_averages_and_does_not_skip_pixels():
    stripes = np.tile([0, 0, 255, 255], (1, 8, 2)).reshape(1, 8, 8, 1)
    fitted = fit(split(stripes), (2, 2, 1))

    assert (abs(fitted.pixels.astype(int) - 127) < 30).all()


def test_resizing_is_bilinear():
    """Two pixels drawn out to four: at 1/4 and 3/4 of the way between their centres."""
    fitted = fit(split(np.array([0, 200]).reshape(1, 1, 2, 1)), (1, 4, 1))

    assert fitted.pixels[0, 0, :, 0].tolist() == [0, 50, 150, 200]


@given(
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    channels=st.sampled_from([1, 3]),
    start=st.sampled_from([1, 3]),
)
def test_every_image_comes_out_in_the_asked_shape_with_its_label(height, width, channels, start):
    images = split(noise(3, 6, 5, start))
    fitted = fit(images, (height, width, channels))

    assert fitted.image_shape == (height, width, channels)
    assert fitted.labels.tolist() == [0, 1, 2]
    mode = "L" if start == 1 else "RGB"
    alone = Image.fromarray(images.pixels[1].squeeze(-1) if start == 1 else images.pixels[1], mode)
    expected = fit_image(alone, (height, width, channels))
    np.testing.assert_allclose(fitted.pixels[1].astype(int), expected.astype(int), atol=1)


def test_a_shape_is_read_from_what_json_has_for_it():
    assert check_shape([28, 28, 1]) == (28, 28, 1)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((28, 28), r"height, width and channels, not \(28, 28\)"),
        ("28x28x1", "height, width and channels, not '28x28x1'"),
        ((0, 28, 1), "height of an image is a whole number from 1 to 512, not 0"),
        ((28, 2.5, 1), "width of an image is a whole number from 1 to 512, not 2.5"),
        ((28, 28, 4), r"1 channel \(grey\) or 3 \(colour\), not 4"),
        ((28, 28, True), r"1 channel \(grey\) or 3 \(colour\), not True"),
        ((28, 28, [1]), r"1 channel \(grey\) or 3 \(colour\), not \[1\]"),
    ],
)
def test_a_shape_no_image_can_have_is_refused(shape, message):
    with pytest.raises(DataError, match=message):
        check_shape(shape)


def test_more_images_than_memory_are_refused_before_they_are_made():
    with pytest.raises(DataError, match=r"70,000 images of 224x224x3 need 10.5 GB; 2.0 GB is"):
        check_room(70_000, (224, 224, 3))
