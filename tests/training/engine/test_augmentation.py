"""Images moved, turned and zoomed, against a loop over their pixels."""

import math

import numpy as np
import pytest

from cnn.training.engine.augmentation import augmented, draws, preview, warped
from cnn.training.recipe.configuration import Configuration

SETTINGS = Configuration(rotation=30.0, zoom=0.2, shift=0.25, seed=7)


@pytest.fixture(scope="module")
def tf():
    from cnn.training.engine.tensorflow import import_tensorflow

    return import_tensorflow()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((6, 9, 12, 2), np.float32)


def naively(image: np.ndarray, angle: float, size: float, right: float, down: float) -> np.ndarray:
    """Each pixel of the new image asks where it was: unshift, turn back, unzoom, interpolate."""
    height, width, _ = image.shape
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    turn_back = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    new = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            place = np.array([column, row]) - (right * width, down * height) - centre
            x, y = turn_back @ place / size + centre
            x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
            left, top = math.floor(x), math.floor(y)
            for one_x, share_x in ((left, 1 - (x - left)), (left + 1, x - left)):
                for one_y, share_y in ((top, 1 - (y - top)), (top + 1, y - top)):
                    if share_x * share_y:
                        new[row, column] += share_x * share_y * image[one_y, one_x]
    return new


def test_images_are_warped_as_a_naive_loop_does_it(tf, images: np.ndarray):
    how = draws(tf, len(images), SETTINGS, tf.constant(3)).numpy()

    found = warped(tf, tf.constant(images), tf.constant(how)).numpy()

    wanted = [naively(image, *one) for image, one in zip(images, how.tolist(), strict=True)]
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ((0, 1, 0, 0), [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        ((0, 1, 1 / 3, 0), [[1, 1, 2], [4, 4, 5], [7, 7, 8]]),
        ((0, 1, 0, -1 / 3), [[4, 5, 6], [7, 8, 9], [7, 8, 9]]),
        ((math.pi / 2, 1, 0, 0), [[7, 4, 1], [8, 5, 2], [9, 6, 3]]),
        ((0, 2, 0, 0), [[3, 3.5, 4], [4.5, 5, 5.5], [6, 6.5, 7]]),
    ],
    ids=["as it was", "right", "up", "clockwise", "twice the size"],
)
def test_each_change_does_what_it_says(tf, how, wanted):
    image = tf.reshape(tf.range(1.0, 10.0), [1, 3, 3, 1])

    found = warped(tf, image, tf.constant([how], tf.float32)).numpy()[0, :, :, 0]

    assert found == pytest.approx(np.array(wanted, float), abs=1e-4)


def test_draws_stay_within_what_was_set_and_reach_far(tf):
    how = draws(tf, 5_000, SETTINGS, tf.constant(0)).numpy()

    most = np.array([math.radians(30), 0.2, 0.25, 0.25])
    away = np.abs(how - [0, 1, 0, 0])
    assert (away <= most + 1e-6).all()
    assert (away.max(axis=0) > 0.99 * most).all()
    assert np.abs((how - [0, 1, 0, 0]).mean(axis=0) / most).max() < 0.05
    assert len(np.unique(how[:, 0])) > 4_900


def test_seed_and_step_decide_alone(tf, images: np.ndarray):
    def seen(seed: int, step: int) -> np.ndarray:
        settings = Configuration(rotation=30.0, seed=seed)
        compiled = tf.function(lambda step: augmented(tf, images, settings, step))
        found: np.ndarray = compiled(tf.constant(step)).numpy()
        return found

    assert (seen(1, 5) == seen(1, 5)).all()
    assert (seen(1, 5) != seen(1, 6)).any()
    assert (seen(1, 5) != seen(2, 5)).any()
    assert not (seen(1, 5) == images).all()


def test_the_preview_is_the_same_warp_with_draws_of_its_own(images: np.ndarray):
    pixels = (images * 255).astype(np.uint8)
    spread = np.random.default_rng(4).uniform(-1, 1, (len(pixels), 4))
    hows = spread * (math.radians(30), 0.2, 0.25, 0.25) + (0, 1, 0, 0)

    found = preview(pixels, SETTINGS, seed=4)

    wanted = [
        naively(one.astype(float), *how) for one, how in zip(pixels, hows.tolist(), strict=True)
    ]
    assert found.dtype == np.uint8
    assert np.abs(found - np.array(wanted)).max() <= 0.5 + 1e-6


def test_without_augmentation_the_preview_is_the_image(images: np.ndarray):
    pixels = (images * 255).astype(np.uint8)

    assert (preview(pixels, Configuration()) == pixels).all()
