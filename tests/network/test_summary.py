"""A trace as a table and as plain values: the fields others rely on, and every line of the text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from cnn.network.architecture import Architecture
from cnn.network.layers import (
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Residual,
)
from cnn.network.summary import summary_dict, summary_text
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from tests.network.descriptions import architectures

SMALL = Architecture(
    "Small",
    (8, 9, 1),
    (
        Conv2D(2, 3, padding="same", use_bias=False),
        BatchNormalization(),
        Residual((Conv2D(2, 3, padding="same"),)),
        MaxPooling2D(),
        Flatten(),
        Dense(3, activation="softmax"),
    ),
)

TEXT = """\
Small, input 8x9x1
----------------------------------------------------------------------------------------------------
layer                  output  params   MACs  sees  size
----------------------------------------------------------------------------------------------------
conv2d_1                8x9x2      18  1,296   3x3  height: floor((8 - 3 + 2) / 1) + 1 = 8; \
width: floor((9 - 3 + 2) / 1) + 1 = 9
batch_normalization_1   8x9x2       8      0   3x3  same as the input: 8x9x2
residual_1              8x9x2       0      0   5x5  8x9x2 + 8x9x2 = 8x9x2, value by value
  conv2d_2              8x9x2      38  2,592   5x5  height: floor((8 - 3 + 2) / 1) + 1 = 8; \
width: floor((9 - 3 + 2) / 1) + 1 = 9
max_pooling2d_1         4x4x2       0      0   6x6  height: floor((8 - 2 + 0) / 2) + 1 = 4; \
width: floor((9 - 2 + 0) / 2) + 1 = 4
flatten_1                  32       0      0   6x6  4x4x2 = 32
dense_1                     3      99     96   8x9  units = 3
----------------------------------------------------------------------------------------------------
163 parameters (159 trainable, 4 not trainable)
3,984 multiply-accumulates per image (kernels and attention, no bias), 10,656 to train on it
2,572 bytes of activations per image, 3 layers deep
! MaxPooling2D #1: its window never reaches 1 column at the right. Use padding="same" to keep \
the border."""


def test_the_text_is_a_table_its_totals_and_the_remarks():
    assert summary_text(trace(SMALL)) == TEXT


def test_the_text_of_a_network_without_layers_is_a_table_without_lines():
    text = summary_text(trace(Architecture("Empty", (8, 8, 1), ())))

    assert text.startswith("Empty, input 8x8x1\n")
    assert "0 parameters (0 trainable, 0 not trainable)" in text


def test_the_values_have_the_fields_of_the_command_line():
    values = summary_dict(trace(SMALL))

    assert {key: value for key, value in values.items() if key != "layers"} == {
        "name": "Small",
        "input": [8, 9, 1],
        "output_shape": [3],
        "total_params": 163,
        "trainable_params": 159,
        "non_trainable_params": 4,
        "total_macs": 3_984,
        # 2 x 1,296 of the first layer, whose input is the image; 3 x (2,592 + 96) of the others.
        "total_training_macs": 10_656,
        "activation_bytes": 2_572,
        "depth": 3,
        "warnings": [
            "MaxPooling2D #1: its window never reaches 1 column at the right. "
            'Use padding="same" to keep the border.'
        ],
    }


def test_every_layer_has_the_fields_of_the_command_line():
    values = summary_dict(trace(SMALL))

    assert values["layers"][4] == {
        "name": "max_pooling2d_1",
        "kind": "MaxPooling2D",
        "path": "layers[3]",
        "depth": 0,
        "input_shape": [8, 9, 2],
        "output_shape": [4, 4, 2],
        "params": 0,
        "trainable_params": 0,
        "macs": 0,
        "training_macs": 0,
        "activation_bytes": 128,
        "receptive_field": 6,
        "jump": 2,
        "offset": 0.5,
        "formula": (
            "height: floor((8 - 2 + 0) / 2) + 1 = 4; width: floor((9 - 2 + 0) / 2) + 1 = 4"
        ),
        "padding": [[0, 0], [0, 0]],
        "dropped": [0, 1],
        "param_formula": "0",
        "mac_formula": "0",
    }
    assert {tuple(layer) for layer in values["layers"]} == {tuple(values["layers"][4])}


def test_sizes_are_two_numbers_where_height_and_width_differ():
    layer = summary_dict(trace(SMALL))["layers"][-1]

    assert layer["receptive_field"] == [8, 9]
    assert layer["jump"] == 0
    assert layer["offset"] == [3.5, 4.0]


def test_nested_layers_carry_their_depth_and_path():
    network = Architecture(
        "a", (8, 8, 4), (Branches(((), (Residual((Conv2D(4, 1),)),))), GlobalAveragePooling2D())
    )
    layers = summary_dict(trace(network))["layers"]

    assert [(layer["depth"], layer["path"]) for layer in layers] == [
        (0, "layers[0]"),
        (1, "layers[0].branches[1][0]"),
        (2, "layers[0].branches[1][0].body[0]"),
        (0, "layers[1]"),
    ]


@pytest.mark.parametrize("id", zoo())
def test_the_rows_add_up_to_the_totals(id):
    values = summary_dict(trace(zoo()[id].architecture))

    assert sum(layer["params"] for layer in values["layers"]) == values["total_params"]
    assert sum(layer["macs"] for layer in values["layers"]) == values["total_macs"]
    assert values["trainable_params"] + values["non_trainable_params"] == values["total_params"]
    assert values["layers"][-1]["output_shape"] == values["output_shape"]


@given(architectures)
def test_any_summary_is_plain_json_and_a_text(architecture):
    traced = trace(architecture, partial=True)
    values = summary_dict(traced)

    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert len(summary_text(traced).split("\n")) == len(traced.rows) + 8 + len(values["warnings"])
