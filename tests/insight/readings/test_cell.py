"""Every number of a cell, recomputed by a loop over the layer's input and its weights."""

import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.insight.passes.forward import Activations, forward
from cnn.insight.readings.cell import (
    Cell,
    Contributions,
    Mixed,
    PlaceError,
    Pooled,
    Products,
    Window,
    cell,
)
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Convolution,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    LayerNormalization,
    LayerScale,
    MaxPooling2D,
    Normalization,
    Pooling,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.trace import Row, trace
from tests.network.export_cases import CASES, random_images, random_weights
from tests.network.strategies import architectures

SMALL = [name for name in CASES if CASES[name].layers and name != "as deep as networks go"]


def passed(architecture: Architecture, seed: int = 0) -> tuple[Weights, Activations]:
    weights = random_weights(architecture, seed)
    images = random_images(architecture, seed)
    return weights, forward(architecture, weights, images, keep_linear=True)


def some_places(row: Row, random: np.random.Generator) -> list[tuple[int, ...]]:
    """The first cell, the last and two others."""
    shape = row.output_shape
    drawn = [tuple(int(random.integers(0, size)) for size in shape) for _ in range(2)]
    return [(0,) * len(shape), tuple(size - 1 for size in shape), *drawn]


def check_all(architecture: Architecture, seed: int = 0) -> None:
    weights, found = passed(architecture, seed)
    traced = trace(architecture)
    random = np.random.default_rng(seed)
    for row in traced.rows:
        for place in some_places(row, random):
            one = cell(traced, weights, found, row.name, place, image=1)
            assert one.title == row.title
            assert one.value == found[row.name][(1, *place)]
            assert one.linear == found.linear[row.name][(1, *place)]
            assert one.sentence.endswith(".")
            check_detail(one, row, weights, found.inputs[row.name][1])


def near(found: float, wanted: float, size: float = 1.0) -> bool:
    return math.isclose(found, wanted, rel_tol=1e-3, abs_tol=1e-4 * max(1.0, size))


def check_detail(one: Cell, row: Row, weights: Weights, x: np.ndarray) -> None:
    arrays = weights.get(row.name, ())
    match one.detail:
        case Products() if isinstance(row.layer, Conv2DTranspose):
            check_reaching(one, one.detail, row.layer, arrays, x)
        case Products():
            check_products(one, one.detail, row, arrays, x)
        case Mixed():
            check_mixed(one, one.detail, row, arrays, x)
        case Pooled():
            check_pooled(one, one.detail, row, x)
        case Contributions():
            check_contributions(one, one.detail, arrays, x)
        case None:
            assert not isinstance(row.layer, Convolution | Dense | Pooling)


def check_window(window: Window, x: np.ndarray, fill: float = 0.0) -> None:
    shape = len(window.lines), len(window.columns), len(window.channels)
    assert window.values.shape == shape
    for i, j, c in product(*map(range, shape)):
        line, column = window.lines[i], window.columns[j]
        inside = 0 <= line < x.shape[0] and 0 <= column < x.shape[1]
        assert window.inside[i, j] == inside
        wanted = x[line, column, window.channels[c]] if inside else fill
        assert window.values[i, j, c] == wanted


def check_reaching(one: Cell, detail: Products, layer: Conv2DTranspose, arrays, x) -> None:
    """Each cell of the input that is put over this place, with its weights; the others are not."""
    check_window(detail.window, x)
    place, total = one.place, 0.0
    cut = [
        (size - step) // 2 if layer.padding == "same" else 0
        for size, step in zip(layer.kernel_size, layer.strides, strict=True)
    ]
    found = {}
    for (i, line), (j, column) in product(
        enumerate(detail.window.lines), enumerate(detail.window.columns)
    ):
        found[line, column] = detail.kernel[i, j]
    for line, column in np.ndindex(x.shape[:2]):
        down = place[0] + cut[0] - line * layer.strides[0]
        across = place[1] + cut[1] - column * layer.strides[1]
        reaches = 0 <= down < layer.kernel_size[0] and 0 <= across < layer.kernel_size[1]
        assert ((line, column) in found) == reaches
        if reaches:
            weights = arrays[0][down, across, place[2]]
            assert np.array_equal(found[line, column], weights)
            total += float(x[line, column].astype(float) @ weights)
    assert np.array_equal(detail.products, detail.window.values * detail.kernel)
    assert detail.bias == (arrays[1][place[2]] if layer.use_bias else None)
    size = float(np.abs(detail.products).sum())
    assert near(detail.total, total, size)
    assert near(one.linear, total + (detail.bias or 0), size)


def check_place(window: Window, row: Row, place: tuple[int, ...]) -> None:
    assert row.axes
    for side, positions in enumerate((window.lines, window.columns)):
        axis = row.axes[side]
        for i, position in enumerate(positions):
            assert position == place[side] * axis.stride + i * axis.dilation - axis.before
        assert len(positions) == axis.kernel


def check_products(one: Cell, detail: Products, row: Row, arrays, x) -> None:
    check_window(detail.window, x)
    check_place(detail.window, row, one.place)
    filters = one.place[2]
    total = 0.0
    for i, j, c in np.ndindex(detail.products.shape):
        channel = detail.window.channels[c]
        if isinstance(row.layer, DepthwiseConv2D):
            weight = arrays[0][i, j, channel, filters - channel * row.layer.depth_multiplier]
        else:
            weight = arrays[0][i, j, c, filters]
        assert detail.kernel[i, j, c] == weight
        assert detail.products[i, j, c] == detail.window.values[i, j, c] * weight
        total += float(detail.products[i, j, c])
    bias = arrays[1][filters] if row.layer.use_bias else None  # type: ignore[attr-defined]
    assert detail.bias == bias
    assert near(detail.total, total)
    assert near(one.linear, total + (bias or 0), float(np.abs(detail.products).sum()))


def check_mixed(one: Cell, detail: Mixed, row: Row, arrays, x) -> None:
    assert isinstance(row.layer, SeparableConv2D)
    check_window(detail.window, x)
    check_place(detail.window, row, one.place)
    height, width, channels, copies = detail.depthwise_kernel.shape
    total = 0.0
    for c, m in product(range(channels), range(copies)):
        between = 0.0
        for i, j in product(range(height), range(width)):
            value = detail.window.values[i, j, c] * arrays[0][i, j, c, m]
            assert detail.depthwise[i, j, c, m] == value
            between += float(value)
        place = c * copies + m
        assert near(float(detail.between[place]), between, float(np.abs(detail.depthwise).sum()))
        assert detail.kernel[place] == arrays[1][0, 0, place, one.place[2]]
        assert detail.products[place] == detail.between[place] * detail.kernel[place]
        total += float(detail.products[place])
    assert near(detail.total, total)
    assert near(one.linear, total + (detail.bias or 0), float(np.abs(detail.products).sum()))


def check_pooled(one: Cell, detail: Pooled, row: Row, x) -> None:
    is_max = isinstance(row.layer, MaxPooling2D | GlobalMaxPooling2D)
    check_window(detail.window, x, -np.inf if isinstance(row.layer, MaxPooling2D) else 0.0)
    window, values = detail.window, []
    if row.axes:
        check_place(window, row, one.place)
    assert window.channels == (one.place[-1],)
    best = (-math.inf, (0, 0))
    for i, j in product(range(len(window.lines)), range(len(window.columns))):
        counts = window.inside[i, j] or getattr(row.layer, "padding", None) not in ("same", None)
        if counts:
            values.append(float(window.values[i, j, 0]))
        if window.values[i, j, 0] > best[0]:
            best = float(window.values[i, j, 0]), (window.lines[i], window.columns[j])
    if is_max:
        assert detail.winner == best[1]
        assert one.linear == best[0]
    else:
        assert detail.winner is None
        assert near(one.linear, sum(values) / len(values))


def check_contributions(one: Cell, detail: Contributions, arrays, x) -> None:
    products = [float(x[i] * arrays[0][i, one.place[0]]) for i in range(len(x))]
    sizes = sorted((abs(value) for value in products), reverse=True)
    assert [abs(part.product) for part in detail.largest] == sizes[:8]
    for part in detail.largest:
        assert part.value == x[part.feature]
        assert part.weight == arrays[0][part.feature, one.place[0]]
        assert part.product == products[part.feature]
    assert detail.rest_count == len(products) - len(detail.largest)
    listed = sum(part.product for part in detail.largest)
    assert near(detail.rest, sum(products) - listed, sum(sizes))
    assert near(detail.total, sum(products), sum(sizes))
    assert near(one.linear, sum(products) + (detail.bias or 0), sum(sizes))


@pytest.mark.parametrize("case", SMALL)
def test_every_number_of_a_cell_is_that_of_a_loop(case):
    check_all(CASES[case])


@given(architectures(), st.integers(0, 10_000))
def test_every_number_of_a_cell_is_that_of_a_loop_in_random_networks(architecture, seed):
    check_all(architecture, seed)


def said(*layers, name: str, place: tuple[int, ...], weights: Weights, image) -> str:
    image = np.asarray(image, np.float32)
    architecture = Architecture("said", image.shape, layers)
    found = forward(architecture, weights, image[None], keep_linear=True)
    return cell(trace(architecture), weights, found, name, place).sentence


IMAGE = [[[1, 2], [3, 4]], [[5, 6], [7, -8]]]


@pytest.mark.parametrize(
    ("layers", "name", "place", "sentence"),
    [
        ((Rescaling(0.5, 1.0),), "rescaling_1", (1, 1, 0), "7 × 0.5 + 1 = 4.5."),
        ((Activation("relu"),), "activation_1", (1, 1, 1), "relu(−8) = 0."),
        (
            (Activation("softmax"),),
            "activation_1",
            (0, 0, 0),
            "exp(1 − 2) = 0.3679, a share of 0.2689 in the sum 1.368 over 2 channels.",
        ),
        ((Flatten(),), "flatten_1", (5,), "The value 6 at (1, 0, 1) of the input."),
        (
            (Dropout(),),
            "dropout_1",
            (0, 1, 0),
            "Dropout lets 3 through; it acts in training alone.",
        ),
        ((ZeroPadding2D(),), "zero_padding2d_1", (0, 0, 0), "A 0 of the frame."),
        (
            (Cropping2D(((1, 0), (0, 1))),),
            "cropping2d_1",
            (0, 0, 1),
            "The value 6 of row 1, column 0 of the input.",
        ),
        (
            (UpSampling2D((1, 2)),),
            "up_sampling2d_1",
            (1, 3, 1),
            "The value −8 of row 1, column 1 of the input.",
        ),
        (
            (UpSampling2D((2, 1), "bilinear"),),
            "up_sampling2d_1",
            (1, 1, 0),
            "From rows 0 and 1, column 1 of the input: 3 × 0.75 + 7 × 0.25 = 4.",
        ),
        (
            (UpSampling2D(interpolation="bilinear"),),
            "up_sampling2d_1",
            (2, 1, 0),
            "From rows 0 and 1, columns 0 and 1 of the input: 1 × 0.1875 + 3 × 0.0625 + 5 × 0.5625 "
            "+ 7 × 0.1875 = 4.5.",
        ),
        (
            (UpSampling2D(interpolation="bilinear"),),
            "up_sampling2d_1",
            (0, 3, 1),
            "The value 4 of row 0, column 1 of the input.",
        ),
        (
            (ZeroPadding2D(),),
            "zero_padding2d_1",
            (2, 1, 1),
            "The value 6 of row 1, column 0 of the input.",
        ),
        (
            (GlobalAveragePooling2D(),),
            "global_average_pooling2d_1",
            (0,),
            "The mean of channel 0, 2x2 cells, is 4.",
        ),
        (
            (GlobalMaxPooling2D(),),
            "global_max_pooling2d_1",
            (1,),
            "The largest value of channel 1, 2x2 cells, is 6.",
        ),
        (
            (MaxPooling2D(),),
            "max_pooling2d_1",
            (0, 0, 1),
            "The largest value of the 2x2 window is 6.",
        ),
        (
            (LayerNormalization(epsilon=0.75, scale=False, center=False),),
            "layer_normalization_1",
            (0, 0, 0),
            "With the mean 1.5 and the variance 0.25: (1 − 1.5) / √(0.25 + 0.75) = −0.5.",
        ),
        (
            (GroupNormalization(1, 0.75, scale=False, center=False),),
            "group_normalization_1",
            (0, 0, 0),
            # 1 + 2 + 3 + 4 + 5 + 6 + 7 - 8 = 20; 204 / 8 - 2.5 * 2.5 = 19.25
            "With the group's mean 2.5 and the group's variance 19.25: "
            "(1 − 2.5) / √(19.25 + 0.75) = −0.3354.",
        ),
        (
            (Normalization((1.0, 2.0), (4.0, 0.25)),),
            "normalization_1",
            (0, 1, 1),
            "(4 − 2) / 0.5 = 4.",
        ),
        (
            (StochasticDepth(),),
            "stochastic_depth_1",
            (0, 1, 0),
            "Stochastic depth lets 3 through; it acts in training alone.",
        ),
        (
            (Residual((Rescaling(2.0),), (), scale=0.5),),
            "residual_1",
            (0, 0, 1),
            "0.5 × 4 (Rescaling #1) + 2 (its own input) = 4.",
        ),
        (
            (Residual((Rescaling(2.0),), (), "relu"),),
            "residual_1",
            (0, 0, 1),
            "4 (Rescaling #1) + 2 (its own input) = 6. Then relu(6) = 6.",
        ),
        (
            (Branches(((Rescaling(2.0),), (Rescaling(3.0),))),),
            "branches_1",
            (0, 0, 2),
            "The value 3 of channel 0 of branch 2, Rescaling #2.",
        ),
        (
            (Branches(((), (GlobalAveragePooling2D(),), (Rescaling(2.0),)), "multiply"),),
            "branches_1",
            (0, 1, 0),
            "3 (its own input) × 4 (GlobalAveragePooling2D #1) × 6 (Rescaling #1) = 72.",
        ),
        (
            (Branches(((GlobalMaxPooling2D(keepdims=True),), ()), "multiply"),),
            "branches_1",
            (0, 0, 1),
            "6 (GlobalMaxPooling2D #1) × 2 (its own input) = 12.",
        ),
        (
            (Branches(((), (Rescaling(0.5, 1.0),)), "maximum"),),
            "branches_1",
            (0, 0, 0),
            "The largest of 1 (its own input), 1.5 (Rescaling #1) is 1.5.",
        ),
        (
            (Branches(((), (Rescaling(2.0),)), "average"),),
            "branches_1",
            (0, 1, 0),
            "(3 (its own input) + 6 (Rescaling #1)) / 2 = 4.5.",
        ),
        (
            (Branches(((), (Rescaling(2.0),)), "subtract"),),
            "branches_1",
            (0, 1, 0),
            "3 (its own input) − 6 (Rescaling #1) = −3.",
        ),
    ],
    ids=range(27),
)
def test_a_sentence_says_how_the_value_came_about(layers, name, place, sentence):
    assert said(*layers, name=name, place=place, weights={}, image=IMAGE) == sentence


def test_batch_normalisation_is_spelled_out():
    values = ((2, 1), (5, 0), (1, 10), (3, 99))  # gamma, beta, moving mean, moving variance
    weights: Weights = {
        "batch_normalization_1": tuple(np.array(pair, np.float32) for pair in values)
    }
    layer = BatchNormalization(epsilon=1.0)

    found = said(layer, name="batch_normalization_1", place=(0, 1, 0), weights=weights, image=IMAGE)

    assert found == (
        "With the moving mean 1 and the moving variance 3: (3 − 1) / √(3 + 1) × 2 + 5 = 7."
    )


@pytest.mark.parametrize(
    ("layer", "name", "array", "place", "sentence"),
    [
        (
            LayerScale(),
            "layer_scale_1",
            np.array([0.5, 2], np.float32).reshape(1, 1, 2, 1),
            (0, 0, 1),
            "2 × the learned factor 2 = 4.",
        ),
        (
            PReLU(),
            "pre_lu_1",
            np.array([0.5, 0.25], np.float32).reshape(1, 1, 2),
            (1, 1, 1),
            "−8 × the learned slope 0.25 = −2.",
        ),
        (
            PReLU(shared=False),
            "pre_lu_1",
            np.full((2, 2, 2), 3, np.float32),
            (1, 1, 0),
            "7 is above 0 and stays as it is.",
        ),
    ],
)
def test_what_was_learned_for_a_channel_or_a_cell_is_said(layer, name, array, place, sentence):
    assert said(layer, name=name, place=place, weights={name: (array,)}, image=IMAGE) == sentence


def test_the_cell_that_is_looked_at_most_is_named_with_its_share():
    """Keys are ln 2 apart for each 2 of channel 0: shares of 1, 2, 4 and 8 in 15. The values are
    channel 1, of which (2 + 8 + 24 - 64) / 15 = -2 comes together; times 3, plus 0.5.
    """
    zero = np.zeros((1, 1), np.float32)
    kernels = ([0, 0], [np.log(2) / 2, 0], [0, 1])
    query, key, value = (np.array(one, np.float32).reshape(2, 1, 1) for one in kernels)
    output = np.array([[[3, 1]]], np.float32), np.array([0.5, 0], np.float32)
    weights: Weights = {
        "self_attention2d_1": (query, zero + 1, key, zero, value, zero, *output),
        "position_embedding_1": (np.full((2, 2, 2), 0.25, np.float32),),
    }
    layers = SelfAttention2D(1, 1), PositionEmbedding()

    one, other = (
        said(*layers, name=name, place=(0, 1, 0), weights=weights, image=IMAGE) for name in weights
    )

    assert one == (
        "The cell looks most at row 1, column 1, with a share of 0.5333; from all 4 cells together "
        "comes −5.5 in channel 0."
    )
    assert other == "−5.5 + 0.25, which is learned for this very cell and channel, = −5.25."


def test_the_sum_of_a_dense_unit_and_its_share_are_said():
    weights: Weights = {"dense_1": (np.full((8, 2), 0.5, np.float32), np.array([1, 1], np.float32))}

    found = said(
        Flatten(), Dense(2, "softmax"), name="dense_1", place=(0,), weights=weights, image=IMAGE
    )

    # 0.5 * (1 + 2 + 3 + 4 + 5 + 6 + 7 - 8) + 1 = 11
    assert found == (
        "8 features, each times its weight, and the bias 1 add up to 11. "
        "The softmax makes the share 0.5 of it."
    )


def test_the_cells_that_a_transposed_convolution_puts_over_a_place_are_counted():
    layer = Conv2DTranspose(1, 3, strides=2, padding="same", activation="relu")
    kernel = np.arange(18, dtype=np.float32).reshape(3, 3, 1, 2)
    weights: Weights = {"conv2d_transpose_1": (kernel, np.array([1], np.float32))}

    found = [
        said(layer, name="conv2d_transpose_1", place=place, weights=weights, image=IMAGE)
        for place in [(1, 1, 0), (1, 2, 0), (2, 2, 0)]
    ]

    # Row 1 is the middle of the first row's windows, as column 1; column 2 is met by both columns.
    alone = 1 * 8 + 2 * 9 + 1
    middle = 1 * 10 + 2 * 11 + 3 * 6 + 4 * 7 + 1
    corner = (1 * 16 + 2 * 17) + (3 * 12 + 4 * 13) + (5 * 4 + 6 * 5) + (7 * 0 - 8 * 1) + 1
    assert found == [
        f"The one cell that reaches here, times its weights of the kernel, and the bias 1 add up "
        f"to {alone}. Then relu({alone}) = {alone}.",
        f"The 1x2 cells that reach here, each times its weights of the kernel, and the bias 1 add "
        f"up to {middle}. Then relu({middle}) = {middle}.",
        f"The 2x2 cells that reach here, each times its weights of the kernel, and the bias 1 add "
        f"up to {corner}. Then relu({corner}) = {corner}.",
    ]


@settings(max_examples=30)
@given(architectures(max_layers=2))
def test_no_sentence_holds_a_number_that_is_none(architecture):
    weights, found = passed(architecture)
    traced = trace(architecture)

    for row in traced.rows:
        one = cell(traced, weights, found, row.name, (0,) * len(row.output_shape))
        assert not re.search(r"\bnan\b|\binf\b|None|array", one.sentence)


@pytest.mark.parametrize(
    ("name", "place", "image", "message"),
    [
        ("conv2d_1", (0, 0, 5), 0, r"Conv2D #1 gives 7x6x5 for each of 3 images; there is no cell"),
        ("conv2d_1", (0, 0), 0, r"no cell \(0, 0\) of image 0"),
        ("conv2d_1", (0, -1, 0), 0, r"no cell \(0, -1, 0\)"),
        ("conv2d_1", (0, 0, 0), 3, r"no cell \(0, 0, 0\) of image 3. Count from 0"),
        ("conv2d_9", (0, 0, 0), 0, "the network has no layer 'conv2d_9'"),
    ],
)
def test_a_cell_that_is_not_there_is_refused(name, place, image, message):
    architecture = Architecture("test", (9, 8, 4), (Conv2D(5, 3),))
    weights, found = passed(architecture)

    with pytest.raises(PlaceError, match=message):
        cell(trace(architecture), weights, found, name, place, image)


def test_linear_values_are_needed():
    architecture = Architecture("test", (9, 8, 4), (Conv2D(5, 3),))
    weights = random_weights(architecture)
    found = forward(architecture, weights, random_images(architecture))

    with pytest.raises(PlaceError, match="keep_linear=True"):
        cell(trace(architecture), weights, found, "conv2d_1", (0, 0, 0))
