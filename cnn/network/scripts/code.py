"""Code as a value: lines that know their layer, calls broken over lines, text made safe.

What the exports share; knows nothing of Keras or PyTorch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cnn.network.errors import Path
from cnn.network.fields import Pair

WIDTH = 88
"""As wide as ruff and black leave a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code and the layer it belongs to, if it belongs to one."""

    text: str = ""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A script, line by line."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)


def plain(text: str, path: Path | None = None) -> tuple[Line, ...]:
    """The lines of a text that all belong to one layer, or to none."""
    return tuple(Line(line, path) for line in text.split("\n"))


def call(
    head: str, args: Sequence[str], tail: str = "", *, indent: int = 0, path: Path | None = None
) -> tuple[Line, ...]:
    """`head(args)tail` on one line where it fits, else broken as ruff breaks it."""
    before, inner = " " * indent, " " * (indent + 4)
    joined = ", ".join(args)
    texts = [f"{before}{head}({joined}){tail}"]
    if args and len(texts[0]) > WIDTH:
        fits = len(inner + joined) <= WIDTH
        middle = [inner + joined] if fits else [f"{inner}{arg}," for arg in args]
        texts = [f"{before}{head}(", *middle, f"{before}){tail}"]
    return tuple(Line(text, path) for text in texts)


def pair(value: Pair) -> str:
    """Height and width as one number where they are equal."""
    return str(value[0]) if value[0] == value[1] else str(value)


def number(value: float) -> str:
    """A number as a person would write it: `1 / 255` for 0.00392156862745098."""
    text = repr(value)
    if len(text) > 8 and 1e-6 < abs(value) < 1:
        for divisor in (round(1 / value), round(2 / value) / 2):
            if 1 / divisor == value:
                return f"1 / {divisor}"
    return text


def docstring_text(text: str) -> str:
    """A user's text, safe inside a docstring; what is invisible in it is written as escapes."""
    return "".join(
        rf"\{char}"
        if char in '"\\'
        else char
        if char.isprintable()
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def class_name(text: str, taken: Collection[str] = ()) -> str:
    """The name of a class for a user's text: `LeNet5` for `LeNet-5`."""
    name = "".join(word[0].upper() + word[1:] for word in _words(text)) or "Network"
    if name[0].isdigit() or name in taken or name in ("None", "True", "False"):
        name = f"Net{name}" if name[0].isdigit() else f"{name}Net"
    return name


def model_name(text: str) -> str:
    """The name of a Keras model for a user's text: `lenet_5` for `LeNet-5`."""
    name = "_".join(_words(text)).lower() or "network"
    return f"net_{name}" if name[0].isdigit() else name


def _words(text: str) -> list[str]:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.findall("[A-Za-z0-9]+", ascii_text)
