"""Keras' Normalization: at the front of a network it is how the pixels are fed, to rounding; behind
other layers, and where nothing was adapted, a layer.

Owns which numbers those are, and for which range of pixels they can be meant. Keras computes
`(x - mean) / max(sqrt(variance), 1e-7)`; a Rescaling before it is worked into the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from cnn.network import feed as feeds
from cnn.network.errors import ArchitectureError, shown
from cnn.network.feed import NAMED, Feed, Numbers
from cnn.network.keras.read_graph import Node
from cnn.network.keras.read_options import Options
from cnn.network.layers import Normalization, Rescaling
from cnn.network.layers.normalization import LEAST_SD
from cnn.network.shapes import Shape
from cnn.numbers import exact

RANGES = (*(one for one in NAMED.values() if not one.mean), Feed(0, 16))
"""The usual ones, and that of small digits of 17 grey levels."""

REMEDY = "Save the model with model.save('name.keras'), or give the layer its mean and variance."
SLACK = 1e-3

Adapted = Callable[[str, Shape], tuple[Numbers, Numbers]]
"""The mean and variance that a layer of this name and its arrays' shape has learned by adapt()."""


def fed_by(
    options: Options, before: Sequence[Rescaling], adapted: Adapted | None, *, may_stay: bool
) -> Feed | None:
    """What the network is fed in place of the Normalization and of what rescales before it.

    0 to 1 stands in the result where the range cannot be told: see `says_range`. None is one that
    has no numbers: it stays a layer, where it may.
    """
    node = options.node
    try:
        found = _numbers(options, adapted, may_stay)
        if found is None:
            return None
        scale, offset = _rescaled(before)
        mean, variance = (tuple(map(_float32, one)) for one in found)
        sd = tuple(_sd(one) for one in variance)
        own = Feed(
            0,
            1,
            tuple(_short((one - offset) / scale) for one in mean),
            tuple(_short(one / scale) for one in sd),
        )
        own.check(options.shape[-1] if len(options.shape) == 3 else 1)
    except ArchitectureError as error:
        raise node.blamed(error) from None
    range_ = _range(before, own)
    return own if range_ is None else Feed(range_.low, range_.high, own.mean, own.sd)


def as_layer(options: Options, adapted: Adapted | None) -> Normalization:
    """The Normalization as a layer; what it learned stands in it, as far as that is known."""
    node = options.node
    try:
        found = _numbers(options, adapted, True)
        if found is not None:
            return Normalization(*found)
    except ArchitectureError as error:
        raise node.blamed(error) from None
    if adapted is None:
        options.notes.others.append(
            f"{node.title} leaves every value as it is, until it is adapted: what adapt() learned "
            f"is not in a description. {REMEDY}"
        )
    return Normalization()


def says_range(before: Sequence[Rescaling], own: Feed) -> bool:
    """Whether it can be told which of the usual ranges of pixels the numbers are meant for."""
    return _range(before, own) is not None


def _range(before: Sequence[Rescaling], own: Feed) -> Feed | None:
    if not feeds.derived(tuple(before)).is_usual:
        return feeds.derived(tuple(before))
    fitting = [one for one in RANGES if _can_be_of(one, own)]
    return fitting[0] if len(fitting) == 1 else None


def _can_be_of(range_: Feed, own: Feed) -> bool:
    """Whether numbers from `low` to `high` can have this mean and sd.

    Their variance is at most (high - mean) (mean - low): Bhatia and Davis, A better bound on the
    variance, American Mathematical Monthly 107 (2000).
    """
    low, high = range_.low, range_.high
    slack = SLACK * (high - low)
    count = max(len(own.mean), len(own.sd), 1)
    means = own.mean * (count if len(own.mean) == 1 else 1) or (0.0,) * count
    sds = own.sd * (count if len(own.sd) == 1 else 1) or (1.0,) * count
    return all(
        low - slack <= mean <= high + slack
        and sd**2 <= (high + slack - mean) * (mean - low + slack)
        for mean, sd in zip(means, sds, strict=True)
    )


def _rescaled(before: Sequence[Rescaling]) -> tuple[float, float]:
    """The scale and offset of all of them together."""
    scale, offset = 1.0, 0.0
    for one in before:
        scale, offset = scale * one.scale, offset * one.scale + one.offset
    if scale <= 0:
        raise ArchitectureError(
            f"the Rescaling before it has scale={exact(scale)}, but only one above 0 can be "
            "read with it. Remove the one or the other."
        )
    return scale, offset


def _numbers(
    options: Options, adapted: Adapted | None, may_stay: bool
) -> tuple[Numbers, Numbers] | None:
    """The mean and the variance; None where it may stay a layer and there are none, in a
    description or because it was never adapted.
    """
    node = options.node
    axis, size = options.take("axis", -1), len(options.shape)
    mean, variance = options.take("mean"), options.take("variance")
    if options.take("invert"):
        raise ArchitectureError("invert=True undoes what a Normalization does. Remove it.")
    if mean is not None or variance is not None:
        found = _given("mean", mean), _given("variance", variance)
    else:
        kept = _kept_axes(axis, size)
        may_stay = may_stay and kept == (size,) and size != 2
        if adapted is None and not may_stay:
            raise ArchitectureError(f"what adapt() learned is not in a description. {REMEDY}")
        if adapted is None:
            return None
        learned = adapted(node.name, tuple(options.shape[one - 1] for one in kept))
        found = tuple(map(_short, learned[0])), tuple(map(_short, learned[1]))
        if may_stay and set(found[0]) == {0.0} and set(found[1]) == {1.0}:
            return None
    several = max(map(len, found)) > 1
    by_channel = size == 3 or (size == 1 and may_stay)
    if several and (not by_channel or _kept_axes(axis, size) != (size,)):
        raise ArchitectureError(
            f"axis={shown(axis)} gives places of an image numbers of their own, but here only its "
            "channels can have them. Use axis=-1 behind an input with channels, or axis=None."
        )
    for name, values in zip(("mean", "variance"), found, strict=True):
        if not all(map(math.isfinite, values)):
            raise ArchitectureError(f"its {name} is not a finite number. Adapt it again.")
    return found


def _kept_axes(axis: Any, size: int) -> tuple[int, ...]:
    """The axes that keep numbers of their own; 0 is the batch's."""
    axes = [] if axis is None else axis if isinstance(axis, list) else [axis]
    if any(type(one) is not int or not -size <= one <= size or one == 0 for one in axes):
        raise ArchitectureError(
            f"axis={shown(axis)} is none of its input's. Use axis=-1 or axis=None."
        )
    return tuple(sorted({one if one > 0 else one + size + 1 for one in axes}))


def _given(name: str, value: Any) -> Numbers:
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    values = value if isinstance(value, list) else [value]
    if not values or any(type(one) not in (int, float) for one in values):
        raise ArchitectureError(
            f"{name} must be one number, or one for each channel; got {shown(value)}."
        )
    return tuple(map(_as_float, values))


def _sd(variance: float) -> float:
    import numpy as np

    if variance < 0:
        raise ArchitectureError(
            f"a variance cannot be below 0, got {exact(variance)}. Adapt it again."
        )
    return max(float(np.sqrt(np.float32(variance))), LEAST_SD)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # of a whole number with hundreds of digits
        return math.inf


def _float32(value: float) -> float:
    import numpy as np

    with np.errstate(over="ignore"):
        return float(np.float32(value))


def _short(value: float) -> float:
    """The number of fewest digits that is the same as a 32-bit one."""
    import numpy as np

    with np.errstate(over="ignore"):
        return float(str(np.float32(value)))


def note_on(node: Node, feed: Feed, *, is_said: bool, rescaled: bool) -> str:
    """The note on what became of it."""
    what = f"{node.title} and the Rescaling before it are" if rescaled else f"{node.title} is"
    if not (feed.mean or feed.sd):
        return f"Left out: {node.title}, which leaves every value as it is."
    said = feed.words if is_said else _without_range(feed)
    return f"{what} in what the network is fed, to rounding the same: pixels {said}."


def _without_range(feed: Feed) -> str:
    return feed.words.removeprefix(Feed(feed.low, feed.high).words).removeprefix(", ")
