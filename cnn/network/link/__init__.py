"""A whole network as a short code that a person can read, type and put into an address.

Three of them (a test runs these lines):

>>> lenet = Architecture("LeNet", (28, 28, 1), (
...     Conv2D(6, 5, padding="same", activation="relu"), MaxPooling2D(), Conv2D(16, 3),
...     AveragePooling2D(3, strides=2), Flatten(), Dropout(0.25), Dense(10, "softmax")))
>>> encode(lenet)
'1.LeNet.28x28x1.c6k5pr-m-c16-av3s2-f-x0.25-d10x.dbcf'
>>> body = Conv2D(8, 3, padding="same", use_bias=False), BatchNormalization(0.9)
>>> block = Residual(body, shortcut=(Conv2D(8, 1),), activation="gelu")
>>> encode(Architecture("Skip & add", (32, 64, 3), (block,)))
'1.Skip___26__add.32x64x3.R_gelu-c8pnb-b0.9-N-c8k1-E.ttkf'
>>> decode("1.8x8x1.B_add-N-c1p-E-ga-d2.end").layers[1:]
(GlobalAveragePooling2D(keepdims=False), Dense(units=2, activation=None, use_bias=True))

Letters, digits, `-`, `.` and `_` are all it is made of: no browser, no chat program and neither
Python nor JavaScript rewrites them in an address.

    code    = "1" [ "." name ] "." input [ "." all ] "." ( mark | "end" )
    all     = pieces | feed [ "-" pieces ]
    input   = height "x" width "x" channels
    pieces  = piece { "-" piece }
    piece   = kind [ number ] { field }                             letters of its own
            | container { field } "-" [ pieces "-" ] { "N-" [ pieces "-" ] } "E"
    field   = letters [ number ] | "r" | "x" | "t" | "_" word       of its own, `WORD_LETTERS`
    feed    = "p" low "x" high [ "m" numbers ] [ "s" numbers ] [ "b" ]     mean, sd, blue first
    number  = 3 | 3x5 (height x width) | 1x2x3x4 (top, bottom, left, right) | 0.25 | _1 | 1E_5
            | 0.5x0.4x0.3 (one for each channel)

Left out is what has its default: Keras' one, and a kernel of 3x3, for which Keras has none. A
flag's letters stand where it has not (`nb`: no bias); `p` alone is padding="same"; `_` is a minus
before digits, and else begins a word, which ends the piece. N(ext) parts the series in a
container, E ends it. In a name, `__` is a space and `_e9` a byte of UTF-8, a digit in front is
written so too; where there is no name, it is "unnamed". There is no sign for repetition: every
layer has its piece, so that one can be changed alone. What a letter means and what is left out
never changes within a version, or links that people keep would become other networks.

The mark is CRC-16 in four consonants. A cut at any place leaves no whole mark, one wrong character
or two swapped ones never fit it, other changes do once in 65,536 times. Who types a code cannot
work that out and writes `end` instead. One of them must stand there: a code that just stops could
be the first half of another network.

Owns what stands around the pieces; `pieces` has the layers, the JSON says what is valid.
"""

from __future__ import annotations

import re
from binascii import crc_hqx
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError, shown
from cnn.network.link.pieces import (
    FEED,
    feed_at,
    feed_piece,
    layers_in,
    number_at,
    number_text,
    pieces,
)

VERSION = "1"
TYPED = "end"
UNNAMED = "unnamed"
MAX_LENGTH = 400_000
"""Room for 5,000 layers, empty branches apart; Streamlit's server drops queries of 524,288."""

_CONSONANTS = str.maketrans("0123456789abcdef", "bcdfghjkmnprstvw")
_MARK = re.compile("[bcdfghjkmnprstvw]{4}")
_PLAIN = re.compile("[A-Za-z0-9-]")


def encode(architecture: Architecture) -> str:
    """The code of a network; equal networks have the same."""
    data = architecture.to_dict()
    parts = [VERSION]
    if architecture.name != UNNAMED:
        parts.append(_name_text(architecture.name))
    parts.append(number_text(data["input"]))
    fed = [] if architecture.feed is None else [feed_piece(architecture.feed)]
    if written := [*fed, *pieces(data["layers"])]:
        parts.append("-".join(written))
    body = ".".join(parts)
    code = f"{body}.{_mark(body)}"
    if len(code) > MAX_LENGTH:
        raise ArchitectureError(
            f"too large for a link: {len(code):,} characters, at most {MAX_LENGTH:,} are read. "
            "Share it as a JSON file."
        )
    return code


def decode(code: str) -> Architecture:
    """The network that a code describes, or the error that says what is wrong with the code."""
    _, _, text = _complete(code).partition(".")
    head, dot, text = text.partition(".")
    data: dict[str, Any] = {}
    if re.match("[^0-9]", head):
        data["name"] = _name(head)
        head, dot, text = text.partition(".")
    data["input"], rest = number_at(head)
    if rest or data["input"] is None:
        raise ArchitectureError(
            f"the input must read like 28x28x1 (height, width, channels), got {shown(head)}."
        )
    if dot and text.startswith(FEED):
        piece, dot, text = text.partition("-")
        data["pixels"] = feed_at(piece).text
    data["layers"] = layers_in(text) if dot else []
    return Architecture.from_dict(data)


def _complete(code: str) -> str:
    """The code up to its mark, once it is sure that nothing is missing or changed."""
    if len(code) > MAX_LENGTH:
        raise ArchitectureError(
            f"the link is too long: {len(code):,} characters, at most {MAX_LENGTH:,} are read. "
            "Share the network as a JSON file."
        )
    version, _, _ = code.partition(".")
    if version != VERSION:
        if re.fullmatch("[0-9]{1,4}", version):
            raise ArchitectureError(
                f"the link has version {version}, but only version {VERSION} is known here. "
                "Use a newer CNN Workbench, or ask for a new link."
            )
        raise ArchitectureError(
            f'the link must start with "{VERSION}.", got {shown(code[:20])}. Copy all of it again.'
        )
    body, _, mark = code.rpartition(".")
    has_input = "." in body  # in "1.end", the end is the name of what was cut off behind it
    if has_input and mark == TYPED:
        return body
    if not has_input or not _MARK.match(mark):
        raise ArchitectureError(
            f"the link was cut off after {shown(code[-20:])}. Ask for it again; "
            f'if you typed it and it is complete, end it with ".{TYPED}".'
        )
    if not body.isascii() or mark != _mark(body):
        raise ArchitectureError(
            f"the link was changed on its way: its end, {shown(mark)}, does not fit the rest. "
            f'Copy it again; if you changed it yourself, end it with ".{TYPED}" instead.'
        )
    return body


def _mark(body: str) -> str:
    return f"{crc_hqx(body.encode('ascii'), 0):04x}".translate(_CONSONANTS)


def _name_text(name: str) -> str:
    """A name in plain characters, never with a digit in front: so begins the input."""
    text = "".join(char if _PLAIN.fullmatch(char) else _bytes_text(char) for char in name)
    return _bytes_text(text[0]) + text[1:] if text[0].isdigit() else text


def _bytes_text(char: str) -> str:
    return "__" if char == " " else "".join(f"_{byte:02x}" for byte in char.encode())


def _name(text: str) -> str:
    """The name that plain characters stand for; each name is written in one way only."""

    def byte(match: re.Match[str]) -> str:
        return " " if match[1] == "_" else chr(int(match[1], 16))

    try:
        name = re.sub("_(_|[0-9a-f]{2})", byte, text).encode("latin-1").decode()
    except UnicodeError:
        name = ""
    if not name or _name_text(name) != text:
        raise ArchitectureError(
            f"the name {shown(text)} cannot be read. Write it in letters, digits and -, "
            "with __ for a space, or leave it out."
        )
    return name
