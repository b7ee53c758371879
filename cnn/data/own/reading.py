"""How a file of own images is read where it does not say so itself: a value, and its words.

The words are one text for the record of a run, the name of a kept file (and with it an address) and
the command line's `--read`: `chw 0..4095`, `transposed named=letters`, `columns=1,3`. What is left
out is read as it was before there was a choice. What a file says itself is found in `understood`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import StrEnum

from cnn.data.errors import DataError
from cnn.network.errors import shown

MOST_COLUMNS = 500
_COLUMNS, _NAMED = "columns=", "named="


class Axes(StrEnum):
    """Where an array has the channels of an image: behind its height and width, or before them."""

    HWC = "hwc"
    CHW = "chw"


class Names(StrEnum):
    """What the classes of idx files are called: by number, by their own mapping, or as EMNIST's."""

    NUMBERS = "numbers"
    MAPPING = "mapping"
    BALANCED = "balanced"
    BYCLASS = "byclass"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said of a file; None where nothing was."""

    axes: Axes | None = None
    values: tuple[float, float] | None = None
    """Which value is black, and which is white."""
    is_transposed: bool | None = None
    names: Names | None = None
    columns: tuple[int, ...] | None = None
    """Of a table, from 1 on: file names, labels and perhaps splits; none: folders are classes."""

    @classmethod
    def of(cls, words: str) -> Reading:
        """The reading that words describe; raises `DataError`."""
        said = cls()
        for word in words.split() if isinstance(words, str) else [shown(words)]:
            one = _read(word)
            if doubled := set(said.said) & set(one.said):
                raise DataError(f"read says the {doubled.pop()} twice: {shown(words)}.")
            said = said.and_then(one)
        return said

    @property
    def said(self) -> tuple[str, ...]:
        """The names of what was said."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) is not None)

    @property
    def words(self) -> str:
        """All that was said, always in the same order."""
        found: list[str] = [self.axes] if self.axes else []
        if self.values is not None:
            found.append("..".join(map(written, self.values)))
        if self.is_transposed is not None:
            found.append("transposed" if self.is_transposed else "upright")
        if self.names:
            found.append(f"{_NAMED}{self.names}")
        if self.columns is not None:
            listed = ",".join(map(str, self.columns))
            found.append(f"{_COLUMNS}{listed}" if listed else "folders")
        return " ".join(found)

    @property
    def settled(self) -> Reading:
        """The same without what is as usual anyway, so that one way to read has one name."""
        return Reading(
            axes=self.axes if self.axes is Axes.CHW else None,
            values=self.values,
            is_transposed=self.is_transposed or None,
            names=None if self.names is Names.NUMBERS else self.names,
            columns=self.columns or None,
        )

    def and_then(self, other: Reading) -> Reading:
        """What was said here, and in its place what the other says."""
        said = {name: getattr(one, name) for one in (self, other) for name in one.said}
        return Reading(**said)


AS_USUAL = Reading()


def written(value: float) -> str:
    """A number as it is read again to the last digit."""
    whole = abs(value) < 1e15 and value == int(value)
    return str(int(value)) if whole else repr(float(value))


def _read(word: str) -> Reading:
    low, dots, high = word.partition("..")
    if word in list(Axes):
        return Reading(axes=Axes(word))
    if word in ("transposed", "upright"):
        return Reading(is_transposed=word == "transposed")
    if word == "folders":
        return Reading(columns=())
    if word.startswith(_NAMED) and (name := word.removeprefix(_NAMED)) in list(Names):
        return Reading(names=Names(name))
    if word.startswith(_COLUMNS):
        return Reading(columns=_columns(word.removeprefix(_COLUMNS)))
    if dots:
        return Reading(values=_values(low, high))
    raise DataError(
        f"read knows no {shown(word)}. It is one or more of: hwc or chw; values such as 0..4095, "
        "black first; transposed or upright; folders, or columns=1,2 (files, labels, perhaps "
        f"splits); {_NAMED}{', '.join(Names)}."
    )


def _values(low: str, high: str) -> tuple[float, float]:
    try:
        black, white = float(low), float(high)
    except ValueError:
        black = white = math.nan
    if not math.isfinite(black - white) or black == white:
        raise DataError(
            f"Values are two different numbers, of black and of white, such as 0..255: "
            f"not {shown(f'{low}..{high}')}."
        )
    return black, white


def _columns(text: str) -> tuple[int, ...]:
    numbers = [int(one) if one.isascii() and one.isdecimal() else 0 for one in text.split(",")]
    is_one_each = len(set(numbers)) == len(numbers) and len(numbers) in (2, 3)
    if not is_one_each or not all(1 <= one <= MOST_COLUMNS for one in numbers):
        raise DataError(
            f"columns are the numbers of two or three columns, such as 1,2: of the file names, of "
            f"the labels and, if there is one, of the splits; not {shown(text)}."
        )
    return tuple(numbers)
