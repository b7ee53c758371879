"""Every kind of layer: its sizes, parameters and cost from tables derived by hand, its refusals."""

from __future__ import annotations

import dataclasses
import inspect
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.errors import ArchitectureError
from cnn.network.fields import (
    ACTIVATIONS,
    Choice,
    Flag,
    FourSides,
    PaddingRule,
    Real,
    Whole,
    WholePair,
)
from cnn.network.layers import (
    KINDS,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Container,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    LayerScale,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
    defaults,
    rules,
    snake_case,
)
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel

MAP = (14, 14, 6)


def padded(padding: Any) -> ZeroPadding2D:
    """Zero padding by any of the ways to give it; the type knows the longest one alone."""
    return ZeroPadding2D(padding)


# layer, input, output, parameters, of them trainable, multiply-accumulates
SIZES = [
    (Conv2D(16, 5), MAP, (10, 10, 16), 16 * 5 * 5 * 6 + 16, 2_416, 240_000),
    (Conv2D(16, 5, use_bias=False), MAP, (10, 10, 16), 2_400, 2_400, 240_000),
    (Conv2D(16, 5, padding="same"), MAP, (14, 14, 16), 2_416, 2_416, 196 * 2_400),
    (Conv2D(8, 3, padding="same"), (16, 16, 1), (16, 16, 8), 80, 80, 256 * 72),
    (Conv2D(8, (3, 5), strides=(2, 1)), MAP, (6, 10, 8), 8 * 15 * 6 + 8, 728, 60 * 720),
    (Conv2D(8, 3, padding=2), MAP, (16, 16, 8), 440, 440, 256 * 432),
    (Conv2D(8, 3, dilation_rate=(2, 3)), MAP, (10, 8, 8), 440, 440, 80 * 432),
    (Conv2D(8, 3, groups=2, padding="same"), MAP, (14, 14, 8), 8 * 9 * 3 + 8, 224, 196 * 216),
    (Conv2D(8, 1, strides=2), MAP, (7, 7, 8), 56, 56, 49 * 48),
    (DepthwiseConv2D(3, padding="same"), MAP, (14, 14, 6), 60, 60, 196 * 54),
    (DepthwiseConv2D(3, depth_multiplier=2), MAP, (12, 12, 12), 120, 120, 144 * 108),
    (DepthwiseConv2D((1, 3), strides=2, use_bias=False), MAP, (7, 6, 6), 18, 18, 42 * 18),
    (SeparableConv2D(16, 3, padding="same"), MAP, (14, 14, 16), 54 + 96 + 16, 166, 196 * 150),
    (
        SeparableConv2D(16, 3, depth_multiplier=2, use_bias=False),
        MAP,
        (12, 12, 16),
        108 + 192,
        300,
        144 * 300,
    ),
    # Every cell of the input meets all weights of its channels, 3x3 of each filter.
    (Conv2DTranspose(8, 3), MAP, (16, 16, 8), 8 * 9 * 6 + 8, 440, 196 * 432),
    (Conv2DTranspose(8, 3, strides=2), MAP, (29, 29, 8), 440, 440, 196 * 432),
    (Conv2DTranspose(8, 3, strides=2, padding="same"), MAP, (28, 28, 8), 440, 440, 196 * 432),
    (
        Conv2DTranspose(8, (2, 5), strides=(1, 3), padding="same", use_bias=False),
        MAP,
        (14, 42, 8),
        480,
        480,
        196 * 480,
    ),
    (UpSampling2D(), MAP, (28, 28, 6), 0, 0, 0),
    (UpSampling2D((1, 3), "bilinear"), MAP, (14, 42, 6), 0, 0, 0),
    (Cropping2D(), MAP, MAP, 0, 0, 0),
    (Cropping2D(((1, 2), (0, 13))), MAP, (11, 1, 6), 0, 0, 0),
    (MaxPooling2D(), MAP, (7, 7, 6), 0, 0, 0),
    (MaxPooling2D(3), MAP, (4, 4, 6), 0, 0, 0),
    (MaxPooling2D(3, strides=2), MAP, (6, 6, 6), 0, 0, 0),
    (MaxPooling2D(3, strides=2, padding="same"), MAP, (7, 7, 6), 0, 0, 0),
    (MaxPooling2D(3, strides=2, padding=1), MAP, (7, 7, 6), 0, 0, 0),
    (MaxPooling2D((2, 3), strides=(1, 2)), MAP, (13, 6, 6), 0, 0, 0),
    (AveragePooling2D(), MAP, (7, 7, 6), 0, 0, 0),
    (AveragePooling2D(4, strides=3, padding=2), MAP, (5, 5, 6), 0, 0, 0),
    (GlobalAveragePooling2D(), MAP, (6,), 0, 0, 0),
    (GlobalAveragePooling2D(keepdims=True), MAP, (1, 1, 6), 0, 0, 0),
    (GlobalMaxPooling2D(), (3, 5, 2), (2,), 0, 0, 0),
    (GlobalMaxPooling2D(keepdims=True), (3, 5, 2), (1, 1, 2), 0, 0, 0),
    (ZeroPadding2D(), MAP, (16, 16, 6), 0, 0, 0),
    (padded((1, 2)), MAP, (16, 18, 6), 0, 0, 0),
    (padded(((0, 1), (2, 3))), MAP, (15, 19, 6), 0, 0, 0),
    (BatchNormalization(), MAP, MAP, 24, 12, 0),
    (BatchNormalization(scale=False), MAP, MAP, 18, 6, 0),
    (BatchNormalization(scale=False, center=False), (5,), (5,), 10, 0, 0),
    (LayerNormalization(), MAP, MAP, 12, 12, 0),
    (LayerNormalization(center=False), (5,), (5,), 5, 5, 0),
    (LayerNormalization(center=False, scale=False), MAP, MAP, 0, 0, 0),
    (GroupNormalization(3), MAP, MAP, 12, 12, 0),
    (GroupNormalization(5, center=False), (5,), (5,), 5, 5, 0),
    (Normalization(), MAP, MAP, 13, 0, 0),
    (Normalization(), (5,), (5,), 11, 0, 0),
    (Normalization(0.5, 0.25), MAP, MAP, 0, 0, 0),
    (LayerScale(), MAP, MAP, 6, 6, 0),
    (Activation("relu"), MAP, MAP, 0, 0, 0),
    (PReLU(), MAP, MAP, 6, 6, 0),
    (PReLU(shared=False), MAP, MAP, 14 * 14 * 6, 1_176, 0),
    (PReLU(shared=False), (5,), (5,), 5, 5, 0),
    (Dropout(), (5,), (5,), 0, 0, 0),
    (SpatialDropout2D(0.2), MAP, MAP, 0, 0, 0),
    (StochasticDepth(0.2), MAP, MAP, 0, 0, 0),
    (Rescaling(1 / 255), MAP, MAP, 0, 0, 0),
    (
        SelfAttention2D(2, 3),
        MAP,
        MAP,
        4 * 36 + 3 * 6 + 6,
        168,
        4 * 196 * 36 + 2 * 196 * 196 * 6,
    ),
    (SelfAttention2D(1, 5, use_bias=False), (2, 3, 4), (2, 3, 4), 80, 80, 6 * 80 + 2 * 36 * 5),
    (PositionEmbedding(), (2, 3, 4), (2, 3, 4), 24, 24, 0),
    (Flatten(), (5, 5, 16), (400,), 0, 0, 0),
    (Flatten(), (400,), (400,), 0, 0, 0),
    (Dense(120), (400,), (120,), 48_120, 48_120, 48_000),
    (Dense(8), (16 * 16,), (8,), 2_056, 2_056, 2_048),
    (Dense(8, use_bias=False), (256,), (8,), 2_048, 2_048, 2_048),
]


@pytest.mark.parametrize(
    ("layer", "shape", "output", "params", "trainable", "macs"),
    SIZES,
    ids=[f"{number}-{row[0].kind}" for number, row in enumerate(SIZES)],
)
def test_a_layer_has_the_sizes_and_the_cost_derived_by_hand(
    layer: Layer, shape, output, params, trainable, macs
):
    weights = layer.weights(shape)

    assert layer.output_shape(shape) == output
    assert sum(weight.count for weight in weights) == params
    assert sum(weight.count for weight in weights if weight.trainable) == trainable
    assert layer.macs(shape) == macs


def test_every_kind_that_holds_no_layers_is_in_the_table():
    plain = {name for name, kind in KINDS.items() if not issubclass(kind, Container)}

    assert {layer.kind for layer, *_ in SIZES} == plain


# layer, input, parameters spelled out, multiply-accumulates spelled out
SPELLED = [
    (Conv2D(16, 5), MAP, "16 x 5x5x6 + 16", "10x10 x 16 x 5x5x6"),
    (Conv2D(16, (3, 5), use_bias=False), MAP, "16 x 3x5x6", "12x10 x 16 x 3x5x6"),
    (Conv2D(8, 3, groups=2), MAP, "8 x 3x3x3 + 8", "12x12 x 8 x 3x3x3"),
    (DepthwiseConv2D(3), MAP, "6 x 1 x 3x3 + 6", "12x12 x 6 x 1 x 3x3"),
    (
        SeparableConv2D(16, 3),
        MAP,
        "6 x 1 x 3x3 + 16 x 1x1x6 + 16",
        "12x12 x (6 x 1 x 3x3 + 16 x 1x1x6)",
    ),
    (Conv2DTranspose(16, 5, strides=2), MAP, "16 x 5x5x6 + 16", "14x14 x 16 x 5x5x6"),
    (Dense(120), (400,), "120 x 400 + 120", "120 x 400"),
    (Dense(120, use_bias=False), (400,), "120 x 400", "120 x 400"),
    (BatchNormalization(), MAP, "4 x 6", "0"),
    (BatchNormalization(center=False, scale=False), MAP, "2 x 6", "0"),
    (LayerNormalization(), MAP, "2 x 6", "0"),
    (LayerNormalization(center=False, scale=False), MAP, "0", "0"),
    (Normalization(), MAP, "2 x 6 + 1", "0"),
    (LayerScale(), MAP, "1 x 6", "0"),
    (PReLU(shared=False), MAP, "14x14x6", "0"),
    (
        SelfAttention2D(2, 3),
        MAP,
        "4 x 6x2x3 + 3 x 2x3 + 6",
        "4 x 196 x 6x2x3 + 2 x 196x196 x 2x3",
    ),
    (
        SelfAttention2D(1, 5, use_bias=False),
        (1, 1, 2),
        "4 x 2x1x5",
        "4 x 1 x 2x1x5 + 2 x 1x1 x 1x5",
    ),
    (PositionEmbedding(), MAP, "14x14x6", "0"),
    (MaxPooling2D(), MAP, "0", "0"),
    (Flatten(), MAP, "0", "0"),
]


@pytest.mark.parametrize(("layer", "shape", "params", "macs"), SPELLED, ids=str)
def test_the_parameters_and_the_cost_are_spelled_out(layer: Layer, shape, params, macs):
    assert layer.param_formula(shape) == params
    assert layer.mac_formula(shape) == macs


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(row[0], row[1]) for row in SIZES],
    ids=[f"{number}-{row[0].kind}" for number, row in enumerate(SIZES)],
)
def test_what_is_spelled_out_calculates_to_the_number(layer: Layer, shape):
    params = eval(layer.param_formula(shape).replace("x", "*"))
    macs = eval(layer.mac_formula(shape).replace("x", "*"))

    assert params == sum(weight.count for weight in layer.weights(shape))
    assert macs == layer.macs(shape)


SHAPE_FORMULAS = [
    (Conv2D(16, 5), MAP, "floor((14 - 5 + 0) / 1) + 1 = 10"),
    (
        Conv2D(16, (3, 5), strides=(2, 1)),
        MAP,
        "height: floor((14 - 3 + 0) / 2) + 1 = 6; width: floor((14 - 5 + 0) / 1) + 1 = 10",
    ),
    (MaxPooling2D(3, strides=2, padding=1), MAP, "floor((14 - 3 + 2) / 2) + 1 = 7"),
    (padded(((0, 1), (2, 3))), MAP, "height: 14 + 0 + 1 = 15; width: 14 + 2 + 3 = 19"),
    (GlobalAveragePooling2D(), MAP, "14x14 -> 1 in each of 6 channels"),
    (Flatten(), (5, 5, 16), "5x5x16 = 400"),
    (Flatten(), (100, 100, 16), "100x100x16 = 160,000"),
    (Dense(1000), (400,), "units = 1,000"),
    (BatchNormalization(), MAP, "same as the input: 14x14x6"),
    (Dropout(), (84,), "same as the input: 84"),
]


@pytest.mark.parametrize(("layer", "shape", "formula"), SHAPE_FORMULAS, ids=str)
def test_the_output_size_is_spelled_out(layer: Layer, shape, formula):
    assert layer.shape_formula(shape) == formula


WEIGHTS = [
    (Conv2D(16, (3, 5), groups=2), [("kernel", (3, 5, 3, 16)), ("bias", (16,))]),
    (DepthwiseConv2D(3, depth_multiplier=2), [("kernel", (3, 3, 6, 2)), ("bias", (12,))]),
    (
        SeparableConv2D(16, 3, depth_multiplier=2),
        [
            ("depthwise_kernel", (3, 3, 6, 2)),
            ("pointwise_kernel", (1, 1, 12, 16)),
            ("bias", (16,)),
        ],
    ),
    (
        BatchNormalization(),
        [("gamma", (6,)), ("beta", (6,)), ("moving_mean", (6,)), ("moving_variance", (6,))],
    ),
    (
        BatchNormalization(scale=False, center=False),
        [("moving_mean", (6,)), ("moving_variance", (6,))],
    ),
    (LayerNormalization(), [("gamma", (6,)), ("beta", (6,))]),
    (GroupNormalization(2), [("gamma", (6,)), ("beta", (6,))]),
    (Normalization(), [("mean", (6,)), ("variance", (6,)), ("count", ())]),
    (LayerScale(), [("gamma", (1, 1, 6, 1))]),
    (PReLU(), [("alpha", (1, 1, 6))]),
    (
        SelfAttention2D(2, 3),
        [
            *(("query_kernel", (6, 2, 3)), ("query_bias", (2, 3))),
            *(("key_kernel", (6, 2, 3)), ("key_bias", (2, 3))),
            *(("value_kernel", (6, 2, 3)), ("value_bias", (2, 3))),
            *(("output_kernel", (2, 3, 6)), ("output_bias", (6,))),
        ],
    ),
    (
        SelfAttention2D(2, 3, use_bias=False),
        [
            *(("query_kernel", (6, 2, 3)), ("key_kernel", (6, 2, 3))),
            *(("value_kernel", (6, 2, 3)), ("output_kernel", (2, 3, 6))),
        ],
    ),
    (PositionEmbedding(), [("embedding", MAP)]),
]


@pytest.mark.parametrize(("layer", "named"), WEIGHTS, ids=str)
def test_the_weights_have_the_names_shapes_and_order_of_keras(layer: Layer, named):
    assert [(weight.name, weight.shape) for weight in layer.weights(MAP)] == named


def test_only_the_moving_statistics_are_not_trained():
    fixed = [weight.name for weight in BatchNormalization().weights(MAP) if not weight.trainable]

    assert fixed == ["moving_mean", "moving_variance"]


# --- what a field is, and what it refuses ------------------------------------------------------

# Wrong for every field of a rule, whatever its limits: as JSON or Python may bring them.
WRONG: dict[type, list[Any]] = {
    Whole: [True, 1.0, "3", 0, -1, math.nan, math.inf, 10**30, [1], {}, (1, 2, 3)],
    WholePair: [True, 1.5, "3", 0, -1, (1, 0), (1, 2, 3), (1,), (True, 1), [[1], 1], (1, "2")],
    FourSides: [True, -1, 1.0, "1", (1, 2, 3), ((1, 2), (1, -1)), 10**30, [[[1]]], {}],
    PaddingRule: ["Same", "full", "", -1, 1.0, True, (1, 1), [1], 10**30],
    Real: [True, "0.5", math.nan, math.inf, -math.inf, [0.5], 10**400, 1e7, {}],
    Flag: [0, 1, "true", 1.0, []],
    PerChannel: [True, "0.5", math.nan, math.inf, [], [1, None], [1, [2]], 10**400, 1e13, {}],
    Choice: ["RELU", "Add", "", 1, True, ["relu"], {}, math.nan],
    Series: [1, "Flatten", {}, Flatten()],
    Parallel: [1, (), ((),), ((), 1), ((), "Flatten"), ((),) * 257, {}],
}

# What a layer of each kind needs at least.
LEAST: dict[str, dict[str, Any]] = {
    "Conv2D": {"filters": 8, "kernel_size": 3},
    "DepthwiseConv2D": {"kernel_size": 3},
    "SeparableConv2D": {"filters": 8, "kernel_size": 3},
    "Conv2DTranspose": {"filters": 8, "kernel_size": 3},
    "Activation": {"activation": "relu"},
    "Rescaling": {"scale": 2.0},
    "SelfAttention2D": {"heads": 2, "key_size": 3},
    "Dense": {"units": 8},
    "Residual": {"body": ()},
    "Branches": {"branches": ((), ())},
}

REFUSED = [
    (name, field, value)
    for name, kind in KINDS.items()
    for field, rule in rules(kind).items()
    for value in [*WRONG[type(rule)], *([None] if defaults(kind).get(field, 0) is not None else [])]
]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    REFUSED,
    ids=[f"{number}-{name}.{field}" for number, (name, field, _) in enumerate(REFUSED)],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(name, field, value):
    with pytest.raises(ArchitectureError, match=f"^{field} must be .+, got .+") as caught:
        KINDS[name](**{**LEAST.get(name, {}), field: value})

    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", KINDS)
def test_what_a_layer_needs_at_least_is_what_has_no_default(name):
    kind = KINDS[name]

    assert set(LEAST.get(name, {})) == set(rules(kind)) - set(defaults(kind))
    assert kind(**LEAST.get(name, {})).kind == name


LIMITS = [
    ("Conv2D", "filters", 65_536),
    ("Conv2D", "kernel_size", 1_024),
    ("Conv2D", "strides", 1_024),
    ("Conv2D", "dilation_rate", 1_024),
    ("Conv2D", "padding", 1_024),
    ("DepthwiseConv2D", "depth_multiplier", 1_024),
    ("AveragePooling2D", "pool_size", 1_024),
    ("ZeroPadding2D", "padding", 1_024),
    ("SelfAttention2D", "heads", 1_024),
    ("SelfAttention2D", "key_size", 65_536),
    ("Dense", "units", 1_000_000),
]


@pytest.mark.parametrize(("name", "field", "most"), LIMITS)
def test_a_size_has_a_limit_beyond_which_it_is_a_slip_of_the_hand(name, field, most):
    least = LEAST.get(name, {})

    assert KINDS[name](**{**least, field: most})
    with pytest.raises(ArchitectureError, match=f"^{field} must be .* {most:,}.*, got {most + 1}"):
        KINDS[name](**{**least, field: most + 1})


WORDS = [
    (lambda: Conv2D(0, 3), "filters must be a whole number from 1 to 65,536, got 0."),
    (
        lambda: Conv2D(8, "5"),  # type: ignore[arg-type]
        "kernel_size must be a whole number from 1 to 1,024, or two of them, got '5'.",
    ),
    (
        lambda: Conv2D(8, 3, padding="full"),
        'padding must be "valid", "same" or a whole number from 0 to 1,024, got \'full\'.',
    ),
    (
        lambda: Conv2D(8, 3, activation="swish"),
        f"activation must be one of {', '.join(ACTIVATIONS)} or null, got 'swish'.",
    ),
    (lambda: Dropout(1.0), "rate must be a number of at least 0 and below 1, got 1.0."),
    (
        lambda: BatchNormalization(epsilon=0),
        "epsilon must be a number from 1e-12 to 1, got 0.",
    ),
    (
        lambda: Rescaling(math.nan),
        "scale must be a number from -1,000,000 to 1,000,000, got nan.",
    ),
    (lambda: Dense(10, use_bias=1), "use_bias must be true or false, got 1."),  # type: ignore[arg-type]
    (
        lambda: padded(-1),
        "padding must be a whole number from 0 to 1,024, two of them (height, width), "
        "or [[top, bottom], [left, right]], got -1.",
    ),
    (lambda: Branches(((),)), "branches must be a list of 2 to 256 lists of layers, got ((),)."),
    (lambda: Residual((1,)), "1 is not a layer."),  # type: ignore[arg-type]
    (
        lambda: Conv2D(8, 3, strides=2, dilation_rate=(1, 2)),
        "strides=(2, 2) and dilation_rate=(1, 2) cannot both be above 1. Set one of them to 1.",
    ),
    (
        lambda: Conv2D(10, 3, groups=4),
        "filters=10 cannot be divided into groups=4. Use a multiple of 4 filters, or groups=1.",
    ),
    (
        lambda: Conv2DTranspose(8, 3, padding=1),
        'padding must be "valid" or "same", got 1.',
    ),
    (
        lambda: Conv2DTranspose(8, (3, 2), strides=(1, 3)),
        "kernel_size=(3, 2) and strides=(1, 3) leave cells between the windows that nothing is put "
        "into. Use a kernel at least as large as the strides.",
    ),
    (
        lambda: UpSampling2D(interpolation="bicubic"),
        "interpolation must be one of nearest, bilinear, got 'bicubic'.",
    ),
    (
        lambda: MaxPooling2D(2, padding=1),
        'padding=1 needs an odd pool_size, got (2, 2). Use padding="same", or a window of 3 or 5.',
    ),
    (
        lambda: MaxPooling2D(3, padding=2),
        "padding=2 is too much for pool_size=(3, 3): at most (K - 1) / 2 = 1, "
        "or a window would see nothing but padding.",
    ),
    (
        lambda: Normalization((0.5, 0.25), 1.0),
        "mean=(0.5, 0.25) and variance=1.0 are not alike. Give both as one number, both as a list "
        "of one for each channel, or neither.",
    ),
    (
        lambda: Normalization("0.5"),  # type: ignore[arg-type]
        "mean must be a number from -1,000,000 to 1,000,000, a list of one for each channel, or "
        "null, got '0.5'.",
    ),
    (
        lambda: Activation("gelu", max_value=6.0),
        "negative_slope, max_value and threshold belong to relu, but the activation is gelu. "
        "Leave them out, or use relu.",
    ),
]


@pytest.mark.parametrize(("make", "message"), WORDS, ids=[message for _, message in WORDS])
def test_an_error_says_what_was_wanted_what_came_and_what_to_do(make, message):
    with pytest.raises(ArchitectureError) as caught:
        make()

    assert str(caught.value) == message


MISFITS = [
    (
        Conv2D(8, 5),
        (3, 3, 1),
        'a 5x5 kernel does not fit a 3x3 input. Use padding="same" or a smaller kernel.',
    ),
    (
        Conv2D(8, (3, 7)),
        (5, 5, 1),
        'a 3x7 kernel does not fit a 5x5 input. Use padding="same" or a smaller kernel.',
    ),
    (
        Conv2D(8, 7, padding=1),
        (4, 4, 1),
        "a 7x7 kernel does not fit a 4x4 input with its padding. "
        'Use padding="same" or a smaller kernel.',
    ),
    (
        Conv2D(8, 3, dilation_rate=3),
        (5, 5, 1),
        "a 7x7 kernel does not fit a 5x5 input. "
        'Use padding="same" or a smaller kernel, or a smaller dilation_rate.',
    ),
    (
        Conv2D(8, 3, groups=4),
        (8, 8, 6),
        "6 input channels cannot be divided into groups=4. "
        "Give it a multiple of 4 channels, or use groups=1.",
    ),
    (
        MaxPooling2D(),
        (1, 1, 8),
        'a 2x2 window does not fit a 1x1 input. Use padding="same" or a smaller window.',
    ),
    (
        Cropping2D(((2, 1), (1, 1))),
        (3, 3, 8),
        "cutting 2 + 1 rows and 1 + 1 columns off 3x3 leaves nothing. Cut off less.",
    ),
    (
        Dense(10),
        (5, 5, 16),
        "needs a vector, but gets a 5x5x16 map. "
        "Put a Flatten or a GlobalAveragePooling2D before it.",
    ),
    *(
        (
            layer,
            (400,),
            "needs a map (height x width x channels), but gets a vector of 400. "
            f"Move the {layer.kind} before the layer that made it a vector.",
        )
        for layer in (
            Conv2D(8, 3),
            DepthwiseConv2D(3),
            SeparableConv2D(8, 3),
            MaxPooling2D(),
            AveragePooling2D(),
            GlobalAveragePooling2D(),
            GlobalMaxPooling2D(),
            ZeroPadding2D(),
            Conv2DTranspose(8, 3),
            UpSampling2D(),
            Cropping2D(),
            SpatialDropout2D(),
            StochasticDepth(),
            LayerScale(),
        )
    ),
    (
        GroupNormalization(4),
        MAP,
        "6 channels cannot be divided into groups=4. "
        "Give it a multiple of 4 channels, or use fewer groups.",
    ),
    (
        Normalization((0.5, 0.5), (1.0, 1.0)),
        MAP,
        "2 numbers as mean for 6 channels. Give one for all, or one for each.",
    ),
    (
        PReLU(),
        (400,),
        "a vector of 400 has no cells that could share a slope. "
        "Set shared to false, which gives each feature its own.",
    ),
]


@pytest.mark.parametrize(
    ("layer", "shape", "message"), MISFITS, ids=[f"{row[0].kind}: {row[2]}" for row in MISFITS]
)
def test_a_shape_that_a_layer_cannot_take_is_refused_with_the_numbers(layer: Layer, shape, message):
    with pytest.raises(ArchitectureError) as caught:
        layer.output_shape(shape)

    assert str(caught.value) == message


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_max_pooling_takes_a_whole_number_padding_up_to_half_its_odd_window(kernel):
    for padding in range(1, 9):
        if padding <= (kernel - 1) // 2:
            assert MaxPooling2D(kernel, padding=padding).padding == padding
        else:
            with pytest.raises(ArchitectureError, match="is too much for pool_size"):
                MaxPooling2D(kernel, padding=padding)


def test_no_padding_at_all_is_no_reason_for_an_odd_window():
    assert MaxPooling2D(2, padding=0).output_shape(MAP) == (7, 7, 6)


def test_average_pooling_takes_any_whole_number_padding():
    assert AveragePooling2D(2, padding=3).output_shape((4, 4, 1)) == (5, 5, 1)


# --- values ------------------------------------------------------------------------------------


def test_one_number_for_height_and_width_is_the_same_layer_as_two():
    assert Conv2D(6, 5, strides=2) == Conv2D(6, (5, 5), strides=(2, 2))
    assert hash(Conv2D(6, 5)) == hash(Conv2D(6, (5, 5)))
    assert MaxPooling2D(3) == MaxPooling2D((3, 3), strides=(3, 3))
    assert padded(2) == padded(((2, 2), (2, 2)))


def test_a_list_of_one_number_is_that_number():
    assert Normalization((0.5,), (0.25,)) == Normalization(0.5, 0.25)
    assert Normalization([0.5, 1], [2, 3]).variance == (2.0, 3.0)  # type: ignore[arg-type]


def test_linear_and_no_activation_are_the_same():
    assert Dense(10, activation="linear") == Dense(10, activation=None)


def test_a_layer_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Conv2D(6, 5).filters = 7  # type: ignore[misc]


def test_a_layer_survives_the_way_to_another_process():
    layer = Residual((Conv2D(4, 3, padding="same"), BatchNormalization()), activation="relu")

    assert pickle.loads(pickle.dumps(layer)) == layer


KERAS_NAMES = [
    ("Conv2D", "conv2d"),
    ("DepthwiseConv2D", "depthwise_conv2d"),
    ("SeparableConv2D", "separable_conv2d"),
    ("Conv2DTranspose", "conv2d_transpose"),
    ("UpSampling2D", "up_sampling2d"),
    ("Cropping2D", "cropping2d"),
    ("MaxPooling2D", "max_pooling2d"),
    ("GlobalAveragePooling2D", "global_average_pooling2d"),
    ("ZeroPadding2D", "zero_padding2d"),
    ("BatchNormalization", "batch_normalization"),
    ("SpatialDropout2D", "spatial_dropout2d"),
    ("SelfAttention2D", "self_attention2d"),
    ("PositionEmbedding", "position_embedding"),
    ("Dense", "dense"),
]


@pytest.mark.parametrize(("kind", "name"), KERAS_NAMES)
def test_a_kind_is_named_as_keras_names_its_layers(kind, name):
    assert snake_case(kind) == name


def test_every_kind_says_in_one_sentence_what_it_is_for():
    for kind in KINDS.values():
        assert kind.purpose.endswith(".")
        assert ". " not in kind.purpose


def test_the_fields_shown_first_are_fields():
    for kind in KINDS.values():
        assert set(kind.common_fields) <= set(rules(kind))


# What is left out has Keras' default, where Keras has one.
DEFAULTS: dict[str, dict[str, Any]] = {
    "Conv2D": {
        "strides": (1, 1),
        "padding": "valid",
        "dilation_rate": (1, 1),
        "groups": 1,
        "activation": None,
        "use_bias": True,
    },
    "DepthwiseConv2D": {
        "strides": (1, 1),
        "padding": "valid",
        "depth_multiplier": 1,
        "dilation_rate": (1, 1),
        "activation": None,
        "use_bias": True,
    },
    "SeparableConv2D": {
        "strides": (1, 1),
        "padding": "valid",
        "dilation_rate": (1, 1),
        "depth_multiplier": 1,
        "activation": None,
        "use_bias": True,
    },
    "Conv2DTranspose": {
        "strides": (1, 1),
        "padding": "valid",
        "activation": None,
        "use_bias": True,
    },
    "UpSampling2D": {"size": (2, 2), "interpolation": "nearest"},
    "Cropping2D": {"cropping": ((0, 0), (0, 0))},
    "MaxPooling2D": {"pool_size": (2, 2), "strides": None, "padding": "valid"},
    "AveragePooling2D": {"pool_size": (2, 2), "strides": None, "padding": "valid"},
    "GlobalAveragePooling2D": {"keepdims": False},
    "GlobalMaxPooling2D": {"keepdims": False},
    "ZeroPadding2D": {"padding": ((1, 1), (1, 1))},
    "BatchNormalization": {"momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True},
    "LayerNormalization": {"epsilon": 0.001, "center": True, "scale": True},
    "GroupNormalization": {"groups": 32, "epsilon": 0.001, "center": True, "scale": True},
    "Normalization": {"mean": None, "variance": None},
    "LayerScale": {"init_values": 1e-6},
    "Activation": {"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    "PReLU": {"shared": True},
    "Dropout": {"rate": 0.5},
    "SpatialDropout2D": {"rate": 0.5},
    "StochasticDepth": {"rate": 0.5},
    "Rescaling": {"offset": 0.0},
    "SelfAttention2D": {"use_bias": True},
    "PositionEmbedding": {},
    "Flatten": {},
    "Dense": {"activation": None, "use_bias": True},
    "Residual": {"shortcut": (), "activation": None, "scale": 1.0},
    "Branches": {"merge": "concatenate"},
}


def test_what_is_left_out_has_these_defaults():
    assert {name: defaults(kind) for name, kind in KINDS.items()} == DEFAULTS


def test_fields_and_defaults_are_those_of_keras():
    keras = pytest.importorskip("keras", reason="Keras is the oracle; the app requires it")

    of_our_own = set()
    of_keras = {name for name, kind in KINDS.items() if kind.same_in_keras} | {"Activation"}
    for name in of_keras - {"Residual", "Branches", "PositionEmbedding"}:
        theirs = fields_of_keras(keras, name)
        assert set(rules(KINDS[name])) <= set(theirs)
        for field, value in DEFAULTS[name].items():
            default = theirs[field]
            both = (default, default)
            if default is inspect.Parameter.empty:
                of_our_own.add(f"{name}.{field}")
            else:
                assert value in (default, both, (both, both)), f"{name}.{field}"

    assert of_our_own == {"AveragePooling2D.pool_size", "Dropout.rate", "SpatialDropout2D.rate"}


IN_KERAS = {"SelfAttention2D": "MultiHeadAttention"}
CALLED_HERE = {"num_heads": "heads", "key_dim": "key_size"}


def fields_of_keras(keras: Any, name: str) -> dict[str, Any]:
    """The arguments of Keras' layer with their defaults."""
    kinds = [getattr(keras.layers, IN_KERAS.get(name, name))]
    if name == "Activation":  # its other fields are those of Keras' ReLU
        kinds.append(keras.layers.ReLU)
    if name.startswith("Global"):  # the argument is handed on to the parent
        kinds.append(kinds[0].__mro__[1])
    return {
        CALLED_HERE.get(argument.name, argument.name): argument.default
        for kind in kinds
        for argument in inspect.signature(kind.__init__).parameters.values()
    }


# --- layers that hold layers -------------------------------------------------------------------

MERGES = [
    (Residual(()), [MAP, MAP], MAP, "14x14x6 + 14x14x6 = 14x14x6, value by value"),
    (
        Residual((), scale=0.17),
        [MAP, MAP],
        MAP,
        "0.17 times 14x14x6 + 14x14x6 = 14x14x6, value by value",
    ),
    (Branches(((), ())), [MAP, (14, 14, 2)], (14, 14, 8), "6 + 2 = 8 channels"),
    (Branches(((), (), ())), [(5,), (3,), (2,)], (10,), "5 + 3 + 2 = 10 features"),
    (
        Branches(((), (), ()), "add"),
        [MAP] * 3,
        MAP,
        "14x14x6 + 14x14x6 + 14x14x6 = 14x14x6, value by value",
    ),
    (
        Branches(((), ()), "multiply"),
        [MAP, MAP],
        MAP,
        "14x14x6 times 14x14x6 = 14x14x6, value by value",
    ),
    (
        Branches(((), ()), "multiply"),
        [(1, 1, 6), MAP],
        MAP,
        "1x1x6 times 14x14x6 = 14x14x6, value by value, sizes of 1 repeated",
    ),
    (
        Branches(((), (), ()), "multiply"),
        [(6,), (14, 1, 1), (1, 14, 6)],
        MAP,
        "6 times 14x1x1 times 1x14x6 = 14x14x6, value by value, sizes of 1 repeated",
    ),
    (
        Branches(((), ()), "multiply"),
        [(1,), (5,)],
        (5,),
        "1 times 5 = 5, value by value, sizes of 1 repeated",
    ),
    (
        Branches(((), ()), "maximum"),
        [MAP, MAP],
        MAP,
        "max(14x14x6, 14x14x6) = 14x14x6, value by value",
    ),
    (
        Branches(((), ()), "average"),
        [(5,), (5,)],
        (5,),
        "(5 + 5) / 2 = 5, value by value",
    ),
    (Branches(((), ()), "subtract"), [(5,), (5,)], (5,), "5 - 5 = 5, value by value"),
]


@pytest.mark.parametrize(("layer", "shapes", "merged", "formula"), MERGES, ids=str)
def test_the_outputs_of_branches_are_merged(layer: Container, shapes, merged, formula):
    assert layer.merged_shape(shapes) == merged
    assert layer.merge_formula(shapes) == formula


UNMERGED = [
    (
        Residual(()),
        [(8, 8, 4), (8, 8, 1)],
        "the body gives 8x8x4, the shortcut 8x8x1; a sum needs equal shapes. "
        "Let the body end with 1 channel, or put a Conv2D with kernel_size=1, filters=4 on the "
        "shortcut.",
    ),
    (
        Residual(()),
        [(7, 7, 32), (14, 14, 16)],
        "the body gives 7x7x32, the shortcut 14x14x16; a sum needs equal shapes. "
        "Put a Conv2D with kernel_size=1, filters=32, strides=2 on the shortcut.",
    ),
    (
        Residual(()),
        [(7, 14, 16), (14, 14, 16)],
        "the body gives 7x14x16, the shortcut 14x14x16; a sum needs equal shapes. "
        "Put a Conv2D with kernel_size=1, filters=16, strides=(2, 1) on the shortcut.",
    ),
    (
        Residual(()),
        [(12, 12, 16), (14, 14, 16)],
        "the body gives 12x12x16, the shortcut 14x14x16; a sum needs equal shapes. "
        'Use padding="same" in the body, or strides that fit.',
    ),
    (
        Residual((), (Flatten(),)),
        [(8, 8, 4), (256,)],
        "the body gives 8x8x4, the shortcut 256; a sum needs equal shapes. "
        "Let both end as a map, or both as a vector.",
    ),
    (
        Residual((), (Conv2D(8, 1),)),
        [(8, 8, 4), (8, 8, 8)],
        "the body gives 8x8x4, the shortcut 8x8x8; a sum needs equal shapes. "
        "Give both the same filters, strides and padding.",
    ),
    (
        Branches(((), ()), "add"),
        [(8, 8, 4), (8, 8, 1)],
        "the branches give 8x8x4, 8x8x1; a sum needs equal shapes. "
        'Give them the same filters, strides and padding, or use merge="concatenate".',
    ),
    (
        Branches(((), ()), "multiply"),
        [(8, 8, 4), (8, 8, 2)],
        "the branches give 8x8x4, 8x8x2; a product needs equal sizes, or sizes of 1, which are "
        "repeated. Give them the same filters, strides and padding, or let one end as 1x1 or in a "
        "single channel.",
    ),
    (
        Branches(((), ()), "multiply"),
        [(8, 8, 4), (8,)],
        "the branches give 8x8x4, 8; a product needs equal sizes, or sizes of 1, which are "
        "repeated. Give them the same filters, strides and padding, or let one end as 1x1 or in a "
        "single channel.",
    ),
    (
        Branches(((), ()), "maximum"),
        [(8, 8, 4), (1, 1, 4)],
        "the branches give 8x8x4, 1x1x4; a maximum needs equal shapes. "
        'Give them the same filters, strides and padding, or use merge="concatenate".',
    ),
    (
        Branches(((), ()), "average"),
        [(8,), (4,)],
        "the branches give 8, 4; a mean needs equal shapes. "
        'Give them the same filters, strides and padding, or use merge="concatenate".',
    ),
    (
        Branches(((), ()), "subtract"),
        [(8,), (4,)],
        "the branches give 8, 4; a difference needs equal shapes. "
        'Give them the same filters, strides and padding, or use merge="concatenate".',
    ),
    (
        Branches(((), (), ()), "subtract"),
        [(8,), (8,), (8,)],
        "there are 3 branches; a difference is that of two, the first less the second. Keep two.",
    ),
    (
        Branches(((), ())),
        [(8, 8, 4), (7, 7, 4)],
        "the branches give 8x8x4, 7x7x4; side by side needs equal height and width. "
        'Use padding="same" and the same strides in every branch, or a Cropping2D on what is '
        "larger.",
    ),
    (
        Branches(((), ())),
        [(8, 8, 4), (256,)],
        "the branches give 8x8x4, 256; side by side needs maps only, or vectors only. "
        "Let all branches end as a map, or all as a vector.",
    ),
]


@pytest.mark.parametrize(
    ("layer", "shapes", "message"), UNMERGED, ids=[message for *_, message in UNMERGED]
)
def test_outputs_that_do_not_fit_are_refused_with_both_shapes(layer: Container, shapes, message):
    with pytest.raises(ArchitectureError) as caught:
        layer.merged_shape(shapes)

    assert str(caught.value) == message


sides = st.integers(1, 40)


@given(st.tuples(sides, sides, sides), st.tuples(sides, sides, sides))
def test_the_projection_that_an_error_suggests_makes_the_sum_fit(shortcut, body):
    if body == shortcut:
        return
    with pytest.raises(ArchitectureError) as caught:
        Residual(()).merged_shape([body, shortcut])
    _, found, advised = caught.value.problem.partition("ut a Conv2D with ")

    if found:
        fields = advised.removesuffix(" on the shortcut.")
        projection = eval(f"Conv2D({fields})", {"Conv2D": Conv2D})
        assert projection.output_shape(shortcut) == body
    else:
        assert body[:2] != shortcut[:2]


def test_layers_know_the_series_they_hold_and_the_paths_to_them():
    flatten = Flatten()

    assert Residual((flatten,)).series() == ((("body",), (flatten,)), (("shortcut",), ()))
    assert Branches(((), (flatten,))).series() == (
        (("branches", 0), ()),
        (("branches", 1), (flatten,)),
    )


def nested(levels: int) -> tuple[Layer, ...]:
    """So many residuals, each in the body of the one before it, a layer in the last."""
    layers: tuple[Layer, ...] = (Activation("relu"),)
    for _ in range(levels):
        layers = (Residual(layers),)
    return layers


def test_layers_nest_fifty_levels_deep():
    (layer,) = nested(50)

    assert layer == nested(50)[0]
    assert hash(layer) == hash(nested(50)[0])
    assert repr(layer).count("Residual(") == 50


@pytest.mark.parametrize("levels", [51, 5_000, 100_000])
def test_deeper_nesting_is_refused_so_that_nothing_recurses_too_deep(levels):
    with pytest.raises(ArchitectureError, match=r"nested deeper than 50 levels\. Put some of them"):
        nested(levels)


def test_a_layer_held_twice_is_looked_at_once():
    layer: Layer = Activation("relu")
    for _ in range(45):  # 2^45 ways to the activation
        layer = Residual((layer,), (layer,))

    assert isinstance(layer, Residual)
