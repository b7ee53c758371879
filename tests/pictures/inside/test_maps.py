"""Maps as values: what a page draws is every number of them."""

import base64

import numpy as np
import pytest

from cnn.insight.readings.kernels import GALLERY
from cnn.network.seen import Place
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.inside.maps import Kernel, Scale, Tile, largest, signed, span, weight_text

VALUES = np.random.default_rng(0).standard_normal((3, 4, 1)).astype(np.float32)


def test_every_number_of_a_map_arrives_exactly():
    found = Tile(VALUES, "a map").to_dict()
    numbers = np.frombuffer(base64.b64decode(found["numbers"]), "<f4")
    np.testing.assert_array_equal(numbers.reshape(3, 4, 1), VALUES)
    assert (found["height"], found["width"], found["channels"]) == (3, 4, 1)
    assert found["full"] == pytest.approx(float(np.abs(VALUES).max()))
    assert found["kernel"] is None


def test_a_scale_can_be_given():
    assert Tile(VALUES, "a map", scale=Scale.BRIGHTNESS, full=2.0).to_dict()["full"] == 2.0
    assert largest([VALUES, -3 * VALUES]) == pytest.approx(3 * float(np.abs(VALUES).max()))
    assert largest([]) == 0


def test_a_kernel_goes_with_its_map():
    slices = GALLERY["blur"][..., None] * np.array([1, -1, 0], np.float32)
    kernel = Kernel(slices, source=2, relu=True, shown=GALLERY["blur"])
    found = Tile(VALUES, "a map", kernel=kernel).to_dict()["kernel"]
    assert found["texts"] == ["1/9"] * 9
    assert found["weights"][0][0] == pytest.approx([1 / 9, -1 / 9, 0])
    assert (found["source"], found["relu"], found["canChange"]) == (2, True, False)


def test_a_layers_place_is_its_receptive_field():
    row = trace(entry("simple-cnn").architecture).rows[1]
    place = Place.of(row, (2, -1))
    assert (place.size, place.jump, place.offset) == ((4, 4), (2, 2), (0.5, 0.5))
    assert place.moved == (2, -1)


@pytest.mark.parametrize(
    ("weight", "text"),
    [
        (1 / 9, "1/9"),
        (np.float32(1) / np.float32(48), "1/48"),
        (-2.0, "−2"),
        (-1 / 3, "−1/3"),
        (0.0, "0"),
        (0.1234, "0.123"),
    ],
)
def test_weights_are_written_as_one_writes_them(weight, text):
    assert weight_text(float(weight)) == text


def test_a_span_has_two_decimals_and_no_minus_zero():
    assert span(np.array([-0.001, 2.345], np.float32)) == "0.00 to 2.35"
    assert signed(-1.5) == "−1.50"
