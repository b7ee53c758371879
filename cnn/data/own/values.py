"""The numbers of arrays as brightness: how far they go, and which is black and which white."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels
from cnn.data.errors import DataError
from cnn.data.npz import Numbers
from cnn.numbers import exact

DIMMEST = 16  # pixels of 0 to 255 that stay below are more likely shares of 1 that overshoot
USUAL = ((0, 1), (-1, 1), (0, 255), (-128, 127), (0, 1023), (0, 4095), (0, 16383), (0, 65535))
"""Black and white as they are in use: shares, bytes, and what cameras of 10 to 16 bits write."""

Array = npt.NDArray[Any]
Values = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Span:
    """The darkest and the brightest number of an array."""

    low: Any
    high: Any


def span_of(images: Numbers) -> Span:
    """Return from which to which number an array goes."""
    ranges = [(piece.min(), piece.max()) for piece in images.pieces()]
    low = reduce(np.minimum, (low for low, _ in ranges))
    return Span(low, reduce(np.maximum, (high for _, high in ranges)))


def check_finite(span: Span) -> None:
    """Raise where an array has what is no number."""
    if not (np.isfinite(float(span.low)) and np.isfinite(float(span.high))):
        raise DataError(
            f"Its pixels go from {span.low} to {span.high}; wanted are finite numbers. Replace "
            "what is none."
        )


def check_plain(span: Span) -> None:
    """Raise where numbers are neither from 0 to 1 nor from 0 to 255; so also of NaN."""
    if not (span.low >= 0 and span.high <= 255):
        raise DataError(
            f"Its pixels go from {span.low} to {span.high}; wanted are 0 to 1 or 0 to 255."
        )


def brightest(spans: Mapping[str, Span]) -> int:
    """Return what white is, 1 or 255: the same for training and test, or a test says nothing."""
    highs = [span.high for span in spans.values()]
    if max(highs) <= 1:
        return 1
    if min(highs) < DIMMEST:
        raise DataError(
            f"Its brightest pixels are {said_highs(spans)}; wanted are 0 to 1 or 0 to 255, the "
            "same for all. Clip them to 1, or bring them to one scale."
        )
    return 255


def as_before(spans: Mapping[str, Span]) -> Values | None:
    """The values that `brightest` stands for; None where it refuses."""
    try:
        for span in spans.values():
            check_plain(span)
        return 0.0, float(brightest(spans))
    except DataError:
        return None


def said_highs(spans: Mapping[str, Span]) -> str:
    """The brightest numbers, each with the array it is of where there are several."""
    return ", ".join(
        exact(span.high) + (f" in {name}" if len(spans) > 1 else "") for name, span in spans.items()
    )


def usual_for(span: Span) -> Values | None:
    """The usual values that numbers which go so far are most likely between; None of unusual."""
    low, high = float(span.low), float(span.high)
    for black, white in USUAL:
        is_reached = high > white / 2 or (white == 255 and high >= DIMMEST)
        if black <= low and high <= white and is_reached and (black == 0 or low < 0):
            return float(black), float(white)
    return None


def as_bytes(images: Array, values: Values | int) -> Pixels:
    """Return numbers as bytes: from black to white, or from 0 to what is `brightest`.

    What lies beyond black or white is as black or white as can be.
    """
    if isinstance(values, int):
        if images.dtype == np.uint8 and values == 255:
            return images
        return np.rint(images * np.float32(255 // values)).astype(np.uint8)
    black, white = values
    shares = (images.astype(np.float64) - black) / (white - black)
    return np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)
