"""A grouped convolution's picture: lines where a channel makes a difference, and nowhere else."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D
from cnn.pictures.network.groups import groups, reads

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("channels", "filters", "split"), [(8, 8, 1), (8, 8, 4), (6, 12, 3), (4, 4, 4)]
)
def test_a_filter_reads_the_channels_that_move_it(channels: int, filters: int, split: int):
    layer = Conv2D(filters, 1, groups=split)
    network = Architecture("one", (1, 1, channels), (layer,))
    each = np.eye(channels, dtype=np.float32)[:, None, None]
    found = forward(network, random_weights(network), each).output[:, 0, 0]
    moved = [tuple(np.flatnonzero(found[:, place])) for place in range(filters)]
    assert moved == reads(layer, channels)

    drawn = ET.fromstring(groups(layer, channels, ("in", "out"), "about", dark=False))
    assert len(list(drawn.iter(f"{SVG}line"))) == sum(map(len, moved))
    colours = {one.attrib["fill"] for one in drawn.iter(f"{SVG}circle")}
    assert len(colours) == split
