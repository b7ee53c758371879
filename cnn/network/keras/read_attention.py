"""Keras' MultiHeadAttention, read where it is what SelfAttention2D is: a map that looks at itself.

The cells of the map stand as a list, `Reshape((height * width, channels))`, attention is called
with that list alone, and `Reshape((height, width, channels))` makes it a map again. Keras also
takes a map as it is, and then does the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.read_front import target_of
from cnn.network.keras.read_graph import ATTENTION, Node
from cnn.network.keras.read_options import Notes, Options
from cnn.network.layers import SelfAttention2D
from cnn.network.shapes import Shape

AROUND = ("Reshape", ATTENTION, "Reshape")


def of_cells(nodes: Sequence[Node], shape: Shape, notes: Notes) -> SelfAttention2D | None:
    """What these three layers are behind a map of this shape, where its cells look at it."""
    if tuple(node.kind for node in nodes) != AROUND or len(shape) != 3:
        return None
    height, width, channels = shape
    cells = height * width, channels
    before, own, behind = (
        Options.of(node, size, notes)
        for node, size in zip(nodes, (shape, cells, cells), strict=True)
    )
    if target_of(before) != cells or target_of(behind) != shape:
        return None
    found = self_attention(own)
    for options in (before, own, behind):
        options.finish()
    return found


def self_attention(options: Options) -> SelfAttention2D:
    """The layer with Keras' options, or what of them has no counterpart here."""
    heads, size = options.take("num_heads"), options.take("key_dim")
    length, axes = options.take("value_dim"), options.take("attention_axes")
    if length not in (None, size):
        raise options.node.error(
            f"value_dim={shown(length)} is not key_dim={shown(size)}, but here both are the key "
            "size. Leave value_dim out."
        )
    if rate := options.take("dropout", 0):
        raise options.node.error(
            f"dropout={shown(rate)} drops shares of attention, which has no counterpart here. Use "
            "dropout=0."
        )
    if (target := options.take("output_shape")) is not None:
        raise options.node.error(
            f"output_shape={shown(target)}, but here attention keeps the channels. Leave it out."
        )
    if axes not in (None, list(range(1, len(options.shape)))):
        raise options.node.error(
            f"attention_axes={shown(axes)}, but here all cells look at all. Leave it out."
        )
    try:
        return SelfAttention2D(heads, size, options.take("use_bias", True))
    except ArchitectureError as error:
        raise options.node.blamed(error) from None
