"""Maps as plain values for a page to draw: every number of them, a colour scale, and what each cell
sees of the input, so that the browser can link the cells of all maps without asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.seen import Place
from cnn.numbers import fixed, number
from cnn.pictures.kit.inline import encoded

Array = npt.NDArray[np.float32]
Numbers = tuple[float, float]

INPUT = Place()
"""What the cells of the image itself see: themselves."""

MOST_PARTS = 48
"""A weight is written as a fraction where the denominator is no larger."""


class Scale(StrEnum):
    """How numbers become colours: brightness from 0 to 1, or orange below 0 and indigo above."""

    BRIGHTNESS = "brightness"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """What a map was made with: weights `[height, width, channels]` over the map at `source`.

    `shown` is what is written above the map, `[height, width]`, where it is not the first channel's
    slice; `can_change` has the page offer it for editing.
    """

    weights: Array
    source: int = 0
    relu: bool = False
    shown: Array | None = None
    can_change: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A map `[height, width, channels]`: one channel, or the three of a colour image.

    `full` is the number with the full colour; a map alone takes its own largest.
    """

    values: Array
    title: str
    note: str = ""
    scale: Scale = Scale.SIGNED
    full: float | None = None
    place: Place = INPUT
    kernel: Kernel | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a component draws it."""
        height, width, channels = self.values.shape
        return {
            "title": self.title,
            "note": self.note,
            "scale": self.scale.value,
            "full": largest([self.values]) if self.full is None else self.full,
            "height": height,
            "width": width,
            "channels": channels,
            "numbers": encoded(self.values.astype("<f4")),
            "size": list(self.place.size),
            "jump": list(self.place.jump),
            "offset": list(self.place.offset),
            "moved": list(self.place.moved),
            "kernel": None if self.kernel is None else _kernel(self.kernel),
        }


def largest(maps: list[Array]) -> float:
    """The largest number of either sign: a scale for all these maps."""
    return max((float(np.abs(one).max()) for one in maps if one.size), default=0.0)


def span(values: Array) -> str:
    """The smallest and the largest number of a map, in words."""
    return f"{signed(float(values.min()))} to {signed(float(values.max()))}"


def signed(value: float) -> str:
    """A number with two decimals and a real minus; never `-0.00`."""
    return fixed(value, 2)


def weight_text(weight: float) -> str:
    """A weight as one writes it: a whole number or a simple fraction, else its decimals."""
    near = Fraction(weight).limit_denominator(MOST_PARTS)
    is_simple = abs(float(near) - weight) < 1e-6
    return str(near).replace("-", "−") if is_simple else number(weight, 3)


def _kernel(kernel: Kernel) -> dict[str, Any]:
    weights = kernel.weights
    shown = weights[:, :, 0] if kernel.shown is None else kernel.shown
    return {
        "weights": weights.tolist(),
        "shown": [float(one) for one in shown.flat],
        "texts": [weight_text(float(one)) for one in shown.flat],
        "height": weights.shape[0],
        "width": weights.shape[1],
        "source": kernel.source,
        "relu": kernel.relu,
        "canChange": kernel.can_change,
    }
