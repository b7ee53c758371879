"""Evidence: for a linear network it is known exactly, and a planted patch has all of it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.regions.occlusion import covers, evidence

RNG = np.random.default_rng(5)
KERNEL = RNG.standard_normal((28 * 28, 10)).astype(np.float32) / 10
IMAGE = RNG.random((28, 28), np.float32)


def linear(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1) @ KERNEL


def test_for_a_linear_network_a_cover_is_worth_the_sum_of_what_it_hides():
    found = evidence(linear, IMAGE)
    scores = linear(IMAGE[None])[0]
    assert found.label == int(scores.argmax())
    assert found.rival == int(np.argsort(scores)[-2])
    worth = IMAGE * (KERNEL[:, found.label] - KERNEL[:, found.rival]).reshape(28, 28)
    for cover in found.covers:
        np.testing.assert_allclose(cover.effect, worth[cover.rows, cover.columns].sum(), atol=1e-4)


def test_the_map_is_the_mean_of_all_covers_over_a_pixel():
    found = evidence(linear, IMAGE)
    for y, x in ((0, 0), (13, 7), (27, 27), (4, 21)):
        over = [
            cover.effect
            for cover in found.covers
            if cover.rows.start <= y < cover.rows.stop
            and cover.columns.start <= x < cover.columns.stop
        ]
        np.testing.assert_allclose(found.map[y, x], np.mean(over), atol=1e-4)


def test_the_share_without_a_part_is_that_of_the_image_without_it():
    found = evidence(linear, IMAGE, label=3, rival=8)
    assert (found.label, found.rival) == (3, 8)
    for cover in (found.strongest_for, found.strongest_against):
        assert cover is not None
        without = IMAGE.copy()
        without[cover.rows, cover.columns] = 0
        raised = np.exp(linear(without[None])[0].astype(float))
        np.testing.assert_allclose(cover.share, raised[3] / raised.sum(), rtol=1e-4)


def test_all_of_the_evidence_lies_on_a_planted_patch():
    def sees_the_patch(images: np.ndarray) -> np.ndarray:
        bright = images[:, 10:14, 18:22].sum(axis=(1, 2))
        return np.stack([bright, np.full(len(images), 1.0)], axis=1)

    found = evidence(sees_the_patch, IMAGE, label=0)
    y, x = np.unravel_index(found.map.argmax(), found.map.shape)
    assert 10 <= y < 14
    assert 18 <= x < 22
    assert not found.map[:4].any()
    assert not found.map[20:].any()
    assert found.strongest_against is None


@given(st.integers(1, 64), st.integers(1, 64))
def test_every_pixel_is_covered(height: int, width: int):
    seen = np.zeros((height, width), int)
    for rows, columns in covers(height, width):
        assert seen[rows, columns].size
        seen[rows, columns] += 1
    assert seen.min() > 0
