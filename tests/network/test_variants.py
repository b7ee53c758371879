"""One thing changed throughout a network: what changes, what stays, and what is refused."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import build
from cnn.network.layers import Conv2D, Convolution, Dense, Dropout, Flatten, Residual
from cnn.network.trace import trace
from cnn.network.variants import with_depth, with_dropout, with_filters, with_kernel_size
from cnn.network.zoo import entry, zoo
from tests.network.strategies import architectures
from tests.some import some

SMALL = [one for one in zoo().values() if one.group != "original"]


def kernels(architecture: Architecture) -> list[tuple[int, int]]:
    return [
        layer.kernel_size
        for _, layer in walk(architecture.layers)
        if isinstance(layer, Convolution)
    ]


@pytest.mark.parametrize(
    ("factor", "params"),
    [
        # Simple CNN: conv 1 to a, conv a to b, dense 7*7*b to 10, with a, b = 16, 32 times factor.
        (0.5, (9 * 8 + 8) + (9 * 8 * 16 + 16) + (7 * 7 * 16 * 10 + 10)),
        (1, 20_490),
        (2, (9 * 32 + 32) + (9 * 32 * 64 + 64) + (7 * 7 * 64 * 10 + 10)),
        (0.001, (9 + 1) + (9 + 1) + (7 * 7 * 10 + 10)),
    ],
)
def test_filters_are_multiplied_in_every_convolution(factor: float, params: int):
    assert trace(with_filters(entry("simple-cnn").architecture, factor)).total_params == params


def test_filters_stay_a_multiple_of_their_groups():
    layers = (Conv2D(8, 3), Conv2D(12, 3, groups=4))
    changed = with_filters(Architecture("Grouped", (9, 9, 1), layers), 0.5)

    assert [row.output_shape[-1] for row in trace(changed).rows] == [4, 8]


def test_a_kernel_of_one_stays_as_it_sees_no_neighbours():
    changed = with_kernel_size(entry("resnet-lite").architecture, 5)

    assert set(kernels(changed)) == {(5, 5), (1, 1)}
    before = kernels(entry("resnet-lite").architecture)
    assert kernels(changed).count((1, 1)) == before.count((1, 1)) == 2


def test_every_dropout_gets_the_rate_and_nothing_else_changes():
    before = entry("alexnet-lite").architecture
    after = with_dropout(before, 0.25)

    rates = [layer.rate for _, layer in walk(after.layers) if isinstance(layer, Dropout)]
    assert rates == [0.25, 0.25]
    assert trace(after).total_params == trace(before).total_params


@pytest.mark.parametrize(
    ("id", "params"),
    [
        # Each convolution with a copy that goes from its filters to its filters.
        ("simple-cnn", 20_490 + (9 * 16 * 16 + 16) + (9 * 32 * 32 + 32)),
        ("lenet-5", 61_706 + (25 * 6 * 6 + 6) + (25 * 16 * 16 + 16)),
        # Two blocks in each of three stages: copies of six, with batch norm, without projection.
        ("resnet-lite", 176_090 + sum(4 * (9 * c * c + 4 * c) for c in (16, 32, 64)) + 2_304 + 64),
    ],
)
def test_twice_the_depth_has_the_weights_counted_by_hand(id: str, params: int):
    assert trace(with_depth(entry(id).architecture, 2)).total_params == params


@pytest.mark.parametrize(
    "id",
    some([one.id for one in SMALL], "lenet-5", "resnet-lite", "inception-lite", "mobilenet-lite"),
)
def test_more_depth_keeps_every_map_size_and_keras_builds_it(id: str):
    before = entry(id).architecture
    after = with_depth(before, 2)

    def sizes(architecture):
        found = [row.output_shape for row in trace(architecture).rows if len(row.path) == 1]
        return list(dict.fromkeys(shape[:2] for shape in found if len(shape) == 3))

    assert sizes(after) == sizes(before)
    assert trace(after).depth > trace(before).depth
    assert build(after).count_params() == trace(after).total_params


def test_a_depthwise_convolution_goes_with_the_one_that_mixes_its_channels():
    before = entry("mobilenet-lite").architecture.layers
    after = with_depth(entry("mobilenet-lite").architecture, 2).layers
    place = next(i for i, one in enumerate(before) if one.kind == "DepthwiseConv2D")
    ours = [one.kind for one in after]

    block = [one.kind for one in before[place : place + 6]]
    assert block[0] == "DepthwiseConv2D"
    assert block[3] == "Conv2D"
    first = ours.index("DepthwiseConv2D")
    assert ours[first : first + 12] == block * 2


@given(architectures())
def test_no_change_is_no_change(architecture: Architecture):
    """Where nothing could change, that is refused, and nothing comes back."""
    for change in (with_filters, with_depth):
        with suppress(ArchitectureError):
            assert change(architecture, 1) == architecture


@given(architectures(), st.sampled_from([0.3, 2.0]), st.integers(1, 5), st.integers(2, 3))
def test_a_variant_is_a_network_or_a_named_error(
    architecture: Architecture, factor: float, size: int, times: int
):
    changes: list[Callable[[], Architecture]] = [
        lambda: with_filters(architecture, factor),
        lambda: with_kernel_size(architecture, size),
        lambda: with_depth(architecture, times),
        lambda: with_dropout(architecture, 0.1),
    ]
    for change in changes:
        with suppress(ArchitectureError):
            assert trace(change()).architecture.input == architecture.input


DENSE = Architecture("Dense alone", (4, 4, 1), (Flatten(), Dense(3)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: with_filters(DENSE, 2), "Dense alone has no convolution with filters"),
        (lambda: with_kernel_size(DENSE, 5), "has no convolution with a kernel larger than 1x1"),
        (lambda: with_depth(DENSE, 2), "has no convolution and no block to stand more than once"),
        (lambda: with_dropout(DENSE, 0.5), "has no dropout layer. Choose another field"),
        (lambda: with_filters(DENSE, 0), "more than 0 and at most .*, got 0"),
        (lambda: with_depth(DENSE, 0), "1 to 16 times in a row, got 0"),
        (lambda: with_kernel_size(entry("simple-cnn").architecture, 0), "kernel_size"),
        (lambda: with_dropout(entry("alexnet-lite").architecture, 1.0), "rate"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change, message: str):
    with pytest.raises(ArchitectureError, match=message):
        change()


def test_a_copy_of_a_residual_block_has_no_projection():
    changed = with_depth(entry("resnet-lite").architecture, 2)
    blocks = [one for one in changed.layers if isinstance(one, Residual)]

    assert [bool(one.shortcut) for one in blocks].count(True) == 2
    assert len(blocks) == 12
