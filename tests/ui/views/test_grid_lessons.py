"""The lessons with grids, opened by addresses that are prepared, impossible or nonsense."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from cnn.lessons.backpropagation import after
from cnn.lessons.words import of_kind
from cnn.numbers import number
from tests.ui.visiting import visited

WORKED = "worked-5-1"


def lesson(of: str, **query: str) -> AppTest:
    return visited("lesson", of=of, **query)


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown)


def test_settings_that_do_not_go_together_are_refused_in_words():
    app = lesson("convolution", stride="2", dilation="2")

    assert "cannot both be above 1" in app.warning[0].value
    assert "positions" not in said(app)


def test_a_kernel_that_does_not_fit_is_refused_in_words():
    app = lesson("convolution", kernel_size="5", dilation="2")

    assert "a 9x9 kernel does not fit" in app.warning[0].value


def test_an_edited_grid_in_the_address_is_what_is_computed():
    # Turned, the X is itself; with a 2 in one corner it no longer is.
    app = lesson("convolution", flip="1", k="x-3-1-1:201_010_101")

    assert "the kernel gives other numbers" in said(app)


@pytest.mark.parametrize(
    "text",
    [f"{WORKED}:1", "ring-5-1:00000_00000_00000_00000_00000", f"{WORKED}:<b>", ":", "1" * 3000],
)
def test_an_edit_that_makes_no_sense_is_as_if_it_were_not_there(text):
    app = lesson("convolution", flip="1", x=text, k=text)

    assert "this kernel is the same" in said(app)


def test_a_global_pooling_has_neither_window_nor_stride():
    app = lesson("pooling", kind="global_average", window="3")

    assert {one.label for one in app.slider} == {"Input size", "Shift to the right", "Shift down"}
    assert "64 numbers become 1" in said(app)


def test_a_rate_too_large_is_told_and_stopped():
    app = lesson("backpropagation", rate="0.1", taken="30", picture="edge", view="step")

    assert "The loss grew beyond 10,000" in app.warning[0].value
    assert "The loss **rises**" in said(app)


@pytest.mark.parametrize("view", ["kernel", "slide", "input", "step", "nonsense"])
def test_every_view_of_the_gradient_opens(view):
    assert "= **15.25**" in said(lesson("backpropagation", view=view))


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        # By hand: of the worked pooling the window 4 6 / 3 5; of the dot a 1 and three zeros.
        (
            "numbers",
            "**6**; with these windows, [max pooling](words#max-pooling) leaves at most **6**",
        ),
        ("dot", "**1**; with these windows, [max pooling](words#max-pooling) leaves at most **1**"),
    ],
)
def test_the_largest_number_of_a_picture_is_diluted_by_the_mean(picture, told):
    found = said(lesson("pooling", picture=picture))

    assert told in found
    mean = {"numbers": "4.5", "dot": "0.25"}[picture]
    assert f"(words#average-pooling) **{mean}**" in found.replace("\n", " ")


def test_what_pooling_leaves_is_said_of_the_windows_that_are_set():
    found = said(lesson("pooling", window="3", kind="average"))

    assert "leaves at most **5**" in found
    assert "No window reads the largest one." in found
    assert "leaves at most **6**" in said(lesson("pooling", window="3", size="9"))


def test_the_gradient_of_a_bias_is_the_sum_of_what_arrives():
    app = lesson("backpropagation")
    found, _ = after("worked", "sobel_x", 0.03, 0)

    total = number(found.arriving.sum())
    assert f"the sum of all ∂L/∂Y: **{total}**. By nudging: {total}." in said(app)

    stepped = number(-0.03 * found.arriving.sum())
    assert f"here to **{stepped}**" in said(lesson("backpropagation", view="step"))


def test_a_transposed_convolution_with_gaps_between_its_windows_is_refused_in_words():
    app = lesson("backpropagation", size="2", stride="3")

    assert "leave cells between the windows" in app.warning[0].value
    assert "Rows and columns" not in said(app)


def test_the_part_on_the_transposed_convolution_is_where_the_word_leads():
    app = lesson("backpropagation")
    word = of_kind("Conv2DTranspose")

    assert word
    assert word.part in [one.anchor for one in app.header]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("3", "from 1 to 4 windows meet in a cell, in turn"),
        ("4", "as many windows meet in every cell"),
        ("5", "from 4 to 9 windows meet in a cell, in turn"),
    ],
)
def test_how_many_windows_meet_is_said_of_the_kernel_that_is_set(size: str, told: str):
    assert told in said(lesson("backpropagation", size=size))


def test_the_gradient_above_is_made_from_what_arrives_there_and_its_kernel():
    query = {"input": "above", "kernel": "above", "stride": "1", "rate": "0.01", "taken": "5"}

    assert "This is ∂L/∂X: the largest difference" in said(lesson("backpropagation", **query))
    same = said(lesson("backpropagation", **query, padding="same"))
    assert "This is ∂L/∂X" not in same
    assert "This is ∂L/∂X" not in said(lesson("backpropagation", **query | {"stride": "2"}))


def test_a_smooth_map_is_shown_with_what_helps():
    def tiles(**query: str) -> str:
        app = lesson("backpropagation", smooth="1", **query)
        shown = (json.loads(one.proto.json) for one in app.get("bidi_component"))
        (found,) = (one[0]["tiles"] for one in shown if isinstance(one, list) and "tiles" in one[0])
        return "\n".join(f"{one['title']}: {one['note']}" for one in found)

    assert tiles().splitlines() == [
        "A smooth map: 8×8",
        "3×3 ones, stride 2: 1 everywhere becomes 1 to 4",
        "4×4 ones, stride 2: 1 everywhere stays even: 4",
        "UpSampling2D, Conv2D 3×3: 1 everywhere stays even: 9",
    ]
    assert len(tiles(size="4").splitlines()) == 3, "no other kernel is needed"
    assert "3×3 edited, stride 2: 1 everywhere becomes 2 to 4" in tiles(k="ones-3:111_121_111")
    assert len(tiles(kernel="above", input="above").splitlines()) == 3
    evened = said(lesson("backpropagation", smooth="1", kernel="bilinear"))
    assert "the weights make up for it" in evened
