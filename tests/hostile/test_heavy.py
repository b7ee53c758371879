"""What is legal and asks for more than anybody has: answered, and in little memory."""

import base64
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn.insight.passes import effort
from cnn.insight.passes.layer_effort import held
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Residual,
    SeparableConv2D,
    ZeroPadding2D,
)
from cnn.network.link import decode, encode
from cnn.network.trace import trace
from tests.hostile import corpus
from tests.hostile.files import LARGE_IMAGES, png
from tests.hostile.guard import watched
from tests.hostile.memory import PEAKS, begin_peak, memory_mb
from tests.some import some
from tests.ui.visiting import visited, words
from ui.parts.drawing import pad
from ui.parts.network.own_picture import as_read, fitted
from ui.session.brought import Brought
from ui.views.inside import image

PAD = ZeroPadding2D(((1_024, 1_024), (1_024, 1_024)))
END = (GlobalAveragePooling2D(), Dense(2))
SIDE = 16_384
MOST = effort.MOST_BYTES + 80_000_000
"""What may be computed, and a page's own."""
OFTEN = ("padded four times", "a million units")
GROWING = ("lists.json", "lists-in-input.json", "lists-config.keras")
MOST_READ_MB = 40
"""For a file's own bytes, and what the pages keep of it."""


def nested(depth: int) -> Layer:
    layer: Layer = Activation("gelu")
    for _ in range(depth):
        layer = Residual((layer, Activation("gelu")))
    return layer


LAYERS: dict[str, tuple[tuple[int, int, int], tuple[Layer, ...]]] = {
    "padded four times": ((28, 28, 1), (PAD, PAD, PAD, PAD, *END)),
    "padded, then exact bends": ((28, 28, 1), (PAD, Activation("gelu"), Activation("gelu"), *END)),
    "the largest input": ((SIDE, SIDE, 1), END),
    "the largest input in colour, pooled": ((SIDE, SIDE, 3), (MaxPooling2D(1_024), *END)),
    "the most filters": ((64, 64, 1), (Conv2D(65_536, 1), *END)),
    "the largest kernel": ((512, 512, 1), (Conv2D(1, 1_024, padding="same"), *END)),
    "the largest kernel for each channel": (
        (64, 64, 64),
        (DepthwiseConv2D(1_024, padding="same"), *END),
    ),
    "every channel a thousand times": (
        (64, 64, 4),
        (DepthwiseConv2D(3, depth_multiplier=1_024), *END),
    ),
    "apart and a thousand times": ((64, 64, 4), (SeparableConv2D(1, 3, depth_multiplier=1_024),)),
    "a million units": ((28, 28, 1), (Flatten(), Dense(1_000_000), Dense(1_000_000))),
    "the largest window at every step": ((400, 400, 8), (MaxPooling2D(1_024, 1, "same"), *END)),
    "side by side": ((256, 256, 1), (Branches(((),) * 256, "concatenate"), *END)),
    "side by side, again": (
        (28, 28, 1),
        (Branches(((),) * 64, "concatenate"), Branches(((),) * 64, "concatenate"), *END),
    ),
    "as deep as may be": ((700, 700, 8), (nested(48), *END)),
    "five thousand layers": ((28, 28, 1), (Activation("relu"),) * 4_998),
    "two thousand dense layers": ((4, 4, 1), (Flatten(), *(Dense(3),) * 2_000)),
    "as many maps as fit a number": ((1_000, 1_000, 1), (Conv2D(1_000, 1), Conv2D(1_000, 1))),
}


@pytest.mark.parametrize("name", some(LAYERS, *OFTEN))
def test_a_heavy_link_is_answered_in_words_and_in_little_memory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    shape, layers = LAYERS[name]
    network = Architecture("Heavy", shape, layers)
    code = encode(network)
    assert decode(code) == network, "it is legal"
    asked = effort.of_weights(network).then(effort.of_forward(network))
    visited("build")
    tracemalloc.start()
    try:
        with watched(tmp_path):
            page = visited("build", net=code)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    refused = "a page takes at most 250 MB and 2.0 s" in words(page)
    assert refused == (not asked.fits(effort.EDIT_S))
    assert most < MOST


def test_what_a_layer_holds_is_what_it_gives_but_for_those_that_give_what_they_got():
    rows = trace(Architecture("a", (4, 4, 2), (Activation("relu"), Flatten()))).rows
    assert [held(row, keep_linear=True) for row in rows] == [32, 0]


def on_the_pad(content: bytes) -> None:
    """As the browser sends it; what it became, or why it became nothing, is in the session."""
    given = {"name": "a.png", "content": base64.b64encode(content).decode()}
    st.session_state[pad.PAD] = {"file": given}
    pad._bring()
    assert st.session_state.keys() & {pad.BROUGHT, pad.TROUBLE}


PICTURE_DOORS: dict[str, Callable[[bytes], object]] = {
    "Build": lambda content: fitted(content, (28, 28, 1)),
    "Draw": on_the_pad,
    "Look inside, Train": lambda content: _looked_into(as_read, content, (28, 28, 1)),
    "Look inside, digits": lambda content: _looked_into(image._written, content),
}


def _looked_into(read: Any, content: bytes, *shape: object) -> object:
    brought = Brought("a.png", content)
    return read(brought.key, *shape, brought)


def grown_mb(read: Callable[[bytes], object], content: bytes) -> float:
    """The most memory on the way to what is in a file, beside what there was before."""
    had = begin_peak()
    read(content)
    return memory_mb("VmHWM") - had


only_linux = pytest.mark.skipif(
    not os.access(PEAKS, os.W_OK), reason="only Linux says the most memory since a moment"
)


@only_linux
@pytest.mark.parametrize(
    "case",
    some(
        [(name, "Build") for name in LARGE_IMAGES]
        + [("a photo held upright", door) for door in PICTURE_DOORS if door != "Build"],
        ("one colour is clear", "Build"),
        ("a photo held upright", "Draw"),
    ),
)
def test_a_picture_of_few_bytes_and_many_pixels_is_opened_and_takes_little_memory(
    case: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    name, door = case
    monkeypatch.setattr(st, "session_state", {})
    read = PICTURE_DOORS[door]
    read(png((40, 40)))
    assert grown_mb(read, LARGE_IMAGES[name]()) < MOST_READ_MB
    assert pad.TROUBLE not in st.session_state


@only_linux
@pytest.mark.parametrize("name", some(GROWING, "lists.json"))
def test_a_description_that_grows_in_memory_is_refused_on_build_and_takes_little(name: str):
    def door() -> None:
        from ui.views.build import start

        start._file()

    page = AppTest.from_function(door, default_timeout=60)
    page.run()

    def bring(content: bytes) -> None:
        page.file_uploader[0].set_value((name, content, "application/octet-stream")).run()

    bring(b"{}")
    content = corpus.MODELS[name]
    assert grown_mb(bring, content) < MOST_READ_MB + 3 * len(content) / 1e6
    assert not page.exception
    assert "got [[], [], []" in words(page)
