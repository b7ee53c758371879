"""Remarks: each is made where it helps, in these words, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given

from cnn.network.advice import Advice, advice
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    Residual,
    SeparableConv2D,
    ZeroPadding2D,
)
from cnn.network.trace import trace
from tests.network.descriptions import architectures

HEAD = (GlobalAveragePooling2D(), Dense(10, activation="softmax"))
RELU = Activation("relu")
CONV = Conv2D(4, 3, padding="same")
CONV_RELU = Conv2D(4, 3, padding="same", activation="relu")


def remarks(*layers: Layer, size: tuple[int, int, int] = (28, 28, 4)) -> tuple[Advice, ...]:
    return advice(trace(Architecture("Test", size, layers), partial=True))


RESIDUAL_RELU = (
    "its body ends in a ReLU, so it can only add to the shortcut, never take away from it. "
    "Leave that ReLU out and set the activation of the block, which comes after the sum."
)
BRANCH_RELU = (
    "a branch ends in a ReLU before it is added to the unchanged input, so it can never take "
    "anything away. Leave that ReLU out and put one after the sum."
)
IDLE_BIAS = (
    "its bias has no effect, because the batch norm after it subtracts the mean. "
    "use_bias=False saves 4 parameters."
)
TINY_MAP = (
    "on a 1x1 map at most one of the 9 cells of a 3x3 kernel meets a value, the others meet "
    "padding. Pool less before it, or use kernel_size=1."
)
ONE_OUTPUT = "one output tells no classes apart. Give the last layer one unit per class."
NO_SOFTMAX = (
    "no softmax at the end: the outputs are scores, not probabilities. "
    'Set activation="softmax"; training works either way, from the scores.'
)
SOFTMAX_AFTER = (
    "no softmax at the end: the outputs are scores, not probabilities. "
    "Add an Activation with softmax; training works either way, from the scores."
)
NOT_AS_IT_STANDS = "the end of the network is not trained as it stands. "
BEHIND_SOFTMAX = f"{NOT_AS_IT_STANDS}Left out behind the end: Dropout #1, which would drop answers."
SIGMOIDS = (
    f"{NOT_AS_IT_STANDS}The sigmoid at the end is replaced by a softmax: of the 10 classes one is "
    "right, and of a sigmoid over several the loss that Keras trains by is not that of what it "
    "predicts."
)
ENDS_IN_MAP = (
    "the network ends in a map, not in class scores. "
    "Add a GlobalAveragePooling2D or a Flatten, then a Dense with one unit per class."
)


def border(lost: str, remedy: str = 'padding="same"') -> str:
    return f"its window never reaches {lost}. Use {remedy} to keep the border."


MADE = [
    ((Flatten(), Dense(10)), "Dense #1", NO_SOFTMAX),
    ((Flatten(), Dense(1)), "Dense #1", ONE_OUTPUT),
    ((Flatten(), Dense(10, activation="relu")), "Dense #1", NO_SOFTMAX),
    ((GlobalAveragePooling2D(), Dense(10), Dropout()), "Dropout #1", SOFTMAX_AFTER),
    ((*HEAD, Dropout()), "Dropout #1", BEHIND_SOFTMAX),
    ((Flatten(), Dense(10, activation="sigmoid")), "Dense #1", SIGMOIDS),
    ((Flatten(), Dense(10), Activation("sigmoid")), "Activation #1", SIGMOIDS),
    ((CONV,), "Conv2D #1", ENDS_IN_MAP),
    ((GlobalAveragePooling2D(keepdims=True),), "GlobalAveragePooling2D #1", ENDS_IN_MAP),
    ((Residual((CONV_RELU,)), *HEAD), "Residual #1", RESIDUAL_RELU),
    ((Residual((CONV, RELU)), *HEAD), "Residual #1", RESIDUAL_RELU),
    ((Residual((CONV, Activation("relu6"))), *HEAD), "Residual #1", RESIDUAL_RELU),
    ((Residual((CONV_RELU,), (CONV,), "relu"), *HEAD), "Residual #1", RESIDUAL_RELU),
    ((Residual((Residual((CONV,), (), "relu"),)), *HEAD), "Residual #1", RESIDUAL_RELU),
    ((Branches(((), (CONV_RELU,)), "add"), *HEAD), "Branches #1", BRANCH_RELU),
    ((CONV, BatchNormalization(), *HEAD), "Conv2D #1", IDLE_BIAS),
    ((Conv2D(4, 3, activation="linear"), BatchNormalization(), *HEAD), "Conv2D #1", IDLE_BIAS),
    ((DepthwiseConv2D(3), BatchNormalization(), *HEAD), "DepthwiseConv2D #1", IDLE_BIAS),
    ((SeparableConv2D(4, 3), BatchNormalization(), *HEAD), "SeparableConv2D #1", IDLE_BIAS),
    ((Residual((CONV, BatchNormalization())), *HEAD), "Conv2D #1", IDLE_BIAS),
    ((Residual((), (CONV, BatchNormalization(center=False))), *HEAD), "Conv2D #1", IDLE_BIAS),
    ((Branches(((), (CONV, BatchNormalization()))), *HEAD), "Conv2D #1", IDLE_BIAS),
    (
        (GlobalAveragePooling2D(), Dense(4), BatchNormalization(), Dense(3, activation="softmax")),
        "Dense #1",
        IDLE_BIAS,
    ),
    ((Conv2DTranspose(4, 2), BatchNormalization(), *HEAD), "Conv2DTranspose #1", IDLE_BIAS),
    (
        (Conv2DTranspose(4, (4, 3), strides=2), *HEAD),
        "Conv2DTranspose #1",
        "its kernel, 4x3, is no multiple of its strides, 2x2: some cells get more products than "
        "their neighbours, which can show as a checkerboard. Use a kernel that is a multiple of "
        "the strides, or UpSampling2D and a Conv2D.",
    ),
    ((GlobalAveragePooling2D(keepdims=True), CONV, *HEAD), "Conv2D #1", TINY_MAP),
    ((MaxPooling2D(28), CONV, *HEAD), "Conv2D #1", TINY_MAP),
    (
        (MaxPooling2D(28), DepthwiseConv2D((1, 5), padding="same"), *HEAD),
        "DepthwiseConv2D #1",
        "on a 1x1 map at most one of the 5 cells of a 1x5 kernel meets a value, the others meet "
        "padding. Pool less before it, or use kernel_size=1.",
    ),
    (
        (MaxPooling2D(3), *HEAD),
        "MaxPooling2D #1",
        border("1 row at the bottom and 1 column at the right"),
    ),
    (
        (AveragePooling2D(5), *HEAD),
        "AveragePooling2D #1",
        border("3 rows at the bottom and 3 columns at the right"),
    ),
    ((MaxPooling2D((2, 3)), *HEAD), "MaxPooling2D #1", border("1 column at the right")),
    ((MaxPooling2D((5, 2)), *HEAD), "MaxPooling2D #1", border("3 rows at the bottom")),
    (
        (MaxPooling2D(3, strides=4, padding=1), *HEAD),
        "MaxPooling2D #1",
        border(
            "2 rows at the bottom and 2 columns at the right",
            "strides that are no larger than the window",
        ),
    ),
    (
        (MaxPooling2D(1, strides=2, padding="same"), *HEAD),
        "MaxPooling2D #1",
        border(
            "1 row at the bottom and 1 column at the right",
            "strides that are no larger than the window",
        ),
    ),
]


@pytest.mark.parametrize(
    ("layers", "title", "text"),
    MADE,
    ids=[f"{number}-{title}" for number, (_, title, _) in enumerate(MADE)],
)
def test_a_thoughtful_colleague_speaks_up(layers, title, text):
    assert [(remark.title, remark.text) for remark in remarks(*layers)] == [(title, text)]


KEPT_QUIET = {
    "softmax in the last layer": (Flatten(), Dense(10, activation="softmax")),
    "softmax as a layer": (Flatten(), Dense(10), Activation("softmax")),
    "sigmoid for one answer": (Flatten(), Dense(1, activation="sigmoid")),
    "no layers at all": (),
    "activation after the sum": (Residual((CONV,), (), "relu"), *HEAD),
    "a residual with an empty body": (Residual((), (CONV,)), *HEAD),
    "a ReLU inside the body": (Residual((CONV_RELU, CONV)), *HEAD),
    "a ReLU at the end of the shortcut": (Residual((CONV,), (CONV_RELU,)), *HEAD),
    "a leaky ReLU can take away": (
        Residual((CONV, Activation("relu", negative_slope=0.1))),
        *HEAD,
    ),
    "tanh can take away": (Residual((CONV, Activation("tanh"))), *HEAD),
    "a sum of branches that all end in a ReLU": (
        Branches(((CONV_RELU,), (CONV_RELU,)), "add"),
        *HEAD,
    ),
    "a ReLU before branches are put side by side": (Branches(((), (CONV_RELU,))), *HEAD),
    "no bias before batch norm": (Conv2D(4, 3, use_bias=False), BatchNormalization(), *HEAD),
    "an activation between bias and batch norm": (CONV_RELU, BatchNormalization(), *HEAD),
    "a layer between bias and batch norm": (CONV, RELU, BatchNormalization(), *HEAD),
    "batch norm before the bias": (BatchNormalization(), CONV, *HEAD),
    "layer norm keeps a bias": (CONV, LayerNormalization(), *HEAD),
    "batch norm after the block, not after the bias": (
        Residual((CONV,)),
        BatchNormalization(),
        *HEAD,
    ),
    "1x1 on a 1x1 map": (GlobalAveragePooling2D(keepdims=True), Conv2D(8, 1), *HEAD),
    "windows that overlap alike": (Conv2DTranspose(4, 4, strides=2), *HEAD),
    "a transposed kernel larger than the map": (MaxPooling2D(28), Conv2DTranspose(4, 8, 8), *HEAD),
    "3x3 on a 2x2 map": (MaxPooling2D(14), CONV, *HEAD),
    "pooling that fits": (MaxPooling2D(2), *HEAD),
    "pooling with same padding": (MaxPooling2D(3, padding="same"), *HEAD),
    "only padding is not reached": (MaxPooling2D(3, strides=2, padding=1), *HEAD),
    "a convolution that drops a border": (Conv2D(4, 3, strides=2), *HEAD),
}


@pytest.mark.parametrize("layers", KEPT_QUIET.values(), ids=KEPT_QUIET.keys())
def test_nothing_is_said_where_nothing_is_wrong(layers):
    assert remarks(*layers) == ()


@pytest.mark.parametrize("between", [(), (RELU, Dropout()), (BatchNormalization(),)])
@pytest.mark.parametrize("bottom", range(4))
@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 2), (5, 3), (4, 4), (1, 3)])
@pytest.mark.parametrize("height", [8, 9, 12])
def test_rows_that_no_window_reaches_are_counted_without_zeros(
    height, kernel, stride, bottom, between
):
    """Against a walk of the window down the map, row by row."""
    padding = ZeroPadding2D(((1, bottom), (0, 0)))
    seen = set()
    for first in range(0, 1 + height + bottom - kernel + 1, stride):
        seen |= set(range(first, first + kernel))
    missed = sum(row > max(seen) for row in range(1, 1 + height))

    pooled = MaxPooling2D((kernel, 1), (stride, 1))
    said = [one.text for one in remarks(padding, *between, pooled, *HEAD, size=(height, 6, 4))]

    rows = f"{missed} row{'s' * (missed > 1)} at the bottom"
    assert [f"never reaches {rows}. Use" in text for text in said] == [True] * (missed > 0)


def test_zeros_before_a_block_are_known_inside_it_and_a_kernel_ends_them():
    padded, pool = ZeroPadding2D(), MaxPooling2D(3, 2)
    size = (112, 112, 4)

    assert remarks(padded, pool, *HEAD, size=size) == ()  # so begins ResNet of keras.applications
    assert remarks(padded, Branches(((pool,), (RELU, pool))), *HEAD, size=size) == ()
    (remark,) = remarks(padded, CONV, pool, *HEAD, size=size)
    assert remark.text == border("1 row at the bottom and 1 column at the right")


def test_a_dense_layer_with_over_nine_tenths_of_the_parameters_is_remarked_on():
    (remark,) = remarks(CONV, Flatten(), Dense(64), Dense(10, activation="softmax"))

    assert remark == Advice(
        (2,),
        "Dense #1",
        "it holds 99.6% of all 201,566 parameters. "
        "Pool more before it, or use GlobalAveragePooling2D instead of Flatten.",
    )


@pytest.mark.parametrize(
    "before",
    [
        (Conv2D(4, 3), GlobalAveragePooling2D()),
        (Conv2D(4, 28), Flatten()),
        (Flatten(), Dense(2), Activation("relu")),
    ],
)
def test_where_no_map_is_flattened_for_it_neither_pooling_nor_another_head_is_advised(before):
    (remark,) = (
        one for one in remarks(*before, Dense(20_000), size=(28, 28, 1)) if "it holds" in one.text
    )

    assert remark.text.endswith("parameters. Give it fewer units, or fewer values to read.")


def test_exactly_nine_tenths_are_not_over_nine_tenths():
    # 90 of 100 parameters in the dense layer: 9 features and a bias for each of 9 units.
    def network(units: int) -> tuple[Layer, ...]:
        return Conv2D(1, 3), Flatten(), Dense(units, activation="softmax")

    assert trace(Architecture("a", (5, 5, 1), network(9))).rows[-1].params == 90
    assert trace(Architecture("a", (5, 5, 1), network(9))).total_params == 100
    assert remarks(*network(9), size=(5, 5, 1)) == ()
    assert len(remarks(*network(10), size=(5, 5, 1))) == 1


def test_a_network_that_is_one_dense_layer_cannot_help_holding_all():
    assert remarks(Flatten(), Dense(10, activation="softmax")) == ()


def test_a_network_is_counted_once_however_many_dense_layers_it_has(monkeypatch):
    counted = []
    weights = Dense.weights

    def counting(layer, shape):
        counted.append(layer)
        return weights(layer, shape)

    monkeypatch.setattr(Dense, "weights", counting)
    for many in (20, 200):
        advice(trace(Architecture("deep", (2, 2, 1), (Flatten(), *(Dense(2),) * many))))
    assert 220 <= len(counted) <= 5 * 220  # a few times, and not of all for each


def test_remarks_come_in_the_order_of_the_layers_with_their_paths():
    block = Residual((CONV, BatchNormalization(), RELU))

    found = [(remark.path, remark.title) for remark in remarks(MaxPooling2D(3), block, CONV)]
    assert found == [
        ((0,), "MaxPooling2D #1"),
        ((1,), "Residual #1"),
        ((1, "body", 0), "Conv2D #1"),
        ((2,), "Conv2D #2"),
    ]


def test_a_layer_may_be_remarked_on_twice():
    tiny = (GlobalAveragePooling2D(keepdims=True), CONV, BatchNormalization(), *HEAD)

    assert [remark.text for remark in remarks(*tiny)] == [TINY_MAP, IDLE_BIAS]


def test_of_a_network_with_a_fault_only_what_is_known_is_said():
    # Neither its end nor its share of the parameters is known before the fault is mended.
    assert remarks(CONV, Flatten(), Dense(64), CONV) == ()
    assert [remark.text for remark in remarks(CONV, BatchNormalization(), Dense(9))] == [IDLE_BIAS]


@given(architectures)
def test_any_network_gets_its_remarks_each_in_one_line(architecture):
    traced = trace(architecture, partial=True)

    for remark in advice(traced):
        assert remark.title == next(r.title for r in traced.rows if r.path == remark.path)
        assert len(remark.text.splitlines()) == 1
        assert remark.text.endswith(".")


def test_what_ends_in_a_flatten_has_no_class_scores():
    (remark,) = remarks(CONV, Flatten())

    assert remark.text == (
        "the network ends in all values of its last map, not in class scores. Add a Dense with "
        "one unit per class."
    )


def test_a_layer_without_an_activation_is_not_told_to_set_one():
    (remark,) = remarks(CONV, GlobalAveragePooling2D())

    assert remark.text == SOFTMAX_AFTER


def test_a_kernel_larger_than_its_input_is_remarked_on():
    remark, *_ = remarks(Conv2D(2, 50, padding="same"), GlobalAveragePooling2D())

    assert remark.text.startswith("a 50x50 kernel is larger than its input, ")
    assert "everywhere a part of it meets only padding" in remark.text


def test_a_share_is_all_only_where_it_is():
    layers = Conv2D(1, 1), Flatten(), Dense(900), Dense(1, activation="sigmoid")
    remark, *_ = remarks(*layers, size=(64, 64, 4))

    assert "it holds more than 99.9% of all" in remark.text
