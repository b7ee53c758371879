"""A picture as a file of its own."""

import xml.etree.ElementTree as ET

from cnn.network.architecture import Architecture
from cnn.network.layers import Flatten
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.kit.palette import TEXT
from cnn.pictures.network.diagram import diagram
from cnn.pictures.network.slabs import standalone


def test_nothing_is_left_to_a_page():
    on_page = diagram(trace(entry("resnet-lite").architecture))
    alone = standalone(on_page)
    assert "var(" in on_page
    assert "var(" not in alone
    assert ET.fromstring(alone).attrib["color"] == TEXT[False]


def test_a_name_that_looks_like_markup_is_not_taken_for_it():
    svg = standalone(diagram(trace(Architecture("<svg var(--st-font)", (4, 4, 1), (Flatten(),)))))
    assert "<svg var(--st-font)" in ET.fromstring(svg).attrib["aria-label"]
