"""What a network is fed for an image: the range of its pixels, and the order of its channels.

Everywhere in the program an image is float32 from 0 to 1, red first; `Feed.of` alone makes of it
what the network's first layer gets, in NumPy as in TensorFlow; NumPy is imported inside, so that
who only traces networks need not wait for it.

Which feed a network has, in one place:

- A design (our JSON, a link, a Keras file, the bench) that says nothing is fed as its layers say:
  0 to 255 where it begins with Rescalings that come to at most 1/32, or to 0 for a pixel of 32 or
  more, else 0 to 1 (`derived`). What is said otherwise is kept as `Architecture.feed` and written
  as `pixels`.
- A Keras file whose layers say nothing was trained on pixels that nobody here knows, also where it
  begins with a Rescaling of more: it is asked for (`Imported.says_pixels`).
- A run is what it was trained on: its record says `pixels` wherever they are not 0 to 1, and a
  record that says nothing is of 0 to 1 whatever the layers are, as all were that were made before
  there were feeds (`Architecture.to_record`, `from_record`; recipes are made of records).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from cnn.network.errors import ArchitectureError, shown
from cnn.network.layers import (
    Activation,
    Container,
    Cropping2D,
    Flatten,
    GlobalPooling,
    Layer,
    Layers,
    Pooling,
    Rescaling,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.layers.merges import MULTIPLY
from cnn.numbers import exact

LIMIT = 1e6
SMALLEST_SD = 1e-6
MEANT_FOR_BYTES = 1 / 32
"""Rescaling by no more is meant for 0 to 255: of 0 to 1 it would leave next to nothing."""

KEEP_RANGE = (ZeroPadding2D, Cropping2D, UpSampling2D, Flatten, Pooling, GlobalPooling)
"""What comes out of these is in the range of what went in."""

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """Black becomes `low` and white `high`; then `mean` is subtracted, and `sd` divides.

    Both are one number for all channels, or one for each as they are fed: blue first if `bgr`.
    """

    low: float = 0.0
    high: float = 1.0
    mean: Numbers = ()
    sd: Numbers = ()
    bgr: bool = False

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        if self.low >= self.high:
            raise ArchitectureError(
                f"pixels go from black to white, so from less to more; got {exact(self.low)} to "
                f"{exact(self.high)}. Use 0..1, 0..255 or -1..1."
            )
        for name, none in (("mean", 0.0), ("sd", 1.0)):
            values = tuple(_number(name, one) for one in getattr(self, name))
            object.__setattr__(self, name, () if all(one == none for one in values) else values)
        if any(one < SMALLEST_SD for one in self.sd):
            raise ArchitectureError(
                f"pixels: an sd divides, so it must be above 0; got {_joined(self.sd)}."
            )

    @property
    def is_usual(self) -> bool:
        """Whether it is 0 to 1, red first, as it is where nothing is said."""
        return self == USUAL

    def of(self, images: Any) -> Any:
        """What the network gets for images from 0 to 1, channels last: an array or a tensor."""
        if self.bgr:
            images = images[..., ::-1]
        if (self.low, self.high) != (0, 1):
            images = images * (self.high - self.low) + self.low
        if self.mean:
            images = images - _for_channels(self.mean)
        if self.sd:
            images = images / _for_channels(self.sd)
        return images

    def back(self, gradient: Any) -> Any:
        """The gradient at the images from 0 to 1, from the one at what the network gets."""
        if self.is_usual:
            return gradient
        gradient = gradient * (self.high - self.low)
        if self.sd:
            gradient = gradient / _for_channels(self.sd)
        return gradient[..., ::-1] if self.bgr else gradient

    def check(self, channels: int) -> None:
        """Refuses what does not fit images of so many channels."""
        for name, values in (("mean", self.mean), ("sd", self.sd)):
            if len(values) not in (0, 1, channels):
                raise ArchitectureError(
                    f"pixels: {len(values)} numbers as {name} for {channels} "
                    f"channel{'s' * (channels != 1)}. Give one for all, or one for each."
                )
        if self.bgr and channels != 3:
            raise ArchitectureError(
                f"pixels: BGR is an order of three channels, but the input has {channels}. "
                "Leave BGR out, or use an input of three channels."
            )

    @property
    def text(self) -> str:
        """As it is written in JSON and on the command line; `read` reads it."""
        parts = [f"{_short(self.low)}..{_short(self.high)}"]
        parts += [f"mean {_joined(self.mean)}"] if self.mean else []
        parts += [f"sd {_joined(self.sd)}"] if self.sd else []
        return " ".join(parts + ["BGR"] * self.bgr)

    @property
    def words(self) -> str:
        """As a sentence has it: `from 0 to 255, blue first (BGR), less 103.9, 116.8 and 123.7`."""
        said = f"from {_short(self.low)} to {_short(self.high)}"
        said += ", blue first (BGR)" if self.bgr else ""
        said += f", less the mean {_joined(self.mean, ', ')}" if self.mean else ""
        return said + (f", divided by the sd {_joined(self.sd, ', ')}" if self.sd else "")


def read(text: Any) -> Feed:
    """The feed that a text stands for, or the error that says how one is written."""
    line = " ".join(text.split()) if isinstance(text, str) and len(text) < 5_000 else ""
    if line.lower() in NAMED:
        return NAMED[line.lower()]
    found = _TEXT.fullmatch(re.sub(" ?, ?", ",", line))
    if found is None:
        raise ArchitectureError(f"pixels must be {WANTED}; got {shown(text)}.")
    low, high, mean, sd, order = found.groups()
    return Feed(float(low), float(high), _listed(mean), _listed(sd), (order or "").upper() == "BGR")


def derived(layers: Layers) -> Feed:
    """What the first layers say that a network is fed; 0 to 1 where they say nothing."""
    return BYTES if _followed(layers, _Scaling())[0] else USUAL


@dataclass(frozen=True, slots=True)
class _Scaling:
    """What several rescalings come to, one behind another."""

    scale: float = 1.0
    offset: float = 0.0

    def then(self, layer: Rescaling) -> _Scaling:
        return _Scaling(self.scale * layer.scale, self.offset * layer.scale + layer.offset)

    @property
    def is_for_bytes(self) -> bool:
        """Whether 1 comes to next to nothing, or what comes to 0 is no pixel from 0 to 1 by far."""
        if not self.scale:
            return False
        at_zero = -self.offset / self.scale
        return abs(self.scale) <= MEANT_FOR_BYTES or at_zero >= 1 / MEANT_FOR_BYTES


def _followed(layers: Layers, scaling: _Scaling) -> tuple[bool, _Scaling | None]:
    """Whether pixels are rescaled on the way as those from 0 to 255 are, and to what in the end;
    None where a layer makes something else of them.
    """
    is_for_bytes = False
    for layer in layers:
        if isinstance(layer, Rescaling):
            scaling = scaling.then(layer)
            is_for_bytes = is_for_bytes or scaling.is_for_bytes
        elif isinstance(layer, Container):
            (first, *others) = (branch for _, branch in layer.series())
            scaled = first if layer.scale == 1 else (*first, Rescaling(layer.scale))
            ends = [_followed(branch, scaling) for branch in (scaled, *others)]
            is_for_bytes = is_for_bytes or any(of_bytes for of_bytes, _ in ends)
            behind = [end for _, end in ends if end]
            if len(behind) < len(ends) or layer.merge == MULTIPLY.word:
                return is_for_bytes, None
            scaling = max(behind, key=lambda end: abs(end.scale))
        elif not _leaves_values(layer):
            return is_for_bytes, None
    return is_for_bytes, scaling


def _for_channels(values: Numbers) -> Any:
    """The numbers as an array, or one for all as it is, which leaves the type of an array alone."""
    if len(values) == 1:
        return values[0]
    import numpy as np

    return np.asarray(values, np.float32)


def _leaves_values(layer: Layer) -> bool:
    if isinstance(layer, Activation):
        return layer.activation in ("linear", "relu")
    return layer.is_idle or isinstance(layer, KEEP_RANGE)


def _number(name: str, value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > LIMIT:
        raise ArchitectureError(
            f"pixels: {name} must be a number from {-LIMIT:,.0f} to {LIMIT:,.0f}, "
            f"got {shown(value)}."
        )
    return float(value) + 0.0  # -0.0 equals 0.0, so it must read the same


def _listed(text: str | None) -> Numbers:
    return tuple(map(float, text.split(","))) if text else ()


def _short(value: float) -> str:
    return repr(value).removesuffix(".0")


def _joined(values: Numbers, by: str = ",") -> str:
    return by.join(map(_short, values))


USUAL = Feed()
BYTES = Feed(0, 255)
NAMED = {
    "0..1": USUAL,
    "0..255": BYTES,
    "-1..1": Feed(-1, 1),
    "torch": Feed(0, 1, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "caffe": Feed(0, 255, (103.939, 116.779, 123.68), (), bgr=True),
}
"""The usual ones; the last two are what `keras.applications` calls so in `preprocess_input`."""

WANTED = (
    f'one of {", ".join(NAMED)}, or written out, such as "0..255", "0..1 mean 0.13 sd 0.31" or '
    '"0..255 mean 103.9,116.8,123.7 BGR"'
)
_REAL = r"-?[0-9]{1,7}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,3})?"
_LIST = rf"{_REAL}(?:,{_REAL})*"
_TEXT = re.compile(
    rf"({_REAL})\.\.({_REAL})(?: mean ({_LIST}))?(?: sd ({_LIST}))?(?: (RGB|BGR))?", re.IGNORECASE
)
