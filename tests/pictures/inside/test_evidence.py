"""Evidence and the map of shifts as pictures: each cell shows its own number, words are escaped."""

import re
from xml.etree import ElementTree

import numpy as np

from cnn.insight.regions.occlusion import Cover, Evidence
from cnn.pictures.inside.evidence import CELL, evidence_picture, shift_map
from cnn.pictures.kit.palette import ABOVE, BELOW

NAMES = ("<b>0</b>", "1", "2")
SVG = "{http://www.w3.org/2000/svg}"


def channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def test_ink_takes_the_colour_of_its_side_and_nothing_else_is_drawn():
    image, worth = np.zeros((28, 28), np.float32), np.zeros((28, 28), np.float32)
    image[2, 3] = image[4, 5] = image[6, 7] = 1
    worth[2, 3], worth[4, 5], worth[20, 20] = 2, -2, 9
    covers = (Cover(slice(0, 5), slice(1, 6), 1.5, 0.4), Cover(slice(2, 7), slice(3, 8), -1.0, 0.9))
    found = Evidence(0, 1, 0.7, worth, covers)

    picture = ElementTree.fromstring(evidence_picture(image, found, NAMES))

    board, *rects = picture.findall(f"{SVG}rect")
    cells = {(one.get("x"), one.get("y")): one.get("fill", "") for one in rects[:3]}
    assert channels(cells[str(3 * CELL), str(2 * CELL)]) == ABOVE
    assert channels(cells[str(5 * CELL), str(4 * CELL)]) == BELOW
    assert len(set(channels(cells[str(7 * CELL), str(6 * CELL)]))) == 1
    assert [one.get("stroke") for one in rects[3:]] == [f"rgb{ABOVE}", f"rgb{BELOW}"]
    assert board.get("fill") == "#0a0c12"
    assert "<b>0</b>" in (picture.get("aria-label") or "")


def test_a_cell_of_the_map_says_its_shift_its_share_and_who_is_likelier():
    likely = np.zeros((15, 15, 3), np.float32)
    likely[...] = 0.8, 0.15, 0.05
    likely[9, 4] = 0.25, 0.65, 0.1

    text = shift_map(likely, 0, NAMES, (0, 0))
    picture = ElementTree.fromstring(text)

    cells = {one.get("data-path"): one for one in picture.findall(f"{SVG}g")}
    assert len(cells) == 225
    other = cells["-3,2"]
    assert other.findtext(f"{SVG}title") == (
        "moved 3 px left and 2 px down\n<b>0</b>: 25.0%\nlikelier: 1, 65.0%"
    )
    assert other.findtext(f"{SVG}text") == "1"
    assert cells["0,0"].findtext(f"{SVG}title") == "where it was drawn\n<b>0</b>: 80.0%"
    assert cells["0,0"].find(f"{SVG}text") is None
    opacity = [
        float(re.findall(r'fill-opacity="([\d.]+)"', ElementTree.tostring(cells[at]).decode())[0])
        for at in ("0,0", "-3,2")
    ]
    np.testing.assert_allclose(opacity, [0.07 + 0.93 * 0.8, 0.07 + 0.93 * 0.25], atol=1e-3)
    assert text.count("stroke-width") == 1
