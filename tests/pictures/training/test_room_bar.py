"""What takes the room, as a bar."""

import re
from xml.etree import ElementTree

from cnn.pictures.training.curves import colour
from cnn.pictures.training.room_bar import WIDTH, Part, room_bar

PARTS = (
    Part("snapshots", 600, "600 B"),
    Part("nothing", 0, "0 B"),
    Part("<b>weights</b>", 300, "300 B"),
    Part("free", 100, "100 B", is_free=True),
)
SVG = "{http://www.w3.org/2000/svg}"


def bars(picture: str) -> list[ElementTree.Element]:
    """The parts of the bar itself, which alone have a title."""
    found = ElementTree.fromstring(picture).findall(f"{SVG}rect")
    return [one for one in found if one.find(f"{SVG}title") is not None]


def test_each_part_is_as_wide_as_its_share_and_begins_where_the_one_before_ends():
    found = bars(room_bar(PARTS, dark=False))

    assert [float(one.attrib["width"]) for one in found] == [216, 108, 36]
    assert [float(one.attrib["x"]) for one in found] == [0, 216, 324]
    assert WIDTH == 360


def test_it_says_all_it_shows_to_who_cannot_see_and_escapes_it():
    picture = room_bar(PARTS, dark=False)

    label = ElementTree.fromstring(picture).attrib["aria-label"]
    assert label == "snapshots: 600 B; <b>weights</b>: 300 B; free: 100 B"
    assert "<b>" not in picture
    assert "60.0%" in picture


def test_a_part_keeps_its_colour_when_another_one_is_gone():
    fills = [one.attrib.get("fill") for one in bars(room_bar(PARTS, dark=True))]

    assert fills == [colour(0, dark=True), colour(2, dark=True), None]
    assert re.search(r'<rect [^>]*class="free"', room_bar(PARTS, dark=True))


def test_of_nothing_there_is_an_empty_picture():
    assert bars(room_bar([], dark=False)) == []
