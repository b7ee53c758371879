"""Two networks side by side: published figures, and amounts in proportion."""

import pytest

from cnn.network.beside import beside, ratio_text
from cnn.network.trace import trace
from cnn.network.zoo import entry


def lines(first: str, second: str):
    found = beside(trace(entry(first).architecture), trace(entry(second).architecture))
    return {line.what: line for line in found}


@pytest.mark.parametrize(
    ("original", "lite", "params", "trainable", "macs"),
    [
        ("alexnet", "alexnet-lite", "61,100,840", "61,100,840", "714,188,480"),
        ("vgg-16", "vgg-lite", "138,357,544", "138,357,544", "15,470,264,320"),
        ("resnet-18", "resnet-lite", "11,699,112", "11,689,512", "1,814,073,344"),
    ],
)
def test_an_original_has_its_published_figures(original, lite, params, trainable, macs):
    found = lines(original, lite)

    assert found["Parameters"].first == params
    assert found["of them trainable"].first == trainable
    assert found["MACs for one image"].first == macs


def test_a_ratio_is_the_second_over_the_first():
    found = lines("lenet-5", "simple-cnn")

    assert found["Parameters"].ratio == pytest.approx(20_490 / 61_706)
    assert found["Input"].ratio is None
    assert found["of them in convolutions"].first == f"{156 + 2_416:,}"
    assert found["of them in dense layers"].first == f"{61_706 - 156 - 2_416:,}"
    assert found["Depth: layers with a kernel"].first == "5"


def test_a_cell_sees_what_is_published():
    assert lines("vgg-16", "vgg-lite")["One cell of the last map sees"].first == "212x212"
    assert lines("alexnet", "alexnet-lite")["One cell of the last map sees"].first == "195x195"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (None, ""),
        (1.0, "x1"),
        (0.72, "x0.72"),
        (0.1, "x0.1"),
        (1 / 443, "1/443"),
        (12_345.0, "x12,345"),
        (0.0, "none"),
    ],
)
def test_a_ratio_reads_at_a_glance(ratio, text):
    assert ratio_text(ratio) == text
