"""The colours of pictures: of the kinds of layers, and of numbers; readable on light and dark.

`ui/components/kit/colours.js` has those of numbers for the browser.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.layers import KINDS

Numbers = npt.NDArray[np.floating[Any]]
Colour = tuple[int, int, int]

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

BELOW: Colour = (217, 72, 15)
ABOVE: Colour = (98, 101, 240)
"""Orange is below zero, indigo above; nothing is drawn at zero."""

FAINT = 0.7
"""The power of the opacity: below 1, so that small numbers are still seen on a projector."""

DARK_TO_BRIGHT: tuple[Colour, ...] = (
    (12, 10, 40),
    (74, 28, 122),
    (155, 45, 122),
    (229, 92, 92),
    (252, 176, 110),
    (252, 246, 206),
)
"""Of numbers from the smallest to the largest, evenly apart."""

LIT = (6, 182, 212)
"""What a cell is lit with, and what it sees."""


def colour_of(kind: str) -> str:
    """The colour of a kind of layer."""
    return COLOUR_OF_FAMILY[KINDS[kind].family]


def signed_pixels(values: Numbers, full: float) -> npt.NDArray[np.uint8]:
    """Values as pixels `[..., 4]` on the scale around zero; `full` has the full colour."""
    shares = np.asarray(values, np.float64) / full if full else np.zeros(values.shape)
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where(shares[..., None] < 0, BELOW, ABOVE)
    pixels[..., 3] = np.round(np.minimum(np.abs(shares), 1) ** FAINT * 255)
    return pixels


def hex_of(colour: Colour) -> str:
    """A colour as a style sheet has it."""
    return "#" + "".join(f"{part:02x}" for part in colour)
