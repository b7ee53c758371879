"""The picture of what one cell sees."""

import xml.etree.ElementTree as ET

import pytest

from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.pictures.network.receptive_field import SIDE, field_picture

SVG = "{http://www.w3.org/2000/svg}"


def field_of(id, title):
    traced = trace(zoo()[id].architecture)
    row = next(row for row in traced.rows if row.title == title)
    picture = ET.fromstring(field_picture(row, traced.architecture.input))
    box = next(part for part in picture.iter(f"{SVG}rect") if part.attrib["class"] == "field")
    cell = SIDE / max(traced.architecture.input[:2])
    return tuple(float(box.attrib[side]) / cell for side in ("x", "y", "width", "height"))


def test_the_first_convolution_sees_its_own_kernel_around_the_middle():
    assert field_of("lenet-5", "Conv2D #1") == pytest.approx((12, 12, 5, 5), abs=0.01)


def test_a_later_layer_sees_more():
    assert field_of("lenet-5", "MaxPooling2D #2")[2:] == pytest.approx((16, 16), abs=0.01)


def test_a_dense_layer_sees_all():
    assert field_of("lenet-5", "Dense #1") == pytest.approx((0, 0, 28, 28), abs=0.01)


def test_a_field_larger_than_the_input_is_cut_at_its_border():
    x, y, width, height = field_of("resnet-lite", "Residual #6")
    assert (x, y) == (0, 0)
    assert max(width, height) <= 28.01
