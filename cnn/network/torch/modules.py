"""PyTorch modules as values, and the small ones that a script brings along.

Which modules a layer becomes is `torch_layers`' to say, how they are written down `export_torch`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from cnn.network.errors import Path
from cnn.network.layers.merges import MERGES, Merge

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """An array of the layer that becomes one of the module, and how it is laid out there."""

    key: str
    weight: str
    layout: Callable[[Array], Array] = lambda array: array


@dataclass(frozen=True, slots=True)
class Module:
    """One PyTorch module: call, arguments, parts, arrays; `note` says what arguments do not."""

    path: Path
    call: str
    args: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()
    parts: tuple[Part, ...] = ()
    note: str = ""

    def walk(self, key: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all it holds, each with its prefix in the state dict."""
        yield key, self
        for part in self.parts:
            yield from part.module.walk(f"{key}{part.key}.")


@dataclass(frozen=True, slots=True)
class Part:
    """A module inside another: its key in the state dict, and the word it is passed by."""

    key: str
    module: Module
    keyword: str = ""


Modules = tuple[Module, ...]


def sequential(path: Path, held: Modules) -> Module:
    """Modules one after the other as one module."""
    parts = tuple(Part(str(index), module) for index, module in enumerate(held))
    return Module(path, "nn.Sequential", parts=parts)


ACTIVATIONS: dict[str, tuple[str, ...]] = {
    "linear": ("nn.Identity",),
    "relu": ("nn.ReLU",),
    "relu6": ("nn.ReLU6",),
    "leaky_relu": ("nn.LeakyReLU", "0.2"),
    "elu": ("nn.ELU",),
    "selu": ("nn.SELU",),
    "gelu": ("nn.GELU",),
    "silu": ("nn.SiLU",),
    "softplus": ("nn.Softplus",),
    "softsign": ("nn.Softsign",),
    "sigmoid": ("nn.Sigmoid",),
    "hard_sigmoid": ("nn.Hardsigmoid",),
    "hard_silu": ("nn.Hardswish",),
    "tanh": ("nn.Tanh",),
    "softmax": ("nn.Softmax", "dim=1"),
}
"""What each activation is called with; the definitions are Keras'."""


def _merging(merge: Merge) -> str:
    return f'''\
class {merge.keras}(nn.Module):
    """Feeds all branches the same input and {merge.purpose}."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return {merge.torch}'''


HELPERS = {
    "ChannelsLastFlatten": '''\
class ChannelsLastFlatten(nn.Module):
    """Flattens with all channels of a pixel together, as Keras does."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)''',
    "LayerNorm2d": '''\
class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)''',
    "without": '''\
def without(name, norm):
    """The normalisation without its learned "weight" (scale) or "bias" (shift)."""
    norm.register_parameter(name, None)
    return norm''',
    "Rescale": '''\
class Rescale(nn.Module):
    """Multiplies every value by one number and adds another."""

    def __init__(self, scale, offset=0.0):
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, x):
        return x * self.scale + self.offset''',
    "StochasticDepth": '''\
class StochasticDepth(nn.Module):
    """While training, sets the whole map of some images to 0."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.rate
        return x * kept / (1 - self.rate)''',
    "Normalize": '''\
class Normalize(nn.Module):
    """Less the mean, divided by the standard deviation; no gradient changes them."""

    def __init__(self, mean, variance, is_kept=False):
        super().__init__()
        self.register_buffer("mean", mean, persistent=is_kept)
        self.register_buffer("variance", variance, persistent=is_kept)
        if is_kept:
            self.register_buffer("count", torch.tensor(0.0))

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt().clamp(min=1e-7)''',
    "LayerScale": '''\
class LayerScale(nn.Module):
    """Each channel times a learned factor."""

    def __init__(self, channels, start):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels, 1, 1), start))

    def forward(self, x):
        return x * self.gamma''',
    "PReLUOfCells": '''\
class PReLUOfCells(nn.Module):
    """What is below 0 times a learned slope, one for each cell of the map."""

    def __init__(self, channels, height, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, height, width))

    def forward(self, x):
        return torch.where(x > 0, x, self.weight * x)''',
    "SelfAttention": '''\
class SelfAttention(nn.Module):
    """Each cell of a map gathers from all of them, head by head."""

    def __init__(self, channels, heads, key_size, bias=True):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(channels, heads * key_size, bias=bias)
        self.key = nn.Linear(channels, heads * key_size, bias=bias)
        self.value = nn.Linear(channels, heads * key_size, bias=bias)
        self.output = nn.Linear(heads * key_size, channels, bias=bias)

    def forward(self, x):
        cells = x.flatten(2).transpose(1, 2)
        query, key, value = (
            project(cells).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        found = nn.functional.scaled_dot_product_attention(query, key, value)
        cells = self.output(found.transpose(1, 2).flatten(2))
        return cells.transpose(1, 2).reshape(x.shape)''',
    "PositionEmbedding": '''\
class PositionEmbedding(nn.Module):
    """Adds a learned number to each channel of each cell of a map."""

    def __init__(self, channels, height, width):
        super().__init__()
        self.embedding = nn.Parameter(0.02 * torch.randn(channels, height, width))

    def forward(self, x):
        return x + self.embedding''',
    "BentReLU": '''\
class BentReLU(nn.Module):
    """Keras' ReLU: a slope below the threshold, a ceiling above it."""

    def __init__(self, negative_slope=0.0, max_value=None, threshold=0.0):
        super().__init__()
        self.negative_slope = negative_slope
        self.max_value = max_value
        self.threshold = threshold

    def forward(self, x):
        above = torch.where(x > self.threshold, x, 0.0).clamp(min=0, max=self.max_value)
        return above - self.negative_slope * torch.relu(self.threshold - x)''',
    "Residual": '''\
class Residual(nn.Module):
    """activation(body(x) + shortcut(x))"""

    def __init__(self, body, shortcut=None, activation=None):
        super().__init__()
        self.body = body
        self.shortcut = nn.Identity() if shortcut is None else shortcut
        self.activation = nn.Identity() if activation is None else activation

    def forward(self, x):
        return self.activation(self.body(x) + self.shortcut(x))''',
} | {merge.keras: _merging(merge) for merge in MERGES.values()}
"""Each with the name that modules call it by; a script holds those that its network needs."""
