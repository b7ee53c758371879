"""Pictures of gates: a part for each channel in the order asked for, bars as long as shares."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from cnn.lessons.squeeze_excite import Weighed
from cnn.pictures.inside.gates import BARS, ROOM, Heat, channels, gate_map, shares

RANDOM = np.random.default_rng(0)
FOUND = Weighed(
    RANDOM.random((4, 4, 3), np.float32),
    np.array([0.25, 0.0, 1.0], np.float32),
    RANDOM.random((4, 4, 3), np.float32),
    np.array([0.5, 0.5], np.float32),
)
GATES = np.array([[0.2, 0.9], [0.4, 0.1]], np.float32)
NARROW = pytest.mark.parametrize("narrow", [False, True])


def paths(picture: str) -> list[str]:
    ElementTree.fromstring(picture)
    return re.findall(r'data-path="(\d+)"', picture)


@NARROW
def test_channels_stand_in_the_order_asked_for_each_with_its_gate(narrow):
    picture = channels(FOUND, [2, 0, 1], 1, narrow=narrow)
    assert paths(picture) == ["2", "0", "1"]
    said = re.findall(r">channel (\d)</text>.*?>([\d.]+)</text>", picture)
    assert said == [("2", "1.00"), ("0", "0.25"), ("1", "0.00")]
    assert re.findall(r'class="selected" data-path="(\d)"', picture) == ["1"]


def test_a_bar_is_as_long_as_its_share_and_the_line_stands_at_the_one_before():
    image = np.zeros((4, 4, 1), np.float32)
    now, before = np.array([0.25, 0.75], np.float32), np.array([1.0, 0.0], np.float32)
    picture = shares(image, now, before, ("a", "<b>"), ("25 %", "75 %"))
    ElementTree.fromstring(picture)
    bars = re.findall(r'class="above" .*?width="([\d.]+)"', picture)
    assert [float(one) for one in bars] == pytest.approx([ROOM * 0.25, ROOM * 0.75], abs=0.1)
    lines = re.findall(r'class="before" x1="([\d.]+)"', picture)
    assert [float(one) for one in lines] == pytest.approx([BARS + ROOM, BARS], abs=0.1)
    assert "a: 25 %, &lt;b&gt;: 75 %" in picture


@NARROW
def test_a_cell_is_as_full_as_its_gate_is_open(narrow):
    picture = gate_map(GATES, ("0", "1"), Heat.MEAN, digit=0, chosen=1, narrow=narrow)
    assert paths(picture) == ["0", "0", "1", "1"]
    full = [float(one) for one in re.findall(r'fill-opacity="([\d.]+)"/', picture)]
    wanted = GATES.T.ravel()  # channel by channel
    assert full == pytest.approx((0.05 + 0.95 * wanted).tolist(), abs=1e-3)
    assert "channel 1, 0: 0.90\nover all digits: 0.50" in picture


def test_against_the_others_colour_says_the_side_and_the_furthest_is_full():
    picture = gate_map(GATES, ("0", "1"), Heat.BESIDE, digit=0, chosen=1)
    cells = re.findall(r'class="(above|below)".*?fill-opacity="([\d.]+)"/', picture)
    assert [side for side, _ in cells] == ["below", "above", "above", "below"]
    assert [float(one) for _, one in cells] == pytest.approx([0.2875, 0.2875, 1, 1], abs=1e-3)
