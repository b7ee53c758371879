"""A layer's numbers in words."""

import keras
import numpy as np
import pytest

from cnn.insight.readings.explanations import explain
from cnn.network.architecture import Architecture
from cnn.network.keras.model import build
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layers,
    MaxPooling2D,
    Residual,
    SelfAttention2D,
    UpSampling2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from tests.network.outputs import outputs_of
from tests.some import some


def facts(architecture, place=0):
    traced = trace(architecture)
    return {fact.label: fact for fact in explain(traced.rows[place], traced)}


def one(layer, size=(28, 28, 1)):
    return facts(Architecture("one", size, (layer,)))


def test_lenets_second_convolution_is_spelled_out():
    found = facts(zoo()["lenet-5"].architecture, 2)
    assert found["Height"].text == "floor((14 - 5 + 0) / 1) + 1 = 10"
    assert found["Parameters"].text == "16 x 5x5x6 + 16 = 2,416"
    assert found["MACs"].text == "10x10 x 16 x 5x5x6 = 240,000"
    assert found["Sees"].text == "14x14 input pixels"
    assert found["Memory"].text == "1,600 x 4 = 6,400 bytes"


def test_the_dense_layer_of_the_same_size_stands_beside_the_convolution():
    found = one(Conv2D(6, 5, padding="same"))
    assert found["As a dense layer"].text == "784 x 4,704 + 4,704 = 3,692,640"
    assert "23,671 times" in found["As a dense layer"].note


def test_a_map_so_small_that_the_dense_layer_has_fewer_parameters_is_no_zero_times():
    found = one(Conv2D(8, 5, padding="same"), (1, 1, 4))
    dense, convolution = 4 * 8 + 8, 5 * 5 * 4 * 8 + 8
    assert found["As a dense layer"].note.startswith(f"{dense / convolution:.2g} times")


@pytest.mark.parametrize(("channels", "groups"), [(1, 1), (8, 1), (8, 2), (8, 4), (8, 8)])
def test_a_filter_is_said_to_read_the_channels_that_it_reads_in_keras(channels, groups):
    keras_layer = keras.layers.Conv2D(8, 3, groups=groups)
    keras_layer.build((None, 6, 6, channels))
    # Which channels move a filter's output at all: that of a map of zeros but for one channel.
    weights = np.ones(keras_layer.kernel.shape, np.float32)
    keras_layer.set_weights([weights, np.zeros(8, np.float32)])
    alone = [np.eye(channels)[c] * np.ones((1, 6, 6, 1)) for c in range(channels)]
    many = sum(float(keras_layer(image)[0, 0, 0, 0]) != 0 for image in alone)

    said = one(Conv2D(8, 3, groups=groups), (6, 6, channels))["Each filter reads"].text

    number = {1: "the one channel"}.get(channels, f"all {channels} channels")
    assert said == (number if groups == 1 else f"{many} of {channels} channels, in {groups} groups")
    assert many == channels // groups
    assert "all" not in Conv2D.purpose


def test_uneven_padding_is_said_with_both_sides():
    found = one(Conv2D(4, 3, strides=2, padding="same"))
    assert found["Height"].note == "padding 1 = 0 top + 1 bottom"
    assert found["Width"].note == "padding 1 = 0 left + 1 right"


def test_a_dropped_border_is_counted_in_real_pixels():
    assert (
        one(MaxPooling2D(2), (7, 9, 1))["Height"].note == "1 row at the bottom dropped by the floor"
    )


def test_padding_that_the_floor_leaves_unused_is_not_a_lost_pixel():
    found = one(Conv2D(64, 7, strides=2, padding=3), (224, 224, 3))
    assert "padding 6 = 3 top + 3 bottom" in found["Height"].note
    assert "no pixel is lost" in found["Height"].note


def test_dilation_is_explained_by_the_span_of_its_taps():
    found = one(Conv2D(1, 3, dilation_rate=3))
    assert found["Height"].text == "floor((28 - (3 x (3 - 1) + 1) + 0) / 1) + 1 = 22"
    assert "the 3 taps span 7 pixels" in found["Height"].note


def test_a_block_says_what_all_its_layers_cost():
    block = Residual((Conv2D(1, 3, padding="same"), Conv2D(1, 3, padding="same")))
    assert one(block)["Parameters"].text == "20"
    assert one(block)["Parameters"].note == "2 layers inside"


def test_moving_statistics_are_not_called_trained():
    found = facts(zoo()["resnet-lite"].architecture, 1)
    assert found["Parameters"].text == "4 x 16 = 64"
    assert found["Parameters"].note == "32 of them are moving statistics, not trained"


def test_behind_the_flattening_everything_is_seen_and_of_it_one_cell():
    network = Architecture("d", (8, 8, 1), (Conv2D(4, 3), Flatten(), Dense(10)))
    flat, dense = (facts(network, place)["Sees"] for place in (1, 2))

    assert (flat.text, flat.note) == ("3x3 input pixels", "each value is of one cell of the map")
    assert (dense.text, dense.note) == ("8x8", "the whole input")


def test_what_is_multiplied_by_a_repeated_branch_is_not_of_one_cell_alone():
    corner = (MaxPooling2D(3, 7),)  # one window in the corner
    first = Architecture("g", (9, 9, 1), (Branches(((), corner), "multiply"),))
    whole = Architecture("g", (9, 9, 1), (Branches(((), (MEAN,)), "multiply"),))

    sees = facts(first, 0)["Sees"]
    assert sees.text == "3x3 input pixels"
    assert sees.note == "by what is repeated for all cells, and each a part of its own"
    assert facts(whole, 0)["Sees"].note == "the whole input"


@pytest.mark.parametrize(
    ("layers", "size", "note"),
    [
        ((UpSampling2D(),), "1x1", "0.5x0.5 pixels apart on average"),
        ((UpSampling2D((1, 3)),), "1x1", "1x0.333 pixels apart on average"),
        ((UpSampling2D(3, "bilinear"),), "2x2", "0.333x0.333 pixels apart on average, and some"),
        ((MaxPooling2D(), Conv2DTranspose(2, 2, strides=2)), "2x2", "1x1 pixels apart on average"),
        ((UpSampling2D(), MaxPooling2D()), "1x1", "1x1 pixels apart"),
    ],
)
def test_behind_up_sampling_steps_are_means(layers: Layers, size: str, note: str):
    sees = facts(Architecture("u", (12, 12, 1), layers), -1)["Sees"]

    assert sees.text == f"{size} input pixels"
    assert sees.note.removesuffix(" see less") == f"neighbouring cells see fields {note}"


def test_the_size_of_a_larger_map_is_spelled_out():
    transposed = one(Conv2DTranspose(4, 3, strides=2, padding="same"), (14, 14, 8))

    assert transposed["Size"].text == "(14 - 1) x 2 + 3 - 1 = 28"
    assert transposed["Windows that meet"].text == "1 to 4 in a cell"
    assert transposed["Parameters"].text == "4 x 3x3x8 + 4 = 292"
    assert transposed["MACs"].text == "14x14 x 4 x 3x3x8 = 56,448"
    even = one(Conv2DTranspose(4, (4, 3), strides=(2, 1)), (14, 14, 8))
    assert even["Windows that meet"].text == "6 in each cell"
    larger = one(UpSampling2D((2, 3)), (5, 4, 1))
    assert larger["Size"].text == "height: 5 x 2 = 10; width: 4 x 3 = 12"
    cropped = one(Cropping2D(((1, 2), (0, 3))), (9, 8, 1))
    assert cropped["Size"].text == "height: 9 - 1 - 2 = 6; width: 8 - 0 - 3 = 5"


MEAN = GlobalAveragePooling2D()
READ: list[tuple[Layers, str]] = [
    ((Conv2D(4, 3), MEAN), "12x10"),
    ((MaxPooling2D(5), MEAN, Dense(3)), "10x10"),
    ((Conv2D(4, 1, strides=3), MEAN), "10x10"),
    ((Conv2D(4, 3, dilation_rate=2), Flatten(), Dense(3)), "12x10"),
    ((Conv2D(4, 2, strides=4), AveragePooling2D(2), Flatten(), Dense(3)), "6x6"),
    ((Conv2D(4, 3, padding="same"), Conv2D(4, 1, strides=3), MEAN), "11x10"),
    ((Residual((Conv2D(1, 3, padding="same"),)), MaxPooling2D(7), Flatten(), Dense(3)), "8x8"),
    ((UpSampling2D(), MEAN), "12x10"),
    ((Cropping2D(((2, 1), (0, 3))), UpSampling2D(), MaxPooling2D(3), Flatten(), Dense(3)), "9x6"),
    ((UpSampling2D(3, "bilinear"), MaxPooling2D(1, 3), MEAN), "12x10"),
    ((Conv2DTranspose(2, 3, strides=2, padding="same"), Conv2D(4, 1, strides=3), MEAN), "11x10"),
    (
        (
            Branches(((Conv2D(2, 1, 4),), (Conv2D(2, 2, 4), Activation("relu")))),
            GlobalAveragePooling2D(keepdims=True),
        ),
        "10x10",
    ),
]


@pytest.mark.parametrize("case", some(READ, *(READ[place] for place in (0, 3, 6, 9, 11))))
def test_what_is_read_of_the_input_is_what_makes_a_difference_in_keras(case: tuple[Layers, str]):
    layers, size = case
    network = Architecture("Read", (12, 10, 1), layers)
    model = build(network)
    for layer in model.layers:  # so that no two differences make up for each other
        random = np.random.default_rng(1)
        layer.set_weights([random.uniform(0.1, 1, one.shape) for one in layer.get_weights()])
    image = np.random.default_rng(0).random((12, 10, 1))
    others = np.repeat(image[None], 120, axis=0)
    others.reshape(120, 120)[np.arange(120), np.arange(120)] += 9
    before, after = (outputs_of(model, one) for one in (image[None], others))
    read = (np.abs(after - before).reshape(120, -1).max(axis=1) > 1e-4).reshape(12, 10)

    said = facts(network, -1)["Sees"]

    lines, columns = (np.flatnonzero(read.any(axis=axis)) for axis in (1, 0))
    assert said.text == size == f"{np.ptp(lines) + 1}x{np.ptp(columns) + 1}"
    whole = "the whole input"
    some = f"{read.sum()} of the 120 input pixels: windows before it leave out the others"
    assert said.note == (whole if read.all() else some)


@pytest.mark.parametrize("id", zoo())
def test_every_layer_of_the_zoo_can_be_explained(id):
    traced = trace(zoo()[id].architecture)
    for row in traced.rows:
        assert explain(row, traced)


def test_attention_says_how_many_shares_there_are_and_that_it_sees_all():
    found = one(SelfAttention2D(2, 3), (4, 5, 6))
    assert found["Parameters"].text == "4 x 6x2x3 + 3 x 2x3 + 6 = 168"
    assert found["MACs"].text == "4 x 20 x 6x2x3 + 2 x 20x20 x 2x3 = 7,680"
    assert found["Shares"].text == "2 x 20 x 20 = 800"
    assert (found["Sees"].text, found["Sees"].note) == ("4x5", "the whole input")
