"""Published figures: what a network is said to have, it has here.

Sizes, parameters, multiply-accumulates and receptive fields of `FACTS.md`; what they were
checked against is said with each.
"""

from __future__ import annotations

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    Layers,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import Row, Trace, trace
from cnn.network.zoo import zoo


def traced(*layers: Layer, size: tuple[int, int, int]) -> Trace:
    return trace(Architecture("Fact", size, layers))


def rows_by_name(found: Trace) -> dict[str, Row]:
    return {row.name: row for row in found.rows}


# --- parameters and multiply-accumulates -------------------------------------------------------

# Of the zoo: input, all parameters, those trained, multiply-accumulates (the last three by
# torchvision's published weights and operations, the rest by Keras and by hand).
NETWORKS = [
    ("shapes-demo", (16, 16, 1), 9_571, 9_571, 100_448),
    ("simple-cnn", (28, 28, 1), 20_490, 20_490, 1_031_744),
    ("lenet-5", (28, 28, 1), 61_706, 61_706, 416_520),
    ("keras-mnist", (28, 28, 1), 34_826, 34_826, 2_440_960),
    ("wide-lenet", (28, 28, 1), 46_730, 46_730, 1_083_008),
    ("tiny-vgg", (64, 64, 3), 19_920, 19_920, 5_608_780),
    ("alexnet", (224, 224, 3), 61_100_840, 61_100_840, 714_188_480),
    ("vgg-16", (224, 224, 3), 138_357_544, 138_357_544, 15_470_264_320),
    ("resnet-18", (224, 224, 3), 11_699_112, 11_689_512, 1_814_073_344),
]


@pytest.mark.parametrize(
    ("id", "size", "params", "trainable", "macs"), NETWORKS, ids=[row[0] for row in NETWORKS]
)
def test_a_known_network_has_its_known_parameters_and_cost(id, size, params, trainable, macs):
    found = trace(zoo()[id].architecture)

    assert found.architecture.input == size
    assert found.total_params == params
    assert found.trainable_params == trainable
    assert found.total_macs == macs


# The cost of each, spelled out by hand where no publication gives it.
COSTS = [
    ("shapes-demo", 16 * 16 * 8 * 9 + 8 * 8 * 16 * 72 + 256 * 32 + 32 * 3),
    ("simple-cnn", 28 * 28 * 16 * 9 + 14 * 14 * 32 * 144 + 1_568 * 10),
    ("keras-mnist", 26 * 26 * 32 * 9 + 11 * 11 * 64 * 288 + 1_600 * 10),
    ("wide-lenet", 24 * 24 * 16 * 25 + 8 * 8 * 32 * 400 + 512 * 64 + 64 * 10),
    (
        "tiny-vgg",
        62 * 62 * 10 * 27 + 60 * 60 * 10 * 90 + (28 * 28 + 26 * 26) * 10 * 90 + 1_690 * 10,
    ),
    ("lenet-5", 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10),
]


@pytest.mark.parametrize(("id", "macs"), COSTS, ids=[id for id, _ in COSTS])
def test_the_cost_of_a_small_network_is_the_one_calculated_by_hand(id, macs):
    assert trace(zoo()[id].architecture).total_macs == macs


def test_the_demo_network_has_80_and_1168_and_8224_and_99_parameters():
    demo = trace(zoo()["shapes-demo"].architecture)

    assert [row.params for row in demo.rows if row.params] == [80, 1_168, 8_224, 99]


def test_the_simple_cnn_has_20490_parameters_and_not_the_21658_of_a_tutorial():
    simple = trace(zoo()["simple-cnn"].architecture)

    assert [row.params for row in simple.rows if row.params] == [160, 4_640, 15_690]
    assert simple.total_params == 20_490


def test_a_convolution_shares_its_weights_and_a_dense_layer_does_not():
    dense = traced(Flatten(), Dense(8), size=(16, 16, 1))
    convolution = traced(Conv2D(8, 3), size=(16, 16, 1))

    assert dense.total_params == 2_056
    assert convolution.total_params == 80
    assert traced(Flatten(), Dense(128, use_bias=False), size=(28, 28, 1)).total_params == 100_352
    assert traced(Conv2D(32, 3, use_bias=False), size=(28, 28, 1)).total_params == 288
    assert trace(Architecture("a", (224, 224, 3), (Flatten(),))).output_shape == (150_528,)


# --- ResNet-50, built both ways ----------------------------------------------------------------


def conv_bn(filters: int, kernel_size: int, strides: int = 1) -> Layers:
    return (
        Conv2D(filters, kernel_size, strides=strides, padding=kernel_size // 2, use_bias=False),
        BatchNormalization(),
    )


def bottleneck(filters: int, strides: int, projects: bool, strided_3x3: bool) -> Layer:
    """A block that halves the size in its first 1x1 convolution (v1) or in its 3x3 (v1.5)."""
    first, second = (1, strides) if strided_3x3 else (strides, 1)
    relu = Activation("relu")
    body = (*conv_bn(filters, 1, first), relu, *conv_bn(filters, 3, second), relu)
    shortcut = conv_bn(4 * filters, 1, strides) if projects else ()
    return Residual((*body, *conv_bn(4 * filters, 1)), shortcut, "relu")


def resnet_50(strided_3x3: bool) -> Trace:
    blocks = (
        bottleneck(
            filters=64 * 2**stage,
            strides=2 if stage and not place else 1,
            projects=not place,
            strided_3x3=strided_3x3,
        )
        for stage, count in enumerate((3, 4, 6, 3))
        for place in range(count)
    )
    return traced(
        *conv_bn(64, 7, 2),
        Activation("relu"),
        MaxPooling2D(3, strides=2, padding=1),
        *blocks,
        GlobalAveragePooling2D(),
        Dense(1000, activation="softmax"),
        size=(224, 224, 3),
    )


@pytest.mark.parametrize(("strided_3x3", "size", "tenths"), [(False, 483, 38), (True, 427, 40)])
def test_resnet_50_sees_483_pixels_or_427_by_where_its_stride_is(strided_3x3, size, tenths):
    found = resnet_50(strided_3x3)
    block = rows_by_name(found)["residual_16"]

    assert block.output_shape == (7, 7, 2048)
    assert block.receptive_field.size == (size, size)
    assert block.receptive_field.jump == (32, 32)
    assert found.trainable_params == 25_557_032  # as torchvision's
    assert found.depth == 50
    assert found.total_macs // 10**8 == tenths  # the paper gives 3.8 billion for the first


def test_resnet_50_as_torchvision_has_it_costs_4089_million():
    assert round(resnet_50(strided_3x3=True).total_macs / 1e6) == 4_089


# --- receptive fields --------------------------------------------------------------------------


def test_alexnet_as_in_tf_slim_sees_195_pixels():
    found = traced(
        Conv2D(64, 11, strides=4),
        MaxPooling2D(3, strides=2),
        Conv2D(192, 5, padding="same"),
        MaxPooling2D(3, strides=2),
        Conv2D(384, 3, padding="same"),
        Conv2D(384, 3, padding="same"),
        Conv2D(256, 3, padding="same"),
        MaxPooling2D(3, strides=2),
        size=(224, 224, 3),
    )

    assert found.rows[-1].receptive_field.size == (195, 195)
    assert found.rows[-1].receptive_field.jump == (32, 32)


def test_vgg_16_sees_212_pixels_after_its_last_pooling_with_a_jump_of_32():
    rows = rows_by_name(trace(zoo()["vgg-16"].architecture))

    assert rows["max_pooling2d_5"].receptive_field.size == (212, 212)
    assert rows["max_pooling2d_5"].receptive_field.jump == (32, 32)
    assert rows["max_pooling2d_5"].output_shape == (7, 7, 512)


def test_the_zoo_s_own_alexnet_sees_195_pixels_too():
    rows = rows_by_name(trace(zoo()["alexnet"].architecture))

    assert rows["max_pooling2d_3"].receptive_field.size == (195, 195)
    assert rows["max_pooling2d_3"].output_shape == (6, 6, 256)


# After each pooling of VGG-16: size, jump; derived by hand from rf += (K - 1) * jump.
VGG_FIELDS = [(6, 2), (16, 4), (44, 8), (100, 16), (212, 32)]


def test_the_field_of_vgg_16_grows_stage_by_stage():
    rows = rows_by_name(trace(zoo()["vgg-16"].architecture))
    fields = [rows[f"max_pooling2d_{stage}"].receptive_field for stage in range(1, 6)]

    assert [(field.size[0], field.jump[0]) for field in fields] == VGG_FIELDS


# --- depth -------------------------------------------------------------------------------------

DEPTHS = [("lenet-5", 5), ("alexnet", 8), ("vgg-16", 16), ("resnet-18", 18)]


@pytest.mark.parametrize(("id", "depth"), DEPTHS)
def test_a_network_is_as_deep_as_its_name_says(id, depth):
    assert trace(zoo()[id].architecture).depth == depth
