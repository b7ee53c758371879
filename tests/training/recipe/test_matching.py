"""Which layers begin with whose weights: by hand, and by what must hold for any two networks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.feed import Feed
from cnn.network.keras.model import check_weights
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.matching import (
    Fate,
    anew,
    check_any,
    matched,
    other_input,
    taken_weights,
)
from cnn.training.recipe.start import StartError

T, R, N = Fate.TAKEN, Fate.REHEADED, Fate.NEW
BODY = (
    Conv2D(4, 3, padding="same", activation="relu"),
    BatchNormalization(),
    MaxPooling2D(2),
    Conv2D(6, 3, activation="relu"),
    Flatten(),
    Dense(8, activation="relu"),
    Dense(10, activation="softmax"),
)
PARENT = Architecture("Parent", (12, 12, 1), BODY)


def changed(place: int, layer: Layer, size: tuple[int, int, int] = (12, 12, 1)) -> Architecture:
    return Architecture("Child", size, (*BODY[:place], layer, *BODY[place + 1 :]))


@pytest.mark.parametrize(
    ("child", "fates", "why"),
    [
        (PARENT, [T, T, T, T, T], "as Conv2D #1 of the parent"),
        (
            changed(6, Dense(3, activation="softmax")),
            [T, T, T, T, R],
            "weights are 8x3, 3, the par",
        ),
        (changed(6, Dense(10, activation="sigmoid")), [T, T, T, T, T], "as Dense #2 of the parent"),
        (changed(5, Dense(9)), [T, T, T, N, N], "its weights are 96x9, 9, the parent's 96x8, 8"),
        (changed(5, Dense(8)), [T, T, T, N, N], "its activation is None, the parent's relu"),
        (changed(2, MaxPooling2D(3, strides=2)), [T, T, T, N, N], "its weights are 54x8"),
        (changed(2, Dropout(0.5)), [T, T, T, N, N], "its weights are 600x8, 8"),
        (changed(3, Conv2D(6, 3, strides=2)), [T, T, N, N, N], "its strides is (2, 2), the par"),
        (changed(0, Conv2D(4, 5, padding="same")), [N, N, N, N, N], "its weights are 5x5x1x4, 4"),
        (changed(0, BODY[0], (12, 12, 3)), [N, N, N, N, N], "its weights are 3x3x3x4, 4, the"),
        (changed(0, BODY[0], (14, 14, 1)), [T, T, T, N, N], "its weights are 150x8, 8, the par"),
        (changed(1, Activation("relu")), [T, N, N, N], "it is a Conv2D, the parent's BatchNormal"),
    ],
)
def test_layers_are_taken_up_to_the_first_that_differs(
    child: Architecture, fates: list[Fate], why: str
):
    found = matched(child, PARENT)

    assert [one.fate for one in found] == fates
    assert why in " | ".join(one.why for one in found)
    assert [one.row.name for one in found] == [row.name for row in trace(child).rows if row.weights]


def test_other_classes_of_the_same_number_have_a_head_of_their_own():
    *body, head = matched(PARENT, PARENT, other_classes=True)
    assert {one.fate for one in body} == {T}
    assert (head.fate, head.why) == (R, "its classes are others than the parent's")


def test_what_stands_in_a_block_is_not_taken_for_what_stands_without():
    conv = Conv2D(4, 3, padding="same")
    inside = Architecture("In", (8, 8, 4), (Residual((conv,)), GlobalAveragePooling2D(), Dense(2)))
    plain = replace(inside, layers=(conv, *inside.layers[1:]))
    (first, *_) = matched(plain, inside)
    assert first.fate is N
    assert "stands elsewhere in a block" in first.why


def test_in_branches_the_order_is_that_of_the_network():
    one, other = Conv2D(2, 1), Conv2D(3, 1)

    def network(*branches: Layer) -> Architecture:
        joined = Branches(tuple((branch,) for branch in branches))
        return Architecture("B", (8, 8, 1), (joined, GlobalAveragePooling2D(), Dense(2)))

    assert [m.fate for m in matched(network(one, other), network(one, other))] == [T, T, T]
    assert [m.fate for m in matched(network(other, one), network(one, other))] == [N, N, N]


def test_a_longer_network_begins_anew_where_the_parent_ends():
    longer = replace(PARENT, layers=(*BODY, Dense(4), Dense(4)))
    found = matched(longer, PARENT)
    assert [one.fate for one in found] == [T, T, T, T, T, N, N]
    assert found[5].why == "the parent has no more layers with weights"
    assert found[6].why == "it stands behind Dense #3, which is new"


def test_where_nothing_fits_the_first_layer_says_why():
    child = changed(0, BODY[0], (12, 12, 3))
    with pytest.raises(StartError, match=r"nothing of run a fits Child\. Conv2D #1: its weights"):
        check_any(matched(child, PARENT), child, "run a")
    check_any(matched(PARENT, PARENT), PARENT, "run a")


def test_other_images_than_the_parents_are_said():
    child = replace(PARENT, input=(14, 14, 1), feed=Feed(-1.0, 1.0))
    size, pixels = other_input(child, PARENT)
    assert "read images of 12x12x1, this network reads 14x14x1" in size
    assert "The parent was fed pixels" in pixels
    assert other_input(PARENT, PARENT) == ()


@given(st.sampled_from(sorted(zoo())), st.sampled_from(sorted(zoo())), st.integers(2, 12))
def test_what_is_taken_fits_and_all_else_is_new(one: str, other: str, classes: int):
    """For any two networks of the zoo, whose arrays are told apart by their place."""
    parent = zoo()[one].architecture
    child = with_classes(zoo()[other].architecture, classes)[0]
    found = matched(child, parent)
    rows = {row.name: row for row in trace(parent).rows if row.weights}
    weights = {
        row.name: tuple(np.broadcast_to(np.float32(0), one.shape) for one in row.weights)
        for row in rows.values()
    }
    taken = taken_weights(found, weights)
    fresh = {
        row.name: tuple(np.broadcast_to(np.float32(1), one.shape) for one in row.weights)
        for row in trace(child).rows
        if row.weights
    }
    check_weights(fresh | taken, trace(child))
    assert set(taken) | set(anew(found)) == set(fresh)
    assert not set(taken) & set(anew(found))
    fates = [match.fate for match in found]
    assert fates == sorted(fates, key=lambda fate: fate is not T)  # taken from the front on
    if one == other:
        assert all(fate is T for fate in fates[:-1])
