"""Shape arithmetic against tables derived by hand, and against windows that are really slid."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.shapes import (
    Axis,
    ReceptiveField,
    Spread,
    axis,
    element_count,
    field_of_all,
    shape_text,
    united,
    whole_reach,
)

# size, kernel, stride, dilation, padding -> output, before, after, unused, dropped
SLIDES = [
    ((28, 5, 1, 1, "same"), (28, 2, 2, 0, 0)),
    ((28, 3, 1, 1, "valid"), (26, 0, 0, 0, 0)),
    ((28, 3, 2, 1, "same"), (14, 0, 1, 0, 0)),  # an odd total: the extra pixel at the bottom
    ((27, 3, 2, 1, "same"), (14, 1, 1, 0, 0)),
    ((28, 2, 1, 1, "same"), (28, 0, 1, 0, 0)),
    ((224, 7, 2, 1, "same"), (112, 2, 3, 0, 0)),
    ((224, 7, 2, 1, 3), (112, 3, 3, 1, 0)),  # what no window reaches is padding
    ((224, 11, 4, 1, 2), (55, 2, 2, 1, 0)),
    ((227, 11, 4, 1, "valid"), (55, 0, 0, 0, 0)),
    ((224, 11, 4, 1, "valid"), (54, 0, 0, 1, 1)),
    ((11, 2, 2, 1, "valid"), (5, 0, 0, 1, 1)),
    ((11, 2, 2, 1, "same"), (6, 0, 1, 0, 0)),
    ((10, 3, 3, 1, "valid"), (3, 0, 0, 1, 1)),
    ((10, 3, 4, 1, "valid"), (2, 0, 0, 3, 3)),
    ((10, 3, 4, 1, 1), (3, 1, 1, 1, 0)),
    ((11, 3, 4, 1, 1), (3, 1, 1, 2, 1)),  # two positions, of which one is a real pixel
    ((8, 1, 2, 1, "same"), (4, 0, 0, 1, 1)),  # a kernel smaller than its stride leaves gaps
    ((10, 3, 1, 2, "valid"), (6, 0, 0, 0, 0)),
    ((10, 3, 1, 2, "same"), (10, 2, 2, 0, 0)),
    ((10, 2, 1, 3, "same"), (10, 1, 2, 0, 0)),
    ((1, 3, 1, 1, "same"), (1, 1, 1, 0, 0)),
    ((1, 1, 1, 1, 3), (7, 3, 3, 0, 0)),
    ((1, 1, 5, 1, 2), (1, 2, 2, 4, 1)),  # the one window is in the padding: all pixels are dropped
    ((3, 3, 5, 1, "same"), (1, 0, 0, 0, 0)),
]


@pytest.mark.parametrize(("slide", "expected"), SLIDES, ids=str)
def test_a_slide_gives_the_sizes_derived_by_hand(slide, expected):
    along = axis(*slide)

    assert (along.output, along.before, along.after, along.unused, along.dropped) == expected


FORMULAS = [
    ((28, 5, 1, 1, "same"), "floor((28 - 5 + 4) / 1) + 1 = 28"),
    ((28, 3, 2, 1, "same"), "floor((28 - 3 + 1) / 2) + 1 = 14"),
    ((224, 11, 4, 1, 2), "floor((224 - 11 + 4) / 4) + 1 = 55"),
    ((11, 2, 2, 1, "valid"), "floor((11 - 2 + 0) / 2) + 1 = 5"),
    ((10, 3, 1, 2, "same"), "floor((10 - (2 x (3 - 1) + 1) + 4) / 1) + 1 = 10"),
]


@pytest.mark.parametrize(("slide", "formula"), FORMULAS, ids=str)
def test_the_formula_has_the_numbers_put_in(slide, formula):
    assert axis(*slide).formula == formula


def test_a_window_larger_than_its_input_has_no_room():
    assert axis(3, 5, 1).room == -2
    assert axis(3, 5, 1, padding=1).room == 0


slides = st.builds(
    axis,
    size=st.integers(1, 40),
    kernel=st.integers(1, 9),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 4),
    padding=st.sampled_from(["valid", "same"]) | st.integers(0, 6),
).filter(lambda along: along.room >= 0)


def covered(along: Axis) -> list[range]:
    """The positions each window spans, pixel 0 being the first real one: slid, not computed."""
    end = along.size + along.after
    windows = []
    start = -along.before
    while start + along.effective_kernel <= end:
        windows.append(range(start, start + along.effective_kernel))
        start += along.stride
    return windows


@given(slides)
def test_the_output_size_is_the_number_of_windows(along):
    assert along.output == len(covered(along))


@given(slides)
def test_dropped_are_the_real_pixels_behind_the_last_window(along):
    reached = covered(along)[-1].stop

    assert along.dropped == len(range(max(reached, 0), along.size))
    assert along.unused == len(range(reached, along.size + along.after))


@given(slides)
def test_the_formula_is_true_when_it_is_calculated(along):
    left, right = along.formula.rsplit(" = ", 1)

    calculated = eval(left.replace("x", "*"), {"floor": math.floor})
    assert calculated == int(right) == along.output


@given(st.integers(1, 300), st.integers(1, 15), st.integers(1, 8), st.integers(1, 4))
def test_same_padding_is_as_tensorflow_defines_it(size, kernel, stride, dilation):
    along = axis(size, kernel, stride, dilation, "same")
    effective = dilation * (kernel - 1) + 1

    assert along.output == math.ceil(size / stride)
    assert along.padding == max((along.output - 1) * stride + effective - size, 0)
    assert along.after - along.before == along.padding % 2


@given(st.integers(1, 300), st.integers(1, 7).map(lambda half: 2 * half - 1))
def test_same_padding_keeps_the_size_at_stride_one(size, kernel):
    along = axis(size, kernel, 1, padding="same")

    assert along.output == size
    assert along.before == along.after == (kernel - 1) // 2


spreads = st.builds(
    lambda size, stride, more, before, after: Spread(size, stride + more, stride, before, after),
    st.integers(1, 12),
    st.integers(1, 4),
    st.integers(0, 5),
    st.integers(0, 6),
    st.integers(0, 6),
).filter(lambda one: one.output >= 1)


def made_of(one: Spread) -> list[list[tuple[int, int]]]:
    """For each place of the output the cells it is made of, each with its place of the kernel."""
    long = (one.size - 1) * one.stride + one.kernel
    every: list[list[tuple[int, int]]] = [[] for _ in range(long)]
    for cell in range(one.size):
        for place in range(one.kernel):
            every[cell * one.stride + place].append((cell, place))
    return every[one.before : len(every) - one.after]


@given(spreads)
def test_a_spread_puts_each_cell_into_its_places_and_cuts_off_the_ends(one):
    every = made_of(one)

    assert one.output == len(every)
    assert one.leaves_out == (not {0, one.size - 1} <= {cell for each in every for cell, _ in each})
    for place in range(one.kernel):
        cells, places = (list(range(*found.indices(10_000))) for found in one.met(place))
        assert list(zip(cells, places, strict=True)) == [
            (cell, out) for out, each in enumerate(every) for cell, at in each if at == place
        ]


@given(spreads)
def test_a_cell_behind_a_spread_is_made_of_those_from_the_first_to_the_last(one):
    wide = Spread(one.size + 40, one.kernel, one.stride, one.before + 20 * one.stride, one.after)

    for out, each in enumerate(made_of(wide)[: one.output]):
        first, last = one.inputs(out)
        assert [cell - 20 for cell, _ in each] == list(range(first, last + 1))


@given(spreads)
def test_the_formula_of_a_spread_is_true_when_it_is_calculated(one):
    left, right = one.formula.rsplit(" = ", 1)

    assert eval(left.replace("x", "*")) == int(right) == one.output


def test_a_shape_is_written_with_an_x_between_its_sizes():
    assert shape_text((28, 28, 1)) == "28x28x1"
    assert shape_text((120,)) == "120"


def test_a_shape_holds_the_product_of_its_sizes():
    assert element_count((28, 28, 3)) == 2_352
    assert element_count((120,)) == 120


def seen_by(cell: int, stack: list[Axis]) -> set[int]:
    """The input positions a cell depends on, tap by tap from the last layer back to the input."""
    positions = {cell}
    for along in reversed(stack):
        positions = {
            position * along.stride - along.before + tap * along.dilation
            for position in positions
            for tap in range(along.kernel)
        }
    return positions


PADDINGS: list[int | str] = ["valid", "same", 0, 1, 2]


@st.composite
def stacks(draw: st.DrawFn) -> list[Axis]:
    """Up to four slides, each on what the one before it gives."""
    size, stack = draw(st.integers(20, 60)), []
    for _ in range(draw(st.integers(0, 4))):
        along = axis(
            size,
            draw(st.integers(1, 5)),
            draw(st.integers(1, 3)),
            draw(st.integers(1, 2)),
            draw(st.sampled_from(PADDINGS)),
        )
        if along.room < 0:
            break
        stack.append(along)
        size = along.output
    return stack


@given(stacks(), stacks(), st.integers(0, 30), st.integers(0, 30))
def test_a_cell_spans_the_pixels_it_depends_on(rows, columns, row, column):
    depth = min(len(rows), len(columns))
    rows, columns = rows[:depth], columns[:depth]
    field = ReceptiveField()
    for both in zip(rows, columns, strict=True):
        field = field.through(both)

    (top, bottom), (left, right) = field.span(row, column)
    tall, wide = seen_by(row, rows), seen_by(column, columns)
    assert (top, bottom) == (min(tall), max(tall))
    assert (left, right) == (min(wide), max(wide))
    assert field.size == (bottom - top + 1, right - left + 1)


@given(stacks())
def test_the_jump_is_the_step_between_neighbouring_cells(stack):
    field = ReceptiveField()
    for along in stack:
        field = field.through((along, along))

    (here, _), _ = field.span(4, 4)
    (below, _), _ = field.span(5, 4)
    assert field.jump[0] == below - here == math.prod(along.stride for along in stack)


def test_an_uneven_same_padding_moves_the_centre_of_the_first_field():
    even, odd = axis(28, 3, 2, padding="same"), axis(27, 3, 2, padding="same")

    # The first window on 28 covers the pixels 0, 1, 2; on 27 it covers the padding, 0, 1.
    assert ReceptiveField().through((even, odd)) == ReceptiveField((3, 3), (2, 2), (1.0, 0.0))


def test_a_cell_that_sees_everything_has_its_centre_in_the_middle_and_no_neighbour():
    field = field_of_all(whole_reach((28, 21, 3)))

    assert field == ReceptiveField((28, 21), (0, 0), (13.5, 10.0))
    assert field.span(0, 0) == ((0.0, 27.0), (0.0, 20.0))


def test_after_branches_each_axis_has_the_field_of_all_that_one_of_them_sees():
    tall = ReceptiveField((9, 1), (2, 2), (1.0, 1.0))
    wide = ReceptiveField((3, 5), (2, 2), (0.0, 0.0))
    beside = ReceptiveField((3, 3), (2, 2), (1.0, 1.0))

    assert united([tall, wide]) == ReceptiveField((9, 5), (2, 2), (1.0, 0.0))
    assert united([wide]) == wide
    # Rows -1, 0, 1 and 0, 1, 2: four in all. Columns 0, 1, 2 add nothing to -2 ... 2.
    assert united([wide, beside]) == ReceptiveField((4, 5), (2, 2), (0.5, 0.0))


def test_where_branches_step_differently_the_one_that_sees_most_counts():
    fast, slow = ReceptiveField((5, 5), (4, 4), (3.0, 3.0)), ReceptiveField((7, 3), (2, 2))

    assert united([fast, slow]) == ReceptiveField((7, 5), (2, 4), (0.0, 3.0))
