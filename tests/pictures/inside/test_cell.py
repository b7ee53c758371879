"""The picture of a cell: the numbers in it are those of a loop over the layer's own input."""

import re
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.cell import Products, cell
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SeparableConv2D,
)
from cnn.network.trace import trace
from cnn.pictures.inside.cell import cell_picture, channel_shown

SVG = "{http://www.w3.org/2000/svg}"
NETWORK = Architecture(
    "small",
    (8, 8, 1),
    (
        Conv2D(filters=3, kernel_size=(3, 3), padding="same", activation="relu"),
        Conv2D(filters=2, kernel_size=(3, 3)),
        BatchNormalization(),
        SeparableConv2D(filters=2, kernel_size=(3, 3)),
        MaxPooling2D(pool_size=(2, 2)),
        Flatten(),
        Dense(units=3, activation="softmax"),
    ),
)
WEIGHTS = random_weights(NETWORK)
IMAGE = np.random.default_rng(3).random((1, 8, 8, 1)).astype(np.float32)
FOUND = forward(NETWORK, WEIGHTS, IMAGE, keep_linear=True)


def drawn(name: str, place: tuple[int, ...], channel: int | None = None) -> ElementTree.Element:
    one = cell(trace(NETWORK), WEIGHTS, FOUND, name, place)
    return ElementTree.fromstring(cell_picture(one, channel_shown(one, channel)))


def words(svg: ElementTree.Element) -> list[str]:
    return [unescape(text.text or "") for text in svg.iter(f"{SVG}text")]


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def numbers(svg: ElementTree.Element) -> list[float]:
    """What the squares of the grids tell a pointer, in their order; padding is 0."""
    found = [
        group.findtext(f"{SVG}title") or ""
        for group in svg.iter(f"{SVG}g")
        if group.get("data-path") == "number"
    ]
    return [0.0 if text == "padding" else number(text) for text in found]


@pytest.mark.parametrize("place", [(0, 0, 1), (3, 5, 0)])
@pytest.mark.parametrize("channel", [0, 2])
def test_window_kernel_and_products_are_those_of_a_loop(place, channel):
    before, kernel = FOUND.outputs["conv2d_1"][0], WEIGHTS["conv2d_2"][0]
    row, column, filter_ = place
    window = [before[row + i, column + j, channel] for i in range(3) for j in range(3)]
    weights = [kernel[i, j, channel, filter_] for i in range(3) for j in range(3)]
    products = [a * b for a, b in zip(window, weights, strict=True)]

    svg = drawn("conv2d_2", place, channel)

    assert numbers(svg) == pytest.approx([*window, *weights, *products], rel=1e-4, abs=1e-6)
    shown = words(svg)
    at = shown.index("The channel adds up to")
    assert number(shown[at + 1]) == pytest.approx(sum(products), rel=1e-3, abs=1e-6)
    total = sum(
        float(before[row + i, column + j, c]) * float(kernel[i, j, c, filter_])
        for i in range(3)
        for j in range(3)
        for c in range(3)
    )
    ending = next(text for text in shown if text.startswith("its 3 channels"))
    first, *_rest = re.findall(r"−?\d[\d.e−]*", ending.removeprefix("its 3 channels "))
    assert number(first) == pytest.approx(total, rel=1e-3, abs=1e-6)


def test_padding_is_said_and_the_activation_is_shown():
    svg = drawn("conv2d_1", (0, 0, 0))

    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert titles.count("padding") == 5  # the upper line and the left column of 3x3
    assert any("→ relu →" in text for text in words(svg))


def test_the_channel_that_counts_most_is_shown_unless_another_is_wanted():
    one = cell(trace(NETWORK), WEIGHTS, FOUND, "conv2d_2", (3, 5, 0))
    before, kernel = FOUND.outputs["conv2d_1"][0], WEIGHTS["conv2d_2"][0]
    sums = [float((before[3:6, 5:8, c] * kernel[:, :, c, 0]).sum()) for c in range(3)]

    assert channel_shown(one) == int(np.abs(sums).argmax())
    assert channel_shown(one, 2) == 2
    assert channel_shown(one, 3) == int(np.abs(sums).argmax())


def test_a_separable_cell_shows_one_channels_depthwise_part():
    before = FOUND.outputs["batch_normalization_1"][0]
    depthwise = WEIGHTS["separable_conv2d_1"][0]
    window, kernel = before[1:4, 2:5, 1].ravel(), depthwise[:, :, 1, 0].ravel()

    svg = drawn("separable_conv2d_1", (1, 2, 0), 1)

    expected = [*window, *kernel, *(window * kernel)]
    assert numbers(svg) == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_the_winner_of_a_maximum_is_framed():
    before = FOUND.outputs["separable_conv2d_1"][0][0:2, 0:2, 1]
    line, column = np.unravel_index(int(before.argmax()), (2, 2))

    svg = drawn("max_pooling2d_1", (0, 0, 1))

    (won,) = (rect for rect in svg.iter(f"{SVG}rect") if rect.get("class") == "won")
    assert float(won.attrib["x"]) == pytest.approx(column * 46)
    assert float(won.attrib["y"]) == pytest.approx(20 + line * 46)
    assert numbers(svg) == pytest.approx(before.ravel(), rel=1e-4, abs=1e-6)


def test_a_dense_unit_shows_the_features_that_moved_it_most():
    before, kernel = FOUND.inputs["dense_1"][0], WEIGHTS["dense_1"][0][:, 1]
    most = int(np.abs(before * kernel).argmax())

    shown = words(drawn("dense_1", (1,)))

    assert shown[0] == f"feature {most}"
    assert number(shown[2]) == pytest.approx(float(before[most] * kernel[most]), rel=1e-3)


def test_of_a_window_larger_than_can_be_drawn_the_part_that_counts_is():
    wide = Architecture("wide", (90, 80, 1), (Conv2D(1, (70, 60)), GlobalAveragePooling2D()))
    weights = random_weights(wide)
    weights["conv2d_1"][0][50, 40] = 9.0
    image = np.full((1, 90, 80, 1), 0.5, np.float32)
    found = forward(wide, weights, image, keep_linear=True)
    one = cell(trace(wide), weights, found, "conv2d_1", (0, 0, 0))
    drawn = cell_picture(one, 0)
    assert "Window, 32×32 of 70×60" in drawn
    assert drawn.count('data-path="number"') == 3 * 32 * 32
    assert "<title>9</title>" in drawn
    total = float((weights["conv2d_1"][0] * 0.5).sum(dtype=np.float64))
    assert isinstance(one.detail, Products)
    assert one.detail.total == pytest.approx(total, rel=1e-5), "of all of it"

    mean = cell(trace(wide), weights, found, "global_average_pooling2d_1", (0,))
    assert "Window" in cell_picture(mean, 0)
    pooled = Architecture("pooled", (90, 80, 1), (MaxPooling2D((90, 80)),))
    image[0, 77, 3] = 1.0
    found = forward(pooled, {}, image, keep_linear=True)
    drawn = cell_picture(cell(trace(pooled), {}, found, "max_pooling2d_1", (0, 0, 0)), 0)
    assert "32×32 of 90×80" in drawn
    (won,) = re.findall('class="won" x="([0-9.]+)" y="([0-9.]+)"', drawn)
    assert (float(won[0]) / 9, (float(won[1]) - 20) / 9) == (3, 77 - 58)


def test_the_cells_that_are_spread_over_a_place_are_called_what_they_are():
    up = Architecture("up", (4, 4, 1), (Conv2DTranspose(1, 3, strides=2),))
    weights = random_weights(up)
    found = forward(up, weights, IMAGE[:, :4, :4], keep_linear=True)
    one = cell(trace(up), weights, found, "conv2d_transpose_1", (2, 3, 0))
    svg = ElementTree.fromstring(cell_picture(one, 0))

    kernel, (near, far) = weights["conv2d_transpose_1"][0][..., 0, 0], IMAGE[0, :2, 1, 0]
    wanted = [near, far, kernel[2, 1], kernel[0, 1], near * kernel[2, 1], far * kernel[0, 1]]
    assert {"Cells", "Their weights", "Products"} <= set(words(svg))
    assert "Window" not in words(svg)
    assert numbers(svg) == pytest.approx([float(one) for one in wanted], rel=1e-3)


def test_a_layer_without_parts_has_no_picture():
    one = cell(trace(NETWORK), WEIGHTS, FOUND, "batch_normalization_1", (0, 0, 0))
    assert cell_picture(one, 0) == ""


def test_a_global_mean_over_many_cells_is_drawn_small():
    network = Architecture("mean", (32, 32, 2), (GlobalAveragePooling2D(),))
    image = np.random.default_rng(0).random((1, 32, 32, 2)).astype(np.float32)
    found = forward(network, {}, image, keep_linear=True)

    svg = ElementTree.fromstring(
        cell_picture(cell(trace(network), {}, found, *("global_average_pooling2d_1", (1,))), 0)
    )

    assert numbers(svg) == pytest.approx(image[0, ..., 1].ravel(), rel=1e-4, abs=1e-6)
    assert "mean" in words(svg)
