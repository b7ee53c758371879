"""Multiply-accumulates, counted while PyTorch runs the exported module: from tensors' shapes alone.

What counts is said in `docs/counting.md`. The tensors are PyTorch's of the device `meta`: they have
shapes and no numbers, so a network of any size takes a moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from math import prod
from typing import Any

import pytest
from hypothesis import given

from cnn.network.architecture import Architecture
from cnn.network.atlas import atlas, design
from cnn.network.blocks import BLOCKS
from cnn.network.errors import Path
from cnn.network.layers import Conv2D, Conv2DTranspose, Flatten, SelfAttention2D
from cnn.network.torch.export import _plan, torch_code
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from tests.needs import TORCH
from tests.network.export_cases import CASES
from tests.network.strategies import architectures
from tests.network.torch.test_export import module_of
from tests.some import some


def of_convolution(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    """Each place of the output, in each channel, by a kernel over the channels of its group."""
    return prod((*output.shape[1:], *module.weight.shape[1:]))


def of_transposed(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    """Each place of the input, in each channel, by a kernel into the channels of its group."""
    return prod((*inputs[0].shape[1:], *module.weight.shape[1:]))


def of_linear(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    """Each row that comes in, by the whole matrix."""
    return prod((*inputs[0].shape[1:-1], *module.weight.shape))


def of_attention(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    """Queries by keys, and shares by values: cells by cells, for each number of each head."""
    cells: int = prod(inputs[0].shape[2:])
    queries, values = (len(one.weight) for one in (module.query, module.value))
    return cells * cells * (queries + values)


COUNTED = {
    "Conv2d": of_convolution,
    "ConvTranspose2d": of_transposed,
    "Linear": of_linear,
    "SelfAttention": of_attention,
}
"""By the module's class; what is not here has no multiply-accumulates that count."""


def counted_by_torch(architecture: Architecture) -> dict[str, int]:
    """What each module costs for an image, by its name in the exported module."""
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    found: dict[str, int] = {}

    def count(name: str, module: Any, inputs: tuple[Any, ...], output: Any) -> None:
        found[name] = COUNTED[type(module).__name__](module, inputs, output)

    height, width, channels = architecture.input
    with torch.device("meta"), torch.no_grad():
        module = module_of(torch_code(architecture).text)
        for name, one in module.named_modules():
            if type(one).__name__ in COUNTED:
                one.register_forward_hook(partial(count, name))
        module(torch.empty(2, channels, height, width))  # one value alone has no variance
    return found


def by_layer(architecture: Architecture) -> dict[Path, int]:
    """The same by our layer that a module is of, or of which it is a part."""
    made = {
        key.removesuffix("."): module.path
        for attribute, root in _plan(trace(architecture)).held
        for key, module in root.walk(f"{attribute}.")
    }
    found: Counter[Path] = Counter()
    for name, macs in counted_by_torch(architecture).items():
        inner = name if name in made else name.rpartition(".")[0]
        found[made[inner]] += macs
    return dict(found)


def check(architecture: Architecture) -> None:
    rows = trace(architecture).rows

    assert by_layer(architecture) == {row.path: row.macs for row in rows if row.macs}


SMALL = ("lenet-5", "inception-lite", "unet-lite", "mobilenet-v2-lite", "vit-lite", "convnext-lite")
DESIGNS = [known.id for known in atlas().values() if known.is_design]


@pytest.mark.parametrize("id", some(zoo(), *SMALL))
def test_the_zoo_costs_what_pytorch_computes(id: str):
    check(entry(id).architecture)


@pytest.mark.parametrize("id", some(DESIGNS, "resnet-50", "efficientnet-b0"))
def test_the_atlas_costs_what_pytorch_computes(id: str):
    check(design(id))
    assert atlas()[id].macs == sum(counted_by_torch(design(id)).values())


@pytest.mark.parametrize("id", BLOCKS)
def test_a_block_of_the_palette_costs_what_pytorch_computes(id: str):
    check(Architecture("block", (16, 12, 8), BLOCKS[id].layers(8)))


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_layer_costs_what_pytorch_computes(case: str):
    check(CASES[case])


@given(architectures())
def test_random_networks_cost_what_pytorch_computes(architecture: Architecture):
    check(architecture)


def by_hand() -> Iterator[tuple[str, Architecture, int]]:
    """One of each kind that counts, worked out by hand."""
    yield "conv", Architecture("c", (5, 6, 4), (Conv2D(8, 3),)), 3 * 4 * 8 * (3 * 3 * 4)
    groups = Conv2D(8, 3, groups=2)
    yield "groups", Architecture("g", (5, 6, 4), (groups,)), 3 * 4 * 8 * (3 * 3 * 2)
    up = Conv2DTranspose(8, 3, 2, "same")
    yield "transposed", Architecture("t", (5, 6, 4), (up,)), 5 * 6 * 4 * (3 * 3 * 8)
    look = SelfAttention2D(2, 3)
    projections, looking = 4 * (30 * 4 * 6), 2 * (30 * 30 * 6)
    yield "attention", Architecture("a", (5, 6, 4), (look,)), projections + looking
    yield "nothing", Architecture("n", (5, 6, 4), (Flatten(),)), 0


@pytest.mark.parametrize(
    ("architecture", "macs"),
    [case[1:] for case in by_hand()],
    ids=[case[0] for case in by_hand()],
)
def test_both_count_what_one_counts_by_hand(architecture: Architecture, macs: int):
    assert sum(counted_by_torch(architecture).values()) == macs
    assert trace(architecture).total_macs == macs
