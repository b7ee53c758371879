"""Attention: layers by which the cells of a map look at each other and know where they are."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from typing import Any, ClassVar

from cnn.network.fields import MAX_FILTERS, MAX_KERNEL, Pair, Whole, ruled, use_bias
from cnn.network.layers.base import Layer, Weight, needs_map
from cnn.network.shapes import Shape, element_count, shape_text

SHELF = "Attention"


class OnCells(Layer):
    """What both share: a map comes in, and a map of the same shape comes out."""

    __slots__ = ()
    family, shelf = "attention", SHELF

    def output_shape(self, shape: Shape) -> Shape:
        needs_map(self, shape)
        return shape


@dataclass(frozen=True, slots=True)
class SelfAttention2D(OnCells):
    """Keras' `MultiHeadAttention(heads, key_size)` of the cells of a map over each other.

    Each head makes a query, a key and a value of every cell. Query times key, divided by the root
    of the key's size, says by a softmax what share each cell has in what another one gathers.
    """

    purpose = "Each cell gathers from all cells, by learned shares: who looks at whom."
    letters, word = "sa", "attention"
    leads_shelf, same_in_keras = True, False
    start: ClassVar[dict[str, Any]] = {"heads": 4, "key_size": 16}
    common_fields = ("heads", "key_size")
    sees_everything = True
    kernels = 2

    heads: int = ruled(
        Whole(1, MAX_KERNEL), MISSING, "How many times all look at all, each time by other shares."
    )
    key_size: int = ruled(
        Whole(1, MAX_FILTERS),
        MISSING,
        "How many numbers of a head say what a cell looks for, and what it is found by.",
        "k",
        "key size",
    )
    use_bias: bool = use_bias()

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        channels, head = shape[-1], (self.heads, self.key_size)
        found = []
        for name in ("query", "key", "value"):
            found.append(Weight(f"{name}_kernel", (channels, *head)))
            found += [Weight(f"{name}_bias", head)] if self.use_bias else []
        found.append(Weight("output_kernel", (*head, channels)))
        return (*found, Weight("output_bias", (channels,))) if self.use_bias else tuple(found)

    def shares(self, shape: Shape) -> int:
        """How many there are: of each head, that of every cell in every cell."""
        return self.heads * element_count(shape[:-1]) ** 2

    def held_values(self, shape: Shape) -> int:
        """The shares; queries, keys and values; and what is gathered by them."""
        return self.shares(shape) + 4 * element_count(shape[:-1]) * self.heads * self.key_size

    def macs(self, shape: Shape) -> int:
        """Of the four kernels, of query times key, and of shares times values."""
        return sum(self.kernel_macs(shape)) + 2 * self.shares(shape) * self.key_size

    def kernel_macs(self, shape: Shape) -> tuple[int, ...]:
        return (element_count(shape) * self.heads * self.key_size,) * 4

    def back_macs(self, shape: Shape, is_asked: bool) -> Pair:
        """Shares and values are products of two that are both asked for, whatever is before."""
        one, *_ = kernels = self.kernel_macs(shape)
        looked = 4 * self.shares(shape) * self.key_size
        return sum(kernels), looked + one * (4 if is_asked else 1)

    def param_formula(self, shape: Shape) -> str:
        channels, head = shape[-1], f"{self.heads}x{self.key_size}"
        biases = f" + 3 x {head} + {channels}" if self.use_bias else ""
        return f"4 x {channels}x{head}{biases}"

    def mac_formula(self, shape: Shape) -> str:
        cells, head = element_count(shape[:-1]), f"{self.heads}x{self.key_size}"
        return f"4 x {cells} x {shape[-1]}x{head} + 2 x {cells}x{cells} x {head}"


@dataclass(frozen=True, slots=True)
class PositionEmbedding(OnCells):
    purpose = "Adds a learned number to each channel of each cell, which says where the cell is."
    letters, word = "em", "position"

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        return (Weight("embedding", shape),)

    def param_formula(self, shape: Shape) -> str:
        return shape_text(shape)
