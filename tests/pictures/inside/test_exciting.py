"""Patches as pictures: what the cell saw, and black where it saw beyond the border."""

import numpy as np

from cnn.insight.regions.exciting_patches import Patch
from cnn.network.seen import Box
from cnn.pictures.inside.exciting import exciting, framed


def test_a_patch_at_the_border_keeps_its_size_and_is_black_outside():
    images = np.full((1, 4, 4, 1), 0.5, np.float32)
    seen = Box(-1, -1, 2, 2)
    patch = Patch(0, (0, 0), 1.25, seen, seen.within(4, 4))
    assert framed(patch, images)[..., 0].tolist() == [[0, 0, 0], [0, 128, 128], [0, 128, 128]]


def test_there_is_a_line_for_each_filter_that_is_asked_for():
    images = np.zeros((1, 4, 4, 1), np.float32)
    patch = Patch(0, (0, 0), 1.25, Box(0, 0, 3, 3), Box(0, 0, 3, 3))
    page = exciting([(patch,) * 6] * 3, images, (0, 2))
    assert page.count("<img") == 12
    assert "filter 2" in page
    assert "filter 1" not in page
    assert 'alt="test image 0, answer 1.25"' in page
