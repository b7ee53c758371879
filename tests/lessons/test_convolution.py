"""The formula of the size is computed from its own LaTeX, and against Keras."""

import re

import pytest

from cnn.lessons.catalogue import find
from cnn.lessons.convolution import size_formula, size_notes
from cnn.lessons.patterns import KERNELS, PICTURES
from cnn.network.shapes import axis


def value(latex: str) -> tuple[int, int]:
    r"""What stands in the last floor, computed, and what the formula says it is."""
    found = re.search(r"frac\{([\d+\-\\cdot ]+)\}\{(\d+)\}\\right\\rfloor\+1 = (\d+)\\end", latex)
    assert found, latex
    inside = eval(found[1].replace(r"\cdot", "*"), {"__builtins__": {}})  # digits and signs alone
    return inside // int(found[2]) + 1, int(found[3])


@pytest.mark.parametrize("size", [5, 8, 12])
@pytest.mark.parametrize("padding", ["valid", "same", 0, 1, 2])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
def test_the_formula_is_true_and_as_keras_has_it(size, padding, stride, dilation):
    import keras

    kernel = 3 if dilation == 1 else 2
    found = axis(size, kernel, stride, dilation, padding)
    computed, said = value(size_formula(found))

    pad = padding if isinstance(padding, int) else 0
    layer = keras.layers.Conv2D(
        1,
        kernel,
        strides=stride,
        dilation_rate=dilation,
        padding=padding if isinstance(padding, str) else "valid",
    )
    wanted = layer.compute_output_shape((1, size + 2 * pad, size + 2 * pad, 1))[1]
    assert computed == said == wanted


def test_two_p_is_said_only_where_both_sides_are_equal():
    assert "2P" in size_formula(axis(8, 3, 1, padding="same"))
    assert r"P_{\text{total}}" in size_formula(axis(8, 3, 2, padding="same"))


def test_the_notes_say_the_floor_and_what_is_dropped():
    text = find("convolution").text

    whole = size_notes(axis(5, 3, 1), text)
    dropped = size_notes(axis(8, 3, 2), text)
    uneven = size_notes(axis(8, 3, 2, padding="same"), text)

    assert len(whole) == 1
    assert "positions on each axis: **3**" in whole[0]
    assert "Steps of 2: 2.5." in dropped[0]
    assert "last row and the last column are never read" in dropped[1]
    assert "pads 0 before and 1 after" in uneven[-1]


def test_every_picture_and_kernel_has_a_name_in_words():
    lesson = find("convolution")
    assert {f"picture_{name}" for name in PICTURES} <= set(lesson.words)
    assert {f"kernel_{name}" for name in KERNELS} <= set(lesson.words)
