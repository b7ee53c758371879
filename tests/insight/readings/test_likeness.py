"""Learned kernels against those made by hand: correlations that NumPy and hand calculation give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.readings.kernels import GALLERY
from cnn.insight.readings.likeness import BY_HAND, LikenessError, by_chance, likeness


def one(kernel: np.ndarray) -> np.ndarray:
    """A kernel as the only filter of a layer with one input channel."""
    return kernel.astype(np.float32)[:, :, None, None]


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.2, 3.0), (-2.0, 1.0)])
def test_a_kernel_made_by_hand_is_found_whatever_its_contrast_and_brightness(name, scale, shift):
    (found,) = likeness(one(scale * GALLERY[name] + shift))

    assert found[BY_HAND.index(name)] == pytest.approx(np.sign(scale), abs=1e-6)
    assert np.abs(found).argmax() == BY_HAND.index(name)


def test_the_two_sobels_have_nothing_in_common():
    # Sobel x is odd from left to right, Sobel y even: their products cancel in pairs.
    (found,) = likeness(one(GALLERY["Sobel x"]))
    assert found[BY_HAND.index("Sobel y")] == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(3, 7), st.integers(3, 7), st.integers(1, 4))
def test_it_is_numpys_correlation_with_the_kernel_in_the_middle(seed, height, width, channels):
    drawn = np.random.default_rng(seed).normal(size=(height, width, channels, 3))
    kernels = drawn.astype(np.float32)

    found = likeness(kernels)

    for filter_ in range(3):
        mean = kernels[..., filter_].astype(np.float64).mean(axis=2)
        for place, name in enumerate(BY_HAND):
            middle = np.zeros((height, width))
            top, left = height // 2 - 1, width // 2 - 1
            middle[top : top + 3, left : left + 3] = GALLERY[name]
            expected = np.corrcoef(mean.ravel(), middle.ravel())[0, 1]
            assert found[filter_, place] == pytest.approx(expected, abs=1e-5)


def test_a_kernel_that_is_the_same_everywhere_is_like_none():
    assert not likeness(np.full((3, 3, 1, 1), 0.7, np.float32)).any()


def test_too_small_a_kernel_is_refused():
    with pytest.raises(LikenessError, match=r"1x1 are too small.*3x3 or more"):
        likeness(np.ones((1, 1, 1, 4), np.float32))


@pytest.mark.parametrize("side", [3, 5])
def test_what_chance_gives_is_found_again_with_other_random_numbers(side: int):
    random = np.random.default_rng(99)
    middle = slice(side // 2 - 1, side // 2 + 2)
    best = []
    for _ in range(600):
        drawn = random.normal(size=(side, side))
        found = []
        for name in BY_HAND:
            by_hand = np.zeros((side, side))
            by_hand[middle, middle] = GALLERY[name]
            found.append(abs(np.corrcoef(drawn.ravel(), by_hand.ravel())[0, 1]))
        best.append(max(found))
    assert by_chance(side, side) == pytest.approx(np.mean(best), abs=0.03)
