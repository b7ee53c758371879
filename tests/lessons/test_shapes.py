"""The lesson on drawn shapes: its array, its network, and how alike kernels are to Sobel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn.data import load
from cnn.insight.readings.kernels import GALLERY
from cnn.lessons import shapes
from cnn.lessons.shapes import BY_CHANCE, likeness, likenesses, typical
from cnn.network.trace import trace
from cnn.pictures.data.drawing import drawing
from cnn.pictures.inside.edge_likeness import edge_likeness

KERNELS = arrays(np.float32, (3, 3), elements=st.floats(-2, 2, width=32))


def by_trying(kernel: np.ndarray) -> tuple[float, float]:
    """The largest cosine over 3,600 angles, and the angle it is at."""
    angles = np.radians(np.arange(0, 360, 0.1))
    turned = (
        np.cos(angles)[:, None, None] * GALLERY["Sobel x"]
        + np.sin(angles)[:, None, None] * GALLERY["Sobel y"]
    )
    sizes = np.linalg.norm(turned, axis=(1, 2)) * np.linalg.norm(kernel)
    cosines = (turned * kernel).sum(axis=(1, 2)) / sizes
    return float(cosines.max()), float(np.degrees(angles[cosines.argmax()]))


def test_180_drawings_are_one_array_of_four_sides_with_each_class_60_times():
    drawn = shapes.drawings()
    assert drawn.pixels.shape == (180, 16, 16, 1)
    assert np.bincount(drawn.labels).tolist() == [60, 60, 60]
    assert set(np.unique(drawn.images)) == {0.0, 1.0}


@pytest.mark.parametrize("seed", [0, 3])
def test_the_drawings_shown_are_those_that_are_trained_on(seed: int):
    data = load(shapes.configuration(5, seed).dataset, shapes.DEMO.input)
    used = {image.tobytes() for part in (data.train, data.validation) for image in part.pixels}
    assert used == {image.tobytes() for image in shapes.drawings(seed).pixels}


def test_the_network_of_the_lesson_has_9571_parameters_as_they_are_quoted():
    rows = trace(shapes.DEMO).rows
    assert [row.params for row in rows if row.params] == [80, 1_168, 8_224, 99]
    assert trace(shapes.DEMO).total_params == 9_571


@pytest.mark.parametrize(
    ("kernel", "cosine", "degrees"),
    [
        (GALLERY["Sobel x"], 1, 0),
        (GALLERY["Sobel y"], 1, 90),
        (-0.1 * GALLERY["Sobel x"], 1, 180),
        (GALLERY["Sobel x"] - GALLERY["Sobel y"], 1, 315),
    ],
)
def test_sobel_itself_at_any_angle_and_size_is_wholly_alike(kernel, cosine, degrees):
    found = likeness(kernel)
    assert found.cosine == pytest.approx(cosine, abs=1e-6)
    assert found.degrees == pytest.approx(degrees, abs=1e-4)
    assert found.total == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["identity", "blur", "Gaussian", "Laplacian", "edges"])
def test_a_kernel_that_is_the_same_from_all_sides_is_not_alike_at_all(name: str):
    assert likeness(GALLERY[name]).cosine == pytest.approx(0, abs=1e-6)


@given(KERNELS)
def test_likeness_is_what_trying_every_angle_finds(kernel):
    if np.linalg.norm(kernel) < 1e-3:
        return
    cosine, degrees = by_trying(kernel)
    found = likeness(kernel)
    assert found.cosine == pytest.approx(cosine, abs=1e-4)
    if cosine > 0.1:
        apart = abs(found.degrees - degrees) % 360
        assert min(apart, 360 - apart) < 0.5


def test_random_kernels_reach_what_chance_gives():
    random = np.random.default_rng(0).normal(size=(3, 3, 1, 20_000)).astype(np.float32)
    assert typical(likenesses(random)) == pytest.approx(BY_CHANCE, abs=0.01)
    assert pytest.approx(0.4714, abs=1e-4) == BY_CHANCE


def test_a_kernel_of_zeros_is_alike_to_nothing():
    assert likeness(np.zeros((3, 3))).cosine == 0


def test_the_picture_of_a_drawing_has_a_cell_for_each_pixel_and_says_its_value():
    drawn = shapes.drawings()
    svg = drawing(drawn.pixels[0], 8, 'a "circle" <b>')
    assert svg.count("data-path") == 256
    assert "row 8, column 8: 1<" in svg
    assert "<b>" not in svg


def test_the_picture_of_kernels_shows_every_filter_with_its_figure():
    kernels = np.stack([GALLERY["Sobel x"], GALLERY["blur"]], axis=-1)[:, :, None]
    svg = edge_likeness(likenesses(kernels))
    assert svg.count("data-path") == 2
    assert ">1.00<" in svg
    assert ">0.00<" in svg
