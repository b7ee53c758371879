"""The zoo: known figures, the structure each family is known for, and true words about it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest

import cnn.network.zoo
from cnn.network.advice import advice
from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Convolution,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, GROUPS, Measured, entry, zoo

AnyLayer = TypeVar("AnyLayer", bound=Layer)

LITE = [
    "alexnet-lite",
    "vgg-lite",
    "resnet-lite",
    "inception-lite",
    "unet-lite",
    "densenet-lite",
    "mobilenet-lite",
]

# id, group, input, parameters
FIGURES = [
    ("shapes-demo", "lesson", (16, 16, 1), 9_571),
    ("simple-cnn", "lesson", (28, 28, 1), 20_490),
    ("keras-mnist", "lesson", (28, 28, 1), 34_826),
    ("wide-lenet", "lesson", (28, 28, 1), 46_730),
    ("tiny-vgg", "lesson", (64, 64, 3), 19_920),
    ("lenet-5", "classic", (28, 28, 1), 61_706),
    ("lenet-5-1998", "classic", (28, 28, 1), 61_706),
    ("alexnet-lite", "classic", (28, 28, 1), 227_658),
    ("vgg-lite", "classic", (28, 28, 1), 138_714),
    ("resnet-lite", "classic", (28, 28, 1), 176_090),
    ("inception-lite", "after", (28, 28, 1), 46_906),
    ("unet-lite", "after", (28, 28, 1), 117_866),
    ("densenet-lite", "after", (28, 28, 1), 24_822),
    ("mobilenet-lite", "after", (28, 28, 1), 38_346),
    ("senet-lite", "after", (28, 28, 1), 181_746),
    ("mobilenet-v2-lite", "after", (28, 28, 1), 44_842),
    ("efficientnet-lite", "after", (28, 28, 1), 53_784),
    ("vit-lite", "after", (28, 28, 1), 116_842),
    ("convnext-lite", "after", (28, 28, 1), 59_890),
    ("alexnet", "original", (224, 224, 3), 61_100_840),
    ("vgg-16", "original", (224, 224, 3), 138_357_544),
    ("resnet-18", "original", (224, 224, 3), 11_699_112),
]


def layers_of(id: str, kind: type[AnyLayer]) -> list[AnyLayer]:
    """All layers of a kind, nested ones too, in reading order."""
    return [layer for _, layer in walk(entry(id).architecture.layers) if isinstance(layer, kind)]


def filters_of(id: str) -> list[int]:
    return [layer.filters for layer in layers_of(id, Conv2D)]


def units_of(id: str) -> list[int]:
    return [layer.units for layer in layers_of(id, Dense)]


def test_the_networks_are_these_in_this_order():
    assert list(zoo()) == [id for id, *_ in FIGURES]


@pytest.mark.parametrize(("id", "group", "size", "params"), FIGURES, ids=[id for id, *_ in FIGURES])
def test_a_network_has_the_figures_it_is_known_for(id, group, size, params):
    assert entry(id).group == group
    assert entry(id).architecture.input == size
    assert trace(entry(id).architecture).total_params == params


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", zoo())
def test_a_network_comes_with_a_citation_and_its_idea_in_one_sentence(id):
    found = entry(id)

    assert found.id == id
    assert found.title == found.architecture.name
    assert found.group in GROUPS
    assert len(found.citation) > 20
    assert found.citation.endswith(".")
    assert found.idea.endswith(".")
    assert ". " not in found.idea
    # Nobody knows who was the first to write the simple one.
    assert 1989 <= found.year <= 2026


@pytest.mark.parametrize(
    ("right", "beside"), [((934, 940), (989,)), ((1_001,), (989,)), ((934,), (-1,))]
)
def test_counts_that_no_test_has_are_refused(right, beside):
    with pytest.raises(ArchitectureError, match="are no counts of 1,000 images"):
        Measured("resnet-lite", "some images", 10, 1_000, right, beside)


@pytest.mark.parametrize("id", [*LITE, "lenet-5", "lenet-5-1998"])
def test_what_was_kept_of_a_paper_s_network_and_what_was_cut_is_said(id):
    found = entry(id)

    assert found.kept
    assert found.cut
    assert all(not text.endswith(".") for text in found.kept + found.cut)


def test_titles_are_unique():
    assert len({found.title for found in zoo().values()}) == len(zoo())


def test_a_lite_version_names_its_original_where_the_zoo_has_it():
    originals = {id: found.original for id, found in zoo().items() if found.original}

    assert originals == {
        "alexnet-lite": "alexnet",
        "vgg-lite": "vgg-16",
        "resnet-lite": "resnet-18",
    }
    assert entry("lenet-5-1998").variant_of == "lenet-5"


def test_the_classics_of_the_lessons_are_in_the_zoo_in_the_order_of_their_years():
    years = [entry(id).year for id in CLASSICS]

    assert years == [1998, 2012, 2014, 2015]


FILES = sorted(Path(cnn.network.zoo.__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_file_of_the_zoo_is_listed_and_holds_nothing_unread(path):
    read = {"title", "group", "year", "citation", "idea", "kept", "cut", "original", "variant_of"}

    assert path.stem in zoo()
    assert set(json.loads(path.read_text(encoding="utf-8"))) <= read | {
        "input",
        "layers",
        "measured",
    }


@pytest.mark.parametrize("id", zoo())
def test_a_network_of_the_zoo_is_read_back_from_its_json(id):
    architecture = entry(id).architecture

    assert Architecture.from_json(architecture.to_json()) == architecture


# --- fit for training here ---------------------------------------------------------------------


@pytest.mark.parametrize("id", [*LITE, "lenet-5", "lenet-5-1998"])
@pytest.mark.parametrize("size", [(28, 28, 1), (32, 32, 3)], ids=["28x28x1", "32x32x3"])
def test_a_network_to_train_fits_digits_and_small_colour_images(id, size):
    found = trace(Architecture(id, size, entry(id).architecture.layers))

    assert found.output_shape == (10,)
    assert 20_000 <= found.total_params <= 600_000


@pytest.mark.parametrize("id", zoo())
def test_batch_norm_has_momentum_09(id):
    # With Keras' 0.99 the moving averages lag behind in trainings as short as those here.
    assert all(layer.momentum == 0.9 for layer in layers_of(id, BatchNormalization))


@pytest.mark.parametrize("id", zoo())
def test_a_network_ends_in_a_softmax_over_its_classes(id):
    last = entry(id).architecture.layers[-1]
    classes = {"shapes-demo": 3, "alexnet": 1000, "vgg-16": 1000, "resnet-18": 1000}

    assert isinstance(last, Dense)
    assert (last.units, last.activation) == (classes.get(id, 10), "softmax")


def test_the_only_remark_on_the_zoo_is_the_border_that_keras_example_drops():
    remarks = {
        f"{id}: {remark.title}: {remark.text}"
        for id, found in zoo().items()
        for remark in advice(trace(found.architecture))
    }

    # Its second pooling meets 11x11: 28 - 2 = 26, 26 / 2 = 13, 13 - 2 = 11.
    assert remarks == {
        "keras-mnist: MaxPooling2D #2: its window never reaches 1 row at the bottom and "
        '1 column at the right. Use padding="same" to keep the border.'
    }


# --- the structure a family is known for -------------------------------------------------------


def test_lenet_has_two_5x5_convolutions_pooling_by_two_and_three_dense_layers():
    for id in ("lenet-5", "lenet-5-1998"):
        assert [(c.filters, c.kernel_size) for c in layers_of(id, Conv2D)] == [
            (6, (5, 5)),
            (16, (5, 5)),
        ]
        assert units_of(id) == [120, 84, 10]


def test_the_historic_lenet_differs_by_tanh_and_average_pooling_alone():
    modern, historic = (entry(id).architecture.layers for id in ("lenet-5", "lenet-5-1998"))
    activations = [getattr(layer, "activation", None) for layer in historic]

    assert activations == ["tanh", None, "tanh", None, None, "tanh", "tanh", "softmax"]
    assert [layer.kind.replace("Average", "Max") for layer in historic] == [
        layer.kind for layer in modern
    ]
    assert len(layers_of("lenet-5-1998", AveragePooling2D)) == 2
    assert trace(entry("lenet-5").architecture).total_macs == (
        trace(entry("lenet-5-1998").architecture).total_macs
    )


@pytest.mark.parametrize("id", ["alexnet", "alexnet-lite"])
def test_alexnet_has_five_convolutions_overlapping_pooling_dropout_and_three_dense_layers(id):
    convs, pools = layers_of(id, Conv2D), layers_of(id, MaxPooling2D)
    kinds = [layer.kind for layer in entry(id).architecture.layers]
    largest_first = [conv.kernel_size[0] for conv in convs]

    assert largest_first == [11 if id == "alexnet" else 7, 5, 3, 3, 3]
    assert all((pool.pool_size, pool.strides) == ((3, 3), (2, 2)) for pool in pools)
    assert len(layers_of(id, Dropout)) == 2
    assert len(units_of(id)) == 3
    assert {layer.activation for layer in convs} == {"relu"}
    assert kinds == [
        *("Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Conv2D", "Conv2D", "Conv2D"),
        *("MaxPooling2D", "Flatten", "Dropout", "Dense", "Dropout", "Dense", "Dense"),
    ]


def test_alexnet_lite_has_a_relu_after_each_convolution_and_dense_layer_but_the_last():
    assert "ReLU after each convolution and dense layer but the last" in entry("alexnet-lite").kept
    weighted = [one for one in entry("alexnet-lite").architecture.layers if one.kernels]
    assert [getattr(one, "activation", "") for one in weighted] == ["relu"] * 7 + ["softmax"]


def test_each_convolution_of_vgg_16_has_3x3_kernels_and_sixteen_layers_have_weights():
    assert entry("vgg-16").idea == (
        "Sixteen layers with weights; each of its convolutions has 3x3 kernels."
    )
    layers = entry("vgg-16").architecture.layers
    assert {one.kernel_size for one in layers if isinstance(one, Conv2D)} == {(3, 3)}
    assert sum(one.kernels for one in layers) == 16


def test_what_alexnet_lite_is_said_to_have_cut_is_true():
    (first, *_), (original, *_) = layers_of("alexnet-lite", Conv2D), layers_of("alexnet", Conv2D)
    lite, whole = filters_of("alexnet-lite"), filters_of("alexnet")

    assert (first.kernel_size, first.strides) == ((7, 7), (1, 1))
    assert (original.kernel_size, original.strides) == ((11, 11), (4, 4))
    assert (min(lite), max(lite), min(whole), max(whole)) == (16, 48, 64, 384)
    assert (units_of("alexnet-lite"), units_of("alexnet")) == ([256, 128, 10], [4096, 4096, 1000])


@pytest.mark.parametrize("id", ["alexnet", "alexnet-lite"])
def test_most_parameters_of_alexnet_are_in_its_dense_layers(id):
    found = trace(entry(id).architecture)
    dense = sum(row.params for row in found.rows if isinstance(row.layer, Dense))

    assert dense > found.total_params / 2


def stages(id: str) -> list[list[Conv2D]]:
    """The convolutions between one pooling and the next."""
    found: list[list[Conv2D]] = [[]]
    for layer in entry(id).architecture.layers:
        if isinstance(layer, Conv2D):
            found[-1].append(layer)
        elif isinstance(layer, MaxPooling2D):
            found.append([])
    return [stage for stage in found if stage]


@pytest.mark.parametrize(
    ("id", "counts", "filters", "units"),
    [
        ("vgg-lite", [2, 2, 2], [16, 32, 64], [64, 10]),
        ("vgg-16", [2, 2, 3, 3, 3], [64, 128, 256, 512, 512], [4096, 4096, 1000]),
    ],
)
def test_vgg_has_stages_of_3x3_convolutions_each_ended_by_2x2_pooling(id, counts, filters, units):
    found = stages(id)

    assert [len(stage) for stage in found] == counts
    assert [stage[0].filters for stage in found] == filters
    assert {(c.kernel_size, c.strides, c.padding) for stage in found for c in stage} == {
        ((3, 3), (1, 1), "same")
    }
    assert {pool.pool_size for pool in layers_of(id, MaxPooling2D)} == {(2, 2)}
    assert len(layers_of(id, MaxPooling2D)) == len(counts)
    assert units_of(id) == units
    assert layers_of(id, Dropout)


def test_vgg_lite_normalises_after_each_convolution_and_the_original_does_not():
    layers = entry("vgg-lite").architecture.layers
    after = [follower.kind for layer, follower in pairwise(layers) if layer.kind == "Conv2D"]

    assert after == ["BatchNormalization"] * 6
    assert not layers_of("vgg-16", BatchNormalization)


@pytest.mark.parametrize(
    ("id", "filters"),
    [
        ("resnet-lite", [16, 16, 32, 32, 64, 64]),
        ("resnet-18", [64, 64, 128, 128, 256, 256, 512, 512]),
    ],
)
def test_resnet_has_two_basic_blocks_in_a_stage_and_projects_where_a_stage_begins(id, filters):
    blocks = layers_of(id, Residual)
    relu = Activation("relu")

    assert [block.activation for block in blocks] == ["relu"] * len(filters)
    for block, width, before in zip(blocks, filters, [filters[0], *filters], strict=False):
        first, _, bends, second, _ = block.body
        assert isinstance(first, Conv2D)
        assert isinstance(second, Conv2D)
        assert (first.filters, first.kernel_size, second.filters) == (width, (3, 3), width)
        assert second.kernel_size == (3, 3)
        assert bends == relu
        assert bool(block.shortcut) == (width != before)
        if block.shortcut:
            projection, norm = block.shortcut
            assert isinstance(projection, Conv2D)
            assert isinstance(norm, BatchNormalization)
            assert (projection.kernel_size, projection.strides) == ((1, 1), (2, 2))
            assert first.strides == (2, 2)


def test_what_resnet_lite_is_said_to_have_kept_and_cut_is_true():
    lite, whole = (layers_of(id, Conv2D)[0] for id in ("resnet-lite", "resnet-18"))

    assert sum(bool(block.shortcut) for block in layers_of("resnet-lite", Residual)) == 2
    assert (lite.kernel_size, lite.strides) == ((3, 3), (2, 2))
    assert (whole.kernel_size, whole.strides) == ((7, 7), (2, 2))
    assert not layers_of("resnet-lite", MaxPooling2D)
    assert len(layers_of("resnet-18", MaxPooling2D)) == 1
    for id in ("resnet-lite", "resnet-18"):
        assert len(layers_of(id, GlobalAveragePooling2D)) == len(layers_of(id, Dense)) == 1


def test_inception_lite_has_four_modules_of_four_branches():
    modules = layers_of("inception-lite", Branches)
    kernels = {
        tuple(
            layer.kernel_size[0] if isinstance(layer, Conv2D) else "pool"
            for layer in branch
            if isinstance(layer, (Conv2D, MaxPooling2D))
        )
        for module in modules
        for branch in module.branches
    }

    assert len(modules) == 4
    assert {len(module.branches) for module in modules} == {4}
    assert kernels == {(1,), (1, 3), (1, 5), ("pool", 1)}
    assert len(layers_of("inception-lite", BatchNormalization)) == (
        len(layers_of("inception-lite", Conv2D))
    )
    assert units_of("inception-lite") == [10]
    assert [layer.rate for layer in layers_of("inception-lite", Dropout)] == [0.4]


def test_densenet_lite_has_two_blocks_of_three_steps_and_halves_the_channels_between():
    layers = entry("densenet-lite").architecture.layers
    steps = layers_of("densenet-lite", Branches)
    rows = trace(entry("densenet-lite").architecture).rows
    transition = next(r for r in rows if r.layer == Conv2D(26, 1, use_bias=False))
    kinds = "".join({"Branches": "b", "AveragePooling2D": "|"}.get(x.kind, "") for x in layers)

    assert kinds == "bbb|bbb"
    assert all(step.branches[0] == () for step in steps)
    assert [[layer.kind for layer in step.branches[1]] for step in steps] == [
        ["BatchNormalization", "Activation", "Conv2D"]
    ] * 6
    assert {filters for filters in filters_of("densenet-lite")[1:] if filters != 26} == {12}
    assert transition.input_shape[2] == 2 * transition.output_shape[2]


def test_mobilenet_lite_has_five_separable_blocks():
    depthwise = layers_of("mobilenet-lite", DepthwiseConv2D)
    convolutions = layers_of("mobilenet-lite", Convolution)

    assert [layer.kernel_size for layer in depthwise] == [(3, 3)] * 5
    assert [type(layer) for layer in convolutions] == [Conv2D] + [DepthwiseConv2D, Conv2D] * 5
    assert filters_of("mobilenet-lite") == [16, 32, 64, 64, 128, 128]
    assert convolutions[0].strides == (2, 2)
    assert {layer.kernel_size for layer in layers_of("mobilenet-lite", Conv2D)[1:]} == {(1, 1)}


def test_unet_lite_goes_down_two_levels_and_up_again_beside_what_it_passed():
    layers = entry("unet-lite").architecture.layers
    rows = {row.name: row for row in trace(entry("unet-lite").architecture).rows}

    convolution = ["Conv2D", "BatchNormalization", "Activation"]
    assert [one.kind for one in layers] == [
        *(2 * convolution),
        "Branches",
        *(2 * convolution),
        *("GlobalAveragePooling2D", "Dense"),
    ]
    assert {one.kernel_size for one in layers_of("unet-lite", Conv2D)} == {(3, 3)}
    assert {one.activation for one in layers_of("unet-lite", Activation)} == {"relu"}
    assert len(layers_of("unet-lite", BatchNormalization)) == 10
    assert filters_of("unet-lite") == [16, 16, 32, 32, 64, 64, 32, 32, 16, 16]
    ups = layers_of("unet-lite", Conv2DTranspose)
    assert [(up.filters, up.kernel_size, up.strides) for up in ups] == [
        (32, (2, 2), (2, 2)),
        (16, (2, 2), (2, 2)),
    ]
    # What went past a level is put beside what comes up to it: twice the channels, the same size.
    assert [rows[f"branches_{n}"].merged_shapes for n in (1, 2)] == [
        ((28, 28, 16), (28, 28, 16)),
        ((14, 14, 32), (14, 14, 32)),
    ]
    assert rows["global_average_pooling2d_1"].input_shape == (28, 28, 16)
    assert "one class for the whole image instead of one for each pixel" in " ".join(
        entry("unet-lite").cut
    )


# --- looking one up ----------------------------------------------------------------------------


def test_an_unknown_id_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ArchitectureError) as caught:
        entry("lenet5")

    assert str(caught.value) == ("no network of the zoo is called 'lenet5'. Did you mean lenet-5?")


def test_an_id_like_none_is_refused_with_all_there_are():
    with pytest.raises(ArchitectureError, match=r"called ''\. There are: shapes-demo, .*resnet-18"):
        entry("")


def test_a_very_long_id_is_quoted_only_in_part():
    with pytest.raises(ArchitectureError) as caught:
        entry("x" * 100_000)

    assert len(str(caught.value)) < 400
