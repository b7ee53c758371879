"""Two architectures side by side."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture, walk
from cnn.network.difference import Change, difference
from cnn.network.layers import Branches, Container, Conv2D, Dense, Dropout, Flatten, Residual
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.network.strategies import architectures

LENET = entry("lenet-5").architecture


def changes(before, after):
    return [
        (pair.change, pair.before and pair.before.title, pair.after and pair.after.title)
        for pair in difference(trace(before), trace(after))
        if pair.change is not Change.SAME
    ]


def with_layers(*layers):
    return Architecture("other", LENET.input, layers)


def test_a_network_is_the_same_as_itself():
    pairs = difference(trace(LENET), trace(LENET))
    assert [pair.change for pair in pairs] == [Change.SAME] * len(LENET.layers)


def test_an_added_layer_is_the_only_difference():
    layers = (*LENET.layers[:5], Dropout(0.5), *LENET.layers[5:])
    assert changes(LENET, with_layers(*layers)) == [(Change.ADDED, None, "Dropout #1")]


def test_a_removed_layer_changes_the_sizes_behind_it():
    found = changes(LENET, with_layers(LENET.layers[0], *LENET.layers[2:]))
    assert found[0] == (Change.REMOVED, "MaxPooling2D #1", None)
    assert (Change.MOVED_SIZES, "Flatten #1", "Flatten #1") in found


def test_a_changed_field_is_said_with_both_values():
    wider = replace(LENET.layers[0], filters=12, activation=None)
    pairs = difference(trace(LENET), trace(with_layers(wider, *LENET.layers[1:])))
    assert pairs[0].change is Change.CHANGED
    assert pairs[0].words == 'filters 6 -> 12, activation "relu" -> default'


def test_another_kind_in_its_place_is_one_gone_and_one_new():
    pooled_by_stride = Conv2D(6, 3, strides=2, padding="same")
    found = changes(LENET, with_layers(LENET.layers[0], pooled_by_stride, *LENET.layers[2:]))
    assert found[:2] == [
        (Change.REMOVED, "MaxPooling2D #1", None),
        (Change.ADDED, None, "Conv2D #2"),
    ]


def block(*body, shortcut=()):
    return Architecture("block", (8, 8, 4), (Residual(body, shortcut), Flatten(), Dense(3)))


def test_a_block_that_differs_is_opened_and_what_it_holds_compared():
    before = block(Conv2D(4, 3, padding="same"), Conv2D(4, 3, padding="same"))
    after = block(Conv2D(8, 3, padding="same"), Conv2D(4, 3, padding="same"))
    assert changes(before, after) == [
        (Change.CHANGED, "Residual #1", "Residual #1"),
        (Change.CHANGED, "Conv2D #1", "Conv2D #1"),
        (Change.MOVED_SIZES, "Conv2D #2", "Conv2D #2"),
    ]
    opened, first, second, *_ = difference(trace(before), trace(after))
    assert (opened.is_opened, opened.params_change) == (True, 0)
    assert first.params_change == 4 * (9 * 4 + 1)
    assert second.params_change == 4 * 9 * 4


def test_a_block_that_is_the_same_or_new_is_one_line_with_all_its_parameters():
    same = block(Conv2D(4, 3, padding="same"))
    bare = Architecture("bare", same.input, same.layers[1:])
    assert len(difference(trace(same), trace(same))) == 3
    added = difference(trace(bare), trace(same))[0]
    assert (added.change, added.params_change) == (Change.ADDED, 4 * (9 * 4 + 1))


def test_a_branch_taken_out_leaves_the_others_the_same():
    def joined(*sizes):
        branches = tuple((Conv2D(2, size, padding="same"),) for size in sizes)
        return Architecture("branches", (8, 8, 1), (Branches(branches),))

    assert changes(joined(1, 3, 5), joined(3, 5)) == [
        (Change.CHANGED, "Branches #1", "Branches #1"),
        (Change.REMOVED, "Conv2D #1", None),
    ]


@given(architectures(), architectures())
def test_the_changes_add_up_and_every_layer_is_counted_once(before, after):
    left, right = trace(before), trace(after)
    pairs = difference(left, right)
    assert sum(pair.params_before for pair in pairs) == left.total_params
    assert sum(pair.params_after for pair in pairs) == right.total_params
    for traced, side in ((left, "before"), (right, "after")):
        told = [getattr(pair, side) for pair in pairs if getattr(pair, side)]
        whole = [pair.is_opened for pair in pairs if getattr(pair, side)]
        covered = [
            row.path
            for one, opened in zip(told, whole, strict=True)
            for row in ((one,) if opened else traced.within(one.path))
        ]
        assert sorted(covered, key=str) == sorted((row.path for row in traced.rows), key=str)


@given(st.data())
def test_a_change_deep_inside_is_found_and_adds_up(data):
    before = data.draw(architectures(max_depth=2))
    places = [path for path, layer in walk(before.layers) if not isinstance(layer, Container)]
    assume(places)
    path = data.draw(st.sampled_from(places))
    after = without(before, path)
    assume(after.fault is None)
    pairs = difference(trace(before), after)
    change = sum(pair.params_change for pair in pairs)
    assert change == after.total_params - trace(before).total_params
    assert any(pair.change is not Change.SAME for pair in pairs)


def without(architecture, path):
    """The trace of the network without the layer at a path, as far as it goes."""
    values = architecture.to_dict()
    held = values["layers"]
    for part in path[:-1]:
        held = held[part]
    del held[path[-1]]
    return trace(Architecture.from_dict(values), partial=True)
