"""Layers that come again: every stretch is what it says, and together they are the network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.layers import (
    Activation,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Residual,
    StochasticDepth,
)
from cnn.network.layers.repeats import Stretch, after_training, main_block, plan_of, stretches
from cnn.network.zoo import entry

SOME = (Conv2D(4, 3), Conv2D(8, 3), Activation("relu"), Dropout(), Flatten())


@given(st.lists(st.sampled_from(SOME), max_size=40))
def test_stretches_laid_end_to_end_are_the_layers(layers: list[Layer]):
    found = stretches(tuple(layers), lambda layer: layer)
    unrolled = [
        layer for one in found for layer in layers[one.start : one.start + one.length] * one.times
    ]
    assert unrolled == layers
    assert [one.start for one in found[1:]] == [one.end for one in found[:-1]]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("", []),
        ("a", [Stretch(0, 1, 1)]),
        ("aaaa", [Stretch(0, 1, 4)]),
        ("ababab", [Stretch(0, 2, 3)]),
        ("xababy", [Stretch(0, 1, 1), Stretch(1, 2, 2), Stretch(5, 1, 1)]),
    ],
)
def test_the_longest_that_comes_again_is_taken_with_the_shortest_part(
    word: str, found: list[Stretch]
):
    of_letter = dict(zip("abxy", SOME, strict=False))
    assert list(stretches(tuple(of_letter[letter] for letter in word), lambda x: x)) == found


def test_a_plan_leaves_out_how_wide_it_is_and_not_what_it_holds():
    wide, narrow = Residual((Conv2D(64, 3),)), Residual((Conv2D(4, 5),))
    assert plan_of(wide) == plan_of(narrow)
    assert plan_of(wide) != plan_of(Residual((Conv2D(64, 3), Dropout())))
    assert plan_of(Branches(((), ()), "add")) != plan_of(Branches(((), ()), "multiply"))


def test_blocks_that_differ_in_training_alone_come_again():
    blocks = tuple(Residual((Conv2D(4, 3), StochasticDepth(rate))) for rate in (0.0, 0.1, 0.2))
    assert stretches(blocks, after_training) == (Stretch(0, 1, 3),)
    wider = (*blocks, Residual((Conv2D(5, 3), StochasticDepth(0.2))))
    assert [one.times for one in stretches(wider, after_training)] == [3, 1]


def test_the_block_of_a_residual_network_is_its_residual():
    layers = entry("resnet-18").architecture.layers
    block = main_block(layers)
    assert block
    same = [layer for layer in layers if plan_of(layer) == plan_of(layers[block.start])]
    assert (block.length, block.times) == (1, len(same))
    assert isinstance(layers[block.start], Residual)


def test_of_a_plain_network_it_is_what_comes_again():
    pair = (Conv2D(8, 3), Activation("relu"))
    assert main_block((Flatten(), *pair * 3, Dense(3))) == Stretch(1, 2, 3)
    assert main_block((Flatten(), Dense(3))) is None
