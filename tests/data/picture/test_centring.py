"""Handwriting in the form of MNIST, checked against MNIST's own images and plain means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data.picture.centring import BOX, MIDDLE, SIDE, centred, ink_box
from cnn.data.sets.mnist import load_sample

SAMPLE = load_sample().learn.pixels[:300, :, :, 0]


@pytest.mark.parametrize("times", [1, 3, 20])
def test_images_of_mnist_come_back_however_large_they_were_drawn(times: int):
    # Not those whose outermost pixels are fainter than ink, nor the few of MNIST with a box of 19.
    clear = [image for image in SAMPLE if ink_box(image) == box_of_all(image)]
    clear = [image for image in clear if longer_side(image) == BOX]
    assert len(clear) > 250
    for image in clear:
        drawn = np.kron(image, np.ones((times, times), np.uint8))
        drawn = np.pad(drawn, ((5, 40), (70, 3)))
        np.testing.assert_allclose(centred(drawn).astype(int), image, atol=1)


def longer_side(image: np.ndarray) -> int:
    return max(int(part.stop) - int(part.start) for part in box_of_all(image))


def box_of_all(image: np.ndarray) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60))
def test_any_ink_fills_the_box_and_has_its_mass_in_the_middle(seed: int, height: int, width: int):
    ink = np.random.default_rng(seed).integers(100, 256, (height, width), np.uint8)
    framed = np.pad(ink, ((3, 11), (20, 1)))

    found = centred(framed)

    assert found.shape == (SIDE, SIDE)
    marked = box_of_all(found)
    assert longer_side(found) == BOX
    mass, places = found.sum(), np.arange(SIDE)
    for axis in (0, 1):
        mean = (found.sum(axis=axis) * places).sum() / mass
        assert abs(mean - MIDDLE) <= 0.5 + 1e-9 or {0, SIDE} & {
            marked[1 - axis].start,
            marked[1 - axis].stop,
        }


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
def test_a_cell_is_the_mean_of_all_it_covers(seed: int, height: int, width: int):
    ink = np.random.default_rng(seed).integers(16, 256, (height, width), np.uint8)

    found = centred(ink)

    # Every pixel repeated as often as the box has cells makes cells of whole pixels.
    few = [max(1, int(np.floor(side * BOX / max(height, width) + 0.5))) for side in (height, width)]
    fine = np.repeat(np.repeat(ink.astype(float), few[0], axis=0), few[1], axis=1)
    means = fine.reshape(few[0], height, few[1], width).mean(axis=(1, 3))
    top, left = (part.start for part in box_of_all(found))
    cut = found[top : top + few[0], left : left + few[1]]
    np.testing.assert_allclose(cut, means, atol=0.5 + 1e-6)


def test_no_ink_stays_none():
    assert not centred(np.zeros((50, 70), np.uint8)).any()
    assert not centred(np.full((50, 70), 15, np.uint8)).any()


def test_ink_that_lies_to_one_side_is_never_cut_off():
    heavy = np.zeros((40, 40), np.uint8)
    heavy[:3] = 255
    heavy[3:, 20] = 20
    found = centred(heavy)
    assert found.any(axis=1).sum() == BOX
