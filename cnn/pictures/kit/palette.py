"""The colours of the kinds of layers, the same in every picture; readable on light and dark."""

from __future__ import annotations

from cnn.network.layers import KINDS

COLOUR_OF_FAMILY = {
    "convolution": "#6366f1",
    "depthwise": "#a855f7",
    "pooling": "#14b8a6",
    "normalization": "#f59e0b",
    "activation": "#f43f5e",
    "dropout": "#94a3b8",
    "dense": "#0ea5e9",
    "reshape": "#78716c",
    "merge": "#64748b",
}


def colour_of(kind: str) -> str:
    """The colour of a kind of layer."""
    return COLOUR_OF_FAMILY[KINDS[kind].family]
