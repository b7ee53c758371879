"""Ready pieces: each fits wherever it is put, and keeps the promise of its one sentence."""

from __future__ import annotations

import pytest

from cnn.network.advice import advice
from cnn.network.architecture import Architecture
from cnn.network.blocks import BLOCKS, MOMENTUM, conv_bn, dense_block, separable_block
from cnn.network.errors import ArchitectureError
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    DepthwiseConv2D,
    Layers,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import Trace, trace

# block, what it makes of 8x8x16, parameters, of them trained
PIECES = [
    ("conv-bn", (8, 8, 16), 2_304 + 64, 2_304 + 32),
    ("alexnet", (4, 4, 32), 12_832, 12_832),
    ("vgg", (4, 4, 32), 4_640 + 9_248, 13_888),
    ("residual", (8, 8, 16), 2 * (2_304 + 64), 2 * (2_304 + 32)),
    (
        "residual-projection",
        (4, 4, 32),
        4_608 + 9_216 + 512 + 3 * 128,
        4_608 + 9_216 + 512 + 3 * 64,
    ),
    ("residual-bottleneck", (8, 8, 16), 64 + 144 + 64 + 96, 64 + 144 + 64 + 48),
    (
        "inception",
        (8, 8, 20),
        64 + (64 + 288) + (32 + 200) + 64 + 4 * (4 + 4 + 8 + 2 + 4 + 4),
        64 + (64 + 288) + (32 + 200) + 64 + 2 * (4 + 4 + 8 + 2 + 4 + 4),
    ),
    (
        "dense",
        (8, 8, 52),
        108 * (16 + 28 + 40) + 4 * (16 + 28 + 40),
        108 * (16 + 28 + 40) + 2 * (16 + 28 + 40),
    ),
    ("depthwise-separable", (8, 8, 32), 144 + 64 + 512 + 128, 144 + 32 + 512 + 64),
    ("squeeze-excite", (8, 8, 16), 16 * 4 + 4 + 4 * 16 + 16, 16 * 4 + 4 + 4 * 16 + 16),
    (
        "inverted-bottleneck",
        (8, 8, 16),
        16 * 64 + 9 * 64 + 64 * 16 + 4 * (64 + 64 + 16),
        16 * 64 + 9 * 64 + 64 * 16 + 2 * (64 + 64 + 16),
    ),
    (
        "mbconv",
        (8, 8, 16),
        16 * 64 + 9 * 64 + 64 * 16 + 4 * (64 + 64 + 16) + (64 * 4 + 4 + 4 * 64 + 64),
        16 * 64 + 9 * 64 + 64 * 16 + 2 * (64 + 64 + 16) + (64 * 4 + 4 + 4 * 64 + 64),
    ),
    (
        "fused-mbconv",
        (8, 8, 16),
        9 * 16 * 64 + 64 * 16 + 4 * (64 + 16),
        9 * 16 * 64 + 64 * 16 + 2 * (64 + 16),
    ),
    (
        "convnext",
        (8, 8, 16),
        (49 * 16 + 16) + 32 + (16 * 64 + 64) + (64 * 16 + 16) + 16,
        2_976,
    ),
    (
        "unet-level",
        (8, 8, 16),
        9 * 16 * 16 + 16 + 9 * 16 * 32 + 32 + 4 * 32 * 16 + 16 + 9 * 32 * 16 + 16,
        13_648,
    ),
    (
        "transformer",
        (8, 8, 16),
        32 + 4 * 16 * 16 + 4 * 16 + 32 + (16 * 64 + 64) + (64 * 16 + 16),
        3_280,
    ),
]

EVEN = {"unet-level"}
"""What halves a map and doubles it again; they say so in their idea."""


def traced(layers: Layers, size: tuple[int, int, int]) -> Trace:
    return trace(Architecture("Block", size, layers))


def test_every_block_is_in_the_table():
    assert [id for id, *_ in PIECES] == list(BLOCKS)


@pytest.mark.parametrize(
    ("id", "output", "params", "trainable"), PIECES, ids=[id for id, *_ in PIECES]
)
def test_a_block_makes_of_8x8x16_what_was_derived_by_hand(id, output, params, trainable):
    block = traced(BLOCKS[id].layers(16), (8, 8, 16))

    assert block.output_shape == output
    assert block.total_params == params
    assert block.trainable_params == trainable


@pytest.mark.parametrize("id", BLOCKS)
@pytest.mark.parametrize("channels", [1, 2, 3, 7, 64, 512])
@pytest.mark.parametrize("sides", [(1, 1), (2, 2), (7, 7), (28, 28), (13, 32)], ids=str)
def test_a_block_fits_behind_any_map(id, channels, sides):
    if id in EVEN and any(side % 2 for side in sides):
        with pytest.raises(ArchitectureError, match=r"equal height and width|does not fit a 1x1"):
            traced(BLOCKS[id].layers(channels), (*sides, channels))
        return
    block = traced(BLOCKS[id].layers(channels), (*sides, channels))
    again = traced(
        BLOCKS[id].layers(block.output_shape[2]), (*sides, block.output_shape[2])
    )  # and behind itself

    assert len(block.output_shape) == len(again.output_shape) == 3


@pytest.mark.parametrize("id", BLOCKS)
@pytest.mark.parametrize("side", [7, 8])
def test_nothing_is_to_be_remarked_on_in_a_block(id, side):
    side += side % 2 * (id in EVEN)
    remarks = advice(traced(BLOCKS[id].layers(16), (side, side, 16)))

    # That a block is not a whole network is no fault of it.
    assert [r.text for r in remarks if "ends in a map" not in r.text] == []


@pytest.mark.parametrize("id", BLOCKS)
def test_batch_norm_in_a_block_has_momentum_09(id):
    rows = traced(BLOCKS[id].layers(16), (8, 8, 16)).rows
    momenta = {row.layer.momentum for row in rows if isinstance(row.layer, BatchNormalization)}

    assert MOMENTUM == 0.9
    assert momenta <= {0.9}


@pytest.mark.parametrize("id", BLOCKS)
def test_a_block_has_a_title_and_its_idea_in_a_sentence(id):
    block = BLOCKS[id]

    assert block.id == id
    assert block.title
    assert block.idea.endswith(".")
    assert ". " not in block.idea


def test_a_conv_bn_leaves_its_relu_out_when_told_to():
    assert [layer.kind for layer in conv_bn(8)] == ["Conv2D", "BatchNormalization", "Activation"]
    assert [layer.kind for layer in conv_bn(8, activation=None)] == ["Conv2D", "BatchNormalization"]


@pytest.mark.parametrize(("channels", "filters"), [(1, 16), (3, 16), (16, 16), (24, 24)])
def test_a_conv_bn_keeps_the_channels_but_takes_more_than_an_image_has(channels, filters):
    conv = BLOCKS["conv-bn"].layers(channels)[0]

    assert isinstance(conv, Conv2D)
    assert conv.filters == filters


def test_the_alexnet_block_has_a_large_kernel_and_overlapping_pooling():
    conv, pool = BLOCKS["alexnet"].layers(16)

    assert isinstance(conv, Conv2D)
    assert conv.kernel_size == (5, 5)
    assert isinstance(pool, MaxPooling2D)
    assert pool.pool_size > pool.strides


def test_two_3x3_convolutions_of_the_vgg_block_see_as_far_as_one_5x5():
    first, second, _ = BLOCKS["vgg"].layers(16)
    both = traced((first, second), (8, 8, 16)).rows[-1]
    one = traced((Conv2D(32, 5, padding="same"),), (8, 8, 16)).rows[-1]

    assert both.receptive_field == one.receptive_field


@pytest.mark.parametrize("id", ["residual", "residual-bottleneck", "residual-projection"], ids=str)
def test_a_residual_block_has_its_relu_after_the_sum(id):
    (block,) = BLOCKS[id].layers(16)

    assert isinstance(block, Residual)
    assert block.activation == "relu"
    assert isinstance(block.body[-1], BatchNormalization)


def test_the_projection_is_a_strided_1x1_and_the_other_shortcuts_are_the_identity():
    def shortcut(id: str) -> Layers:
        (block,) = BLOCKS[id].layers(16)
        assert isinstance(block, Residual)
        return block.shortcut

    projection = shortcut("residual-projection")[0]
    assert isinstance(projection, Conv2D)
    assert (projection.kernel_size, projection.strides) == ((1, 1), (2, 2))
    assert shortcut("residual") == shortcut("residual-bottleneck") == ()


def test_the_expensive_kernel_of_a_bottleneck_works_on_a_quarter_of_the_channels():
    rows = traced(BLOCKS["residual-bottleneck"].layers(64), (8, 8, 64)).rows
    shapes = [
        (row.layer.kernel_size, row.input_shape[2], row.output_shape[2])
        for row in rows
        if isinstance(row.layer, Conv2D)
    ]

    assert shapes == [((1, 1), 64, 16), ((3, 3), 16, 16), ((1, 1), 16, 64)]


def test_the_inception_block_has_kernels_of_1_and_3_and_5_and_pooling_side_by_side():
    (block,) = BLOCKS["inception"].layers(16)
    assert isinstance(block, Branches)
    kernels = [
        [
            layer.kernel_size[0] if isinstance(layer, Conv2D) else "pool"
            for layer in branch
            if isinstance(layer, (Conv2D, MaxPooling2D))
        ]
        for branch in block.branches
    ]

    assert kernels == [[1], [1, 3], [1, 5], ["pool", 1]]


def test_every_step_of_the_dense_block_sees_all_channels_before_it():
    rows = traced(dense_block(16, growth=12, count=3), (8, 8, 16)).rows
    seen = [row.input_shape[2] for row in rows if isinstance(row.layer, Conv2D)]

    assert seen == [16, 28, 40]


def test_a_depthwise_separable_block_costs_nearly_a_ninth_of_a_3x3_where_channels_are_many():
    for channels, times in ((8, 5.8), (32, 7.9), (128, 8.7), (1024, 9.0)):
        block = traced(separable_block(channels), (8, 8, channels))
        whole = traced((Conv2D(2 * channels, 3, padding="same"),), (8, 8, channels))
        # 9 * 2C * C against 9 * C + 2C * C
        assert round(whole.total_macs / block.total_macs, 1) == times


def test_a_depthwise_separable_block_takes_filters_and_strides():
    layers = separable_block(16, filters=24, strides=2)

    assert isinstance(layers[0], DepthwiseConv2D)
    assert isinstance(layers[-1], Activation)
    assert traced(layers, (8, 8, 16)).output_shape == (4, 4, 24)
