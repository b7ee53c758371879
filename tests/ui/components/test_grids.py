"""What the grid picture sends is user input; what Python sends to it is exact."""

from typing import Any

import numpy as np
import pytest

from cnn.insight.passes.slide import convolved, pooled, spread_out
from cnn.network.layers import Conv2D, Conv2DTranspose, MaxPooling2D
from ui.components.grids import Labels, numbers, pair_data
from ui.components.grids.edit import read_edit
from ui.components.grids.spread import spread_data


def slide(channels: int = 2, filters: int = 3):
    random = np.random.default_rng(0)
    image = random.normal(size=(5, 6, channels)).astype(np.float32)
    kernel = random.normal(size=(3, 3, channels, filters)).astype(np.float32)
    return convolved(Conv2D(filters, 3), image, kernel, np.arange(filters, dtype=np.float32))


def sent(of) -> dict[str, Any]:
    data = pair_data(of, Labels())
    grids = {kind: [one["values"] for one in data[kind]] for kind in ("input", "kernel", "bias")}
    return {"rev": 1, "count": 2, **grids}


def test_what_was_sent_to_the_browser_comes_back_as_it_was():
    shown = slide()

    found = read_edit(sent(shown), shown)

    assert found is not None
    assert (found.rev, found.count) == (1, 2)
    np.testing.assert_array_equal(found.input, shown.input)
    np.testing.assert_array_equal(found.kernel, shown.kernel)
    np.testing.assert_array_equal(found.bias, shown.bias)


def test_a_pooling_has_no_kernel_to_send():
    shown = pooled(MaxPooling2D(2), slide().input)

    found = read_edit(sent(shown), shown)

    assert found is not None
    assert found.kernel is None


def spoilt(change) -> dict[str, Any]:
    message = sent(slide())
    change(message)
    return message


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "text",
        {},
        spoilt(lambda one: one.update(rev="1")),
        spoilt(lambda one: one.update(count=-1)),
        spoilt(lambda one: one.update(input=None)),
        spoilt(lambda one: one["input"].pop()),
        spoilt(lambda one: one["input"][0].pop()),
        spoilt(lambda one: one["input"][0][0].pop()),
        spoilt(lambda one: one["kernel"].pop()),
        spoilt(lambda one: one.pop("bias")),
        spoilt(lambda one: one["kernel"][0][0].__setitem__(0, "1")),
        spoilt(lambda one: one["kernel"][0][0].__setitem__(0, True)),
        spoilt(lambda one: one["kernel"][0][0].__setitem__(0, float("nan"))),
        spoilt(lambda one: one["kernel"][0][0].__setitem__(0, 1e9)),
    ],
)
def test_a_message_that_does_not_fit_is_no_edit(message):
    assert read_edit(message, slide()) is None


def test_numbers_go_out_as_short_as_they_can_without_a_loss():
    values = np.array([[0.1, -0.25, 1 / 3]], np.float32)

    assert numbers(values) == [[0.1, -0.25, 0.33333334]]
    np.testing.assert_array_equal(np.array(numbers(values), np.float32), values)


def test_several_grids_are_told_apart_by_name():
    data = pair_data(slide(), Labels())

    assert [one["label"] for one in data["output"]] == [f"Output, filter {n}" for n in (0, 1, 2)]
    assert data["kernel"][1]["label"] == "Kernel, filter 0, channel 1"
    assert data["kernel"][1]["title"] == "Filter 0, channel 1"


def spreading(padding: str):
    random = np.random.default_rng(0)
    image = random.normal(size=(2, 3, 1)).astype(np.float32)
    kernel = random.normal(size=(5, 5, 1, 1)).astype(np.float32)
    layer = Conv2DTranspose(1, 5, strides=2, padding=padding, use_bias=False)
    return spread_out(layer, image, kernel)


def test_what_was_edited_of_a_spread_map_and_its_kernel_comes_back():
    shown = spreading("valid")
    data = spread_data(shown, Labels(), "Windows")
    grids = {kind: [one["values"] for one in data[kind]] for kind in ("input", "kernel", "bias")}

    found = read_edit({"rev": 1, "count": 2, **grids}, shown)

    assert found is not None
    np.testing.assert_array_equal(found.input, shown.input)
    np.testing.assert_array_equal(found.kernel, shown.kernel)
    assert found.bias is None
    assert read_edit({"rev": 1, "count": 2, **grids, "kernel": []}, shown) is None


def test_what_padding_cuts_off_lies_around_the_larger_map():
    cut = spread_data(spreading("same"), Labels(), "Windows")

    # By hand: 5 - 2 = 3 places too many, one at the top, two at the bottom.
    for grid in (*cut["output"], *cut["count"]):
        assert grid["frame"] == {"top": 1, "left": 1, "bottom": 2, "right": 2}
        assert np.array(grid["values"]).shape == (4, 6)
    whole = spread_data(spreading("valid"), Labels(), "Windows")
    assert set(whole["output"][0]["frame"].values()) == {0}
    assert np.array(whole["count"][0]["values"]).shape == (7, 9)
