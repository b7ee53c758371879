"""Two architectures side by side."""

from dataclasses import replace

from cnn.network.architecture import Architecture
from cnn.network.difference import Change, difference
from cnn.network.layers import Conv2D, Dropout
from cnn.network.trace import trace
from cnn.network.zoo import entry

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
