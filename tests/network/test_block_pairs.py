"""Two ways to build a block: the formulas that are shown, and what both have in common."""

import re

import pytest

from cnn.network.block_pairs import CLASSES, PAIRS, SIDE, BlockPair, Side
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import build, differences
from cnn.network.layers import Residual
from cnn.network.trace import trace

SIDES = [(pair, side) for pair in PAIRS.values() for side in pair.sides]
NAMES = [side.title for _, side in SIDES]


def by_formula(formula: str, channels: int) -> int:
    """What the formula that a page shows says for so many channels."""
    spelled = formula.replace("²", "**2").replace("HW", f"*{SIDE}*{SIDE}*").replace("*C", "C")
    spelled = re.sub(r"(?<=\d)C", "*C", spelled)
    return int(eval(spelled, {"C": channels}))


@pytest.mark.parametrize(
    ("formula", "channels", "by_hand"),
    [("25C²", 2, 100), ("18C²", 3, 162), ("9C + C²", 4, 52), ("10HWC", 2, 980), ("10C", 5, 50)],
)
def test_the_formulas_are_read_as_they_are_meant(formula: str, channels: int, by_hand: int):
    assert by_formula(formula, channels) == by_hand


@pytest.mark.parametrize(("pair", "side"), SIDES, ids=NAMES)
@pytest.mark.parametrize("channels", [4, 16, 33])
def test_the_weights_of_the_kernels_are_those_of_the_formula(
    pair: BlockPair, side: Side, channels: int
):
    rows = trace(pair.block(side, channels)).rows
    kernels = [w.count for row in rows for w in row.weights if w.name.endswith("kernel")]

    assert sum(kernels) == by_formula(side.formula, channels)


@pytest.mark.parametrize(("pair", "side"), SIDES, ids=NAMES)
def test_keras_counts_the_same_in_block_and_network(pair: BlockPair, side: Side):
    for architecture in (pair.block(side, 4), pair.network(side, 4)):
        model = build(architecture)
        assert trace(architecture).total_params == model.count_params()
        assert differences(architecture, model) == ()


def test_two_small_kernels_see_as_far_as_one_large_one_with_fewer_multiplications():
    pair = PAIRS["kernels"]
    large, small = (trace(pair.block(side, 32)) for side in pair.sides)

    assert large.rows[-1].receptive_field.size == small.rows[-1].receptive_field.size == (5, 5)
    assert large.total_macs == 14 * 14 * 25 * 32**2
    assert small.total_macs == 14 * 14 * 18 * 32**2
    assert (large.total_params, small.total_params) == (25 * 1_024 + 32, 18 * 1_024 + 64)


def test_a_shortcut_costs_no_parameter_and_no_multiplication():
    pair = PAIRS["shortcut"]
    plain, residual = (trace(pair.network(side, 8)) for side in pair.sides)

    assert plain.total_params == residual.total_params
    assert plain.total_macs == residual.total_macs
    assert isinstance(residual.architecture.layers[1], Residual)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=lambda pair: pair.id)
def test_two_networks_differ_in_the_block_alone(pair: BlockPair):
    first, second = (pair.network(side, 8) for side in pair.sides)
    blocks = [side.layers(8) for side in pair.sides]

    def rest(layers, block):
        kept, place = [], 0
        while place < len(layers):
            is_block = layers[place : place + len(block)] == block
            kept.append("block" if is_block else layers[place])
            place += len(block) if is_block else 1
        return kept

    assert rest(first.layers, blocks[0]) == rest(second.layers, blocks[1])
    assert trace(first).output_shape == trace(second).output_shape == (CLASSES,)


@pytest.mark.parametrize("channels", [3, 257, 2.5, True, "8"])
def test_channels_that_cannot_be_are_refused_with_their_value(channels):
    pair = PAIRS["kernels"]

    with pytest.raises(ArchitectureError, match="channels must be a whole number from 4 to 256"):
        pair.network(pair.sides[0], channels)
