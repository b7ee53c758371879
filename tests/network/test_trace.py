"""The trace: one row per layer, the totals, what a cell sees, and faults with their place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from cnn.network.architecture import Architecture, walk
from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError, path_text
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    PositionEmbedding,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.shapes import ReceptiveField
from cnn.network.trace import MAX_VALUES, Row, Trace, trace
from tests.network.descriptions import architectures


def traced(*layers: Layer, size: tuple[int, int, int] = (28, 28, 1)) -> Trace:
    return trace(Architecture("Test", size, layers))


def last(*layers: Layer, size: tuple[int, int, int] = (28, 28, 1)) -> Row:
    """The row of the last layer at the top."""
    return [row for row in traced(*layers, size=size).rows if len(row.path) == 1][-1]


def padded(padding: Any) -> ZeroPadding2D:
    """Zero padding by any of the ways to give it; the type knows the longest one alone."""
    return ZeroPadding2D(padding)


LENET = (
    Conv2D(6, 5, padding="same", activation="relu"),
    MaxPooling2D(2),
    Conv2D(16, 5, activation="relu"),
    MaxPooling2D(2),
    Flatten(),
    Dense(120, activation="relu"),
    Dense(84, activation="relu"),
    Dense(10, activation="softmax"),
)

# name, output, parameters, multiply-accumulates, bytes, field, jump, offset
LENET_ROWS = [
    ("conv2d_1", (28, 28, 6), 156, 117_600, 18_816, 5, 1, 0.0),
    ("max_pooling2d_1", (14, 14, 6), 0, 0, 4_704, 6, 2, 0.5),
    ("conv2d_2", (10, 10, 16), 2_416, 240_000, 6_400, 14, 2, 4.5),
    ("max_pooling2d_2", (5, 5, 16), 0, 0, 1_600, 16, 4, 5.5),
    ("flatten_1", (400,), 0, 0, 1_600, 16, 0, 13.5),
    ("dense_1", (120,), 48_120, 48_000, 480, 28, 0, 13.5),
    ("dense_2", (84,), 10_164, 10_080, 336, 28, 0, 13.5),
    ("dense_3", (10,), 850, 840, 40, 28, 0, 13.5),
]


def test_every_number_of_lenet_is_the_one_derived_by_hand():
    rows = [
        (
            row.name,
            row.output_shape,
            row.params,
            row.macs,
            row.activation_bytes,
            row.receptive_field.size[0],
            row.receptive_field.jump[0],
            row.receptive_field.offset[0],
        )
        for row in traced(*LENET).rows
    ]

    assert rows == LENET_ROWS


def test_the_arithmetic_of_lenet_is_spelled_out():
    rows = {row.name: row for row in traced(*LENET).rows}

    assert rows["conv2d_1"].formula == "floor((28 - 5 + 4) / 1) + 1 = 28"
    assert rows["conv2d_2"].param_formula == "16 x 5x5x6 + 16 = 2,416"
    assert rows["conv2d_2"].mac_formula == "10x10 x 16 x 5x5x6 = 240,000"
    assert rows["flatten_1"].formula == "5x5x16 = 400"
    assert rows["flatten_1"].param_formula == "0"
    assert rows["flatten_1"].mac_formula == "0"
    assert rows["dense_1"].param_formula == "120 x 400 + 120 = 48,120"
    assert rows["dense_1"].mac_formula == "120 x 400 = 48,000"


def test_the_totals_are_the_sums_of_the_rows():
    lenet = traced(*LENET)

    assert lenet.total_params == lenet.trainable_params == 61_706
    assert lenet.non_trainable_params == 0
    assert lenet.total_macs == 416_520
    assert lenet.activation_bytes == 33_976
    assert lenet.output_shape == (10,)
    assert lenet.fault is None


def test_moving_statistics_count_as_parameters_that_are_not_trained():
    normalized = traced(Conv2D(8, 3, use_bias=False), BatchNormalization())

    assert normalized.total_params == 72 + 32
    assert normalized.trainable_params == 72 + 16
    assert normalized.non_trainable_params == 16


def test_a_network_without_layers_gives_its_input():
    empty = traced()

    assert empty.rows == ()
    assert empty.output_shape == (28, 28, 1)
    assert (empty.total_params, empty.total_macs, empty.depth) == (0, 0, 0)


def test_a_row_says_on_which_sides_the_padding_is_and_what_is_dropped():
    row = last(MaxPooling2D(3, strides=2, padding="same"))
    assert row.axes is not None
    assert [(along.before, along.after, along.dropped) for along in row.axes] == [(0, 1, 0)] * 2

    row = last(MaxPooling2D(3, strides=2))
    assert row.axes is not None
    assert [(along.before, along.after, along.dropped) for along in row.axes] == [(0, 0, 1)] * 2

    row = last(Conv2D(8, 7, strides=2, padding=3))  # the border no window reaches is padding
    assert row.axes is not None
    assert [(along.before, along.after, along.unused, along.dropped) for along in row.axes] == [
        (3, 3, 1, 0)
    ] * 2

    assert last(BatchNormalization()).axes is None


def test_height_and_width_go_their_own_ways():
    row = last(Conv2D(4, (3, 5), strides=(1, 2), padding="same"), size=(20, 31, 3))

    assert row.output_shape == (20, 16, 4)
    assert row.formula == (
        "height: floor((20 - 3 + 2) / 1) + 1 = 20; width: floor((31 - 5 + 4) / 2) + 1 = 16"
    )
    assert row.receptive_field == ReceptiveField((3, 5), (1, 2), (0.0, 0.0))


# --- layers that hold layers -------------------------------------------------------------------

BLOCK = Residual(
    (
        Conv2D(16, 3, strides=2, padding="same", use_bias=False),
        BatchNormalization(),
        Activation("relu"),
        Conv2D(16, 3, padding="same", use_bias=False),
        BatchNormalization(),
    ),
    (Conv2D(16, 1, strides=2, use_bias=False), BatchNormalization()),
    "relu",
)


def test_a_container_stands_before_what_it_holds_and_carries_its_depth():
    rows = traced(BLOCK, Flatten(), size=(28, 28, 8)).rows

    assert [(row.name, row.depth, row.output_shape) for row in rows] == [
        ("residual_1", 0, (14, 14, 16)),
        ("conv2d_1", 1, (14, 14, 16)),
        ("batch_normalization_1", 1, (14, 14, 16)),
        ("activation_1", 1, (14, 14, 16)),
        ("conv2d_2", 1, (14, 14, 16)),
        ("batch_normalization_2", 1, (14, 14, 16)),
        ("conv2d_3", 1, (14, 14, 16)),
        ("batch_normalization_3", 1, (14, 14, 16)),
        ("flatten_1", 0, (3_136,)),
    ]


def test_a_container_holds_no_parameters_itself_and_says_how_it_merges():
    block = traced(BLOCK, size=(28, 28, 8))
    row = block.rows[0]

    assert (row.params, row.macs, row.param_formula, row.mac_formula) == (0, 0, "0", "0")
    assert row.formula == "14x14x16 + 14x14x16 = 14x14x16, value by value"
    assert row.merged_shapes == ((14, 14, 16), (14, 14, 16))
    assert row.activation_bytes == 14 * 14 * 16 * 4
    assert block.total_params == 72 * 16 + 144 * 16 + 8 * 16 + 3 * 64


def test_branches_side_by_side_add_their_channels():
    row = last(Branches(((), (Conv2D(8, 3, padding="same"),), (Conv2D(4, 1),))), size=(8, 8, 3))

    assert row.output_shape == (8, 8, 15)
    assert row.formula == "3 + 8 + 4 = 15 channels"


def test_the_rows_within_a_path_are_its_own_and_those_it_holds():
    block = traced(Conv2D(8, 3), BLOCK, Flatten())

    assert [row.name for row in block.within((1,))] == [
        *("residual_1", "conv2d_2", "batch_normalization_1", "activation_1", "conv2d_3"),
        *("batch_normalization_2", "conv2d_4", "batch_normalization_3"),
    ]
    assert [row.name for row in block.within((1, "shortcut"))] == [
        "conv2d_4",
        "batch_normalization_3",
    ]
    assert [row.name for row in block.within((2,))] == ["flatten_1"]


def test_names_are_unique_through_all_levels():
    rows = traced(BLOCK, BLOCK, Branches(((BLOCK,), (BLOCK,)))).rows

    assert len({row.name for row in rows}) == len(rows)


DEPTHS = [
    (LENET, 5),
    ((BLOCK,), 2),
    ((Residual((), (Conv2D(1, 1), Conv2D(1, 1), Conv2D(1, 1))),), 3),
    ((SeparableConv2D(8, 3), DepthwiseConv2D(3)), 3),
    ((Branches(((), (Conv2D(8, 1), BLOCK), (Conv2D(8, 1),))), Conv2D(8, 1)), 4),
    ((Activation("relu"), MaxPooling2D(), Dropout()), 0),
    ((SelfAttention2D(2, 3), PositionEmbedding(), Conv2D(8, 1)), 3),
]


@pytest.mark.parametrize(("layers", "depth"), DEPTHS, ids=[str(n) for n in range(len(DEPTHS))])
def test_depth_counts_the_kernels_on_the_longest_way(layers, depth):
    # Sizes are of no concern to it: two of these do not even fit.
    assert trace(Architecture("a", (28, 28, 1), layers), partial=True).depth == depth


# --- what a cell sees --------------------------------------------------------------------------

FIELDS = [
    ((Activation("relu"),), 1, 1, 0.0),
    ((Conv2D(1, 3),), 3, 1, 1.0),
    ((Conv2D(1, 3, padding="same"),), 3, 1, 0.0),
    ((Conv2D(1, 3, padding="same"),) * 2, 5, 1, 0.0),  # two 3x3 see as far as one 5x5
    ((Conv2D(1, 5, padding="same"),), 5, 1, 0.0),
    ((Conv2D(1, 3, dilation_rate=3),), 7, 1, 3.0),
    ((Conv2D(1, 3, strides=2, padding="same"),), 3, 2, 1.0),
    ((MaxPooling2D(), Conv2D(1, 3, padding="same")), 6, 2, 0.5),
    ((padded(((1, 0), (1, 0))), Conv2D(1, 3)), 3, 1, 0.0),
    ((padded(2), AveragePooling2D(2)), 2, 2, -1.5),
    ((Residual((Conv2D(1, 3, padding="same"),)),), 3, 1, 0.0),
    ((Branches(((), (Conv2D(1, 5, padding="same"),), (MaxPooling2D(3, 1, "same"),))),), 5, 1, 0.0),
    ((Branches(((), (GlobalAveragePooling2D(),)), "multiply"),), 28, 0, 13.5),
    ((Branches(((), (Conv2D(1, 1, strides=28),)), "multiply"),), 1, 1, 0.0),
    ((Conv2D(4, 3), *BLOCKS["squeeze-excite"].layers(4), Conv2D(4, 3)), 28, 0, 13.5),
    ((BLOCK,), 7, 2, 1.0),
    ((Conv2D(4, 3), GlobalAveragePooling2D()), 28, 0, 13.5),
    ((GlobalMaxPooling2D(keepdims=True), Conv2D(4, 1)), 28, 0, 13.5),
    ((Flatten(), Dense(3), Dropout()), 28, 0, 13.5),
    ((Flatten(), Dropout()), 1, 0, 14.0),
    ((Conv2D(4, 5), Flatten(), Dropout()), 5, 0, 14.0),
    ((MaxPooling2D(3), GlobalAveragePooling2D()), 27, 0, 13.0),
    ((MaxPooling2D(3), Flatten(), Dense(10)), 27, 0, 13.0),
    ((Conv2D(4, 3, strides=4), MaxPooling2D(2), GlobalMaxPooling2D(keepdims=True)), 23, 0, 11.0),
    ((Conv2D(4, 5, strides=4), Conv2D(4, 3, padding="same"), Flatten(), Dense(1)), 25, 0, 12.0),
    ((padded(2), MaxPooling2D(3), GlobalAveragePooling2D()), 28, 0, 13.5),
    ((MaxPooling2D(), UpSampling2D(), MaxPooling2D()), 2, 2, 0.5),
    ((UpSampling2D(), Conv2D(1, 2, strides=2)), 1, 1, 0.0),
    ((Conv2DTranspose(1, 3, padding="same"),), 3, 1, 0.0),
    ((Conv2DTranspose(1, 3), Conv2D(1, 3)), 5, 1, 0.0),
    ((Conv2DTranspose(1, 4, strides=2, padding="same"), MaxPooling2D()), 3, 1, 0.0),
    ((Cropping2D(((3, 0), (3, 5))), Conv2D(1, 3)), 3, 1, 4.0),
    ((UpSampling2D(), GlobalAveragePooling2D()), 28, 0, 13.5),
    ((Cropping2D(((3, 5), (3, 5))), UpSampling2D(3), GlobalAveragePooling2D()), 20, 0, 12.5),
    ((Cropping2D(((3, 5), (3, 5))), MaxPooling2D(3), Flatten(), Dense(1)), 18, 0, 11.5),
    ((Conv2D(4, 3), SelfAttention2D(1, 2)), 28, 0, 13.5),
    ((SelfAttention2D(1, 2), PositionEmbedding(), Conv2D(1, 3, padding="same")), 28, 0, 13.5),
    ((Conv2D(4, 4, strides=4), *BLOCKS["transformer"].layers(4), Conv2D(4, 3)), 28, 0, 13.5),
    ((Conv2D(4, 5, strides=5), SelfAttention2D(1, 2), Conv2D(4, 3)), 25, 0, 12.0),
    ((SelfAttention2D(1, 2), Conv2D(4, 3, strides=4), GlobalAveragePooling2D()), 28, 0, 13.5),
    ((Conv2D(1, 3, padding="same"), MaxPooling2D(9), Flatten(), Dense(1)), 28, 0, 13.5),
]


@pytest.mark.parametrize(
    ("layers", "size", "jump", "offset"), FIELDS, ids=[str(n) for n in range(len(FIELDS))]
)
def test_a_cell_sees_what_was_derived_by_hand(layers, size, jump, offset):
    field = last(*layers).receptive_field

    assert field == ReceptiveField((size, size), (jump, jump), (offset, offset))


# layers, the first cells' first and last pixel until they repeat, how far on that is, and the mean
# centre of the first.
STEPS = [
    ((UpSampling2D(),), ((0, 0), (0, 0)), 1, -0.25),
    ((UpSampling2D(3),), ((0, 0),) * 3, 1, -1 / 3),
    ((UpSampling2D(interpolation="bilinear"),), ((-1, 0), (0, 1)), 1, -0.25),
    ((UpSampling2D(3, "bilinear"),), ((-1, 0), (0, 0), (0, 1)), 1, -1 / 3),
    ((MaxPooling2D(), UpSampling2D()), ((0, 1), (0, 1)), 2, 0.0),
    ((Conv2DTranspose(1, 3, strides=2, padding="same"),), ((-1, 0), (0, 0)), 1, -0.5),
    ((Conv2DTranspose(1, 5, strides=2, padding="same"),), ((-1, 0), (-1, 1)), 1, -0.5),
    ((Conv2DTranspose(1, 3, strides=2),), ((-1, 0), (0, 0)), 1, -0.5),
    ((UpSampling2D(), Conv2D(1, 3, padding="same")), ((-1, 0), (0, 1)), 1, -0.25),
    ((UpSampling2D(), Conv2D(1, 3, strides=3)), ((0, 1), (1, 2)), 3, 0.25),
    ((MaxPooling2D(), UpSampling2D(), Conv2D(1, 4)), ((0, 3), (0, 5)), 2, 1.5),
    ((Branches(((), (MaxPooling2D(), UpSampling2D()))),), ((0, 1), (0, 1)), 2, 0.0),
    (
        (Branches(((Conv2D(1, 2, padding="same"),), (MaxPooling2D(), UpSampling2D()))),),
        ((0, 1), (0, 2)),
        2,
        0.25,
    ),
]


@pytest.mark.parametrize(
    ("layers", "spans", "moved", "offset"), STEPS, ids=[str(n) for n in range(len(STEPS))]
)
def test_behind_up_sampling_it_is_said_cell_by_cell_what_is_seen(layers, spans, moved, offset):
    field = last(*layers).receptive_field
    size = max(end - start + 1 for start, end in spans)

    assert (field.size, field.spans) == ((size, size), (spans, spans))
    assert field.jump == (moved / len(spans),) * 2
    assert field.offset == pytest.approx((offset, offset))
    for cell in range(7):
        start, end = spans[cell % len(spans)]
        far = cell // len(spans) * moved
        assert field.along(0).span(cell) == (start + far, end + far)


def test_where_steps_are_too_many_to_be_told_apart_the_widest_is_taken_for_all():
    field = last(UpSampling2D(32), UpSampling2D(32), Conv2D(1, 3)).receptive_field

    assert field.spans == ((), ())
    assert field.jump == (1 / 1024, 1 / 1024)
    assert 2 <= field.size[0] <= 4


def test_after_flatten_a_unit_sees_all_of_an_oblong_input():
    assert last(Conv2D(4, 3), Flatten(), Dense(2), size=(20, 31, 3)).receptive_field == (
        ReceptiveField((20, 31), (0, 0), (9.5, 15.0))
    )


# --- faults ------------------------------------------------------------------------------------

FAULTS = [
    (
        (Conv2D(8, 3), Dense(10)),
        "Dense #1: needs a vector, but gets a 26x26x8 map. "
        "Put a Flatten or a GlobalAveragePooling2D before it.",
        (1,),
        ["conv2d_1"],
    ),
    (
        (Flatten(), Dense(10), Conv2D(8, 3)),
        "Conv2D #1: needs a map (height x width x channels), but gets a vector of 10. "
        "Move the Conv2D before the layer that made it a vector.",
        (2,),
        ["flatten_1", "dense_1"],
    ),
    (
        (MaxPooling2D(10), Conv2D(4, 1), Conv2D(8, 5), Flatten()),
        'Conv2D #2: a 5x5 kernel does not fit a 2x2 input. Use padding="same" or a smaller kernel.',
        (2,),
        ["max_pooling2d_1", "conv2d_1"],
    ),
    (
        (Conv2D(6, 1), Conv2D(8, 1, groups=4)),
        "Conv2D #2: 6 input channels cannot be divided into groups=4. "
        "Give it a multiple of 4 channels, or use groups=1.",
        (1,),
        ["conv2d_1"],
    ),
    (
        (Conv2D(4, 1), Residual((Conv2D(1, 1),))),
        "Residual #1: the body gives 28x28x1, the shortcut 28x28x4; a sum needs equal shapes. "
        "Let the body end with 4 channels, or put a Conv2D with kernel_size=1, filters=1 on the "
        "shortcut.",
        (1,),
        ["conv2d_1", "conv2d_2"],
    ),
    (
        (Residual((Conv2D(8, 3), Dense(10)), (Conv2D(8, 1),)),),
        "Dense #1: needs a vector, but gets a 26x26x8 map. "
        "Put a Flatten or a GlobalAveragePooling2D before it.",
        (0, "body", 1),
        ["conv2d_1"],
    ),
    (
        (Dropout(), Residual((Conv2D(1, 3, padding="same"),), (Flatten(), MaxPooling2D()))),
        "MaxPooling2D #1: needs a map (height x width x channels), but gets a vector of 784. "
        "Move the MaxPooling2D before the layer that made it a vector.",
        (1, "shortcut", 1),
        ["dropout_1", "conv2d_1", "flatten_1"],
    ),
    (
        (Branches(((), (Branches(((Conv2D(2, 1),), (Conv2D(3, 30),))),))),),
        "Conv2D #2: a 30x30 kernel does not fit a 28x28 input. "
        'Use padding="same" or a smaller kernel.',
        (0, "branches", 1, 0, "branches", 1, 0),
        ["conv2d_1"],
    ),
    (
        (Branches(((MaxPooling2D(),), (Conv2D(2, 1),))), Flatten()),
        "Branches #1: the branches give 14x14x1, 28x28x2; side by side needs equal height and "
        'width. Use padding="same" and the same strides in every branch, or a Cropping2D on what '
        "is larger.",
        (0,),
        ["max_pooling2d_1", "conv2d_1"],
    ),
]


@pytest.mark.parametrize(
    ("layers", "message", "path", "names"),
    FAULTS,
    ids=[f"{path_text(row[2])}: {row[1][:40]}" for row in FAULTS],
)
def test_a_network_that_cannot_be_is_refused_with_layer_numbers_and_remedy(
    layers, message, path, names
):
    with pytest.raises(ArchitectureError) as caught:
        traced(*layers)

    assert str(caught.value) == message
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("layers", "message", "path", "names"),
    FAULTS,
    ids=[f"{path_text(row[2])}: {row[1][:40]}" for row in FAULTS],
)
def test_a_partial_trace_has_the_rows_before_the_fault_and_the_fault(layers, message, path, names):
    partial = trace(Architecture("a", (28, 28, 1), layers), partial=True)

    assert [row.name for row in partial.rows] == names
    assert partial.fault is not None
    assert str(partial.fault) == message
    assert partial.fault.path == path
    assert f"{partial.fault.where}: {partial.fault.problem}" == message


def test_a_partial_trace_gives_what_the_last_whole_layer_gives():
    layers = (Conv2D(8, 3), Residual((Conv2D(8, 3), Dense(1))))
    partial = trace(Architecture("a", (28, 28, 1), layers), partial=True)

    assert partial.output_shape == (26, 26, 8)
    assert partial.total_params == 80 + 584


def test_a_partial_trace_of_a_sound_network_is_its_trace():
    architecture = Architecture("a", (28, 28, 1), LENET)

    assert trace(architecture, partial=True) == trace(architecture)


def test_more_values_than_any_machine_could_hold_are_a_slip_of_the_hand():
    with pytest.raises(ArchitectureError) as caught:
        traced(Conv2D(65_536, 1), Branches(((),) * 256), Branches(((),) * 256))

    assert MAX_VALUES == 10**12
    assert str(caught.value) == (
        "Branches #2: gives 28x28x4294967296 for each image, more than 1,000,000,000,000 values. "
        "Use a smaller input, or fewer filters or branches."
    )


def test_channels_that_multiply_at_every_layer_are_refused_before_they_are_too_long_to_write():
    many = Architecture("a", (8, 8, 1), (Branches(((),) * 256),) * 40)

    partial = trace(many, partial=True)
    assert partial.fault is not None
    assert partial.fault.where == "Branches #5"
    assert all(row.formula for row in partial.rows)


@given(architectures)
def test_any_network_is_traced_as_far_as_it_goes(architecture):
    partial = trace(architecture, partial=True)
    order = [path for path, _ in walk(architecture.layers)]
    found = [row.path for row in partial.rows]

    assert found == [path for path in order if path in set(found)]
    if partial.fault is None:
        assert found == order
        assert trace(architecture) == partial
    else:
        assert partial.fault.path in order
        with pytest.raises(ArchitectureError) as caught:
            trace(architecture)
        assert str(caught.value) == str(partial.fault)
        assert len(str(partial.fault).splitlines()) == 1


@given(architectures)
def test_every_row_of_any_network_is_whole_and_agrees_with_its_neighbours(architecture):
    partial = trace(architecture, partial=True)
    shape = architecture.input

    for row in partial.rows:
        assert all(size >= 1 for size in row.output_shape)
        assert row.trainable_params <= row.params
        assert row.formula
        assert row.param_formula == "0" or row.param_formula.endswith(f" = {row.params:,}")
        assert row.mac_formula == "0" or row.mac_formula.endswith(f" = {row.macs:,}")
        if len(row.path) == 1:
            assert row.input_shape == shape
            shape = row.output_shape
    assert partial.output_shape == shape


# --- memory ------------------------------------------------------------------------------------


def test_training_memory_is_weights_gradients_moments_and_twice_the_activations():
    lenet = traced(*LENET)
    weights = 61_706 * 4 * (1 + 1 + 2)  # themselves, gradients, Adam's two moments
    image = 28 * 28 * 4 + 2 * 33_976  # the input, every output and its gradient

    assert lenet.training_memory_bytes(1) == weights + image
    assert lenet.training_memory_bytes(64) == weights + 64 * image
    assert lenet.training_memory_bytes(64, optimizer_slots=0) == 61_706 * 8 + 64 * image


def test_moving_statistics_have_no_gradients_to_keep():
    normalized = traced(BatchNormalization(), size=(2, 2, 5))

    assert normalized.training_memory_bytes(1) == (20 + 3 * 10) * 4 + (20 + 2 * 20) * 4


def test_what_attention_works_out_is_kept_with_its_gradient():
    looking = traced(SelfAttention2D(2, 3), size=(2, 2, 5))

    params = 4 * 5 * 6 + 3 * 6 + 5
    # Shares of four cells in four; queries, keys, values and what they gather, six numbers a cell.
    held = 2 * 4 * 4 + 4 * 4 * 6
    assert looking.training_memory_bytes(1) == 4 * params * 4 + (20 + 2 * (20 + held)) * 4


def test_shares_that_no_memory_holds_are_refused_before_it_is_taken():
    with pytest.raises(ArchitectureError) as caught:
        traced(SelfAttention2D(1, 2), size=(1_000, 1_001, 3))

    assert str(caught.value) == (
        "SelfAttention2D #1: works out 1,002,009,008,000 values for each image, more than "
        "1,000,000,000,000. Use a smaller map, or fewer heads."
    )
