"""Whatever comes out must be the graph that went in: its edges are rebuilt and compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.network.keras.graph import (
    Merge,
    NotNestedError,
    Series,
    TooDeepError,
    series_parallel,
)

MANY = settings(max_examples=4 * settings().max_examples)


def edges(series: Series, start: int = 0) -> tuple[int, dict[int, list[int]]]:
    """Where a series ends, and the inputs of every node in it."""
    found: dict[int, list[int]] = {}
    for item in series:
        if isinstance(item, Merge):
            ends = []
            for branch in item.branches:
                end, inside = edges(branch, start)
                assert not inside.keys() & found.keys()
                found |= inside
                ends.append(end)
            found[item.node] = ends
            start = item.node
        else:
            found[item] = [start]
            start = item
    return start, found


@st.composite
def nests(draw, depth=3, first=1):
    """A random nest of series and parallel parts, with the number of nodes it has."""
    items: list[int | Merge] = []
    for _ in range(draw(st.integers(0, 3))):
        if depth and draw(st.booleans()):
            branches = []
            for _ in range(draw(st.integers(2, 3))):
                branch, first = draw(nests(depth - 1, first))
                branches.append(branch)
            items.append(Merge(first, tuple(branches)))
        else:
            items.append(first)
        first += 1
    return tuple(items), first


@st.composite
def graphs(draw):
    """Any graph in which inputs come first; node 0 has none."""
    return [
        (),
        *(
            tuple(draw(st.lists(st.integers(0, node - 1), min_size=1, max_size=3)))
            for node in range(1, draw(st.integers(1, 9)))
        ),
    ]


@MANY
@given(nests())
def test_a_nest_of_series_and_parallel_parts_is_found_again(nest):
    series, count = nest
    end, inputs = edges(series)

    assert series_parallel([inputs.get(node, ()) for node in range(count)], end, 50) == series


@MANY
@given(graphs())
def test_any_graph_is_either_taken_apart_whole_or_refused(inputs):
    output = len(inputs) - 1
    try:
        series = series_parallel(inputs, output, 50)
    except NotNestedError:
        return
    end, found = edges(series)

    assert end == output
    assert [tuple(found.get(node, ())) for node in range(len(inputs))] == inputs


@pytest.mark.parametrize(
    ("inputs", "series"),
    [
        ([()], ()),
        ([(), (0,), (1,)], (1, 2)),
        ([(), (0, 0)], (Merge(1, ((), ())),)),
        ([(), (0,), (0, 1)], (Merge(2, ((), (1,))),)),
        ([(), (0,), (1,), (1, 2), (3,)], (1, Merge(3, ((), (2,))), 4)),
        ([(), (0,), (0,), (1, 2), (3, 0)], (Merge(4, ((Merge(3, ((1,), (2,))),), ())),)),
    ],
)
def test_branches_part_at_the_last_node_they_share(inputs, series):
    assert series_parallel(inputs, len(inputs) - 1, 50) == series


def test_branches_that_cross_are_refused_with_the_node_that_is_used_twice():
    with pytest.raises(NotNestedError) as caught:  # 1 skips to 5, from inside the part 0 to 4
        series_parallel([(), (0,), (1,), (2,), (3, 0), (4, 1)], 5, 50)

    assert caught.value.node == 1
    assert not caught.value.unused


def test_a_node_that_leads_nowhere_is_refused():
    with pytest.raises(NotNestedError) as caught:
        series_parallel([(), (0,), (1,), (1,)], 2, 50)

    assert caught.value.node == 3
    assert caught.value.unused


def test_a_long_chain_of_skips_is_no_recursion():
    inputs: list[tuple[int, ...]] = [()]
    for _ in range(20_000):
        last = len(inputs) - 1
        inputs += [(last,), (last, last + 1)]

    series = series_parallel(inputs, len(inputs) - 1, 1)

    assert series == tuple(Merge(2 * i, ((), (2 * i - 1,))) for i in range(1, 20_001))


@pytest.mark.parametrize(("deepest", "refused"), [(50, False), (49, True)])
def test_nests_go_as_deep_as_they_may(deepest, refused):
    inputs: list[tuple[int, ...]] = [()] + [(node, 0) for node in range(50)]
    if refused:
        with pytest.raises(TooDeepError):
            series_parallel(inputs, 50, deepest)
    else:
        assert edges(series_parallel(inputs, 50, deepest))[0] == 50
