"""What arrays and idx files do not say themselves: axes, black and white, the turn, and names.

Each is a choice: what was found, what is taken, and whether it has to be said.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn.data.errors import DataError
from cnn.data.npz import Numbers
from cnn.data.own.arrays import axes_of
from cnn.data.own.choices import About, Choice, Option
from cnn.data.own.idx import IdxSet, fitting_names
from cnn.data.own.reading import Axes, Names, Reading, written
from cnn.data.own.values import (
    DIMMEST,
    USUAL,
    Span,
    Values,
    as_before,
    check_finite,
    said_highs,
    usual_for,
)
from cnn.numbers import exact

_BYTE = 255
_MOST_OVER = {True: 30, False: 5}
"""So many times what was found, usual values are no longer offered: those of a byte, others."""
_UNSEEN = 1e-4  # of the way from black to white; a step of a byte is 40 times as much
_CHANNELS = {Axes.HWC: "channels last", Axes.CHW: "channels first"}


def axes_choice(images: Mapping[str, Numbers], said: Reading) -> Choice:
    """Where the channels are: clear in most shapes, open in one such as 3x32x3."""
    shapes = {name: one.shape for name, one in images.items()}
    can_be = [axes for axes in Axes if all(axes in axes_of(one) for one in shapes.values())]
    first = next(iter(shapes.values()))
    found = f"Its images are {'×'.join(map(str, first[1:]))}"
    if len(first) == 3:
        said_so = f"{found}, grey: height by width."
        return Choice(About.AXES, said_so, (Option("hwc", "grey"),))
    usual = said.axes or Axes.HWC
    if not can_be or (said.axes and said.axes not in can_be):
        option = Option(usual, _CHANNELS[usual])  # which is refused in the check that follows
        return Choice(About.AXES, f"{found}.", (option,))
    can_be.sort(key=lambda axes: axes is not usual)
    options = tuple(Option(axes, _in_words(first, axes)) for axes in can_be)
    if len(options) == 1:
        return Choice(About.AXES, f"{found}, {_CHANNELS[can_be[0]]}.", options)
    doubt = "which may be read with the channels last or first."
    return Choice(About.AXES, f"{found}, {doubt}", options, is_open=said.axes is None)


def _in_words(shape: tuple[int, ...], axes: Axes) -> str:
    height, width, channels = np.roll(shape[1:], -1) if axes is Axes.CHW else shape[1:]
    kind = "grey" if channels == 1 else "colour"
    return f"{_CHANNELS[axes]}: {width}×{height} pixels in {kind}"


def values_choice(spans: Mapping[str, Span], said: Reading) -> Choice:
    """Which value is black and which is white: clear where they go as far as usual ones do."""
    for span in spans.values():
        check_finite(span)
    whole = Span(min(one.low for one in spans.values()), max(one.high for one in spans.values()))
    low, high = float(whole.low), float(whole.high)
    usual = as_before(spans) or usual_for(whole)
    if usual and not said.values:
        _check_one_scale(spans, usual)
    ways = [one for one in (said.values, usual) if one]
    if low < high:
        ways.append((_rounded(low, high - low), _rounded(high, high - low)))
    ways += [
        (float(black), float(white))
        for black, white in USUAL
        if black <= low
        and high <= 1.1 * white
        and white < _MOST_OVER[white <= _BYTE] * max(high, -low)
    ]
    ways = list(dict.fromkeys(ways))
    if not ways:
        raise DataError(
            f"All its values are {exact(low)}, so that nothing is to be seen. Bring other images."
        )
    options = tuple(
        Option(f"{written(a)}..{written(b)}", f"{exact(a)} is black, {exact(b)} is white")
        for a, b in ways
    )
    found = f"Its values go from {exact(low)} to {exact(high)}."
    is_open = usual is None and said.values is None
    return Choice(About.VALUES, found, options, is_open=is_open)


def _check_one_scale(spans: Mapping[str, Span], usual: Values) -> None:
    """Raise where one part goes a sixteenth as far as another, as shares beside bytes do."""
    if as_before(spans) is None and min(one.high for one in spans.values()) < usual[1] / DIMMEST:
        raise DataError(
            f"Its brightest pixels are {said_highs(spans)}; wanted is one scale for all. "
            "Bring them to one scale."
        )


def _rounded(value: float, span: float) -> float:
    """A number with few digits, as long as nobody can see the difference in an image."""
    for digits in (4, 6, 9):
        few = float(f"{value:.{digits}g}")
        if abs(few - value) <= _UNSEEN * span:
            return few
    return value


def turn_choice(found: IdxSet, said: Reading) -> Choice:
    """Whether images lie on their side, as EMNIST's do."""
    is_likely = found.is_called_emnist or bool(fitting_names(found.labels))
    upright = Option("upright", "as they are stored")
    transposed = Option("transposed", "rows and columns change places, as in EMNIST")
    is_first = is_likely if said.is_transposed is None else said.is_transposed
    options = (transposed, upright) if is_first else (upright, transposed)
    words = "EMNIST's own files hold their images transposed; others' are often turned already."
    plain = "Its images are read as they are stored."
    is_open = is_likely and said.is_transposed is None
    return Choice(About.TURN, words if is_likely else plain, options, is_open=is_open)


def names_choice(found: IdxSet, said: Reading) -> tuple[Choice, ...]:
    """What the classes are called: nothing to choose where they are numbers and no more."""
    fitting = list(fitting_names(found.labels))
    is_mapped = found.mapping is not None and found.labels <= found.mapping.keys()
    if is_mapped:
        fitting.insert(0, Names.MAPPING)
    if not fitting and said.names in (None, Names.NUMBERS):
        return ()
    is_clear = is_mapped or (found.is_called_emnist and len(fitting) == 1)
    usual = said.names or (fitting[0] if is_clear else Names.NUMBERS)
    ways = list(dict.fromkeys([usual, Names.NUMBERS, *fitting]))
    if usual is not Names.NUMBERS:
        found.named(usual)
    options = tuple(Option(f"named={one}", _called(one)) for one in ways)
    return (Choice(About.NAMES, f"It has {len(found.labels)} classes.", options),)


def _called(names: Names) -> str:
    match names:
        case Names.NUMBERS:
            return "by their numbers"
        case Names.MAPPING:
            return "as its mapping.txt says"
        case _:
            return f"as in EMNIST's {names}"
